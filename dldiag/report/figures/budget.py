"""The error budget as a figure: one bar for each part of the dev error."""

from __future__ import annotations

import plotly.graph_objects as go

from dldiag.core.types import Estimate, Report
from dldiag.report.figures.theme import THEMES, Theme, ThemeName, error_axis, figure
from dldiag.report.view import as_printed, budget_label, error_axis_title, error_text, fits_beyond_achievable, unit_of

_ROW_HEIGHT = 56  # A bar with its text above it, in pixels.
BAR_HEIGHT = 22
BAR_OPACITY = 0.55  # Whiskers must stand out on every bar.
_MARGIN_HEIGHT = 84

# Each part of the budget: where it begins (as another number of the evidence), its color and its pattern.
_PARTS: tuple[tuple[str, str, int, str], ...] = (
    ("achievable", "", 5, ""),
    ("avoidable_bias", "achievable", 0, "/"),
    ("variance", "train_error", 1, "."),
    ("mismatch", "training_dev_error", 3, "x"),
    ("dev_error", "", 2, ""),
)
# The budget without bias, for a training error below the achievable error.
BEYOND = (_PARTS[0], ("train_error", "", 0, "/"), *_PARTS[2:])


def error_budget(report: Report, *, theme: ThemeName = "light") -> go.Figure:
    """Draw how the dev error adds up: achievable, then avoidable bias, then variance, each with its interval."""
    evidence, unit, look = as_printed(report), unit_of(report), THEMES[theme]
    parts = [part for part in (BEYOND if fits_beyond_achievable(report) else _PARTS) if part[0] in evidence]
    fig = figure(theme, height=_MARGIN_HEIGHT + _ROW_HEIGHT * len(parts))
    for name, start, color, pattern in parts:
        part, row = evidence[name], budget_label(name)
        row = row.removeprefix("= ") if name == "train_error" else row
        base = evidence[start].value if start in evidence else 0.0
        mark = {
            "color": look.series[color],
            "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": look.paper, "solidity": 0.15},
        }
        fig.add_bar(
            y=[row],
            x=[part.value],
            base=[base],
            orientation="h",
            width=BAR_HEIGHT / _ROW_HEIGHT,
            marker=mark,
            marker_opacity=BAR_OPACITY,
            error_x=_whiskers(part, look),
            customdata=[error_text(part, unit)],
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        )
        _write_above(fig, row, error_text(part, unit))
    fig.update_yaxes(autorange="reversed", showgrid=False, ticks="")
    return fig.update_xaxes(**error_axis(unit, error_axis_title(report)), rangemode="tozero").update_layout(
        showlegend=False
    )


def _whiskers(part: Estimate, look: Theme) -> dict[str, object] | None:
    """Return the whiskers of a part; a number that is known exactly has none."""
    if part.low == part.high:
        return None
    return {
        "type": "data",
        "array": [part.high - part.value],
        "arrayminus": [part.value - part.low],
        "color": look.ink,
        "thickness": 2,
        "width": 5,
    }


def _write_above(fig: go.Figure, row: str, text: str) -> None:
    """Write above a bar, because beside it a phone has no room."""
    fig.add_annotation(x=0, y=row, text=text, xanchor="left", xshift=2, yshift=BAR_HEIGHT, showarrow=False)
