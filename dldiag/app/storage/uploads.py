"""Uploaded files, stored by sha256 in one folder per owner."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from pathlib import Path

from dldiag.app.storage.limits import MEGABYTE, ServerLimits
from dldiag.app.storage.paths import app_home, is_token, new_token, private, storing, write_whole
from dldiag.core.i18n import Message
from dldiag.core.params import from_environment
from dldiag.core.types import DataError

SHA256 = re.compile(r"[0-9a-f]{64}")
NO_ROOM = Message("There is no room for another upload: those of all visitors fill what this server keeps.")
NO_ROOM_HINT = Message("Try again later, or ask who runs this server; a smaller file may still fit.")


def keep(owner: str, content: bytes) -> str:
    """Store an owner's upload and return its sha256.

    The owner's oldest uploads are removed when they exceed the limit; DataError when all uploads together do.
    """
    digest = hashlib.sha256(content).hexdigest()
    with storing():
        path = _shelf(owner) / digest
        if not path.exists():
            _make_room(path.parent, len(content))
            write_whole(path, content)
        for used in (path, path.parent):
            os.utime(used)
    return digest


def path_of(owner: str, digest: str) -> Path:
    """Return the path of an owner's upload; KeyError when this owner has none with that sha256."""
    path = _shelf(owner) / digest
    if not SHA256.fullmatch(digest) or not path.is_file():
        raise KeyError(digest)
    return path


def share(giver: str, taker: str, digest: str) -> None:
    """Copy one owner's upload to another; anyone with a job's id may use its table."""
    source, target = path_of(giver, digest), _shelf(taker) / digest
    if not target.exists():
        _make_room(target.parent, source.stat().st_size)
        draft = target.with_name(f"{digest}.{new_token()}.part")  # Readers see all of it or nothing.
        shutil.copyfile(source, draft)
        draft.replace(target)


def _make_room(shelf: Path, size: int) -> None:
    limits = from_environment(ServerLimits)
    sizes = {path: path.stat() for path in sorted(shelf.iterdir(), key=lambda path: path.stat().st_mtime)}
    room = limits.visitor_megabytes * MEGABYTE - sum(status.st_size for status in sizes.values())
    for path, status in sizes.items():
        if room < size:
            path.unlink(missing_ok=True)
            room += status.st_size
    if _bytes_kept() + size > limits.uploads_megabytes * MEGABYTE:
        raise DataError(NO_ROOM, NO_ROOM_HINT)


def _bytes_kept() -> int:
    total = 0
    for path in (app_home() / "uploads").glob("*/*"):
        with contextlib.suppress(FileNotFoundError):  # It was removed after it was listed.
            total += path.stat().st_size
    return total


def _shelf(owner: str) -> Path:
    if not is_token(owner):
        raise ValueError("an owner is a token of dldiag.app.storage.paths.new_token")
    return private(private(app_home() / "uploads") / owner)
