"""How many times faster one activation reaches a loss than another, in steps and in seconds, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.types import Array, Estimate, OnProgress, ShouldStop
from dldiag.course.shared.bands import SeedBand, band, ratio_over_seeds
from dldiag.course.shared.instrumented import InstrumentedRun, Recipe, record_runs
from dldiag.course.shared.pace import Pace, pace_of_steps
from dldiag.course.shared.prepared import Prepared
from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.optimizers import OPTIMIZERS

_RATES = (0.003, 0.01, 0.03, 0.1, 0.3)  # Every activation may choose among these learning rates.
# Part of the baseline loss; where the best run falls by less, nothing has learned and there is no target.
LEAST_FALL = 0.02


RACED = {row.name: row.label for name, row in ACTIVATIONS.items() if name == row.name and row.name != "identity"}
SOLVERS = {name: OPTIMIZERS[name].label for name in ("momentum", "adam", "rmsprop")}


def finish_line() -> Any:
    """Return the parameter of the target loss: the share of the way from the baseline's loss to the best."""
    return param(
        0.8,
        "Finish line",
        "Share of the way from the baseline's loss (0) down to the best loss of any run (1).",
        low=0.1,
        high=0.95,
    )


@dataclass(frozen=True)
class RaceSettings:
    """Settings of the race."""

    first: str = param("logistic", "First runner", "The activation of every hidden layer.", choices=RACED)
    second: str = param("relu", "Second runner", "The activation it is compared with.", choices=RACED)
    hidden_layers: int = param(4, "Hidden layers", "Both networks have as many.", low=1, high=10)
    units: int = param(24, "Units per layer", "Both networks have as many.", low=2, high=64)
    solver: str = param("momentum", "Optimizer", "Both networks use it.", choices=SOLVERS)
    share: float = finish_line()
    steps: int = param(300, "Steps", "Mini-batches at most.", low=50, high=1000)
    seeds: int = param(5, "Seeds", "Runs of each; more give a narrower interval.", low=3, high=20)


@dataclass(frozen=True)
class Runner:
    """One activation with its best learning rate: loss against steps, and steps to the target per seed (S,).

    A seed that never got there holds the last step in `to_target` and False in `arrived`.
    """

    activation: str
    label: str
    rate: float
    loss: SeedBand
    seconds_per_step: float
    to_target: tuple[float, ...]
    arrived: tuple[bool, ...]


@dataclass(frozen=True)
class ActivationRace:
    """The first runner against the second, to `target` loss; solver: the optimizer of both.

    steps_ratio, seconds_ratio: how many times more the first needs, geometric mean over seeds with its 90% interval;
    None when the second never arrives. at_least: some seed of the first never arrived, so the ratio is a lower bound.
    """

    first: Runner
    second: Runner
    baseline: float
    target: float
    steps_ratio: Estimate | None
    seconds_ratio: Estimate | None
    at_least: bool
    learned: bool
    solver: str


