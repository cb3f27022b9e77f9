"""Training, dev and test sets: what each is for, how large it must be, and what choosing on the test set costs."""

import streamlit as st

from dldiag.app.course.data import ask_data, expected_error, lesson_dataset
from dldiag.app.course.experiment import run_experiment
from dldiag.app.course.layout import (
    ask_few,
    axis_title,
    lesson_choice,
    lesson_metric,
    lesson_settings,
    offer_settings,
    show_formulas,
    show_remark,
)
from dldiag.app.course.lesson import show_outcomes, show_topic
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_rows
from dldiag.core.i18n import Message, tr
from dldiag.course.shared.judge import metric_words
from dldiag.course.shared.lesson import Lesson
from dldiag.course.splits.candidates import SelectionSettings
from dldiag.course.splits.figures import gap_figure, selection_figure, shares_figure
from dldiag.course.splits.jobs import SelectionRequest
from dldiag.course.splits.selection import Selection, describe_selection, fewer_rows
from dldiag.course.splits.sizes import (
    SplitSettings,
    advise_split,
    describe_split_advice,
    material_to_use,
    notes_and_ours,
    set_rows,
    split_rows,
    this_projects_split,
    why_ours_departs,
)
from dldiag.experiments.metric_choice import plain_choice

SIZE_FORMULAS = (
    (
        r"h = 1.96\,\sqrt{\frac{E\,(1-E)}{n}} \quad\Longrightarrow\quad n = \frac{1.96^2\,E\,(1-E)}{h^2}",
        Message("An error rate E measured on n rows has a 95% interval of half-width h. The rows it takes:"),
    ),
    (
        r"h \ge \frac{3}{n}",
        Message("Where hardly an error is seen: n rows without any still allow three in n (rule of three):"),
    ),
    (
        r"h = \frac{1.96\,E}{\sqrt{2n}}",
        Message("For a regression with normal residuals, E = RMSE / standard deviation of the target:"),
    ),
)
CHOICE_FORMULAS = (
    (
        r"\mathbb{E}[\text{fresh} - \text{test}] = \mathbb{E}[\max_{i \le k} Z_i]\;\sigma\,\sqrt{(1-\rho)/n}",
        Message(
            "The best of k equally good models on n test rows. Each row's loss has standard deviation σ; two models' losses have correlation ρ:"
        ),
    ),
    (
        r"\mathbb{E}[\max_{i \le k} Z_i] = \int_{-\infty}^{\infty} x\,k\,\varphi(x)\,\Phi(x)^{k-1}\,dx",
        Message("The expected largest of k standard normals:"),
    ),
)


def data_of_page() -> Reference:
    return ask_data("splits", toys=("moons", "wave"), default="sample:german_credit")


def show_sizes(lesson: Lesson) -> None:
    reference = data_of_page()
    dataset = lesson_dataset(reference)
    values = ask_params(SplitSettings(), "size", columns=3)
    choice, error, spread = lesson_choice(reference), values["error"], None
    is_plain = choice.name == plain_choice(dataset.task).name
    if error is None or not is_plain:
        expected = expected_error(reference, choice)
        error, spread = error or expected.error, None if is_plain else expected.spread
        show_remark(expected.words)
    show_remark(metric_words(choice, dataset.task))
    advice = advise_split(values["rows"] or dataset.n_rows, error, values["difference"], choice.unit, spread)
    show_outcomes(lesson, reference, advice)
    show_figure(shares_figure(advice, theme=figure_mode()), describe_split_advice(advice), key="shares")
    show_rows(split_rows(advice), alt=tr("Rows of each set for five ways of splitting"))
    with st.expander(tr("The notes beside our own count, by size of the table"), icon=":material/table:"):
        show_message(why_ours_departs(advice))
        show_rows(notes_and_ours(advice, spread), alt=tr("The notes' split and ours for tables of many sizes"))
    with st.expander(tr("What each set is for"), icon=":material/table:"):
        show_rows(set_rows(), alt=tr("What each set is for"))
    show_formulas(SIZE_FORMULAS)
    show_message(this_projects_split(dataset))
    offer_settings(material_to_use(advice, dataset), reference, key="use", prefix="settings")


def show_choice(lesson: Lesson) -> None:
    reference = data_of_page()
    values = ask_few(SelectionSettings(), "choice", ("models", "test_rows", "kind"))
    request = SelectionRequest(
        model=lesson_settings(), metric=lesson_metric(reference), settings=SelectionSettings(**values)
    )
    result = run_experiment(reference, request, Selection)
    if result is None:
        return
    show_outcomes(lesson, reference, result)
    show_remark(fewer_rows(result, values["test_rows"]))
    left, right = st.columns(2)
    with left:
        show_figure(
            selection_figure(result, title=axis_title(reference), theme=figure_mode()),
            describe_selection(result),
            key="promise",
        )
    with right:
        show_figure(gap_figure(result, theme=figure_mode()), describe_selection(result), key="gap")
    show_formulas(CHOICE_FORMULAS)
    show_message(
        tr(
            "The test rows of your table are sealed. Open them once, when you have finished choosing. This page did not use them."
        )
    )


show_topic("splits", {"sizes": show_sizes, "choice": show_choice})
