"""One unit at work, as moving pictures: the graph forward and backward, the descent, and the layer growing."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dldiag.core.i18n import Message, tr
from dldiag.core.sanitize import escape_plotly
from dldiag.course.logistic.figures import alt_layer, graph_figure, line_ends, short_value
from dldiag.course.logistic.graph import Edge, Graph
from dldiag.course.logistic.hidden_layer import HiddenLayer, Widening
from dldiag.course.logistic.regression import CostMap, Descent
from dldiag.course.shared.band_figures import answer_contours, plane_figure
from dldiag.course.shared.moving_figures import Frame, frames_side_by_side, moving, name_upward
from dldiag.report.figures.theme import THEMES, ThemeName

CLEAR = "&nbsp;" * 3  # between an arrow and the derivative beside it
MOST_FRAMES = 40  # of the descent; of more steps every second, third … is shown
_FORWARD = (("x", "w", "b", "y", "rest"), ("p",), ("z",), ("a",), ("L",))  # nodes by the first letter of their key


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
    """Return the derivatives of the last `stages` stages of arrows as texts beside them, on the side they come from."""
    order = {"a": 1, "z": 2, "p": 3, "r": 3, "b": 3, "x": 4, "w": 4}
    shown = [one for one in graph.edges if one.derivative is not None and order[one.start[0]] <= stages]
    ends = [(place[one.start], place[one.end], one.at) for one in shown]
    return go.Scatter(
        x=[x0 + at * (x1 - x0) for (x0, _), (x1, _), at in ends],
        y=[y0 + at * (y1 - y0) for (_, y0), (_, y1), at in ends],
        text=[_beside(one, left=x0 < x1) for one, ((x0, _), (x1, _), _) in zip(shown, ends, strict=True)],
        mode="text",
        textposition=["middle left" if x0 < x1 else "middle right" for (x0, _), (x1, _), _ in ends],
        textfont={"color": THEMES[theme].bad, "size": 13},
        hoverinfo="skip",
        showlegend=False,
    )


def _beside(edge: Edge, *, left: bool) -> str:
    """Write a derivative so that it stands clear of its arrow, on the left or on the right."""
    lines = (edge.symbol, short_value(edge.derivative or 0.0))
    return "<br>".join(f"<b>{line}</b>{CLEAR}" if left else f"{CLEAR}<b>{line}</b>" for line in lines)


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
    drawn.update_xaxes(title={"text": tr("step")}, range=[-0.02 * last, 1.02 * last], col=1)
    drawn.update_yaxes(range=[0, 1.05 * max(costs)], col=1)
    across, up = (escape_plotly(tr("weight of {name}", name=name)) for name in made.names)
    drawn.update_xaxes(title={"text": across}, col=2)
    name_upward(drawn, up, 2, theme)
    frames = [Frame(str(at), _walk(descent, made, at, theme)) for at in shown]
    return moving(drawn, frames, tr("step"), theme=theme, still=1, at_end=True)


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


def layer_moving(found: Widening, *, theme: ThemeName = "light") -> go.Figure:
    """Step through the widths of the hidden layer: its predictions on the plane, and every hidden unit's line."""
    first = found.widths[0]
    drawn = plane_figure(found.x, found.y, first.probabilities, found.marks.rows, found.names, theme=theme)
    drawn.add_trace(_lines(found, first, theme))
    frames = [
        Frame(_units(one), [*answer_contours(found.x, found.y, one.probabilities, theme), _lines(found, one, theme)])
        for one in found.widths
    ]
    drawn.update_layout(height=400)
    return moving(drawn, frames, "", theme=theme, still=2)


def _units(one: HiddenLayer) -> str:
    if not one.units:
        return tr("one unit alone: wrong on {error:error}", error=one.error, unit="rate")
    return tr("hidden units: {units}, wrong on {error:error}", units=one.units, error=one.error, unit="rate")


def _lines(found: Widening, one: HiddenLayer, theme: ThemeName) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for line in one.lines if one.units else ():
        ends = line_ends(line.w1, line.w2, line.b, found)
        if ends:
            x, y = [*x, *ends[0], None], [*y, *ends[1], None]
    style = {"color": THEMES[theme].series[2], "width": 1.5, "dash": "dot"}
    return go.Scatter(x=x, y=y, mode="lines", line=style, showlegend=False, hoverinfo="skip")


def alt_layers(found: Widening) -> Message:
    """Say what each width reaches."""
    text = alt_layer(found.widths[0])
    for one in found.widths[1:]:
        text = Message("{before} {part}", {"before": text, "part": alt_layer(one)})
    return text
