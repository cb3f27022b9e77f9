"""Loss functions of the output layer's Z: one row each, with formula, gradient and source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from dldiag.core.types import Array

LossStep = Callable[[Array, Array, Array, Any], None]

HUBER_DELTA = 1.0
LARGEST_EXPONENT = 30.0  # Largest exponent of e^z, far from overflow in float32.
LOSS_OF_A_TIE = np.log(2)  # The cross-entropy where both classes are equally likely.


@dataclass(frozen=True)
class Loss:
    """One loss L(Z, Y) per row.

    `step(z, y, losses, scratch)` writes the loss of every row into losses (S, n) and turns z (S, K, n) into dL/dZ.
    y is (S, n) whole numbers when `indexed`, else (S, K, n). `predict(z)` turns Z into the model's outputs in place.
    `errors(delta, losses)` returns the error of each row from what `step` left: 1 if its class is wrong (or a tie), or
    its squared error when `squares`. `floor(y)` is the mean loss of the best constant prediction: an untrained network should
    not exceed it. `torch` names the same loss in PyTorch, below `torch.nn.functional`; times `torch_factor` it is
    this one, up to a constant.
    """

    name: str
    label: str
    formula: str
    gradient_formula: str
    source: str
    out_activation: str
    step: LossStep
    predict: Callable[[Array], Array]
    errors: Callable[[Array, Array], Array]
    floor: Callable[[Array], float]
    indexed: bool = False
    squares: bool = False
    torch: str = ""
    torch_factor: float = 1.0

    def value(self, z: Any, y: Any) -> Array:
        """Return the loss of every row; z is (K, n), y is (n,) class numbers or (K, n)."""
        return self._run(z, y)[0]

    def gradient(self, z: Any, y: Any) -> Array:
        """Return dL/dZ (K, n) of every row's loss."""
        return self._run(z, y)[1]

    def _run(self, z: Any, y: Any) -> tuple[Array, Array]:
        delta: Array = np.array(z, dtype=float)[None]
        losses: Array = np.empty((1, delta.shape[2]))
        self.step(delta, np.asarray(y)[None], losses, np.empty_like(delta))
        return np.asarray(losses[0]), np.asarray(delta[0])


def _softmax_step(z: Array, y: Array, losses: Array, scratch: Array) -> None:
    z -= np.maximum.reduce(z, axis=1, keepdims=True)
    flat, truth = z.reshape(-1), true_positions(y, z.shape[1])
    at_truth = flat[truth]
    np.exp(z, out=z)
    total = np.add.reduce(z, axis=1, keepdims=True)
    np.log(total[:, 0], out=losses)
    losses -= at_truth
    z /= total
    flat[truth] -= 1


def true_positions(y: Array, n_classes: int) -> Array:
    """Return the positions in a flat (S, K, n) array of each row's true class; y is (S, n)."""
    n_members, n_rows = y.shape
    positions: Array = y * n_rows
    positions += _first_positions(n_members, n_rows, n_classes)
    return positions


@lru_cache(maxsize=256)
def _first_positions(n_members: int, n_rows: int, n_classes: int) -> Array:
    return np.arange(n_rows) + np.arange(n_members)[:, None] * (n_classes * n_rows)


def _softmax(z: Array) -> Array:
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    return z


def _binary_step(z: Array, y: Array, losses: Array, scratch: Array) -> None:
    # log(1 + e^z) - y z, without overflow: max(z, 0) - y z + log(1 + e^-|z|)
    np.abs(z, out=scratch)
    np.negative(scratch, out=scratch)
    np.exp(scratch, out=scratch)
    np.log1p(scratch, out=scratch)
    scratch += np.maximum(z, 0)
    scratch -= y * z
    np.add.reduce(scratch, axis=1, out=losses)
    _logistic(z)
    z -= y


def _logistic(z: Array) -> Array:
    z *= 0.5
    np.tanh(z, out=z)
    z *= 0.5
    z += 0.5
    return z


def _squared_step(z: Array, y: Array, losses: Array, scratch: Array) -> None:
    z -= y
    np.multiply(z, z, out=scratch)
    np.add.reduce(scratch, axis=1, out=losses)
    losses *= 0.5


def _huber_step(z: Array, y: Array, losses: Array, scratch: Array) -> None:
    z -= y
    size = np.abs(z)
    near = np.minimum(size, HUBER_DELTA)
    np.multiply(near, size - 0.5 * near, out=scratch)
    np.add.reduce(scratch, axis=1, out=losses)
    np.clip(z, -HUBER_DELTA, HUBER_DELTA, out=z)


