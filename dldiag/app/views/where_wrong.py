"""Where the model is wrong, on the page: slices, always or sometimes wrong, suspicious labels, columns, and the rows."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.jobs.asked import LabelTrialJob
from dldiag.app.state import eyeball, improvement, session
from dldiag.app.ui.page import link_to
from dldiag.app.ui.widgets import explained, show_frame, show_message, show_rows
from dldiag.app.views.progress import show_ending, watch
from dldiag.core.error_findings import ErrorFindings, LabelTrial
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import Report
from dldiag.report.view.error_rows import TITLE, Section, error_sections, errors_line

EYEBALL_PAGE = "pages/5_Eyeball_set.py"
LABEL_TRIAL = "label trial"  # The diagnosis remembers the job under this name.
SHOWN_ROWS = 10  # Rows shown of a list; the download has all of them.


def show_where_wrong(report: Report, job: str | None) -> None:
    """Show where the model is wrong; the rows themselves only for a diagnosis at hand, never in a report."""
    if report.errors is None:
        return
    with st.container(key="where_wrong"):
        st.subheader(escape_markdown(TITLE), anchor=False)
        show_message(errors_line(report.errors))
        found = report.errors if job is None else with_label_trial(report.errors, job)
        for one in error_sections(found):
            _show_section(one)
            if one.key == "suspects" and job is not None:
                _offer_label_trial(found, job)
        if job is not None:
            _show_lists(job)


def _show_section(one: Section) -> None:
    with st.expander(escape_markdown(one.title), expanded=one.key == "slices"):
        for line in one.lines:
            show_message(line)
        if one.rows:
            show_rows(one.rows, alt=one.title, key=f"errors.{one.key}")


def with_label_trial(found: ErrorFindings, job: str) -> ErrorFindings:
    """Return the findings with what training without the suspects did, when that was tried."""
    other = improvement.started(job).get(LABEL_TRIAL)
    if other is None or found.suspects is None or session.pool().look(other).state != "finished":
        return found
    tried = store.result_of(other, LabelTrial)
    return found if tried is None else replace(found, suspects=replace(found.suspects, tried=tried))


def _offer_label_trial(found: ErrorFindings, job: str) -> None:
    if found.suspects is None or not found.suspects.rows or found.suspects.tried is not None:
        return
    other = improvement.started(job).get(LABEL_TRIAL)
    if other is None:
        if st.button(tr("Test: train without the suspicious labels"), key="label_trial", icon=":material/science:"):
            with explained():
                improvement.start(job, LABEL_TRIAL, LabelTrialJob)
            st.rerun()
    elif not session.pool().look(other).has_ended:
        watch(other, None, None)
    else:
        show_message(tr("The test could not be made: in some repeats no training label is suspicious."), kind="caption")


def _show_lists(job: str) -> None:
    rows = ask_error_rows(job)
    if rows is None:
        return
    _show_list(tr("The worst rows"), rows.worst, "worst")
    if len(rows.suspects):
        _show_list(tr("Rows with suspicious labels"), rows.suspects, "suspects")
    link_to(EYEBALL_PAGE, tr("Go through wrong rows and tag them"))


def ask_error_rows(job: str) -> eyeball.ErrorRows | None:
    """Offer to list the wrong rows, show the progress, and return them when they are ready."""
    other = improvement.started(job).get(eyeball.WHAT)
    if other is None:
        if st.button(tr("Show the rows"), key="error_rows", icon=":material/table_rows:"):
            with explained():
                eyeball.start_error_rows(job)
            st.rerun()
        show_message(tr("The model predicts your dev rows again; a report never holds them."), kind="caption")
        return None
    view = session.pool().look(other)
    if not view.has_ended:
        watch(other, None, None)
        return None
    if view.state == "finished":
        return eyeball.error_rows_of(other)
    show_ending(view)
    if st.button(tr("Start again"), key="error_rows.again"):
        improvement.forget_improvement(job, eyeball.WHAT)
        st.rerun()
    return None


def _show_list(title: str, rows: pd.DataFrame, name: str) -> None:
    with st.expander(escape_markdown(title)):
        show_frame(rows.head(SHOWN_ROWS), alt=title, key=f"list.{name}", height=390)
        st.download_button(
            tr("Download the list (CSV)"),
            rows.to_csv(index=False),
            f"dldiag-{name}.csv",
            "text/csv",
            key=f"download.{name}",
            on_click="ignore",
        )
