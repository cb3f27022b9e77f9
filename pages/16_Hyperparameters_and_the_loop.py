"""Hyperparameters and the loop: what is set by hand, which value is best on your data, and what was tried."""

import msgspec
import streamlit as st

from dldiag.app.course.data import ask_data, lesson_dataset
from dldiag.app.course.layout import (
    add,
    changed_settings,
    formulas,
    heading,
    link_to_diagnosis,
    look_at,
    offer,
    present_model,
)
from dldiag.app.state import history
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.page import link_to, page
from dldiag.app.ui.widgets import explained, figure_mode, show_figure, show_message, show_rows
from dldiag.app.views.progress import run_job
from dldiag.core.i18n import Message, tr
from dldiag.core.types import Dataset
from dldiag.course.hyperparameters.figures import map_figure, validation_figure
from dldiag.course.hyperparameters.record import experiment_of, read_record, record_rows
from dldiag.course.hyperparameters.settings import (
    SearchSettings,
    grid_of,
    read_searched,
    same_twice,
    setting_rows,
    settings_of,
)
from dldiag.course.hyperparameters.validation_curve import (
    Validation,
    ValidationSettings,
    best_settings,
    read_validation,
    validation_rows,
)
from dldiag.experiments.models import Model

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
            "Two values are compared on the same R splits; the spread s of their differences is corrected for training "
            "sets that overlap (Nadeau and Bengio 2003), beside the dev rows' own sampling:"
        ),
    ),
)


def show_list(model: Model) -> None:
    heading(tr("The hyperparameters of your model"))
    show_message(read_searched(model))
    with st.expander(tr("All of them, with present values"), icon=":material/tune:"):
        show_rows(setting_rows(settings_of(model)), alt=tr("Hyperparameters with present and default values"))


def show_search(dataset: Dataset, model: Model, reference: dict[str, object]) -> None:
    heading(tr("Which value is best?"))
    search = SearchSettings(**ask_params(SearchSettings(), "search", columns=2))
    add(same_twice(search))
    asked = ask_params(ValidationSettings(), "validation", columns=3)
    grid = [[name, list(values)] for name, values in grid_of(model, search).items()]
    arguments = {"data": reference, "model": changed_settings(), "grid": grid, "asked": asked}
    found = run_job("course_validation", arguments)
    if found is None:
        return
    result = msgspec.convert(found, Validation)
    look_at(read_validation(result))
    show_errors(result)
    with st.expander(tr("The numbers"), icon=":material/table:"):
        show_rows(validation_rows(result), alt=tr("Training and dev error of every setting tried"))
    formulas(FORMULAS)
    if offer(best_settings(result, model), key="use"):
        history.note(experiment_of(result, dataset.fingerprint))


def show_errors(result: Validation) -> None:
    if len(result.names) == 1:
        show_figure(validation_figure(result, theme=figure_mode()), read_validation(result), key="curve")
        return
    for column, kind in zip(st.columns(2), ("dev", "train"), strict=True):
        with column:
            show_message(tr("Dev error") if kind == "dev" else tr("Training error"), kind="caption")
            show_figure(map_figure(result, kind=kind, theme=figure_mode()), read_validation(result), key=f"map.{kind}")
    show_message(tr("◎ is the best setting tried, ○ your present one."), kind="caption")


def show_loop(dataset: Dataset) -> None:
    heading(tr("The loop: idea, change, result, next idea"))
    experiments = history.experiments()
    show_message(read_record(experiments, dataset.fingerprint))
    if experiments:
        show_rows(record_rows(experiments)[:RECORD_SHOWN], alt=tr("The newest experiments"))
    link_to(RECORD_PAGE, tr("The whole record, and a place to note your own"))


page(
    "Hyperparameters and the loop",
    "A hyperparameter is set by hand and decides which parameters training finds; only trying tells what is good.",
)
reference = ask_data("hyperparameters", toys=("moons", "wave"), default="sample:german_credit")
with explained():
    data = lesson_dataset(reference)
    network = present_model(data.task)
    show_list(network)
    show_search(data, network, reference)
    show_loop(data)
link_to_diagnosis(
    tr("In your diagnosis: the remedies change these settings and are tried on your data in the same way")
)
