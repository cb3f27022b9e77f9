"""Optimizers: one row each, an update of all parameters of a stack as vector operations on flat (S, P) arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dldiag.core.types import Array


@dataclass(frozen=True, eq=False)
class Rates:
    """What an update needs besides the gradient; `rate` (and `decay`) are (S, 1): they may differ per member."""

    rate: Array
    momentum: float = 0.9
    nesterov: bool = True
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    decay: Array | float = 0.0  # The decay of AdamW, (S, P), zero where nothing decays.


Update = Callable[[Array, Array, "list[Array]", Rates, int, Array], None]


@dataclass(frozen=True)
class Optimizer:
    """One optimizer: `update(p, g, state, rates, t, scratch)` changes p (S, P) in place; t counts updates from 1.

    `slots` is how many (S, P) arrays of state it carries; g may be overwritten. `decouples_decay` says that L2 is
    applied to the weights directly and not through the gradient. `torch` names the same optimizer in PyTorch, below
    `torch.optim`, and `torch_settings` what it needs there besides the step size to be the same as `Rates()`.
    """

    name: str
    label: str
    formula: str
    source: str
    slots: int
    update: Update
    decouples_decay: bool = False
    torch: str = ""
    torch_settings: Mapping[str, Any] = field(default_factory=dict)


def _sgd(p: Array, g: Array, state: list[Array], rates: Rates, t: int, scratch: Array) -> None:
    _with_velocity(p, g, state[0], rates, rates.nesterov)


def _momentum(p: Array, g: Array, state: list[Array], rates: Rates, t: int, scratch: Array) -> None:
    _with_velocity(p, g, state[0], rates, False)


def _nesterov(p: Array, g: Array, state: list[Array], rates: Rates, t: int, scratch: Array) -> None:
    _with_velocity(p, g, state[0], rates, True)


def _with_velocity(p: Array, g: Array, velocity: Array, rates: Rates, nesterov: bool) -> None:
    g *= rates.rate
    velocity *= rates.momentum
    velocity -= g
    if not nesterov:
        p += velocity
        return
    p -= g
    np.multiply(velocity, rates.momentum, out=g)
    p += g


def _rmsprop(p: Array, g: Array, state: list[Array], rates: Rates, t: int, scratch: Array) -> None:
    (square,) = state
    square *= rates.beta_2
    np.multiply(g, g, out=scratch)
    scratch *= 1 - rates.beta_2
    square += scratch
    np.sqrt(square, out=scratch)
    scratch += rates.epsilon
    g *= rates.rate
    g /= scratch
    p -= g


def _adam(p: Array, g: Array, state: list[Array], rates: Rates, t: int, scratch: Array) -> None:
    # The state holds the sums m/(1-β1) and v/(1-β2): two vector operations
    # less, and the bias corrections move into scalars.
    m, v = state
    m *= rates.beta_1
    m += g
    v *= rates.beta_2
    g *= g
    v += g
    seen_1 = (1 - rates.beta_1**t) / (1 - rates.beta_1)
    seen_2 = ((1 - rates.beta_2**t) / (1 - rates.beta_2)) ** 0.5
    np.sqrt(v, out=scratch)
    scratch += rates.epsilon * seen_2
    np.divide(m, scratch, out=scratch)
    scratch *= rates.rate * p.dtype.type(seen_2 / seen_1)
    p -= scratch


def _adamw(p: Array, g: Array, state: list[Array], rates: Rates, t: int, scratch: Array) -> None:
    np.multiply(p, rates.decay, out=scratch)
    scratch *= rates.rate
    p -= scratch
    _adam(p, g, state, rates, t, scratch)


_ROWS = (
    Optimizer(
        "sgd",
        "SGD with momentum",
        r"v \leftarrow \mu v - \eta g;\; w \leftarrow w + \mu v - \eta g",
        "Robbins & Monro 1951; Nesterov 1983",
        1,
        _sgd,
        torch="SGD",
        torch_settings={"momentum": 0.9, "nesterov": True},
    ),
    Optimizer(
        "momentum",
        "Momentum",
        r"v \leftarrow \mu v - \eta g;\; w \leftarrow w + v",
        "Polyak 1964",
        1,
        _momentum,
        torch="SGD",
        torch_settings={"momentum": 0.9},
    ),
    Optimizer(
        "nesterov",
        "Nesterov momentum",
        r"v \leftarrow \mu v - \eta g;\; w \leftarrow w + \mu v - \eta g",
        "Nesterov 1983; Sutskever et al. 2013",
        1,
        _nesterov,
        torch="SGD",
        torch_settings={"momentum": 0.9, "nesterov": True},
    ),
    Optimizer(
        "rmsprop",
        "RMSprop",
        r"s \leftarrow \beta_2 s + (1 - \beta_2) g^2;\; w \leftarrow w - \eta g / (\sqrt{s} + \varepsilon)",
        "Tieleman & Hinton 2012",
        1,
        _rmsprop,
        torch="RMSprop",
        torch_settings={"alpha": 0.999},
    ),
    Optimizer(
        "adam",
        "Adam",
        r"m \leftarrow \beta_1 m + (1 - \beta_1) g;\; v \leftarrow \beta_2 v + (1 - \beta_2) g^2;\;"
        r" w \leftarrow w - \eta \hat m / (\sqrt{\hat v} + \varepsilon)",
        "Kingma & Ba 2015",
        2,
        _adam,
        torch="Adam",
    ),
    Optimizer(
        "adamw",
        "AdamW",
        r"w \leftarrow w - \eta\lambda w - \eta \hat m / (\sqrt{\hat v} + \varepsilon)",
        "Loshchilov & Hutter 2019",
        2,
        _adamw,
        decouples_decay=True,
        torch="AdamW",
    ),
)

OPTIMIZERS = {row.name: row for row in _ROWS}
