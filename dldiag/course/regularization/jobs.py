"""What workers compute for the lessons on the L2 penalty and dropout."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.regularization.penalties import DropoutSettings, PenaltySettings, Regularized, regularize
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.problem import plane_of

MOST_ROWS = 2000  # half of them judge: enough to see a difference of a few points


def penalty_job(
    dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop
) -> Regularized:
    """Train without and with an L2 penalty: {"columns", "positive", "asked": PenaltySettings}."""
    asked = msgspec.convert(given["asked"], PenaltySettings)
    problem, data = plane_of(dataset, given), prepare_open_rows(dataset, MOST_ROWS)
    return regularize(problem, data, asked, on_progress=on_progress, should_stop=should_stop)


def dropout_job(
    dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop
) -> Regularized:
    """Train without and with dropout: {"columns", "positive", "asked": DropoutSettings}."""
    asked = msgspec.convert(given["asked"], DropoutSettings)
    problem, data = plane_of(dataset, given), prepare_open_rows(dataset, MOST_ROWS)
    return regularize(problem, data, asked, on_progress=on_progress, should_stop=should_stop)
