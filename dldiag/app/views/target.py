"""The target: which column is to be predicted, and whether that is a class or a number. Nothing is chosen silently."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dldiag.app.state import session
from dldiag.app.ui.widgets import figure_mode, show_error, show_figure, show_message, show_notices
from dldiag.app.views.repairs import offer_repairs
from dldiag.app.views.split_options import ask_use
from dldiag.app.views.target_figure import describe_target, distribution, draw_target
from dldiag.core.i18n import Message, tr, trn
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.core.types import DataError, Dataset, Notice, Table, Task
from dldiag.data.target import infer_task, suggest_target

_TASKS: dict[Task, Message] = {
    "classification": Message("a class (classification)"),
    "regression": Message("a number (regression)"),
}


def ask_target(table: Table, place: DeltaGenerator, more: DeltaGenerator) -> Dataset | None:
    """Ask for the target and the task in `place`, for the other choices in `more`; return the dataset.

    None while a choice is missing or cannot be used.
    """
    with place:
        target = _ask_column(table)
        if target is None:
            _offer_suggestion(table)
            return None
        inferred, why = infer_task(table, target)
        task = _ask_task(target, inferred, why)
    with more:
        ask_use(table, target, task)
    session.change_data(target=target, task=task)
    try:
        dataset = session.current_dataset()
    except DataError as error:
        with place:
            show_error(error)
        return None
    if dataset is not None:
        with place:
            offer_repairs(dataset)
        with more:
            _show_distribution(dataset)
            _show_own_notices(dataset.notices[len(table.notices) :])
    return dataset


def _show_own_notices(own: Sequence[Notice]) -> None:
    label = trn(
        "{n} notice about the target and the features", "{n} notices about the target and the features", len(own)
    )
    show_notices(own, label=label)


def _show_distribution(dataset: Dataset) -> None:
    target_distribution = distribution(dataset)
    show_figure(
        draw_target(target_distribution, theme=figure_mode()),
        describe_target(target_distribution, dataset.target),
        key="distribution",
    )


def _ask_column(table: Table) -> str | None:
    names = [column.name for column in table.columns]
    present = (session.current_reference() or {}).get("target")
    choice = st.selectbox(
        tr("What should be predicted?"),
        names,
        index=names.index(present) if present in names else None,
        format_func=lambda name: legible(name, 80),
        placeholder=tr("Pick the target column"),
        key=f"target.{session.state()['visit']}",
        help=tr("The column whose values the model should learn to predict from the others."),
    )
    if choice != present:
        session.change_data(target=choice, task=None)
        st.rerun()  # The sidebar, drawn before, names the target.
    return choice


def _offer_suggestion(table: Table) -> None:
    suggestion = suggest_target(table)
    if suggestion is None:
        show_message(tr("No column stands out as the target; pick the one you want to predict."), kind="caption")
        return
    text, button = st.columns([3, 1], vertical_alignment="center")
    name = legible(suggestion.name, 60)
    with text:
        show_message(tr("Suggestion: {name}, because {why}.", name=name, why=suggestion.why))
    with button:
        if st.button(escape_markdown(tr("Use {name}", name=name)), key="suggestion", width="stretch"):
            session.change_data(target=suggestion.name, task=None)
            session.refresh_forms()
            st.rerun()


def _ask_task(target: str, inferred: Task, why: Message) -> Task:
    present = (session.current_reference() or {}).get("task")
    choice = st.segmented_control(
        tr("The target is"),
        list(_TASKS),
        default=present if present in _TASKS else inferred,
        format_func=lambda one: str(_TASKS[one]),
        key=f"task.{target}.{session.state()['visit']}",
        required=True,
        help=tr(
            "A class is one of a few labels. A number is predicted by regression, where nearly right is nearly good."
        ),
    )
    if choice == inferred:
        show_message(why, kind="caption")
    else:
        show_message(tr("Chosen by hand; the values look otherwise: {why}", why=why), kind="caption")
    return choice
