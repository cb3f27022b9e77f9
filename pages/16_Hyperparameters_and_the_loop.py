"""Hyperparameters and the loop: what is set by hand, which value is best on your data, and what was tried."""

import streamlit as st

from dldiag.app.course.data import ask_data, lesson_dataset
from dldiag.app.course.experiment import is_preview, run_experiment
from dldiag.app.course.layout import (
    ask_few,
    axis_title,
    lesson_metric,
    lesson_settings,
    offer_settings,
    present_model,
    show_formulas,
    show_remark,
)
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.state import history
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.page import link_to
from dldiag.app.ui.widgets import explained, figure_mode, show_figure, show_message, show_rows, warned
from dldiag.core.i18n import Message, tr
from dldiag.course.hyperparameters.figures import map_figure, validation_figure
from dldiag.course.hyperparameters.guided import (
    GuidedSettings,
    SearchComparison,
    describe_searches,
    searches_figure,
    turn_rows,
)
from dldiag.course.hyperparameters.jobs import SearchesRequest, ValidationRequest
from dldiag.course.hyperparameters.record import describe_record, experiment_of, first_idea, record_rows
from dldiag.course.hyperparameters.settings import (
    SearchSettings,
    describe_hyperparameters,
    grid_of,
    same_twice,
    setting_rows,
    settings_of,
)
from dldiag.course.hyperparameters.validation_curve import (
    ValidationGrid,
    ValidationSettings,
    best_settings,
    describe_validation,
    validation_rows,
)
from dldiag.course.shared.lesson import Lesson

RECORD_PAGE = "pages/2_Record_of_experiments.py"
RECORD_SHOWN = 5
FORMULAS = (
    (
        r"\hat\lambda = \arg\min_\lambda\; E_{\text{dev}}\big(\hat\theta(\lambda)\big),\qquad "
        r"\hat\theta(\lambda) = \arg\min_\theta\; J_{\text{train}}(\theta;\lambda)",
        Message("Training chooses the parameters θ; the person chooses the hyperparameters λ, by the dev error:"),
    ),
    (
        r"\Delta \pm t\,\sqrt{\Big(\tfrac{1}{R} + \tfrac{n_{\text{dev}}}{n_{\text{train}}}\Big)\, s^2}",
        Message(
            "Two values are compared on the same R splits. The spread s of their differences is corrected for training sets that overlap (Nadeau and Bengio 2003). The dev rows' own sampling is added:"
        ),
    ),
)


def data_of_page() -> Reference:
    return ask_data("hyperparameters", toys=("moons", "wave"), default="sample:german_credit")


def show_values(lesson: Lesson) -> None:
    reference = data_of_page()
    dataset = lesson_dataset(reference)
    model = present_model(dataset.task)
    show_message(describe_hyperparameters(model), kind="caption")
    search = SearchSettings(**ask_params(SearchSettings(), "search", columns=2))
    show_remark(same_twice(search))
    values = ask_few(ValidationSettings(), "validation", ("repeats", "train_rows"))
    grid = tuple(grid_of(model, search).items())
    request = ValidationRequest(
        model=lesson_settings(), metric=lesson_metric(reference), grid=grid, settings=ValidationSettings(**values)
    )
    result = run_experiment(reference, request, ValidationGrid)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_errors(result, axis_title(reference))
    with st.expander(tr("The numbers"), icon=":material/table:"):
        show_rows(validation_rows(result), alt=tr("Training and dev error of every setting tried"))
    with st.expander(tr("All hyperparameters, with present values"), icon=":material/tune:"):
        show_rows(setting_rows(settings_of(model)), alt=tr("Hyperparameters with present and default values"))
    show_formulas(FORMULAS)
    if offer_settings(best_settings(result, model), reference, key="use"):
        with warned():
            history.note(experiment_of(result, dataset.fingerprint))


def show_errors(result: ValidationGrid, title: str) -> None:
    if len(result.names) == 1:
        show_figure(
            validation_figure(result, title=title, theme=figure_mode()), describe_validation(result), key="curve"
        )
        return
    for column, kind in zip(st.columns(2), ("dev", "train"), strict=True):
        with column:
            show_message(tr("Dev error") if kind == "dev" else tr("Training error"), kind="caption")
            show_figure(
                map_figure(result, kind=kind, theme=figure_mode()), describe_validation(result), key=f"map.{kind}"
            )
    show_message(tr("◎ is the best setting tried, ○ your present one."), kind="caption")


def show_loop(lesson: Lesson) -> None:
    reference = data_of_page()
    dataset = lesson_dataset(reference)
    values = ask_few(GuidedSettings(), "guided", ("budget", "train_rows"))
    request = SearchesRequest(
        model=lesson_settings(), metric=lesson_metric(reference), settings=GuidedSettings(**values)
    )
    result = run_experiment(reference, request, SearchComparison)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_figure(
        searches_figure(result, title=axis_title(reference), theme=figure_mode()),
        describe_searches(result),
        key="searches",
    )
    show_rows(turn_rows(result), alt=tr("Every turn of the guided search"))
    experiments = history.experiments()
    if not experiments and not is_preview() and st.button(tr("Note the first idea in my record"), key="first.idea"):
        with explained():
            history.note(first_idea(result, dataset.fingerprint))
        st.rerun()
    if experiments:
        show_message(describe_record(experiments, dataset.fingerprint))
        show_rows(record_rows(experiments)[:RECORD_SHOWN], alt=tr("The newest experiments"))
    link_to(RECORD_PAGE, tr("The whole record, and a place to note your own"))


show_topic("hyperparameters", {"values": show_values, "loop": show_loop})
