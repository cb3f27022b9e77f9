"""First weights drawn: distances between units, histograms of activations by layer, saturation, gradients, loss."""

from __future__ import annotations

from itertools import pairwise
from math import asinh, isfinite, log10, tanh

import plotly.graph_objects as go

from dldiag.core.i18n import Message, Value, format_error, tr, typeset
from dldiag.core.sanitize import escape_plotly
from dldiag.course.initialization.starts import STARTS, StartResult, StartsRun
from dldiag.course.shared.band_figures import LOSS_AXIS, bands_figure, decades_axis
from dldiag.course.shared.bands import SeedBand
from dldiag.course.shared.moving_figures import AT, Frame, moving
from dldiag.course.shared.signal_flow import ZERO_GRADIENT
from dldiag.report.figures.theme import DASHES, MARKERS, THEMES, ThemeName, figure

HIGHEST_LOSS = 30.0  # Times the loss of a constant guess; higher losses are not drawn.
_BAR = 0.85  # Height of the highest bar of a layer, as a part of the distance between two layers.
FARTHEST_Z = 6.0  # The tanh curve is drawn up to here; values beyond are drawn at its end.
SMALLEST_SHARE = 1e-9
# Standard deviation of a layer's activations; with less, no two rows look different in a picture.
FLAT_SPREAD = 1e-3
LOWEST_LOSS = 0.02  # Part of the loss of a constant guess.


