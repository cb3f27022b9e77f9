"""The job behind the download of the fitted model."""

from __future__ import annotations

import msgspec

from dldiag.app.jobs.diagnosis import JobProgress, JobStop, data_and_model
from dldiag.app.jobs.job_kinds import ModelExportJob
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Progress
from dldiag.diagnosis.fitted import fitted
from dldiag.report.model_file import model_bytes

MOST_BYTES = 200_000_000  # Size of a model file; a larger one is a matter for the library.


class ModelFile(msgspec.Struct, frozen=True):
    """A fitted model as the bytes of a skops file, and the rows that it was trained on."""

    content: bytes
    rows: int


def model_job(job: ModelExportJob, on_progress: JobProgress, should_stop: JobStop) -> ModelFile:
    """Train the model on all rows that are not sealed."""
    dataset, model = data_and_model(job)
    on_progress(Progress(Message("Training the model for export"), 0, 1))
    table_model = fitted(dataset, model, job.settings)
    content = model_bytes(table_model)
    if len(content) > MOST_BYTES:
        raise DataError(
            Message("The model has {size:,} MB, too much for a download.", {"size": len(content) // 1_000_000}),
            Message("The Python script trains it on your machine."),
        )
    return ModelFile(content, table_model.trained_rows)
