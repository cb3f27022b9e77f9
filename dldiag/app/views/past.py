"""The list of past reports: open one by its own address, name it, compare several, remove one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dldiag.app.state import history
from dldiag.app.ui.page import MAIN, link_to
from dldiag.app.ui.widgets import explained, show_message, show_rows
from dldiag.app.views.export import show_link
from dldiag.app.views.report import show_past_report
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.report import view
from dldiag.report.history import PastReport
from dldiag.report.past_runs import distinct_titles, run_choice, run_facts, run_title

OPENED, COMPARED = "report", "compare"  # Parameters of the URL.
MOST_COMPARED = 5  # More runs side by side do not fit a screen.
LONGEST_NAME, LONGEST_NOTE, LONGEST_TAGS = 80, 1000, 200  # In characters.


def show_past() -> None:
    """Show the report or the comparison that the URL names, else the list."""
    if opened := st.query_params.get(OPENED):
        _back()
        _show_opened(opened)
    elif several := st.query_params.get(COMPARED):
        _back()
        _show_comparison(several.split(",")[:MOST_COMPARED])
    else:
        _show_list(history.past_reports())


def _back() -> None:
    with st.container(horizontal=True):
        if st.button(tr("Back to the list"), icon=":material/arrow_back:"):
            for name in (OPENED, COMPARED):
                st.query_params.pop(name, None)
            st.rerun()
        show_link()


def _show_opened(key: str) -> None:
    runs = {run.id: run for run in history.past_reports()}
    if key in runs and runs[key].label.name:
        _show_about(runs[key])
    show_past_report(history.past_report(key))


def _show_list(past: Sequence[PastReport]) -> None:
    if not past:
        show_message(tr("Nothing here yet. Diagnose a table, and its report appears here."), kind="info")
        link_to(MAIN, tr("Diagnose a model"))
        return
    if len(past) > 1:
        _ask_comparison(past)
    tags = _ask_tags(past)
    for run in past:
        if tags <= set(run.label.tags):
            _show_item(run)


def _ask_tags(past: Sequence[PastReport]) -> set[str]:
    """Ask for the tags that the shown runs must have, where any run has one."""
    tags = sorted({tag for run in past for tag in run.label.tags})
    if not tags:
        return set()
    return set(st.pills(tr("Only runs with these tags"), tags, selection_mode="multi", key="tags", format_func=legible))


def _ask_comparison(past: Sequence[PastReport]) -> None:
    by_id = {run.id: run for run in past}
    with st.container(border=True, key="compare"):
        runs, go = st.columns([6, 1.2], vertical_alignment="bottom")
        picked = runs.multiselect(
            tr("Compare with the first of these"),
            list(by_id),
            default=[past[1].id, past[0].id],
            format_func=lambda key: run_choice(by_id[key]),
            max_selections=MOST_COMPARED,
            placeholder=tr("Pick one or more"),
            key="compare.runs",
        )
        if go.button(tr("Compare"), key="compare.go", width="stretch", disabled=len(picked) < 2) and len(picked) > 1:
            st.query_params[COMPARED] = ",".join(picked)
            st.rerun()


def _show_item(run: PastReport) -> None:
    with st.container(border=True, key=f"past-{run.id}"):
        text, buttons = st.columns([6, 5], vertical_alignment="center")
        with text:
            _show_about(run)
            show_message(history.headline(run))
        with buttons, st.container(horizontal=True, horizontal_alignment="right"):
            _offer_actions(run)


def _show_about(run: PastReport) -> None:
    """Show what a run is called, what it was, and what was noted about it."""
    st.markdown(f"#### {escape_markdown(run_title(run))}")
    show_message(run_facts(run), kind="caption")
    if run.label.tags:
        st.markdown(" ".join(f":blue-badge[{escape_markdown(tag)}]" for tag in run.label.tags))
    if run.label.note:
        show_message(run.label.note)


def _offer_actions(run: PastReport) -> None:
    if st.button(tr("Open"), key=f"open.{run.id}", type="primary"):
        st.query_params[OPENED] = run.id
        st.rerun()
    if not run.altered:
        with st.popover(tr("Edit"), icon=":material/edit:"):
            _ask_label(run)
    if st.button(tr("Remove"), key=f"remove.{run.id}"):
        history.forget_record(run.id)
        st.rerun()


def _ask_label(run: PastReport) -> None:
    with st.form(f"label.{run.id}", border=False):
        name = st.text_input(tr("Name"), run.label.name, max_chars=LONGEST_NAME, key=f"name.{run.id}")
        note = st.text_area(tr("Note"), run.label.note, max_chars=LONGEST_NOTE, key=f"note.{run.id}")
        tags = st.text_input(
            tr("Tags"), ", ".join(run.label.tags), max_chars=LONGEST_TAGS, key=f"tags.{run.id}",
            help=tr("Words of your own, separated by commas. The list can be narrowed down to them."),
        )  # fmt: skip
        if st.form_submit_button(tr("Save"), type="primary"):
            with explained():
                history.describe_past(run.id, name=name, note=note, tags=tags.split(","))
            st.rerun()


def _show_comparison(keys: Sequence[str]) -> None:
    by_id = {run.id: run for run in history.past_reports()}
    present = [key for key in keys if key in by_id]
    names = dict(zip(present, distinct_titles([by_id[key] for key in present]), strict=True))
    titles = [f"{i}. {legible(names.get(key, key))}" for i, key in enumerate(keys, 1)]
    runs = view.side_by_side_runs({name: history.past_report(key) for name, key in zip(titles, keys, strict=True)})
    st.subheader(tr("Two runs side by side") if len(runs) == 2 else tr("Runs side by side"), anchor=False)
    for line in view.comparison_lines(runs):
        show_message(line)
    show_rows(view.compared_errors(runs), alt=tr("Errors of the runs"))
    if line := view.comparison_note(runs):
        show_message(line, kind="caption")
    rows = view.compared_settings(runs)
    if rows:
        st.markdown(f"**{escape_markdown(tr('What differs'))}**")
        show_rows(rows, alt=tr("What differs"))
    else:
        show_message(tr("Data, model and settings are the same."), kind="caption")
