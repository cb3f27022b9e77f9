"""The rows behind a diagnosis's errors, and the categories that its visitor gave them; kept in the diagnosis's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import pandas as pd

from dldiag.app.jobs import serialize, store
from dldiag.app.state import improvement
from dldiag.app.state.paths import storing, write_whole
from dldiag.error_analysis.eyeball import EyeballSet

_FILE = "eyeball_tags.json"
WHAT = "error rows"  # the name under which a diagnosis remembers the job


@dataclass(frozen=True, eq=False)
class ErrorRows:
    """The lists of rows: the worst, the suspects, and the drawn sample to look at."""

    worst: pd.DataFrame
    suspects: pd.DataFrame
    eyeball: pd.DataFrame
    drawn: EyeballSet | None


def start_error_rows(job: str) -> None:
    """Start listing the rows of a diagnosis."""
    improvement.start(job, WHAT, "error_rows")


def error_rows_of(other: str) -> ErrorRows | None:
    """Return the lists that a finished job made; None when the model predicted nothing."""
    found = store.result_of(other)
    if found is None:
        return None
    tables = {name: pd.DataFrame(found[name]) for name in ("worst", "suspects", "eyeball")}
    drawn = found["eyeball_set"]
    return ErrorRows(**tables, drawn=None if drawn is None else msgspec.convert(drawn, EyeballSet))


def tags_of(job: str) -> dict[int, tuple[str, ...]]:
    """Return the categories of each row that was looked at, by its number in the table."""
    path = store.folder_of(job) / _FILE
    plain: Mapping[str, Sequence[str]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {int(row): tuple(tags) for row, tags in plain.items()}


def keep_tags(job: str, tags: Mapping[int, Sequence[str]]) -> None:
    """Write the categories down."""
    plain: dict[str, Any] = {str(row): list(given) for row, given in tags.items()}
    with storing():
        write_whole(store.folder_of(job) / _FILE, serialize.dumps(plain).encode())
