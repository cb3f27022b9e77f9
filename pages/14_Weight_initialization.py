"""Weight initialization: units that stay alike from zeros, signals that fade or saturate, and starts made to measure."""

import streamlit as st

from dldiag.app.course.data import ask_data
from dldiag.app.course.experiment import run_experiment
from dldiag.app.course.layout import ask_few, offer_settings, show_formulas, show_remark
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.widgets import figure_mode, show_figure, show_moving, show_rows
from dldiag.core.i18n import Message, tr
from dldiag.course.initialization import figures as draw
from dldiag.course.initialization.jobs import StartsRequest
from dldiag.course.initialization.starts import STARTS, ShownSettings, StartSettings, StartsRun, settings_to_use
from dldiag.course.shared.lesson import Lesson

FORMULAS = (
    *((start.formula, start.label) for start in STARTS.values()),
    (
        r"\mathrm{Var}(z) = n_{in}\,\mathrm{Var}(w)\,\mathbb{E}[a^2]",
        Message("A layer keeps the size of its signal when the variance of its weights is about 1 / inputs:"),
    ),
)


def run_starts(lesson: Lesson) -> tuple[Reference, StartsRun | None]:
    reference = ask_data("initialization", toys=("moons", "circles", "blobs", "wave"), default="toy:moons")
    values = ask_few(StartSettings(), "starts", ("hidden_layers", "activation"))
    result = run_experiment(reference, StartsRequest(settings=StartSettings(**values)), StartsRun)
    if result is not None:
        show_outcomes(lesson, reference, result)
    return reference, result


def show_zeros(lesson: Lesson) -> None:
    _, result = run_starts(lesson)
    if result is None:
        return
    left, right = st.columns(2)
    with left:
        show_figure(draw.distance_figure(result, theme=figure_mode()), draw.alt_distance(result), key="distance")
    with right:
        show_figure(draw.single_figure(result, theme=figure_mode()), draw.alt_single(result), key="single")


def show_scale(lesson: Lesson) -> None:
    reference, result = run_starts(lesson)
    if result is None:
        return
    left, right = st.columns(2)
    with left:
        show_figure(draw.reach_figure(result, theme=figure_mode()), draw.alt_reach(result), key="reach")
    with right:
        show_figure(draw.losses_figure(result, theme=figure_mode()), draw.alt_starts(result), key="losses")
    key = ask_params(ShownSettings(), "shown")["start"]
    show_moving(draw.histograms_moving(result, key, theme=figure_mode()), draw.alt_histogram(result, key), key="layers")
    with st.expander(tr("The numbers"), icon=":material/table:"):
        show_rows(draw.start_rows(result), alt=tr("Loss, saturation, spread and gradient of every start"))
    show_formulas(FORMULAS)
    offer_settings(settings_to_use(result), reference, key="use.start")


def show_small(lesson: Lesson) -> None:
    _, result = run_starts(lesson)
    if result is None:
        return
    left, right = st.columns(2)
    with left:
        show_figure(draw.gradients_figure(result, theme=figure_mode()), draw.alt_starts(result), key="gradients")
    with right:
        show_figure(draw.losses_figure(result, theme=figure_mode()), draw.alt_starts(result), key="losses")
    key = "times_0.001"
    show_remark(draw.histogram_words(result, key))
    show_moving(draw.histograms_moving(result, key, theme=figure_mode()), draw.alt_histogram(result, key), key="layers")


show_topic("initialization", {"zeros": show_zeros, "scale_of_weights": show_scale, "small": show_small})
