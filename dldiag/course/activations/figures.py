"""Activation functions drawn: shapes and slopes, boundaries, gradients by layer and depth, dead units; still and moving."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np
import plotly.graph_objects as go

from dldiag.core.i18n import Message, Value, format_error, tr, translate, typeset
from dldiag.core.sanitize import escape_plotly
from dldiag.core.types import Estimate
from dldiag.course.activations.dead_units import DeadUnitsRun
from dldiag.course.activations.deep_linear import LINEAR, DeepLinear, ModelOnPlane
from dldiag.course.activations.functions import Collapse, Shape
from dldiag.course.shared.band_figures import bands_figure, decades_axis
from dldiag.course.shared.moving_figures import AT, Frame, frames_side_by_side, moving, two_planes_moving
from dldiag.course.shared.signal_flow import Flow, LayerFlow
from dldiag.nn.activations import ACTIVATIONS
from dldiag.report.figures.theme import DASHES, MARKERS, THEMES, ThemeName, figure

LOWEST_GRADIENT = 1e-12  # A smaller gradient is not drawn.


def shapes_figure(shapes: Sequence[Shape], *, slopes: bool, theme: ThemeName = "light") -> go.Figure:
    """Draw values, or slopes, of several activations."""
    drawn, look = figure(theme), THEMES[theme]
    for index, one in enumerate(shapes):
        line = {"color": look.series[index % len(look.series)], "width": 2.5, "dash": DASHES[index % len(DASHES)]}
        drawn.add_scatter(
            x=one.z,
            y=one.slope if slopes else one.value,
            name=escape_plotly(translate(one.label)),
            mode="lines",
            line=line,
            hovertemplate="%{x:.2f}: %{y:.3f}",
        )
    drawn.update_xaxes(title={"text": "z"})
    axis = {} if slopes else {"range": [-2, 6]}
    return drawn.update_yaxes(title={"text": tr("slope g'(z)") if slopes else tr("value g(z)")}, **axis)


def alt_shapes(shapes: Sequence[Shape], *, slopes: bool) -> Message:
    """Say which functions are drawn and how steep they get."""
    text = Message("Slopes of activation functions.") if slopes else Message("Values of activation functions.")
    for one in shapes:
        part = Message("{label}: slope up to {most:.2f}.", {"label": Message(one.label), "most": one.largest_slope})
        text = Message("{before} {part}", {"before": text, "part": part})
    return text


def model_name(one: ModelOnPlane) -> str:
    """Name one of the four models."""
    if one.key == "logistic":
        return tr("Logistic regression")
    if one.activation == LINEAR:
        return tr("Linear network, layers: {layers}", layers=one.layers)
    label = translate(ACTIVATIONS[one.activation].label)
    return tr("Network with {bend}, layers: {layers}", bend=label, layers=one.layers)


def boundary_rows(found: DeepLinear) -> list[dict[str, str]]:
    """Return one row of texts per model: its dev error and the difference from logistic regression's."""
    differences: list[Estimate | None] = [None, *found.against_logistic]
    return [
        {
            tr("Model"): model_name(one),
            tr("Dev error"): format_error(sum(one.dev_errors) / len(one.dev_errors), "rate"),
            tr("Against logistic regression"): "" if gap is None else _points(gap),
        }
        for one, gap in zip(found.models, differences, strict=True)
    ]


def _points(gap: Estimate) -> str:
    return tr("{value:points} ({low:bare} to {high:points})", value=gap.value, low=gap.low, high=gap.high, unit="rate")


def matrix_latex(made: Collapse) -> str:
    """Write the product of all layers as a formula with its numbers, in the course's form Z = WX + b: a row per unit."""
    inside = r" \\ ".join(" & ".join(f"{value:.4f}" for value in row) for row in zip(*made.W, strict=True))
    bias = r" \\ ".join(f"{value:.4f}" for value in made.b)
    factors = rf"W_{{{len(made.shapes)}}} \cdots W_1" if len(made.shapes) > 2 else "W_2 W_1"
    lines = (
        rf"{factors} &= \begin{{pmatrix}} {inside} \end{{pmatrix}}",
        rf"b &= \begin{{pmatrix}} {bias} \end{{pmatrix}}",
    )
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"


