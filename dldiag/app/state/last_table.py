"""The visitor's last table, by what names it: a page opened by its address begins a new session and finds it again."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from dldiag.app.state import session
from dldiag.app.storage.data_ref import Reference
from dldiag.app.storage.paths import app_home, private, write_whole

_FILE = "table.json"


def note_table() -> None:
    """Keep what names the table at hand; written once per change. A full disk costs the next session its table, no more."""
    memory, reference = session.state(), session.current_reference()
    if reference is None and "noted table" not in memory:
        return  # A session that never had a table does not change what another one noted.
    if memory.get("noted table") == reference:
        return
    memory["noted table"] = reference
    with contextlib.suppress(OSError):
        write_whole(_file(), msgspec.json.encode(reference))


def reopen_table() -> None:
    """Take up the last table in a session that had none yet, where its bytes are still on this visitor's shelf."""
    memory = session.state()
    if memory.get("looked for table") or session.current_reference() is not None:
        return
    memory["looked for table"] = True
    with contextlib.suppress(OSError, KeyError, msgspec.MsgspecError):
        reference: Reference | None = msgspec.json.decode(_file().read_bytes(), type=Reference | None)
        if reference is not None and ("upload" in reference or "sample" in reference):
            session.own_reference(reference)  # Raises KeyError where the bytes are gone.
            memory["data"] = memory["noted table"] = reference


def _file() -> Path:
    return private(private(app_home() / "course") / session.owner()) / _FILE
