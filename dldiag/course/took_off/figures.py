"""The figure of the course, measured: error against rows for every learner; loss against steps and seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log10, nan

import plotly.graph_objects as go

from dldiag.core.i18n import Message, format_error, tr
from dldiag.course.shared.activation_race import ActivationRace
from dldiag.course.shared.band_figures import LOSS_AXIS, add_band, bands_figure
from dldiag.course.shared.bands import SeedBand
from dldiag.course.took_off.crossover import Crossover
from dldiag.course.took_off.scaling import LEARNERS, CurveBand, LearnerComparison
from dldiag.report.figures.theme import MARKERS, THEMES, ThemeName, error_axis, figure, rows_axis, translucent


def scale_figure(found: LearnerComparison, *, title: str = "", theme: ThemeName = "light") -> go.Figure:
    """Draw dev error against training rows for every learner, networks as full lines, with the crossover's range.

    Intervals are shaded of the two learners that the crossover is about: those of all would cover each other. title: of
    the axis of errors, where the metric is not the usual one.
    """
    drawn = figure(theme, height=460)
    compared = {found.crossings[0].first, found.crossings[0].second} if found.crossings else set()
    place = {True: 0, False: 1}  # Networks share a color; every traditional learner has its own.
    for curve in found.curves:
        unshaded = (nan,) * len(curve.sizes)
        low, high = (curve.low, curve.high) if not compared or curve.key in compared else (unshaded, unshaded)
        points = SeedBand(tuple(map(float, curve.sizes)), curve.errors, low, high)
        mark = MARKERS[list(LEARNERS).index(curve.key) % len(MARKERS)]
        look = {"dash": "solid", "symbol": mark} if curve.deep else {}
        add_band(drawn, points, curve.label, place[curve.deep], theme, mode="lines+markers", **look)
        place[False] += not curve.deep
    if found.crossings and found.crossings[0].verdict == "crosses":
        _mark(drawn, found.crossings[0], theme)
    sizes = sorted({n for curve in found.curves for n in curve.sizes})
    return drawn.update_xaxes(**rows_axis(sizes)).update_yaxes(**error_axis(found.unit, title), rangemode="tozero")


def _mark(drawn: go.Figure, one: Crossover, theme: ThemeName) -> None:
    color = THEMES[theme].faint
    if one.size is None:
        return
    drawn.add_vrect(x0=one.size.low, x1=one.size.high, fillcolor=translucent(color), line_width=0, layer="below")
    drawn.add_vline(x=one.size.value, line={"color": color, "dash": "dash"})
    words = {"text": tr("crossover"), "font": {"color": color}, "showarrow": False, "yanchor": "top", "xanchor": "left"}
    drawn.add_annotation(x=log10(one.size.value), y=1, yref="paper", **words)


def alt_scale(found: LearnerComparison) -> Message:
    """Say where each learner starts and ends."""
    text = Message("Dev error against training rows.")
    for curve in found.curves:
        text = Message("{before} {part}", {"before": text, "part": _ends(curve, found.unit)})
    return text


def _ends(curve: CurveBand, unit: str) -> Message:
    return Message(
        "{label}: {first:error} on {few:,} rows, {last:error} on {many:,}.",
        {
            "label": curve.label,
            "first": curve.errors[0],
            "few": curve.sizes[0],
            "last": curve.errors[-1],
            "many": curve.sizes[-1],
            "unit": unit,
        },
    )


def scale_rows(found: LearnerComparison) -> list[dict[str, str]]:
    """Return one row of texts per learner: errors at both ends, and the time of all its fits."""
    return [
        {
            tr("Learner"): str(curve.label),
            tr("Error on {rows:,} rows", rows=curve.sizes[0]): _with_interval(curve, 0, found.unit),
            tr("Error on {rows:,} rows", rows=curve.sizes[-1]): _with_interval(curve, -1, found.unit),
            tr("Seconds of all fits"): f"{curve.seconds:.1f}",
        }
        for curve in found.curves
    ]


def _with_interval(curve: CurveBand, at: int, unit: str) -> str:
    value, low, high = (format_error(side[at], unit) for side in (curve.errors, curve.low, curve.high))
    return f"{value} ({low} – {high})"


_VERDICTS = {
    "crosses": Message("yes"),
    "not_in_sight": Message("no crossover in sight"),
    "undecided": Message("not decided"),
}


def crossing_rows(found: Sequence[Crossover]) -> list[dict[str, str]]:
    """Return one row of texts per pair: who overtakes whom, with which verdict, and at how many rows."""
    return [
        {
            tr("Ahead on few rows"): str(LEARNERS[one.first].label),
            tr("Overtaken by"): str(LEARNERS[one.second].label),
            tr("Verdict"): str(_VERDICTS[one.verdict]),
            tr("Rows (90% interval)"): _rows(one),
        }
        for one in found
    ]


def _rows(one: Crossover) -> str:
    if one.size is None or one.verdict == "not_in_sight":
        return ""
    return f"{one.size.value:,.0f} ({one.size.low:,.0f} – {one.size.high:,.0f})"


def race_figure(found: ActivationRace, *, seconds: bool, theme: ThemeName = "light") -> go.Figure:
    """Draw loss against steps or seconds for both runners, with the line they race to."""
    named = []
    for runner in (found.first, found.second):
        pace = runner.seconds_per_step if seconds else 1.0
        label = tr("{label} (learning rate {rate:g})", label=runner.label, rate=runner.rate)
        named.append((label, replace(runner.loss, x=tuple(step * pace for step in runner.loss.x))))
    title = tr("seconds of training") if seconds else tr("steps (mini-batches)")
    drawn = bands_figure(named, title, tr("training loss"), theme=theme, **LOSS_AXIS)
    return finish_text(drawn, found.target, theme)


def finish_text(drawn: go.Figure, target: float, theme: ThemeName) -> go.Figure:
    """Draw the loss that runners race to, on a log axis."""
    color = THEMES[theme].faint
    drawn.add_hline(y=target, line={"color": color, "dash": "dot"})
    return drawn.add_annotation(
        x=1,
        xref="paper",
        y=log10(target),  # Plotly takes the logarithm for annotations, but not for lines.
        text=tr("finish line"),
        font={"color": color},
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
    )


def alt_race(found: ActivationRace, *, seconds: bool) -> Message:
    """Say where both runners start and end."""
    values: dict[str, str | float] = {"x": tr("seconds") if seconds else tr("steps")}
    for key, runner in (("a", found.first), ("b", found.second)):
        values |= {
            f"{key}_name": runner.label,
            f"{key}_start": runner.loss.mean[0],
            f"{key}_end": runner.loss.mean[-1],
        }
    return Message(
        "Training loss against {x}. {a_name}: from {a_start:.3f} to {a_end:.3f}. {b_name}: from {b_start:.3f} to "
        "{b_end:.3f}.",
        values,
    )
