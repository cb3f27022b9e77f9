"""Where the model is wrong, on the page: slices, always or sometimes wrong, suspicious labels, columns, and the rows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dldiag.app.jobs.job_kinds import LabelTrialJob
from dldiag.app.state import eyeball, improvement, session
from dldiag.app.ui.page import link_to
from dldiag.app.ui.widgets import explained, show_frame, show_message
from dldiag.app.views.performance import show_part
from dldiag.app.views.progress import show_ending, watch
from dldiag.core.error_findings import ErrorFindings
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import Report
from dldiag.report.view.error_rows import LIST_COLUMNS, TITLE, error_sections, opening_line, rule_text
from dldiag.report.view.labels import unit_of

EYEBALL_PAGE = "pages/5_Eyeball_set.py"
SHOWN_ROWS = 10  # Rows shown of a list; the download has all of them.


def show_where_wrong(report: Report, job: str | None) -> None:
    """Show where the model is wrong; the rows themselves are shown only for an open diagnosis, never for a past report."""
    if report.errors is None:
        return
    with st.container(key="where_wrong"):
        st.subheader(escape_markdown(TITLE), anchor="where-wrong")
        show_message(opening_line(report))
        for section in error_sections(report.errors, unit_of(report)):
            offers_trial = (
                section.key == "suspects" and job is not None and eyeball.LABEL_TRIAL in improvement.started(job)
            )
            with st.expander(escape_markdown(section.title), expanded=section.key == "slices" or offers_trial):
                show_part(section, report, key=f"errors.{section.key}")
                if section.key == "suspects" and job is not None:
                    _offer_label_trial(report.errors, job)
        if job is not None:
            _show_lists(job)


def _offer_label_trial(errors: ErrorFindings, job: str) -> None:
    if errors.suspects is None or not errors.suspects.rows or errors.suspects.tried is not None:
        return
    other = improvement.started(job).get(eyeball.LABEL_TRIAL)
    if other is None:
        if st.button(tr("Test: train without the suspicious labels"), key="label_trial", icon=":material/science:"):
            with explained():
                improvement.start(job, eyeball.LABEL_TRIAL, LabelTrialJob)
            st.rerun()
    elif not session.pool().look(other).has_ended:
        watch(other, None, None)
    else:
        show_message(tr("The test could not be made: in some repeats no training label is suspicious."), kind="caption")


def _show_lists(job: str) -> None:
    rows = ask_error_rows(job)
    if rows is None:
        return
    for i, (one, inside) in enumerate(rows.slices, 1):
        show_list(tr("Rows with {rule}", rule=rule_text(one.rule)), inside, f"slice-{i}")
    show_list(tr("The worst rows"), rows.worst, "worst")
    if len(rows.suspects):
        show_list(tr("Rows with suspicious labels"), rows.suspects, "suspects")
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
    status = session.pool().look(other)
    if not status.has_ended:
        watch(other, None, None)
        return None
    if status.state == "finished":
        return eyeball.error_rows_of(other)
    show_ending(status)
    if st.button(tr("Start again"), key="error_rows.again"):
        improvement.forget_improvement(job, eyeball.WHAT)
        st.rerun()
    return None


def show_list(title: str, rows: pd.DataFrame, name: str) -> None:
    """Show the first rows of a list, and offer all of it."""
    with st.expander(escape_markdown(title)):
        shown = rows.head(SHOWN_ROWS).rename(columns={one: str(label) for one, label in LIST_COLUMNS.items()})
        show_frame(shown, alt=title, key=f"list.{name}", height=390)
        if len(rows) > len(shown):
            show_message(tr("The first {n} of {all:,} rows.", n=len(shown), all=len(rows)), kind="caption")
        st.download_button(
            tr("Download the list (CSV)"),
            rows.to_csv(index=False),
            f"dldiag-{name}.csv",
            "text/csv",
            key=f"download.{name}",
            on_click="ignore",
        )
