"""A job is a folder: what was asked, what has been reached, how it ended; pages and workers meet only there.

spec.json      kind, arguments, owner, server             written once by the page's process
progress.json  the stage and how far it is                written whole by the worker
partial.json   curves and report reached so far           written whole by the worker, when they change
result.json    what the kind's function returned          written whole by the worker
ending.json    {"state", "message", "hint"}               written whole by the worker, or by the pool for a dead one
cancel         exists as soon as someone cancels          holds the reason, if there is one to tell
keep           exists when the job goes on without anybody looking at it
watched        touched by the server whose page looks at it
beat           touched by the worker: a sign of life
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from dldiag.app.jobs import serialize
from dldiag.app.state.paths import app_home, is_token, new_token, private, write_whole
from dldiag.core.i18n import Message

State = Literal["waiting", "running", "finished", "refused", "failed", "canceled"]
NOTHING_REACHED: dict[str, Any] = {"curves": [], "report": None}
ENDED: tuple[State, ...] = ("finished", "refused", "failed", "canceled")


@dataclass(frozen=True)
class Spec:
    """What a job is to do; `arguments` is plain JSON, uploads are named by their sha256; `server` is a token of its pool."""

    kind: str
    arguments: dict[str, Any]
    owner: str
    server: str = ""
    created: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Ending:
    """How a job ended: with a result, refused (bad data), failed (our fault or the worker's) or canceled."""

    state: State
    message: Message | None = None
    hint: Message | None = None


def create(spec: Spec) -> str:
    """Make the folder of a new job and return its unguessable id."""
    job = new_token()
    private(private(app_home() / "jobs") / job)
    write_whole(folder_of(job) / "spec.json", serialize.dumps(asdict(spec)).encode())
    return job


def exists(job: str) -> bool:
    """Say whether there is a job of this id; any text may be asked about."""
    return is_token(job) and (app_home() / "jobs" / job / "spec.json").is_file()


def folder_of(job: str) -> Path:
    """Return the folder of a job; KeyError for a text that cannot be an id."""
    if not is_token(job):
        raise KeyError(job)
    return app_home() / "jobs" / job


def spec_of(job: str) -> Spec:
    """Return what a job was asked to do."""
    plain = json.loads((folder_of(job) / "spec.json").read_text(encoding="utf-8"))
    return Spec(**plain | {"server": str(plain["server"])})  # a process id before servers had tokens


def write_progress(job: str, progress: Mapping[str, Any]) -> None:
    """Write how far a job is."""
    write_whole(folder_of(job) / "progress.json", serialize.dumps(progress).encode())


def write_partial(job: str, partial: Mapping[str, Any]) -> None:
    """Write what a job has reached so far."""
    write_whole(folder_of(job) / "partial.json", serialize.dumps(partial).encode())


def last_progress(job: str) -> dict[str, Any] | None:
    """Return the newest progress of a job as plain JSON (see `serialize`), None before the first."""
    progress = progress_line(job)
    return None if progress is None else NOTHING_REACHED | (_json_of(job, "partial.json") or {}) | progress


def progress_line(job: str) -> dict[str, Any] | None:
    """Return the newest progress without curves and report: a few hundred bytes, for pages that poll."""
    return _json_of(job, "progress.json")


def partial_stamp(job: str) -> int:
    """Return a number that changes whenever a job has reached more; 0 before it reached anything."""
    try:
        return (folder_of(job) / "partial.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _json_of(job: str, name: str) -> Any | None:
    try:
        return json.loads((folder_of(job) / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def ending_of(job: str) -> Ending | None:
    """Return how a job ended, None while it has not."""
    path = folder_of(job) / "ending.json"
    if not path.is_file():
        return None
    plain = json.loads(path.read_text(encoding="utf-8"))
    texts = {name: serialize.message_from_json(plain[name]) if plain[name] else None for name in ("message", "hint")}
    return Ending(plain["state"], **texts)


def end(job: str, ending: Ending) -> None:
    """Write how a job ended; the first ending stands."""
    path = folder_of(job) / "ending.json"
    if not path.exists():
        texts = {
            name: None if text is None else serialize.message_to_json(text)
            for name, text in (("message", ending.message), ("hint", ending.hint))
        }
        write_whole(path, serialize.dumps({"state": ending.state} | texts).encode())


def result_of(job: str) -> Any:
    """Return what the job's function returned; FileNotFoundError while there is nothing."""
    return json.loads((folder_of(job) / "result.json").read_text(encoding="utf-8"))


def ask_to_stop(job: str, why: Message | None = None) -> None:
    """Ask a job to stop; its worker sees it within a fraction of a second."""
    if not is_asked_to_stop(job):
        write_whole(
            folder_of(job) / "cancel", b"" if why is None else serialize.dumps(serialize.message_to_json(why)).encode()
        )


def why_stopped(job: str) -> Message | None:
    """Return the reason that came with the request to stop, if one did."""
    text = (folder_of(job) / "cancel").read_text(encoding="utf-8") if is_asked_to_stop(job) else ""
    return serialize.message_from_json(json.loads(text)) if text else None


def is_asked_to_stop(job: str) -> bool:
    """Say whether someone asked the job to stop."""
    return (folder_of(job) / "cancel").exists()


def keep_running(job: str, keep: bool) -> None:
    """Let a job go on when nobody looks at it, or end then as usual."""
    path = folder_of(job) / "keep"
    if keep:
        path.touch()
    else:
        path.unlink(missing_ok=True)


def is_kept_running(job: str) -> bool:
    """Say whether a job goes on when nobody looks at it."""
    return (folder_of(job) / "keep").exists()


def note_watched(job: str) -> None:
    """Tell the server that runs a job that somebody looks at it through another one."""
    (folder_of(job) / "watched").touch()


def watched_ago(job: str) -> float:
    """Return how many seconds ago somebody looked at a job through any server; infinity for never."""
    try:
        return time.time() - (folder_of(job) / "watched").stat().st_mtime
    except FileNotFoundError:
        return float("inf")
