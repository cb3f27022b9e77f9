"""What workers compute for the lessons on training, dev and test sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.shared.request import JudgedModelRequest
from dldiag.course.splits.candidates import SelectionSettings, select_on_test
from dldiag.course.splits.selection import Selection
from dldiag.experiments.models import build_model


class SelectionRequest(JudgedModelRequest, frozen=True, kw_only=True, tag="selection"):
    """Choose the best of k models on a test set."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"models": 8}
    settings: SelectionSettings


def select_job(
    dataset: Dataset, request: SelectionRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> Selection:
    """Choose the best of k models on a test set."""
    model = build_model(dataset.task, request.model)
    return select_on_test(
        dataset, model, request.settings, request.choice(dataset), on_progress=on_progress, should_stop=should_stop
    )
