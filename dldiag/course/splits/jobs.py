"""What workers compute for the lessons on training, dev and test sets."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.splits.candidates import SelectionSettings, select_on_test
from dldiag.course.splits.selection import Selection
from dldiag.experiments.models import build_model


def select_job(dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop) -> Selection:
    """Choose the best of k models on a test set: {"model", "asked": SelectionSettings}."""
    asked = msgspec.convert(given["asked"], SelectionSettings)
    model = build_model(dataset.task, given["model"])
    return select_on_test(dataset, model, asked, on_progress=on_progress, should_stop=should_stop)
