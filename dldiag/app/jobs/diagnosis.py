"""The main page's job: a diagnosis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dldiag.app.jobs.job_kinds import DiagnosisJob, ModelJob
from dldiag.app.storage import data_ref
from dldiag.app.storage.limits import ServerLimits
from dldiag.core.params import from_environment
from dldiag.core.types import Dataset, Progress, Report
from dldiag.diagnosis.compare import with_parent
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.effort import rows_to_draw
from dldiag.experiments.chosen_model import chosen_model

JobProgress = Callable[[Progress], None]  # A job reports its progress through this.
JobStop = Callable[[], bool]  # A job asks this whether to stop.


def diagnose_job(job: DiagnosisJob, on_progress: JobProgress, should_stop: JobStop) -> Report:
    """Diagnose a model; after a change the report also holds the run before it."""
    dataset, model = data_and_model(job)
    report = diagnose(
        dataset, model, job.settings, on_progress=on_progress, should_stop=should_stop, n_jobs=processes_of_a_job()
    )
    return report if job.parent is None else with_parent(report, job.parent)


def data_and_model(job: ModelJob) -> tuple[Dataset, Any]:
    """Return the dataset and the model that a job names; DataError or SettingError if they cannot be used."""
    dataset = data_ref.load_dataset(job.data, drawn=rows_to_draw(job.settings))
    return dataset, chosen_model(dataset.task, job.model)


def processes_of_a_job() -> int:
    """Return how many processes share the fits of one job on this server."""
    return from_environment(ServerLimits).processes
