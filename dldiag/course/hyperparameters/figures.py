"""Validation curves and maps drawn."""

from __future__ import annotations

import re

import plotly.graph_objects as go

from dldiag.core.i18n import format_error, tr, translate, typeset
from dldiag.core.sanitize import escape_plotly
from dldiag.core.types import Estimate
from dldiag.course.hyperparameters.settings import value_words
from dldiag.course.hyperparameters.validation_curve import ValidationGrid
from dldiag.report.figures.theme import MARKERS, THEMES, Theme, ThemeName, error_axis, figure

MAP_CELL = 52  # Pixels per row of a map.
MAP_MARGIN = 130
_SMALL_POWER = re.compile("0[.]00+1")
_MOST_WORDS = 14  # A map with more columns has no room for numbers in its cells.


def validation_figure(result: ValidationGrid, *, title: str = "", theme: ThemeName = "light") -> go.Figure:
    """Draw training and dev error against the values of one hyperparameter, with 90% intervals."""
    drawn, look = figure(theme, height=420), THEMES[theme]
    texts = [str(value_words(result.names[0], one.values[0])) for one in result.tried]
    _add_errors(drawn, texts, [one.dev for one in result.tried], tr("Dev error"), look, 0)
    _add_errors(drawn, texts, [one.train for one in result.tried], tr("Training error"), look, 1)
    write_at(drawn, texts[result.best], result.tried[result.best].dev.high, tr("best"), look)
    if result.present is not None and result.present != result.best:
        low = result.tried[result.present].dev.low
        write_at(drawn, texts[result.present], low, tr("present"), look, place="bottom center")
    drawn.update_xaxes(type="category", title={"text": escape_plotly(translate(result.labels[0])), "standoff": 8})
    drawn.update_xaxes(tickvals=texts, ticktext=[short_tick(text) for text in texts])
    return drawn.update_yaxes(**error_axis(result.unit, title), rangemode="tozero")


def short_tick(text: str) -> str:
    """Write a small power of ten as one: on a phone, "0.0001" and "0.001" beside each other run into one.

    >>> short_tick("0.0001"), short_tick("0.01"), short_tick("64, 64"), short_tick("0.00025")
    ('10⁻⁴', '0.01', '64, 64', '0.00025')
    """
    return typeset(f"1e-{len(text) - 2}").removeprefix("1·") if _SMALL_POWER.fullmatch(text) else text


def _add_errors(drawn: go.Figure, texts: list[str], errors: list[Estimate], name: str, look: Theme, index: int) -> None:
    color = look.series[index]
    drawn.add_scatter(
        x=texts,
        y=[error.value for error in errors],
        mode="lines+markers",
        name=name,
        line={"color": color, "width": 2.5 if index == 0 else 1.5, "dash": "dot" if index else "solid"},
        marker={"symbol": MARKERS[0] if index == 0 else f"{MARKERS[1]}-open", "size": 9},
        error_y={
            "type": "data",
            "array": [error.high - error.value for error in errors],
            "arrayminus": [error.value - error.low for error in errors],
            "color": color,
            "thickness": 1.5,
            "width": 5,
        },
    )


def write_at(drawn: go.Figure, x: str, y: float, word: str, look: Theme, *, place: str = "top center") -> None:
    """Write a word at a point of a category axis (an annotation would take "0.1" for a place, not a name)."""
    drawn.add_scatter(
        x=[x],
        y=[y],
        mode="text",
        text=[f"<b>{word}</b>"],
        textposition=place,
        textfont={"color": look.ink},
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )


def map_figure(result: ValidationGrid, *, kind: str = "dev", theme: ThemeName = "light") -> go.Figure:
    """Draw the dev (or training) error over two hyperparameters as a map of cells; ◎ is the best, ○ the present."""
    first, second = result.grid
    errors = [(one.dev if kind == "dev" else one.train).value for one in result.tried]
    rows = [errors[i * len(second) : (i + 1) * len(second)] for i in range(len(first))]
    up, across = (escape_plotly(translate(label)) for label in result.labels)
    drawn = figure(theme, height=MAP_MARGIN + MAP_CELL * len(first))
    drawn.add_heatmap(
        x=_column(result.names[1], second),
        y=_column(result.names[0], first),
        z=rows,
        text=[[_word(result, i * len(second) + j, kind) for j in range(len(second))] for i in range(len(first))],
        texttemplate="%{text}" if len(second) <= _MOST_WORDS else None,
        colorscale="Cividis_r",
        zmin=min(errors),
        zmax=sorted(errors)[int(0.9 * (len(errors) - 1))] or None,
        colorbar={"tickformat": ".3~%" if result.unit == "rate" else ".5~f", "thickness": 12},
        xgap=2,
        ygap=2,
        hovertemplate=f"{up} = %{{y}}<br>{across} = %{{x}}<br>%{{text}}<extra></extra>",
    )
    drawn.update_xaxes(type="category", showgrid=False, title={"text": across, "standoff": 8})
    return drawn.update_yaxes(type="category", showgrid=False, title={"text": up})


def _word(result: ValidationGrid, place: int, kind: str) -> str:
    one = result.tried[place]
    mark = "◎ " if place == result.best else "○ " if place == result.present else ""
    return mark + format_error((one.dev if kind == "dev" else one.train).value, result.unit)


def _column(name: str, texts: tuple[str, ...]) -> list[str]:
    return [escape_plotly(str(value_words(name, text))) for text in texts]
