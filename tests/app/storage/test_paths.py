"""Folders of the app: unguessable names, private to the user, written whole or not at all."""

import os
import time

import pytest

from dldiag.app.storage.paths import (
    SECONDS_PER_DAY,
    app_home,
    is_token,
    new_token,
    private,
    remove_older_than,
    storing,
    write_whole,
)
from dldiag.core.types import DataError


def test_tokens_differ_and_nothing_else_is_taken_for_one():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(map(is_token, tokens))
    assert not any(map(is_token, ["", "short", "../" * 10, "a" * 65, "a b" * 10, "ä" * 30]))


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_folder_is_for_this_user_alone_with_all_that_lead_to_it(tmp_path):
    made = private(tmp_path / "one" / "two")
    assert [folder.stat().st_mode & 0o777 for folder in (made, made.parent)] == [0o700, 0o700]
    (tmp_path / "link").symlink_to(made)
    with pytest.raises(PermissionError, match="someone else"):
        private(tmp_path / "link")


def test_a_file_is_written_whole_and_leaves_no_draft(tmp_path):
    path = tmp_path / "spec.json"
    for content in (b"first", b"second"):
        write_whole(path, content)
    assert path.read_bytes() == b"second"
    with pytest.raises(TypeError):
        write_whole(path, "no bytes")
    assert [one.name for one in tmp_path.iterdir()] == ["spec.json"]
    assert path.read_bytes() == b"second"


def test_a_full_disk_is_said_in_words():
    with pytest.raises(DataError, match="No space left") as found, storing():
        raise OSError(28, "No space left on device")
    assert "DLDIAG_HOME" in str(found.value.hint)


def test_only_what_is_old_and_not_in_use_is_removed():
    folders = {name: private(private(app_home() / "jobs") / name) for name in ("fresh", "old", "used")}
    for name in ("old", "used"):
        before = time.time() - 2 * SECONDS_PER_DAY
        os.utime(folders[name], (before, before))
    remove_older_than(1.0, is_in_use=lambda name: name == "used")
    assert {name: folder.exists() for name, folder in folders.items()} == {"fresh": True, "old": False, "used": True}
