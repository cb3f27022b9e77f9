"""What one unit does, drawn: its loss, its computation graph, its descent, and the layer made of such units."""

from __future__ import annotations

import plotly.graph_objects as go

from dldiag.course.logistic import CostMap, Descent, Graph, LossCurve, Pass
from dldiag.language import tr

NODE_SIZE = 54  # pixels
ARROW_GAP = 30  # pixels between the middle of a node and the tip or tail of an arrow


def loss_figure(curve: LossCurve, row: Pass | None = None) -> go.Figure:
    """Draw the loss of one example against its prediction for both answers, with a row's place on it."""
    figure = go.Figure()
    for values, name, dash in (
        (curve.when_yes, tr("when the answer is yes: −log a"), "solid"),
        (curve.when_no, tr("when the answer is no: −log(1 − a)"), "dash"),
    ):
        figure.add_scatter(x=curve.predictions, y=values, name=name, mode="lines", line={"dash": dash})
    if row is not None:
        figure.add_scatter(
            x=[row.a], y=[row.loss], name=tr("this row"), mode="markers", marker={"size": 14, "symbol": "diamond"}
        )
    figure.update_xaxes(title=tr("prediction a"), range=[0, 1])
    figure.update_yaxes(title=tr("loss (nats)"), rangemode="tozero")
    return figure


def graph_figure(graph: Graph, *, backward: bool = True) -> go.Figure:
    """Draw the computation graph: forward values on the nodes, backward derivatives on the edges."""
    place = {node.key: (node.across, node.up) for node in graph.nodes}
    figure = go.Figure()
    for edge in graph.edges:
        _arrow(figure, place[edge.start], place[edge.end])
    if backward:
        _derivatives(figure, graph, place)
    figure.add_scatter(
        x=[node.across for node in graph.nodes],
        y=[node.up for node in graph.nodes],
        text=[f"{node.label}<br><b>{node.value:.3g}</b>" for node in graph.nodes],
        mode="markers+text",
        textposition="middle center",
        marker={"size": NODE_SIZE, "symbol": "square", "opacity": 0.25},
        hoverinfo="text",
        showlegend=False,
    )
    ups = [node.up for node in graph.nodes]
    figure.update_xaxes(visible=False, range=[-0.45, 4.45], fixedrange=True)
    figure.update_yaxes(visible=False, range=[min(ups) - 0.9, max(ups) + 0.9], fixedrange=True)
    figure.update_layout(
        height=max(320, int(90 * (max(ups) - min(ups) + 1.6))), margin={"l": 5, "r": 5, "t": 5, "b": 5}
    )
    return figure


def _arrow(figure: go.Figure, start: tuple[float, float], end: tuple[float, float]) -> None:
    figure.add_annotation(
        x=end[0],
        y=end[1],
        ax=start[0],
        ay=start[1],
        xref="x",
        yref="y",
        axref="x",
        ayref="y",
        text="",
        arrowhead=2,
        standoff=ARROW_GAP,
        startstandoff=ARROW_GAP,
        arrowwidth=1.3,
        opacity=0.6,
    )


def _derivatives(figure: go.Figure, graph: Graph, place: dict[str, tuple[float, float]]) -> None:
    middles = [_between(place[edge.start], place[edge.end]) for edge in graph.edges]
    figure.add_scatter(
        x=[x for x, _ in middles],
        y=[y for _, y in middles],
        text=[f"{edge.symbol} = {edge.derivative:.3g}" for edge in graph.edges],
        mode="text",
        textposition="top center",
        textfont={"color": "#d1495b", "size": 12},
        hoverinfo="text",
        showlegend=False,
    )


def _between(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2


def descent_figure(descent: Descent, at: int) -> go.Figure:
    """Draw the cost against steps, with the step that is looked at."""
    costs = [step.cost for step in descent.steps]
    figure = go.Figure()
    figure.add_scatter(x=list(range(len(costs))), y=costs, mode="lines", name=tr("cost J"))
    figure.add_scatter(x=[at], y=[costs[at]], mode="markers", name=tr("step {number}", number=at), marker={"size": 13})
    figure.update_xaxes(title=tr("step"), rangemode="tozero")
    figure.update_yaxes(title=tr("cost J (nats)"), rangemode="tozero")
    return figure


def cost_map_figure(made: CostMap, at: int) -> go.Figure:
    """Draw the cost over two weights as a map, with the way that gradient descent took up to a step."""
    figure = go.Figure()
    figure.add_contour(
        x=made.first, y=made.second, z=made.costs, ncontours=25, colorscale="Blues", colorbar={"title": "J"}
    )
    walked = made.path[: at + 1]
    figure.add_scatter(
        x=[u for u, _ in walked],
        y=[v for _, v in walked],
        mode="lines+markers",
        name=tr("the way so far"),
        marker={"size": 5},
        showlegend=False,
    )
    figure.add_scatter(
        x=[walked[-1][0]], y=[walked[-1][1]], mode="markers", marker={"size": 14, "symbol": "star"}, showlegend=False
    )
    figure.update_xaxes(title=tr("weight of {name}", name=made.names[0]))
    last = tr("bias b") if made.names[1] == "b" else tr("weight of {name}", name=made.names[1])
    figure.update_yaxes(title=last)
    return figure
