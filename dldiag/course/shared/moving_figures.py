"""A recorded run as a moving picture: plotly frames with a play button and a slider, played without the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_plotly
from dldiag.course.shared.band_figures import prediction_contours, row_marks
from dldiag.course.shared.planes import MOVING_GRID, PlanePredictions
from dldiag.course.shared.problem import PlotMarks
from dldiag.report.figures.theme import THEMES, ThemeName, figure

FRAME_SECONDS = 0.2  # A frame is shown for so long when the picture plays.
AT = "{at}"  # Stands for the place of the slider in the words beside it.
CONTROLS = 92  # Pixels below a picture for the buttons and the slider.
WHOLE_TURN = 0  # In milliseconds: frames follow each other without a transition.


@dataclass(frozen=True)
class Frame:
    """One moment: its label on the slider and the traces that replace those of the first one, in the same order."""

    label: str
    traces: Sequence[Any]


def moving(
    drawn: go.Figure, frames: Sequence[Frame], what: str, *, theme: ThemeName, still: int = 0, at_end: bool = False
) -> go.Figure:
    """Let a figure play through frames; its traces after the first `still` are those that move.

    `what` says what the slider counts ("step {at}", AT being its place). The figure must hold as many moving traces as a frame.
    at_end: it shows the last frame before it is played, and the slider stands there; played, it begins with the first.
    """
    numbers = list(range(still, still + len(frames[0].traces)))
    drawn.frames = [go.Frame(name=str(i), data=list(one.traces), traces=numbers) for i, one in enumerate(frames)]
    margin = {"b": 8 + CONTROLS, "t": 40}
    drawn.update_layout(
        height=drawn.layout.height + CONTROLS,
        margin=margin,
        legend={"yref": "paper", "y": 1.02, "yanchor": "bottom", "orientation": "h", "x": 0},
        updatemenus=[_buttons(theme)],
        sliders=[_slider([one.label for one in frames], what, theme) | {"active": len(frames) - 1 if at_end else 0}],
    )
    return drawn


def _how(seconds: float) -> dict[str, Any]:
    return {
        "frame": {"duration": 1000 * seconds, "redraw": True},
        "transition": {"duration": WHOLE_TURN},
        "mode": "immediate",
        "fromcurrent": True,
    }


def _buttons(theme: ThemeName) -> dict[str, Any]:
    look = THEMES[theme]
    words = (("▶ " + tr("Play"), None, FRAME_SECONDS), ("❚❚ " + tr("Pause"), [None], 0.0))
    return {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 52, "r": 8},
        "bgcolor": look.paper,
        "bordercolor": look.faint,
        "font": {"color": look.ink, "size": 13},
        "buttons": [{"label": label, "method": "animate", "args": [which, _how(s)]} for label, which, s in words],
    }


def _slider(labels: Sequence[str], what: str, theme: ThemeName) -> dict[str, Any]:
    look, (before, _, after) = THEMES[theme], what.partition(AT)
    steps = [
        {"label": label, "method": "animate", "args": [[str(i)], _how(0.0)], "value": str(i)}
        for i, label in enumerate(labels)
    ]
    return {
        "steps": steps,
        "x": 0,
        "len": 1.0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 84, "b": 0, "l": 6, "r": 6},
        "bgcolor": look.grid,
        "activebgcolor": look.series[0],
        "bordercolor": look.faint,
        "font": {"color": "rgba(0,0,0,0)", "size": 1},
        "ticklen": 0,
        "minorticklen": 0,
        "currentvalue": {
            "prefix": before,
            "suffix": after,
            "xanchor": "right",
            "offset": 4,
            "font": {"color": look.ink, "size": 13},
        },
    }


def frames_side_by_side(titles: Sequence[str], theme: ThemeName, *, height: int = 330) -> go.Figure:
    """Return two empty panels beside each other in an appearance."""
    panels = make_subplots(cols=2, subplot_titles=[escape_plotly(title) for title in titles], horizontal_spacing=0.08)
    panels.update_layout(figure(theme, height=height).layout)
    axis = figure(theme).layout
    panels.update_xaxes(axis.xaxis).update_yaxes(axis.yaxis)
    return panels.update_annotations(font={"size": 13, "color": THEMES[theme].ink})


def name_upward(drawn: go.Figure, name: str, column: int, theme: ThemeName) -> None:
    """Name the upward axis inside a picture that has a neighbor: beside its axis there is no room on a phone."""
    drawn.add_annotation(
        text=f"↑ {name}",
        x=0,
        y=1,
        xref=f"x{column} domain",
        yref=f"y{column} domain",
        xanchor="left",
        yanchor="top",
        showarrow=False,
        font={"size": 12, "color": THEMES[theme].ink},
        bgcolor=THEMES[theme].paper,
    )


def two_planes_moving(
    titles: Sequence[str],
    names: tuple[str, str],
    sides: tuple[Sequence[float], Sequence[float]],
    marks: PlotMarks,
    course: tuple[Sequence[int], Sequence[PlanePredictions]],
    *,
    theme: ThemeName,
) -> go.Figure:
    """Play the predictions of two networks on the same plane beside each other.

    sides: places along both axes, of which the ends count. course: the steps and the predictions of both networks at them.
    """
    drawn = frames_side_by_side(titles, theme)
    x, y = (np.linspace(side[0], side[-1], MOVING_GRID).tolist() for side in sides)
    for column in (1, 2):
        drawn.add_traces(row_marks(marks.rows, theme), rows=[1, 1], cols=[column, column])
    steps, both = course
    for column, answers in enumerate(both, start=1):
        drawn.add_traces(prediction_contours(x, y, answers[-1], theme), rows=[1, 1], cols=[column, column])
        axes: dict[str, Any] = {"showgrid": False, "zeroline": False, "row": 1, "col": column}
        drawn.update_xaxes(range=[x[0], x[-1]], title={"text": escape_plotly(names[0])}, **axes)
        drawn.update_yaxes(range=[y[0], y[-1]], **axes)
    drawn.update_yaxes(title={"text": escape_plotly(names[1]), "standoff": 4}, row=1, col=1)
    frames = [
        Frame(str(step), [one for answers in both for one in prediction_contours(x, y, answers[at], theme)])
        for at, step in enumerate(steps)
    ]
    return moving(drawn, frames, tr("step {at}", at=AT), theme=theme, still=4, at_end=True)
