"""A large network on few rows, without and with a penalty or dropout, and on twice the rows: training and dev error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.statistics import estimate, mean_variance
from dldiag.core.types import Array, Estimate, OnProgress, Progress, ShouldStop
from dldiag.course.shared.bands import Band, band
from dldiag.course.shared.instrumented import Recipe, moments_of, stopping
from dldiag.course.shared.planes import MOVING_STEPS, PlaneAnswers, answers_over_time, prepared_plane, side_of_plane
from dldiag.course.shared.prepared import WATCHED_ROWS, Prepared
from dldiag.course.shared.problem import PlotMarks, YesNo, marks_of
from dldiag.course.shared.snapshots import Layers, layer_outputs, train_snapshots

_DEV_PART = 0.5  # of the rows judge
_LARGEST_PART = 0.15  # of the rows are a training set at most, so that twice as many rows are there and draws differ
_LEAST_ROWS = 8  # of a training set
_TINY = 1e-12  # probability below which a log loss grows no more
ACTIVATION = "relu"


@dataclass(frozen=True)
class PenaltySettings:
    """What a person may change about the L2 penalty."""

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
    """What a person may change about dropout."""

    dropout: float = param(0.3, "Dropout", "Share of the hidden units left out in every step.", low=0.0, high=0.8)
    train_rows: int = param(60, "Training rows", "Few rows make the variance high.", low=20, high=300)
    hidden_layers: int = param(2, "Hidden layers", "Of the network.", low=1, high=4)
    units: int = param(32, "Units per layer", "Of every hidden layer.", low=4, high=64)
    steps: int = param(600, "Steps", "Mini-batches of training.", low=100, high=2000)
    repeats: int = param(12, "Repeats", "Random draws of training and dev rows.", low=3, high=20)


@dataclass(frozen=True)
class Treated:
    """One way to train. train, dev: loss over steps, a band over repeats; the errors at the end, by repeat."""

    label: Message
    train: Band
    dev: Band
    train_error: tuple[float, ...]
    dev_error: tuple[float, ...]


@dataclass(frozen=True)
class TreatedPlane:
    """The network on two columns while it trains: `answers` without and with the treatment, at `steps`."""

    names: tuple[str, str]
    x: tuple[float, ...]
    y: tuple[float, ...]
    marks: PlotMarks
    steps: tuple[int, ...]
    answers: tuple[PlaneAnswers, PlaneAnswers]


@dataclass(frozen=True)
class Regularized:
    """The network as it is, treated, and on twice the rows.

    change, of_more: dev error minus that of the network as it is, with the 90 % interval of both the draws of training
    rows and the dev rows. strength: of the treatment.
    """

    kind: str  # l2 or dropout
    strength: float
    train_rows: int
    dev_rows: int
    unit: str
    plain: Treated
    treated: Treated
    more: Treated
    change: Estimate
    of_more: Estimate
    plane: TreatedPlane | None = None


def regularize(
    problem: YesNo,
    data: Prepared,
    chosen: PenaltySettings | DropoutSettings,
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Regularized:
    """Train without and with a penalty (or dropout), and on twice the rows; each on the same draws of rows."""
    recipe = Recipe(ACTIVATION, hidden_layers=chosen.hidden_layers, units=chosen.units, optimizer="adam", rates=(0.01,))
    kind, strength, treated = _treatment(recipe, chosen)
    rows = max(_LEAST_ROWS, min(chosen.train_rows, int(_LARGEST_PART * data.n_rows)))
    order = np.random.default_rng(seed).permutation(data.n_rows)
    dev, rest = order[: int(_DEV_PART * data.n_rows)], order[int(_DEV_PART * data.n_rows) :]
    drawn = np.stack([np.random.default_rng([seed, r]).permutation(rest)[: 2 * rows] for r in range(chosen.repeats)])
    ways = [
        (Message("As it is"), recipe, rows),
        (_LABELS[kind], treated, rows),
        (Message("Twice the rows"), recipe, 2 * rows),
    ]
    moments, found = moments_of(chosen.steps, MOVING_STEPS), []
    for number, (label, one, taken_rows) in enumerate(ways):
        if on_progress is not None:
            on_progress(Progress(Message("Training networks"), number, len(ways) + 1))
        pools = drawn[:, :taken_rows]
        taken = train_snapshots(data, one, pools, moments=moments, seed=seed, on_step=stopping(should_stop))
        found.append(_judged(label, data, taken, moments, pools, dev))
    (plain, before), (better, after), (more, with_more) = found
    overlap = rows / len(rest)
    return Regularized(
        kind,
        strength,
        rows,
        len(dev),
        "sd" if data.loss == "squared_error" else "rate",
        plain,
        better,
        more,
        change=_changed_error(after, before, data.loss, overlap),
        of_more=_changed_error(with_more, before, data.loss, 2 * overlap),
        plane=_on_plane(problem, [recipe, treated], rows, moments, seed),
    )


_LABELS = {"l2": Message("With the L2 penalty"), "dropout": Message("With dropout")}


def _treatment(recipe: Recipe, chosen: PenaltySettings | DropoutSettings) -> tuple[str, float, Recipe]:
    if isinstance(chosen, PenaltySettings):
        return "l2", chosen.alpha, replace(recipe, alpha=chosen.alpha)
    return "dropout", chosen.dropout, replace(recipe, dropout=chosen.dropout)


def _judged(
    label: Message,
    data: Prepared,
    taken: list[list[Layers]],
    moments: list[int],
    pools: NDArray[np.int64],
    dev: NDArray[np.int64],
) -> tuple[Treated, Array]:
    """Measure losses at every moment (of some dev rows) and errors at the last; also return (repeats, dev rows) mistakes."""
    devs = np.broadcast_to(dev, (len(pools), len(dev)))
    train = [_judge_all(data, at, pools) for at in taken]
    unseen = [_judge_all(data, at, devs[:, :WATCHED_ROWS]) for at in taken]
    mistakes = _judge_all(data, taken[-1], devs)[1]
    made = Treated(
        label,
        band(moments, [loss.mean(axis=1) for loss, _ in train]),
        band(moments, [loss.mean(axis=1) for loss, _ in unseen]),
        tuple(_error_of(train[-1][1], data.loss).tolist()),
        tuple(_error_of(mistakes, data.loss).tolist()),
    )
    return made, mistakes


def _judge_all(data: Prepared, networks: list[Layers], rows: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return (networks, rows) losses and mistakes."""
    both = [
        judge_outputs(layer_outputs(one, data.X[some], ACTIVATION), data.y[some], data.loss)
        for one, some in zip(networks, rows, strict=True)
    ]
    return np.stack([loss for loss, _ in both]), np.stack([mistake for _, mistake in both])


