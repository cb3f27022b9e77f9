"""What workers compute for the lessons on activation functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.activations.dead_units import DeadUnitsRun, DeadUnitsSettings, dead_units
from dldiag.course.activations.deep_linear import DeepLinear, DeepLinearSettings, deep_linear
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.problem import plane_of
from dldiag.course.shared.request import LessonRequest, PlaneRequest
from dldiag.course.shared.signal_flow import Flow, FlowSettings, flow


class FlowRequest(LessonRequest, frozen=True, kw_only=True, tag="flow"):
    """Measure the gradient of every layer."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"seeds": 2, "steps": 50}
    settings: FlowSettings


class DeadUnitsRequest(LessonRequest, frozen=True, kw_only=True, tag="dead_units"):
    """Record which units die and recover."""

    settings: DeadUnitsSettings


class DeepLinearRequest(PlaneRequest, frozen=True, kw_only=True, tag="deep_linear"):
    """Compare deep linear networks with logistic regression."""

    settings: DeepLinearSettings


def flow_job(dataset: Dataset, request: FlowRequest, on_progress: OnProgress, should_stop: ShouldStop) -> Flow:
    """Measure the gradient of every layer."""
    return flow(prepare_open_rows(dataset), request.settings, on_progress=on_progress, should_stop=should_stop)


def dead_units_job(
    dataset: Dataset, request: DeadUnitsRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> DeadUnitsRun:
    """Record which units die and recover."""
    return dead_units(prepare_open_rows(dataset), request.settings, on_progress=on_progress, should_stop=should_stop)


def deep_linear_job(
    dataset: Dataset, request: DeepLinearRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> DeepLinear:
    """Compare deep linear networks with logistic regression."""
    problem = plane_of(dataset, request.columns, request.positive)
    return deep_linear(problem, request.settings, on_progress=on_progress, should_stop=should_stop)
