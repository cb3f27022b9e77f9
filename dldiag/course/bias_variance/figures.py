"""Bias, variance and noise drawn: along a setting, and as pictures of underfitting and overfitting."""

from __future__ import annotations

import plotly.graph_objects as go

from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_plotly
from dldiag.core.types import Estimate
from dldiag.course.bias_variance.number_pairs import PairReading
from dldiag.course.bias_variance.pictures import Picture
from dldiag.course.bias_variance.sweep import AXES, Sweep
from dldiag.course.hyperparameters.figures import write_at
from dldiag.report.figures.theme import DASHES, MARKERS, THEMES, Theme, ThemeName, figure, translucent

PICTURE_HEIGHT = 300  # In pixels.
CLASS_MARKS = ("circle", "x")
ROOM_ABOVE = 0.25  # Part of the truth's range that is left free above and below it.


def sweep_figure(sweep: Sweep, *, theme: ThemeName = "light") -> go.Figure:
    """Draw bias, variance, noise and their sum against the values of the varied setting, with 90% intervals."""
    drawn, look = figure(theme, height=430), THEMES[theme]
    texts = [f"{value:g}" for value in sweep.values]
    named = (
        (tr("bias") if sweep.noise_known else tr("bias with noise"), [parts.bias for parts in sweep.parts]),
        (tr("variance"), [parts.variance for parts in sweep.parts]),
        (tr("expected error (the sum)"), [parts.total for parts in sweep.parts]),
    )
    for index, (name, estimates) in enumerate(named):
        _add_part(drawn, texts, estimates, name, look, index)
    if sweep.noise_known:
        noise = [parts.noise for parts in sweep.parts]
        drawn.add_scatter(x=texts, y=noise, mode="lines", name=tr("noise"), line={"color": look.faint, "dash": "dot"})
    best = sweep.parts[sweep.best].total
    write_at(drawn, texts[sweep.best], best.high, tr("least"), look)
    drawn.update_xaxes(type="category", title={"text": str(AXES[sweep.axis].label), "standoff": 8})
    return drawn.update_yaxes(title={"text": _unit_words(sweep.unit), "standoff": 8}, tickformat=_format(sweep.unit))


def _add_part(drawn: go.Figure, texts: list[str], parts: list[Estimate], name: str, look: Theme, index: int) -> None:
    drawn.add_scatter(
        x=texts,
        y=[part.value for part in parts],
        mode="lines+markers",
        name=name,
        line={"color": look.series[index], "dash": DASHES[index], "width": 2.5},
        marker={"symbol": MARKERS[index], "size": 9},
        error_y={
            "type": "data",
            "array": [part.high - part.value for part in parts],
            "arrayminus": [part.value - part.low for part in parts],
            "color": look.series[index],
            "thickness": 1.2,
            "width": 4,
        },
    )


def picture_figure(picture: Picture, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the predictions of many networks: a band around the truth (one feature), or the share of their votes (two)."""
    return (_plane if picture.y else _line)(picture, theme)


def _line(picture: Picture, theme: ThemeName) -> go.Figure:
    drawn, look = figure(theme, height=PICTURE_HEIGHT), THEMES[theme]
    thin = {"color": translucent(look.series[0], 0.35), "width": 1}
    for single in picture.singles:
        drawn.add_scatter(x=picture.x, y=single, mode="lines", line=thin, hoverinfo="skip")
    drawn.add_scatter(
        x=[*picture.x, *picture.x[::-1]],
        y=[*picture.high, *picture.low[::-1]],
        fill="toself",
        fillcolor=translucent(look.series[0]),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
    )
    drawn.add_scatter(x=picture.x, y=picture.mean, mode="lines", line={"color": look.series[0], "width": 3})
    drawn.add_scatter(x=picture.x, y=picture.truth, mode="lines", line={"color": look.series[1], "dash": "dash"})
    drawn.add_scatter(x=picture.row_x, y=picture.row_y, mode="markers", marker={"color": look.faint, "size": 5})
    seen = [*picture.truth, *picture.row_y]
    room = ROOM_ABOVE * (max(seen) - min(seen))
    drawn.update_xaxes(title={"text": "x"})
    drawn.update_yaxes(title={"text": "y"}, range=[min(seen) - room, max(seen) + room])
    return drawn.update_layout(showlegend=False)


def _plane(picture: Picture, theme: ThemeName) -> go.Figure:
    drawn, look = figure(theme, height=PICTURE_HEIGHT), THEMES[theme]
    x, y = sorted(set(picture.x)), sorted(set(picture.y))
    rows = [picture.mean[i * len(x) : (i + 1) * len(x)] for i in range(len(y))]
    drawn.add_heatmap(
        x=x,
        y=y,
        z=rows,
        zmin=0,
        zmax=1,
        colorscale=[(0.0, look.series[0]), (0.5, look.paper), (1.0, look.series[1])],
        opacity=0.55,
        colorbar={"thickness": 10, "tickformat": ".0%"},
        hovertemplate=tr("share of the fits") + ": %{z:.0%}<extra></extra>",
    )
    for k, mark in enumerate(CLASS_MARKS):
        mine = [i for i, one in enumerate(picture.row_class) if one == k]
        drawn.add_scatter(
            x=[picture.row_x[i] for i in mine],
            y=[picture.row_y[i] for i in mine],
            mode="markers",
            showlegend=False,
            marker={"symbol": mark, "size": 6, "color": look.series[k], "line": {"width": 1, "color": look.ink}},
        )
    drawn.update_xaxes(title={"text": "x1"}, showgrid=False)
    return drawn.update_yaxes(title={"text": "x2"}, showgrid=False)


def pairs_figure(readings: tuple[PairReading, ...], *, theme: ThemeName = "light") -> go.Figure:
    """Draw each pair of numbers as one bar: achievable error, then avoidable bias, then variance."""
    drawn, look = figure(theme, height=110 + 44 * len(readings)), THEMES[theme]
    names = [escape_plotly(one.name) for one in readings]
    parts = (
        (tr("achievable error"), [one.achievable for one in readings], look.neutral, ""),
        (tr("avoidable bias"), [one.avoidable_bias for one in readings], look.series[0], "/"),
        (tr("variance"), [one.variance for one in readings], look.series[1], "."),
    )
    for name, values, color, pattern in parts:
        marker = {
            "color": color,
            "pattern": {"shape": pattern, "fgcolor": look.paper, "solidity": 0.2, "fillmode": "overlay"},
        }
        drawn.add_bar(y=names, x=values, orientation="h", name=name, marker=marker)
    drawn.update_layout(barmode="stack", legend={"y": -0.28, "traceorder": "normal"})
    drawn.update_xaxes(tickformat=".0%", title={"text": tr("Error (share of wrong rows)")}, rangemode="tozero")
    return drawn.update_yaxes(autorange="reversed", type="category", showgrid=False, ticks="")


def _unit_words(unit: str) -> str:
    return tr("Share of wrong rows") if unit == "rate" else tr("Squared error / variance of the target")


def _format(unit: str) -> str:
    return ".0%" if unit == "rate" else ".2~f"