def distance_figure(found: StartsRun, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the largest distance between two units of a layer over steps, for every start."""
    drawn, look = figure(theme), THEMES[theme]
    for index, one in enumerate(found.starts):
        drawn.add_scatter(
            x=found.steps,
            y=one.distance,
            name=escape_plotly(one.label),
            mode="lines",
            line={"color": look.series[index], "width": 4 if one.key == "zeros" else 2, "dash": DASHES[index]},
            hovertemplate="%{x}: %{y:.3g}",
        )
    drawn.update_xaxes(title={"text": tr("step")})
    return drawn.update_yaxes(title={"text": tr("distance between units")}, rangemode="tozero")


def alt_distance(found: StartsRun) -> Message:
    """Say how far units of each start are apart at the end."""
    text = Message("Largest distance between two units of a layer over steps.")
    for one in found.starts:
        values: dict[str, Value] = {"label": one.label, "end": one.distance[-1]}
        part = Message("{label}: {end:.2g} at the end.", values)
        text = Message("{before} {part}", {"before": text, "part": part})
    return text


def single_figure(found: StartsRun, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the loss from zeros: the network with hidden units, and one layer without."""
    zeros = next(one for one in found.starts if one.key == "zeros")
    named = [(tr("network with hidden units"), zeros.loss), (tr("one layer, no hidden units"), found.single)]
    return bands_figure(named, tr("step"), tr("training loss"), theme=theme, rangemode="tozero")


def alt_single(found: StartsRun) -> Message:
    """Say where both losses end."""
    zeros = next(one for one in found.starts if one.key == "zeros")
    return Message(
        "Training loss from zeros. Network with hidden units: from {first:.3f} to {last:.3f}. One layer without hidden "
        "units: from {single_first:.3f} to {single_last:.3f}.",
        {
            "first": zeros.loss.mean[0],
            "last": zeros.loss.mean[-1],
            "single_first": found.single.mean[0],
            "single_last": found.single.mean[-1],
        },
    )


def histograms_moving(found: StartsRun, key: str, *, theme: ThemeName = "light") -> go.Figure:
    """Play a histogram of the activations of every hidden layer of one start, the first layer at the bottom."""
    one = by_key(found, key)
    layers = len(one.histograms[0])
    drawn = figure(theme, height=120 + 60 * layers)
    drawn.add_traces(_bars(found, one, 0, theme))
    frames = [Frame(str(step), _bars(found, one, at, theme)) for at, step in enumerate(found.moments)]
    marks = (-10, -1, 0, 1, 10)
    axis = {"tickvals": [arcsinh(mark) for mark in marks], "ticktext": [typeset(f"{mark:g}") for mark in marks]}
    drawn.update_layout(barmode="overlay", bargap=0, showlegend=False)
    drawn.update_xaxes(title={"text": tr("activation")}, tickangle=0, **axis)
    drawn.update_yaxes(title={"text": tr("hidden layer")}, tickvals=list(range(1, layers + 1)), range=[0.9, layers + 1])
    return moving(drawn, frames, tr("step {at}", at=AT), theme=theme)


def _bars(found: StartsRun, one: StartResult, at: int, theme: ThemeName) -> list[go.Bar]:
    places = [(low + high) / 2 for low, high in pairwise(arcsinh(edge) for edge in found.bins)]
    color = THEMES[theme].series[0]
    return [
        go.Bar(
            x=places,
            y=[_BAR * share / max(*shares, SMALLEST_SHARE) for share in shares],
            base=[number] * len(shares),
            marker={"color": color, "line": {"width": 0}},
            hoverinfo="skip",
        )
        for number, shares in enumerate(one.histograms[at], start=1)
    ]


def reach_figure(found: StartsRun, *, theme: ThemeName = "light") -> go.Figure:
    """Draw tanh with the place on it that 90% of the first and last layer's inputs stay inside, for every start."""
    drawn, look = figure(theme), THEMES[theme]
    z = [FARTHEST_Z * i / 100 for i in range(101)]
    line = {"color": look.faint, "width": 2}
    drawn.add_scatter(x=z, y=[tanh(one) for one in z], name="tanh(z)", mode="lines", line=line, hoverinfo="skip")
    for index, one in enumerate(found.starts):
        if one.key == "zeros" or not one.reach_start:
            continue
        reach = [min(FARTHEST_Z, value) for value in (one.reach_start[0], one.reach_start[-1])]
        drawn.add_scatter(
            x=reach,
            y=[tanh(value) for value in reach],
            name=escape_plotly(one.label),
            mode="markers+lines",
            marker={"symbol": [MARKERS[index], f"{MARKERS[index]}-open"], "size": 11, "color": look.series[index]},
            line={"color": look.series[index], "width": 1, "dash": "dot"},
            hovertemplate="z = %{x:.2g}",
        )
    marks = [0, FARTHEST_Z / 3, 2 * FARTHEST_Z / 3, FARTHEST_Z]
    words = [*(f"{mark:g}" for mark in marks[:-1]), f"≥ {FARTHEST_Z:g}"]
    drawn.update_xaxes(tickvals=marks, ticktext=words)
    drawn.update_xaxes(title={"text": tr("90% of a layer’s |z| stay below<br>(filled: first layer, open: last)")})
    return drawn.update_yaxes(title={"text": "tanh(z)"}, range=[0, 1.06])


def alt_reach(found: StartsRun) -> Message:
    """Say how far out on the tanh curve each start lies."""
    text = Message("The tanh curve, and how far out on it the layers of each start lie before training.")
    for one in found.starts:
        values: dict[str, Value] = {"label": one.label, "first": one.reach_start[0], "last": one.reach_start[-1]}
        part = Message("{label}: |z| up to {first:.2g} in the first layer, {last:.2g} in the last.", values)
        text = Message("{before} {part}", {"before": text, "part": part})
    return text


def arcsinh(value: float) -> float:
    """Return the place of an activation on the drawn axis, which is finer near 0 (as the bins are)."""
    return asinh(10 * value)


def alt_histogram(found: StartsRun, key: str) -> Message:
    """Say how wide the activations of the first and last hidden layer are."""
    one = by_key(found, key)
    return Message(
        "Moving picture: activations of every hidden layer with {label} from step 0 to step {step}. Before training their standard deviation is "
        "{first:.2g} in the first and {last:.2g} in the last hidden layer.",
        {
            "label": one.label,
            "step": found.moments[-1],
            "first": one.spread_start[0],
            "last": one.spread_start[-1],
        },
    )


def histogram_words(found: StartsRun, key: str) -> Message:
    """Say what the moving picture of one start shows: whether its last hidden layer tells rows apart."""
    one = by_key(found, key)
    values: dict[str, Value] = {"label": one.label, "last": one.spread_start[-1]}
    if one.spread_start[-1] < FLAT_SPREAD:
        return Message(
            "Activations of every hidden layer with {label}. The last layer gives every row the same value, so there is "
            "hardly a gradient, and nothing moves.",
            values,
        )
    return Message("Activations of every hidden layer with {label}, while it trains.", values)


def losses_figure(found: StartsRun, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the training loss of every start over steps."""
    named = [(one.label, one.loss) for one in found.starts]
    drawn = bands_figure(named, tr("step"), tr("training loss"), theme=theme)
    highest, lowest = HIGHEST_LOSS * found.baseline, LOWEST_LOSS * found.baseline
    drawn.add_hline(y=found.baseline, line={"color": THEMES[theme].faint, "dash": "dot", "width": 1})
    return drawn.update_yaxes(**LOSS_AXIS, minallowed=log10(lowest), maxallowed=log10(highest))


def gradients_figure(found: StartsRun, *, theme: ThemeName = "light") -> go.Figure:
    """Draw the gradient norm of every layer before the first step, for every start whose gradient is not 0."""
    named: list[tuple[object, SeedBand | None]] = [
        (one.label, None if one.key == "zeros" else one.gradients_start) for one in found.starts
    ]
    title = tr("gradient norm at the start")
    drawn = bands_figure(named, tr("layer (1: after the inputs)"), title, theme=theme, mode="lines+markers")
    return drawn.update_yaxes(**decades_axis([each for _, each in named])).update_xaxes(dtick=1)


def alt_starts(found: StartsRun) -> Message:
    """Say the loss at the end, the gradient of the first layer and the saturation of every start."""
    text = Message("Starts compared.")
    for one in found.starts:
        values: dict[str, Value] = {
            "label": one.label,
            "loss": one.loss.mean[-1],
            "first": one.gradients_start.mean[0],
            "share": max(one.saturated_start, default=0.0),
            "unit": "rate",
        }
        part = Message(
            "{label}: loss {loss:.3f} at the end; at most {share:error} of a layer saturated. Gradient of the first layer at the start: {first:.1e}.",
            values,
        )
        text = Message("{before} {part}", {"before": text, "part": part})
    return text


def start_rows(found: StartsRun) -> list[dict[str, str]]:
    """Return one row of texts per start: loss with its interval, saturation, spread of the last layer."""
    return [
        {
            tr("Start"): str(one.label),
            tr("Loss at the end (90% interval)"): _loss(one),
            tr("Saturated at the start"): format_error(max(one.saturated_start, default=0.0), "rate"),
            tr("Spread of activations, first → last layer"): typeset(f"{one.spread_start[0]:.2g}")
            + " → "
            + typeset(f"{one.spread_start[-1]:.2g}"),
            tr(
                "Gradient, first → last layer"
            ): f"{_size(one.gradients_start.mean[0])} → {_size(one.gradients_start.mean[-1])}",
        }
        for one in found.starts
    ]


def _size(gradient: float) -> str:
    return "0" if gradient <= ZERO_GRADIENT * 2 else typeset(f"{gradient:.2g}")


def _loss(one: StartResult) -> str:
    end = one.loss
    if not isfinite(end.mean[-1]):
        return tr("blew up")
    return f"{end.mean[-1]:.3f} ({end.low[-1]:.3f} – {end.high[-1]:.3f})"


def by_key(found: StartsRun, key: str) -> StartResult:
    """Return one start by its key in STARTS."""
    return found.starts[list(STARTS).index(key)]
