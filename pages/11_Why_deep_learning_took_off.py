"""Why deep learning took off: error against rows for networks and traditional learners, and sigmoid against ReLU."""

from typing import Any

import msgspec
import streamlit as st

from dldiag.app.course.columns import with_rows
from dldiag.app.course.data import ask_data, lesson_dataset
from dldiag.app.course.layout import add, formulas, heading, link_to_diagnosis, look_at, offer
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.page import page
from dldiag.app.ui.widgets import explained, figure_mode, show_figure, show_message, show_rows
from dldiag.app.views.progress import run_job
from dldiag.core.i18n import Message, tr
from dldiag.core.types import Progress, Task
from dldiag.course.shared.race import Race, RaceSettings, look_at_race, runner_to_use
from dldiag.course.took_off.figures import alt_race, alt_scale, crossing_rows, race_figure, scale_figure, scale_rows
from dldiag.course.took_off.scaling import (
    LEARNERS,
    Scale,
    ScaleSettings,
    look_at_crossover,
    look_at_few_rows,
    named_learner,
    size_to_use,
    size_words,
)
from dldiag.report.figures import alt_learning_curves, learning_curves

TOY_ROWS = 2000
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


def partial(progress: Progress) -> None:
    curves = named_learner(progress.curves)
    show_figure(learning_curves(curves, theme=figure_mode(), train=False), alt_learning_curves(curves))


def show_scale(reference: dict[str, Any], task: Task) -> None:
    heading(tr("Scale drives progress: data"))
    labels = {key: row.label for key, row in LEARNERS.items()}
    asked = ask_params(ScaleSettings(), "scale", choices={"learners": labels}, columns=2)
    found = run_job("course_scale", {"data": reference, "asked": asked}, partial=partial)
    if found is None:
        return
    result = msgspec.convert(found, Scale)
    if not result.curves:
        show_message(Message("Choose at least one learner."), kind="info")
        return
    look_at(look_at_crossover(result))
    look_at(look_at_few_rows(result))
    show_figure(scale_figure(result, theme=figure_mode()), alt_scale(result), key="scale")
    show_rows(scale_rows(result), alt=tr("Error of every learner on the fewest and on the most rows"))
    if result.crossings:
        show_rows(crossing_rows(result.crossings), alt=tr("The largest network against every traditional learner"))
    if result.others:
        show_message(tr("Other crossovers that these repeats are sure of:"))
        show_rows(crossing_rows(result.others), alt=tr("Who overtakes whom, and at how many rows"))
    formulas(FORMULAS)
    show_message(
        tr("Break it: take the two clouds or the line with noise, where a small learner is all one needs."),
        kind="caption",
    )
    add(size_words(result))
    offer(size_to_use(result, task), key="use.size")


def show_race(reference: dict[str, Any]) -> None:
    heading(tr("Scale drives progress: algorithms"))
    asked = ask_params(RaceSettings(), "race", columns=4)
    found = run_job("course_race", {"data": reference, "asked": asked})
    if found is None:
        return
    result = msgspec.convert(found, Race)
    look_at(look_at_race(result))
    for column, seconds in zip(st.columns(2), (False, True), strict=True):
        with column:
            figure = race_figure(result, seconds=seconds, theme=figure_mode())
            show_figure(figure, alt_race(result, seconds=seconds), key=f"race.{seconds}")
    show_message(tr("Break it: take one hidden layer, or let tanh run against ReLU."), kind="caption")
    offer(runner_to_use(result), key="use.race")


page(
    "Why deep learning took off",
    "With more rows, larger networks go on improving where other learners level off, and ReLU made them fast to train.",
)
toys = ("twist", "circles", "two_blobs", "line")
chosen = with_rows(ask_data("took_off", toys=toys, default="toy:twist"), TOY_ROWS)
with explained():
    show_scale(chosen, lesson_dataset(chosen).task)
    show_race(chosen)
link_to_diagnosis(
    tr("In your diagnosis: your learning curve, the reference models beside it, and what more rows would bring")
)
