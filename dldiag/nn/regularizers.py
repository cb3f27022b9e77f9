"""What keeps a network from fitting its training rows too closely: one row each, with formula, gradient and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Regularizer:
    """One regularizer and the settings of the estimators that switch it on; `examples` are such settings.

    `weakens` names what it makes smaller, measured on the fitted network: "weights" (their length), "many_weights"
    (how many are not near 0), "gradient" (its longest step) or "epochs". Empty: nothing that is always smaller.
    """

    name: str
    label: str
    formula: str
    gradient_formula: str
    source: str
    examples: tuple[Mapping[str, Any], ...] = field(default=())
    weakens: str = ""


_ROWS = (
    Regularizer(
        "alpha",
        "L2",
        r"\frac{\alpha}{2n} \sum_l \lVert W^{[l]} \rVert^2",
        r"dW \mathrel{+}= \frac{\alpha}{n} W",
        "Hoerl & Kennard 1970; scikit-learn divides by the rows of the batch",
        ({"alpha": 10.0},),
        "weights",
    ),
    Regularizer(
        "l1",
        "L1",
        r"\frac{\lambda_1}{n} \sum_l \sum_{ij} |W^{[l]}_{ij}|",
        r"dW \mathrel{+}= \frac{\lambda_1}{n} \operatorname{sign} W",
        "Tibshirani 1996",
        ({"l1": 1.0},),
        "many_weights",
    ),
    Regularizer(
        "dropout",
        "Dropout",
        r"A \leftarrow A \cdot M / (1 - p),\; M_{ij} \sim \mathrm{Bernoulli}(1 - p)",
        r"dA \leftarrow dA \cdot M / (1 - p)",
        "Srivastava et al. 2014",
        ({"dropout": 0.5},),
    ),
    Regularizer(
        "clip_norm",
        "Gradient clipping",
        r"g \leftarrow g \cdot \min(1, c / \lVert g \rVert)",
        "—",
        "Pascanu, Mikolov & Bengio 2013",
        ({"clip_norm": 0.01},),
        "gradient",
    ),
    Regularizer(
        "early_stopping",
        "Early stopping",
        r"W = W_{t^*},\; t^* = \arg\max_t \text{validation score}",
        "—",
        "Prechelt 1998",
        ({"early_stopping": True, "n_iter_no_change": 3},),
        "epochs",
    ),
    Regularizer(
        "batch_norm",
        "Batch normalization",
        r"Z \leftarrow \gamma \frac{Z - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta",
        r"dZ = \frac{\gamma}{\sigma}\bigl(d - \overline{d} - \hat{Z}\,\overline{d \hat{Z}}\bigr)",
        "Ioffe & Szegedy 2015",
        ({"batch_norm": True},),
    ),
)

REGULARIZERS = {row.name: row for row in _ROWS}
