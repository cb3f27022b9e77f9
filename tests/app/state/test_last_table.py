"""A new session finds the visitor's last table again, once, and only where its bytes are still there."""

import pytest

from dldiag.app.state import last_table
from dldiag.app.storage.paths import new_token

SAMPLE = {"sample": "iris", "target": "target"}
UPLOAD = {"upload": "a" * 64, "name": "mine.csv"}


@pytest.fixture
def begin(monkeypatch):
    """Begin a session of one visitor; what it has at hand is `data` of the memory that is returned."""
    owner, gone = new_token(), set()
    monkeypatch.setattr(last_table.session, "owner", lambda: owner)

    def own(reference):
        if reference.get("upload") in gone:
            raise KeyError(reference["upload"])

    def new_session(data=None, *, without=()):
        memory = {} if data is None else {"data": data}
        gone.update(without)
        monkeypatch.setattr(last_table.session, "state", lambda: memory)
        monkeypatch.setattr(last_table.session, "current_reference", lambda: memory.get("data"))
        monkeypatch.setattr(last_table.session, "own_reference", own)
        return memory

    return new_session


@pytest.mark.parametrize("reference", [SAMPLE, UPLOAD], ids=["sample", "upload"])
def test_the_next_session_takes_up_the_last_table(begin, reference):
    begin(reference)
    last_table.note_table()
    memory = begin()
    last_table.reopen_table()
    assert memory["data"] == reference


def test_a_session_that_has_a_table_or_looked_before_keeps_what_it_has(begin):
    begin(SAMPLE)
    last_table.note_table()
    memory = begin(UPLOAD)
    last_table.reopen_table()
    assert memory["data"] == UPLOAD
    memory = begin()
    last_table.reopen_table()
    memory.pop("data")  # The visitor put the table aside.
    last_table.reopen_table()
    assert "data" not in memory


def test_a_table_whose_bytes_are_gone_or_whose_note_is_damaged_is_not_taken_up(begin):
    begin(UPLOAD)
    last_table.note_table()
    memory = begin(without={UPLOAD["upload"]})
    last_table.reopen_table()
    assert "data" not in memory
    last_table._file().write_bytes(b"{cut off")
    memory = begin()
    last_table.reopen_table()
    assert "data" not in memory


def test_a_session_that_never_had_a_table_leaves_the_note_of_another_alone(begin):
    begin(SAMPLE)
    last_table.note_table()
    begin()
    last_table.note_table()
    memory = begin()
    last_table.reopen_table()
    assert memory["data"] == SAMPLE
