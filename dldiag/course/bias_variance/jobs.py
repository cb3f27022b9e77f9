"""What workers compute for the lessons on bias and variance."""

from __future__ import annotations

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.bias_variance.sweep import Sweep, SweepSettings, sweep_table, sweep_toy
from dldiag.course.shared.request import ModelRequest
from dldiag.experiments.models import build_model


class SweepRequest(ModelRequest, frozen=True, kw_only=True, tag="sweep"):
    """Take error apart along a setting, on a table, or on a toy, whose truth is known."""

    toy: str = ""
    asked: SweepSettings


def sweep_job(dataset: Dataset, given: SweepRequest, on_progress: OnProgress, should_stop: ShouldStop) -> Sweep:
    """Take error apart along a setting."""
    if given.toy:
        return sweep_toy(given.toy, given.asked, on_progress=on_progress, should_stop=should_stop)
    model = build_model(dataset.task, given.model)
    return sweep_table(dataset, model, given.asked, on_progress=on_progress, should_stop=should_stop)
