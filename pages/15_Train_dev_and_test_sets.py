"""Training, dev and test sets: what each is for, how large it must be, and what choosing on the test set costs."""

import msgspec
import streamlit as st

from dldiag.app.course.data import ask_data, expected_error, lesson_dataset
from dldiag.app.course.layout import add, changed_settings, formulas, heading, link_to_diagnosis, look_at, offer
from dldiag.app.ui.forms import ask_params
from dldiag.app.ui.page import page
from dldiag.app.ui.widgets import explained, figure_mode, show_figure, show_message, show_rows
from dldiag.app.views.progress import run_job
from dldiag.core.i18n import Message, tr
from dldiag.core.types import Dataset
from dldiag.course.splits.candidates import SelectionSettings
from dldiag.course.splits.figures import gap_figure, selection_figure, shares_figure
from dldiag.course.splits.selection import Selection, fewer_rows, read_selection
from dldiag.course.splits.sizes import (
    SplitSettings,
    advise_split,
    material_to_use,
    read_split_advice,
    set_rows,
    split_rows,
    this_projects_split,
)

SIZE_FORMULAS = (
    (
        r"h = 1.96\,\sqrt{\frac{E\,(1-E)}{n}} \quad\Longrightarrow\quad n = \frac{1.96^2\,E\,(1-E)}{h^2}",
        Message("The half-width h of the 95 % interval of an error rate E measured on n rows, and the rows it takes:"),
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
        r"\mathbb{E}[\text{fresh} - \text{promised}] = \mathbb{E}[\max_{i \le k} Z_i]\;\sigma\,\sqrt{(1-\rho)/n}",
        Message(
            "The best of k equally good models on n test rows, each row's loss with standard deviation σ, two models' "
            "losses with correlation ρ:"
        ),
    ),
    (
        r"\mathbb{E}[\max_{i \le k} Z_i] = \int_{-\infty}^{\infty} x\,k\,\varphi(x)\,\Phi(x)^{k-1}\,dx",
        Message("The expected largest of k standard normals:"),
    ),
)


def show_sizes(reference: dict[str, object], dataset: Dataset) -> None:
    heading(tr("How large must they be?"))
    asked = ask_params(SplitSettings(), "size", columns=3)
    error = asked["error"]
    if error is None:
        expected = expected_error(reference)
        error = expected.error
        add(expected.words)
    advice = advise_split(asked["rows"] or dataset.n_rows, error, asked["difference"], dataset.unit)
    look_at(read_split_advice(advice))
    show_figure(shares_figure(advice, theme=figure_mode()), read_split_advice(advice), key="shares")
    show_rows(split_rows(advice), alt=tr("Rows of each set for five ways of splitting"))
    formulas(SIZE_FORMULAS)
    show_message(this_projects_split(dataset))
    offer(material_to_use(advice, dataset), key="use", prefix="settings")


def show_choice(reference: dict[str, object]) -> None:
    heading(tr("What goes wrong when models are chosen on the test set?"))
    asked = ask_params(SelectionSettings(), "choice", columns=2)
    found = run_job("course_selection", {"data": reference, "model": changed_settings(), "asked": asked})
    if found is None:
        return
    result = msgspec.convert(found, Selection)
    look_at(read_selection(result))
    add(fewer_rows(result, asked["test_rows"]))
    left, right = st.columns(2)
    with left:
        show_figure(selection_figure(result, theme=figure_mode()), read_selection(result), key="promise")
    with right:
        show_figure(gap_figure(result, theme=figure_mode()), read_selection(result), key="gap")
    formulas(CHOICE_FORMULAS)


page(
    "Training, dev and test sets",
    "You learn on the training set and choose on the dev set; a set that choices were made on promises too much.",
)
reference = ask_data("splits", toys=("moons", "wave"), default="sample:german_credit")
with explained():
    data = lesson_dataset(reference)
    show_rows(set_rows(), alt=tr("What each set is for"))
    show_sizes(reference, data)
    show_choice(reference)
heading(tr("The sealed test set"))
show_message(
    tr(
        "Here the test rows of your table are set aside before anything else; no number is computed from them until "
        "you open them, once, to confirm the model you chose on the dev set. This page did not touch them either."
    )
)
link_to_diagnosis(tr("In your diagnosis: the split, the half-width of your dev set (rule D1), and the single opening"))
