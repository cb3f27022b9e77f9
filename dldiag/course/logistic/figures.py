"""Figures of one unit: its loss, its computation graph, gradient descent, its cost over steps, and a layer of such units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dldiag.core.i18n import Message, tr, typeset
from dldiag.core.sanitize import escape_plotly
from dldiag.course.logistic.graph import Edge, Graph
from dldiag.course.logistic.hidden_layer import HiddenLayer, WidthComparison
from dldiag.course.logistic.regression import CostMap, Descent, LossCurve, UnitPass
from dldiag.course.shared.band_figures import plane_figure, prediction_contours
from dldiag.course.shared.moving_figures import AT, Frame, frames_side_by_side, moving, name_upward
from dldiag.report.figures.theme import THEMES, ThemeName, figure

NODE_SIZE = 62  # In pixels; a value of three digits fits.
# Pixels of a value of up to MOST_SIGNS characters, and of a longer one.
VALUE_SIZES = (13, 11)
MOST_SIGNS = 7
ARROW_GAP = 34  # Pixels between the middle of a node and the tip or tail of an arrow.
LEVEL_HEIGHT = 160  # Pixels between two levels of the graph: a derivative stands clear of both nodes.
EDGE = 0.25  # Part of a level that is left free above and below the graph; half a node fits.
CLEAR = "&nbsp;" * 2  # Stands between an arrow and the derivative beside it.
MOST_FRAMES = 40  # Most steps of the descent that are shown; of more, every second, third … is.
# Nodes of the graph by the first letter of their key, in the order in which values flow forward.
_FORWARD = (("x", "w", "b", "y", "rest"), ("p",), ("z",), ("a",), ("L",))


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
    return drawn.update_yaxes(title={"text": tr("loss")}, rangemode="tozero")


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
    drawn, look = figure(theme, height=int(LEVEL_HEIGHT * (max(ups) - min(ups) + 2 * EDGE))), THEMES[theme]
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
    drawn.update_xaxes(visible=False, range=[-0.7, right + 0.6], fixedrange=True)
    return drawn.update_yaxes(visible=False, range=[min(ups) - EDGE, max(ups) + EDGE], fixedrange=True)


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
    return typeset(f"{value + 0.0:.3g}")  # Adding 0.0 turns −0 into 0.


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


def line_ends(w1: float, w2: float, b: float, found: WidthComparison) -> tuple[list[float], list[float]] | None:
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
    return drawn.update_yaxes(title={"text": tr("cost J")}, rangemode="tozero")


def alt_costs(costs: Sequence[float]) -> Message:
    """Say where the cost begins and ends."""
    values = {"first": costs[0], "last": costs[-1], "steps": len(costs) - 1}
    return Message("Cost over {steps} steps: from {first:.3f} to {last:.3f}.", values)


def graph_moving(graph: Graph, *, theme: ThemeName = "light") -> go.Figure:
    """Play the values flowing forward, node after node, then the derivatives flowing back along the arrows."""
    drawn = graph_figure(graph, theme=theme)
    values, place = drawn.data[0], {node.key: (node.across, node.up) for node in graph.nodes}
    stages = [{node.key for node in graph.nodes if _stage(node.key) <= at} for at in range(len(_FORWARD))]
    labels = [tr("inputs"), tr("forward: w·x"), tr("forward: z"), tr("forward: a"), tr("forward: loss")]
    back = [tr("backward: da"), tr("backward: dz"), tr("backward: to every product"), tr("backward: dw")]
    frames = [
        Frame(label, [_nodes(values, graph, shown), _slopes(graph, place, 0, theme)])
        for label, shown in zip(labels, stages, strict=True)
    ]
    frames += [
        Frame(label, [_nodes(values, graph, stages[-1]), _slopes(graph, place, number, theme)])
        for number, label in enumerate(back, start=1)
    ]
    drawn.add_trace(_slopes(graph, place, len(back), theme))
    return moving(drawn, frames, "", theme=theme, at_end=True)


def _stage(key: str) -> int:
    return next(at for at, names in enumerate(_FORWARD) if key == names[-1] or key[0] in [name[0] for name in names])


def _nodes(values: go.Scatter, graph: Graph, shown: set[str]) -> go.Scatter:
    words = [text if node.key in shown else node.label for node, text in zip(graph.nodes, values.text, strict=True)]
    return go.Scatter(values).update(text=words)


def _slopes(graph: Graph, place: dict[str, tuple[float, float]], stages: int, theme: ThemeName) -> go.Scatter:
    """Return the derivatives of the last `stages` stages of arrows as texts below them, where no arrow passes."""
    order = {"a": 1, "z": 2, "p": 3, "r": 3, "b": 3, "x": 4, "w": 4}
    shown = [one for one in graph.edges if one.derivative is not None and order[one.start[0]] <= stages]
    ends = [(place[one.start], place[one.end], one.at) for one in shown]
    sides = [_free_side(start, end) for start, end, _ in ends]
    return go.Scatter(
        x=[x0 + at * (x1 - x0) for (x0, _), (x1, _), at in ends],
        y=[y0 + at * (y1 - y0) for (_, y0), (_, y1), at in ends],
        text=[_beside(one, side) for one, side in zip(shown, sides, strict=True)],
        mode="text",
        textposition=[f"bottom {side}" for side in sides],
        cliponaxis=False,
        textfont={"color": THEMES[theme].bad, "size": 13},
        hoverinfo="skip",
        showlegend=False,
    )


def _free_side(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return the side of an arrow's place below which no arrow passes: the left one of an arrow straight down."""
    if start[1] == end[1]:
        return "center"
    return "left" if start[0] <= end[0] else "right"


