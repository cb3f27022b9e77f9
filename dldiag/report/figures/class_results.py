"""Figures of classes and probabilities: confusion, ROC, precision–recall, calibration, and the threshold with its slider."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dldiag.core.i18n import tr
from dldiag.core.performance import Band, Confusion, Performance, Thresholds
from dldiag.core.sanitize import escape_plotly
from dldiag.core.types import Report
from dldiag.report.figures.models import SHARE_AXIS, add_choice, add_line, add_model_band
from dldiag.report.figures.theme import MARKERS, MOST_TICKS, THEMES, Theme, ThemeName, figure, translucent
from dldiag.report.view.labels import error_text, share_text
from dldiag.report.view.performance import performance_label, point_of, rows_of_1000, threshold_text

_DARKEST = 0.5  # Opacity of a cell that holds its whole class; its number stays legible in both themes.
# Where cells have no numbers, a few percent of mistakes are to be seen: (share of the class, part of the darkest).
_STEEP = ((0, 0), (0.005, 0.12), (0.02, 0.24), (0.1, 0.45), (0.4, 0.7), (1, 1))
# The heights of a cell and of all around the cells of a confusion matrix, in pixels.
CELL_HEIGHT, EDGES_HEIGHT = 40, 150
MOST_WRITTEN = 12  # With up to this many classes, every cell has its numbers.
SLIDER_HEIGHT = 150  # The height of the slider, in pixels.
LOG_FROM = 0.05  # A threshold axis is logarithmic where a third of the thresholds lie below.
LONGEST_LABEL = 24  # A class name on an axis has at most this many characters.


def name_of(performance: Performance) -> str:
    """Return a model's name, harmless in a figure."""
    return escape_plotly(performance_label(performance))


