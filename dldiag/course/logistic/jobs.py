"""What workers compute for the lessons on logistic regression."""

from __future__ import annotations

from typing import Any

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.logistic.hidden_layer import Widening, widen
from dldiag.course.shared.problem import plane_of


def widen_job(dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop) -> Widening:
    """Repeat one unit into a hidden layer: {"columns", "positive"}."""
    return widen(plane_of(dataset, given), on_progress=on_progress, should_stop=should_stop)