def _poisson_step(z: Array, y: Array, losses: Array, scratch: Array) -> None:
    np.clip(z, -LARGEST_EXPONENT, LARGEST_EXPONENT, out=z)
    np.multiply(y, z, out=scratch)
    np.exp(z, out=z)
    np.subtract(z, scratch, out=scratch)
    scratch += _self_information(y)
    np.add.reduce(scratch, axis=1, out=losses)
    z -= y


def _self_information(y: Array) -> Array:
    """Return y ln y − y, 0 at 0: what the Poisson loss lacks to be 0 where the output is y."""
    return np.asarray(y * np.log(np.maximum(y, np.finfo(y.dtype).tiny)) - y)


def _wrong_class(delta: Array, losses: Array) -> Array:
    # delta is p - onehot(y): its largest entry is the largest probability of a wrong class, and exp(-L) is p_y.
    return np.asarray(np.maximum.reduce(delta, axis=1) >= np.exp(-losses))


def _wrong_side(delta: Array, losses: Array) -> Array:
    if delta.shape[1] == 1:
        return np.asarray(losses >= LOSS_OF_A_TIE)
    return np.asarray((np.abs(delta) >= 0.5).any(axis=1))


def _square(delta: Array, losses: Array) -> Array:
    return 2 * losses


def _square_of_delta(delta: Array, losses: Array) -> Array:
    return np.asarray(np.square(delta).sum(axis=1))


def _square_of_huber(delta: Array, losses: Array) -> Array:
    half = 0.5 * HUBER_DELTA**2
    return np.where(losses <= half, 2 * losses, np.square((losses + half) / HUBER_DELTA))


def _class_entropy(y: Array) -> float:
    shares = np.unique(y, return_counts=True)[1] / len(y)
    return float(-(shares * np.log(shares)).sum())


def _label_entropy(y: Array) -> float:
    return sum(_class_entropy(column) for column in y.T)


def _half_variance(y: Array) -> float:
    return 0.5 * float(y.var(axis=0).sum())


def _poisson_of_mean(y: Array) -> float:
    return float((_self_information(y).mean(axis=0) - _self_information(y.mean(axis=0))).sum())


def _huber_of_median(y: Array) -> float:
    apart = np.abs(y - np.median(y, axis=0))
    near = np.minimum(apart, HUBER_DELTA)
    return float((near * (apart - 0.5 * near)).sum(axis=1).mean())


def _exponential(z: Array) -> Array:
    np.clip(z, -LARGEST_EXPONENT, LARGEST_EXPONENT, out=z)
    np.exp(z, out=z)
    return z


def _itself(z: Array) -> Array:
    return z


_ROWS = (
    Loss(
        "softmax_cross_entropy",
        "Cross-entropy (softmax)",
        r"L = \ln \sum_k e^{z_k} - z_y",
        r"\partial L / \partial z = \mathrm{softmax}(z) - \mathrm{onehot}(y)",
        "Bridle 1990",
        "softmax",
        _softmax_step,
        _softmax,
        _wrong_class,
        _class_entropy,
        indexed=True,
        torch="cross_entropy",
    ),
    Loss(
        "binary_cross_entropy",
        "Cross-entropy (sigmoid)",
        r"L = \ln(1 + e^z) - y z",
        r"\partial L / \partial z = \sigma(z) - y",
        "Cox 1958",
        "logistic",
        _binary_step,
        _logistic,
        _wrong_side,
        _label_entropy,
        torch="binary_cross_entropy_with_logits",
    ),
    Loss(
        "squared_error",
        "Squared error",
        r"L = \frac{1}{2}(z - y)^2",
        r"\partial L / \partial z = z - y",
        "Gauss 1809",
        "identity",
        _squared_step,
        _itself,
        _square,
        _half_variance,
        squares=True,
        torch="mse_loss",
        torch_factor=0.5,
    ),
    Loss(
        "huber",
        "Huber",
        r"L = \frac{1}{2} e^2 \text{ if } |e| \le 1 \text{ else } |e| - \frac{1}{2},\; e = z - y",
        r"\partial L / \partial z = \mathrm{clip}(z - y, -1, 1)",
        "Huber 1964",
        "identity",
        _huber_step,
        _itself,
        _square_of_huber,
        _huber_of_median,
        squares=True,
        torch="huber_loss",
    ),
    Loss(
        "poisson",
        "Poisson (counts)",
        r"L = e^z - y z + y \ln y - y",
        r"\partial L / \partial z = e^z - y",
        "Nelder and Wedderburn 1972",
        "exp",
        _poisson_step,
        _exponential,
        _square_of_delta,
        _poisson_of_mean,
        squares=True,
        torch="poisson_nll_loss",
    ),
)

LOSSES = {row.name: row for row in _ROWS}
