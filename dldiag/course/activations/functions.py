"""What an activation function does: its shape and slope, and why a network without one is linear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.types import Array
from dldiag.nn.activations import ACTIVATIONS

FARTHEST_INPUT = 6.0  # The range −6…6 is drawn.
SAME_SLOPE = 0.05  # Largest slopes closer than this count as equal.
EXACT_ROWS = 3  # This many rows are sent through both networks in exact fractions.

OFFERED = tuple(name for name, row in ACTIVATIONS.items() if row.name == name)


# --- shapes -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShapeSettings:
    """Which functions are drawn, and through how many layers a gradient is followed."""

    functions: tuple[str, ...] = param(
        ("logistic", "tanh", "relu", "leaky_relu"), "Activations", "Drawn side by side.", kind=tuple
    )
    layers: int = param(5, "Layers", "The layers that the gradient passes through.", low=1, high=50)


@dataclass(frozen=True)
class Shape:
    """One activation on a grid: z, value g(z), slope g'(z), with its formulas (LaTeX) and its largest slope."""

    name: str
    label: str
    formula: str
    derivative_formula: str
    source: str
    z: tuple[float, ...]
    value: tuple[float, ...]
    slope: tuple[float, ...]
    largest_slope: float


def shape(name: str, points: int = 241) -> Shape:
    """Return the shape of one row of ACTIVATIONS; KeyError when there is none."""
    row = ACTIVATIONS[name]
    z = np.linspace(-FARTHEST_INPUT, FARTHEST_INPUT, points)
    slope = row.derivative(z)
    return Shape(
        name=row.name,
        label=row.label,
        formula=row.formula,
        derivative_formula=row.derivative_formula,
        source=row.source,
        z=tuple(z.tolist()),
        value=tuple(row.value(z).tolist()),
        slope=tuple(slope.tolist()),
        largest_slope=float(slope.max()),
    )


def describe_shapes(shapes: Sequence[Shape], layers: int) -> Message:
    """Say what the steepest and the flattest of these slopes do to a gradient on its way through layers."""
    order = sorted(shapes, key=lambda one: (round(one.largest_slope, 6), sum(map(abs, one.slope))))
    flat, steep = order[0], order[-1]
    values: dict[str, Any] = {
        "flat": Message(flat.label),
        "steep": Message(steep.label),
        "least": flat.largest_slope,
        "most": steep.largest_slope,
        "layers": layers,
        "left": flat.largest_slope**layers,
        "kept": steep.largest_slope**layers,
    }
    if steep.largest_slope - flat.largest_slope < SAME_SLOPE:
        return Message(
            "The slopes of these functions are nowhere above {most:.2f}. At best they let the same gradient through. Add the sigmoid to see one that differs.",
            values,
        )
    return Message(
        "The slope of {flat} is nowhere above {least:.2f}. So {layers} layers leave at most {left:.2g} of a gradient (weights aside). {steep} has a slope up to {most:.2f} and can leave {kept:.2g}.",
        values,
    )


# --- a deep linear network is one matrix --------------------------------------------------------------------------


@dataclass(frozen=True)
class Collapse:
    """A network without activation, multiplied out.

    W: (d, K) and b: (K,) of the one layer that does the same; shapes: of the layers' weights. exact_difference: the
    largest difference between the two networks' outputs on a few rows in exact fractions; rounded_difference: on all
    rows in 64-bit numbers; size: the largest output.
    """

    W: tuple[tuple[float, ...], ...]
    b: tuple[float, ...]
    shapes: tuple[tuple[int, int], ...]
    exact_difference: float
    rounded_difference: float
    size: float


def collapse(weights: Sequence[NDArray[Any]], biases: Sequence[NDArray[Any]], X: NDArray[Any]) -> Collapse:
    """Multiply out a network whose activation is the identity and compare it with the one matrix on X (n, d).

    weights: (in, out) per layer; biases: (out,) per layer, as in scikit-learn's `coefs_` and `intercepts_`.
    """
    layers = [(np.asarray(W, np.float64), np.asarray(b, np.float64)) for W, b in zip(weights, biases, strict=True)]
    W, b = multiply_out(layers)
    inputs = np.asarray(X, np.float64)
    deep, flat = _through(layers, inputs), inputs @ W + b
    return Collapse(
        W=tuple(map(tuple, W.tolist())),
        b=tuple(b.tolist()),
        shapes=tuple((one.shape[0], one.shape[1]) for one, _ in layers),
        exact_difference=_exact_difference(layers, inputs[:EXACT_ROWS]),
        rounded_difference=float(np.abs(deep - flat).max()),
        size=float(np.abs(deep).max()),
    )


def multiply_out(layers: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Return W = W1·W2·…·WL and the bias that goes with it; works on arrays of any number type."""
    W, b = layers[0]
    for next_W, next_b in layers[1:]:
        W, b = W @ next_W, b @ next_W + next_b
    return W, b


def _through(layers: Sequence[tuple[Array, Array]], X: Array) -> Array:
    for W, b in layers:
        X = X @ W + b
    return X


def _exact_difference(layers: Sequence[tuple[Array, Array]], X: Array) -> float:
    """Compare in fractions, which never round: every float is one."""
    exact = [(_fractions(W), _fractions(b)) for W, b in layers]
    inputs = _fractions(X)
    W, b = multiply_out(exact)
    return float(np.abs(_through(exact, inputs) - (inputs @ W + b)).max())


def _fractions(values: Array) -> NDArray[Any]:
    return np.array([Fraction(float(value)) for value in values.ravel()], dtype=object).reshape(values.shape)
