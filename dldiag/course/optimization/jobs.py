"""What workers compute for the lessons on mini-batches and optimizers."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.optimization.descents import (
    BatchSettings,
    Descents,
    OptimizerSettings,
    compare_batches,
    compare_optimizers,
)
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.problem import plane_of


def batches_job(dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop) -> Descents:
    """Compare mini-batches with all rows: {"columns", "positive", "asked": BatchSettings}."""
    asked = msgspec.convert(given["asked"], BatchSettings)
    problem, data = plane_of(dataset, given), prepare_open_rows(dataset)
    return compare_batches(problem, data, asked, on_progress=on_progress, should_stop=should_stop)


def optimizers_job(
    dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop
) -> Descents:
    """Compare optimizers: {"columns", "positive", "asked": OptimizerSettings}."""
    asked = msgspec.convert(given["asked"], OptimizerSettings)
    problem, data = plane_of(dataset, given), prepare_open_rows(dataset)
    return compare_optimizers(problem, data, asked, on_progress=on_progress, should_stop=should_stop)
