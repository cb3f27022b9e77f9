"""Figures with rows or epochs on the x axis: learning curves, the forecast, training curves."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dldiag.core.i18n import format_error, tr
from dldiag.core.sanitize import escape_plotly
from dldiag.core.types import Estimate, ForecastPoint, LearningCurve, Report, TrainingCurve
from dldiag.report.figures.models import shade
from dldiag.report.figures.theme import (
    DASHES,
    MARKERS,
    THEMES,
    ThemeName,
    error_axis,
    figure,
    rows_axis,
)
from dldiag.report.view import error_axis_title, error_text, model_label, points, unit_of

Points = list[tuple[int, Estimate]]


def learning_curves(
    curves: Sequence[LearningCurve],
    *,
    theme: ThemeName = "light",
    achievable: Estimate | None = None,
    train: bool = True,
    ghost: LearningCurve | None = None,
    title: str = "",
) -> go.Figure:
    """Draw error against training rows: dev error filled marks, training error hollow, 90% bands.

    A model has its own color and its own mark; training errors are dotted, those of the reference models shown by a click
    in the legend. `achievable` is drawn as a range, `ghost`, the curve before a change, as a pale line; title: of the errors.
    """
    unit = curves[0].unit if curves else "rate"
    fig = figure(theme, height=440)
    sizes = sorted({int(size) for curve in curves for size in curve.sizes})
    if achievable is not None and sizes:
        _add_range(fig, achievable, (sizes[0], sizes[-1]), theme)
    if ghost is not None:
        _add_ghost(fig, ghost, theme)
    for index, curve in enumerate(curves):
        series = list(points(curve))
        _add_series(fig, [(p.rows, p.dev) for p in series if p.dev], curve, index, theme=theme, kind="dev")
        if train:
            _add_series(fig, [(p.rows, p.train) for p in series if p.train], curve, index, theme=theme, kind="train")
    return fig.update_xaxes(**rows_axis(sizes)).update_yaxes(**error_axis(unit, title), rangemode="tozero")


def _add_series(
    fig: go.Figure, points: Points, curve: LearningCurve, index: int, *, theme: ThemeName, kind: str
) -> None:
    color = THEMES[theme].series[index % len(THEMES[theme].series)]
    mark = MARKERS[index % len(MARKERS)]
    dev = kind == "dev"
    words = tr("{model}: dev error", model=model_label(curve))
    name = escape_plotly(words if dev else tr("{model}: training error", model=model_label(curve)))
    shown: bool | str = True if dev or index == 0 else "legendonly"
    _add_band(fig, points, color, legend=name, shown=shown)
    fig.add_scatter(
        x=[rows for rows, _ in points],
        y=[error.value for _, error in points],
        mode="lines+markers",
        name=name,
        legendgroup=name,
        visible=shown,
        line={"color": color, "dash": DASHES[index % len(DASHES)] if dev else "dot", "width": 2.5 if dev else 1.5},
        marker={"symbol": mark if dev else f"{mark}-open", "size": 8, "color": color},
        customdata=[error_text(error, curve.unit) for _, error in points],
        hovertemplate=f"{name}<br>{tr('Training rows')}: %{{x:,}}<br>%{{customdata}}<extra></extra>",
    )


def _add_band(fig: go.Figure, points: Points, color: str, *, legend: str, shown: bool | str = True) -> None:
    low, high = [error.low for _, error in points], [error.high for _, error in points]
    shade(fig, [rows for rows, _ in points], low, high, color, legend, visible=shown)


def _add_ghost(fig: go.Figure, curve: LearningCurve, theme: ThemeName) -> None:
    """Draw the dev error before a change."""
    dev_points = [(point.rows, point.dev) for point in points(curve) if point.dev]
    fig.add_scatter(
        x=[rows for rows, _ in dev_points],
        y=[error.value for _, error in dev_points],
        mode="lines",
        name=tr("before the change"),
        line={"color": THEMES[theme].neutral, "dash": "dash", "width": 2},
        customdata=[error_text(error, curve.unit) for _, error in dev_points],
        hovertemplate=f"{tr('Training rows')}: %{{x:,}}<br>%{{customdata}}<extra></extra>",
    )


def _add_range(fig: go.Figure, achievable: Estimate, ends: tuple[int, int], theme: ThemeName) -> None:
    color, name = THEMES[theme].faint, tr("Achievable error")
    _add_band(fig, [(rows, achievable) for rows in ends], color, legend=name)
    fig.add_scatter(
        x=ends,
        y=[achievable.value, achievable.value],
        mode="lines",
        name=name,
        legendgroup=name,
        line={"color": color, "dash": "longdash", "width": 1.5},
        hoverinfo="skip",
    )


def forecast_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the model's dev error and what is expected of it with more rows."""
    unit, look = unit_of(report), THEMES[theme]
    fig = figure(theme)
    dev_points = _dev_points(report)
    expected = [(point.rows, _as_estimate(point)) for point in report.forecast]
    if report.curves:
        _add_series(fig, dev_points, report.curves[0], 0, theme=theme, kind="dev")
    joined = dev_points[-1:] + expected
    _add_band(fig, joined, look.series[1], legend="forecast")
    fig.add_scatter(
        x=[rows for rows, _ in joined],
        y=[error.value for _, error in joined],
        mode="lines+markers",
        name=tr("Expected dev error"),
        line={"color": look.series[1], "dash": "dash", "width": 2.5},
        marker={"symbol": "square-open", "size": 8},
        customdata=[error_text(error, unit) for _, error in joined],
        hovertemplate=f"{tr('Training rows')}: %{{x:,}}<br>%{{customdata}}<extra></extra>",
    )
    _add_target(fig, report, theme)
    rows = [rows for rows, _ in dev_points + expected]
    title = error_axis_title(report)
    return fig.update_xaxes(**rows_axis(rows)).update_yaxes(**error_axis(unit, title), rangemode="tozero")


