"""Penalties on the weights: one row each, with formula, gradient and source; the training loop applies them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dldiag.core.types import Array

Pull = Callable[[Array, Array, Array], None]
PenaltyCost = Callable[[Array, Array, Array], Array]


@dataclass(frozen=True)
class Regularizer:
    """One penalty R on the weights, which `alpha` weighs when the setting `penalty` names it.

    `pull(p, strength, out)` writes strength · dR/dp into out; all are (S, P), and strength is 0 for biases.
    `cost(p, strength, pulled)` returns strength · R summed over the parameters (S,), where pulled is what `pull` wrote.
    `is_decay` says that AdamW takes it from the weights directly.
    """

    name: str
    label: str
    formula: str
    gradient_formula: str
    source: str
    pull: Pull
    cost: PenaltyCost
    is_decay: bool = False


def summed_products(a: Array, b: Array) -> Array:
    """Return the sum of a · b over the parameters of every member (S,)."""
    return np.asarray(np.matmul(a[:, None, :], b[:, :, None])[:, 0, 0])


def _pull_l2(p: Array, strength: Array, out: Array) -> None:
    np.multiply(p, strength, out=out)


def _pull_l1(p: Array, strength: Array, out: Array) -> None:
    np.multiply(np.sign(p), strength, out=out)


_ROWS = (
    Regularizer(
        "l2",
        "L2",
        r"\frac{\alpha}{2n} \sum_l \lVert W^{[l]} \rVert^2",
        r"dW \mathrel{+}= \frac{\alpha}{n} W",
        "Hoerl & Kennard 1970; scikit-learn divides by the rows of the batch",
        _pull_l2,
        lambda p, strength, pulled: 0.5 * summed_products(pulled, p),
        is_decay=True,
    ),
    Regularizer(
        "l1",
        "L1",
        r"\frac{\alpha}{n} \sum_l \sum_{ij} |W^{[l]}_{ij}|",
        r"dW \mathrel{+}= \frac{\alpha}{n} \operatorname{sign} W",
        "Tibshirani 1996",
        _pull_l1,
        lambda p, strength, pulled: summed_products(pulled, p),
    ),
)

REGULARIZERS = {row.name: row for row in _ROWS}
