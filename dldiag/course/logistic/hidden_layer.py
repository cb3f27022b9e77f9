"""One unit, repeated, is a hidden layer: many lines side by side, and an output unit that weighs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dldiag.core.i18n import Message
from dldiag.core.statistics import TWO_SIDED
from dldiag.core.types import Array, Estimate, OnProgress, ShouldStop
from dldiag.course.logistic.regression import constant_error, cross_entropy
from dldiag.course.shared.instrumented import Recipe, reporting
from dldiag.course.shared.planes import plane_of_points, prepared_plane
from dldiag.course.shared.problem import BinaryProblem, PlotMarks, marks_of, sigmoid
from dldiag.course.shared.snapshots import Layers, layer_outputs, train_recorded

_GRID = 60  # Points along each side of the drawn plane.
_STEPS = 800
_RATE = 0.1
BETTER = 0.01  # A smaller fall of the error rate is not reported as a gain.
HIDDEN_ACTIVATION = "logistic"  # Every hidden unit is the unit of logistic regression.


@dataclass(frozen=True)
class UnitLine:
    """One hidden unit: its line w1·x1 + w2·x2 + b = 0 and the weight that the output unit gives it."""

    w1: float
    w2: float
    b: float
    weight: float


@dataclass(frozen=True)
class HiddenLayer:
    """A network of `units` hidden units: its lines, its predictions on the plane, its cost and error on the rows shown.

    apart: the largest difference between the layer computed as one matrix product and unit by unit. fewer: the error rate
    of a single unit minus that of this network, with the interval of `_fewer`.
    """

    units: int
    lines: tuple[UnitLine, ...]
    probabilities: tuple[tuple[float, ...], ...]
    cost: float
    error: float
    apart: float
    fewer: Estimate


@dataclass(frozen=True)
class WidthComparison:
    """Networks with one hidden layer of growing width; widths[0] is logistic regression (0 hidden units).

    constant_error: of always predicting the majority class, on the same rows.
    """

    names: tuple[str, str]
    event: Message
    x: tuple[float, ...]
    y: tuple[float, ...]
    marks: PlotMarks
    widths: tuple[HiddenLayer, ...]
    constant_error: float


def train_widths(
    problem: BinaryProblem,
    units: tuple[int, ...] = (0, 2, 4, 8),
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> WidthComparison:
    """Train networks with more and more units in one hidden layer on two columns; 0 is a single unit."""
    if len(problem.names) != 2:
        raise ValueError(f"a plane has two columns, not {len(problem.names)}")
    data = prepared_plane(problem)
    sides, plane = plane_of_points(problem, _GRID)
    networks = []
    for number, width in enumerate(units):
        on_step = reporting(number, len(units), _STEPS, on_progress, should_stop)
        pool = data.rows[None]
        networks += train_recorded(data, _recipe(width), pool, steps=_STEPS, seed=seed, on_step=on_step)
    single = _wrong(networks[0], problem)
    fewer = [_fewer(single, _wrong(layers, problem), len(units) - 1) for layers in networks]
    each = zip(units, networks, fewer, strict=True)
    return WidthComparison(
        names=(problem.names[0], problem.names[1]),
        event=problem.event,
        x=tuple(sides[0].tolist()),
        y=tuple(sides[1].tolist()),
        marks=marks_of(problem),
        widths=tuple(_described(width, layers, gain, plane, problem) for width, layers, gain in each),
        constant_error=constant_error(problem),
    )


def _recipe(width: int) -> Recipe:
    return Recipe(
        activation=HIDDEN_ACTIVATION,
        init="glorot_normal",
        hidden_layers=int(width > 0),
        units=max(1, width),
        optimizer="adam",
        rates=(_RATE,),
    )


def _wrong(layers: Layers, problem: BinaryProblem) -> Array:
    """Return 1 for each row that a network gets wrong."""
    z = layer_outputs(layers, problem.X, HIDDEN_ACTIVATION)[:, 0]
    return np.asarray((z > 0) != (problem.y == 1), dtype=float)


def _fewer(single: Array, wrong: Array, networks: int) -> Estimate:
    """Return how much larger a share of the rows a single unit gets wrong, with a 90% interval that holds for all networks at once."""
    differences = single - wrong
    value = float(differences.mean())
    z = float(stats.norm.ppf(1 - (1 - TWO_SIDED) / 2 / max(1, networks)))
    half = z * float(differences.std()) / len(differences) ** 0.5
    return Estimate(value, value - half, value + half)


def _described(width: int, layers: Layers, fewer: Estimate, plane: Array, problem: BinaryProblem) -> HiddenLayer:
    z = layer_outputs(layers, problem.X, HIDDEN_ACTIVATION)[:, 0]
    W, b = layers[0]
    weights = layers[1][0][:, 0] if width else np.ones(1)
    table = sigmoid(layer_outputs(layers, plane, HIDDEN_ACTIVATION)[:, 0]).reshape(_GRID, _GRID)
    return HiddenLayer(
        units=width,
        lines=tuple(UnitLine(*map(float, (*W[:, k], b[k], weights[k]))) for k in range(W.shape[1])),
        probabilities=tuple(map(tuple, table.round(4).tolist())),
        cost=float(cross_entropy(z, problem.y).mean()),
        error=float(_wrong(layers, problem).mean()),
        apart=unit_by_unit(W, b, problem.X),
        fewer=fewer,
    )


def unit_by_unit(W: NDArray[Any], b: NDArray[Any], X: Array) -> float:
    """Return the largest difference between sigmoid(XW + b) and the same computed one unit at a time."""
    together = sigmoid(X @ W.astype(np.float64) + b)
    alone = np.column_stack([sigmoid(X @ W[:, k].astype(np.float64) + b[k]) for k in range(W.shape[1])])
    return float(np.abs(together - alone).max())


def _best(comparison: WidthComparison) -> HiddenLayer:
    return min(comparison.widths[1:], key=lambda one: (one.error, one.units))


def layer_helped(comparison: WidthComparison) -> bool:
    """Tell whether a hidden layer gets fewer rows wrong than a single unit: enough to matter, and more than chance."""
    best = _best(comparison)
    return best.fewer.value >= BETTER and best.fewer.low > 0 and best.error < comparison.constant_error


def layer_to_use(comparison: WidthComparison, columns: int) -> dict[str, Any]:
    """Return the hidden layer that helped; empty where it did not, or where the table has more columns than the plane."""
    best = _best(comparison)
    if not layer_helped(comparison) or columns != len(comparison.names):
        return {}
    return {"activation": HIDDEN_ACTIVATION, "hidden_layer_sizes": (best.units,)}


def describe_widths(comparison: WidthComparison) -> Message:
    """Say what repeating the unit gained on these rows, or that a single one is enough."""
    single, best = comparison.widths[0], _best(comparison)
    values: dict[str, Any] = {
        "single": single.error,
        "best": best.error,
        "units": best.units,
        "apart": max(layer.apart for layer in comparison.widths),
        "constant": comparison.constant_error,
        "fewer": best.fewer.value,
        "low": best.fewer.low,
        "high": best.fewer.high,
        "unit": "rate",
    }
    if min(single.error, best.error) >= comparison.constant_error:
        return Message(
            "One unit gets {single:error} of these rows wrong, {units} hidden units {best:error}: no better than the baseline ({constant:error}). This run does not show the gain. Try other columns or the two circles.",
            values,
        )
    if not layer_helped(comparison):
        return Message(
            "One unit gets {single:error} of these rows wrong, {units} hidden units {best:error}. One line is enough here: the difference may be chance (90% interval {low:bare} to {high:points}). Try the two circles.",
            values,
        )
    return Message(
        "One unit draws one line and gets {single:error} of these rows wrong; {units} of them, weighed by one more, {best:error}. That is {fewer:gap} fewer (90% interval {low:bare} to {high:bare}). One unit at a time or one matrix product: the results differ by {apart:.0e} at most.",
        values,
    )
