"""Past reports and the record of experiments, kept per owner in one SQLite file."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from dldiag.core.home import home
from dldiag.core.i18n import Message, speaking
from dldiag.core.types import DataError, Report
from dldiag.report import from_json, to_json

FILE = "history.sqlite3"
ID_BYTES = 16
WAIT_SECONDS = 10.0  # for another process that is writing

SCHEMA = """
CREATE TABLE IF NOT EXISTS reports (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, at TEXT NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL,
    headline TEXT NOT NULL, fingerprint TEXT NOT NULL, body TEXT NOT NULL, sha256 TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS experiments (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL, sha256 TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS reports_of_owner ON reports (owner, at);
CREATE INDEX IF NOT EXISTS experiments_of_owner ON experiments (owner, at);
"""


@dataclass(frozen=True)
class PastReport:
    """One line of the list of past reports."""

    id: str
    at: str  # ISO 8601, UTC
    name: str
    target: str
    headline: str
    fingerprint: str


@dataclass(frozen=True)
class Experiment:
    """One turn of the loop: the idea, what was changed for it, what came out, and the next idea."""

    idea: str
    changed: dict[str, Any] = field(default_factory=dict)
    result: str = ""
    next_idea: str = ""
    source: str = "manual"  # trial, adopted or manual
    fingerprint: str = ""  # of the data
    at: str = ""  # ISO 8601, UTC; set when it is recorded


class History:
    """The store; every row belongs to an owner (an unguessable token), and an owner sees only their own rows.

    It is a class because it holds the place of the file, which is made when first written to. A call that cannot read
    or write it, or finds a record altered, raises DataError.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or home()) / FILE

    def add(self, report: Report, *, owner: str) -> str:
        """Store a report and return its id."""
        data, key, body = report.dataset, secrets.token_urlsafe(ID_BYTES), to_json(report)
        with speaking("en"):
            headline = str(report.verdict.headline)
        row = (key, _hidden(owner), _now(), data.name, data.target, headline, data.fingerprint, body)
        with self._open() as database:
            database.execute("INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, _sha256(body)))
        return key

    def list(self, owner: str) -> tuple[PastReport, ...]:
        """Return the owner's reports, newest first."""
        columns = "id, at, name, target, headline, fingerprint"
        query = f"SELECT {columns} FROM reports WHERE owner = ? ORDER BY at DESC, rowid DESC"
        return tuple(PastReport(*row) for row in self._rows(query, _hidden(owner)))

    def get(self, id: str, owner: str) -> Report:
        """Return one report; KeyError when this owner has none of this id."""
        rows = self._rows("SELECT body, sha256 FROM reports WHERE owner = ? AND id = ?", _hidden(owner), id)
        if not rows:
            raise KeyError(id)
        return from_json(_verified(*rows[0]))

    def remove(self, id: str, owner: str) -> None:
        """Forget one report of this owner."""
        with self._open() as database:
            database.execute("DELETE FROM reports WHERE owner = ? AND id = ?", (_hidden(owner), id))

    def add_experiment(self, experiment: Experiment, *, owner: str) -> str:
        """Record one turn of the loop and return its id."""
        at, key = _now(), secrets.token_urlsafe(ID_BYTES)
        body = msgspec.json.encode(replace(experiment, at=at)).decode()
        with self._open() as database:
            row = (key, _hidden(owner), at, body, _sha256(body))
            database.execute("INSERT INTO experiments VALUES (?, ?, ?, ?, ?)", row)
        return key

    def experiments(self, owner: str) -> tuple[Experiment, ...]:
        """Return the owner's experiments in the order in which they were made."""
        query = "SELECT body, sha256 FROM experiments WHERE owner = ? ORDER BY at, rowid"
        rows = self._rows(query, _hidden(owner))
        return tuple(msgspec.json.decode(_verified(*row), type=Experiment) for row in rows)

    def _rows(self, query: str, *values: str) -> Sequence[Any]:
        if not self.path.exists():
            return ()
        with self._open() as database:
            return database.execute(query, values).fetchall()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction: all of it is kept, on disk, or nothing."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)) as database:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = FULL")
                database.executescript(SCHEMA)
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            reason = Message(
                "The history in {path} cannot be used: {reason}.", {"path": str(self.path), "reason": str(error)}
            )
            raise DataError(reason, Message("Set DLDIAG_HOME to a folder that can be written.")) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _hidden(owner: str) -> str:
    """Return what is stored for an owner: a copy of the file gives nobody's token away."""
    return hashlib.sha256(owner.encode()).hexdigest()


def _sha256(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _verified(body: str, sha256: str) -> str:
    if _sha256(body) != sha256:
        raise DataError(
            Message("This record of the history was altered after it was written."),
            Message("Diagnose the file again."),
        )
    return body
