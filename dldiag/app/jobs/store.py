"""A job is a folder: the request, the progress, the result. Pages and workers share nothing else.

spec.json      owner, server, time, and the job itself    written once by the page's process
progress.json  the stage and how far it is                written whole by the worker
curves.json    the learning curves reached so far         written whole by the worker, when they change
report.json    the newest report, in its public form      written whole by the worker, when it changes
result.json    the result of any other kind of job       written whole by the worker
ending.json    the state, and why                         written whole by the worker, or by the pool for a dead one
cancel         exists once someone has canceled           holds the reason, if there is one
keep           exists when the job runs on without viewers
watched        touched by the server whose page looks at it
beat           touched by the worker as its heartbeat
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import msgspec

from dldiag.app.jobs.job_kinds import Job
from dldiag.app.storage import codec
from dldiag.app.storage.paths import app_home, is_token, new_token, private, write_whole
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, LearningCurve, Progress, Report
from dldiag.report.json_schema import from_json, to_json

_T = TypeVar("_T")
State = Literal["waiting", "running", "finished", "refused", "failed", "canceled"]
ENDED: tuple[State, ...] = ("finished", "refused", "failed", "canceled")
HEADS_REMEMBERED = 4096  # Number of jobs whose owner and server are cached.

OTHER_VERSION = Message("This was started by another version of dldiag, and cannot be read any more.")
OTHER_VERSION_HINT = Message("Start it again.")


class Spec(msgspec.Struct, Generic[_T], frozen=True):
    """A job as stored in its folder; `server` is the token of the pool that runs it."""

    owner: str
    server: str
    created: float
    job: _T


class JobKind(msgspec.Struct, frozen=True):
    """The kind of a job; its other fields are not read."""

    kind: str


@dataclass(frozen=True)
class Ending:
    """How a job ended: with a result, refused (bad data), failed (our fault or the worker's) or canceled."""

    state: State
    message: Message | None = None
    hint: Message | None = None


class Reached(NamedTuple):
    """When the partial results of a job changed last, in ns; 0 for one that is not there yet."""

    curves: int
    report: int


NOTHING_REACHED = Reached(0, 0)


def create(request: Job, owner: str, server: str = "") -> str:
    """Make the folder of a new job and return its unguessable id."""
    job = new_token()
    private(private(app_home() / "jobs") / job)
    write_whole(folder_of(job) / "spec.json", codec.to_bytes(Spec(owner, server, time.time(), request)))
    return job


def exists(job: str) -> bool:
    """Return whether there is a job with this id; any text may be given."""
    return is_token(job) and (app_home() / "jobs" / job / "spec.json").is_file()


def folder_of(job: str) -> Path:
    """Return the folder of a job; KeyError for a text that cannot be an id."""
    if not is_token(job):
        raise KeyError(job)
    return app_home() / "jobs" / job


def spec_of(job: str, kind: type[_T]) -> Spec[_T]:
    """Return a stored job; DataError when it is of another kind or was written by another version."""
    return _read(folder_of(job) / "spec.json", Spec[kind])  # type: ignore[valid-type]


def request_of(job: str, kind: type[_T]) -> _T:
    """Return the job itself; DataError as in `spec_of`."""
    return spec_of(job, kind).job


def head_of(job: str) -> Spec[JobKind]:
    """Return a job's owner, server and kind."""
    return _head(folder_of(job) / "spec.json")


@lru_cache(HEADS_REMEMBERED)
def _head(path: Path) -> Spec[JobKind]:
    return _read(path, Spec[JobKind])


def _read(path: Path, kind: type[_T]) -> _T:
    try:
        return codec.from_bytes(path.read_bytes(), kind)
    except ValueError as error:  # Raised by msgspec or by the JSON parser.
        raise DataError(OTHER_VERSION, OTHER_VERSION_HINT) from error


def write_progress(job: str, progress: Progress) -> None:
    """Write the progress of a job without its partial results."""
    write_whole(folder_of(job) / "progress.json", codec.to_bytes(replace(progress, curves=(), report=None)))


def write_curves(job: str, curves: Sequence[LearningCurve]) -> None:
    """Write the curves computed so far."""
    write_whole(folder_of(job) / "curves.json", codec.to_bytes(curves))


def write_report(job: str, report: Report) -> None:
    """Write the newest report of a job; the last one is its result."""
    write_whole(folder_of(job) / "report.json", to_json(report).encode())


def write_result(job: str, result: Any) -> None:
    """Write the result of a job."""
    if isinstance(result, Report):
        write_report(job, result)
    else:
        write_whole(folder_of(job) / "result.json", codec.to_bytes(result))


def progress_of(job: str) -> Progress | None:
    """Return the newest progress of a job without curves and report: a few hundred bytes, for pages that poll."""
    return _read_if_there(job, "progress.json", Progress)


def reached_by(job: str) -> Progress | None:
    """Return the newest progress with the curves and the report so far, None before the first."""
    progress = progress_of(job)
    if progress is None:
        return None
    curves = _read_if_there(job, "curves.json", tuple[LearningCurve, ...])
    return replace(progress, curves=curves or (), report=report_of(job))


def reached_stamps(job: str) -> Reached:
    """Return when each kind of partial result changed last."""
    return Reached(*(_changed(folder_of(job) / name) for name in ("curves.json", "report.json")))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _read_if_there(job: str, name: str, kind: type[_T]) -> _T | None:
    try:
        return _read(folder_of(job) / name, kind)
    except FileNotFoundError:
        return None


def report_of(job: str) -> Report | None:
    """Return the newest report of a job, None while there is none; DataError when it cannot be read."""
    path = folder_of(job) / "report.json"
    return from_json(path.read_bytes()) if path.is_file() else None


def ending_of(job: str) -> Ending | None:
    """Return how a job ended, None while it has not."""
    return _read_if_there(job, "ending.json", Ending)


def end(job: str, ending: Ending) -> None:
    """Write how a job ended; the first ending stands."""
    path = folder_of(job) / "ending.json"
    if not path.exists():
        write_whole(path, codec.to_bytes(ending))


def result_of(job: str, kind: type[_T]) -> _T | None:
    """Return the result of a job as a value of its type; None when it found nothing.

    FileNotFoundError before there is a result; DataError when another version wrote it.
    """
    return _read(folder_of(job) / "result.json", kind | None)  # type: ignore[arg-type]


def ask_to_stop(job: str, why: Message | None = None) -> None:
    """Ask a job to stop; its worker notices within a fraction of a second."""
    if not is_asked_to_stop(job):
        write_whole(folder_of(job) / "cancel", codec.to_bytes(why))


def why_stopped(job: str) -> Message | None:
    """Return why the job was asked to stop, None without a reason."""
    return _read_if_there(job, "cancel", Message | None)  # type: ignore[arg-type]


def is_asked_to_stop(job: str) -> bool:
    """Return whether the job was asked to stop."""
    return (folder_of(job) / "cancel").exists()


def keep_running(job: str, keep: bool) -> None:
    """Let a job run on without viewers, or not."""
    path = folder_of(job) / "keep"
    if keep:
        path.touch()
    else:
        path.unlink(missing_ok=True)


def is_kept_running(job: str) -> bool:
    """Return whether a job runs on without viewers."""
    return (folder_of(job) / "keep").exists()


def note_watched(job: str) -> None:
    """Tell the server that runs a job that it has a viewer on another server."""
    (folder_of(job) / "watched").touch()


def watched_ago(job: str) -> float:
    """Return the seconds since a viewer on another server looked at a job; infinity for never."""
    try:
        return time.time() - (folder_of(job) / "watched").stat().st_mtime
    except FileNotFoundError:
        return float("inf")
