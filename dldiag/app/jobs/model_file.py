"""The job behind the download of the fitted model."""

from __future__ import annotations

import base64
from typing import Any

from dldiag.app.jobs.diagnosis import JobProgress, JobStop, asked
from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Progress

MOST_BYTES = 200_000_000  # of a model file; a larger one is a matter for the library


def model_job(arguments: dict[str, Any], on_progress: JobProgress, should_stop: JobStop) -> dict[str, Any]:
    """Train the model on all rows that are not sealed: {"data", "model", "settings"} → {"file": base64, "rows"}."""
    from dldiag.diagnosis.fitted import fitted
    from dldiag.report.model_file import model_bytes

    dataset, model, settings = asked(arguments)
    on_progress(Progress(Message("Training the model for export"), 0, 1))
    found = fitted(dataset, model, settings)
    content = model_bytes(found)
    if len(content) > MOST_BYTES:
        raise DataError(
            Message("The model has {size:,} MB, too much for a download.", {"size": len(content) // 1_000_000}),
            Message("The Python script trains it on your machine."),
        )
    return {"file": base64.b64encode(content).decode(), "rows": found.trained_rows}
