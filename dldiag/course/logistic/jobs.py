"""What workers compute for the lessons on logistic regression."""

from __future__ import annotations

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.logistic.hidden_layer import WidthComparison, train_widths
from dldiag.course.shared.problem import plane_of
from dldiag.course.shared.request import PlaneRequest


class WideningRequest(PlaneRequest, frozen=True, kw_only=True, tag="widening"):
    """Repeat one unit into a hidden layer."""


def widen_job(
    dataset: Dataset, request: WideningRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> WidthComparison:
    """Repeat one unit into a hidden layer."""
    problem = plane_of(dataset, request.columns, request.positive)
    return train_widths(problem, on_progress=on_progress, should_stop=should_stop)
