"""Activation functions: one row each, with formula, derivative, source and examples."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import erf

from dldiag.core.types import Array

Forward = Callable[[Array, Array, Any], None]
Backward = Callable[[Array, Array, Array, Array, Any], None]

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@dataclass(frozen=True)
class Activation:
    """One activation A = g(Z).

    `forward(z, a, slope)` writes g(z) into a; `backward(delta, z, a, scratch, slope)` multiplies delta by g'(z) in
    place. `a` may be the same array as `z` unless `keeps_input`. `slope` is a number or an (S, 1, 1) array, used by
    the rows that have `default_slope`. `examples` are pairs (z, g(z)).
    """

    name: str
    label: str
    formula: str
    derivative_formula: str
    source: str
    examples: tuple[tuple[float, float], ...]
    forward: Forward
    backward: Backward
    keeps_input: bool = False
    rectifier: bool = False  # The output is zero or small for negative input, so He initialization suits it.
    saturates_at: float | None = None  # Beyond this |z| the derivative is below 0.01 of its largest value.
    dead_below: float | None = None  # A unit whose output never leaves this value is dead.
    default_slope: float | None = None
    torch: str = ""  # The same function in PyTorch, below `torch`.
    glorot_factor: float = 6.0  # Uniform draws are ± sqrt(factor / (fan in + fan out)), as in scikit-learn.

    def value(self, z: Any, slope: float | None = None) -> Array:
        """Return g(z) as a new array."""
        z = np.asarray(z, dtype=float)
        a: Array = np.empty_like(z)
        self.forward(z, a, self._slope(slope))
        return a

    def derivative(self, z: Any, slope: float | None = None) -> Array:
        """Return g'(z) as a new array."""
        z = np.asarray(z, dtype=float)
        delta: Array = np.ones_like(z)
        self.backward(delta, z, self.value(z, slope), np.empty_like(z), self._slope(slope))
        return delta

    def _slope(self, slope: float | None) -> float:
        return (self.default_slope or 0.0) if slope is None else slope


def _identity(z: Array, a: Array, slope: Any) -> None:
    if a is not z:
        np.copyto(a, z)


def _identity_back(delta: Array, z: Array, a: Array, scratch: Array, slope: Any) -> None:
    """Leave delta: g'(z) = 1."""


def _sigmoid(z: Array, a: Array, slope: Any) -> None:
    # 1 / (1 + exp(-z)) written with tanh, which neither overflows nor loses small values of 1 - g.
    np.multiply(z, 0.5, out=a)
    np.tanh(a, out=a)
    a *= 0.5
    a += 0.5


def _sigmoid_back(delta: Array, z: Array, a: Array, scratch: Array, slope: Any) -> None:
    np.subtract(1, a, out=scratch)
    scratch *= a
    delta *= scratch


def _tanh(z: Array, a: Array, slope: Any) -> None:
    np.tanh(z, out=a)


def _tanh_back(delta: Array, z: Array, a: Array, scratch: Array, slope: Any) -> None:
    np.multiply(a, a, out=scratch)
    np.subtract(1, scratch, out=scratch)
    delta *= scratch


def _relu(z: Array, a: Array, slope: Any) -> None:
    np.maximum(z, _zeros(z.shape[-2:], z.dtype.char), out=a)


@lru_cache(maxsize=256)
def _zeros(shape: tuple[int, ...], dtype: str) -> Array:
    # NumPy compares two arrays four times as fast as an array and a number.
    zeros = np.zeros(shape, dtype)
    zeros.flags.writeable = False
    return zeros


def _relu_back(delta: Array, z: Array, a: Array, scratch: Array, slope: Any) -> None:
    # As whole numbers, -a has its sign bit set exactly where a > 0; shifted down it fills every bit of a mask.
    # Three such operations take half the time of a comparison and a product.
    whole = _WHOLE[a.dtype.char]
    mask, delta_bits = scratch.view(whole), delta.view(whole)
    np.negative(a.view(whole), out=mask)
    np.right_shift(mask, 8 * a.itemsize - 1, out=mask)
    np.bitwise_and(delta_bits, mask, out=delta_bits)


_WHOLE = {"f": np.int32, "d": np.int64}


def _leaky_relu(z: Array, a: Array, slope: Any) -> None:
    negative = np.minimum(z, 0) * slope
    np.maximum(z, 0, out=a)
    a += negative


def _leaky_relu_back(delta: Array, z: Array, a: Array, scratch: Array, slope: Any) -> None:
    np.greater(z, 0, out=scratch, casting="unsafe")
    scratch *= 1 - slope
    scratch += slope
    delta *= scratch


def _elu(z: Array, a: Array, slope: Any) -> None:
    negative = np.expm1(np.minimum(z, 0)) * slope
    np.maximum(z, 0, out=a)
    a += negative


def _elu_back(delta: Array, z: Array, a: Array, scratch: Array, slope: Any) -> None:
    # g'(z) is slope·exp(z) for z < 0 and 1 for z >= 0.
    np.minimum(z, 0, out=scratch)
    np.exp(scratch, out=scratch)
    delta *= np.where(z > 0, 1, scratch * slope)


def _selu(z: Array, a: Array, slope: Any) -> None:
    _elu(z, a, SELU_ALPHA)
    a *= SELU_SCALE


def _selu_back(delta: Array, z: Array, a: Array, scratch: Array, slope: Any) -> None:
    _elu_back(delta, z, a, scratch, SELU_ALPHA)
    delta *= SELU_SCALE


