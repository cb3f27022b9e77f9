"""A network that is too small: what a larger one and longer training do to its training error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.types import OnProgress, ShouldStop
from dldiag.course.shared.instrumented import Recipe
from dldiag.course.shared.prepared import Prepared
from dldiag.course.shared.problem import BinaryProblem
from dldiag.course.shared.treatments import ACTIVATION, SetupComparison, TrainingSetup, compare_setups, rows_to_train
from dldiag.experiments.metric_choice import MetricChoice

_TRAIN_ROWS = 300


@dataclass(frozen=True)
class CapacitySettings:
    """Settings of the network that is too small."""

    units: int = param(2, "Units of the small network", "Of its one hidden layer.", low=1, high=32)
    times: int = param(16, "Larger by", "Times the units.", low=2, high=32)
    longer: int = param(4, "Longer by", "Times the steps of training.", low=2, high=8)
    steps: int = param(60, "Steps", "Mini-batches of training.", low=20, high=1000)
    repeats: int = param(8, "Repeats", "Random draws of training and dev rows.", low=3, high=20)


def compare_capacities(
    problem: BinaryProblem,
    data: Prepared,
    settings: CapacitySettings,
    *,
    choice: MetricChoice | None = None,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> SetupComparison:
    """Train the small network, the larger one, and the small one for longer, each on the same draws of rows."""
    small = Recipe(ACTIVATION, hidden_layers=1, units=settings.units, optimizer="adam", rates=(0.01,))
    larger = replace(small, units=settings.units * settings.times)
    rows = rows_to_train(data, _TRAIN_ROWS)
    ways = [
        TrainingSetup(Message("Small network"), small, rows, settings.steps),
        TrainingSetup(Message("Larger network"), larger, rows, settings.steps),
        TrainingSetup(Message("Small network, trained longer"), small, rows, settings.steps * settings.longer),
    ]
    return compare_setups(
        problem, data, ways, settings.repeats, choice=choice, on_progress=on_progress, should_stop=should_stop
    )


def size_that_helped(comparison: SetupComparison, settings: CapacitySettings, present: Sequence[int]) -> dict[str, Any]:
    """Return the larger layer where it lowered the dev error with 90% confidence; empty otherwise.

    Also empty where the visitor's network has at least as many hidden units: no network is made smaller against bias.
    """
    units = settings.units * settings.times
    return {"hidden_layer_sizes": (units,)} if comparison.dev_changes[0].high < 0 and units > sum(present) else {}
