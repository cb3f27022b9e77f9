"""The target: which column is to be predicted, and whether that is a class or an amount. Nothing is chosen silently."""

from __future__ import annotations

from typing import Any, cast

import streamlit as st

from dldiag.app import session, uploads
from dldiag.app.escape import legible, plain
from dldiag.app.repairing import offer_repairs
from dldiag.app.widgets import figure_mode, show_error, show_figure, show_message, show_notices
from dldiag.language import Message, tr
from dldiag.types import DataError, Dataset, Table, Task

TASKS: dict[Task, Message] = {
    "classification": Message("a class (classification)"),
    "regression": Message("an amount (regression)"),
}

MOST_MARKS = 50  # different values of a column that may mark the rows that count


def ask_target(table: Table) -> Dataset | None:
    """Ask for the target and the task; return the rows ready to learn from, None while something is missing."""
    from dldiag.data.target import infer_task

    target = _ask_column(table)
    if target is None:
        _offer_suggestion(table)
        return None
    inferred, why = infer_task(table, target)
    task = _ask_task(target, inferred, why)
    _ask_structure(table, target, task)
    session.change_data(target=target, task=task)
    try:
        dataset = session.current_dataset()
    except DataError as error:
        show_error(error)
        return None
    if dataset is not None:
        own = dataset.notices[len(table.notices) :]
        offer_repairs(dataset)
        _show_distribution(dataset)
        show_notices(own, label=tr("{count} notices about the target and the features", count=len(own)))
    return dataset


def _show_distribution(dataset: Dataset) -> None:
    from dldiag.app.target_figure import describe, distribution, draw

    found = distribution(dataset)
    show_figure(draw(found, theme=figure_mode()), describe(found, dataset.target), key="distribution")


def _ask_column(table: Table) -> str | None:
    names = [column.name for column in table.columns]
    known = (session.current_reference() or {}).get("target")
    chosen = st.selectbox(
        tr("What is to be predicted?"),
        names,
        index=names.index(known) if known in names else None,
        format_func=lambda name: legible(name, 80),
        placeholder=tr("Pick the target column"),
        key=f"target.{session.state()['visit']}",
        help=tr("The column whose values the model should learn to predict from the others."),
    )
    if chosen != known:
        session.change_data(target=chosen, task=None)
    return chosen


def _offer_suggestion(table: Table) -> None:
    from dldiag.data.target import suggest_target

    suggestion = suggest_target(table)
    if suggestion is None:
        show_message(tr("No column stands out as the target; pick the one you want to predict."), kind="caption")
        return
    text, button = st.columns([3, 1], vertical_alignment="center")
    name = legible(suggestion.name, 60)
    with text:
        show_message(tr("Suggestion: {name}, because {why}.", name=name, why=suggestion.why))
    with button:
        if st.button(plain(tr("Use {name}", name=name)), key="suggestion", width="stretch"):
            session.change_data(target=suggestion.name, task=None)
            session.refresh_forms()
            st.rerun()


def _ask_task(target: str, inferred: Task, why: Message) -> Task:
    known = (session.current_reference() or {}).get("task")
    chosen = st.segmented_control(
        tr("The target is"),
        list(TASKS),
        default=known if known in TASKS else inferred,
        format_func=lambda one: str(TASKS[one]),
        key=f"task.{target}.{session.state()['visit']}",
        required=True,
        help=tr("A class is one of a few names; an amount is a number where nearly right is nearly good."),
    )
    if (chosen or inferred) == inferred:
        show_message(why, kind="caption")
    else:
        show_message(tr("Chosen by hand; the values look otherwise: {why}", why=why), kind="caption")
    return cast(Task, chosen or inferred)