def _gelu(z: Array, a: Array, slope: Any) -> None:
    np.multiply(z, 1 / math.sqrt(2), out=a)
    erf(a, out=a)
    a += 1
    a *= z
    a *= 0.5


def _gelu_back(delta: Array, z: Array, a: Array, scratch: Array, slope: Any) -> None:
    # The derivative is g'(z) = Φ(z) + z·φ(z).
    np.multiply(z, z, out=scratch)
    scratch *= -0.5
    np.exp(scratch, out=scratch)
    scratch *= z
    scratch *= 1 / math.sqrt(2 * math.pi)
    scratch += 0.5 * (1 + erf(z / math.sqrt(2)))
    delta *= scratch


def _softplus(z: Array, a: Array, slope: Any) -> None:
    np.logaddexp(z, 0, out=a)


def _softplus_back(delta: Array, z: Array, a: Array, scratch: Array, slope: Any) -> None:
    _sigmoid(z, scratch, slope)
    delta *= scratch


_ROWS = (
    Activation(
        "identity",
        "Identity",
        r"g(z) = z",
        r"g'(z) = 1",
        "—",
        ((-2.0, -2.0), (0.0, 0.0), (3.0, 3.0)),
        _identity,
        _identity_back,
        torch="positive",
    ),
    Activation(
        "logistic",
        "Sigmoid",
        r"g(z) = \frac{1}{1 + e^{-z}}",
        r"g'(z) = a\,(1 - a)",
        "Rumelhart, Hinton & Williams 1986",
        ((0.0, 0.5), (math.log(3), 0.75), (-1000.0, 0.0)),
        _sigmoid,
        _sigmoid_back,
        saturates_at=6.0,
        glorot_factor=2.0,
        torch="sigmoid",
    ),
    Activation(
        "tanh",
        "Tanh",
        r"g(z) = \tanh z",
        r"g'(z) = 1 - a^2",
        "LeCun et al. 1998, Efficient BackProp",
        ((0.0, 0.0), (math.atanh(0.5), 0.5), (1000.0, 1.0)),
        _tanh,
        _tanh_back,
        saturates_at=3.0,
        torch="tanh",
    ),
    Activation(
        "relu",
        "ReLU",
        r"g(z) = \max(0, z)",
        r"g'(z) = 1 \text{ if } z > 0 \text{ else } 0",
        "Nair & Hinton 2010",
        ((-2.0, 0.0), (0.0, 0.0), (3.0, 3.0)),
        _relu,
        _relu_back,
        rectifier=True,
        dead_below=0.0,
        torch="relu",
    ),
    Activation(
        "leaky_relu",
        "Leaky ReLU",
        r"g(z) = \max(0, z) + s \min(0, z)",
        r"g'(z) = 1 \text{ if } z > 0 \text{ else } s",
        "Maas, Hannun & Ng 2013",
        ((-2.0, -0.02), (0.0, 0.0), (3.0, 3.0)),
        _leaky_relu,
        _leaky_relu_back,
        keeps_input=True,
        rectifier=True,
        default_slope=0.01,
        torch="nn.functional.leaky_relu",
    ),
    Activation(
        "elu",
        "ELU",
        r"g(z) = z \text{ if } z > 0 \text{ else } s\,(e^z - 1)",
        r"g'(z) = 1 \text{ if } z > 0 \text{ else } s\,e^z",
        "Clevert, Unterthiner & Hochreiter 2016",
        ((-1000.0, -1.0), (0.0, 0.0), (3.0, 3.0)),
        _elu,
        _elu_back,
        keeps_input=True,
        rectifier=True,
        default_slope=1.0,
        torch="nn.functional.elu",
    ),
    Activation(
        "selu",
        "SELU",
        r"g(z) = \lambda z \text{ if } z > 0 \text{ else } \lambda\alpha\,(e^z - 1)",
        r"g'(z) = \lambda \text{ if } z > 0 \text{ else } \lambda\alpha\,e^z",
        "Klambauer et al. 2017",
        ((-1000.0, -SELU_SCALE * SELU_ALPHA), (0.0, 0.0), (1.0, SELU_SCALE)),
        _selu,
        _selu_back,
        keeps_input=True,
        rectifier=True,
        torch="nn.functional.selu",
    ),
    Activation(
        "gelu",
        "GELU",
        r"g(z) = z\,\Phi(z)",
        r"g'(z) = \Phi(z) + z\,\varphi(z)",
        "Hendrycks & Gimpel 2016",
        ((-1000.0, 0.0), (0.0, 0.0), (1000.0, 1000.0)),
        _gelu,
        _gelu_back,
        keeps_input=True,
        rectifier=True,
        torch="nn.functional.gelu",
    ),
    Activation(
        "softplus",
        "Softplus",
        r"g(z) = \ln(1 + e^z)",
        r"g'(z) = \frac{1}{1 + e^{-z}}",
        "Dugas et al. 2001",
        ((0.0, math.log(2)), (1000.0, 1000.0), (-1000.0, 0.0)),
        _softplus,
        _softplus_back,
        keeps_input=True,
        rectifier=True,
        torch="nn.functional.softplus",
    ),
)

ACTIVATIONS = {row.name: row for row in _ROWS}
ACTIVATIONS["sigmoid"] = ACTIVATIONS["logistic"]
