"""Training watched from the inside: what every layer of a stack of small networks does, step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from dldiag.core.i18n import Message
from dldiag.core.types import Progress, Stopped
from dldiag.course.shared.prepared import WATCHED_ROWS, Prepared
from dldiag.nn.activations import ACTIVATIONS, Activation
from dldiag.nn.initializers import INITIALIZERS
from dldiag.nn.layout import Layout
from dldiag.nn.losses import LOSSES
from dldiag.nn.network import Network, Parameters, Workspace
from dldiag.nn.optimizers import OPTIMIZERS, Optimizer, Rates

Array = NDArray[Any]
OnProgress = Callable[[Progress], None] | None
ShouldStop = Callable[[], bool] | None

BINS = 31  # of an activation histogram
WIDEST = 10.0  # activations beyond −10…10 are counted in the outermost bins
UNITS_COMPARED = 16  # units of a layer whose pairwise distances are measured


@dataclass(frozen=True)
class Recipe:
    """One way to train: the names are those of the estimators; `rates` are tried side by side with the same seeds.

    init_scale multiplies what the initializer draws; start_bias is added to the biases of hidden layers; batch_size
    is in rows.
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


@dataclass(frozen=True)
class Watched:
    """What was measured at each checkpoint (T) for each member (S) and layer (L = hidden layers + output).

    steps: (T,). loss: (T, S), mean over the watched rows, nats or squared standard deviations / 2. gradients:
    (T, S, L) Frobenius norm of dJ/dW. spread: (T, S, L − 1) standard deviation of the activations. saturated:
    (T, S, L − 1) share of activations; silent: (T, S, L − 1) share of units with z ≤ 0 on every watched row; woken:
    (S,) of the units once silent the share active at the end. distance: (T, S, L − 1) largest distance between
    the weight vectors of two units, over their mean length (0 when all are 0). histograms: (T, L − 1, BINS) shares
    of the first member's activations between `bins` (BINS + 1 edges). seconds_per_step: of one network of the stack.
    asleep: (T, L − 1, units) 1 where a unit of the first member is silent.
    """

    recipe: Recipe
    seeds: int
    steps: tuple[int, ...]
    loss: tuple[tuple[float, ...], ...]
    gradients: tuple[tuple[tuple[float, ...], ...], ...]
    spread: tuple[tuple[tuple[float, ...], ...], ...]
    saturated: tuple[tuple[tuple[float, ...], ...], ...]
    silent: tuple[tuple[tuple[float, ...], ...], ...]
    distance: tuple[tuple[tuple[float, ...], ...], ...]
    histograms: tuple[tuple[tuple[float, ...], ...], ...]
    bins: tuple[float, ...]
    woken: tuple[float, ...]
    seconds_per_step: float
    asleep: tuple[tuple[tuple[float, ...], ...], ...] = ()

    def of_rate(self, index: int) -> Watched:
        """Return only the members trained with one of the rates."""
        members = slice(index * self.seeds, (index + 1) * self.seeds)
        names = ("loss", "gradients", "spread", "saturated", "silent", "distance")
        cut: dict[str, Any] = {name: tuple(at[members] for at in getattr(self, name)) for name in names}
        cut["woken"] = self.woken[members]
        return replace(self, recipe=replace(self.recipe, rates=(self.recipe.rates[index],)), **cut)


def record_run(
    data: Prepared,
    recipe: Recipe,
    *,
    seeds: int = 5,
    steps: int = 200,
    checkpoints: int = 40,
    seed: int = 0,
    on_step: Callable[[int], None] | None = None,
) -> Watched:
    """Train rates × seeds networks in lock-step by mini-batches and measure them at steps that lie closer at the start.

    Members with the same seed see the same batches in the same order, in this and any other recipe. `on_step` is
    called before every step and may raise `Stopped`.
    """
    stack = _Stack.start(data, recipe, seeds, seed)
    moments = moments_of(steps, checkpoints)
    records, training = [], 0.0
    with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
        for step in range(steps + 1):
            if on_step is not None:
                on_step(step)
            if step in moments:
                records.append(stack.measure())
            if step < steps:
                started = time.perf_counter()
                stack.advance(step)
                training += time.perf_counter() - started
    per_step = training / max(1, steps * len(stack.flat))
    return _as_watched(recipe, seeds, moments, records, per_step)


def moments_of(steps: int, checkpoints: int) -> list[int]:
    """Return the steps at which to measure, spaced as squares: much happens at the start.

    >>> moments_of(100, 5)
    [0, 4, 16, 36, 64, 100]
    """
    shares = np.linspace(0, 1, checkpoints + 1) ** 2
    return [int(step) for step in np.unique(np.round(steps * shares))]


