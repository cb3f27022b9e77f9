"""Splits drawn: the rows that each set gets, and the promise of the chosen model against its fresh error."""

from __future__ import annotations

import plotly.graph_objects as go

from dldiag.core.i18n import tr
from dldiag.course.splits.selection import Selection
from dldiag.course.splits.sizes import SplitAdvice, known_to, split_name
from dldiag.report.figures.theme import MARKERS, THEMES, ThemeName, error_axis, figure, translucent

_ROW_HEIGHT, _MARGIN_HEIGHT, RIGHT_MARGIN = 44, 110, 118  # In pixels; "✓ ± 12.2 points" stands on the right.
PATTERNS = ("", "/", ".")  # For training, dev and test set: they can be told apart without color.


def shares_figure(advice: SplitAdvice, *, theme: ThemeName = "light") -> go.Figure:
    """Draw each way of splitting as one bar in three parts, with the half-width that its dev set gives."""
    look = THEMES[theme]
    drawn = figure(theme, height=_MARGIN_HEIGHT + _ROW_HEIGHT * len(advice.options))
    names = [split_name(option) for option in advice.options]
    sets = (
        (tr("training set"), [option.train_rows for option in advice.options]),
        (tr("dev set"), [option.dev_rows for option in advice.options]),
        (tr("test set"), [option.test_rows for option in advice.options]),
    )
    for (name, rows), color, pattern in zip(sets, look.series, PATTERNS, strict=False):
        drawn.add_bar(
            y=names,
            x=[n / max(advice.rows, 1) for n in rows],
            orientation="h",
            name=name,
            marker={
                "color": color,
                "pattern": {"shape": pattern, "fgcolor": look.paper, "solidity": 0.2, "fillmode": "overlay"},
            },
            customdata=[f"{n:,}" for n in rows],
            hovertemplate=f"{name}: %{{customdata}}<extra></extra>",
        )
    for place, option in enumerate(advice.options):
        mark = "✓ " if place == advice.advised else ""
        text = f"{mark}{known_to(option, advice.unit)}"
        bold = f"<b>{text}</b>" if place == advice.advised else text
        drawn.add_annotation(x=1.0, y=names[place], text=bold, xanchor="left", xshift=6, showarrow=False)
    drawn.update_layout(barmode="stack", margin={"r": RIGHT_MARGIN}, legend={"y": -0.28, "traceorder": "normal"})
    drawn.update_xaxes(tickformat=".0%", range=[0, 1], title={"text": tr("Share of the rows")})
    return drawn.update_yaxes(autorange="reversed", type="category", showgrid=False, ticks="")


def selection_figure(result: Selection, *, title: str = "", theme: ThemeName = "light") -> go.Figure:
    """Draw promised and fresh error of the best of k against k."""
    drawn, look = figure(theme, height=400), THEMES[theme]
    series = (
        (tr("on the test set it was chosen on"), result.promised),
        (tr("on fresh rows"), result.fresh),
    )
    for index, (name, errors) in enumerate(series):
        drawn.add_scatter(
            x=result.ks,
            y=errors,
            mode="lines+markers",
            name=name,
            line={"color": look.series[index], "width": 2.5, "dash": "solid" if index else "dash"},
            marker={"symbol": MARKERS[index], "size": 9},
        )
    drawn.update_xaxes(**_models_axis(result))
    return drawn.update_yaxes(**error_axis(result.unit, title)).update_yaxes(
        tickformat=".1%" if result.unit == "rate" else ".3~f"
    )


def gap_figure(result: Selection, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the gap against k: its mean, what one choice may meet, and the closed form for equally good models."""
    drawn, look = figure(theme, height=400), THEMES[theme]
    scale = 100 if result.unit == "rate" else 1  # Differences of percentages are points.
    drawn.add_scatter(
        x=list(result.ks) + list(result.ks)[::-1],
        y=[scale * gap for gap in (*result.high, *result.low[::-1])],
        fill="toself",
        fillcolor=translucent(look.series[0]),
        line={"width": 0},
        mode="lines",
        name=tr("90% of single choices"),
        hoverinfo="skip",
    )
    full, dashed = {"color": look.series[0], "width": 2.5}, {"color": look.series[1], "width": 2, "dash": "dash"}
    for values, name, line, symbol in (
        (result.gap, tr("mean"), full, MARKERS[0]),
        (result.expected, tr("closed form"), dashed, f"{MARKERS[2]}-open"),
    ):
        marker = {"symbol": symbol, "size": 9}
        drawn.add_scatter(
            x=result.ks, y=[scale * gap for gap in values], mode="lines+markers", name=name, line=line, marker=marker
        )
    drawn.add_hline(y=0, line={"color": look.faint, "width": 1})
    drawn.update_xaxes(**_models_axis(result))
    title = tr("Error on fresh rows − test error (points)") if scale > 1 else tr("Error on fresh rows − test error")
    return drawn.update_yaxes(title={"text": title, "standoff": 8}, tickformat=".2~f")


def _models_axis(result: Selection) -> dict[str, object]:
    return {
        "type": "log",
        "title": {"text": tr("Models, k (log scale)"), "standoff": 8},
        "tickvals": list(result.ks),
        "ticktext": [str(k) for k in result.ks],
    }
