"""Several ways to train the same rows, side by side: training and dev error, and boundaries on two columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.statistics import estimate, mean_variance
from dldiag.core.types import Array, Estimate, OnProgress, Progress, ShouldStop
from dldiag.course.shared.bands import SeedBand, band
from dldiag.course.shared.instrumented import Recipe, moments_of, stopping
from dldiag.course.shared.judge import judge_of, judge_outputs, losses_of_outputs
from dldiag.course.shared.planes import (
    MOVING_STEPS,
    PlanePredictions,
    predictions_over_time,
    prepared_plane,
    side_of_plane,
)
from dldiag.course.shared.prepared import MEASURED_ROWS, Prepared
from dldiag.course.shared.problem import BinaryProblem, PlotMarks, marks_of
from dldiag.course.shared.snapshots import Layers, layer_outputs, train_snapshots
from dldiag.experiments.metric_choice import MetricChoice

JUDGED_ROWS = 2000  # Most rows of a table; half of them show a difference of a few points.
DEV_PART = 0.5  # This share of the rows are dev rows.
# A training set has at most this share of the rows, so that twice as many exist and the draws differ.
LARGEST_TRAINING_PART = 0.15
LEAST_TRAINING_ROWS = 8
ACTIVATION = "relu"


@dataclass(frozen=True)
class TrainingSetup:
    """One way to train: what it is called, the network, its training rows, and its steps."""

    label: Message
    recipe: Recipe
    rows: int
    steps: int


@dataclass(frozen=True)
class SetupResult:
    """One way to train. train, dev: loss over steps, a band over repeats; the errors at the end, by repeat."""

    label: Message
    train: SeedBand
    dev: SeedBand
    train_error: tuple[float, ...]
    dev_error: tuple[float, ...]


@dataclass(frozen=True)
class PlaneComparison:
    """The network on two columns while it trains: `predictions` without and with the treatment, at `steps`."""

    names: tuple[str, str]
    x: tuple[float, ...]
    y: tuple[float, ...]
    marks: PlotMarks
    steps: tuple[int, ...]
    predictions: tuple[PlanePredictions, PlanePredictions]


@dataclass(frozen=True)
class SetupComparison:
    """Several setups trained on the same draws of rows, the first one being the baseline of the others; errors by one metric.

    dev_changes, train_changes: errors minus those of the first setup, with 90% intervals. The dev error's hold both the draws
    of training rows and the dev rows, the training error's the draws. unit: of the errors. plane: of the first two setups.
    """

    unit: str
    dev_rows: int
    rows: tuple[int, ...]
    ways: tuple[SetupResult, ...]
    dev_changes: tuple[Estimate, ...]
    train_changes: tuple[Estimate, ...]
    plane: PlaneComparison | None = None


def rows_to_train(data: Prepared, wanted_rows: int) -> int:
    """Return how many training rows a table of this size allows of those asked for."""
    return max(LEAST_TRAINING_ROWS, min(wanted_rows, int(LARGEST_TRAINING_PART * data.n_rows)))


def compare_setups(
    problem: BinaryProblem,
    data: Prepared,
    ways: Sequence[TrainingSetup],
    repeats: int,
    *,
    choice: MetricChoice | None = None,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> SetupComparison:
    """Train every setup on the same draws of rows and judge it on the same dev rows, by a metric that these rows allow."""
    seed, judge = 0, judge_of(data, choice)
    order = np.random.default_rng(seed).permutation(data.n_rows)
    dev, rest = np.split(order, [int(DEV_PART * data.n_rows)])
    draws = np.stack([np.random.default_rng([seed, r]).permutation(rest) for r in range(repeats)])
    results, influences = [], []
    for number, way in enumerate(ways):
        if on_progress is not None:
            on_progress(Progress(Message("Training networks"), number, len(ways) + 1))
        result, influence = _judged(way, data, draws[:, : way.rows], dev, judge, stopping(should_stop))
        results.append(result)
        influences.append(influence)
    overlaps = [max(ways[0].rows, way.rows) / len(rest) for way in ways]
    dev_changes, train_changes = _changes(results, influences, overlaps)
    return SetupComparison(
        unit=judge.unit,
        dev_rows=len(dev),
        rows=tuple(way.rows for way in ways),
        ways=tuple(results),
        dev_changes=dev_changes,
        train_changes=train_changes,
        plane=_on_plane(problem, ways[:2], seed),
    )


def _changes(
    results: Sequence[SetupResult], influences: Sequence[Array], overlaps: Sequence[float]
) -> tuple[tuple[Estimate, ...], tuple[Estimate, ...]]:
    """Return what every later setup changes in the dev and in the training error of the first one."""
    first, *others = results
    dev = tuple(
        _changed_error(np.subtract(one.dev_error, first.dev_error), influence - influences[0], overlap)
        for one, influence, overlap in zip(others, influences[1:], overlaps[1:], strict=True)
    )
    train = tuple(
        _changed_draws(np.subtract(one.train_error, first.train_error), overlap)
        for one, overlap in zip(others, overlaps[1:], strict=True)
    )
    return dev, train


def _changed_draws(change: Array, overlap: float) -> Estimate:
    return estimate(float(change.mean()), _variance_of_draws(change, overlap), len(change) - 1)


def _variance_of_draws(change: Array, overlap: float) -> float:
    """Return the variance of a mean over draws of training rows that share `overlap` of their rows (0 to 1)."""
    return float(change.var(ddof=1)) * (1 / len(change) + overlap / (1 - overlap))


def _judged(
    way: TrainingSetup,
    data: Prepared,
    pools: NDArray[np.int64],
    dev: NDArray[np.int64],
    judge: MetricChoice,
    on_step: Callable[[int], None],
) -> tuple[SetupResult, Array]:
    """Train a setup on every pool of rows and measure losses over steps and errors at the end.

    Also return the (repeats, dev rows) influences on the dev error. The dev loss is of the first MEASURED_ROWS dev rows.
    """
    moments = moments_of(way.steps, MOVING_STEPS)
    snapshots = train_snapshots(data, way.recipe, pools, moments=moments, seed=0, on_step=on_step)
    devs = np.broadcast_to(dev, (len(pools), len(dev)))
    train, unseen = _outputs(data, snapshots[-1], pools), _outputs(data, snapshots[-1], devs)
    losses = [judge_outputs(z, data.y[dev], data.loss, judge) for z in unseen]
    result = SetupResult(
        way.label,
        band(moments, [_mean_losses(data, at, pools) for at in snapshots]),
        band(moments, [_mean_losses(data, at, devs[:, :MEASURED_ROWS]) for at in snapshots]),
        tuple(judge_outputs(z, data.y[rows], data.loss, judge)[0] for z, rows in zip(train, pools, strict=True)),
        tuple(error for error, _ in losses),
    )
    return result, np.stack([influence for _, influence in losses])


def _outputs(data: Prepared, networks: list[Layers], rows: NDArray[np.int64]) -> list[Array]:
    """Return for each network its outputs (rows, K) on its own rows."""
    return [layer_outputs(network, data.X[some], ACTIVATION) for network, some in zip(networks, rows, strict=True)]


def _mean_losses(data: Prepared, networks: list[Layers], rows: NDArray[np.int64]) -> Array:
    """Return (networks,) mean training losses."""
    outputs = _outputs(data, networks, rows)
    return np.array(
        [losses_of_outputs(z, data.y[some], data.loss).mean() for z, some in zip(outputs, rows, strict=True)]
    )


def _changed_error(change: Array, by_row: Array, overlap: float) -> Estimate:
    """Return the mean change of the dev error with its 90% interval; by_row: (repeats, dev rows) changes of influence.

    Two sources: the dev rows, and the draws of training rows, which share `overlap` of their rows (0 to 1).
    """
    variance = mean_variance(by_row.mean(axis=0)) + _variance_of_draws(change, overlap)
    return estimate(float(change.mean()), variance, len(change) - 1)


def _on_plane(problem: BinaryProblem, ways: Sequence[TrainingSetup], seed: int) -> PlaneComparison | None:
    """Train two ways on the same few rows of two columns; None where there is only one column."""
    if len(problem.names) < 2:
        return None
    data, moments = prepared_plane(problem), moments_of(ways[0].steps, MOVING_STEPS)
    pool = np.random.default_rng([seed, 0]).permutation(data.n_rows)[: min(ways[0].rows, data.n_rows)]
    snapshots = [train_snapshots(data, way.recipe, pool[None], moments=moments, seed=seed) for way in ways]
    first, second = (predictions_over_time(problem, ACTIVATION, [at[0] for at in layers]) for layers in snapshots)
    return PlaneComparison(
        names=(problem.names[0], problem.names[1]),
        x=tuple(side_of_plane(problem.X[:, 0]).tolist()),
        y=tuple(side_of_plane(problem.X[:, 1]).tolist()),
        marks=marks_of(replace(problem, X=problem.X[pool], y=problem.y[pool])),
        steps=tuple(moments),
        predictions=(first, second),
    )
