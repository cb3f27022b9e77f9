"""The cookie that owns a visitor's uploads and jobs, set with the page itself, so that no script can read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from dldiag.app.state import auth
from dldiag.app.storage.paths import is_token, new_token

COOKIE = "dldiag_owner"
COOKIE_SECONDS = 180 * 86_400

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Served = Callable[[Scope, Receive, Send], Awaitable[None]]


class OwnerCookie:
    """An ASGI middleware that gives visitors without a token one with the first page that they open."""

    def __init__(self, app: Served) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; pages, and nothing else, carry the cookie."""
        if scope["type"] != "http" or scope["method"] != "GET" or auth.is_required() or _has_token(scope):
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                message["headers"] = [
                    *message["headers"],
                    (b"set-cookie", cookie_of(new_token(), scope["scheme"]).encode()),
                ]
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def cookie_of(token: str, scheme: str, *, http_only: bool = True) -> str:
    """Return the header, or the text for a script, that stores a token: for this site only, and over HTTPS where it is used."""
    marks = ("; HttpOnly" if http_only else "") + ("; Secure" if scheme == "https" else "")
    return f"{COOKIE}={token}; Path=/; Max-Age={COOKIE_SECONDS}; SameSite=Strict{marks}"


def _has_token(scope: Scope) -> bool:
    text = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
    try:
        cookie = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return False
    return cookie is not None and is_token(cookie.value)


def _is_page(message: MutableMapping[str, Any]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])
