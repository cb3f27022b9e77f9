"""The jobs of the loop: test one fix, improve until it stops, open the sealed test set."""

from __future__ import annotations

import msgspec

from dldiag.app.jobs.diagnosis import JobProgress, JobStop, data_and_model, processes_of_a_job
from dldiag.app.jobs.job_kinds import ImprovementJob, JobParameters, RemedyTrialJob, TestOpeningJob
from dldiag.core.i18n import Message
from dldiag.core.types import Progress, TestResult, Trial
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.improve import LoopStep, Total, belongs_to_case, improve_case
from dldiag.diagnosis.openings import Opener
from dldiag.diagnosis.search import planned_fits, try_remedy
from dldiag.diagnosis.test_set import open_test
from dldiag.diagnosis.trials import Attempt
from dldiag.diagnosis.winners_curse import Picked
from dldiag.experiments.chosen_model import choice_of, chosen_model
from dldiag.experiments.fit import FitResult
from dldiag.report.json_schema import from_json


class FoundPath(msgspec.Struct, frozen=True):
    """The path of an improvement; total: what all steps did, None where none was taken or it was stopped by hand."""

    steps: tuple[LoopStep, ...]
    start: JobParameters
    winner: JobParameters
    dev_uses: int
    ended: Message
    total: Total | None


def try_job(job: RemedyTrialJob, on_progress: JobProgress, should_stop: JobStop) -> Trial:
    """Test one fix against the current model on the same repeats."""
    dataset, model = data_and_model(job)
    case = prepare_case(dataset, model, job.settings, should_stop=should_stop, n_jobs=processes_of_a_job())
    effort, done = case.effort, [0]

    def count(_: FitResult) -> None:
        done[0] += 1
        on_progress(Progress(Message("Testing it on your data"), done[0], planned_fits(job.remedy, effort)))

    picked = Picked(job.seen, job.expected) if job.seen and job.expected else None
    attempt = Attempt(job.remedy, job.change, picked)
    return try_remedy(case.fits, model, attempt, material=job.material, effort=effort, on_result=count)


def improve_job(job: ImprovementJob, on_progress: JobProgress, should_stop: JobStop) -> FoundPath:
    """Apply what helps and diagnose again until nothing does."""
    dataset, model = data_and_model(job)
    case = prepare_case(dataset, model, job.settings, should_stop=should_stop, n_jobs=processes_of_a_job())
    start_report = from_json(job.known) if job.known else None
    # A finished sample report may be of an older version.
    fits = start_report if start_report is not None and belongs_to_case(start_report, case) else None
    improvement = improve_case(case, fits, on_progress=on_progress)
    return FoundPath(
        steps=improvement.steps,
        start=choice_of(improvement.start),
        winner=choice_of(improvement.winner),
        dev_uses=improvement.dev_uses,
        ended=improvement.ended,
        total=improvement.total,
    )


def open_job(job: TestOpeningJob, on_progress: JobProgress, should_stop: JobStop) -> TestResult:
    """Open the sealed test set."""
    dataset, _ = data_and_model(job)
    start, winner = (chosen_model(dataset.task, one) for one in (job.start, job.winner))
    on_progress(Progress(Message("Opening the test set"), 0, 1))
    opener = Opener("dashboard", job.owner)
    return open_test(
        dataset, start, winner, job.settings, dev_uses=job.dev_uses, should_stop=should_stop, opener=opener
    )
