"""One unit, repeated, is a hidden layer: many lines side by side, and an output unit that weighs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import Array, OnProgress, Progress, ShouldStop, Stopped
from dldiag.course.logistic.regression import constant_error, cross_entropy
from dldiag.course.shared.instrumented import Recipe
from dldiag.course.shared.planes import prepared_plane, side_of_plane
from dldiag.course.shared.problem import PlotMarks, YesNo, marks_of, sigmoid
from dldiag.course.shared.snapshots import Layers, layer_outputs, train_recorded

_GRID = 60  # Points along each side of the drawn plane.
_STEPS = 800
_RATE = 0.1
BETTER = 0.01  # A smaller fall of the error rate is not worth a sentence.
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

    apart: the largest difference between the layer computed as one matrix product and unit by unit.
    """

    units: int
    lines: tuple[UnitLine, ...]
    probabilities: tuple[tuple[float, ...], ...]
    cost: float
    error: float
    apart: float


@dataclass(frozen=True)
class Widening:
    """The same unit once, then repeated: widths[0] is logistic regression itself (0 hidden units).

    constant_error: of always predicting the majority class, on the same rows.
    """

    names: tuple[str, str]
    event: Message
    x: tuple[float, ...]
    y: tuple[float, ...]
    marks: PlotMarks
    widths: tuple[HiddenLayer, ...]
    constant_error: float


def widen(
    problem: YesNo,
    units: tuple[int, ...] = (0, 2, 4, 8),
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Widening:
    """Train networks with more and more units in one hidden layer on two columns; 0 is a single unit."""
    if len(problem.names) != 2:
        raise ValueError(f"a plane has two columns, not {len(problem.names)}")
    data = prepared_plane(problem)
    sides = [side_of_plane(problem.X[:, j], _GRID) for j in (0, 1)]
    plane = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    pool = np.arange(len(problem.y))[None]
    widths = []
    for number, width in enumerate(units):

        def on_step(step: int, before: int = number * _STEPS) -> None:
            if should_stop is not None and should_stop():
                raise Stopped
            if on_progress is not None:
                on_progress(Progress(Message("Training networks"), before + step, len(units) * _STEPS))

        recipe = Recipe(
            activation=HIDDEN_ACTIVATION,
            init="glorot_normal",
            hidden_layers=int(width > 0),
            units=max(1, width),
            optimizer="adam",
            rates=(_RATE,),
        )
        layers = train_recorded(data, recipe, pool, steps=_STEPS, seed=seed, on_step=on_step)[0]
        widths.append(_described(width, layers, problem, plane))
    return Widening(
        names=(problem.names[0], problem.names[1]),
        event=problem.event,
        x=tuple(sides[0].tolist()),
        y=tuple(sides[1].tolist()),
        marks=marks_of(problem),
        widths=tuple(widths),
        constant_error=constant_error(problem),
    )


def _described(width: int, layers: Layers, problem: YesNo, plane: Array) -> HiddenLayer:
    z = layer_outputs(layers, problem.X, HIDDEN_ACTIVATION)[:, 0]
    W, b = layers[0]
    weights = layers[1][0][:, 0] if width else np.ones(1)
    table = sigmoid(layer_outputs(layers, plane, HIDDEN_ACTIVATION)[:, 0]).reshape(_GRID, _GRID)
    return HiddenLayer(
        units=width,
        lines=tuple(UnitLine(*map(float, (*W[:, k], b[k], weights[k]))) for k in range(W.shape[1])),
        probabilities=tuple(map(tuple, table.round(4).tolist())),
        cost=float(cross_entropy(z, problem.y).mean()),
        error=float(np.mean((z > 0) != (problem.y == 1))),
        apart=unit_by_unit(W, b, problem.X),
    )


def unit_by_unit(W: NDArray[Any], b: NDArray[Any], X: Array) -> float:
    """Return the largest difference between sigmoid(XW + b) and the same computed one unit at a time."""
    together = sigmoid(X @ W.astype(np.float64) + b)
    alone = np.column_stack([sigmoid(X @ W[:, k].astype(np.float64) + b[k]) for k in range(W.shape[1])])
    return float(np.abs(together - alone).max())


def _best(found: Widening) -> HiddenLayer:
    return min(found.widths[1:], key=lambda one: (one.error, one.units))


def layer_to_use(found: Widening, columns: int) -> dict[str, Any]:
    """Return the hidden layer that helped; empty where it did not, or where the table has more columns than the plane."""
    best = _best(found)
    pays = found.widths[0].error - best.error >= BETTER and best.error < found.constant_error
    if not pays or columns != len(found.names):
        return {}
    return {"activation": HIDDEN_ACTIVATION, "hidden_layer_sizes": (best.units,)}


def look_at_widening(found: Widening) -> Message:
    """Say what repeating the unit gained on these rows, or that a single one is enough."""
    single, best = found.widths[0], _best(found)
    values: dict[str, Any] = {
        "single": single.error,
        "best": best.error,
        "units": best.units,
        "apart": max(one.apart for one in found.widths),
        "constant": found.constant_error,
        "unit": "rate",
    }
    if min(single.error, best.error) >= found.constant_error:
        return Message(
            "One unit gets {single:error} of these rows wrong, {units} hidden units {best:error}: no better than the baseline ({constant:error}). This run does not show the gain. Try other columns or the two circles.",
            values,
        )
    if single.error - best.error < BETTER:
        return Message(
            "One unit gets {single:error} of these rows wrong, {units} hidden units {best:error}. One line is enough here, so this run does not show the gain. Try the two circles.",
            values,
        )
    return Message(
        "One unit draws one line and gets {single:error} of these rows wrong; {units} of them, weighed by one more, {best:error}. One unit at a time or one matrix product: the results differ by {apart:.0e} at most.",
        values,
    )
