"""A hidden layer trained by backpropagation through two layers, written out in the notes' notation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dldiag.core.i18n import Message, Value, tr, typeset
from dldiag.core.params import param
from dldiag.core.types import Array
from dldiag.course.logistic.regression import cross_entropy
from dldiag.course.shared.problem import BinaryProblem, sigmoid

_NUDGE = 1e-5  # The slope is measured by moving a weight by this much.
EXACT_NUDGE = 1e-6  # A smaller difference between backpropagation and the measured slope is rounding.
WEIGHTS_DRAWN = 0.5  # Standard deviation of the first weights.


@dataclass(frozen=True)
class TwoLayerSettings:
    """Settings of the network with one hidden layer."""

    hidden_units: int = param(4, "Hidden units", "Units of the hidden layer; each is a sigmoid.", low=1, high=12)
    learning_rate: float = param(
        5.0, "Learning rate", "Length of a step, times the slope.", low=0.05, high=20, log=True
    )
    steps: int = param(1000, "Steps", "Steps of gradient descent over all rows.", low=10, high=2000)


@dataclass(frozen=True, eq=False)
class TwoLayerPass:
    """One pass: Z1, A1 (k, m); Z2, A2 (1, m); cost J in nats."""

    Z1: Array
    A1: Array
    Z2: Array
    A2: Array
    cost: float


@dataclass(frozen=True)
class TwoLayers:
    """How training went: the cost before each step, and how far backpropagation is from finite differences.

    wrong: the largest difference at the first step over all weights. sizes: name, shape and largest gradient of the
    first step, layer by layer backwards. error: share of wrong rows at the end; constant_error: of the majority class.
    """

    costs: tuple[float, ...]
    wrong: float
    sizes: tuple[tuple[str, str, float], ...]
    error: float
    constant_error: float


Weights = dict[str, Array]


def forward_two_layers(weights: Weights, X: Array, Y: Array) -> TwoLayerPass:
    """Run both layers on X (d, m) and Y (1, m)."""
    Z1 = weights["W1"] @ X + weights["b1"]
    A1 = sigmoid(Z1)
    Z2 = weights["W2"] @ A1 + weights["b2"]
    return TwoLayerPass(Z1, A1, Z2, sigmoid(Z2), float(cross_entropy(Z2, Y).mean()))


def backward_two_layers(weights: Weights, X: Array, Y: Array, forward_pass: TwoLayerPass) -> Weights:
    """Return dJ/d of every weight, by the chain rule, from the output layer back."""
    m = X.shape[1]
    dZ2 = forward_pass.A2 - Y
    dZ1 = weights["W2"].T @ dZ2 * forward_pass.A1 * (1 - forward_pass.A1)
    return {
        "W2": dZ2 @ forward_pass.A1.T / m,
        "b2": dZ2.sum(axis=1, keepdims=True) / m,
        "W1": dZ1 @ X.T / m,
        "b1": dZ1.sum(axis=1, keepdims=True) / m,
    }


def train_two_layers(problem: BinaryProblem, settings: TwoLayerSettings | None = None, *, seed: int = 0) -> TwoLayers:
    """Train the network by full-batch gradient descent and check its first gradient by finite differences."""
    chosen = settings or TwoLayerSettings()
    X, Y = problem.X.T, problem.y[None]
    weights = _first(len(X), chosen.hidden_units, seed)
    start = backward_two_layers(weights, X, Y, forward_two_layers(weights, X, Y))
    wrong = max(float(np.abs(start[name] - _measured(weights, name, X, Y)).max()) for name in weights)
    sizes = tuple((f"d{n}", " × ".join(map(str, g.shape)), float(np.abs(g).max())) for n, g in start.items())
    costs = []
    for _ in range(chosen.steps):
        forward_pass = forward_two_layers(weights, X, Y)
        costs.append(forward_pass.cost)
        slopes = backward_two_layers(weights, X, Y, forward_pass)
        weights = {name: W - chosen.learning_rate * slopes[name] for name, W in weights.items()}
    forward_pass = forward_two_layers(weights, X, Y)
    error = float(np.mean((forward_pass.Z2 > 0) != (Y == 1)))
    yes = float(Y.mean())
    return TwoLayers((*costs, forward_pass.cost), wrong, sizes, error, min(yes, 1 - yes))


def _first(d: int, k: int, seed: int) -> Weights:
    rng = np.random.default_rng(seed)
    shapes = {"W1": (k, d), "b1": (k, 1), "W2": (1, k), "b2": (1, 1)}
    return {n: rng.normal(0, WEIGHTS_DRAWN, shape) if n[0] == "W" else np.zeros(shape) for n, shape in shapes.items()}


def _measured(weights: Weights, name: str, X: Array, Y: Array) -> Array:
    """Return the slope of the cost for every number of one array by finite differences."""
    slopes = np.zeros_like(weights[name])
    for at in np.ndindex(slopes.shape):
        costs = []
        for side in (_NUDGE, -_NUDGE):
            moved = weights[name].copy()
            moved[at] += side
            costs.append(forward_two_layers(weights | {name: moved}, X, Y).cost)
        slopes[at] = (costs[0] - costs[1]) / (2 * _NUDGE)
    return slopes


def gradient_rows(result: TwoLayers) -> list[dict[str, str]]:
    """Return one row of texts per gradient of the first step, from the back."""
    return [
        {tr("Gradient"): name, tr("Shape"): shape, tr("Largest slope at the first step"): typeset(f"{largest:.3g}")}
        for name, shape, largest in result.sizes
    ]


def describe_two_layers(result: TwoLayers) -> Message:
    """Say how exact backpropagation is and what it reached."""
    values: dict[str, Value] = {
        "wrong": result.wrong,
        "first": result.costs[0],
        "last": result.costs[-1],
        "steps": len(result.costs) - 1,
        "error": result.error,
        "constant": result.constant_error,
        "unit": "rate",
    }
    return Message(
        "Backpropagation and finite differences differ by {wrong:.0e} at most. In {steps:,} steps the cost went from {first:.3f} to {last:.3f}; {error:error} of the rows are wrong (baseline: {constant:error}).",
        values,
    )
