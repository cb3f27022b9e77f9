"""The wrong rows of a diagnosis and the visitor's tags, kept in the folder of the diagnosis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dldiag.app.jobs import store
from dldiag.app.jobs.error_rows import ErrorLists
from dldiag.app.jobs.job_kinds import DiagnosisJob, ErrorRowsJob
from dldiag.app.state import improvement
from dldiag.app.storage import codec
from dldiag.app.storage.paths import storing, write_whole
from dldiag.core.error_findings import LabelTrial, Slice
from dldiag.core.types import Report
from dldiag.error_analysis.eyeball import EyeballSet, tag_counts

_FILE = "eyeball_tags.json"
WHAT, LABEL_TRIAL = "error rows", "label trial"  # The diagnosis remembers the jobs under these names.


@dataclass(frozen=True, eq=False)
class ErrorRows:
    """The lists of rows: the worst, the suspects, the drawn sample to look at, and those of every slice."""

    worst: pd.DataFrame
    suspects: pd.DataFrame
    eyeball: pd.DataFrame
    drawn: EyeballSet | None
    slices: tuple[tuple[Slice, pd.DataFrame], ...] = ()


def start_error_rows(job: str) -> None:
    """Start listing the rows of a diagnosis; the eyeball part stays what it was before the model was changed."""
    improvement.start(job, WHAT, ErrorRowsJob, looked_at=_looked_at(job))


def _looked_at(job: str) -> int | None:
    """Return how many rows the eyeball part of the latest model before this one had, None where nobody looked."""
    parent = store.request_of(job, DiagnosisJob).parent
    before = [] if parent is None else [parent.id, *(one.id for one in reversed(parent.earlier))]
    for other in before:
        lists = improvement.finished(improvement.started(other).get(WHAT), ErrorLists) if store.exists(other) else None
        if lists is not None and lists.drawn is not None:
            return lists.drawn.rows
    return None


def error_rows_of(other: str) -> ErrorRows | None:
    """Return the lists of a finished job; None when the model made no predictions."""
    lists = store.result_of(other, ErrorLists)
    if lists is None:
        return None
    worst, suspects, eyeball = (pd.DataFrame(one) for one in (lists.worst, lists.suspects, lists.eyeball))
    slices = tuple((one, pd.DataFrame(rows)) for one, rows in lists.slices)
    return ErrorRows(worst, suspects, eyeball, lists.drawn, slices)


def with_error_facts(report: Report, job: str) -> Report:
    """Return the report with what was found out about its errors by hand: the test of its labels, and the categories as counts."""
    errors = report.errors
    if errors is None:
        return report
    trial = improvement.finished(improvement.started(job).get(LABEL_TRIAL), LabelTrial)
    suspects = errors.suspects
    if suspects is not None and trial is not None:
        suspects = replace(suspects, tried=trial)
    tags = tag_counts(tags_of(job), errors.error.value)
    return replace(report, errors=replace(errors, suspects=suspects, tags=tuple(tags)))


def tags_of(job: str) -> dict[int, tuple[str, ...]]:
    """Return the tags of each row looked at, by its number in the table."""
    path = store.folder_of(job) / _FILE
    if not path.is_file():
        return {}
    tags_by_row = codec.from_bytes(path.read_bytes(), dict[str, tuple[str, ...]])  # JSON has only text keys.
    return {int(row): tags for row, tags in tags_by_row.items()}


def keep_tags(job: str, tags: Mapping[int, Sequence[str]]) -> None:
    """Write the tags."""
    with storing():
        write_whole(store.folder_of(job) / _FILE, codec.to_bytes(tags))
