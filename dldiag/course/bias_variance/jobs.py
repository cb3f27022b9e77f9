"""What workers compute for the lessons on bias and variance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.bias_variance.bias_remedies import CapacitySettings, compare_capacities
from dldiag.course.bias_variance.sweep import Sweep, SweepSettings, sweep_table, sweep_toy
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.problem import plane_of
from dldiag.course.shared.request import JudgedPlaneRequest, ModelRequest
from dldiag.course.shared.treatments import JUDGED_ROWS, SetupComparison
from dldiag.experiments.models import build_model


class SweepRequest(ModelRequest, frozen=True, kw_only=True, tag="sweep"):
    """Decompose the error along a setting, on a table, or on a toy whose truth is known."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"draws": 4}
    toy: str = ""
    settings: SweepSettings


class CapacityRequest(JudgedPlaneRequest, frozen=True, kw_only=True, tag="capacity"):
    """Give a network that is too small more units, or more steps."""

    settings: CapacitySettings


def capacity_job(
    dataset: Dataset, request: CapacityRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> SetupComparison:
    """Give a network that is too small more units, or more steps."""
    problem = plane_of(dataset, request.columns, request.positive)
    data = prepare_open_rows(dataset, JUDGED_ROWS)
    return compare_capacities(
        problem,
        data,
        request.settings,
        choice=request.choice(dataset),
        on_progress=on_progress,
        should_stop=should_stop,
    )


def sweep_job(dataset: Dataset, request: SweepRequest, on_progress: OnProgress, should_stop: ShouldStop) -> Sweep:
    """Decompose the error along a setting."""
    if request.toy:
        return sweep_toy(request.toy, request.settings, on_progress=on_progress, should_stop=should_stop)
    model = build_model(dataset.task, request.model)
    return sweep_table(dataset, model, request.settings, on_progress=on_progress, should_stop=should_stop)
