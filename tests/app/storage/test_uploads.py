"""What visitors upload stays within what the server may keep."""

import os
from pathlib import Path

import pytest

from dldiag.app.storage import uploads
from dldiag.app.storage.paths import new_token, write_whole
from dldiag.core.types import DataError

KILOBYTE = 1024


@pytest.fixture
def small(monkeypatch, tmp_path):
    monkeypatch.setenv("DLDIAG_HOME", str(tmp_path))
    monkeypatch.setenv("DLDIAG_VISITOR_MEGABYTES", str(10 * KILOBYTE / uploads.MEGABYTE))
    monkeypatch.setenv("DLDIAG_UPLOADS_MEGABYTES", str(25 * KILOBYTE / uploads.MEGABYTE))


def of(letter, kilobytes=4):
    return letter.encode() * (kilobytes * KILOBYTE)


def upload(owner, letter, age):
    """Upload as if it had been so many seconds ago."""
    digest = uploads.keep(owner, of(letter))
    path = uploads.path_of(owner, digest)
    os.utime(path, (path.stat().st_mtime - age,) * 2)
    return digest


def test_the_oldest_uploads_of_a_visitor_make_room_for_a_new_one(small):
    ann, bob = new_token(), new_token()
    first, second, other = upload(ann, "a", 20), upload(ann, "b", 10), upload(bob, "x", 30)
    uploads.keep(ann, of("a"))  # used again: now the younger one
    third = uploads.keep(ann, of("c"))
    assert all(uploads.path_of(ann, digest).stat().st_size for digest in (first, third))
    with pytest.raises(KeyError):
        uploads.path_of(ann, second)
    assert uploads.path_of(bob, other).is_file(), "nobody else's are touched"


def test_an_upload_that_all_visitors_leave_no_room_for_is_refused(small):
    ann, bob, eve = new_token(), new_token(), new_token()
    kept = [(who, upload(who, letter, 0)) for who in (ann, bob, eve) for letter in "ab"]
    with pytest.raises(DataError, match="no room"):
        uploads.keep(new_token(), of("c"))
    with pytest.raises(DataError, match="no room"):
        uploads.share(ann, new_token(), kept[0][1])
    assert all(uploads.path_of(who, digest).is_file() for who, digest in kept)


def test_a_draft_that_could_not_be_written_is_not_left_behind(tmp_path, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "one", b"content")
    assert not list(tmp_path.iterdir())
