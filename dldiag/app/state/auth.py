"""The login, where DLDIAG_AUTH asks for one; it is Streamlit's own OpenID Connect login."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

import streamlit as st

from dldiag.app.storage.paths import app_home, storing, write_whole

AUTH_VARIABLE = "DLDIAG_AUTH"
OFF = ("", "0", "false", "no", "off")
DEFAULT_PROVIDER = ("1", "true", "yes", "on")  # Any other value names a provider in secrets.toml.
_KEY_BYTES = 32


def is_required() -> bool:
    """Return whether pages are shown only after a login."""
    return os.environ.get(AUTH_VARIABLE, "").strip().lower() not in OFF


def provider() -> str | None:
    """Return the name of the provider in secrets.toml; None for the default one."""
    name = os.environ.get(AUTH_VARIABLE, "").strip()
    return None if name.lower() in DEFAULT_PROVIDER else name


def is_logged_in() -> bool:
    """Return whether this visitor is logged in."""
    return bool(st.user.get("is_logged_in", False))


def display_name() -> str:
    """Return the visitor's name at the provider."""
    return str(st.user.get("name") or st.user.get("email") or "")


def owner_of_user() -> str:
    """Return the token that owns a logged-in visitor's uploads, jobs and history, the same in every browser.

    It is keyed with a secret of this home, so that nobody can compute it from a visitor's id at the provider. KeyError
    without a login; DataError when the secret cannot be written.
    """
    who = f"{st.user['iss']} {st.user['sub']}"
    with storing():
        return hmac.new(_key(app_home() / "auth_key"), who.encode(), hashlib.sha256).hexdigest()


def _key(path: Path) -> bytes:
    """Return the home's secret; of several servers that create it at once, the first wins."""
    if not path.exists():
        draft = path.with_name(f"auth_key.{secrets.token_hex(4)}.part")
        write_whole(draft, secrets.token_bytes(_KEY_BYTES))
        draft.chmod(0o600)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()
