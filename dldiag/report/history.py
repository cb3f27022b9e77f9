"""Past reports and the record of experiments, kept per owner in one SQLite file."""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from dldiag.core.home import home
from dldiag.core.i18n import Message, english, speaking
from dldiag.core.types import DataError, Estimate, Report, Task
from dldiag.report import from_json, to_json
from dldiag.report.view.changes import own_settings

_FILE = "history.sqlite3"
ID_BYTES = 16
_WAIT_SECONDS = 10.0  # Time given to another process that is writing.
RETRY_SECONDS = 0.02  # Pause between two attempts at what does not wait by itself.
SUM_VERSION = "2"  # Begins a checksum of the whole record; older ones, without it, cover the body only.

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reports (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, at TEXT NOT NULL, name TEXT NOT NULL, target TEXT NOT NULL,
    headline TEXT NOT NULL, fingerprint TEXT NOT NULL, body TEXT NOT NULL, sha256 TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS experiments (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL, sha256 TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS labels (
    report TEXT PRIMARY KEY, owner TEXT NOT NULL, body TEXT NOT NULL, sha256 TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS reports_of_owner ON reports (owner, at);
CREATE INDEX IF NOT EXISTS experiments_of_owner ON experiments (owner, at);
"""
_HEAD = "id, owner, at, name, target, headline, fingerprint"  # The columns that a list of reports shows.


@dataclass(frozen=True)
class RunLabel:
    """What tells a run from others: the name, note and tags that a person gave it, and what was diagnosed.

    key, model: of the model, as a report has them. settings: those that are not the usual ones, {name: (usual, value)}.
    """

    name: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    key: str = ""
    model: str = ""
    settings: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    dev_error: Estimate | None = None
    unit: str = "rate"
    task: Task = "classification"


@dataclass(frozen=True)
class PastReport:
    """One line of the list of past reports."""

    id: str
    at: str  # The time in ISO 8601, UTC.
    name: str
    target: str
    headline: str
    fingerprint: str
    altered: bool = False  # True when the line was changed since it was written and cannot be trusted.
    label: RunLabel = RunLabel()


@dataclass(frozen=True)
class Experiment:
    """One turn of the loop: the idea, what was changed for it, what came out, and the next idea."""

    idea: str
    changed: dict[str, Any] = field(default_factory=dict)
    result: str = ""
    next_idea: str = ""
    source: str = "manual"  # One of "trial", "adopted", "test" and "manual".
    fingerprint: str = ""  # Fingerprint of the data.
    at: str = ""  # ISO 8601, UTC; set when the turn is recorded.
    table: str = ""
    target: str = ""
    metric: str = ""  # Metric of the result.
    test: str = ""  # Result on the sealed test rows, once opened.


class History:
    """The store; every row belongs to an owner (an unguessable token), and an owner sees only their own rows.

    It is a class because it holds the place of the file, which is made when first written to; reading needs no right to
    write. A call that cannot read or write it raises DataError, as does one that reads an altered record.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or home()) / _FILE

    def add(self, report: Report, *, owner: str) -> str:
        """Store a report and return its id."""
        data, key, body = report.dataset, secrets.token_urlsafe(ID_BYTES), to_json(report)
        with speaking("en"):
            headline = str(report.verdict.headline)
        row = (key, _hidden(owner), _now(), data.name, data.target, headline, data.fingerprint)
        with self._writing() as database:
            database.execute("INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, body, _sum(row, body)))
            _write_label(database, key, row[1], _label_of(report))
        return key

    def list(self, owner: str) -> tuple[PastReport, ...]:
        """Return the owner's reports, newest first; an altered line is marked."""
        query = f"SELECT {_HEAD}, sha256 FROM reports WHERE owner = ? ORDER BY at DESC, rowid DESC"
        labels = self._labels(owner)
        reports = (_listed(row[:-1], row[-1]) for row in self._rows(query, _hidden(owner)))
        return tuple(replace(report, label=labels.get(report.id, report.label)) for report in reports)

    def describe(self, id: str, owner: str, *, name: str, note: str, tags: Sequence[str]) -> None:
        """Name one report of this owner, note something about it, and tag it; KeyError when they have none of this id."""
        report = self.get(id, owner)
        before = self._labels(owner).get(id) or _label_of(report)
        label = replace(before, name=name.strip(), note=note.strip(), tags=clean_tags(tags))
        with self._writing() as database:
            _write_label(database, id, _hidden(owner), label)

    def _labels(self, owner: str) -> dict[str, RunLabel]:
        """Return the labels of an owner's reports; one that was altered is left out."""
        rows = self._rows("SELECT report, owner, body, sha256 FROM labels WHERE owner = ?", _hidden(owner))
        sound = [(key, body) for key, hidden, body, sum in rows if sum == _sum((key, hidden), body)]
        return {key: msgspec.json.decode(body, type=RunLabel) for key, body in sound}

    def get(self, id: str, owner: str) -> Report:
        """Return one report; KeyError when this owner has none of this id."""
        rows = self._rows(f"SELECT {_HEAD}, body, sha256 FROM reports WHERE id = ?", id)
        for *head, body, sum in rows:
            _check(tuple(head), body, sum)
        if not rows or rows[0][1] != _hidden(owner):
            raise KeyError(id)
        return from_json(rows[0][-2])

    def remove(self, id: str, owner: str) -> None:
        """Forget one report of this owner."""
        with self._writing() as database:
            database.execute("DELETE FROM reports WHERE owner = ? AND id = ?", (_hidden(owner), id))
            database.execute("DELETE FROM labels WHERE owner = ? AND report = ?", (_hidden(owner), id))

    def add_experiment(self, experiment: Experiment, *, owner: str) -> str:
        """Record one turn of the loop and return its id; "" where the record holds the same one already."""
        if any(replace(one, at="") == replace(experiment, at="") for one in self.experiments(owner)):
            return ""
        at, key = _now(), secrets.token_urlsafe(ID_BYTES)
        body, row = msgspec.json.encode(replace(experiment, at=at)).decode(), (key, _hidden(owner), at)
        with self._writing() as database:
            database.execute("INSERT INTO experiments VALUES (?, ?, ?, ?, ?)", (*row, body, _sum(row, body)))
        return key

    def experiments(self, owner: str) -> tuple[Experiment, ...]:
        """Return the owner's experiments in the order in which they were made."""
        query = "SELECT id, owner, at, body, sha256 FROM experiments WHERE owner = ? ORDER BY at, rowid"
        rows = self._rows(query, _hidden(owner))
        for *head, body, sum in rows:
            _check(tuple(head), body, sum)
        return tuple(msgspec.json.decode(row[-2], type=Experiment) for row in rows)

    def _rows(self, query: str, *values: str) -> Sequence[Any]:
        """Return what a query finds; nothing while the store does not exist."""
        with self._explained():
            if not self.path.exists():
                return ()
            try:
                return self._read("ro", query, values)
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # Another process is about to create the tables.
                    return ()
                if os.access(self.path.parent, os.W_OK):
                    raise
                # Without write permission no other process writes, either.
                return self._read("ro&immutable=1", query, values)

    def _read(self, mode: str, query: str, values: Sequence[str]) -> Sequence[Any]:
        place = f"{self.path.absolute().as_uri()}?mode={mode}"
        with closing(sqlite3.connect(place, uri=True, timeout=_WAIT_SECONDS)) as database:
            return database.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction: all of it is kept, on disk, or nothing."""
        with self._explained():
            _make_private(self.path)
            with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None)) as database:
                _write_ahead(database)
                database.execute("PRAGMA synchronous = FULL")
                database.execute("BEGIN IMMEDIATE")
                for statement in _SCHEMA.split(";"):
                    database.execute(statement)
                yield database
                database.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in plain words, and with the file's name, why the history cannot be read or written."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise DataError(
                Message("The history in {path} cannot be used: {reason}.", {"path": str(self.path), "reason": reason}),
                Message("Free some disk space, or set DLDIAG_HOME to a folder that can be written."),
            ) from error


def _label_of(report: Report) -> RunLabel:
    """Return the label of a report that nobody has named yet."""
    return RunLabel(
        key=str(report.model.get("key", "")),
        model=str(report.model.get("label", "")),
        settings=own_settings(report),
        dev_error=report.evidence.get("dev_error"),
        unit=report.curves[0].unit if report.curves else "rate",
        task=report.dataset.task,
    )


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags without blanks around them, each once.

    >>> clean_tags([" slow", "slow", "", "best "])
    ('slow', 'best')
    """
    return tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))


def _write_label(database: sqlite3.Connection, key: str, hidden: str, label: RunLabel) -> None:
    body = msgspec.json.encode(label, enc_hook=str).decode()
    row = (key, hidden, body, _sum((key, hidden), body))
    database.execute("INSERT OR REPLACE INTO labels VALUES (?, ?, ?, ?)", row)


def _make_private(path: Path) -> None:
    """Create the file where it is missing, and make it and its folder private to this user."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with suppress(PermissionError):  # Someone else's folder, shared on purpose.
        path.parent.chmod(0o700)
        path.chmod(0o600)


def _write_ahead(database: sqlite3.Connection) -> None:
    """Turn on write-ahead logging, so that readers never wait for a writer; retry, because SQLite does not wait here."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _hidden(owner: str) -> str:
    """Hash an owner's token, so that a copy of the file does not reveal it."""
    return _sha256(owner)


# --- checksums ----------------------------------------------------------------------------------------------------

ALTERED = Message("This record of the history was altered after it was written.")


def _sum(head: Sequence[str], body: str) -> str:
    """Return the checksum of a record in two parts, so that a list is checked without reading the bodies."""
    body_sum = _sha256(body)
    return ":".join((SUM_VERSION, _sha256(msgspec.json.encode([*head, body_sum]).decode()), body_sum))


def _is_head_sound(head: Sequence[str], sum: str) -> bool:
    """Check everything but the body against the checksum; older checksums cover the body only."""
    version, *sums = sum.split(":")
    if not sums:
        return len(version) == len(_sha256(""))
    return len(sums) == 2 and sum == ":".join(
        (SUM_VERSION, _sha256(msgspec.json.encode([*head, sums[1]]).decode()), sums[1])
    )


def _check(head: Sequence[str], body: str, sum: str) -> None:
    """Raise DataError for a record that is not what was written."""
    if not _is_head_sound(head, sum) or not sum.endswith(_sha256(body)):
        raise DataError(ALTERED, Message("Diagnose the file again."))


def _listed(head: Sequence[str], sum: str) -> PastReport:
    key, _, at, name, target, headline, fingerprint = head
    sound = _is_head_sound(head, sum)
    return PastReport(key, at, name, target, headline if sound else english(ALTERED), fingerprint, altered=not sound)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
