"""Figures with one bar or mark per row: the error budget and the effects of the trials."""

from __future__ import annotations

import plotly.graph_objects as go

from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_plotly
from dldiag.core.types import Estimate, Recommendation, Report, TrialVerdict
from dldiag.diagnosis.remedies import MORE_DATA
from dldiag.report.figures.theme import THEMES, Theme, ThemeName, error_axis, figure
from dldiag.report.view import budget_label, change_text, effect_word, error_text, fits_beyond_achievable, unit_of

ROW_HEIGHT = 56  # pixels
BAR_HEIGHT = 22
MARGIN_HEIGHT = 84

# Each part of the budget: where it begins (as another number of the evidence), its color and its pattern.
PARTS: tuple[tuple[str, str, int, str], ...] = (
    ("achievable", "", 5, ""),
    ("avoidable_bias", "achievable", 0, "/"),
    ("variance", "train_error", 1, "."),
    ("mismatch", "training_dev_error", 3, "x"),
    ("dev_error", "", 2, ""),
)
# The same where the training error lies below the achievable error: there is no bias to show.
BEYOND = (PARTS[0], ("train_error", "", 0, "/"), *PARTS[2:])
SYMBOLS: dict[TrialVerdict, str] = {
    "helped": "circle",
    "hurt": "x",
    "no_effect": "square-open",
    "undecided": "circle-open",
}


def error_budget(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw how the dev error adds up: achievable, then avoidable bias, then variance, each with its interval."""
    evidence, unit, look = report.evidence, unit_of(report), THEMES[theme]
    parts = [part for part in (BEYOND if fits_beyond_achievable(report) else PARTS) if part[0] in evidence]
    drawn = figure(theme, height=MARGIN_HEIGHT + ROW_HEIGHT * len(parts))
    for name, start, color, pattern in parts:
        part, row = evidence[name], budget_label(name)
        row = row.removeprefix("= ") if name == "train_error" else row
        base = evidence[start].value if start in evidence else 0.0
        mark = {
            "color": look.series[color],
            "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": look.paper, "solidity": 0.15},
        }
        drawn.add_bar(
            y=[row],
            x=[part.value],
            base=[base],
            orientation="h",
            width=BAR_HEIGHT / ROW_HEIGHT,
            marker=mark,
            error_x=_whiskers(part, look),
            customdata=[error_text(part, unit)],
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        )
        _write_above(drawn, row, error_text(part, unit))
    drawn.update_yaxes(autorange="reversed", showgrid=False, ticks="")
    return drawn.update_xaxes(**error_axis(unit), rangemode="tozero").update_layout(showlegend=False)


def ran_here(report: Report) -> list[Recommendation]:
    """Return the remedies that were run on these rows: all that were tried but the forecast of more rows."""
    return [one for one in report.recommendations if one.trial is not None and one.remedy != MORE_DATA]


def trial_effects(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the measured change in dev error of each tried remedy, with its interval and the line of no change."""
    tried = ran_here(report)
    unit, look = unit_of(report), THEMES[theme]
    drawn = figure(theme, height=MARGIN_HEIGHT + ROW_HEIGHT * max(1, len(tried)))
    for one in tried:
        _add_effect(drawn, one, unit, look)
    drawn.add_vline(x=0, line={"color": look.ink, "width": 1})
    title = tr("Change in dev error")
    drawn.update_xaxes(**(error_axis(unit) | {"title": {"text": title, "standoff": 8}}), zeroline=False)
    if unit == "rate":
        drawn.update_xaxes(tickformat="+.1%")
    drawn.update_yaxes(range=[max(1, len(tried)) - 0.5, -0.7], showgrid=False, ticks="")
    return drawn.update_layout(showlegend=False)


def _add_effect(drawn: go.Figure, one: Recommendation, unit: str, look: Theme) -> None:
    assert one.trial is not None
    verdict, change = one.trial.verdict, one.trial.change
    color = {"helped": look.good, "hurt": look.bad}.get(verdict, look.neutral)
    row = escape_plotly(one.title)
    drawn.add_scatter(
        x=[change.value],
        y=[row],
        mode="markers",
        marker={"symbol": SYMBOLS[verdict], "size": 12, "color": color, "line": {"color": color, "width": 2}},
        error_x=_whiskers(change, look, color),
        customdata=[f"{effect_word(one.trial)}: {change_text(change, unit)}"],
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    drawn.add_annotation(
        x=change.value,
        y=row,
        text=str(effect_word(one.trial)),
        yshift=16,
        showarrow=False,
        font={"color": color, "size": 12},
    )


def _whiskers(part: Estimate, look: Theme, color: str | None = None) -> dict[str, object]:
    return {
        "type": "data",
        "array": [part.high - part.value],
        "arrayminus": [part.value - part.low],
        "color": color or look.ink,
        "thickness": 1.5,
        "width": 5,
    }


def _write_above(drawn: go.Figure, row: str, text: str) -> None:
    """Write above a bar: beside it, a phone would have no room left for the bar."""
    drawn.add_annotation(x=0, y=row, text=text, xanchor="left", xshift=2, yshift=BAR_HEIGHT, showarrow=False)