def _beside(edge: Edge, side: str) -> str:
    """Write a derivative so that it stands clear of its arrow."""
    before, after = {"left": ("", CLEAR), "center": ("", ""), "right": (CLEAR, "")}[side]
    lines = [edge.symbol, short_value(edge.derivative or 0.0)]
    if side == "center":
        lines.insert(0, "&nbsp;")
    return "<br>".join(f"{before}<b>{line}</b>{after}" for line in lines)


def descent_moving(descent: Descent, made: CostMap, *, theme: ThemeName = "light") -> go.Figure:
    """Play gradient descent: the cost over steps, and the way over the map of the cost."""
    drawn, look = frames_side_by_side([tr("cost J"), tr("the way down")], theme), THEMES[theme]
    drawn.add_contour(
        x=made.first,
        y=made.second,
        z=made.costs,
        ncontours=25,
        colorscale=[[0, look.paper], [1, look.series[0]]],
        line={"width": 0.5},
        showscale=False,
        hoverinfo="skip",
        row=1,
        col=2,
    )
    last = len(descent.steps) - 1
    shown = sorted({round(last * i / min(MOST_FRAMES, max(1, last))) for i in range(min(MOST_FRAMES, last) + 1)})
    for column, trace in enumerate(_walk(descent, made, last, theme), start=1):
        drawn.add_trace(trace, row=1, col=column)
    costs = [step.cost for step in descent.steps]
    drawn.update_xaxes(title={"text": tr("step")}, range=[-0.02 * last, 1.02 * last], zeroline=False, col=1)
    drawn.update_yaxes(range=[0, 1.05 * max(costs)], col=1)
    across, up = (escape_plotly(tr("weight of {name}", name=name)) for name in made.names)
    drawn.update_xaxes(title={"text": across}, col=2)
    name_upward(drawn, up, 2, theme)
    frames = [Frame(str(at), _walk(descent, made, at, theme)) for at in shown]
    return moving(drawn, frames, tr("step {at}", at=AT), theme=theme, still=1, at_end=True)


def _walk(descent: Descent, made: CostMap, at: int, theme: ThemeName) -> list[go.Scatter]:
    color = THEMES[theme].series[1]
    sizes = [6] * at + [15]
    common: dict[str, Any] = {
        "mode": "lines+markers",
        "line": {"color": color, "width": 2},
        "marker": {"color": color, "size": sizes},
        "showlegend": False,
        "hoverinfo": "skip",
    }
    costs, path = [step.cost for step in descent.steps[: at + 1]], made.path[: at + 1]
    return [
        go.Scatter(x=list(range(at + 1)), y=costs, **common),
        go.Scatter(x=[u for u, _ in path], y=[v for _, v in path], **common),
    ]


def layer_moving(found: WidthComparison, *, theme: ThemeName = "light") -> go.Figure:
    """Step through the widths of the hidden layer: its predictions on the plane, and every hidden unit's line."""
    first = found.widths[0]
    drawn = plane_figure(found.x, found.y, first.probabilities, found.marks.rows, found.names, theme=theme)
    drawn.add_trace(_lines(found, first, theme))
    frames = [
        Frame(
            _units(one), [*prediction_contours(found.x, found.y, one.probabilities, theme), _lines(found, one, theme)]
        )
        for one in found.widths
    ]
    drawn.update_layout(height=400)
    return moving(drawn, frames, "", theme=theme, still=2)


def _units(one: HiddenLayer) -> str:
    if not one.units:
        return tr("one unit alone: wrong on {error:error}", error=one.error, unit="rate")
    return tr("hidden units: {units}, wrong on {error:error}", units=one.units, error=one.error, unit="rate")


def _lines(found: WidthComparison, one: HiddenLayer, theme: ThemeName) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for line in one.lines if one.units else ():
        ends = line_ends(line.w1, line.w2, line.b, found)
        if ends:
            x, y = [*x, *ends[0], None], [*y, *ends[1], None]
    style = {"color": THEMES[theme].series[2], "width": 1.5, "dash": "dot"}
    return go.Scatter(x=x, y=y, mode="lines", line=style, showlegend=False, hoverinfo="skip")


def alt_layers(found: WidthComparison) -> Message:
    """Say what each width reaches."""
    text = alt_layer(found.widths[0])
    for one in found.widths[1:]:
        text = Message("{before} {part}", {"before": text, "part": alt_layer(one)})
    return text
