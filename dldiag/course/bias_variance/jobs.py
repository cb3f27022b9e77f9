"""What workers compute for the lessons on bias and variance."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.bias_variance.sweep import Sweep, SweepSettings, sweep_table, sweep_toy
from dldiag.experiments.models import build_model


def sweep_job(dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop) -> Sweep:
    """Take error apart along a setting, on a toy or a table: {"data", "model", "asked": SweepSettings}."""
    asked = msgspec.convert(given["asked"], SweepSettings)
    if "toy" in given["data"]:
        return sweep_toy(given["data"]["toy"], asked, on_progress=on_progress, should_stop=should_stop)
    model = build_model(dataset.task, given["model"])
    return sweep_table(dataset, model, asked, on_progress=on_progress, should_stop=should_stop)
