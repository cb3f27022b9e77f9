"""How the rows and columns of a table are used: the split, the rows that count, columns left out, the logarithm."""

from __future__ import annotations

import streamlit as st

from dldiag.app.state import session
from dldiag.app.storage import uploads
from dldiag.app.storage.data_ref import Reference
from dldiag.app.ui.widgets import explained, show_message
from dldiag.core.i18n import tr
from dldiag.core.sanitize import legible
from dldiag.core.types import Table, Task
from dldiag.data.dataset import ROW_BLOCKS, ROW_ORDER

MOST_MARKS = 50  # Most distinct values of a column offered to mark the target rows.
CHOICES = ("groups", "times", "domain", "second", "exclude", "log_target")


def ask_use(table: Table, target: str, task: Task) -> None:
    """Ask how rows may be split (groups that belong together, time), and what is left out of what is learned from."""
    reference = session.current_reference() or {}
    names = [column.name for column in table.columns if column.name != target]
    used = any(reference.get(name) for name in CHOICES)
    with st.expander(tr("Split and columns"), expanded=used):
        groups, times = _ask_split(names, reference)
        domain = _ask_domain(table, names, reference)
        exclude = _ask_exclude(names, target, reference)
        log_target = task == "regression" and _ask_logarithm(target, reference)
        _ask_second_file(reference)
    session.change_data(
        groups=groups, times=times, domain=domain, exclude=exclude or None, log_target=log_target or None
    )


def _ask_split(names: list[str], reference: Reference) -> tuple[str | None, str | None]:
    left, right = st.columns(2)
    with left:
        groups = _ask_optional(
            tr("Group column"),
            {None: tr("none"), ROW_BLOCKS: tr("neighboring rows of the file")},
            names,
            reference.get("groups"),
            tr("All rows of a group, for example the visits of a patient, go to the same side of a split."),
        )
    with right:
        times = _ask_optional(
            tr("Time column"),
            {None: tr("none"), ROW_ORDER: tr("their order in the file")},
            names,
            reference.get("times"),
            tr("A date or counter: dev and test rows then come after the training rows."),
        )
    return groups, times


def _ask_exclude(names: list[str], target: str, reference: Reference) -> list[str]:
    return st.multiselect(
        tr("Columns left out"),
        names,
        default=[name for name in reference.get("exclude", ()) if name in names],
        format_func=lambda name: legible(name, 80),
        placeholder=tr("Pick one or more"),
        key=f"exclude.{target}.{session.state()['visit']}",
        help=tr("For example what is only known after the answer."),
    )


def _ask_logarithm(target: str, reference: Reference) -> bool:
    return st.toggle(
        tr("Learn the logarithm of the target"),
        value=bool(reference.get("log_target")),
        key=f"log.{target}.{session.state()['visit']}",
        help=tr("For numeric targets with a few very large values."),
    )


def _ask_domain(table: Table, names: list[str], reference: Reference) -> list[str] | None:
    """Ask for a column and its value that mark the rows the model must work on, when others are only there to learn."""
    if reference.get("second"):
        return None
    known, value = reference.get("domain") or (None, None)
    left, right = st.columns(2)
    with left:
        column = _ask_optional(
            tr("Column that marks rows like those to be predicted"),
            {None: tr("none")},
            [name for name in names if 2 <= table.column(name).distinct <= MOST_MARKS],
            known,
            tr(
                "When some rows come from elsewhere and only help to learn: dev and test rows are taken from the marked ones."
            ),
        )
    if column is None:
        return None
    texts = (table.raw if table.raw is not None else table.frame)[column].dropna().astype(str).str.strip()
    values = texts.value_counts().index.tolist()
    with right:
        value = st.selectbox(
            tr("with the value"),
            values,
            index=values.index(value) if value in values else None,
            format_func=lambda text: legible(text, 80),
            placeholder=tr("Pick a value"),
            key=f"domain.{column}.{session.state()['visit']}",
        )
    return None if value is None else [column, value]


def _ask_second_file(reference: Reference) -> None:
    second = reference.get("second")
    if second:
        text, button = st.columns([3, 1], vertical_alignment="center")
        with text:
            show_message(tr("Dev and test rows come from the second file, {name}.", name=legible(second["name"], 80)))
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
        with explained():
            digest = uploads.keep(session.owner(), file.getvalue())
        session.change_data(second={"upload": digest, "name": legible(file.name, 120)})
        session.refresh_forms()
        st.rerun()


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