def _ask_structure(table: Table, target: str, task: Task) -> None:
    """Ask how rows may be split (groups that belong together, time), and what is left out of what is learned from."""
    from dldiag.data.dataset import ROW_BLOCKS, ROW_ORDER

    reference = session.current_reference() or {}
    names = [column.name for column in table.columns if column.name != target]
    with st.expander(tr("Split, columns left out, logarithm"), expanded=bool(_structure_of(reference))):
        left, right = st.columns(2)
        with left:
            groups = _ask_optional(
                tr("Rows of one … belong together"),
                {None: tr("nothing"), ROW_BLOCKS: tr("neighboring rows of the file")},
                names,
                reference.get("groups"),
                tr(
                    "For example a patient with several visits: all of a patient's rows go to the same side of a split."
                ),
            )
        with right:
            times = _ask_optional(
                tr("Rows are ordered by"),
                {None: tr("nothing"), ROW_ORDER: tr("their order in the file")},
                names,
                reference.get("times"),
                tr("A date or counter: dev and test rows then come after the training rows."),
            )
        domain = _ask_domain(table, names, reference)
        exclude = st.multiselect(
            tr("Columns left out"),
            names,
            default=[name for name in reference.get("exclude", ()) if name in names],
            format_func=lambda name: legible(name, 80),
            key=f"exclude.{target}.{session.state()['visit']}",
            help=tr("For example what is only known after the answer."),
        )
        log_target = task == "regression" and st.toggle(
            tr("Learn the logarithm of the target"),
            value=bool(reference.get("log_target")),
            key=f"log.{target}.{session.state()['visit']}",
            help=tr("For amounts of which a few are very large."),
        )
        _ask_second_file(reference)
    session.change_data(
        groups=groups, times=times, domain=domain, exclude=exclude or None, log_target=log_target or None
    )


def _ask_domain(table: Table, names: list[str], reference: dict[str, Any]) -> list[str] | None:
    """Ask for a column and its value that mark the rows the model must work on, when others are only there to learn."""
    if reference.get("second"):
        return None
    known, value = reference.get("domain") or (None, None)
    left, right = st.columns(2)
    with left:
        column = _ask_optional(
            tr("The rows that count are marked in"),
            {None: tr("nothing")},
            [name for name in names if 2 <= table.column(name).distinct <= MOST_MARKS],
            known,
            tr(
                "When some rows come from elsewhere and only help to learn: dev and test rows are of the rows that count."
            ),
        )
    if column is None:
        return None
    texts = (table.raw if table.raw is not None else table.frame)[column].dropna().astype(str).str.strip()
    values = texts.value_counts().index.tolist()
    with right:
        value = st.selectbox(
            tr("by the value"),
            values,
            index=values.index(value) if value in values else None,
            format_func=lambda text: legible(text, 80),
            placeholder=tr("Pick a value"),
            key=f"domain.{column}.{session.state()['visit']}",
        )
    return None if value is None else [column, value]


def _ask_second_file(reference: dict[str, Any]) -> None:
    second = reference.get("second")
    if second:
        text, button = st.columns([3, 1], vertical_alignment="center")
        with text:
            show_message(tr("The rows that count come from the second file, {name}.", name=legible(second["name"], 80)))
        if button.button(tr("Remove it"), key="second.remove", width="stretch"):
            session.change_data(second=None)
            session.refresh_forms()
            st.rerun()
        return
    file = st.file_uploader(
        tr("A second file with rows like those to be predicted"),
        key=f"second.{session.state()['visit']}",
        help=tr("With the same columns. The model learns from both files and is judged on rows of the second."),
    )
    if file is not None:
        digest = uploads.keep(session.owner(), file.getvalue())
        session.change_data(second={"upload": digest, "name": legible(file.name, 120)})
        session.refresh_forms()
        st.rerun()


def _structure_of(reference: dict[str, Any]) -> list[str]:
    return [name for name in ("groups", "times", "domain", "second", "exclude", "log_target") if reference.get(name)]


def _ask_optional(
    label: str, special: dict[str | None, str], columns: list[str], known: str | None, help: str
) -> str | None:
    names = [*special, *columns]
    return st.selectbox(
        label,
        names,
        index=names.index(known) if known in names else 0,
        format_func=lambda name: special[name] if name in special else legible(name, 80),
        help=help,
        key=f"{label}.{session.state()['visit']}",
    )
