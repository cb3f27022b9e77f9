"""Colors, marks and the plotly layout of every figure, light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from dldiag.core.i18n import tr

ThemeName = Literal["light", "dark"]

_HEIGHT = 380  # The height of a figure, in pixels.
_RIGHT = 18  # In pixels; half of "1,000" fits, or plotly leaves out the number at the end of an axis.
# The dashboard's own font comes first, so that charts match the page; files fall back on system fonts.
FONT = "'Source Sans', 'Source Sans Pro', system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
BAND_OPACITY = 0.16
MOST_TICKS = 7  # On an axis of rows, numbers of four digits must fit on a phone.
_ROUND = ((1, 2, 5), (1, 3), (1,))  # The round numbers of a decade, from close to wide.


@dataclass(frozen=True)
class Theme:
    """The colors of one appearance; every series color has a contrast of at least 3 : 1 to the paper."""

    paper: str
    ink: str
    faint: str
    grid: str
    series: tuple[str, ...]
    good: str
    bad: str
    neutral: str


# After Okabe & Ito (2008), "Color universal design", darkened for white paper and lightened for dark.
THEMES: dict[ThemeName, Theme] = {
    "light": Theme(
        paper="#ffffff",
        ink="#17252a",
        faint="#4a5a5e",
        grid="#e0e7e8",
        series=("#0072b2", "#c35200", "#004d38", "#a3478a", "#6b5f00", "#4d5a66"),
        good="#00805c",
        bad="#c35200",
        neutral="#5b6675",
    ),
    "dark": Theme(
        paper="#10181b",
        ink="#e7eeef",
        faint="#a9b9bc",
        grid="#26353a",
        series=("#56b4e9", "#f08a4b", "#e9d8a6", "#e3a0c8", "#3cc79b", "#b8c1cc"),
        good="#3cc79b",
        bad="#f08a4b",
        neutral="#a7b0bd",
    ),
}
MARKERS = ("circle", "square", "diamond", "triangle-up", "cross", "x")
DASHES = ("solid", "dash", "dashdot", "longdash", "dot", "longdashdot")


def figure(theme: ThemeName, *, height: int = _HEIGHT) -> go.Figure:
    """Return an empty figure in an appearance; its background is transparent."""
    look = THEMES[theme]
    axis = {
        "gridcolor": look.grid,
        "linecolor": look.faint,
        "zerolinecolor": look.faint,
        "ticks": "outside",
        "tickcolor": look.faint,
        "automargin": True,
        "title": {"standoff": 8},
    }
    layout = go.Layout(
        height=height,
        margin={"l": 8, "r": _RIGHT, "t": 12, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13, "color": look.ink},
        hoverlabel={"bgcolor": look.paper, "bordercolor": look.faint, "font": {"color": look.ink, "family": FONT}},
        legend={
            "orientation": "h",
            "yref": "container",
            "yanchor": "bottom",
            "y": 0,
            "x": 0,
            "bgcolor": "rgba(0,0,0,0)",
        },
        hovermode="closest",
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": look.faint, "activecolor": look.ink},
    )
    return go.Figure(layout=layout).update_xaxes(**axis).update_yaxes(**axis)


def translucent(color: str, opacity: float = BAND_OPACITY) -> str:
    """Return a #rrggbb color as rgba.

    >>> translucent("#0072b2", 0.5)
    'rgba(0, 114, 178, 0.5)'
    """
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def error_axis(unit: str, title: str = "") -> dict[str, object]:
    """Return the layout of an axis that shows errors; title: by which metric, where that is not the usual one.

    Ticks get as many digits as they need: with one, two ticks of a small error would both read 0.1%.
    """
    usual = tr("Error (share of wrong rows)") if unit == "rate" else tr("Error (RMSE / std)")
    ticks, hover = (".3~%", ".2~%") if unit == "rate" else (".5~f", ".3~f")
    return {"title": {"text": title or usual, "standoff": 8}, "tickformat": ticks, "hoverformat": hover}


def rows_axis(rows: Sequence[int]) -> dict[str, object]:
    """Return the layout of a log axis of training rows with ticks at round numbers.

    >>> rows_axis([10, 15, 22, 48, 106, 314, 534])["ticktext"]
    ['10', '20', '50', '100', '200', '500']
    """
    ticks = _round_ticks(min(rows, default=1), max(rows, default=1))
    return {
        "type": "log",
        "title": {"text": tr("Training rows (log scale)"), "standoff": 8},
        "tickvals": ticks,
        "ticktext": [f"{n:,}" for n in ticks],
    }


def _round_ticks(low: int, high: int) -> list[int]:
    """Return the closest round numbers from low to high that are not too many; both ends where fewer than two are round."""
    powers = range(len(str(high)))
    for steps in _ROUND:
        ticks = [step * 10**power for power in powers for step in steps if low <= step * 10**power <= high]
        if len(ticks) <= MOST_TICKS:
            return ticks if len(ticks) >= 2 else sorted({low, high})
    return ticks
