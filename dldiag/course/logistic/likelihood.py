"""From the likelihood of the labels to the loss: one formula for both classes, its logarithm, and the sum over rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import plotly.graph_objects as go

from dldiag.core.i18n import Message, tr
from dldiag.core.params import param
from dldiag.course.logistic.regression import Descent, cross_entropy
from dldiag.course.shared.band_figures import MOST_DECADES
from dldiag.course.shared.problem import BinaryProblem, sigmoid
from dldiag.report.figures.theme import THEMES, ThemeName, figure

_SMALLEST = 1e-12  # A smaller likelihood is drawn as 0.
EXACT = 1e-9  # A smaller relative difference is the rounding of 64-bit numbers.


@dataclass(frozen=True)
class LikelihoodSettings:
    """How many rows are taken together, and after how many steps of gradient descent."""

    rows: int = param(20, "Rows taken together", "The likelihood of so many labels at once.", low=1, high=200)
    step: int = param(20, "Step looked at", "Of gradient descent; 0 is before training.", low=0, high=50)


@dataclass(frozen=True)
class Likelihood:
    """The first rows of a table at one step: each label's likelihood, their product, and the sum of their losses.

    product: of a^y (1 − a)^(1 − y) over the rows. apart: |log product + sum of losses| over the sum.
    """

    each: tuple[float, ...]
    product: float
    losses: float
    apart: float
    mean: float
    worst: float


def likelihood_of(problem: BinaryProblem, descent: Descent, rows: int, step: int) -> Likelihood:
    """Multiply the likelihoods of the first rows' labels and add up their losses."""
    at = descent.steps[min(step, len(descent.steps) - 1)]
    X, y = problem.X[:rows], problem.y[:rows]
    z = X @ np.asarray(at.w) + at.b
    a = sigmoid(z)
    each = a**y * (1 - a) ** (1 - y)
    losses = float(cross_entropy(z, y).sum())
    apart = abs(float(np.log(each).sum()) + losses) / losses
    return Likelihood(tuple(each.tolist()), float(np.prod(each)), losses, apart, losses / len(y), float(each.min()))


def likelihood_figure(likelihood: Likelihood, *, theme: ThemeName = "light") -> go.Figure:
    """Draw each row's likelihood, and the product of all up to it on a log axis."""
    fig, look = figure(theme), THEMES[theme]
    rows = list(range(1, len(likelihood.each) + 1))
    fig.add_bar(x=rows, y=likelihood.each, name=tr("likelihood of the row's label"), marker={"color": look.series[0]})
    together = np.maximum(np.cumprod(likelihood.each), _SMALLEST)
    line = {"color": look.series[1], "width": 3}
    fig.add_scatter(x=rows, y=together, name=tr("of all labels up to it"), mode="lines+markers", line=line)
    fig.update_xaxes(title={"text": tr("row")}, zeroline=False)
    decades = -np.log10(together.min())
    step = max(1, ceil(decades / MOST_DECADES)) if decades > 1 else None
    return fig.update_yaxes(title={"text": tr("likelihood")}, type="log", dtick=step, exponentformat="power")


def alt_likelihood(likelihood: Likelihood) -> Message:
    """Say how likely one label is and all together."""
    return Message(
        "Likelihood of each row's label, the least {worst:.2g}, and their product, which falls to {product:.1e}.",
        {"worst": likelihood.worst, "product": likelihood.product},
    )


def describe_likelihood(likelihood: Likelihood) -> Message:
    """Say what the logarithm makes of the product."""
    values = {
        "rows": len(likelihood.each),
        "product": likelihood.product,
        "losses": likelihood.losses,
        "mean": likelihood.mean,
        "apart": likelihood.apart,
    }
    return Message(
        "The likelihood of {rows} labels together is {product:.2g}; of many more it is too small to work with. Minus its "
        "logarithm is {losses:.3f}, the sum of the losses (relative difference {apart:.0e}); the cost is their mean, "
        "{mean:.3f}. The smaller the cost, the more likely the labels.",
        values,
    )
