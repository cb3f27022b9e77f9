"""A large network on few rows, without and with a penalty or dropout, and on twice the rows: training and dev error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.types import Estimate, OnProgress, ShouldStop
from dldiag.course.shared.instrumented import Recipe
from dldiag.course.shared.prepared import Prepared
from dldiag.course.shared.problem import BinaryProblem
from dldiag.course.shared.treatments import (
    ACTIVATION,
    SetupComparison,
    SetupResult,
    TrainingSetup,
    compare_setups,
    rows_to_train,
)
from dldiag.experiments.metric_choice import MetricChoice


@dataclass(frozen=True)
class PenaltySettings:
    """Settings of the L2 penalty."""

    alpha: float = param(
        1.0, "L2 penalty", "Weight of the squared weights, over the rows.", low=0.001, high=100, log=True
    )
    train_rows: int = param(60, "Training rows", "Few rows make the variance high.", low=20, high=300)
    hidden_layers: int = param(2, "Hidden layers", "Of the network.", low=1, high=4)
    units: int = param(32, "Units per layer", "Of every hidden layer.", low=4, high=64)
    steps: int = param(600, "Steps", "Mini-batches of training.", low=100, high=2000)
    repeats: int = param(12, "Repeats", "Random draws of training and dev rows.", low=3, high=20)


@dataclass(frozen=True)
class DropoutSettings:
    """Settings of dropout."""

    dropout: float = param(0.3, "Dropout", "Share of the hidden units left out in every step.", low=0.0, high=0.8)
    train_rows: int = param(60, "Training rows", "Few rows make the variance high.", low=20, high=300)
    hidden_layers: int = param(2, "Hidden layers", "Of the network.", low=1, high=4)
    units: int = param(32, "Units per layer", "Of every hidden layer.", low=4, high=64)
    steps: int = param(600, "Steps", "Mini-batches of training.", low=100, high=2000)
    repeats: int = param(12, "Repeats", "Random draws of training and dev rows.", low=3, high=20)


@dataclass(frozen=True)
class Regularized:
    """The network as it is, treated, and on twice the rows; strength: of the treatment, l2 or dropout."""

    kind: str
    strength: float
    compared: SetupComparison

    @property
    def plain(self) -> SetupResult:
        """The network as it is."""
        return self.compared.ways[0]

    @property
    def treated(self) -> SetupResult:
        """The network with the treatment."""
        return self.compared.ways[1]

    @property
    def more(self) -> SetupResult:
        """The network as it is on twice the rows."""
        return self.compared.ways[2]

    @property
    def change(self) -> Estimate:
        """What the treatment changed in the dev error."""
        return self.compared.dev_changes[0]

    @property
    def of_more(self) -> Estimate:
        """What twice the rows changed in the dev error."""
        return self.compared.dev_changes[1]


_LABELS = {"l2": Message("With the L2 penalty"), "dropout": Message("With dropout")}


def compare_regularization(
    problem: BinaryProblem,
    data: Prepared,
    settings: PenaltySettings | DropoutSettings,
    *,
    choice: MetricChoice | None = None,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Regularized:
    """Train without and with a penalty (or dropout), and on twice the rows; each on the same draws of rows."""
    recipe = Recipe(
        ACTIVATION, hidden_layers=settings.hidden_layers, units=settings.units, optimizer="adam", rates=(0.01,)
    )
    kind, strength, treated = _treatment(recipe, settings)
    rows = rows_to_train(data, settings.train_rows)
    ways = [
        TrainingSetup(Message("As it is"), recipe, rows, settings.steps),
        TrainingSetup(_LABELS[kind], treated, rows, settings.steps),
        TrainingSetup(Message("Twice the rows"), recipe, 2 * rows, settings.steps),
    ]
    comparison = compare_setups(
        problem, data, ways, settings.repeats, choice=choice, on_progress=on_progress, should_stop=should_stop
    )
    return Regularized(kind, strength, comparison)


def _treatment(recipe: Recipe, settings: PenaltySettings | DropoutSettings) -> tuple[str, float, Recipe]:
    if isinstance(settings, PenaltySettings):
        return "l2", settings.alpha, replace(recipe, alpha=settings.alpha)
    return "dropout", settings.dropout, replace(recipe, dropout=settings.dropout)


def penalty_to_use(result: Regularized) -> dict[str, Any]:
    """Return the treatment where it lowered the dev error with 90% confidence; empty otherwise."""
    if result.change.high >= 0:
        return {}
    return {"alpha" if result.kind == "l2" else "dropout": result.strength}
