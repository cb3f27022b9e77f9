"""Bias and variance: the error decomposed where the truth is known, and the textbook's number pairs read by the rules."""

import streamlit as st

from dldiag.app.course.columns import ask_plane, open_dataset, with_rows
from dldiag.app.course.data import ask_data
from dldiag.app.course.experiment import run_experiment
from dldiag.app.course.layout import (
    ask_few,
    lesson_metric,
    lesson_settings,
    link_to_diagnosis,
    offer_settings,
    present_model,
    show_formulas,
    show_remark,
)
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.course.side_by_side import show_compared
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_rows
from dldiag.core.i18n import Message, tr
from dldiag.course.bias_variance.bias_remedies import CapacitySettings, size_that_helped
from dldiag.course.bias_variance.figures import pairs_figure, picture_figure, sweep_figure
from dldiag.course.bias_variance.jobs import CapacityRequest, SweepRequest
from dldiag.course.bias_variance.number_pairs import (
    PAIRS,
    Pair,
    PairSettings,
    describe_number_pairs,
    pair_rows,
    read_pairs,
    words_of_rules,
)
from dldiag.course.bias_variance.sweep import (
    Sweep,
    SweepSettings,
    below_zero,
    best_change,
    caution,
    describe_sweep,
    picture_key,
    pictures_to_show,
    sweep_rows,
)
from dldiag.course.bias_variance.truth import KNOWN
from dldiag.course.shared.lesson import Lesson
from dldiag.course.shared.treatments import SetupComparison

ROWS = 2500  # Rows of a toy.
SQUARED = (
    r"\mathbb{E}\big[(y-\hat f(x))^2\big] = "
    r"\underbrace{\big(\mathbb{E}\hat f(x) - f(x)\big)^2}_{\text{bias}^2} + "
    r"\underbrace{\mathbb{E}\big[(\hat f(x)-\mathbb{E}\hat f(x))^2\big]}_{\text{variance}} + "
    r"\underbrace{\sigma^2}_{\text{noise}}"
)
ZERO_ONE = (
    r"P(y \ne \hat y) = \underbrace{1-p_{y^*}}_{\text{noise}} + \underbrace{p_{y^*}-p_{\bar y}}_{\text{bias}} + "
    r"\underbrace{p_{\bar y} - \mathbb{E}\,p_{\hat y}}_{\text{variance}}"
)
FORMULAS = (
    (SQUARED, Message("Regression, averaged over training sets; f is the truth and σ² the noise around it:")),
    (
        ZERO_ONE,
        Message(
            "Classes (Domingos 2000, James 2003): p are the true probabilities at x. y* is the best answer, ȳ the answer most networks give:"
        ),
    ),
)


def show_sweep(lesson: Lesson) -> None:
    reference = ask_data("bias", toys=KNOWN, default="toy:wave")
    values = ask_few(SweepSettings(), "sweep", ("axis", "draws"))
    model = {} if "toy" in reference else lesson_settings()
    request = SweepRequest(toy=reference.get("toy", ""), model=model, settings=SweepSettings(**values))
    sweep = run_experiment(reference, request, Sweep)
    if sweep is None:
        return
    show_outcomes(lesson, reference, sweep)
    show_figure(sweep_figure(sweep, theme=figure_mode()), describe_sweep(sweep), key="sweep")
    show_pictures(sweep)
    show_remark(below_zero(sweep))
    show_remark(caution(sweep))
    with st.expander(tr("The numbers"), icon=":material/table:"):
        show_rows(sweep_rows(sweep), alt=tr("Bias, variance, noise and their sum at each value"))
    show_formulas(FORMULAS)
    offer_settings(best_change(sweep), reference, key="use")


def show_pictures(sweep: Sweep) -> None:
    shown = pictures_to_show(sweep)
    for place, column in enumerate(st.columns(max(1, len(shown)))):
        if place < len(shown):
            words, picture = shown[place]
            with column:
                show_message(words)
                show_figure(picture_figure(picture, theme=figure_mode()), words, key=f"picture.{place}")
    if shown:
        show_message(picture_key(sweep), kind="caption")


def show_pairs(lesson: Lesson) -> None:
    rows = ask_params(PairSettings(), "pairs", sliders=("dev_rows",))["dev_rows"]
    readings = read_pairs(dev_rows=rows)
    show_outcomes(lesson, Reference(toy="wave"), readings, rows)
    show_figure(pairs_figure(readings, theme=figure_mode()), describe_number_pairs(readings, rows), key="pairs")
    show_rows(pair_rows(PAIRS, readings), alt=tr("What the rules say to each pair"))
    show_message(tr("And your own numbers:"))
    own = Pair(**ask_params(Pair(), "own", columns=3))
    readings = read_pairs((own,), dev_rows=rows)
    show_rows(pair_rows((own,), readings), alt=tr("What the rules say to your numbers"))
    for words in words_of_rules(readings[0]):
        show_message(words)
    link_to_diagnosis(tr("A diagnosis reads the errors of your own table the same way."))


def show_capacity(lesson: Lesson) -> None:
    reference = with_rows(
        ask_data("capacity", toys=("moons", "circles", "xor", "two_blobs"), default="toy:circles"), ROWS
    )
    plane = ask_plane(open_dataset(reference), reference, "plane")
    chosen = CapacitySettings(**ask_few(CapacitySettings(), "capacity", ("units", "times", "longer")))
    result = run_experiment(
        reference, CapacityRequest(**plane, metric=lesson_metric(reference), settings=chosen), SetupComparison
    )
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_compared(result)
    present = present_model("classification").parameters["hidden_layer_sizes"]
    offer_settings(size_that_helped(result, chosen, present), reference, key="use.capacity")


show_topic("bias_variance", {"sweep": show_sweep, "pairs": show_pairs, "capacity": show_capacity})
