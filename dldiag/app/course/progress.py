"""How far a visitor has come in the course: guesses and outcomes, kept in the session and in a file of theirs."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import msgspec

from dldiag.app.state import session
from dldiag.app.storage.paths import app_home, private, write_whole
from dldiag.course.shared.lesson import Claim, Outcomes
from dldiag.course.summary import Seen

SKIPPED = "skip"  # Stands for a guess where the visitor wanted to be shown at once.
_FILE = "progress.json"
_RENAMED = {"blind": "random"}  # Answers that earlier versions kept under another name.


def guess_of(lesson: str) -> str | None:
    """Return the visitor's guess, SKIPPED where they went on without one, None before either."""
    return cast("str | None", _memory()["guesses"].get(lesson))


def note_guess(lesson: str, guess: str) -> None:
    """Keep a guess."""
    if guess_of(lesson) != guess:
        _memory()["guesses"][lesson] = guess
        _write()


def note_outcomes(lesson: str, outcomes: Outcomes, *, data: str, own: bool) -> None:
    """Keep what came out; the same outcome on the same data is written once, and none takes the place of an own table's."""
    claims = [_plain(claim) for claim in outcomes.claims]
    row = {"claims": claims, "right": is_right(lesson, outcomes), "data": data, "own": own}
    last = _memory()["seen"].get(lesson, {})
    if last.get("own") and not own:
        return
    if {name: last.get(name) for name in row} != row:
        _memory()["seen"][lesson] = row | {"at": time.strftime("%Y-%m-%d")}
        _write()


def is_right(lesson: str, outcomes: Outcomes) -> bool | None:
    """Say whether the guess is what came out; None without a guess, or where the run decides nothing."""
    guess = guess_of(lesson)
    return None if guess in (None, SKIPPED) or not outcomes.answer else guess == outcomes.answer


def seen() -> dict[str, Seen]:
    """Return what the visitor has seen, by lesson; what an older version wrote differently is left out."""
    outcomes = {}
    for lesson, row in _memory()["seen"].items():
        with contextlib.suppress(msgspec.ValidationError):
            outcomes[lesson] = msgspec.convert(row, Seen)
    return outcomes


def forget_all() -> None:
    """Begin the course anew."""
    session.state()["course"] = {"guesses": {}, "seen": {}}
    _write()


def _plain(claim: Claim) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(json.dumps(asdict(claim), default=float)))


def _memory() -> dict[str, Any]:
    memory = session.state()
    if "course" not in memory:
        memory["course"] = _read()
    return cast("dict[str, Any]", memory["course"])


def _read() -> dict[str, Any]:
    try:
        memory = json.loads(_file().read_text(encoding="utf-8"))
        guesses = {lesson: _RENAMED.get(guess, guess) for lesson, guess in dict(memory["guesses"]).items()}
        return {"guesses": guesses, "seen": dict(memory["seen"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"guesses": {}, "seen": {}}


def _write() -> None:
    """Write what is known; a full disk costs the progress of another visit, not this one."""
    with contextlib.suppress(OSError):
        write_whole(_file(), json.dumps(_memory()).encode())


def _file() -> Path:
    return private(private(app_home() / "course") / session.owner()) / _FILE
