"""Instrumented training: small networks trained as a stack, every layer measured step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.types import Array, OnProgress, Progress, ShouldStop
from dldiag.course.shared.prepared import MEASURED_ROWS, Prepared
from dldiag.nn.activations import ACTIVATIONS, Activation
from dldiag.nn.initializers import INITIALIZERS
from dldiag.nn.layout import Layout
from dldiag.nn.losses import LOSSES
from dldiag.nn.observe import Observation, Observer
from dldiag.nn.optimizers import OPTIMIZERS, Rates
from dldiag.nn.schedules import SCHEDULES
from dldiag.nn.stack import Member, Plan
from dldiag.nn.training import stop_if_asked, train

OnStep = Callable[[int], None] | None

_BINS = 31  # Bins of a histogram of activations.
_WIDEST = 10.0  # Activations beyond −10…10 are counted in the outermost bins.
REACHED = 0.9  # The reach of a layer is the value that this share of its |z| stays below.
CHECKPOINTS = 40  # Most checkpoints of a run.
STEPS_BETWEEN = 4  # Least mean distance of two checkpoints in a race: measuring costs as much as some steps.
MOST_EPOCHS = 10**9  # No limit: training ends after a number of steps.
UNITS_COMPARED = 16  # Most units of a layer whose distances are measured, each from each.
# What can be measured of every layer, beside loss and gradients.
OF_LAYERS = ("spread", "saturated", "reach", "dead", "distance", "histograms")


@dataclass(frozen=True)
class Recipe:
    """One way to train: the names are those of the estimators; `rates` are tried side by side with the same seeds.

    init_scale multiplies what the initializer draws; start_bias is added to the biases of hidden layers; batch_size
    is in rows; alpha is the L2 penalty, dropout the share of hidden units left out; momentum is that of the optimizers
    that have one, 0 makes them plain gradient descent. measured: of OF_LAYERS; each costs as much as some steps.
    """

    activation: str = "relu"
    init: str = "he_normal"
    init_scale: float = 1.0
    start_bias: float = 0.0
    hidden_layers: int = 4
    units: int = 24
    optimizer: str = "momentum"
    rates: tuple[float, ...] = (0.03,)
    batch_size: int = 64
    alpha: float = 0.0
    dropout: float = 0.0
    momentum: float = 0.9
    measured: tuple[str, ...] = OF_LAYERS


@dataclass(frozen=True)
class InstrumentedRun:
    """What was measured at each checkpoint (T) of a run for each member (S) and layer (L = hidden layers + output).

    steps: (T,). loss: (T, S), mean over the measured rows, nats or squared standard deviations / 2. gradients:
    (T, S, L) Frobenius norm of dJ/dW. spread: (T, S, L − 1) standard deviation of the activations. saturated:
    (T, S, L − 1) share of activations; dead_share: (T, S, L − 1) share of units with z ≤ 0 on every measured row; recovered:
    (S,) of the units once dead the share active at the end. distance: (T, S, L − 1) largest distance between
    the weight vectors of two units, over their mean length (0 when all are 0). histograms: (T, L − 1, _BINS) shares
    of the first member's activations between `bins` (_BINS + 1 edges). seconds_per_step: of one network of the stack.
    reach: (T, S, L − 1) what 90% of the |z| of a layer stay below. dead_units: (T, L − 1, units) 1 where a unit of the first member is dead.
    Quantities of OF_LAYERS that were not asked for have no layers.
    """

    recipe: Recipe
    seeds: int
    steps: tuple[int, ...]
    loss: tuple[tuple[float, ...], ...]
    gradients: tuple[tuple[tuple[float, ...], ...], ...]
    spread: tuple[tuple[tuple[float, ...], ...], ...]
    saturated: tuple[tuple[tuple[float, ...], ...], ...]
    dead_share: tuple[tuple[tuple[float, ...], ...], ...]
    distance: tuple[tuple[tuple[float, ...], ...], ...]
    histograms: tuple[tuple[tuple[float, ...], ...], ...]
    bins: tuple[float, ...]
    recovered: tuple[float, ...]
    seconds_per_step: float
    reach: tuple[tuple[tuple[float, ...], ...], ...] = ()
    dead_units: tuple[tuple[tuple[float, ...], ...], ...] = ()

    def of_rate(self, index: int) -> InstrumentedRun:
        """Return only the members trained with one of the rates."""
        members = slice(index * self.seeds, (index + 1) * self.seeds)
        names = ("loss", "gradients", "spread", "saturated", "dead_share", "distance", "reach")
        cut: dict[str, Any] = {name: tuple(at[members] for at in getattr(self, name)) for name in names}
        cut["recovered"] = self.recovered[members]
        return replace(self, recipe=replace(self.recipe, rates=(self.recipe.rates[index],)), **cut)


def record_run(
    data: Prepared,
    recipe: Recipe,
    *,
    seeds: int = 5,
    steps: int = 200,
    checkpoints: int = CHECKPOINTS,
    seed: int = 0,
    on_step: OnStep = None,
) -> InstrumentedRun:
    """Train rates × seeds networks in lock-step by mini-batches and measure them at steps that lie closer at the start.

    Members with the same seed see the same batches in the same order, in this and any other recipe. `on_step` is
    called before every step and may raise `Stopped`. Of a run that diverged, what was not measured any more is NaN.
    """
    members, plan = draw_members(data, recipe, [data.rows] * seeds, seed)
    moments = moments_of(steps, checkpoints)
    records: list[dict[str, Array]] = []
    clock = _Clock()

    def observe(observation: Observation) -> None:
        clock.stop()
        if observation.step in moments:
            records.append(_measured(observation, data, len(members), recipe.measured))
        clock.start()

    observe_training(members, plan, steps, [observe], on_step)
    records += [_nothing_of(records[-1])] * (len(moments) - len(records))
    return _instrumented_run(recipe, seeds, moments, records, clock.usual / len(members))


def observe_training(
    members: list[Member], plan: Plan, steps: int, observers: Sequence[Observer], on_step: OnStep = None
) -> None:
    """Train for a number of steps and call the observers before the first and after every one."""

    def ask_first(observation: Observation) -> None:
        if on_step is not None:
            on_step(observation.step)

    def leave_last(observation: Observation) -> None:
        if observation.step >= steps:
            raise _EnoughSteps

    with suppress(_EnoughSteps):
        train(members, plan, observers=[ask_first, *observers, leave_last])


def stopping(should_stop: ShouldStop) -> Callable[[int], None]:
    """Return what to call before every step so that training ends when it is asked to."""

    return lambda step: stop_if_asked(should_stop)


def reporting(
    run: int, runs: int, steps: int, on_progress: OnProgress, should_stop: ShouldStop
) -> Callable[[int], None]:
    """Return what to call before every step of one of several runs: it reports the progress over all of them.

    run: the place of this run, from 0; steps: of each run. Raises Stopped when training is asked to end.
    """
    stop = stopping(should_stop)

    def on_step(step: int) -> None:
        stop(step)
        if on_progress is not None:
            on_progress(Progress(Message("Training networks"), run * steps + step, runs * steps))

    return on_step


class _EnoughSteps(Exception):
    """Ends training in the middle of an epoch."""


@dataclass
class _Clock:
    """Collect the seconds between `start` and `stop`, so that measuring does not count as training time."""

    laps: list[float] = field(default_factory=list)
    since: float | None = None

    def start(self) -> None:
        self.since = time.perf_counter()

    def stop(self) -> None:
        if self.since is not None:
            self.laps.append(time.perf_counter() - self.since)

    @property
    def usual(self) -> float:
        """Median seconds of a lap, which a few slow laps on a busy machine do not change."""
        return float(np.median(self.laps)) if self.laps else 0.0


def moments_of(steps: int, checkpoints: int) -> list[int]:
    """Return the steps at which to measure, spaced as squares: much happens at the start.

    >>> moments_of(100, 5)
    [0, 4, 16, 36, 64, 100]
    """
    shares = np.linspace(0, 1, checkpoints + 1) ** 2
    return [int(step) for step in np.unique(np.round(steps * shares))]


class RunLength(Protocol):
    """The settings of a lesson, as far as they say how long its networks are trained: the random starts, and the steps of each."""

    @property
    def seeds(self) -> int: ...  # noqa: D102
    @property
    def steps(self) -> int: ...  # noqa: D102


def record_runs(
    data: Prepared,
    recipes: Sequence[Recipe],
    length: RunLength,
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> list[InstrumentedRun]:
    """Record a run of one recipe after the other, with progress over all of them. Raises Stopped."""
    seeds, steps = length.seeds, length.steps
    checkpoints = min(CHECKPOINTS, max(1, steps // STEPS_BETWEEN))

    def run(number: int, recipe: Recipe) -> InstrumentedRun:
        on_step = reporting(number, len(recipes), steps + 1, on_progress, should_stop)
        return record_run(data, recipe, seeds=seeds, steps=steps, checkpoints=checkpoints, seed=seed, on_step=on_step)

    return [run(number, recipe) for number, recipe in enumerate(recipes)]


def draw_members(data: Prepared, recipe: Recipe, pools: Sequence[Array], seed: int) -> tuple[list[Member], Plan]:
    """Return a network for each rate and pool of row numbers, drawn as the recipe says, and what they share."""
    units = (data.n_features, *(recipe.units,) * recipe.hidden_layers, data.n_outputs)
    layout, activation, loss = Layout(units), ACTIVATIONS[recipe.activation], LOSSES[data.loss]
    plan = Plan(
        layout,
        activation,
        loss,
        OPTIMIZERS[recipe.optimizer],
        SCHEDULES["constant"],
        batch_size=min(recipe.batch_size, len(pools[0])),
        dtype=np.float32,
        rates=Rates(np.ones((1, 1)), momentum=recipe.momentum),
    )
    members = [
        Member(
            X=data.X[pool],
            y=data.y[pool].astype(np.int64) if loss.indexed else data.y[pool][:, None],
            flat=_draw(layout, recipe, activation, seed + number),
            rng=np.random.RandomState([seed, number]),
            rate=rate,
            alpha=recipe.alpha,
            dropout=recipe.dropout,
            slope=activation.default_slope or 0.0,
            patience=np.inf,
            max_epochs=MOST_EPOCHS,
        )
        for rate in recipe.rates
        for number, pool in enumerate(pools)
    ]
    return members, plan


def _measured(observation: Observation, data: Prepared, count: int, quantities: Sequence[str]) -> dict[str, Array]:
    """Measure every member on the first MEASURED_ROWS rows; NaN stands for those that diverged."""
    rows = min(MEASURED_ROWS, data.n_rows)
    layer_values = observation.look(data.X[:rows], data.y[:rows])
    limit = observation.stack.plan.activation.saturates_at
    here, S = list(observation.members), len(observation.members)

    def of(name: str, layers: list[Array]) -> list[Array]:
        return layers if name in quantities else []

    values = {
        "loss": layer_values.losses.mean(axis=1),
        "gradients": np.stack([np.sqrt((g[:, :, :-1] ** 2).sum(axis=(1, 2))) for g in layer_values.gradients], axis=1),
        "spread": _by_layer([a.std(axis=(1, 2)) for a in of("spread", layer_values.a)], S),
        "saturated": _by_layer([_beyond(z, limit) for z in of("saturated", layer_values.z)], S),
        "reach": _by_layer([np.quantile(np.abs(z), REACHED, axis=(1, 2)) for z in of("reach", layer_values.z)], S),
        "dead": _dead(of("dead", layer_values.z), S),
        "distance": _by_layer([distance_between_units(block) for block in of("distance", observation.weights[:-1])], S),
    }
    spread_out = {name: _among(value, here, count) for name, value in values.items()}
    first = [_histogram(a[0] if 0 in here else a[0] * np.nan) for a in of("histograms", layer_values.a)]
    return {**spread_out, "histograms": np.array(first)}


def _among(values: Array, here: list[int], count: int) -> Array:
    """Return values (S, …) of those still in training among all `count` members; NaN for the others."""
    if len(here) == count:
        return values
    whole = np.full((count, *values.shape[1:]), np.nan)
    whole[here] = values
    return whole


def _nothing_of(record: dict[str, Array]) -> dict[str, Array]:
    return {name: np.full(np.shape(value), np.nan) for name, value in record.items()}


def distance_between_units(block: Array) -> Array:
    """Return (S,) the largest distance between two units' [w | b], over the mean length; block (S, units, in + 1)."""
    some = block[:, :UNITS_COMPARED].astype(np.float64)
    apart = np.sqrt(((some[:, :, None] - some[:, None]) ** 2).sum(axis=3)).max(axis=(1, 2))
    length = np.sqrt((some**2).sum(axis=2)).mean(axis=1)
    return np.asarray(np.divide(apart, length, out=np.zeros_like(apart), where=length > 0))


