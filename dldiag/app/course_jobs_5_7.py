"""What workers compute for the course pages on splits, hyperparameters, and bias and variance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from dldiag.types import Progress

Arguments = dict[str, Any]
OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def select_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Choose the best of k models on a test set: {"data", "model", "asked": SelectionSettings}."""
    from dldiag.course.candidates import SelectionSettings, select_on_test

    dataset, model = _dataset_and_model(arguments)
    asked = msgspec.convert(arguments["asked"], SelectionSettings)
    return msgspec.to_builtins(select_on_test(dataset, model, asked, on_progress=on_progress, should_stop=should_stop))


def validate_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Measure errors over one or two hyperparameters: {"data", "model", "grid", "asked": ValidationSettings}."""
    from dldiag.course.validation import ValidationSettings, validate

    dataset, model = _dataset_and_model(arguments)
    asked = msgspec.convert(arguments["asked"], ValidationSettings)
    grid: Mapping[str, list[str]] = dict(arguments["grid"])  # pairs: their order says which axis is which
    return msgspec.to_builtins(validate(dataset, model, grid, asked, on_progress=on_progress, should_stop=should_stop))


def sweep_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Take error apart along a setting, on a toy or a table: {"data", "model", "asked": SweepSettings}."""
    from dldiag.course.bias_variance import SweepSettings, sweep_table, sweep_toy

    asked = msgspec.convert(arguments["asked"], SweepSettings)
    watched: dict[str, Any] = {"on_progress": on_progress, "should_stop": should_stop}
    if "toy" in arguments["data"]:
        return msgspec.to_builtins(sweep_toy(arguments["data"]["toy"], asked, **watched))
    dataset, model = _dataset_and_model(arguments)
    return msgspec.to_builtins(sweep_table(dataset, model, asked, **watched))


def _dataset_and_model(arguments: Arguments) -> tuple[Any, Any]:
    from dldiag.app.sources import dataset_of
    from dldiag.models import build_model

    dataset = dataset_of(arguments["data"])
    return dataset, build_model(dataset.task, arguments["model"])
