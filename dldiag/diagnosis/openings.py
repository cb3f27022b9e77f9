"""A record of opened test rows: which, when and by what, shared by the CLI, the library and the dashboard."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dldiag.core.home import home
from dldiag.core.i18n import Message
from dldiag.core.types import DataError

FILE = "openings.sqlite3"
_WAIT_SECONDS = 10.0  # Wait for another process that is writing.
# The CLI and the library open test sets as this owner; a visitor of the dashboard has a token.
MACHINE = ""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS openings (
    fingerprint TEXT NOT NULL, owner TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, PRIMARY KEY (fingerprint, owner)
)
"""


@dataclass(frozen=True)
class Opener:
    """Who opens test rows: the CLI, the library, or the dashboard with the visitor's token."""

    by: str = "library"
    owner: str = MACHINE

    @property
    def name(self) -> str:
        """The owner as it is stored: a token is not kept."""
        return hashlib.sha256(self.owner.encode()).hexdigest() if self.owner else MACHINE


def check_sealed(fingerprint: str, opener: Opener, folder: Path | None = None) -> None:
    """Raise DataError where these test rows were opened before, except by another visitor of the dashboard."""
    error = refusal(fingerprint, opener, folder)
    if error is not None:
        raise error


def refusal(fingerprint: str, opener: Opener, folder: Path | None = None) -> DataError | None:
    """Return when and by what these test rows were opened, and how to set aside fresh ones; None where they are sealed."""
    with _store(folder) as store:
        openings = store.execute("SELECT at, by, owner FROM openings WHERE fingerprint = ?", (fingerprint,)).fetchall()
    mine = [(at, by) for at, by, owner in openings if not opener.owner or owner in (MACHINE, opener.name)]
    if not mine:
        return None
    at, by = min(mine)
    return DataError(
        Message(
            "These test rows were opened on {at} ({by}); a second look would count as choosing.", {"at": at, "by": by}
        ),
        Message("To judge once more, diagnose a table of rows that nobody has seen: a fifth of them is set aside."),
    )


def note_opening(fingerprint: str, opener: Opener, folder: Path | None = None) -> None:
    """Remember that test rows were opened; the first time counts."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    with _store(folder) as store:
        row = (fingerprint, opener.name, now, opener.by)
        store.execute("INSERT OR IGNORE INTO openings VALUES (?, ?, ?, ?)", row)


@contextmanager
def _store(folder: Path | None) -> Iterator[sqlite3.Connection]:
    """Open the record for one transaction; DataError where it cannot be read or written."""
    path = (folder or home()) / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as store, store:
            path.chmod(0o600)
            store.execute(_SCHEMA)
            yield store
    except (OSError, sqlite3.Error) as error:
        raise DataError(
            Message("The record of opened test sets cannot be used: {error}", {"error": type(error).__name__}),
            Message("Set DLDIAG_HOME to a folder that can be written to."),
        ) from error