def _draw(layout: Layout, recipe: Recipe, activation: Activation, seed: int) -> Array:
    rng = np.random.RandomState(seed)
    flat = np.zeros((1, layout.size), np.float32)
    for block in layout.weights(flat):
        fan_out, fan_in = block.shape[1], block.shape[2] - 1
        W, b = INITIALIZERS[recipe.init].draw(rng, fan_in, fan_out, recipe.init_scale, activation)
        block[0, :, :-1], block[0, :, -1] = W.T, b + recipe.start_bias * (fan_out != layout.units[-1])
    return np.asarray(flat[0])


def _by_layer(values: list[Array], members: int) -> Array:
    return np.stack(values, axis=1) if values else np.zeros((members, 0))


def _dead(hidden: list[Array], members: int) -> Array:
    """Return (S, L - 1, units) True where a unit's z is never above 0."""
    return np.stack([(z <= 0).all(axis=2) for z in hidden], axis=1) if hidden else np.zeros((members, 0, 1))


def _beyond(z: Array, limit: float | None) -> Array:
    return np.zeros(len(z)) if limit is None else np.asarray((np.abs(z) > limit).mean(axis=(1, 2)))


def recovered_share(dead: Array) -> Array:
    """Return (S,) of the units that were dead at some checkpoint the share that is active at the last; NaN for none.

    dead: (T, S, L − 1, units), True where z ≤ 0 on every measured row.
    """
    ever = dead[:-1].any(axis=0)
    back = ever & ~dead[-1]
    died = ever.sum(axis=(1, 2)).astype(float)
    return np.asarray(np.divide(back.sum(axis=(1, 2)), died, out=np.full(len(died), np.nan), where=died > 0))


