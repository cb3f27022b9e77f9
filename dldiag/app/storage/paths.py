"""Private folders of the app in the home: one per owner for uploads, one per job."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dldiag.core.home import home
from dldiag.core.i18n import Message
from dldiag.core.types import DataError

TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")  # Tokens have no dots or slashes and are hard to guess.
TOKEN_BYTES = 24
SECONDS_PER_DAY = 86_400

CANNOT_WRITE = Message("The server cannot write to its folder {folder}: {reason}.")
CANNOT_WRITE_HINT = Message("Whoever runs it can free disk space, or set DLDIAG_HOME to a folder that can be written.")


def new_token() -> str:
    """Return an unguessable id for an owner or a job, safe in URLs and file names."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Return whether a text, for example from a URL, has the form of a token."""
    return TOKEN.fullmatch(text) is not None


def app_home() -> Path:
    """Return the private folder of the app: uploads, jobs and logs, beside the history."""
    return private(home() / "app")


def private(folder: Path) -> Path:
    """Create a folder that only this user can open, and return it; PermissionError when it is someone else's."""
    for missing in [p for p in reversed(folder.parents) if not p.exists()]:
        missing.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if stat.S_ISLNK(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
        raise PermissionError(f"{folder} belongs to someone else; set DLDIAG_HOME to a folder of your own")
    return folder


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically: readers see all of it or nothing."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)  # A full disk may have left a part of it.


@contextmanager
def storing() -> Iterator[None]:
    """Turn an OSError, as of a full disk or a read-only home, into a DataError in plain words."""
    try:
        yield
    except OSError as error:
        reason = {"folder": str(home()), "reason": error.strerror or str(error)}
        raise DataError(CANNOT_WRITE.filled(**reason), CANNOT_WRITE_HINT) from error


def remove_older_than(days: float, *, is_in_use: Callable[[str], bool] = lambda _: False) -> None:
    """Remove jobs, uploads and course progress not touched for this many days.

    is_in_use: called for each folder just before its removal.
    """
    oldest = time.time() - days * SECONDS_PER_DAY
    for kind in ("jobs", "uploads", "course"):
        for folder in private(app_home() / kind).iterdir():
            with contextlib.suppress(FileNotFoundError):  # Another server may have removed it.
                if folder.stat().st_mtime < oldest and not is_in_use(folder.name):
                    shutil.rmtree(folder, ignore_errors=True)
