"""Dead ReLU units: how many die from a low starting bias, how many recover, and what a leaky slope changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.types import Estimate, OnProgress, ShouldStop
from dldiag.course.shared.activation_race import LEAST_FALL
from dldiag.course.shared.bands import SeedBand, band, mean_over_seeds
from dldiag.course.shared.instrumented import InstrumentedRun, Recipe, record_runs
from dldiag.course.shared.prepared import Prepared
from dldiag.nn.activations import ACTIVATIONS

PAIR = ("relu", "leaky_relu")
FEW_DEAD = 0.05  # With a smaller share of dead units, none counts as having died.


@dataclass(frozen=True)
class DeadUnitsSettings:
    """Settings of the experiment with dead units."""

    start_bias: float = param(
        -5.0,
        "Starting bias",
        "Added to every hidden unit at the start; far below 0 units die.",
        low=-10,
        high=0,
    )
    learning_rate: float = param(
        0.1, "Learning rate", "Too high a learning rate kills units as well.", low=0.001, high=2.0, log=True
    )
    hidden_layers: int = param(1, "Hidden layers", "Of both networks.", low=1, high=6)
    units: int = param(24, "Units per layer", "Of every hidden layer.", low=2, high=64)
    steps: int = param(300, "Steps", "Mini-batches of training.", low=50, high=1000)
    seeds: int = param(5, "Seeds", "Runs of each; more give a narrower interval.", low=3, high=20)


@dataclass(frozen=True)
class DeadUnitsResult:
    """One activation: share of dead units and loss over steps, and of the units that died the share that recovered.

    dead_units: (T, hidden layers, units) 1 where a unit of the first network is dead at a checkpoint.
    """

    activation: str
    label: str
    dead_share: SeedBand
    loss: SeedBand
    recovered: float
    dead_units: tuple[tuple[tuple[float, ...], ...], ...] = ()


@dataclass(frozen=True)
class DeadUnitsRun:
    """ReLU and leaky ReLU from the same start on the same batches.

    loss_change: final loss of the leaky network minus that of the other, paired over seeds, 90% interval.
    """

    baseline: float
    plain: DeadUnitsResult
    leaky: DeadUnitsResult
    loss_change: Estimate


def dead_units(
    data: Prepared,
    settings: DeadUnitsSettings | None = None,
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> DeadUnitsRun:
    """Train both networks from a start that kills units and record which recover."""
    chosen = settings or DeadUnitsSettings()
    recipes = [
        Recipe(
            activation=name,
            start_bias=chosen.start_bias,
            hidden_layers=chosen.hidden_layers,
            units=chosen.units,
            rates=(chosen.learning_rate,),
        )
        for name in PAIR
    ]
    plain, leaky = record_runs(data, recipes, chosen, seed=seed, on_progress=on_progress, should_stop=should_stop)
    change = np.asarray(leaky.loss[-1]) - np.asarray(plain.loss[-1])
    return DeadUnitsRun(data.baseline, _dead_units_of(plain), _dead_units_of(leaky), mean_over_seeds(change))


def _dead_units_of(run: InstrumentedRun) -> DeadUnitsResult:
    recovered = [share for share in run.recovered if np.isfinite(share)]
    return DeadUnitsResult(
        activation=run.recipe.activation,
        label=ACTIVATIONS[run.recipe.activation].label,
        dead_share=band(run.steps, np.asarray(run.dead_share).mean(axis=2)),
        loss=band(run.steps, run.loss),
        recovered=float(np.mean(recovered)) if recovered else 0.0,
        dead_units=run.dead_units,
    )


def slope_to_use(run: DeadUnitsRun) -> dict[str, Any]:
    """Return the leaky slope where units died and it lowered the loss clearly (90% confidence); empty otherwise."""
    pays = helped(run) and max(run.plain.dead_share.mean) >= FEW_DEAD
    return {"activation": run.leaky.activation} if pays else {}


def helped(run: DeadUnitsRun) -> bool:
    """Tell whether the leaky slope lowered the loss by LEAST_FALL of the baseline's, with 90% confidence."""
    return run.loss_change.high < -LEAST_FALL * run.baseline


def harmed(run: DeadUnitsRun) -> bool:
    """Tell whether the leaky slope raised the loss by LEAST_FALL of the baseline's, with 90% confidence."""
    return run.loss_change.low > LEAST_FALL * run.baseline


def describe_dead_units(run: DeadUnitsRun) -> Message:
    """Say how many units died, how many recovered, and whether the leaky slope helped in this run."""
    change = run.loss_change
    most = max(run.plain.dead_share.mean)
    values: dict[str, Any] = {
        "most": most,
        "plain_end": run.plain.dead_share.mean[-1],
        "leaky_end": run.leaky.dead_share.mean[-1],
        "plain_recovered": run.plain.recovered,
        "leaky_recovered": run.leaky.recovered,
        "plain_loss": run.plain.loss.mean[-1],
        "leaky_loss": run.leaky.loss.mean[-1],
        "change": change.value,
        "low": change.low,
        "high": change.high,
        "unit": "rate",
    }
    if most < FEW_DEAD:
        return Message(
            "At most {most:error} of the ReLU units were dead at any time, so none could recover. This run does not show the effect. Lower the starting bias or raise the learning rate.",
            values,
        )
    if helped(run):
        return Message(
            "{most:error} of the ReLU units died; {plain_recovered:error} of them recovered, with the leaky slope {leaky_recovered:error}. The loss ended at {leaky_loss:.3f}, not {plain_loss:.3f} (change {change:+.3f}, 90% interval {low:+.3f} to {high:+.3f}).",
            values,
        )
    return Message(_WORSE if harmed(run) else _OPEN, values)


_WORSE = "{most:error} of the ReLU units died, but here the leaky slope made it worse. The loss ended at {leaky_loss:.3f}, not {plain_loss:.3f} (change {change:+.3f}, 90% interval {low:+.3f} to {high:+.3f})."
_OPEN = "{most:error} of the ReLU units died, but here the leaky slope made no difference that matters. The loss ended at {leaky_loss:.3f}, not {plain_loss:.3f} (90% interval of the change {low:+.3f} to {high:+.3f})."