def _histogram(a: Array) -> Array:
    counts, _ = np.histogram(np.clip(np.nan_to_num(a), -_WIDEST, _WIDEST), bins=bin_edges())
    return np.asarray(counts / max(1, a.size))


def bin_edges() -> Array:
    """Return the edges of the activation histograms, finer near 0 (evenly spaced in arcsinh)."""
    return np.asarray(np.sinh(np.linspace(-np.arcsinh(_WIDEST * 10), np.arcsinh(_WIDEST * 10), _BINS + 1)) / 10)


def _instrumented_run(
    recipe: Recipe, seeds: int, steps: list[int], records: list[dict[str, Array]], per_step: float
) -> InstrumentedRun:
    stacked = {name: np.stack([record[name] for record in records]) for name in records[0]}
    dead = np.nan_to_num(stacked.pop("dead").astype(float)) > 0
    stacked["histograms"] = np.nan_to_num(stacked["histograms"])
    stacked["saturated"] = np.nan_to_num(stacked["saturated"])
    quantities = {name: _nested(values) for name, values in stacked.items()}
    return InstrumentedRun(
        recipe=recipe,
        seeds=seeds,
        steps=tuple(steps),
        dead_share=_nested(dead.mean(axis=3)),
        recovered=_nested(recovered_share(dead)),
        bins=tuple(bin_edges().tolist()),
        seconds_per_step=per_step,
        dead_units=_nested(dead[:, 0].astype(float)),
        **quantities,
    )


def _nested(values: Array) -> Any:
    return tuple(_nested(value) for value in values) if values.ndim > 1 else tuple(map(float, values))
