"""What workers compute for the lessons on activation functions; each takes a dataset and the lesson's settings."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.activations.dead_units import DeadUnitsRun, DeadUnitsSettings, dead_units
from dldiag.course.activations.deep_linear import DeepLinear, DeepLinearSettings, deep_linear
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.problem import plane_of
from dldiag.course.shared.signal_flow import Flow, FlowSettings, flow


def flow_job(dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop) -> Flow:
    """Measure the gradient of every layer: {"asked": FlowSettings}."""
    asked = msgspec.convert(given["asked"], FlowSettings)
    return flow(prepare_open_rows(dataset), asked, on_progress=on_progress, should_stop=should_stop)


def dead_units_job(
    dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop
) -> DeadUnitsRun:
    """Watch units die and come back: {"asked": DeadUnitsSettings}."""
    asked = msgspec.convert(given["asked"], DeadUnitsSettings)
    return dead_units(prepare_open_rows(dataset), asked, on_progress=on_progress, should_stop=should_stop)


def deep_linear_job(
    dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop
) -> DeepLinear:
    """Compare deep linear networks with logistic regression: {"columns", "positive", "asked": DeepLinearSettings}."""
    asked = msgspec.convert(given["asked"], DeepLinearSettings)
    return deep_linear(plane_of(dataset, given), asked, on_progress=on_progress, should_stop=should_stop)