def judge_outputs(z: Array, y: Array, loss: str) -> tuple[Array, Array]:
    """Return (n,) losses and mistakes of outputs z (n, K) against y (n,); loss: a key of LOSSES.

    A mistake is 1 for a wrong class, or the squared error.

    >>> judge_outputs(np.array([[0.0], [2.0]]), np.array([0.0, 0.0]), "squared_error")
    (array([0., 2.]), array([0., 4.]))
    """
    if loss == "squared_error":
        squares = (z[:, 0] - y) ** 2
        return squares / 2, squares
    if loss == "binary_cross_entropy":
        z = np.column_stack([np.zeros(len(z)), z[:, 0]])
    codes = y.astype(np.int64)
    losses = np.logaddexp.reduce(z, axis=1) - z[np.arange(len(z)), codes]
    return np.minimum(losses, -np.log(_TINY)), (z.argmax(axis=1) != codes).astype(np.float64)


def _error_of(mistakes: Array, loss: str) -> Array:
    """Return (repeats,) the share of wrong rows, or the root mean squared error, of mistakes (repeats, rows)."""
    means = mistakes.mean(axis=1)
    return np.sqrt(means) if loss == "squared_error" else np.asarray(means)


def _changed_error(after: Array, before: Array, loss: str, overlap: float) -> Estimate:
    """Return the change of the dev error with its 90 % interval; mistakes (repeats, dev rows) of the same dev rows.

    Two sources: the dev rows, and the draws of training rows, which share `overlap` of their rows (0 to 1).
    """
    first, last = _error_of(before, loss), _error_of(after, loss)
    change = last - first
    steep = (1 / np.maximum(2 * last, _TINY), 1 / np.maximum(2 * first, _TINY)) if loss == "squared_error" else (1, 1)
    by_row = (after.T * steep[0] - before.T * steep[1]).mean(axis=1)
    draws = float(change.var(ddof=1)) * (1 / len(change) + overlap / (1 - overlap))
    return estimate(float(change.mean()), mean_variance(by_row) + draws, len(change) - 1)


def _on_plane(problem: YesNo, recipes: list[Recipe], rows: int, moments: list[int], seed: int) -> TreatedPlane | None:
    """Train both networks on the same few rows of two columns; None where there is only one column."""
    if len(problem.names) < 2:
        return None
    data = prepared_plane(problem)
    pool = np.random.default_rng([seed, 0]).permutation(data.n_rows)[: min(rows, data.n_rows)]
    snapshots = [train_snapshots(data, one, pool[None], moments=moments, seed=seed) for one in recipes]
    first, second = (answers_over_time(problem, ACTIVATION, [at[0] for at in taken]) for taken in snapshots)
    return TreatedPlane(
        names=(problem.names[0], problem.names[1]),
        x=tuple(side_of_plane(problem.X[:, 0]).tolist()),
        y=tuple(side_of_plane(problem.X[:, 1]).tolist()),
        marks=marks_of(replace(problem, X=problem.X[pool], y=problem.y[pool])),
        steps=tuple(moments),
        answers=(first, second),
    )


def penalty_to_use(found: Regularized) -> dict[str, Any]:
    """Return the treatment where it surely lowered the dev error; empty otherwise."""
    if found.change.high >= 0:
        return {}
    return {"alpha" if found.kind == "l2" else "dropout": found.strength}
