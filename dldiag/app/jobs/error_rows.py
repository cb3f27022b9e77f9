"""The jobs behind "Where it is wrong": the rows themselves, for the visitor who uploaded them, and the trial of their labels."""

from __future__ import annotations

from typing import Any

import msgspec
import pandas as pd

from dldiag.app.jobs.diagnosis import JobProgress, JobStop, data_and_model, processes_of_a_job
from dldiag.app.jobs.job_kinds import ErrorRowsJob, LabelTrialJob, ModelJob
from dldiag.core.error_findings import LabelTrial, Slice
from dldiag.core.i18n import Message
from dldiag.core.types import Progress
from dldiag.diagnosis.case import Case, prepare_case
from dldiag.diagnosis.label_trial import try_without_suspects
from dldiag.error_analysis.eyeball import EyeballSet, draw_eyeball_set
from dldiag.error_analysis.of_fits import analyze_fits
from dldiag.experiments.fit import FitResult

MOST_LISTED = 1_000  # Maximum number of rows per list.
MOST_OF_SLICE = 20_000  # Maximum number of rows per slice.
Columns = dict[str, tuple[Any, ...]]  # A table as {column: cells}.


class ErrorLists(msgspec.Struct, frozen=True):
    """Wrong rows as tables: the worst, those with suspicious labels, the eyeball set, and each slice."""

    worst: Columns
    suspects: Columns
    eyeball: Columns
    drawn: EyeballSet | None
    slices: tuple[tuple[Slice, Columns], ...] = ()


def error_rows_job(job: ErrorRowsJob, on_progress: JobProgress, should_stop: JobStop) -> ErrorLists | None:
    """Predict the dev rows again and list the wrong ones."""
    case = _case(job, should_stop)
    done = [0]

    def count(_: FitResult) -> None:
        done[0] += 1
        on_progress(Progress(Message("Predicting your dev rows"), done[0], len(case.all_repeats)))

    case.fits.fit([case.model], case.sizes[-1:], case.all_repeats, on_result=count)
    analysis = analyze_fits(case.fits, case.model, job.settings.seed, with_importance=False)
    if analysis is None:
        return None
    eyeball_set = draw_eyeball_set(analysis.losses, job.settings.seed, looked_at=job.looked_at)
    looked = analysis.rows_at(eyeball_set.wrong if eyeball_set else ())
    worst, suspects = analysis.worst(MOST_LISTED), analysis.suspects().head(MOST_LISTED)
    slices = tuple((part, _columns(analysis.rows_of(part).head(MOST_OF_SLICE))) for part in analysis.findings.confirmed)
    return ErrorLists(_columns(worst), _columns(suspects), _columns(looked), eyeball_set, slices)


def label_trial_job(job: LabelTrialJob, on_progress: JobProgress, should_stop: JobStop) -> LabelTrial | None:
    """Train without the suspicious labels and without as many random rows."""
    case = _case(job, should_stop)
    on_progress(Progress(Message("Training without the suspicious labels"), 0, 1))
    return try_without_suspects(case.fits, case.model, material=job.settings.material)


def _case(job: ModelJob, should_stop: JobStop) -> Case:
    dataset, model = data_and_model(job)
    return prepare_case(dataset, model, job.settings, should_stop=should_stop, n_jobs=processes_of_a_job())


def _columns(table: pd.DataFrame) -> Columns:
    """Return a table by column, dates as texts and missing values as None."""
    plain = table.astype(object).where(table.notna(), None)
    return {
        str(name): tuple(
            value if value is None or isinstance(value, str | int | float | bool) else str(value) for value in column
        )
        for name, column in plain.items()
    }
