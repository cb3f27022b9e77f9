"""The list of past reports: open one by its own address, compare two, remove one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dldiag.app.state import history
from dldiag.app.ui.page import MAIN, link_to
from dldiag.app.ui.widgets import show_message, show_rows
from dldiag.app.views.report import show_past_report
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.diagnosis.compare import compare
from dldiag.report import view
from dldiag.report.history import PastReport

OPENED, COMPARED = "report", "compare"  # Parameters of the URL.


def show_past() -> None:
    """Show the report or the comparison that the URL names, else the list."""
    if opened := st.query_params.get(OPENED):
        _back()
        _show_link()
        show_past_report(history.past_report(opened))
    elif pair := st.query_params.get(COMPARED):
        _back()
        _show_link()
        _show_comparison(*pair.split(",", 1))
    else:
        _show_list(history.past_reports())


def _back() -> None:
    if st.button(tr("Back to the list"), icon=":material/arrow_back:"):
        for name in (OPENED, COMPARED):
            st.query_params.pop(name, None)
        st.rerun()


def _show_link() -> None:
    """Show the address of what is open, to be copied."""
    with st.popover(tr("Link"), icon=":material/link:"):
        st.code(st.context.url, language=None)


def _show_list(past: Sequence[PastReport]) -> None:
    if not past:
        show_message(tr("Nothing here yet. Diagnose a table, and its report appears here."), kind="info")
        link_to(MAIN, tr("Diagnose a model"))
        return
    if len(past) > 1:
        _ask_comparison(past)
    for one in past:
        _show_item(one)


def _ask_comparison(past: Sequence[PastReport]) -> None:
    known = {one.id: one for one in past}
    with st.container(border=True, key="compare"):
        first, second, go = st.columns([3, 3, 1.2], vertical_alignment="bottom")
        chosen = [
            column.selectbox(
                label, list(known), index=at, format_func=lambda key: title_of(known[key]), key=f"compare.{at}"
            )
            for column, label, at in ((first, tr("First run"), 1), (second, tr("Second run"), 0))
        ]
        same = chosen[0] == chosen[1]
        if go.button(tr("Compare"), key="compare.go", width="stretch", disabled=same) and not same:
            st.query_params[COMPARED] = ",".join(str(key) for key in chosen)
            st.rerun()


def title_of(one: PastReport) -> str:
    """Return what tells a past report from others: its table, its target and when it was made."""
    when = one.at[:16].replace("T", " ")
    return f"{legible(one.name, 40)} · {legible(one.target, 40)} · {when} UTC"


def _show_item(one: PastReport) -> None:
    with st.container(border=True, key=f"past-{one.id}"):
        text, show, drop = st.columns([5, 1, 1], vertical_alignment="center")
        with text:
            st.markdown(f"#### {escape_markdown(title_of(one))}")
            show_message(history.headline(one))
        if show.button(tr("Open"), key=f"open.{one.id}", width="stretch"):
            st.query_params[OPENED] = one.id
            st.rerun()
        if drop.button(tr("Remove"), key=f"remove.{one.id}", width="stretch"):
            history.forget_record(one.id)
            st.rerun()


def _show_comparison(first_id: str, second_id: str = "") -> None:
    first, second = history.past_report(first_id), history.past_report(second_id)
    found = compare(first, second)
    st.subheader(tr("Two runs side by side"), anchor=False)
    show_message(view.comparison_line(found, second))
    show_rows(view.compared_errors(first, second, found), alt=tr("Errors of both runs"))
    rows = view.compared_settings(first, second, found)
    if rows:
        st.markdown(f"**{escape_markdown(tr('What differs'))}**")
        show_rows(rows, alt=tr("What differs"))
    else:
        show_message(tr("Data, model and settings are the same."), kind="caption")
