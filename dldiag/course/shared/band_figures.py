"""Lines with bands, planes with boundaries: the marks that the figures of the course have in common."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10
from typing import Any

import plotly.graph_objects as go

from dldiag.core.sanitize import escape_plotly
from dldiag.course.shared.bands import SeedBand
from dldiag.report.figures.models import shade
from dldiag.report.figures.theme import DASHES, MARKERS, THEMES, ThemeName, figure


def add_band(drawn: go.Figure, found: SeedBand, name: object, index: int, theme: ThemeName, **line: Any) -> None:
    """Draw one band: its mean as a line in the color, dash and mark of its index, its interval as a shade."""
    colors = THEMES[theme].series
    color, label = colors[index % len(colors)], escape_plotly(name)
    _shade(drawn, found, color, label)
    drawn.add_scatter(
        x=found.x,
        y=found.mean,
        name=label,
        legendgroup=label,
        mode=line.get("mode", "lines"),
        line={"color": color, "width": 2.5, "dash": line.get("dash", DASHES[index % len(DASHES)])},
        marker={"symbol": line.get("symbol", MARKERS[index % len(MARKERS)]), "size": 8, "color": color},
        hovertemplate=f"{label}: %{{y:.3g}}<extra></extra>",
    )


def _shade(drawn: go.Figure, found: SeedBand, color: str, label: str) -> None:
    """Shade the interval where it is known."""
    known = [i for i, (low, high) in enumerate(zip(found.low, found.high, strict=True)) if isfinite(low + high)]
    x, low, high = ([values[i] for i in known] for values in (found.x, found.low, found.high))
    shade(drawn, x, low, high, color, label)


LOSS_AXIS: dict[str, Any] = {
    "type": "log",
    "tickvals": [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100],
}
MOST_DECADES = 6  # Most ticks on an axis of powers of ten.
# Ticks within a decade, where less than half a decade, less than one or less than two fill the axis.
_STEPS: tuple[tuple[float, Sequence[float]], ...] = ((0.5, range(1, 10)), (1.0, (1, 1.5, 2, 3, 5, 7)), (2.0, (1, 2, 5)))


def bands_figure(
    named: Sequence[tuple[object, SeedBand | None]], x_title: str, y_title: str, *, theme: ThemeName, **axis: Any
) -> go.Figure:
    """Draw several bands; `mode` is plotly's, everything else is a setting of the y axis.

    A band that is None is left out; the others keep their colors.
    """
    drawn = figure(theme)
    mode = axis.pop("mode", "lines")
    for index, (name, found) in enumerate(named):
        if found is not None:
            add_band(drawn, found, name, index, theme, mode=mode)
    drawn.update_xaxes(title={"text": x_title, "standoff": 8})
    return drawn.update_yaxes(title={"text": y_title, "standoff": 8}, **axis)


def decades_axis(found: Sequence[SeedBand | None]) -> dict[str, Any]:
    """Return the layout of a log axis with at most MOST_DECADES ticks at powers of ten; few decades get steps between."""
    values = [value for one in found if one is not None for value in one.mean if isfinite(value) and value > 0]
    span = log10(max(values) / min(values)) if values else 1.0
    steps = next((steps for most, steps in _STEPS if span < most), None)
    if steps is not None:
        lowest = floor(log10(min(values))) if values else 0
        ticks = [step * 10.0 ** (lowest + decade) for decade in range(-1, 4) for step in steps]
        return {"type": "log", "tickvals": ticks, "exponentformat": "power"}
    return {"type": "log", "dtick": max(1, ceil(span / MOST_DECADES)), "exponentformat": "power"}


def plane_figure(
    x: Sequence[float],
    y: Sequence[float],
    probabilities: Sequence[Sequence[float]],
    rows: Sequence[tuple[float, float, float]],
    names: tuple[str, str],
    *,
    theme: ThemeName,
) -> go.Figure:
    """Draw a model's predictions on two columns: its probability as shades, its boundary as a line, the rows as marks."""
    drawn = figure(theme, height=330)
    drawn.add_traces([*row_marks(rows, theme), *prediction_contours(x, y, probabilities, theme)])
    drawn.update_xaxes(title={"text": escape_plotly(names[0])}, range=[x[0], x[-1]], showgrid=False, zeroline=False)
    return drawn.update_yaxes(
        title={"text": escape_plotly(names[1])}, range=[y[0], y[-1]], showgrid=False, zeroline=False
    )


def row_marks(rows: Sequence[tuple[float, float, float]], theme: ThemeName) -> list[go.Scatter]:
    """Return the rows of both classes as marks, a trace each."""
    look, marks = THEMES[theme], []
    for answer in (0, 1):
        shown = [(u, v) for u, v, label in rows if label == answer]
        marks.append(
            go.Scatter(
                x=[u for u, _ in shown],
                y=[v for _, v in shown],
                mode="markers",
                marker={"symbol": MARKERS[answer], "size": 5, "color": look.series[answer]},
                showlegend=False,
                hoverinfo="skip",
            )
        )
    return marks


def prediction_contours(
    x: Sequence[float], y: Sequence[float], probabilities: Sequence[Sequence[float]], theme: ThemeName
) -> list[go.Contour]:
    """Return a model's predictions on a plane: its probability as shades, and its boundary as a line."""
    look = THEMES[theme]
    common: dict[str, Any] = {"x": x, "y": y, "z": probabilities, "showscale": False, "hoverinfo": "skip"}
    shades = go.Contour(
        zmin=0,
        zmax=1,
        colorscale=[[0, look.series[0]], [0.5, look.paper], [1, look.series[1]]],
        opacity=0.35,
        contours={"start": 0, "end": 1, "size": 0.1, "coloring": "fill", "showlines": False},
        **common,
    )
    boundary = go.Contour(
        contours={"start": 0.5, "end": 0.5, "size": 1, "coloring": "none"},
        line={"color": look.ink, "width": 3},
        showlegend=False,
        **common,
    )
    return [shades, boundary]
