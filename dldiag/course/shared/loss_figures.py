"""A cost over steps, drawn."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dldiag.core.i18n import Message, tr
from dldiag.report.figures.theme import THEMES, ThemeName, figure


def costs_figure(costs: Sequence[float], *, theme: ThemeName = "light") -> go.Figure:
    """Draw the cost before every step."""
    drawn = figure(theme, height=300)
    line = {"color": THEMES[theme].series[0], "width": 2.5}
    drawn.add_scatter(x=list(range(len(costs))), y=list(costs), mode="lines", line=line, showlegend=False)
    drawn.update_xaxes(title={"text": tr("step")}, rangemode="tozero")
    return drawn.update_yaxes(title={"text": tr("cost J (nats)")}, rangemode="tozero")


def alt_costs(costs: Sequence[float]) -> Message:
    """Say where the cost begins and ends."""
    values = {"first": costs[0], "last": costs[-1], "steps": len(costs) - 1}
    return Message("Cost over {steps} steps: from {first:.3f} to {last:.3f}.", values)
