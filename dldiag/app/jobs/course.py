"""What workers compute for the course pages on scale, logistic regression, activations and initialization."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from dldiag.core.types import Progress

Arguments = dict[str, Any]
OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def scale_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Measure error against rows for many learners: {"data", "asked": ScaleSettings}."""
    from dldiag.app.state.data_ref import load_dataset
    from dldiag.course.took_off.scaling import ScaleSettings, scale

    asked = msgspec.convert(arguments["asked"], ScaleSettings)
    dataset = load_dataset(arguments["data"])
    return msgspec.to_builtins(scale(dataset, asked, on_progress=on_progress, should_stop=should_stop))


def race_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Race two activations: {"data", "asked": RaceSettings}."""
    from dldiag.course.shared.race import RaceSettings, race

    return _on_prepared(arguments, RaceSettings, race, on_progress, should_stop)


def flow_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Measure the gradient of every layer: {"data", "asked": FlowSettings}."""
    from dldiag.course.shared.signal_flow import FlowSettings, flow

    return _on_prepared(arguments, FlowSettings, flow, on_progress, should_stop)


def sleepers_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Watch units die and wake: {"data", "asked": SleepersSettings}."""
    from dldiag.course.activations.dead_units import SleepersSettings, sleepers

    return _on_prepared(arguments, SleepersSettings, sleepers, on_progress, should_stop)


def starts_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Train from several initializations: {"data", "asked": StartSettings}."""
    from dldiag.course.initialization.starts import StartSettings, beginnings

    return _on_prepared(arguments, StartSettings, beginnings, on_progress, should_stop)


def widen_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Repeat one unit into a hidden layer: {"data", "columns", "positive"}."""
    from dldiag.course.logistic.hidden_layer import widen

    return msgspec.to_builtins(widen(_plane(arguments), on_progress=on_progress, should_stop=should_stop))


def deep_linear_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Compare deep linear networks with logistic regression: {"data", "columns", "positive", "asked"}."""
    from dldiag.course.activations.deep_linear import DeepLinearSettings, deep_linear

    asked = msgspec.convert(arguments["asked"], DeepLinearSettings)
    return msgspec.to_builtins(deep_linear(_plane(arguments), asked, on_progress=on_progress, should_stop=should_stop))


def _on_prepared(
    arguments: Arguments, settings: type[Any], compute: Callable[..., Any], on_progress: OnProgress, stop: ShouldStop
) -> Any:
    from dldiag.app.state.data_ref import load_dataset
    from dldiag.course.shared.prepared import prepare_lesson, without_test_rows

    data = prepare_lesson(without_test_rows(load_dataset(arguments["data"])))
    asked = msgspec.convert(arguments["asked"], settings)
    return msgspec.to_builtins(compute(data, asked, on_progress=on_progress, should_stop=stop))


def _plane(arguments: Arguments) -> Any:
    from dldiag.app.state.data_ref import load_dataset
    from dldiag.course.shared.prepared import without_test_rows
    from dldiag.course.shared.problem import yes_no

    dataset = without_test_rows(load_dataset(arguments["data"]))
    return yes_no(dataset, arguments["columns"], positive=arguments["positive"], most=2)


def select_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Choose the best of k models on a test set: {"data", "model", "asked": SelectionSettings}."""
    from dldiag.course.splits.candidates import SelectionSettings, select_on_test

    dataset, model = _dataset_and_model(arguments)
    asked = msgspec.convert(arguments["asked"], SelectionSettings)
    return msgspec.to_builtins(select_on_test(dataset, model, asked, on_progress=on_progress, should_stop=should_stop))


def validate_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Measure errors over one or two hyperparameters: {"data", "model", "grid", "asked": ValidationSettings}."""
    from dldiag.course.hyperparameters.validation_curve import ValidationSettings, validate

    dataset, model = _dataset_and_model(arguments)
    asked = msgspec.convert(arguments["asked"], ValidationSettings)
    grid: Mapping[str, list[str]] = dict(arguments["grid"])  # pairs: their order says which axis is which
    return msgspec.to_builtins(validate(dataset, model, grid, asked, on_progress=on_progress, should_stop=should_stop))


def sweep_job(arguments: Arguments, on_progress: OnProgress, should_stop: ShouldStop) -> Any:
    """Take error apart along a setting, on a toy or a table: {"data", "model", "asked": SweepSettings}."""
    from dldiag.course.bias_variance.sweep import SweepSettings, sweep_table, sweep_toy

    asked = msgspec.convert(arguments["asked"], SweepSettings)
    watched: dict[str, Any] = {"on_progress": on_progress, "should_stop": should_stop}
    if "toy" in arguments["data"]:
        return msgspec.to_builtins(sweep_toy(arguments["data"]["toy"], asked, **watched))
    dataset, model = _dataset_and_model(arguments)
    return msgspec.to_builtins(sweep_table(dataset, model, asked, **watched))


def _dataset_and_model(arguments: Arguments) -> tuple[Any, Any]:
    from dldiag.app.state.data_ref import load_dataset
    from dldiag.experiments.models import build_model

    dataset = load_dataset(arguments["data"])
    return dataset, build_model(dataset.task, arguments["model"])
