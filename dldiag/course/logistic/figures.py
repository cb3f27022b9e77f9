"""Figures of one unit: its loss, its computation graph, its descent, its cost over steps, and a layer of such units."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dldiag.core.i18n import Message, tr, typeset
from dldiag.course.logistic.graph import Graph
from dldiag.course.logistic.hidden_layer import HiddenLayer, Widening
from dldiag.course.logistic.regression import CostMap, LossCurve, UnitPass
from dldiag.report.figures.theme import THEMES, ThemeName, figure

NODE_SIZE = 62  # pixels: a value of three digits fits
VALUE_SIZES = (13, 11)  # pixels of a node's text: of a value of up to MOST_SIGNS signs, and of a longer one
MOST_SIGNS = 7
ARROW_GAP = 34  # pixels between the middle of a node and the tip or tail of an arrow
LEVEL_HEIGHT = 160  # pixels between two levels of the graph: a derivative stands clear of both nodes


def loss_figure(curve: LossCurve, row: UnitPass | None = None, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the loss of one example against its prediction for both labels, with a row's place on it."""
    drawn, look = figure(theme), THEMES[theme]
    for index, (values, name, dash) in enumerate(
        (
            (curve.when_yes, tr("label 1: −log a"), "solid"),
            (curve.when_no, tr("label 0: −log(1 − a)"), "dash"),
        )
    ):
        line = {"dash": dash, "color": look.series[index], "width": 2.5}
        drawn.add_scatter(x=curve.predictions, y=values, name=name, mode="lines", line=line)
    if row is not None:
        mark = {"size": 14, "symbol": "diamond", "color": look.ink}
        drawn.add_scatter(x=[row.a], y=[row.loss], name=tr("this row"), mode="markers", marker=mark)
    drawn.update_xaxes(title={"text": tr("prediction a")}, range=[0, 1])
    return drawn.update_yaxes(title={"text": tr("loss (nats)")}, rangemode="tozero")


def alt_loss(row: UnitPass) -> Message:
    """Say where the row lies on the loss."""
    return Message(
        "Loss of one example against its prediction: −log a for label 1, −log(1 − a) for label 0. This row has label {y:g}, prediction {a:.3f} and loss {loss:.3f}.",
        {"y": row.y, "a": row.a, "loss": row.loss},
    )


def graph_figure(graph: Graph, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the computation graph with the forward values on its nodes."""
    place = {node.key: (node.across, node.up) for node in graph.nodes}
    ups = [node.up for node in graph.nodes]
    drawn, look = figure(theme, height=int(LEVEL_HEIGHT * (max(ups) - min(ups) + 0.8))), THEMES[theme]
    for edge in graph.edges:
        _arrow(drawn, place[edge.start], place[edge.end], look.faint)
    drawn.add_scatter(
        x=[node.across for node in graph.nodes],
        y=[node.up for node in graph.nodes],
        text=[f"{node.label}<br><b>{short_value(node.value)}</b>" for node in graph.nodes],
        mode="markers+text",
        textposition="middle center",
        textfont={
            "color": look.ink,
            "size": [VALUE_SIZES[len(short_value(n.value)) > MOST_SIGNS] for n in graph.nodes],
        },
        marker={
            "size": NODE_SIZE,
            "symbol": "square",
            "color": look.paper,
            "line": {"color": look.faint, "width": 1.5},
        },
        hoverinfo="skip",
        showlegend=False,
    )
    right = max(node.across for node in graph.nodes)
    drawn.update_xaxes(visible=False, range=[-0.6, right + 0.6], fixedrange=True)
    return drawn.update_yaxes(visible=False, range=[min(ups) - 0.4, max(ups) + 0.4], fixedrange=True)


def _arrow(drawn: go.Figure, start: tuple[float, float], end: tuple[float, float], color: str) -> None:
    drawn.add_annotation(
        x=end[0],
        y=end[1],
        ax=start[0],
        ay=start[1],
        axref="x",
        ayref="y",
        text="",
        arrowhead=2,
        arrowcolor=color,
        standoff=ARROW_GAP,
        startstandoff=ARROW_GAP,
        arrowwidth=1.3,
    )


def short_value(value: float) -> str:
    """Write a value of the graph with three digits."""
    return typeset(f"{value + 0.0:.3g}")  # + 0.0 turns −0 into 0


def alt_graph(row: UnitPass) -> Message:
    """Say the values that flow forward and backward."""
    return Message(
        "Computation graph of one unit on this row. Forward: z = {z:.3f}, a = {a:.3f}, loss = {loss:.3f}. Backward: da = "
        "{da:.3f}, dz = {dz:.3f}, db = {db:.3f}.",
        {"z": row.z, "a": row.a, "loss": row.loss, "da": row.da, "dz": row.dz, "db": row.db},
    )


def alt_cost_map(made: CostMap, at: int) -> Message:
    """Say from where to where the descent went on the map."""
    (u0, v0), (u, v) = made.path[0], made.path[at]
    return Message(
        "Map of the cost over two weights: gradient descent went from ({u0:.2f}, {v0:.2f}) to ({u:.2f}, {v:.2f}).",
        {"u0": u0, "v0": v0, "u": u, "v": v},
    )


def line_ends(w1: float, w2: float, b: float, found: Widening) -> tuple[list[float], list[float]] | None:
    """Return two points of the line w1·x + w2·y + b = 0, on the sides that it crosses least steeply."""
    if abs(w2) >= abs(w1) and w2:
        xs = [found.x[0], found.x[-1]]
        return xs, [-(w1 * x + b) / w2 for x in xs]
    if w1:
        ys = [found.y[0], found.y[-1]]
        return [-(w2 * y + b) / w1 for y in ys], ys
    return None


def alt_layer(one: HiddenLayer) -> Message:
    """Say how many lines are drawn and what the error is."""
    if not one.units:
        return Message(
            "One unit: a straight boundary, wrong on {error:error} of the rows.", {"error": one.error, "unit": "rate"}
        )
    return Message(
        "{units} hidden units, each a dotted line, and the boundary made of them, wrong on {error:error} of the rows.",
        {"units": one.units, "error": one.error, "unit": "rate"},
    )


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