def race_activations(
    data: Prepared,
    settings: RaceSettings | None = None,
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> ActivationRace:
    """Race two activations in the same network on the same batches to a share of the way down.

    The way goes from the loss of the best constant prediction to the lowest final loss of any run. Each runner starts
    from the initialization made for it and uses the learning rate of _RATES that takes it there in the fewest steps.
    """
    chosen = settings or RaceSettings()
    recipes = recipes_of((chosen.first, chosen.second), chosen.hidden_layers, chosen.units, chosen.solver)
    runs = record_runs(data, recipes, chosen, seed=seed, on_progress=on_progress, should_stop=should_stop)
    pace = pace_of_steps(data, recipes[0], recipes[1], seed)
    return judge_race(runs, data.baseline, chosen.share, pace)


def recipes_of(
    activations: Sequence[str], hidden_layers: int, units: int, solver: str, measured: tuple[str, ...] = ()
) -> list[Recipe]:
    """Return one recipe per activation: the same network, the initialization suited to it, and every rate of _RATES."""
    return [
        Recipe(
            name,
            suited_init(name),
            hidden_layers=hidden_layers,
            units=units,
            optimizer=solver,
            rates=_RATES,
            measured=measured,
        )
        for name in activations
    ]


def suited_init(activation: str) -> str:
    """Return the initializer made for an activation: He for rectifiers, Glorot for the others."""
    return "he_normal" if ACTIVATIONS[activation].rectifier else "glorot_normal"


def judge_race(runs: Sequence[InstrumentedRun], baseline: float, share: float, pace: Pace) -> ActivationRace:
    """Compare two watched runs, the slow candidate first; share: of the way from the baseline to the best loss.

    pace: seconds of a step of the first and the second.
    """
    target = fair_target(runs, baseline, share)
    first, second = (runner_to(run, target)[1] for run in runs)
    first, second = replace(first, seconds_per_step=pace.first), replace(second, seconds_per_step=pace.second)
    pairs = [i for i, arrived in enumerate(second.arrived) if arrived]
    slow, fast = (np.asarray([runner.to_target[i] for i in pairs]) for runner in (first, second))
    ratio = _ratio(slow, fast)
    return ActivationRace(
        first=first,
        second=second,
        baseline=baseline,
        target=target,
        steps_ratio=ratio,
        seconds_ratio=None if ratio is None else product_of_ratios(ratio, pace.ratio),
        at_least=not all(first.arrived[i] for i in pairs),
        learned=baseline - target > share * LEAST_FALL * baseline,
        solver=runs[0].recipe.optimizer,
    )


def fair_target(runs: Sequence[InstrumentedRun], baseline: float, share: float) -> float:
    """Return the loss at a share of the way from the baseline to the lowest final loss of any run."""
    finals = np.concatenate([_final_losses(run) for run in runs])
    best = float(np.nanmin(finals)) if np.isfinite(finals).any() else baseline
    return baseline - share * (baseline - best)


def runner_to(run: InstrumentedRun, target: float) -> tuple[InstrumentedRun, Runner]:
    """Return the members of the fastest learning rate to a loss, and their steps to it."""
    best = fastest_rate(run, target)
    return best, _runner(best, target)


def _final_losses(run: InstrumentedRun) -> Array:
    """Return (rates,) mean losses at the end; NaN where a run diverged."""
    final = np.asarray(run.loss[-1]).reshape(len(run.recipe.rates), run.seeds).mean(axis=1)
    return np.where(np.isfinite(final), final, np.nan)


def fastest_rate(run: InstrumentedRun, target: float) -> InstrumentedRun:
    """Return the members of the learning rate with the fewest steps to a loss; where none arrives, of the lowest final loss."""
    needed = []
    for index, final in enumerate(_final_losses(run)):
        runner = _runner(run.of_rate(index), target)
        steps = float(np.mean(np.log(runner.to_target)))
        needed.append((-sum(runner.arrived), steps, final if np.isfinite(final) else np.inf))
    return run.of_rate(min(range(len(needed)), key=needed.__getitem__))


def _runner(watched: InstrumentedRun, target: float) -> Runner:
    loss = np.asarray(watched.loss)
    steps = [first_below(np.asarray(watched.steps, float), loss[:, member], target) for member in range(watched.seeds)]
    return Runner(
        activation=watched.recipe.activation,
        label=ACTIVATIONS[watched.recipe.activation].label,
        rate=watched.recipe.rates[0],
        loss=band(watched.steps, watched.loss),
        seconds_per_step=watched.seconds_per_step,
        to_target=tuple(watched.steps[-1] if at is None else at for at in steps),
        arrived=tuple(at is not None for at in steps),
    )


def first_below(steps: Array, loss: Array, target: float) -> float | None:
    """Return the step at which a loss first reaches the target, on straight lines between checkpoints; None if never.

    >>> first_below(np.array([0.0, 10.0, 20.0]), np.array([3.0, 2.0, 1.0]), 1.5)
    15.0
    """
    below = np.flatnonzero(loss <= target)
    if len(below) == 0:
        return None
    i = int(below[0])
    if i == 0:
        return float(max(steps[0], 1.0))  # A run that is there before the first step counts as one step.
    share = (loss[i - 1] - target) / (loss[i - 1] - loss[i])
    return float(max(1.0, steps[i - 1] + share * (steps[i] - steps[i - 1])))


def product_of_ratios(estimate: Estimate, other: Estimate) -> Estimate:
    """Return the product of two independent ratios; its interval adds the squares of theirs, on the log scale."""
    value = estimate.value * other.value
    below = np.hypot(np.log(estimate.value / estimate.low), np.log(other.value / other.low))
    above = np.hypot(np.log(estimate.high / estimate.value), np.log(other.high / other.value))
    return Estimate(value, float(value * np.exp(-below)), float(value * np.exp(above)))


def _ratio(slow: Array, fast: Array) -> Estimate | None:
    if len(fast) == 0:
        return None
    return ratio_over_seeds(np.log(slow / fast))


def runner_to_use(race: ActivationRace) -> dict[str, Any]:
    """Return the settings of the runner that needs fewer steps with 90% confidence; empty when none does in every run."""
    ratio = race.steps_ratio
    if not race.learned or (ratio is not None and ratio.low <= 1 <= ratio.high):
        return {}
    fast = race.second if ratio is not None and ratio.low > 1 else race.first
    if not all(fast.arrived):
        return {}
    return {"activation": fast.activation, "solver": race.solver, "learning_rate_init": fast.rate}


def describe_race(race: ActivationRace) -> Message:
    """Say how many times faster the second runner was, or that this run does not show it."""
    first, second = Message(race.first.label), Message(race.second.label)
    values: dict[str, Any] = {"first": first, "second": second, "target": race.target}
    if not race.learned:
        return Message(
            "Neither {first} nor {second} got clearly below the baseline's loss, so there is nothing to race to. This run does not show the effect. Take another table or more steps.",
            values,
        )
    if race.steps_ratio is None:
        return Message(
            "{second} did not reach a loss of {target:.3f}, but {first} did: here it is the other way round.",
            values,
        )
    ratio = race.steps_ratio
    values |= {"ratio": ratio.value, "low": ratio.low, "high": ratio.high}
    values |= {"late": race.first.arrived.count(False), "runs": len(race.first.arrived)}
    seconds = race.seconds_ratio or ratio
    values |= {"seconds": seconds.value, "quick": seconds.low, "slow": seconds.high}
    return _sentence(race, ratio).filled(**values)


def _sentence(race: ActivationRace, ratio: Estimate) -> Message:
    if ratio.low > 1 and race.at_least:
        return Message(
            "To a loss of {target:.3f} {first} needs at least {ratio:.1f} times the steps of {second}. When the race was stopped, {late} of its {runs} runs had not got there."
        )
    if ratio.low > 1:
        return Message(
            "{first} needs {ratio:.1f} times the steps of {second} to a loss of {target:.3f} (90% interval {low:.1f} to {high:.1f}). In seconds it is {seconds:.1f} times ({quick:.1f} to {slow:.1f})."
        )
    if ratio.high < 1:
        return Message(
            "Here it is the other way round. To a loss of {target:.3f} {first} needs only {ratio:.2f} times the steps of {second} (90% interval {low:.2f} to {high:.2f}). In few layers a bend is not the bottleneck."
        )
    return Message(
        "This run shows no clear difference. To a loss of {target:.3f} {first} needs {ratio:.1f} times the steps of {second} (90% interval {low:.2f} to {high:.2f})."
    )
