"""Parts that figures of several models share: bands, and the list from which a reader picks one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dldiag.core.performance import Band
from dldiag.report.figures.theme import DASHES, THEMES, ThemeName, translucent

MENU_HEIGHT = 44  # A list above a figure takes this many pixels.
SHARE_AXIS: dict[str, Any] = {"tickformat": ".0%", "range": [-0.02, 1.02], "zeroline": False}


def shade(
    fig: go.Figure,
    x: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    color: str,
    legend: str,
    **more: Any,
) -> None:
    """Shade the area between two curves over x; it shows and hides with the entry of the legend."""
    fig.add_scatter(
        x=[*x, *reversed(x)],
        y=[*high, *reversed(low)],
        fill="toself",
        fillcolor=translucent(color),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
        legendgroup=legend,
        **more,
    )


def add_model_band(fig: go.Figure, curve: Band, name: str, color: str, *, of: str = "x", place: int = 0) -> None:
    """Draw a curve with its 90% band; place chooses its dash."""
    shade(fig, curve.x, curve.low, curve.high, color, name)
    add_line(fig, curve, name, color, place, of=of)


def add_line(fig: go.Figure, curve: Band, name: str, color: str, place: int, *, of: str = "x", **axis: str) -> None:
    """Draw a curve; place chooses its dash, so that curves differ by more than color."""
    fig.add_scatter(
        x=curve.x,
        y=curve.value,
        mode="lines",
        name=name,
        legendgroup=name,
        line={"color": color, "dash": DASHES[place % len(DASHES)], "width": 2.5 if place == 0 else 1.5},
        customdata=list(zip(curve.low, curve.high, strict=True)),
        hovertemplate=f"{name}<br>{of}: %{{x:.3~f}}<br>%{{y:.1%}} (%{{customdata[0]:.1%}}–%{{customdata[1]:.1%}})<extra></extra>",
        **axis,
    )


def add_choice(fig: go.Figure, names: Sequence[str], arguments: Sequence[Sequence[Any]], theme: ThemeName) -> None:
    """Draw a list above a figure; choosing a name changes traces and layout by its arguments, inside the browser."""
    look = THEMES[theme]
    buttons = [
        {"label": name, "method": "update", "args": list(argument)}
        for name, argument in zip(names, arguments, strict=True)
    ]
    menu = {
        "buttons": buttons,
        "x": 0,
        "xanchor": "left",
        "y": 1,
        "yanchor": "bottom",
        "pad": {"b": 8},
        "bgcolor": look.paper,
        "bordercolor": look.faint,
        "font": {"color": look.ink},
        "showactive": False,
    }
    fig.update_layout(updatemenus=[menu], margin_t=12 + MENU_HEIGHT)
