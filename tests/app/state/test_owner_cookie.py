"""The owner's cookie comes with the first page, and no script can read it."""

import asyncio

import pytest

from dldiag.app.state.owner_cookie import COOKIE, OwnerCookie, cookie_of
from dldiag.app.storage.paths import is_token

TOKEN = "0123456789abcdefABCDEF_-01234567"


def headers_of(*, content_type=b"text/html; charset=utf-8", cookie="", scheme="http", kind="http", method="GET"):
    """Return the headers that a page gets when it is asked for with this cookie."""

    async def page(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", content_type)]})
        await send({"type": "http.response.body", "body": b""})

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "method": method, "scheme": scheme, "path": "/", "headers": [(b"cookie", cookie.encode())]}
    asyncio.run(OwnerCookie(page)(scope, None, send))
    return [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]


def test_the_first_page_brings_a_token_that_scripts_cannot_read():
    (cookie,) = headers_of()
    name, _, rest = cookie.partition("=")
    token, *marks = rest.split("; ")
    assert name == COOKIE
    assert is_token(token)
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(marks)
    assert "Secure" not in marks


def test_over_https_it_stays_there():
    assert "Secure" in headers_of(scheme="https")[0].split("; ")


def test_every_visitor_gets_another_token():
    assert headers_of() != headers_of()


@pytest.mark.parametrize("cookie", [f"{COOKIE}={TOKEN}", f"a=b; {COOKIE}={TOKEN}; c=d"])
def test_who_has_a_token_keeps_it(cookie):
    assert headers_of(cookie=cookie) == []


@pytest.mark.parametrize("cookie", ["a=b", f"{COOKIE}=../../x", "\x00;=;;"])
def test_what_is_no_token_is_replaced(cookie):
    assert len(headers_of(cookie=cookie)) == 1


@pytest.mark.parametrize("other", [{"content_type": b"text/plain"}, {"method": "POST"}, {"kind": "websocket"}])
def test_nothing_but_pages_brings_it(other):
    assert headers_of(**other) == []


def test_with_a_login_there_is_none(monkeypatch):
    monkeypatch.setenv("DLDIAG_AUTH", "1")
    assert headers_of() == []


def test_a_script_may_only_set_what_scripts_may_read():
    assert "HttpOnly" not in cookie_of("t", "http", http_only=False)