def _class_name(label: str) -> str:
    return escape_plotly(label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…")


# --- confusion ----------------------------------------------------------------------------------------------------


def confusion_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw true against predicted classes: the share of each true class, and counts; a list chooses the model."""
    look = THEMES[theme]
    confusions = [
        (name_of(performance), performance.confusion)
        for performance in report.performance
        if performance.confusion is not None
    ]
    first = confusions[0][1]
    fig = figure(theme, height=EDGES_HEIGHT + CELL_HEIGHT * max(4, len(first.labels)))
    fig.add_heatmap(
        **_cells(first),
        texttemplate="%{text}",
        colorscale=[[share, translucent(look.series[0], _DARKEST * part)] for share, part in _scale(first)],
        textfont={"color": look.ink},
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate=f"{tr('True class')}: %{{y}}<br>{tr('Predicted class')}: %{{x}}<br>%{{text}}<extra></extra>",
    )
    if len(confusions) > 1:
        same = [(name, one) for name, one in confusions if one.labels == first.labels]
        add_choice(fig, [name for name, _ in same], [[_restyled(one)] for _, one in same], theme)
    fig.update_xaxes(title={"text": tr("Predicted class"), "standoff": 8}, type="category", showgrid=False, ticks="")
    return fig.update_yaxes(
        title={"text": tr("True class"), "standoff": 8}, type="category", autorange="reversed", showgrid=False, ticks=""
    )


def _scale(confusion: Confusion) -> Sequence[tuple[float, float]]:
    return ((0, 0), (1, 1)) if len(confusion.labels) <= MOST_WRITTEN else _STEEP


def _cells(confusion: Confusion) -> dict[str, Any]:
    shares = confusion.class_shares
    is_written = len(confusion.labels) <= MOST_WRITTEN
    texts = [
        [f"{share:.1%}<br>{count:,}" if is_written else "" for share, count in zip(*row, strict=True)]
        for row in zip(shares, confusion.counts, strict=True)
    ]
    names = [_class_name(label) for label in confusion.named] + ([tr("others")] if confusion.other else [])
    others = [tr("(none of them)")] if len(confusion.counts[0]) > len(names) else []
    return {"x": names + others, "y": names, "z": [list(row) for row in shares], "text": texts}


def _restyled(confusion: Confusion) -> dict[str, Any]:
    return {key: [value] for key, value in _cells(confusion).items()}


# --- curves -------------------------------------------------------------------------------------------------------


def roc_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw recall against false alarms, of each model or, of several classes, of each class."""
    fig = figure(theme)
    _add_ends(fig, [0, 1], [0, 1], theme, tr("random ranking"))
    _add_rankings(fig, report.performance, theme, "roc", tr("False positive rate"))
    fig.update_xaxes(title={"text": tr("False positive rate"), "standoff": 8}, **SHARE_AXIS)
    return fig.update_yaxes(title={"text": tr("Recall"), "standoff": 8}, **SHARE_AXIS)


def precision_recall_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw precision against recall, of each model or, of several classes, of each class."""
    fig = figure(theme).update_layout(legend_traceorder="reversed")  # As in the ROC curve, the first is drawn last.
    rankings = report.performance[0].rankings
    if len(rankings) == 1:
        _add_ends(fig, [0, 1], [rankings[0].share] * 2, theme, tr("random ranking"))
    _add_rankings(fig, report.performance, theme, "precision_recall", tr("Recall"))
    fig.update_xaxes(title={"text": tr("Recall"), "standoff": 8}, **SHARE_AXIS)
    return fig.update_yaxes(title={"text": tr("Precision"), "standoff": 8}, **SHARE_AXIS)


def _add_rankings(fig: go.Figure, models: Sequence[Performance], theme: ThemeName, which: str, of: str) -> None:
    colors = THEMES[theme].series
    first = models[0].rankings
    if len(first) == 1:
        curves = [(name_of(model), model.rankings[0]) for model in models if model.rankings]
    else:
        curves = [(_class_name(one.label), one) for one in first]
    for place, (name, one) in reversed(list(enumerate(curves))):
        curve: Band = getattr(one, which)
        color = colors[place % len(colors)]
        if place == 0 or len(first) > 1:
            add_model_band(fig, curve, name, color, of=of, place=place)
        else:
            add_line(fig, curve, name, color, place, of=of)


def _add_ends(fig: go.Figure, x: list[float], y: list[float], theme: ThemeName, name: str) -> None:
    fig.update_layout(legend_traceorder="reversed")  # The diagnosed model is drawn last, above the others.
    line = {"color": THEMES[theme].faint, "dash": "dot", "width": 1.5}
    fig.add_scatter(x=x, y=y, mode="lines", name=name, line=line, hoverinfo="skip")


def calibration_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the observed share against the predicted probability; whiskers are the diagnosed model's."""
    look = THEMES[theme]
    fig = figure(theme)
    _add_ends(fig, [0, 1], [0, 1], theme, tr("perfect calibration"))
    for place, one in reversed(list(enumerate(report.performance))):
        if one.calibration is not None:
            _add_calibration(fig, one.calibration, name_of(one), look, place)
    fig.update_xaxes(title={"text": tr("Predicted probability"), "standoff": 8}, **SHARE_AXIS)
    return fig.update_yaxes(title={"text": tr("Observed share"), "standoff": 8}, **SHARE_AXIS)


def _add_calibration(fig: go.Figure, band: Band, name: str, look: Theme, place: int) -> None:
    color = look.series[place % len(look.series)]
    whiskers = {
        "type": "data",
        "array": [high - value for value, high in zip(band.value, band.high, strict=True)],
        "arrayminus": [value - low for value, low in zip(band.value, band.low, strict=True)],
        "color": color,
        "thickness": 1.5,
        "width": 4,
    }
    fig.add_scatter(
        x=band.x,
        y=band.value,
        mode="lines+markers",
        name=name,
        error_y=whiskers if place == 0 else None,
        line={"color": color, "width": 2.5 if place == 0 else 1},
        marker={"symbol": MARKERS[place % len(MARKERS)], "size": 8, "color": color},
        customdata=[f"{rows:,}" for rows in band.rows],
        hovertemplate=f"{name}<br>{tr('Predicted')}: %{{x:.1%}}<br>{tr('Observed')}: %{{y:.1%}}<br>{tr('Predictions')}: %{{customdata}}<extra></extra>",
    )


# --- the threshold ------------------------------------------------------------------------------------------------


def threshold_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw recall, precision and cost against the threshold; a slider moves it and says what each threshold gives."""
    look, thresholds = THEMES[theme], report.performance[0].thresholds
    assert thresholds is not None
    fig = figure(theme, height=430 + SLIDER_HEIGHT)
    add_model_band(fig, thresholds.recall, tr("Recall"), look.series[0], of=tr("Threshold"))
    add_model_band(fig, thresholds.precision, tr("Precision"), look.series[1], of=tr("Threshold"), place=1)
    if thresholds.cost is not None:
        _add_cost(fig, thresholds.cost, look)
    at = thresholds.at[thresholds.now]
    fig.add_scatter(
        x=[at, at], y=[0, 1], mode="lines", name=tr("Threshold"), line={"color": look.ink, "width": 2}, hoverinfo="skip"
    )
    fig.update_layout(**_annotation(thresholds, look), sliders=[_slider(thresholds, len(fig.data) - 1, look)])
    fig.update_layout(margin={"t": 104, "b": SLIDER_HEIGHT}, legend={"yref": "paper", "y": 1.0})
    is_log = sorted(thresholds.at)[len(thresholds.at) // 3] < LOG_FROM
    fig.update_xaxes(
        title={"text": tr("Threshold on the probability"), "standoff": 8},
        tickformat=".3~%",
        **(_log_ticks(thresholds) if is_log else {"nticks": 6}),
    )
    return fig.update_yaxes(**SHARE_AXIS)


def _log_ticks(thresholds: Thresholds) -> dict[str, Any]:
    """Return a log axis with as many ticks as a phone has room for: plotly's own run into each other."""
    low, high = min(one for one in thresholds.at if one > 0), max(thresholds.at)
    decades = [10.0**power for power in range(math.floor(math.log10(low)), 1)]
    halves = sorted([*decades, *(3 * one for one in decades)])
    ticks = [one for one in halves if low <= one <= high]
    return {
        "type": "log",
        "tickvals": ticks if len(ticks) <= MOST_TICKS else [one for one in decades if low <= one <= high],
    }


def _add_cost(fig: go.Figure, cost: Band, look: Theme) -> None:
    add_line(fig, cost, tr("Cost per row"), look.series[2], 4, of=tr("Threshold"), yaxis="y2")
    fig.data[-1].hovertemplate = f"{tr('Cost per row')}: %{{y:.3~g}}<extra></extra>"
    axis = {"title": {"text": tr("Cost per row")}, "overlaying": "y", "side": "right", "rangemode": "tozero"}
    fig.update_layout(yaxis2={**axis, "showgrid": False})


def _annotation(thresholds: Thresholds, look: Theme) -> dict[str, Any]:
    text = {
        "text": threshold_words(thresholds, thresholds.now),
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "yshift": 30,
        "xshift": -40,  # Shifted from the edge of the figure, because on a phone the lines are as wide as the figure.
        "xanchor": "left",
        "yanchor": "bottom",
        "align": "left",
        "showarrow": False,
        "font": {"color": look.ink, "size": 12},
    }
    return {"annotations": [text]}


def threshold_words(thresholds: Thresholds, place: int) -> str:
    """Say what a threshold gives, a line for each number."""
    lines = [
        tr("Recall {recall}", recall=share_text(point_of(thresholds.recall, place))),
        tr("Precision {precision}", precision=share_text(point_of(thresholds.precision, place))),
        tr("Of 1,000 rows: {counts}", counts=rows_of_1000(thresholds, place)),
    ]
    if thresholds.cost is not None:
        lines.append(tr("Cost per row {cost}", cost=error_text(point_of(thresholds.cost, place), "cost")))
    return "<br>".join(lines)


def _slider(thresholds: Thresholds, line: int, look: Theme) -> dict[str, Any]:
    steps = [
        {
            "method": "update",
            "label": tr("{threshold} (now)", threshold=threshold_text(at))
            if place == thresholds.now
            else threshold_text(at),
            "args": [{"x": [[at, at]]}, {"annotations[0].text": threshold_words(thresholds, place)}, [line]],
        }
        for place, at in enumerate(thresholds.at)
    ]
    return {
        "active": thresholds.now,
        "steps": steps,
        "currentvalue": {"prefix": tr("Threshold: "), "font": {"color": look.ink, "size": 15}},
        "pad": {"t": 66},
        "font": {"color": "rgba(0,0,0,0)"},  # Hides the tick labels, which the axis above already shows.
        "tickcolor": look.faint,
        "ticklen": 3,
        "bgcolor": look.grid,
        "activebgcolor": look.series[0],
        "bordercolor": look.faint,
        "minorticklen": 0,
    }
