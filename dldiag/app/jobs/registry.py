"""JOBS: the jobs a worker can run. To add one, add a struct to `job_kinds` and a row here.

A row is a function (job, on_progress, should_stop) -> result that the codec can write. `on_progress` takes a `Progress`;
`should_stop` is called often, and the function may raise `Stopped`. Only workers import this table.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Union

from dldiag.app.jobs import job_kinds
from dldiag.app.jobs.course import REQUESTS, course_job
from dldiag.app.jobs.diagnosis import JobProgress, JobStop, diagnose_job
from dldiag.app.jobs.error_rows import error_rows_job, label_trial_job
from dldiag.app.jobs.improvement import improve_job, open_job, try_job
from dldiag.app.jobs.model_file import model_job
from dldiag.experiments.fit import import_models

JobFunction = Callable[[Any, JobProgress, JobStop], Any]

JOBS: dict[type[job_kinds.Job], JobFunction] = {
    job_kinds.DiagnosisJob: diagnose_job,
    job_kinds.ModelExportJob: model_job,
    job_kinds.ErrorRowsJob: error_rows_job,
    job_kinds.LabelTrialJob: label_trial_job,
    job_kinds.RemedyTrialJob: try_job,
    job_kinds.ImprovementJob: improve_job,
    job_kinds.TestOpeningJob: open_job,
    job_kinds.CourseJob: course_job,
}


def any_job() -> Any:
    """Return the tagged union of all jobs, a course job of any lesson among them."""
    lessons: Any = Union[tuple(REQUESTS)]  # noqa: UP007 — made of a table
    return Union[tuple(job_kinds.CourseJob[lessons] if kind is job_kinds.CourseJob else kind for kind in JOBS)]  # noqa: UP007


def warm_up() -> None:
    """Import what jobs need, so that the first one starts at once."""
    import_models()
    for module in ("dldiag.diagnosis.diagnose", "dldiag.report", "dldiag.data.read_table"):
        import_module(module)