def _dev_points(report: Report) -> Points:
    return [(p.rows, p.dev) for p in points(report.curves[0]) if p.dev] if report.curves else []


def _as_estimate(point: ForecastPoint) -> Estimate:
    return Estimate(point.value, point.low, point.high)


def _add_target(fig: go.Figure, report: Report, theme: ThemeName) -> None:
    target = report.settings.get("target_error")
    if target is None:
        return
    text = tr("target error {target}", target=format_error(target, unit_of(report)))
    fig.add_hline(
        y=target, line={"color": THEMES[theme].faint, "dash": "dot"}, annotation={"text": text, "yanchor": "bottom"}
    )


def training_figure(
    before: TrainingCurve,
    after: TrainingCurve | None = None,
    *,
    unit: str = "rate",
    theme: ThemeName = "light",
    title: str = "",
) -> go.Figure:
    """Draw training and dev error against epochs, before a remedy and after it."""
    fig = figure(theme)
    _add_epochs(fig, before, tr("before") if after else "", 0, theme)
    if after is not None:
        _add_epochs(fig, after, tr("after"), 1, theme)
    fig.update_xaxes(title={"text": tr("Epoch"), "standoff": 8}, rangemode="tozero")
    return fig.update_yaxes(**error_axis(unit, title), rangemode="tozero")


def _add_epochs(fig: go.Figure, curve: TrainingCurve, when: str, index: int, theme: ThemeName) -> None:
    color = THEMES[theme].series[index]
    for words, errors, dash in (
        (tr("Dev error"), curve.dev_error, "solid"),
        (tr("Training error"), curve.train_error, "dot"),
    ):
        finite = [(epoch, error) for epoch, error in zip(curve.epochs, errors, strict=False) if error is not None]
        fig.add_scatter(
            x=[epoch for epoch, _ in finite],
            y=[error for _, error in finite],
            mode="lines+markers" if len(finite) < 40 else "lines",
            marker={"symbol": MARKERS[index] if dash == "solid" else f"{MARKERS[index]}-open", "size": 5},
            name=f"{words} ({when})" if when else words,
            line={"color": color, "dash": dash, "width": 2},
        )
