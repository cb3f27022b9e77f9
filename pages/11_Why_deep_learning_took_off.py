"""Why deep learning took off: error against rows for networks and traditional learners, and sigmoid against ReLU."""

import streamlit as st

from dldiag.app.course.columns import with_rows
from dldiag.app.course.data import ask_data, lesson_dataset
from dldiag.app.course.experiment import run_experiment
from dldiag.app.course.layout import ask_few, axis_title, lesson_metric, offer_settings, show_formulas, show_remark
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_rows
from dldiag.core.i18n import Message, tr
from dldiag.core.types import Progress
from dldiag.course.shared.activation_race import ActivationRace, RaceSettings, runner_to_use
from dldiag.course.shared.lesson import Lesson
from dldiag.course.took_off.figures import alt_race, alt_scale, crossing_rows, race_figure, scale_figure, scale_rows
from dldiag.course.took_off.jobs import PreprocessingRequest, RaceRequest, ScaleRequest
from dldiag.course.took_off.preprocessing import (
    PreprocessingComparison,
    PreprocessingSettings,
    alt_preprocessing,
    preprocessing_figure,
)
from dldiag.course.took_off.scaling import (
    LEARNERS,
    LearnerComparison,
    ScaleSettings,
    left_out_words,
    named_learner,
    rows_for,
    size_to_use,
    size_words,
)
from dldiag.report.figures import alt_learning_curves, learning_curves

FORMULAS = (
    (
        r"d_r(n) = E^{\text{first}}_r(n) - E^{\text{second}}_r(n), \qquad \bar d(n^*) = 0",
        Message(
            "The crossover n* is where the mean difference of the errors over repeats r changes its sign for good:"
        ),
    ),
    (
        r"\bar d^* = \bar d + c\,(\bar d^{\text{resampled}} - \bar d), \qquad "
        r"c^2 = \frac{1/J + n_{dev}/n_{train}}{(J-1)/J^2}",
        Message("Its interval comes from resampling the J repeats, widened because they overlap (Nadeau and Bengio):"),
    ),
)


def data_of_page() -> Reference:
    return ask_data("took_off", toys=("twist", "circles", "two_blobs", "line"), default="toy:twist")


def partial(progress: Progress) -> None:
    curves = named_learner(progress.curves)
    if curves:
        show_figure(learning_curves(curves, theme=figure_mode(), train=False), alt_learning_curves(curves))


def show_scale(lesson: Lesson) -> None:
    reference = data_of_page()
    labels = {key: row.label for key, row in LEARNERS.items()}
    first = ("train_rows", "learners")
    values = ask_few(ScaleSettings(), "scale", first, choices={"learners": labels})
    reference = with_rows(reference, rows_for(values["train_rows"]))
    result = run_experiment(
        reference,
        ScaleRequest(metric=lesson_metric(reference), settings=ScaleSettings(**values)),
        LearnerComparison,
        partial=partial,
    )
    if result is None:
        return
    if not result.curves:
        show_message(Message("Choose at least one learner."), kind="info")
        return
    show_outcomes(lesson, reference, result)
    show_figure(scale_figure(result, title=axis_title(reference), theme=figure_mode()), alt_scale(result), key="scale")
    with st.expander(tr("The numbers"), icon=":material/table:"):
        show_rows(scale_rows(result), alt=tr("Error of every learner on the fewest and on the most rows"))
        if result.crossings:
            show_rows(crossing_rows(result.crossings), alt=tr("The largest network against every traditional learner"))
        if result.others:
            show_message(tr("Other crossovers, with 90% confidence:"))
            show_rows(crossing_rows(result.others), alt=tr("Who overtakes whom, and at how many rows"))
    show_formulas(FORMULAS)
    show_remark(size_words(result))
    show_remark(left_out_words(ScaleSettings(**values)))
    offer_settings(size_to_use(result, lesson_dataset(reference).task), reference, key="use.size")


def show_few(lesson: Lesson) -> None:
    reference = data_of_page()
    values = ask_params(PreprocessingSettings(), "hand", columns=3, sliders=("rows",))
    request = PreprocessingRequest(metric=lesson_metric(reference), settings=PreprocessingSettings(**values))
    result = run_experiment(reference, request, PreprocessingComparison)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_figure(
        preprocessing_figure(result, title=axis_title(reference), theme=figure_mode()),
        alt_preprocessing(result),
        key="hand",
    )


def show_race(lesson: Lesson) -> None:
    reference = with_rows(data_of_page(), rows_for(0))
    first = ("hidden_layers", "first", "second")
    values = ask_few(RaceSettings(), "race", first)
    result = run_experiment(reference, RaceRequest(settings=RaceSettings(**values)), ActivationRace)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    for column, seconds in zip(st.columns(2), (False, True), strict=True):
        with column:
            figure = race_figure(result, seconds=seconds, theme=figure_mode())
            show_figure(figure, alt_race(result, seconds=seconds), key=f"race.{seconds}")
    offer_settings(runner_to_use(result), reference, key="use.race")


show_topic("took_off", {"scale": show_scale, "few": show_few, "race": show_race})
