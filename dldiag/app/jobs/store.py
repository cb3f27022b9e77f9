"""A job is a folder: what was asked, what has been reached, how it ended; pages and workers meet only there.

spec.json      kind, arguments, owner                     written once by the page's process
events.jsonl   one progress per line                      appended by the worker
result.json    what the kind's function returned          written whole by the worker
ending.json    {"state", "message", "hint"}               written whole by the worker, or by the pool for a dead one
cancel         exists as soon as someone cancels          holds the reason, if there is one to tell
beat           touched by the worker: a sign of life
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from dldiag.app.jobs import serialize
from dldiag.app.state.paths import app_home, is_token, new_token, private, write_whole
from dldiag.core.i18n import Message

State = Literal["waiting", "running", "finished", "refused", "failed", "canceled"]
ENDED: tuple[State, ...] = ("finished", "refused", "failed", "canceled")
TAIL_BYTES = 1 << 16  # read at first when looking for the last line of events.jsonl; doubled until found


@dataclass(frozen=True)
class Spec:
    """What a job is to do; `arguments` is plain JSON, uploads are named by their sha256."""

    kind: str
    arguments: dict[str, Any]
    owner: str
    server: int = field(default_factory=os.getpid)
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
    return Spec(**json.loads((folder_of(job) / "spec.json").read_text(encoding="utf-8")))


def last_progress(job: str) -> dict[str, Any] | None:
    """Return the newest progress of a job as plain JSON (see `wire`), None before the first."""
    line = _last_line(folder_of(job) / "events.jsonl")
    return json.loads(line) if line else None


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


def _last_line(path: Path) -> str:
    """Return the last complete line of a file that is being appended to, without reading all of it."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        size, wanted = file.seek(0, os.SEEK_END), TAIL_BYTES
        while True:
            file.seek(max(0, size - wanted))
            lines = file.read(min(size, wanted)).split(b"\n")[:-1]  # what follows the last line break is unfinished
            if len(lines) > 1 or wanted >= size:
                return lines[-1].decode() if lines else ""
            wanted *= 2
