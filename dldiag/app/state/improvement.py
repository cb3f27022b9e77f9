"""Jobs started from a diagnosis (trials, improvement, opening the test set) and their results.

It is kept in the folder of the diagnosis, so that it survives F5 and page switches.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from dldiag.app.jobs import store
from dldiag.app.jobs.improvement import FoundPath
from dldiag.app.jobs.job_kinds import (
    DiagnosisJob,
    ImprovementJob,
    JobParameters,
    ModelJob,
    RemedyTrialJob,
    TestOpeningJob,
)
from dldiag.app.state import session
from dldiag.app.storage import codec, data_ref
from dldiag.app.storage.paths import app_home, private, storing, write_whole
from dldiag.core.types import Recommendation, Report, TestResult, Trial
from dldiag.diagnosis.recommend import settled
from dldiag.diagnosis.remedies import SEARCH
from dldiag.diagnosis.search import TRIED
from dldiag.diagnosis.verdict import agreeing
from dldiag.report.json_schema import to_json

_T = TypeVar("_T")
_FILE = "loop.json"
IMPROVE = "improve"  # The diagnosis remembers the job under this name.


def started(job: str) -> dict[str, str]:
    """Return the jobs started from a diagnosis: {"try bigger_network": job, "improve": job, "open": job}."""
    path = store.folder_of(job) / _FILE
    jobs = codec.from_bytes(path.read_bytes(), dict[str, str]) if path.is_file() else {}
    return {what: other for what, other in jobs.items() if store.exists(other)}


def start(job: str, what: str, kind: type[ModelJob], **more: Any) -> None:
    """Start a job with the data, model and settings of a diagnosis; DataError when the queue is full."""
    diagnosis = store.request_of(job, DiagnosisJob)
    new_job = kind(data=diagnosis.data, model=diagnosis.model, settings=diagnosis.settings, **more)
    _remember(job, started(job) | {what: session.pool().submit(new_job, session.owner())})


def start_trial(job: str, report: Report, remedy: str, change: JobParameters) -> None:
    """Start the test of a fix, with the estimate it was chosen by, so that its effect is corrected for the choice."""
    fix = next((fix for fix in report.recommendations if fix.remedy == remedy), None)
    estimates = {} if fix is None else {"seen": fix.seen, "expected": fix.expected}
    start(job, f"try {remedy}", RemedyTrialJob, remedy=remedy, change=change, material=report.delta, **estimates)


def start_improving(job: str, report: Report) -> None:
    """Start to apply the best fixes, one after the other, from what the report has found."""
    start(job, IMPROVE, ImprovementJob, known=to_json(report))


def forget_improvement(job: str, what: str) -> None:
    """Forget a job, so that it can be started again."""
    others = {name: other for name, other in started(job).items() if name != what}
    _remember(job, others)


def _remember(job: str, what: dict[str, str]) -> None:
    with storing():
        write_whole(store.folder_of(job) / _FILE, codec.to_bytes(what))


def with_trials(report: Report, job: str) -> Report:
    """Return the report with the results of manual trials and of the opened test set."""
    jobs = started(job)
    tested = [
        _with_trial(recommendation, jobs.get(f"try {recommendation.remedy}"))
        for recommendation in report.recommendations
    ]
    recommendations = settled(tested, report.delta)
    test = finished(jobs.get("open"), TestResult) or report.test
    sealed = report.split.sealed and test is None
    return replace(
        report,
        recommendations=recommendations,
        verdict=agreeing(report.verdict, recommendations, report.delta),
        test=test,
        split=replace(report.split, sealed=sealed),
    )


def finished(job: str | None, kind: type[_T]) -> _T | None:
    """Return the result of a job, None while there is none."""
    ending = None if job is None else store.ending_of(job)
    return None if job is None or ending is None or ending.state != "finished" else store.result_of(job, kind)


def partial_result(job: str, kind: type[_T]) -> _T | None:
    """Return the partial result of a canceled job, None when there is none."""
    ending = store.ending_of(job)
    try:
        return store.result_of(job, kind) if ending is not None and ending.state == "canceled" else None
    except FileNotFoundError:
        return None


def path_found(job: str) -> FoundPath | None:
    """Return the steps of the automatic improvement, also of a stopped one; None while there are none."""
    other = started(job).get(IMPROVE)
    return None if other is None else finished(other, FoundPath) or partial_result(other, FoundPath)


def dev_uses(job: str, report: Report) -> int:
    """Return how many settings were compared on the dev rows: before this diagnosis, in it, and from it.

    The loop repeats the comparisons of the diagnosis, so the larger number counts; a probed remedy is already included
    in those of the diagnosis.
    """
    before, jobs, path = store.request_of(job, DiagnosisJob).dev_uses, started(job), path_found(job)
    by_hand = sum(
        TRIED if recommendation.remedy == SEARCH else f"probe_{recommendation.remedy}" not in report.evidence
        for recommendation in report.recommendations
        if finished(jobs.get(f"try {recommendation.remedy}"), Trial) is not None
    )
    return max(1, before + max(report.compared + by_hand, path.dev_uses if path else 0))


def _with_trial(recommendation: Recommendation, job: str | None) -> Recommendation:
    trial = finished(job, Trial)
    return recommendation if trial is None else replace(recommendation, trial=trial)


# --- the test set is opened once ----------------------------------------------------------------------------------


def opened_before(job: str) -> bool:
    """Return whether this visitor opened, or is opening, test rows of the same file and target.

    Other choices about the file do not count; neither does an opening that was canceled or failed.
    """
    mark = _mark(job)
    opening = mark.read_text(encoding="utf-8") if mark.exists() else None
    if opening is None:
        return False
    ending = store.ending_of(opening) if store.exists(opening) else None
    return ending is None or ending.state == "finished"


def start_test(job: str, **more: Any) -> None:
    """Start to open the sealed test set, and remember that it was opened unless the job fails."""
    start(job, "open", TestOpeningJob, owner=session.owner(), **more)
    with storing():
        write_whole(_mark(job), started(job)["open"].encode())


def _mark(job: str) -> Path:
    rows = data_ref.identity(store.request_of(job, DiagnosisJob).data, "rows")
    name = hashlib.sha256(rows.encode()).hexdigest()
    with storing():
        return private(private(app_home() / "opened") / session.owner()) / name
