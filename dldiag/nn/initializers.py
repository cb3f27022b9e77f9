"""How the weights of a layer are drawn: one row each, with formula and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dldiag.core.types import Array
from dldiag.nn.activations import Activation

Draw = Callable[[np.random.RandomState, int, int, float, Activation], tuple[Array, Array]]


@dataclass(frozen=True)
class Initializer:
    """One initializer: `draw(rng, fan_in, fan_out, scale, activation)` returns W (fan_in, fan_out) and b (fan_out,).

    `deviation` is the standard deviation of the drawn weights, where it is known: (fan_in, fan_out) -> σ.
    `torch` names the same initializer in PyTorch, below `torch.nn.init`, and `torch_settings` what it needs there.
    """

    name: str
    label: str
    formula: str
    source: str
    draw: Draw
    deviation: Callable[[int, int], float] | None = None
    torch: str = ""
    torch_settings: Mapping[str, Any] = field(default_factory=dict)


def _like_sklearn(
    rng: np.random.RandomState, fan_in: int, fan_out: int, scale: float, activation: Activation
) -> tuple[Array, Array]:
    bound = scale * np.sqrt(activation.glorot_factor / (fan_in + fan_out))
    return rng.uniform(-bound, bound, (fan_in, fan_out)), rng.uniform(-bound, bound, fan_out)


def _constant(value: float) -> Draw:
    def draw(
        rng: np.random.RandomState, fan_in: int, fan_out: int, scale: float, activation: Activation
    ) -> tuple[Array, Array]:
        return np.full((fan_in, fan_out), scale * value), np.zeros(fan_out)

    return draw


def _normal(deviation: Callable[[int, int], float]) -> Draw:
    def draw(
        rng: np.random.RandomState, fan_in: int, fan_out: int, scale: float, activation: Activation
    ) -> tuple[Array, Array]:
        return scale * deviation(fan_in, fan_out) * rng.standard_normal((fan_in, fan_out)), np.zeros(fan_out)

    return draw


def _uniform(deviation: Callable[[int, int], float]) -> Draw:
    def draw(
        rng: np.random.RandomState, fan_in: int, fan_out: int, scale: float, activation: Activation
    ) -> tuple[Array, Array]:
        bound = scale * deviation(fan_in, fan_out) * np.sqrt(3.0)
        return rng.uniform(-bound, bound, (fan_in, fan_out)), np.zeros(fan_out)

    return draw


def _orthogonal(
    rng: np.random.RandomState, fan_in: int, fan_out: int, scale: float, activation: Activation
) -> tuple[Array, Array]:
    tall = rng.standard_normal((max(fan_in, fan_out), min(fan_in, fan_out)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diag(r))  # The signs make the draw uniform over orthogonal matrices.
    return scale * (q if fan_in >= fan_out else q.T), np.zeros(fan_out)


def _glorot(fan_in: int, fan_out: int) -> float:
    return float(np.sqrt(2.0 / (fan_in + fan_out)))


def _he(fan_in: int, fan_out: int) -> float:
    return float(np.sqrt(2.0 / fan_in))


def _lecun(fan_in: int, fan_out: int) -> float:
    return float(np.sqrt(1.0 / fan_in))


def _small(fan_in: int, fan_out: int) -> float:
    return 0.01


def _large(fan_in: int, fan_out: int) -> float:
    return 10.0


_GLOROT = "Glorot & Bengio 2010"
_HE = "He et al. 2015"
_ROWS = (
    Initializer(
        "auto",
        "Automatic",
        r"W, b \sim U(\pm\sqrt{6 / (n_{in} + n_{out})}); 2 in place of 6 for the sigmoid",
        "scikit-learn's choice: " + _GLOROT,
        _like_sklearn,
    ),
    Initializer("zeros", "Zeros", r"W = 0", "a mistake shown in the course", _constant(0.0), torch="zeros_"),
    Initializer(
        "constant",
        "Constant",
        r"W = 0.1",
        "a mistake shown in the course",
        _constant(0.1),
        torch="constant_",
        torch_settings={"val": 0.1},
    ),
    Initializer(
        "small_random",
        "Small random",
        r"W \sim N(0, 0.01^2)",
        "Ng's course",
        _normal(_small),
        _small,
        "normal_",
        {"std": 0.01},
    ),
    Initializer(
        "large_random",
        "Large random",
        r"W \sim N(0, 10^2)",
        "Ng's course",
        _normal(_large),
        _large,
        "normal_",
        {"std": 10.0},
    ),
    Initializer(
        "glorot_uniform",
        "Glorot (Xavier) uniform",
        r"W \sim U(\pm\sqrt{6 / (n_{in} + n_{out})})",
        _GLOROT,
        _uniform(_glorot),
        _glorot,
        "xavier_uniform_",
    ),
    Initializer(
        "glorot_normal",
        "Glorot (Xavier) normal",
        r"W \sim N(0, 2 / (n_{in} + n_{out}))",
        _GLOROT,
        _normal(_glorot),
        _glorot,
        "xavier_normal_",
    ),
    Initializer(
        "he_uniform",
        "He uniform",
        r"W \sim U(\pm\sqrt{6 / n_{in}})",
        _HE,
        _uniform(_he),
        _he,
        "kaiming_uniform_",
        {"nonlinearity": "relu"},
    ),
    Initializer(
        "he_normal",
        "He normal",
        r"W \sim N(0, 2 / n_{in})",
        _HE,
        _normal(_he),
        _he,
        "kaiming_normal_",
        {"nonlinearity": "relu"},
    ),
    Initializer(
        "lecun",
        "LeCun",
        r"W \sim N(0, 1 / n_{in})",
        "LeCun et al. 1998",
        _normal(_lecun),
        _lecun,
        "kaiming_normal_",
        {"nonlinearity": "linear"},
    ),
    Initializer(
        "orthogonal", "Orthogonal", r"W^T W = I", "Saxe, McClelland & Ganguli 2014", _orthogonal, torch="orthogonal_"
    ),
)

INITIALIZERS = {row.name: row for row in _ROWS}