def depth_figure(found: Flow, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the gradient of a weight of the first layer over that of one of the last, against depth."""
    named = [(translate(one.runner.label), one.by_depth) for one in found.layers]
    title = tr("gradient, first / last layer")
    drawn = bands_figure(named, tr("hidden layers"), title, theme=theme, mode="lines+markers")
    return drawn.update_yaxes(**decades_axis([each for _, each in named])).update_xaxes(dtick=1)


def alt_flow(found: Flow) -> Message:
    """Say how much gradient each activation passes back."""
    text = Message("Gradient norm by layer.")
    for one in found.layers:
        values: dict[str, Value] = {"label": Message(one.runner.label), "ratio": one.through.value}
        part = Message("{label}: per weight, the first layer's is {ratio:.2g} times the last layer's.", values)
        text = Message("{before} {part}", {"before": text, "part": part})
    return text


def flow_rows(found: Flow) -> list[dict[str, str]]:
    """Return one row of texts per activation: ratio of gradients, saturation, learning rate, steps to the loss."""
    return [
        {
            tr("Activation"): translate(one.runner.label),
            tr("First layer's gradient / last layer's, per weight"): _range(one.through),
            tr("Saturated (start → end)"): f"{_mean(one.saturated_start)} → {_mean(one.saturated_end)}",
            tr("Learning rate"): f"{one.runner.rate:g}",
            tr("Steps to the finish line"): _steps(one),
        }
        for one in found.layers
    ]


def _range(one: Estimate) -> str:
    value, low, high = (typeset(f"{each:.2g}") for each in (one.value, one.low, one.high))
    return f"{value} ({low} – {high})"


def _mean(shares: tuple[float, ...]) -> str:
    return format_error(sum(shares) / len(shares), "rate") if shares else ""


def _steps(one: LayerFlow) -> str:
    middle = median(one.runner.to_target)
    arrived = sum(one.runner.arrived)
    if arrived == len(one.runner.arrived):
        return f"{middle:.0f}"
    return tr("{arrived} of {runs} runs reached it", arrived=arrived, runs=len(one.runner.arrived))


def dead_units_figure(found: DeadUnitsRun, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the share of dead units over steps."""
    named = [(translate(one.label), one.dead_share) for one in (found.plain, found.leaky)]
    drawn = bands_figure(named, tr("step"), tr("share of dead units"), theme=theme)
    return drawn.update_yaxes(range=[0, 1.02], tickformat=".0%")


def dead_units_loss_figure(found: DeadUnitsRun, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the loss of both networks over steps."""
    named = [(translate(one.label), one.loss) for one in (found.plain, found.leaky)]
    return bands_figure(named, tr("step"), tr("training loss"), theme=theme, rangemode="tozero")


def alt_dead_units(found: DeadUnitsRun) -> Message:
    """Say how many units were dead at both ends, and both losses."""
    text = Message("Dead units and training loss over steps.")
    for one in (found.plain, found.leaky):
        values: dict[str, Value] = {
            "label": Message(one.label),
            "start": one.dead_share.mean[0],
            "end": one.dead_share.mean[-1],
            "loss": one.loss.mean[-1],
            "unit": "rate",
        }
        part = Message("{label}: {start:error} dead at the start, {end:error} at the end, loss {loss:.3f}.", values)
        text = Message("{before} {part}", {"before": text, "part": part})
    return text


def boundaries_moving(found: DeepLinear, *, theme: ThemeName = "light") -> go.Figure:
    """Play how the boundaries of the deep linear and the nonlinear network move while they train."""
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
    drawn.update_xaxes(title={"text": tr("layer (1: after the inputs)")}, dtick=1)
    title = {"text": tr("gradient norm")}
    drawn.update_yaxes(type="log", dtick=max(1, round((high - low) / 6)), exponentformat="power", title=title)
    drawn.update_yaxes(range=[low - 0.3, high + 0.3])
    return moving(drawn, frames, tr("step {at}", at=AT), theme=theme)


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


def dead_units_moving(found: DeadUnitsRun, steps: Sequence[float], *, theme: ThemeName = "light") -> go.Figure:
    """Play which hidden units are dead, a cell for each unit of one network, with both activations."""
    drawn = frames_side_by_side([translate(one.label) for one in (found.plain, found.leaky)], theme, height=260)
    for column, trace in enumerate(_dead_at(found, 0, theme), start=1):
        drawn.add_trace(trace, row=1, col=column)
    frames = [Frame(f"{step:.0f}", _dead_at(found, at, theme)) for at, step in enumerate(steps)]
    drawn.update_xaxes(title={"text": tr("unit")}, showgrid=False, zeroline=False)
    drawn.update_yaxes(dtick=1, showgrid=False, zeroline=False)
    drawn.update_yaxes(title={"text": tr("hidden layer")}, col=1)
    return moving(drawn, frames, tr("step {at}", at=AT), theme=theme)


def _dead_at(found: DeadUnitsRun, at: int, theme: ThemeName) -> list[go.Heatmap]:
    look, cells = THEMES[theme], []
    for one in (found.plain, found.leaky):
        dead = one.dead_units[at]
        cells.append(
            go.Heatmap(
                z=dead,
                x=list(range(1, len(dead[0]) + 1)),
                y=list(range(1, len(dead) + 1)),
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


def alt_dead_units_moving(found: DeadUnitsRun) -> Message:
    """Say how many units of the drawn networks are dead at both ends."""
    values: dict[str, Value] = {"unit": "rate"}
    for name, one in (("relu", found.plain), ("leaky", found.leaky)):
        values |= {
            f"{name}_start": float(np.mean(one.dead_units[0])),
            f"{name}_end": float(np.mean(one.dead_units[-1])),
        }
    return Message(
        "Moving picture of the hidden units of one network; dead ones are grey. ReLU: {relu_start:error} dead at the start, {relu_end:error} at the end. Leaky ReLU: {leaky_start:error} and {leaky_end:error}.",
        values,
    )
