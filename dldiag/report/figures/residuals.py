"""Figures of a numeric target: predicted against actual values, and residuals by prediction and by column."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from dldiag.core.i18n import tr
from dldiag.core.performance import ResidualBins, Residuals
from dldiag.core.sanitize import escape_plotly, legible
from dldiag.core.types import Report
from dldiag.report.figures.class_results import name_of
from dldiag.report.figures.models import add_choice
from dldiag.report.figures.theme import DASHES, MARKERS, THEMES, Theme, ThemeName, figure, translucent

_LONGEST_NAME = 40  # A column's name on an axis has at most this many characters.
_MISSING = ""


def predicted_actual_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw actual against predicted values, the stronger the color the more rows; a list chooses the model."""
    look = THEMES[theme]
    residuals = [
        (name_of(performance), performance.residuals)
        for performance in report.performance
        if performance.residuals is not None
    ]
    fig = figure(theme, height=440)
    fig.add_heatmap(
        **_density(residuals[0][1]),
        colorscale=[[0, look.grid], [1, look.series[0]]],
        showscale=False,
        hovertemplate=f"{tr('Predicted')}: %{{x:.4~g}}<br>{tr('Actual')}: %{{y:.4~g}}<br>{tr('Predictions')}: %{{text}}<extra></extra>",
    )
    ends = [residuals[0][1].edges[0], residuals[0][1].edges[-1]]
    line = {"color": look.ink, "dash": "dot", "width": 1.5}
    fig.add_scatter(x=ends, y=ends, mode="lines", name=tr("predicted = actual"), line=line, hoverinfo="skip")
    if len(residuals) > 1:
        changes: list[list[Any]] = [
            [{key: [value] for key, value in _density(one).items()}, {}, [0]] for _, one in residuals
        ]
        add_choice(fig, [name for name, _ in residuals], changes, theme)
    fig.update_xaxes(title={"text": tr("Predicted value"), "standoff": 8}, showgrid=False)
    return fig.update_yaxes(title={"text": tr("Actual value"), "standoff": 8}, showgrid=False)


def _density(residuals: Residuals) -> dict[str, Any]:
    """Return the cells with the logarithm of their counts: few rows far off are to be seen, too."""
    middles = [(low + high) / 2 for low, high in pairwise(residuals.edges)]
    z: list[list[float | None]] = [[None] * len(middles) for _ in middles]
    text = [[""] * len(middles) for _ in middles]
    for predicted, actual, count in residuals.cells:
        z[actual][predicted], text[actual][predicted] = math.log1p(count), f"{count:,}"
    return {"x": middles, "y": middles, "z": z, "text": text}


def residuals_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw residuals against the prediction: the mean of each bin with its interval, and where 80% of the rows lie."""
    look = THEMES[theme]
    fig = figure(theme)
    fig.add_hline(y=0, line={"color": look.faint, "dash": "dot"})
    for place, one in reversed(list(enumerate(report.performance))):
        if one.residuals is not None:
            _add_bins(fig, one.residuals.by_prediction, name_of(one), look, place)
    fig.update_layout(legend_traceorder="reversed")
    fig.update_xaxes(title={"text": tr("Predicted value"), "standoff": 8}, zeroline=False)
    return fig.update_yaxes(title={"text": tr("Residual (actual − predicted)"), "standoff": 8})


def residuals_by_column_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the diagnosed model's residuals against a column that a list chooses, the most telling first."""
    look, model = THEMES[theme], report.performance[0]
    assert model.residuals is not None
    columns = model.residuals.by_column
    fig = figure(theme)
    fig.add_hline(y=0, line={"color": look.faint, "dash": "dot"})
    owners: list[int] = []
    for number, column in enumerate(columns):
        before = len(fig.data)
        _add_bins(fig, column, name_of(model), look, 0)
        owners += [number] * (len(fig.data) - before)
    changes: list[list[Any]] = []
    for number, column in enumerate(columns):
        axis = {"xaxis.type": _axis_type(column), "xaxis.title.text": _name(column)}
        changes.append([{"visible": [owner == number for owner in owners]}, axis | {"xaxis.autorange": True}])
    for trace, owner in zip(fig.data, owners, strict=True):
        trace.visible = owner == 0
    if len(columns) > 1:
        add_choice(fig, [_name(column) for column in columns], changes, theme)
    fig.update_xaxes(title={"text": _name(columns[0]), "standoff": 8}, zeroline=False, type=_axis_type(columns[0]))
    return fig.update_yaxes(title={"text": tr("Residual (actual − predicted)"), "standoff": 8})


def _axis_type(bins: ResidualBins) -> str:
    return "category" if any(isinstance(x, str) and x != _MISSING for x in bins.x) else "linear"


def _name(bins: ResidualBins) -> str:
    return escape_plotly(legible(bins.column, _LONGEST_NAME))


def _add_bins(fig: go.Figure, bins: ResidualBins, name: str, look: Theme, place: int) -> None:
    color = look.series[place % len(look.series)]
    places = [i for i, x in enumerate(bins.x) if x != _MISSING or _axis_type(bins) == "category"]
    x = [_tick(bins.x[i]) for i in places]
    if place == 0:
        _add_inner(fig, bins, places, x, look)
    means = [bins.mean[i] for i in places]
    fig.add_scatter(
        x=x,
        y=[mean.value for mean in means],
        mode="lines+markers" if _axis_type(bins) == "linear" else "markers",
        name=name,
        error_y={
            "type": "data",
            "array": [mean.high - mean.value for mean in means],
            "arrayminus": [mean.value - mean.low for mean in means],
            "color": color,
            "thickness": 2,
            "width": 4,
            "visible": place == 0,
        },
        line={"color": color, "dash": DASHES[place % len(DASHES)], "width": 2.5 if place == 0 else 1.5},
        marker={"symbol": MARKERS[place % len(MARKERS)], "size": 8, "color": color},
        customdata=[f"{bins.rows[i]:,}" for i in places],
        hovertemplate=f"{name}<br>%{{x}}<br>{tr('Mean residual')}: %{{y:.4~g}}<br>{tr('Predictions')}: %{{customdata}}<extra></extra>",
    )


def _add_inner(fig: go.Figure, bins: ResidualBins, kept: list[int], x: list[Any], look: Theme) -> None:
    """Draw where 80% of the residuals of each bin lie: a band, or a bar per category."""
    low, high = [bins.low[i] for i in kept], [bins.high[i] for i in kept]
    words, color = tr("80% of the rows"), translucent(look.series[0], 0.18)
    if _axis_type(bins) == "linear":
        band = {"x": [*x, *reversed(x)], "y": [*high, *reversed(low)], "fill": "toself", "fillcolor": color}
        fig.add_scatter(**band, mode="lines", line={"width": 0}, name=words, hoverinfo="skip")
        return
    heights = [top - bottom for bottom, top in zip(low, high, strict=True)]
    fig.add_bar(x=x, y=heights, base=low, marker_color=color, name=words, hoverinfo="skip")


def _tick(value: float | str) -> float | str:
    return value if isinstance(value, float | int) else escape_plotly(legible(value, _LONGEST_NAME) or tr("missing"))
