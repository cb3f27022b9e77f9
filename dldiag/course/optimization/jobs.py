"""What workers compute for the lessons on mini-batches and optimizers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.optimization.descents import (
    BatchSettings,
    OptimizerComparison,
    OptimizerSettings,
    compare_batches,
    compare_optimizers,
)
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.problem import plane_of
from dldiag.course.shared.request import PlaneRequest


class BatchesRequest(PlaneRequest, frozen=True, kw_only=True, tag="batches"):
    """Compare mini-batches with all rows."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"seeds": 2, "passes": 5}
    settings: BatchSettings


class OptimizersRequest(PlaneRequest, frozen=True, kw_only=True, tag="optimizers"):
    """Compare optimizers."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"seeds": 2, "passes": 5}
    settings: OptimizerSettings


def batches_job(
    dataset: Dataset, request: BatchesRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> OptimizerComparison:
    """Compare mini-batches with all rows."""
    problem, data = plane_of(dataset, request.columns, request.positive), prepare_open_rows(dataset)
    return compare_batches(problem, data, request.settings, on_progress=on_progress, should_stop=should_stop)


def optimizers_job(
    dataset: Dataset, request: OptimizersRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> OptimizerComparison:
    """Compare optimizers."""
    problem, data = plane_of(dataset, request.columns, request.positive), prepare_open_rows(dataset)
    return compare_optimizers(problem, data, request.settings, on_progress=on_progress, should_stop=should_stop)
