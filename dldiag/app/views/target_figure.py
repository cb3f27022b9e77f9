"""How the target is distributed, drawn before anything is trained: what there is to predict, and how unevenly."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from dldiag.core.i18n import Message, Value, tr, trn
from dldiag.core.sanitize import escape_plotly
from dldiag.core.types import Dataset
from dldiag.report.figures.theme import THEMES, ThemeName, figure

_MOST_CLASSES = 8  # Classes with a bar of their own; the rest share one.
BINS = 24
_HEIGHT = 150  # In px.
_LONGEST_NAME = 24  # Characters of a class name under its bar.


@dataclass(frozen=True)
class Distribution:
    """Counts of the target's values: one per class, or one per bin of a numeric target (`edges` has one more)."""

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    edges: tuple[float, ...] = ()

    @property
    def largest(self) -> int:
        """The position of the most frequent value."""
        return int(np.argmax(self.counts))


def distribution(dataset: Dataset) -> Distribution:
    """Count the target's values."""
    if dataset.task == "regression":
        counts, edges = np.histogram(dataset.y, bins=BINS)
        spans = tuple(f"{low:.4g} … {high:.4g}" for low, high in pairwise(edges))
        return Distribution(spans, tuple(int(n) for n in counts), tuple(float(edge) for edge in edges))
    counts = np.bincount(dataset.y.astype(np.int64), minlength=len(dataset.classes))
    order = np.argsort(-counts, kind="stable")
    shown_classes, rest = order[:_MOST_CLASSES], order[_MOST_CLASSES:]
    labels = [dataset.classes[k] for k in shown_classes] + (
        [trn("{n} other", "{n} others", len(rest))] if len(rest) else []
    )
    numbers = [int(counts[k]) for k in shown_classes] + ([int(counts[rest].sum())] if len(rest) else [])
    return Distribution(tuple(labels), tuple(numbers))


def describe_target(distribution: Distribution, target: str) -> Message:
    """Say in one sentence what the distribution is."""
    share = distribution.counts[distribution.largest] / max(1, sum(distribution.counts))
    values: dict[str, Value] = {
        "target": target,
        "label": distribution.labels[distribution.largest],
        "share": share,
        "count": len(distribution.counts),
    }
    if distribution.edges:
        values |= {"low": distribution.edges[0], "high": distribution.edges[-1]}
        return Message("{target} lies between {low:.4g} and {high:.4g}.", values)
    return Message("{target}: {share:.0%} of the rows are {label}, more than of any other class.", values)


def draw_target(distribution: Distribution, *, theme: ThemeName) -> go.Figure:
    """Draw the counts as bars, one per class or one per bin."""
    look = THEMES[theme]
    fig = figure(theme, height=_HEIGHT)
    names = [_short(label) for label in distribution.labels]
    middles = [(low + high) / 2 for low, high in pairwise(distribution.edges)] or list(range(len(names)))
    fig.add_bar(
        x=middles,
        y=list(distribution.counts),
        customdata=names,
        marker={"color": look.series[0]},
        hovertemplate="%{customdata}: %{y:,}<extra></extra>",
    )
    axis = {} if distribution.edges else {"tickvals": middles, "ticktext": names, "ticks": ""}
    fig.update_xaxes(type="linear", showgrid=False, zeroline=False, nticks=6, **axis)
    return fig.update_yaxes(title={"text": tr("Rows")}, nticks=4).update_layout(showlegend=False, bargap=0.1)


def _short(label: str) -> str:
    return escape_plotly(label if len(label) <= _LONGEST_NAME else label[: _LONGEST_NAME - 1] + "…")
