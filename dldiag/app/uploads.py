"""Uploaded bytes, kept by their sha256, one shelf per owner: nobody reaches another owner's shelf."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

from dldiag.app.places import home, is_token, private, write_whole

SHA256 = re.compile(r"[0-9a-f]{64}")


def keep(owner: str, content: bytes) -> str:
    """Put bytes on the owner's shelf and return their sha256, by which they are asked for."""
    digest = hashlib.sha256(content).hexdigest()
    path = _shelf(owner) / digest
    if not path.exists():
        write_whole(path, content)
    os.utime(path.parent)
    return digest


def path_of(owner: str, digest: str) -> Path:
    """Return where an owner's bytes lie; KeyError when this owner has none of that sha256."""
    path = _shelf(owner) / digest
    if not SHA256.fullmatch(digest) or not path.is_file():
        raise KeyError(digest)
    return path


def share(giver: str, taker: str, digest: str) -> None:
    """Put a copy of one owner's bytes on another's shelf: who holds a job's id may go on with its table."""
    target = _shelf(taker) / digest
    if not target.exists():
        shutil.copyfile(path_of(giver, digest), target)


def _shelf(owner: str) -> Path:
    if not is_token(owner):
        raise ValueError("an owner is a token of dldiag.app.places.new_token")
    return private(private(home() / "uploads") / owner)
