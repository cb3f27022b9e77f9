"""What was read: a preview, how the file was parsed, and the type of every column, all editable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dldiag.app.state import session
from dldiag.app.ui.widgets import show_error, show_frame, show_message, show_notices, table_size
from dldiag.core.i18n import Message, listed, tr
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.core.types import Column, DataError, Kind, ReadPlan, Table
from dldiag.data.dataset import check_table

PREVIEW_ROWS = 5
PREVIEW_HEIGHT = 215
SHOWN_COLUMNS = 60  # Columns in the preview; the list of columns holds all of them.

DELIMITERS = {
    ",": Message("comma"),
    ";": Message("semicolon"),
    "\t": Message("tab"),
    "|": Message("vertical bar"),
    " ": Message("space"),
    ":": Message("colon"),
}
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "big5", "shift_jis", "euc_kr", "utf-16", "cp1252", "latin-1", "cp1251")
_DECIMALS = {".": Message("point (1.5)"), ",": Message("comma (1,5)")}
_THOUSANDS = {
    "": Message("none"),
    ",": Message("comma (1,000)"),
    ".": Message("point (1.000)"),
    " ": Message("space (1 000)"),
    "'": Message("apostrophe (1'000)"),
}
_KINDS: dict[Kind, Message] = {
    "number": Message("number"),
    "category": Message("category"),
    "boolean": Message("yes or no"),
    "date": Message("date"),
    "text": Message("free text"),
    "identifier": Message("identifier (left out)"),
    "constant": Message("constant (left out)"),
    "empty": Message("empty (left out)"),
}


def show_reading() -> Table | None:
    """Show the visitor's table and let them correct how it was read; None when it cannot be read."""
    reference = session.current_reference() or {}
    try:
        table = session.current_table()
    except (DataError, OSError, KeyError) as error:
        _show_failure(error)
        _ask_plan(ReadPlan(**reference.get("plan", {})), tr("Read it another way"), expanded="plan" in reference)
        return None
    if table is None:
        return None
    _show_summary(table)
    if len(table.frame):
        show_frame(_preview(table), alt=tr("The first rows of the table as they were read"), height=PREVIEW_HEIGHT)
    show_notices(table.notices)
    if table.plan.format == "csv":
        _ask_plan(table.plan, tr("How it was read: {how}", how=plan_text(table.plan)), expanded=False)
    try:
        check_table(table)
    except DataError as error:
        show_error(error)
        return None
    _ask_kinds(table)
    return table


def _show_failure(error: DataError | OSError | KeyError) -> None:
    if isinstance(error, DataError):
        show_error(error)
    else:
        show_error(Message("The file is not there any more."), Message("Choose it again."))


def _show_summary(table: Table) -> None:
    size = table_size(table)
    st.markdown(
        f"**{escape_markdown(table.name, 120)}** · {escape_markdown(size)} · {escape_markdown(kinds_text(table))}"
    )


def kinds_text(table: Table) -> str:
    """Count the columns by kind, as in "15 × number, 6 × category"."""
    counts = Counter(column.kind for column in table.columns)
    return listed(f"{counts[kind]} × {name}" for kind, name in _KINDS.items() if counts[kind])


def plan_text(plan: ReadPlan) -> str:
    """Say in one line how a file was parsed."""
    delimiter = str(DELIMITERS.get(plan.delimiter, repr(plan.delimiter)))
    no_header = tr("no header line")
    header = no_header if plan.header_row is None else tr("header in line {line}", line=plan.header_row + 1)
    decimal = str(_DECIMALS.get(plan.decimal, plan.decimal))
    return tr(
        "separated by {delimiter}, {encoding}, {header}, decimal {decimal}",
        delimiter=delimiter,
        encoding=plan.encoding.upper(),
        header=header,
        decimal=decimal,
    )


def _preview(table: Table) -> pd.DataFrame:
    source = table.frame if table.raw is None else table.raw
    return source.iloc[:PREVIEW_ROWS, :SHOWN_COLUMNS]


# --- how it was read ----------------------------------------------------------------------------------------------


def _ask_plan(plan: ReadPlan, label: str, *, expanded: bool) -> None:
    visit = session.state()["visit"]
    with st.expander(escape_markdown(label), expanded=expanded), st.form(f"plan.{visit}", border=False):
        fields = _plan_fields(plan)
        if st.form_submit_button(tr("Read it again this way")):
            changes = {name: value for name, value in fields.items() if value != getattr(plan, name)}
            _reread(changes)