def watch_all(
    data: Prepared,
    recipes: Sequence[Recipe],
    *,
    seeds: int = 5,
    steps: int = 200,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Iterator[Watched]:
    """Watch one recipe after the other, with progress over all of them. Raises Stopped."""
    for number, recipe in enumerate(recipes):

        def on_step(step: int, before: int = number * (steps + 1)) -> None:
            if should_stop is not None and should_stop():
                raise Stopped
            if on_progress is not None:
                on_progress(Progress(Message("Training networks"), before + step, len(recipes) * (steps + 1)))

        yield record_run(data, recipe, seeds=seeds, steps=steps, seed=seed, on_step=on_step)


@dataclass(eq=False)
class _Stack:
    """S networks in training: parameters flat (S, P), where passes are written, the order of batches."""

    data: Prepared
    network: Network
    flat: Array
    gradient: Array
    parameters: Parameters
    gradients: Parameters
    state: list[Array]
    rates: Rates
    optimizer: Optimizer
    batch: Workspace
    shown: Workspace
    shuffles: list[np.random.Generator]
    pools: Array  # (S, rows) row numbers that each member learns from
    order: Array  # the same, reshuffled each epoch

    @classmethod
    def start(cls, data: Prepared, recipe: Recipe, seeds: int, seed: int, pools: Array | None = None) -> _Stack:
        units = (data.n_features, *(recipe.units,) * recipe.hidden_layers, data.n_outputs)
        layout, activation = Layout(units), ACTIVATIONS[recipe.activation]
        drawn = [_draw(layout, recipe, activation, seed + member) for member in range(seeds)]
        flat = np.tile(np.stack(drawn), (len(recipe.rates), 1))
        gradient, optimizer = np.zeros_like(flat), OPTIMIZERS[recipe.optimizer]
        rows = np.tile(np.arange(data.n_rows), (len(flat), 1)) if pools is None else pools
        sizes = {"batch": min(recipe.batch_size, rows.shape[1]), "shown": min(WATCHED_ROWS, data.n_rows)}
        spaces = {
            name: Workspace.build(layout, (len(flat), n), flat.dtype, keeps_input=True) for name, n in sizes.items()
        }
        return cls(
            data=data,
            network=Network(layout, activation, LOSSES[data.loss], activation.default_slope or 0.0),
            flat=flat,
            gradient=gradient,
            parameters=Parameters.of(layout, flat),
            gradients=Parameters.of(layout, gradient),
            state=[np.zeros_like(flat) for _ in range(optimizer.slots)],
            rates=Rates(np.repeat(np.asarray(recipe.rates, flat.dtype), seeds)[:, None]),
            optimizer=optimizer,
            shuffles=[np.random.default_rng([seed, member % seeds]) for member in range(len(flat))],
            pools=rows,
            order=rows,
            **spaces,
        )

    def advance(self, step: int) -> None:
        """Take one step on the next batch of every member."""
        size = self.batch.x.shape[1]
        at = step % (self.pools.shape[1] // size) * size
        if at == 0:
            self.order = np.stack([rng.permutation(pool) for rng, pool in zip(self.shuffles, self.pools, strict=True)])
        self._pass(self.batch, self.order[:, at : at + size])
        self.optimizer.update(self.flat, self.gradient, self.state, self.rates, step + 1, np.empty_like(self.flat))

    def _pass(self, space: Workspace, rows: Array) -> None:
        """Run forward and backward on rows (S, n); fill the gradient and the losses of the workspace."""
        loss = self.network.loss
        space.x[:, :, :-1] = self.data.X[rows]
        delta = self.network.forward(self.parameters, space)
        y = self.data.y[rows]
        loss.step(delta, y.astype(np.int64) if loss.indexed else y[:, None], space.losses, space.scratch[-1])
        delta /= rows.shape[1]
        self.network.backward(self.parameters, space, self.gradients)

    def measure(self) -> dict[str, Array]:
        """Measure every member on the watched rows."""
        members, space, activation = len(self.flat), self.shown, self.network.activation
        self._pass(space, np.tile(np.arange(space.x.shape[1]), (members, 1)))
        limit, slopes, blocks = activation.saturates_at, self.gradients.blocks, self.parameters.blocks
        hidden = space.z[:-1]
        return {
            "loss": space.losses.mean(axis=1),
            "gradients": np.stack([np.sqrt((g[:, :, :-1] ** 2).sum(axis=(1, 2))) for g in slopes], axis=1),
            "spread": _by_layer([a.std(axis=(1, 2)) for a in space.a], members),
            "saturated": _by_layer([_beyond(z, limit) for z in hidden], members),
            "asleep": _asleep(hidden, members),
            "distance": _by_layer([distance_between_units(block) for block in blocks[:-1]], members),
            "histograms": np.array([_histogram(a[0]) for a in space.a]),
        }


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


def _asleep(hidden: list[Array], members: int) -> Array:
    """Return (S, L - 1, units) True where a unit's z is never above 0."""
    return np.stack([(z <= 0).all(axis=2) for z in hidden], axis=1) if hidden else np.zeros((members, 0, 1), bool)


def _beyond(z: Array, limit: float | None) -> Array:
    return np.zeros(len(z)) if limit is None else np.asarray((np.abs(z) > limit).mean(axis=(1, 2)))


def woken_share(asleep: Array) -> Array:
    """Return (S,) of the units that were silent at some checkpoint the share that is active at the last; NaN for none.

    asleep: (T, S, L − 1, units), True where z ≤ 0 on every watched row.
    """
    ever = asleep[:-1].any(axis=0)
    back = ever & ~asleep[-1]
    slept = ever.sum(axis=(1, 2)).astype(float)
    return np.asarray(np.divide(back.sum(axis=(1, 2)), slept, out=np.full(len(slept), np.nan), where=slept > 0))


def _histogram(a: Array) -> Array:
    counts, _ = np.histogram(np.clip(np.nan_to_num(a), -WIDEST, WIDEST), bins=bin_edges())
    return np.asarray(counts / max(1, a.size))


def bin_edges() -> Array:
    """Return the edges of the activation histograms, finer near 0 (evenly spaced in arcsinh)."""
    return np.asarray(np.sinh(np.linspace(-np.arcsinh(WIDEST * 10), np.arcsinh(WIDEST * 10), BINS + 1)) / 10)


def _as_watched(
    recipe: Recipe, seeds: int, steps: list[int], records: list[dict[str, Array]], per_step: float
) -> Watched:
    stacked = {name: np.stack([record[name] for record in records]) for name in records[0]}
    asleep = stacked.pop("asleep")
    found = {name: _nested(values) for name, values in stacked.items()}
    return Watched(
        recipe=recipe,
        seeds=seeds,
        steps=tuple(steps),
        silent=_nested(asleep.mean(axis=3)),
        woken=_nested(woken_share(asleep)),
        bins=tuple(bin_edges().tolist()),
        seconds_per_step=per_step,
        asleep=_nested(asleep[:, 0].astype(float)),
        **found,
    )


def _nested(values: Array) -> Any:
    return tuple(_nested(one) for one in values) if values.ndim > 1 else tuple(map(float, values))


# --- a stack trained for its weights ------------------------------------------------------------------------------

Layers = list[tuple[Array, Array]]  # (W (in, out), b (out,)) per layer


def train_recorded(
    data: Prepared,
    recipe: Recipe,
    pools: Array,
    *,
    steps: int = 300,
    seed: int = 0,
    on_step: Callable[[int], None] | None = None,
) -> list[Layers]:
    """Train one network on each pool of rows and return their layers; pools: (S, rows) row numbers of the data."""
    return train_snapshots(data, recipe, pools, moments=(steps,), seed=seed, on_step=on_step)[-1]


def train_snapshots(
    data: Prepared,
    recipe: Recipe,
    pools: Array,
    *,
    moments: Sequence[int],
    seed: int = 0,
    on_step: Callable[[int], None] | None = None,
) -> list[list[Layers]]:
    """Train one network on each pool of rows and return all their layers before each of these steps, smallest first."""
    stack = _Stack.start(data, recipe, len(pools), seed, pools)
    taken = []
    with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
        for step in range(moments[-1] + 1):
            if on_step is not None:
                on_step(step)
            if step in moments:
                taken.append(_layers_of(stack, len(pools)))
            if step < moments[-1]:
                stack.advance(step)
    return taken


def _layers_of(stack: _Stack, members: int) -> list[Layers]:
    blocks = stack.parameters.blocks
    return [[(np.array(one[m, :, :-1].T), np.array(one[m, :, -1])) for one in blocks] for m in range(members)]


def layer_outputs(layers: Layers, X: Array, activation: str) -> Array:
    """Return Z of the output layer (n, K) in float64; X is (n, d)."""
    A = np.asarray(X, np.float64)
    for number, (W, b) in enumerate(layers):
        A = A @ W + b
        if number < len(layers) - 1:
            A = ACTIVATIONS[activation].value(A)
    return np.asarray(A)
