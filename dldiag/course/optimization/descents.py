"""Optimizers on the same network: all rows or mini-batches, plain steps, momentum or Adam, each with its best learning rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message, english
from dldiag.core.params import param
from dldiag.core.types import Array, Estimate, OnProgress, Progress, ShouldStop
from dldiag.course.logistic.regression import cross_entropy
from dldiag.course.shared.bands import SeedBand, band, ratio_over_seeds
from dldiag.course.shared.instrumented import InstrumentedRun, Recipe, record_run, stopping
from dldiag.course.shared.planes import prepared_plane
from dldiag.course.shared.prepared import Prepared
from dldiag.course.shared.problem import BinaryProblem
from dldiag.course.shared.snapshots import train_snapshots

# Every optimizer and batch size may choose among these learning rates.
_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
ALL_ROWS = 0  # Stands for all rows as a batch size.
WAYS: dict[str, tuple[Message, Recipe]] = {
    "plain": (Message("Plain gradient descent"), Recipe(optimizer="momentum", momentum=0.0)),
    "momentum": (Message("Momentum"), Recipe(optimizer="momentum")),
    "rmsprop": (Message("RMSprop"), Recipe(optimizer="rmsprop")),
    "adam": (Message("Adam"), Recipe(optimizer="adam")),
}
_CHECKPOINTS = 20  # Most checkpoints of a run.
_POINTS = 41  # Points along each side of the map of the cost.
_ROOM = 0.3  # Part of the range of all paths that is drawn around them.
_LEAST_ROOM = 0.5
_LEAST_LOSS = 1e-9  # In nats; stands for a loss of 0 where a logarithm is taken.


def _compared() -> dict[str, str]:
    return {name: english(label) for name, (label, _) in WAYS.items() if name != "plain"}


@dataclass(frozen=True)
class BatchSettings:
    """Settings of mini-batches."""

    batch_rows: int = param(32, "Rows per mini-batch", "One step is taken for each.", low=4, high=256, log=True)
    passes: int = param(20, "Passes over the rows", "Both ways see every row as many times.", low=5, high=60)
    stretch: float = param(
        4.0, "Stretched axis", "In the picture the second column is multiplied by this: a long valley.", low=1, high=10
    )
    hidden_layers: int = param(2, "Hidden layers", "Of the network.", low=1, high=6)
    units: int = param(24, "Units per layer", "Of every hidden layer.", low=2, high=64)
    seeds: int = param(5, "Seeds", "Runs of each; more give a narrower interval.", low=3, high=20)


@dataclass(frozen=True)
class OptimizerSettings:
    """Settings of the comparison of optimizers."""

    method: str = param("adam", "Against plain gradient descent", "Both take the same batches.", choices=_compared())
    passes: int = param(10, "Passes over the rows", "All ways see every row as many times.", low=5, high=60)
    stretch: float = param(
        4.0, "Stretched axis", "In the picture the second column is multiplied by this: a long valley.", low=1, high=10
    )
    batch_rows: int = param(32, "Rows per mini-batch", "One step is taken for each.", low=4, high=256, log=True)
    hidden_layers: int = param(4, "Hidden layers", "Of the network.", low=1, high=6)
    units: int = param(24, "Units per layer", "Of every hidden layer.", low=2, high=64)
    seeds: int = param(5, "Seeds", "Runs of each; more give a narrower interval.", low=3, high=20)


@dataclass(frozen=True)
class DescentResult:
    """How one optimizer descended.

    rate: its best learning rate on the network. steps: per pass over the rows. loss: of the network on the training rows
    against passes, over seeds; final: (seeds,) at the end. seconds: of one pass. path: (T, 2) the two weights of a single
    unit after every pass, with its best learning rate; costs: (T,) its cost there.
    """

    label: Message
    rate: float
    steps: int
    loss: SeedBand
    final: tuple[float, ...]
    seconds: float
    path: tuple[tuple[float, float], ...]
    costs: tuple[float, ...]


@dataclass(frozen=True)
class CostValley:
    """The cost of a single unit over its two weights, the bias held: costs[i][j] at (first[j], second[i])."""

    names: tuple[str, str]
    first: tuple[float, ...]
    second: tuple[float, ...]
    costs: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class OptimizerComparison:
    """All descents, the one that others are compared with first.

    ratio: final loss of the last way over that of the first, geometric mean over paired seeds with its 90% interval.
    baseline: the loss of a constant guess.
    """

    passes: int
    batch_rows: int
    rows: int
    baseline: float
    ways: tuple[DescentResult, ...]
    ratio: Estimate
    valley: CostValley


def compare_batches(
    problem: BinaryProblem,
    data: Prepared,
    settings: BatchSettings,
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> OptimizerComparison:
    """Take one step per pass over all rows, or one per mini-batch, by plain gradient descent."""
    plain = _sized(WAYS["plain"][1], settings)
    ways = [
        (Message("All rows, one step per pass"), replace(plain, batch_size=data.n_rows)),
        (Message("Mini-batches"), replace(plain, batch_size=settings.batch_rows)),
    ]
    return _descend_all(problem, data, ways, settings, seed, on_progress, should_stop)


def compare_optimizers(
    problem: BinaryProblem,
    data: Prepared,
    settings: OptimizerSettings,
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> OptimizerComparison:
    """Train by plain gradient descent, by momentum, and by the chosen method on the same mini-batches."""
    names = dict.fromkeys(("plain", "momentum", settings.method))
    ordered = [*(name for name in names if name != settings.method), settings.method]
    ways = [
        (WAYS[name][0], replace(_sized(WAYS[name][1], settings), batch_size=settings.batch_rows)) for name in ordered
    ]
    return _descend_all(problem, data, ways, settings, seed, on_progress, should_stop)


def _sized(recipe: Recipe, settings: BatchSettings | OptimizerSettings) -> Recipe:
    return replace(recipe, hidden_layers=settings.hidden_layers, units=settings.units, rates=_RATES, measured=())


def _descend_all(
    problem: BinaryProblem,
    data: Prepared,
    ways: Sequence[tuple[Message, Recipe]],
    settings: BatchSettings | OptimizerSettings,
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> OptimizerComparison:
    stretched = replace(problem, X=problem.X * np.array([1.0, settings.stretch]))
    descents = []
    for number, (label, recipe) in enumerate(ways):
        if on_progress is not None:
            on_progress(Progress(Message("Training networks"), number, len(ways)))
        steps = steps_per_pass(data.n_rows, recipe.batch_size)
        run = record_run(
            data, recipe, seeds=settings.seeds, steps=settings.passes * steps, checkpoints=_CHECKPOINTS, seed=seed,
            on_step=stopping(should_stop),
        )  # fmt: skip
        weights, costs = _path(stretched, recipe, settings.passes, seed)
        descents.append((_descended(label, run, steps, weights, costs), weights))
    return OptimizerComparison(
        settings.passes,
        settings.batch_rows,
        data.n_rows,
        data.baseline,
        tuple(one for one, _ in descents),
        _ratio(descents[0][0], descents[-1][0]),
        _valley(stretched, [weights for _, weights in descents]),
    )


def steps_per_pass(rows: int, batch_size: int) -> int:
    """Return how many steps see every row once.

    >>> steps_per_pass(1000, 32), steps_per_pass(100, 100)
    (32, 1)
    """
    return -(-rows // min(batch_size, rows))


def _descended(label: Message, run: InstrumentedRun, steps: int, weights: Array, costs: Array) -> DescentResult:
    final = np.asarray(run.loss[-1]).reshape(len(run.recipe.rates), run.seeds)
    means = np.where(np.isfinite(final).all(axis=1), final.mean(axis=1), np.inf)
    best = int(np.argmin(means))
    best_run = run.of_rate(best)
    return DescentResult(
        label=label,
        rate=run.recipe.rates[best],
        steps=steps,
        loss=band([step / steps for step in best_run.steps], best_run.loss),
        final=tuple(best_run.loss[-1]),
        seconds=run.seconds_per_step * steps,
        path=tuple((float(u), float(v)) for u, v in weights[:, :2]),
        costs=tuple(map(float, costs)),
    )


def _path(problem: BinaryProblem, recipe: Recipe, passes: int, seed: int) -> tuple[Array, Array]:
    """Train a single unit; return [w1, w2, b] and the cost after every pass, with the learning rate that ends lowest."""
    data = prepared_plane(problem)
    size = recipe.batch_size if recipe.batch_size < data.n_rows else data.n_rows
    single = replace(recipe, hidden_layers=0, init="zeros", batch_size=size)
    moments = [number * steps_per_pass(data.n_rows, size) for number in range(passes + 1)]
    snapshots = train_snapshots(data, single, data.rows[None], moments=moments, seed=seed)
    # Has shape (T, rates, 3).
    weights = np.array([[[*layers[0][0][:, 0], layers[0][1][0]] for layers in at] for at in snapshots])
    z = np.einsum("trk,nk->trn", weights, np.column_stack([problem.X, np.ones(len(problem.y))]))
    costs = cross_entropy(z, problem.y).mean(axis=2)
    best = int(np.argmin(np.where(np.isfinite(costs[-1]), costs[-1], np.inf)))
    return weights[:, best], costs[:, best]


def _valley(problem: BinaryProblem, walks: Sequence[Array]) -> CostValley:
    """Map the cost around all paths; the bias is held where the last one ends."""
    every = np.concatenate(walks)
    bias = float(walks[-1][-1, 2])
    first, second = (_around(every[:, j]) for j in (0, 1))
    u, v = np.meshgrid(first, second)
    z = u[..., None] * problem.X[:, 0] + v[..., None] * problem.X[:, 1] + bias
    costs = cross_entropy(z, problem.y).mean(axis=2)
    return CostValley(
        (problem.names[0], problem.names[1]),
        tuple(first.tolist()),
        tuple(second.tolist()),
        tuple(map(tuple, costs.round(4).tolist())),
    )


def _around(values: Array) -> Array:
    low, high = float(values.min()), float(values.max())
    room = max(_ROOM * (high - low), _LEAST_ROOM * min(1.0, high - low) or _LEAST_ROOM)
    return np.linspace(low - room, high + room, _POINTS)


def _ratio(first: DescentResult, last: DescentResult) -> Estimate:
    logs = np.log(np.maximum(last.final, _LEAST_LOSS)) - np.log(np.maximum(first.final, _LEAST_LOSS))
    return ratio_over_seeds(logs)


def optimizer_to_use(comparison: OptimizerComparison, settings: OptimizerSettings) -> dict[str, Any]:
    """Return the method and its learning rate where it ended lower than plain gradient descent with 90% confidence; else empty."""
    if comparison.ratio.high >= 1:
        return {}
    return {"solver": settings.method, "learning_rate_init": comparison.ways[-1].rate}
