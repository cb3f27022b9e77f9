"""Who is logged in, where the server asks for that: DLDIAG_AUTH=1, with Streamlit's own OpenID Connect login behind it."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

import streamlit as st

from dldiag.app.state.paths import app_home, storing, write_whole

AUTH_VARIABLE = "DLDIAG_AUTH"
OFF = ("", "0", "false", "no", "off")
DEFAULT_PROVIDER = ("1", "true", "yes", "on")  # any other value names a provider of secrets.toml
KEY_BYTES = 32


def is_required() -> bool:
    """Say whether nobody sees a page without having logged in."""
    return os.environ.get(AUTH_VARIABLE, "").strip().lower() not in OFF


def provider() -> str | None:
    """Return the provider in secrets.toml that visitors log in with; None for the only one."""
    named = os.environ.get(AUTH_VARIABLE, "").strip()
    return None if named.lower() in DEFAULT_PROVIDER else named


def is_logged_in() -> bool:
    """Say whether this visitor has logged in."""
    return bool(st.user.get("is_logged_in", False))


def display_name() -> str:
    """Return how the provider calls this visitor."""
    return str(st.user.get("name") or st.user.get("email") or "")


def owner_of_user() -> str:
    """Return the token under which a logged-in visitor's uploads, jobs and history are kept, the same in every browser.

    It is made with a key that only this home holds: whoever knows a visitor's number at the provider cannot make it. KeyError
    without a login; DataError where the key cannot be written.
    """
    who = f"{st.user['iss']} {st.user['sub']}"
    with storing():
        return hmac.new(_key(app_home() / "auth_key"), who.encode(), hashlib.sha256).hexdigest()


def _key(path: Path) -> bytes:
    """Return the home's key; of several servers that make one at once, the first one's stands."""
    if not path.exists():
        draft = path.with_name(f"auth_key.{secrets.token_hex(4)}.part")
        write_whole(draft, secrets.token_bytes(KEY_BYTES))
        draft.chmod(0o600)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()
