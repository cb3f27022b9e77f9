"""What pages show: messages, errors, tables of rows, figures and moving pictures, with every user text made harmless."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import streamlit as st

from dldiag.app.ui.theme import mode
from dldiag.core.i18n import Message, listed, tr, trn
from dldiag.core.params import SettingError
from dldiag.core.sanitize import escape_markdown, legible, unbroken
from dldiag.core.types import DataError, Notice, Table
from dldiag.data.io.header import unique_names

FIGURE_CONFIG = {
    "displayModeBar": "hover",
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "svg", "filename": "dldiag-figure"},
    "responsive": True,
    "scrollZoom": False,
}
LONGEST_MESSAGE = 2000
_LONGEST_NAME = 80  # Characters of a column's name in a header.
FULL_ROWS = 12  # Longer tables scroll.
LONGEST_TABLE = 200  # Rows; a longer one is drawn as a grid, which cuts its texts.
KEYS = Path(__file__).with_name("moving.js")


def show_message(message: Message | str, *, kind: str = "text") -> None:
    """Show a text as it is; `kind` is text, caption, info, success, warning or error."""
    show: dict[str, Callable[[str], Any]] = {
        "text": st.markdown,
        "caption": st.caption,
        "info": st.info,
        "success": st.success,
        "warning": st.warning,
        "error": st.error,
    }
    show[kind](escape_markdown(message, longest=LONGEST_MESSAGE))


def show_error(error: DataError | SettingError | Message, hint: Message | str = "") -> None:
    """Show what is wrong and what to do; the rest of the page stays."""
    message, hint = (error.message, error.hint) if isinstance(error, DataError) else (str(error), hint)
    advice = f"  \n{escape_markdown(hint)}" if str(hint) else ""
    st.warning(f"**{escape_markdown(message)}**{advice}")


@contextmanager
def warned() -> Iterator[None]:
    """Show a DataError raised inside as a warning, and go on with what follows."""
    try:
        yield
    except DataError as error:
        show_error(error)


@contextmanager
def explained() -> Iterator[None]:
    """Show a DataError or SettingError raised inside, and end the run; what was drawn stays."""
    try:
        yield
    except (DataError, SettingError) as error:
        show_error(error)
        st.stop()


def show_notices(notices: Sequence[Notice], *, label: str = "") -> None:
    """List what was repaired, left out or noticed, with counts and examples."""
    if not notices:
        return
    with st.expander(label or trn("{n} notice about the file", "{n} notices about the file", len(notices))):
        for notice in notices:
            st.markdown(_notice_text(notice))


def _notice_text(notice: Notice) -> str:
    parts = [f"- {escape_markdown(notice.message)}"]
    if notice.example and notice.example not in str(notice.message):
        parts.append(escape_markdown(tr("Example: {example}", example=legible(notice.example, 120))))
    if notice.hint:
        parts.append(escape_markdown(notice.hint))
    return " ".join(parts)


def table_size(table: Table) -> str:
    """Say how many rows and columns a table has."""
    rows, columns = len(table.frame), len(table.columns)
    return listed([trn("{n:,} row", "{n:,} rows", rows), trn("{n:,} column", "{n:,} columns", columns)])


def show_rows(rows: Iterable[Mapping[str, Any]], *, alt: str, key: str | None = None) -> None:
    """Show rows of texts as a table; `alt` says what it holds."""
    frame = pd.DataFrame([{legible(k): _cell(v) for k, v in row.items()} for row in rows]).fillna("")
    frame = frame.loc[:, (frame != "").any()]  # A column in which nothing is said is none.
    if frame.empty:
        show_message(tr("There is nothing to show here."), kind="caption")
        return
    if len(frame) <= LONGEST_TABLE:
        st.html(_table(frame, alt))
    else:
        st.dataframe(frame, hide_index=True, alt=alt, key=key)


def _table(frame: pd.DataFrame, alt: str) -> str:
    """Write a table in HTML; where it is narrow each cell says its column (the looks are in theme.py)."""
    names = [_html(name) for name in frame.columns]
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(f"<tr>{_cells(names, row)}</tr>" for row in frame.itertuples(index=False, name=None))
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    box = f'class="rows-box tall" tabindex="0" role="region" aria-label="{_html(alt)}"'
    box = box if len(frame) > FULL_ROWS else 'class="rows-box"'
    return f'<div {box}><table class="rows" aria-label="{_html(alt)}">{table}</table></div>'


def _cells(names: Sequence[str], row: Sequence[Any]) -> str:
    return "".join(f'<td data-label="{name}">{_html(cell)}</td>' for name, cell in zip(names, row, strict=True))


def show_frame(frame: pd.DataFrame, *, alt: str, key: str | None = None, height: int = 250) -> None:
    """Show the first rows of a table as they were read."""
    table = frame.copy()
    names = [legible(name, _LONGEST_NAME) for name in table.columns]
    table.columns = pd.Index(unique_names(names, len(names)).names)  # Two names may be equal once they are cut short.
    for name in table.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]]:
        table[name] = table[name].map(_cell)
    st.dataframe(table, hide_index=True, alt=alt, key=key, height=height)


def show_figure(figure: Any, alt: str | Message, *, key: str | None = None) -> None:
    """Show a plotly figure in the page's theme; `alt` says in words what it shows, for those who do not see it."""
    st.plotly_chart(figure, alt=legible(alt, 2000), key=key, theme=None, config=FIGURE_CONFIG)


def show_moving(figure: Any, alt: str | Message, *, key: str) -> None:
    """Show a figure with frames; arrow keys step through it, Enter or Space on its buttons plays and pauses."""
    show_figure(figure, alt, key=key)
    words = tr("Step through the picture with the arrow keys").replace("\\", "").replace('"', "")
    st.html(
        f'<script>window.dldiagSlider = "{words}";\n{KEYS.read_text("utf-8")}</script>', unsafe_allow_javascript=True
    )


def figure_mode() -> Literal["light", "dark"]:
    """Return "light" or "dark": what figures are to be drawn for."""
    return mode()


def _cell(value: Any) -> Any:
    return "" if value is None else legible(value) if isinstance(value, str | Message) else value


def _html(value: object) -> str:
    return escape(unbroken(legible(value)))
