"""The course of training with each activation, as moving pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dldiag.core.i18n import Message, Value, tr, translate
from dldiag.core.sanitize import escape_plotly
from dldiag.course.activations.dead_units import DeadUnitsRun
from dldiag.course.activations.deep_linear import DeepLinear
from dldiag.course.activations.figures import model_name
from dldiag.course.shared.moving_figures import Frame, frames_side_by_side, moving, two_planes_moving
from dldiag.course.shared.signal_flow import Flow
from dldiag.report.figures.theme import DASHES, MARKERS, THEMES, ThemeName, figure

LOWEST_GRADIENT = 1e-12  # below it a gradient is drawn as nothing


def boundaries_moving(found: DeepLinear, *, theme: ThemeName = "light") -> go.Figure:
    """Play how the boundaries of the deep linear and the bent network move while they train."""
    titles = [model_name(one) for one in found.models[2:]]
    course = (found.steps, found.moving)
    return two_planes_moving(titles, found.names, (found.x, found.y), found.marks, course, theme=theme)


def alt_boundaries_moving(found: DeepLinear) -> Message:
    """Say what the moving picture of both boundaries shows."""
    return Message(
        "Moving picture: the boundaries of {a} (it stays a straight line) and of {b} from step 0 to step {steps}.",
        {"a": model_name(found.models[2]), "b": model_name(found.models[3]), "steps": found.steps[-1]},
    )


def gradients_moving(found: Flow, *, theme: ThemeName = "light") -> go.Figure:
    """Play the gradient norm of every layer over training, a line for each activation."""
    drawn = figure(theme)
    drawn.add_traces(_gradients_at(found, 0, theme))
    frames = [Frame(str(step), _gradients_at(found, at, theme)) for at, step in enumerate(found.steps)]
    values = np.array([one.over_steps for one in found.layers])
    shown = values[(values > LOWEST_GRADIENT) & np.isfinite(values)]
    low, high = (np.log10(shown.min()), np.log10(shown.max())) if shown.size else (-1.0, 1.0)
    drawn.update_xaxes(title={"text": tr("layer (1 is next to the inputs)")}, dtick=1)
    title = {"text": tr("gradient norm")}
    drawn.update_yaxes(type="log", dtick=max(1, round((high - low) / 6)), exponentformat="power", title=title)
    drawn.update_yaxes(range=[low - 0.3, high + 0.3])
    return moving(drawn, frames, tr("step"), theme=theme)


def _gradients_at(found: Flow, at: int, theme: ThemeName) -> list[go.Scatter]:
    colors = THEMES[theme].series
    return [
        go.Scatter(
            x=list(range(1, len(one.over_steps[at]) + 1)),
            y=one.over_steps[at],
            name=escape_plotly(translate(one.runner.label)),
            mode="lines+markers",
            line={"color": colors[i % len(colors)], "width": 2.5, "dash": DASHES[i % len(DASHES)]},
            marker={"symbol": MARKERS[i % len(MARKERS)], "size": 9},
            hovertemplate="%{x}: %{y:.2g}",
        )
        for i, one in enumerate(found.layers)
    ]


def alt_gradients_moving(found: Flow) -> Message:
    """Say what the moving picture of the gradients shows at its two ends."""
    text = Message("Moving picture: gradient norm by layer from step 0 to step {steps}.", {"steps": found.steps[-1]})
    for one in found.layers:
        values: dict[str, Value] = {
            "label": Message(one.runner.label),
            "start": one.over_steps[0][0],
            "end": one.over_steps[-1][0],
        }
        part = Message("{label}: first layer {start:.1e} at the start, {end:.1e} at the end.", values)
        text = Message("{before} {part}", {"before": text, "part": part})
    return text


def dying_moving(found: DeadUnitsRun, steps: Sequence[float], *, theme: ThemeName = "light") -> go.Figure:
    """Play which hidden units are dead, a cell for each unit of one network, with both activations."""
    drawn = frames_side_by_side([translate(one.label) for one in (found.plain, found.leaky)], theme, height=260)
    for column, trace in enumerate(_silent_at(found, 0, theme), start=1):
        drawn.add_trace(trace, row=1, col=column)
    frames = [Frame(f"{step:.0f}", _silent_at(found, at, theme)) for at, step in enumerate(steps)]
    drawn.update_xaxes(title={"text": tr("unit")}, showgrid=False, zeroline=False)
    drawn.update_yaxes(dtick=1, showgrid=False, zeroline=False)
    drawn.update_yaxes(title={"text": tr("hidden layer")}, col=1)
    return moving(drawn, frames, tr("step"), theme=theme)


def _silent_at(found: DeadUnitsRun, at: int, theme: ThemeName) -> list[go.Heatmap]:
    look, cells = THEMES[theme], []
    for one in (found.plain, found.leaky):
        silent = one.dead[at]
        cells.append(
            go.Heatmap(
                z=silent,
                x=list(range(1, len(silent[0]) + 1)),
                y=list(range(1, len(silent) + 1)),
                zmin=0,
                zmax=1,
                colorscale=[[0, look.series[0]], [1, look.grid]],
                showscale=False,
                xgap=3,
                ygap=3,
                hoverinfo="skip",
            )
        )
    return cells


def alt_dying_moving(found: DeadUnitsRun) -> Message:
    """Say how many units of the drawn networks are dead at both ends."""
    values: dict[str, Value] = {"unit": "rate"}
    for name, one in (("relu", found.plain), ("leaky", found.leaky)):
        values |= {f"{name}_start": float(np.mean(one.dead[0])), f"{name}_end": float(np.mean(one.dead[-1]))}
    return Message(
        "Moving picture of the hidden units of one network; dead ones are grey. ReLU: {relu_start:error} dead at the start, {relu_end:error} at the end. Leaky ReLU: {leaky_start:error} and {leaky_end:error}.",
        values,
    )