def _plan_fields(plan: ReadPlan) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    with left:
        delimiter = _pick(tr("Separator"), DELIMITERS, plan.delimiter, tr("What stands between two cells of a line."))
        encoding = _ask_encoding(plan.encoding)
    with middle:
        header = st.number_input(
            tr("Header line (0: none)"),
            min_value=0,
            value=0 if plan.header_row is None else plan.header_row + 1,
            help=tr("The line that holds the column names."),
        )
        decimal = _pick(tr("Decimal mark"), _DECIMALS, plan.decimal, tr("How 1½ is written in the file."))
    with right:
        thousands = _pick(
            tr("Thousands mark"), _THOUSANDS, plan.thousands, tr("What groups the digits of large numbers.")
        )
        missing = _ask_missing(plan.missing)
    fields = {"delimiter": delimiter, "encoding": encoding, "decimal": decimal, "thousands": thousands}
    return fields | _header_fields(int(header), plan) | missing


def _ask_encoding(present: str) -> str:
    encodings = _with(ENCODINGS, present)
    help_text = tr("How bytes become letters. Wrong letters in names? Try another one.")
    return st.selectbox(tr("Encoding"), encodings, index=encodings.index(present), help=help_text)


def _ask_missing(present: Sequence[str]) -> dict[str, Any]:
    """Ask for the spellings of missing values; empty where nothing was changed."""
    texts = tuple(value for value in present if value)
    help_text = tr("Spellings that mean “no value”, separated by commas; empty cells always do.")
    typed = st.text_input(tr("Missing values"), value=", ".join(texts), help=help_text)
    spelled = tuple(one.strip() for one in typed.split(",") if one.strip())
    return {"missing": ("", *spelled)} if spelled != texts else {}


def _header_fields(line: int, plan: ReadPlan) -> dict[str, Any]:
    """Return header_row and first_row for a one-based line number; the first row follows the header."""
    row = None if line == 0 else line - 1
    if row == plan.header_row:
        return {}
    return {"header_row": row, "first_row": 0 if row is None else row + 1}


def _reread(changes: dict[str, Any]) -> None:
    before = (session.current_reference() or {}).get("plan", {})
    session.change_data(plan=before | changes or None, kinds=None, target=None, task=None)
    session.refresh_forms()
    st.rerun()


def _pick(label: str, options: dict[str, Message], value: str, help: str) -> str:
    choices = _with(tuple(options), value)
    return st.selectbox(
        label,
        choices,
        index=choices.index(value),
        format_func=lambda one: str(options[one]) if one in options else legible(repr(one)),
        help=help,
    )


def _with(options: tuple[str, ...], value: str) -> list[str]:
    return list(options) if value in options else [value, *options]


# --- the kinds of columns -----------------------------------------------------------------------------------------


def _ask_kinds(table: Table) -> None:
    label = tr("Columns and detected types")
    with st.expander(escape_markdown(label)):
        show_message(tr("If a type is wrong, change it in the second column."), kind="caption")
        names = {kind: str(text) for kind, text in _KINDS.items()}
        before = pd.DataFrame([_column_row(column, names) for column in table.columns])
        kind_column = str(before.columns[1])
        after = st.data_editor(
            before,
            hide_index=True,
            disabled=[name for name in before.columns if name != kind_column],
            column_config={kind_column: st.column_config.SelectboxColumn(options=list(names.values()), required=True)},
            key=f"kinds.{session.state()['visit']}",
        )
        _apply_kinds(table, list(after[kind_column]), {text: kind for kind, text in names.items()})


def _column_row(column: Column, names: dict[Kind, str]) -> dict[str, Any]:
    return {
        tr("Column"): legible(column.name, 80),
        tr("Type"): names[column.kind],
        tr("Why"): legible(column.why),
        tr("Missing"): column.missing,
        tr("Different values"): column.distinct,
        tr("Examples"): legible(", ".join(map(str, column.examples)), 80),
    }


def _apply_kinds(table: Table, chosen: list[str], kinds: dict[str, Kind]) -> None:
    changes = {
        column.name: kinds[text]
        for column, text in zip(table.columns, chosen, strict=True)
        if kinds[text] != column.kind
    }
    if changes:
        before = (session.current_reference() or {}).get("kinds", {})
        session.change_data(kinds=before | changes)
        session.refresh_forms()
        st.rerun()
