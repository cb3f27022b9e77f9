"""The wrong rows of a diagnosis and the visitor's tags, kept in the folder of the diagnosis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dldiag.app.jobs import codec, store
from dldiag.app.jobs.asked import ErrorRowsJob
from dldiag.app.jobs.error_rows import ErrorLists
from dldiag.app.state import improvement
from dldiag.app.state.paths import storing, write_whole
from dldiag.error_analysis.eyeball import EyeballSet

_FILE = "eyeball_tags.json"
WHAT = "error rows"  # The diagnosis remembers the job under this name.


@dataclass(frozen=True, eq=False)
class ErrorRows:
    """The lists of rows: the worst, the suspects, and the drawn sample to look at."""

    worst: pd.DataFrame
    suspects: pd.DataFrame
    eyeball: pd.DataFrame
    drawn: EyeballSet | None


def start_error_rows(job: str) -> None:
    """Start listing the rows of a diagnosis."""
    improvement.start(job, WHAT, ErrorRowsJob)


def error_rows_of(other: str) -> ErrorRows | None:
    """Return the lists of a finished job; None when the model made no predictions."""
    found = store.result_of(other, ErrorLists)
    if found is None:
        return None
    worst, suspects, eyeball = (pd.DataFrame(one) for one in (found.worst, found.suspects, found.eyeball))
    return ErrorRows(worst, suspects, eyeball, found.drawn)


def tags_of(job: str) -> dict[int, tuple[str, ...]]:
    """Return the tags of each row looked at, by its number in the table."""
    path = store.folder_of(job) / _FILE
    return codec.from_bytes(path.read_bytes(), dict[int, tuple[str, ...]]) if path.is_file() else {}


def keep_tags(job: str, tags: Mapping[int, Sequence[str]]) -> None:
    """Write the tags."""
    with storing():
        write_whole(store.folder_of(job) / _FILE, codec.to_bytes(tags))
