"""Figures of optimizers: the descent of a single unit, pass by pass, and the loss of the network over passes."""

from __future__ import annotations

import plotly.graph_objects as go

from dldiag.core.i18n import Message, Value, tr
from dldiag.core.sanitize import escape_plotly
from dldiag.course.optimization.descents import CostValley, DescentResult, OptimizerComparison
from dldiag.course.shared.band_figures import LOSS_AXIS, bands_figure
from dldiag.course.shared.moving_figures import AT, Frame, frames_side_by_side, moving, name_upward
from dldiag.report.figures.theme import DASHES, MARKERS, THEMES, ThemeName

LEGEND_ABOVE_TITLES = 1.1  # In heights of the panels.


def valley_moving(found: OptimizerComparison, *, theme: ThemeName = "light") -> go.Figure:
    """Play the descents of a single unit: its cost over passes, and its two weights on the map of the cost."""
    drawn = frames_side_by_side([tr("cost J of one unit"), tr("seen from above")], theme)
    drawn.add_trace(_map(found.valley, theme), row=1, col=2)
    last = found.passes
    for column in (1, 2):
        drawn.add_traces(
            _walked(found, last, column, theme), rows=[1] * len(found.ways), cols=[column] * len(found.ways)
        )
    highest = max(max(one.costs[: last + 1]) for one in found.ways)
    passes = {"title": {"text": tr("pass over the rows")}, "range": [-0.02 * last, 1.02 * last], "zeroline": False}
    drawn.update_xaxes(**passes, row=1, col=1)
    drawn.update_yaxes(range=[0, 1.05 * highest], row=1, col=1)
    across, up = (escape_plotly(tr("weight of {name}", name=name)) for name in found.valley.names)
    drawn.update_xaxes(title={"text": across}, row=1, col=2)
    name_upward(drawn, up, 2, theme)
    frames = [Frame(str(at), [*_walked(found, at, 1, theme), *_walked(found, at, 2, theme)]) for at in range(last + 1)]
    drawn = moving(drawn, frames, tr("pass {at}", at=AT), theme=theme, still=1, at_end=True)
    return drawn.update_layout(legend={"y": LEGEND_ABOVE_TITLES}, margin={"t": 64}, height=drawn.layout.height + 24)


def _map(valley: CostValley, theme: ThemeName) -> go.Contour:
    look = THEMES[theme]
    return go.Contour(
        x=valley.first,
        y=valley.second,
        z=valley.costs,
        ncontours=25,
        colorscale=[[0, look.paper], [1, look.series[5]]],
        line={"width": 0.5},
        showscale=False,
        hoverinfo="skip",
    )


def _walked(found: OptimizerComparison, at: int, column: int, theme: ThemeName) -> list[go.Scatter]:
    """Return every descent up to a pass: its costs (column 1) or its path (column 2)."""
    return [_trace(one, number, at, column, theme) for number, one in enumerate(found.ways)]


def _trace(one: DescentResult, number: int, at: int, column: int, theme: ThemeName) -> go.Scatter:
    color = THEMES[theme].series[number]
    path = one.path[: at + 1]
    x, y = (range(at + 1), one.costs[: at + 1]) if column == 1 else ([u for u, _ in path], [v for _, v in path])
    return go.Scatter(
        x=list(x),
        y=list(y),
        name=escape_plotly(str(one.label)),
        legendgroup=str(number),
        showlegend=column == 1,
        mode="lines+markers",
        line={"color": color, "width": 2, "dash": DASHES[number]},
        marker={"color": color, "symbol": MARKERS[number], "size": [5] * at + [12]},
        hoverinfo="skip",
    )


def alt_valley(found: OptimizerComparison) -> Message:
    """Say where every descent of the single unit ends."""
    text = Message("Moving picture: the cost of one unit over {passes} passes.", {"passes": found.passes})
    for one in found.ways:
        values: dict[str, Value] = {"way": one.label, "first": one.costs[0], "last": one.costs[-1]}
        part = Message("{way}: from {first:.3f} to {last:.3f}.", values)
        text = Message("{first} {second}", {"first": text, "second": part})
    return text


def passes_figure(found: OptimizerComparison, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the loss of the network against passes, a band over seeds for each way."""
    named = [(str(one.label), one.loss) for one in found.ways]
    drawn = bands_figure(named, tr("pass over the rows"), tr("loss on training rows"), theme=theme, **LOSS_AXIS)
    return drawn.update_layout(height=330)


def alt_passes(found: OptimizerComparison) -> Message:
    """Say where the network's loss ends with every optimizer."""
    text = Message("Loss of the network after {passes} passes.", {"passes": found.passes})
    for one in found.ways:
        values: dict[str, Value] = {"way": one.label, "last": one.loss.mean[-1]}
        text = Message("{first} {second}", {"first": text, "second": Message("{way}: {last:.3f}.", values)})
    return text


def way_rows(found: OptimizerComparison) -> list[dict[str, str]]:
    """Return a row for every optimizer: steps, learning rate, loss and seconds."""
    return [
        {
            tr("Way"): str(one.label),
            tr("Steps per pass"): f"{one.steps:,}",
            tr("Best learning rate"): f"{one.rate:g}",
            tr("Loss at the end"): f"{one.loss.mean[-1]:.4f}",
            tr("Milliseconds per pass"): f"{1000 * one.seconds:.2f}",
        }
        for one in found.ways
    ]
