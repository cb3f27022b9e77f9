"""The figure of partial dependence: the mean prediction along a column that a list chooses."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dldiag.core.error_findings import PartialDependence
from dldiag.core.i18n import Message, tr
from dldiag.core.sanitize import escape_plotly, legible
from dldiag.core.types import Report
from dldiag.report.figures.models import SHARE_AXIS, add_choice
from dldiag.report.figures.theme import THEMES, ThemeName, figure

_MOST_TICKS = 6  # A column with at most this many numbers has a tick at each.
_LONGEST = 40  # A name on an axis has at most this many characters.


def dependence_figure(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the mean prediction for the dev rows along the most important columns, one at a time."""
    assert report.errors is not None
    look, dependences = THEMES[theme], report.errors.dependence
    fig = figure(theme)
    for number, one in enumerate(dependences):
        fig.add_scatter(
            x=[_tick(x) for x in one.values],
            y=list(one.predictions),
            mode="lines+markers" if _axis_type(one) == "linear" else "markers",
            line={"color": look.series[0], "width": 2.5},
            marker={"size": 9, "color": look.series[0]},
            name=_name(one),
            showlegend=False,
            visible=number == 0,
            hovertemplate="%{x}: %{y:.4~g}<extra></extra>",
        )
    if len(dependences) > 1:
        _add_column_choice(fig, report, theme)
    fig.update_xaxes(title={"text": _name(dependences[0]), "standoff": 8}, zeroline=False, **_axis(dependences[0]))
    axis = {**SHARE_AXIS, "autorange": True, "range": None} if dependences[0].label else {"zeroline": False}
    return fig.update_yaxes(title={"text": _predicted(dependences[0], report.dataset.target), "standoff": 8}, **axis)


def _add_column_choice(fig: go.Figure, report: Report, theme: ThemeName) -> None:
    """Add the menu that shows one column and hides the others."""
    assert report.errors is not None
    dependences = report.errors.dependence
    changes: list[list[Any]] = [
        [
            {"visible": [other is one for other in dependences]},
            {"xaxis.title.text": _name(one), "yaxis.title.text": _predicted(one, report.dataset.target)}
            | {f"xaxis.{key}": value for key, value in _axis(one).items()},
        ]
        for one in dependences
    ]
    add_choice(fig, [_name(one) for one in dependences], changes, theme)


def _axis(one: PartialDependence) -> dict[str, Any]:
    """Return the x axis of a column; one with few numbers has a tick at each of them, and none between."""
    is_marked = _axis_type(one) == "linear" and len(one.values) <= _MOST_TICKS
    ticks = list(one.values) if is_marked else None
    return {"type": _axis_type(one), "tickmode": "array" if is_marked else "auto", "tickvals": ticks}


def alt_dependence(report: Report) -> Message:
    """Say how far the mean prediction moves along each column."""
    assert report.errors is not None
    parts = [_alt_of(one) for one in report.errors.dependence]
    text = Message("Mean prediction along the columns the model relies on most.")
    for part in parts:
        text = Message("{one} {other}", {"one": text, "other": part})
    return text


def _alt_of(one: PartialDependence) -> Message:
    template = "{column}: mean probability of {label} between {low} and {high}."
    if not one.label:
        template = "{column}: between {low} and {high}."
    low, high = (f"{end(one.predictions):.3g}" for end in (min, max))
    return Message(template, {"column": one.column, "label": one.label, "low": low, "high": high})


def has_dependence(report: Report) -> bool:
    """Tell whether there is a curve to draw."""
    return report.errors is not None and bool(report.errors.dependence)


def _predicted(one: PartialDependence, target: str) -> str:
    name = escape_plotly(legible(one.label or target, _LONGEST))
    return (
        tr("Mean probability of {label}", label=name) if one.label else tr("Mean prediction of {target}", target=name)
    )


def _axis_type(dependence: PartialDependence) -> str:
    return "category" if any(isinstance(x, str) for x in dependence.values) else "linear"


def _name(dependence: PartialDependence) -> str:
    return escape_plotly(legible(dependence.column, _LONGEST))


def _tick(value: float | str) -> float | str:
    return value if isinstance(value, float | int) else escape_plotly(legible(value, _LONGEST))
