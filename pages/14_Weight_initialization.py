"""Weight initialization: twins from zeros, signals that fade or saturate, and starts made to measure."""

import msgspec
import streamlit as st

from dldiag.app.course.data import ask_data, lesson_dataset
from dldiag.app.course.layout import formulas, heading, link_to_diagnosis, look_at, offer
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.page import page
from dldiag.app.ui.widgets import explained, figure_mode, show_figure, show_message, show_rows
from dldiag.app.views.progress import run_job
from dldiag.core.i18n import Message, tr
from dldiag.course.initialization import figures as draw
from dldiag.course.initialization.starts import (
    STARTS,
    Beginnings,
    ShownSettings,
    StartSettings,
    look_at_starts,
    look_at_zeros,
    settings_to_use,
)

FORMULAS = (
    *((start.formula, start.label) for start in STARTS.values()),
    (
        r"\mathrm{Var}(z) = n_{in}\,\mathrm{Var}(w)\,\mathbb{E}[a^2]",
        Message("A layer keeps the size of its signal when the variance of its weights is about 1 / inputs:"),
    ),
)


def show_zeros(result: Beginnings) -> None:
    heading(tr("Zeros: units that stay twins"))
    look_at(look_at_zeros(result))
    left, right = st.columns(2)
    with left:
        show_figure(draw.distance_figure(result, theme=figure_mode()), draw.alt_distance(result), key="distance")
    with right:
        show_figure(draw.single_figure(result, theme=figure_mode()), draw.alt_single(result), key="single")


def show_starts(result: Beginnings) -> None:
    heading(tr("Too small, too large, made to measure"))
    look_at(look_at_starts(result))
    show_figure(draw.losses_figure(result, theme=figure_mode()), draw.alt_starts(result), key="losses")
    left, right = st.columns(2)
    with left:
        show_figure(draw.gradients_figure(result, theme=figure_mode()), draw.alt_starts(result), key="gradients")
    with right:
        show_figure(draw.saturation_figure(result, theme=figure_mode()), draw.alt_starts(result), key="saturation")
    show_rows(draw.start_rows(result), alt=tr("Loss, saturation, spread and gradient of every start"))
    formulas(FORMULAS)


def show_histograms(result: Beginnings) -> None:
    heading(tr("Activations by layer, before and during training"))
    key = ask_params(ShownSettings(), "shown")["start"]
    for moment, column in enumerate(st.columns(3)):
        with column:
            show_message(tr("Step {step}", step=result.moments[moment]), kind="caption")
            figure = draw.histogram_figure(result, key, moment, theme=figure_mode())
            show_figure(figure, draw.alt_histogram(result, key, moment), key=f"histogram.{moment}")


page(
    "Weight initialization",
    "Units that start alike stay alike; too small weights let the signal fade, too large ones saturate or blow up.",
)
chosen = ask_data("initialization", toys=("moons", "circles", "blobs", "wave"), default="toy:moons")
with explained():
    lesson_dataset(chosen)
    asked = ask_params(StartSettings(), "starts", columns=4)
    found = run_job("course_starts", {"data": chosen, "asked": asked})
    if found is not None:
        beginnings = msgspec.convert(found, Beginnings)
        show_zeros(beginnings)
        show_starts(beginnings)
        show_histograms(beginnings)
        show_message(tr("Break it: ten layers of tanh from random × 0.001, or ReLU from random × 10."), kind="caption")
        offer(settings_to_use(beginnings), key="use.start")
link_to_diagnosis(
    tr("In your diagnosis: the rules on symmetry, the scale of the start, and the loss before the first step")
)
