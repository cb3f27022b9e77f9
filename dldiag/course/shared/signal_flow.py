"""Why ReLU learns faster: how much gradient reaches each layer, by activation and depth, and the steps it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.statistics import t_interval
from dldiag.core.types import Estimate, OnProgress, ShouldStop
from dldiag.course.shared.activation_race import (
    LEAST_FALL,
    SOLVERS,
    Runner,
    fair_target,
    finish_line,
    recipes_of,
    runner_to,
)
from dldiag.course.shared.bands import SeedBand, band, ratio_over_seeds
from dldiag.course.shared.instrumented import InstrumentedRun, Recipe, record_run, record_runs
from dldiag.course.shared.pace import Pace, pace_of_derivatives, pace_of_steps
from dldiag.course.shared.prepared import Prepared

WEAK = 0.1  # A first layer is starved when it gets less than this part of the last layer's gradient per weight.
PACED = ("logistic", "relu")  # These two activations are timed against each other.
ZERO_GRADIENT = 1e-30  # Stands for a gradient that is exactly 0 where a logarithm is taken.


@dataclass(frozen=True)
class FlowSettings:
    """Settings of the comparison of activations."""

    functions: tuple[str, ...] = param(
        ("logistic", "tanh", "relu", "leaky_relu"), "Activations", "They train the same network.", kind=tuple
    )
    hidden_layers: int = param(6, "Hidden layers", "Of every network.", low=1, high=12)
    units: int = param(24, "Units per layer", "Of every hidden layer.", low=2, high=64)
    solver: str = param("momentum", "Optimizer", "All networks use it.", choices=SOLVERS)
    share: float = finish_line()
    steps: int = param(120, "Steps", "Mini-batches at most.", low=50, high=1000)
    seeds: int = param(4, "Seeds", "Runs of each; more give a narrower interval.", low=3, high=20)


@dataclass(frozen=True)
class LayerFlow:
    """How one activation carries the gradient back to the first layer.

    start, end: by layer (hidden layers, then output), the gradient norm at the first and last step over seeds; x is the
    layer's number. over_steps: (T, layers) its geometric mean over seeds at every checkpoint. saturated_start, saturated_end: (hidden layers,) mean shares. by_depth: the first layer's gradient
    over the last layer's at the start, per weight, against the number of hidden layers. through: the same at the
    chosen depth.
    """

    runner: Runner
    start: SeedBand
    end: SeedBand
    saturated_start: tuple[float, ...]
    saturated_end: tuple[float, ...]
    by_depth: SeedBand
    through: Estimate
    over_steps: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Flow:
    """All activations on the same rows, batches and seeds, and the loss they race to.

    step_pace, slope_pace: seconds of a training step, and of the derivative of a layer, of PACED; None unless both are here.
    """

    baseline: float
    target: float
    hidden_layers: int
    layers: tuple[LayerFlow, ...]
    steps: tuple[int, ...] = ()
    step_pace: Pace | None = None
    slope_pace: Pace | None = None


def flow(
    data: Prepared,
    settings: FlowSettings | None = None,
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Flow:
    """Train one network per activation and measure the gradient of every layer, saturation, and steps to a loss.

    Every activation starts from the initialization made for it and uses the learning rate of _RATES that takes it to the
    target in the fewest steps.
    """
    chosen = settings or FlowSettings()
    recipes = recipes_of(
        chosen.functions or ("relu",), chosen.hidden_layers, chosen.units, chosen.solver, ("saturated",)
    )
    runs = record_runs(data, recipes, chosen, seed=seed, on_progress=on_progress, should_stop=should_stop)
    target = fair_target(runs, data.baseline, chosen.share)
    layers = tuple(_layer_flow(data, run, target, seed) for run in runs)
    return Flow(data.baseline, target, chosen.hidden_layers, layers, runs[0].steps, *_paces(data, recipes, seed))


def _paces(data: Prepared, recipes: Sequence[Recipe], seed: int) -> tuple[Pace | None, Pace | None]:
    by_activation = {recipe.activation: recipe for recipe in recipes}
    if not by_activation.keys() >= set(PACED):
        return None, None
    first, second = (by_activation[key] for key in PACED)
    slopes = pace_of_derivatives(*PACED, min(first.batch_size, data.n_rows), first.units, seed)
    return pace_of_steps(data, first, second, seed), slopes


def _layer_flow(data: Prepared, run: InstrumentedRun, target: float, seed: int) -> LayerFlow:
    best, runner = runner_to(run, target)
    gradients, saturated = np.asarray(best.gradients), np.asarray(best.saturated)
    numbers = range(1, gradients.shape[2] + 1)
    depths = range(1, run.recipe.hidden_layers + 1)
    ratios = [ratio_through(data, replace(best.recipe, hidden_layers=n), best.seeds, seed) for n in depths]
    return LayerFlow(
        runner=runner,
        start=log_band(numbers, gradients[0].T),
        end=log_band(numbers, gradients[-1].T),
        saturated_start=tuple(map(float, saturated[0].mean(axis=0))),
        saturated_end=tuple(map(float, saturated[-1].mean(axis=0))),
        by_depth=log_band(depths, ratios),
        through=ratio_over_seeds(np.log(np.maximum(ratios[-1], ZERO_GRADIENT))),
        over_steps=_geometric_means(gradients),
    )


def ratio_through(data: Prepared, recipe: Recipe, seeds: int, seed: int) -> Any:
    """Return (seeds,) the gradient of a weight of the first layer over that of one of the last, before any training.

    Each is the root of the mean square over the layer's weights, so that the sizes of the layers do not count.
    """
    bare = replace(recipe, measured=())
    gradients = np.asarray(record_run(data, bare, seeds=seeds, steps=0, seed=seed).gradients[0])
    # The first layer has inputs × units weights, the last one units × outputs.
    per_weight = np.sqrt(data.n_outputs / data.n_features)
    return per_weight * gradients[:, 0] / np.maximum(gradients[:, -1], ZERO_GRADIENT)


def log_band(x: Sequence[int] | range, values: ArrayLike) -> SeedBand:
    """Return a band of positive values (T, S) whose mean and interval are taken of the logarithms."""
    logs = band(x, np.log(np.maximum(np.asarray(values, float), ZERO_GRADIENT)))
    return SeedBand(logs.x, *(tuple(np.exp(side).tolist()) for side in (logs.mean, logs.low, logs.high)))


def _geometric_means(gradients: ArrayLike) -> tuple[tuple[float, ...], ...]:
    """Return (T, L) geometric means over members of gradients (T, S, L)."""
    means = np.exp(np.log(np.maximum(gradients, ZERO_GRADIENT)).mean(axis=1))
    return tuple(tuple(float(f"{value:.3g}") for value in row) for row in means)


def describe_flow(flow: Flow) -> Message:
    """Say which activation starves the first layer and what that cost, or that none does in this run."""
    if len(flow.layers) < 2:
        return Message("One activation alone cannot be compared; choose two or more.")
    weak, strong = weak_and_strong(flow)
    values: dict[str, Any] = {
        "depth": flow.hidden_layers,
        "weak": Message(weak.runner.label),
        "strong": Message(strong.runner.label),
        "weak_ratio": weak.through.value,
        "strong_ratio": strong.through.value,
        "weak_steps": float(np.median(weak.runner.to_target)),
        "strong_steps": float(np.median(strong.runner.to_target)),
        "weak_there": sum(weak.runner.arrived),
        "strong_there": sum(strong.runner.arrived),
        "runs": len(weak.runner.arrived),
        "steps": weak.runner.loss.x[-1],
        "target": flow.target,
    }
    if weak.through.value >= WEAK:
        return Message(_NOT_WEAK, values)
    if weak.through.high >= WEAK:
        values |= {"low": weak.through.low, "high": weak.through.high, "limit": WEAK}
        return Message(_UNSURE, values)
    if all(weak.runner.arrived) and values["weak_steps"] <= values["strong_steps"]:
        return Message(_NO_SLOWER, values)
    return Message(_SLOWER if all(weak.runner.arrived) else _NEVER, values)


def weak_and_strong(flow: Flow) -> tuple[LayerFlow, LayerFlow]:
    """Return the activation with the weakest gradient in the first layer, and of the others the first to arrive."""
    weak, *others = sorted(flow.layers, key=lambda one: one.through.value)
    return weak, min(others, key=lambda one: (-sum(one.runner.arrived), float(np.median(one.runner.to_target))))


def activation_to_use(flow: Flow) -> dict[str, Any]:
    """Return the fastest activation where the gradient vanishes with another, slower one (90% confidence); empty otherwise."""
    if len(flow.layers) < 2 or flow.target > (1 - LEAST_FALL) * flow.baseline:
        return {}
    weak, strong = weak_and_strong(flow)
    later, _ = t_interval(np.log(weak.runner.to_target) - np.log(strong.runner.to_target))
    if weak.through.high >= WEAK or later <= 0 or not all(strong.runner.arrived):
        return {}
    return {"activation": strong.runner.activation}


_NOT_WEAK = "Hidden layers: {depth}. Even with {weak} the first layer's gradient is {weak_ratio:.2g} times the last layer's, per weight. It vanishes with none of these activations. This run does not show the effect. Add layers or the sigmoid."
_NO_SLOWER = "Hidden layers: {depth}. First layer's gradient over the last layer's, per weight: only {weak_ratio:.2g} with {weak}, {strong_ratio:.2g} with {strong}. Yet {weak} came to a loss of {target:.3f} no later: here the weak gradient cost nothing."
_UNSURE = "Hidden layers: {depth}. With {weak} the first layer's gradient is {weak_ratio:.2g} times the last layer's, per weight. Whether it vanishes is undecided: the interval ({low:.2g} to {high:.2g}) reaches {limit:g}. Add seeds or layers."
_SLOWER = "Hidden layers: {depth}. First layer's gradient over the last layer's, per weight: only {weak_ratio:.2g} with {weak}, {strong_ratio:.2g} with {strong}. To a loss of {target:.3f} they took {weak_steps:.0f} and {strong_steps:.0f} steps."
_NEVER = "Hidden layers: {depth}. First layer's gradient over the last layer's, per weight: only {weak_ratio:.2g} with {weak}, {strong_ratio:.2g} with {strong}. Runs that came to a loss of {target:.3f} within {steps:.0f} steps: {strong} {strong_there} of {runs} (in {strong_steps:.0f} steps), {weak} {weak_there} of {runs}."
