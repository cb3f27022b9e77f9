"""The last two steps on the page: improve until it stops, and open the sealed test set once."""

from __future__ import annotations

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.jobs.improvement import FoundPath
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.state import improvement, session
from dldiag.app.ui.widgets import explained, show_message, show_rows
from dldiag.app.views.apply import diagnose_changed, parent_of
from dldiag.app.views.progress import show_ending, watch
from dldiag.core.i18n import Message, tr
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import Report
from dldiag.diagnosis.openings import Opener, refusal
from dldiag.report import view

LOOP = Message("Improved automatically")
IMPROVE_HELP = Message("Applies the best fix, re-tests, and repeats until nothing helps. Then one random search.")
STAYS_SEALED = Message("The test set stays sealed.")
OPENED = Message("The test rows of this table were opened before; they cannot judge fairly a second time.")
IS_OPEN = Message("The test set has been opened: it cannot judge what you choose from here on.")
SEALED = Message("{rows:,} test rows are sealed. Open them once, when you have finished choosing.")


def show_improving(report: Report, job: str) -> None:
    """Offer to go through the loop automatically, show how far it is, or the path it took."""
    st.subheader(tr("Improve automatically"), anchor=False)
    running = improvement.started(job).get(improvement.IMPROVE)
    if running is None:
        show_message(IMPROVE_HELP)
        show_message(
            STAYS_SEALED if report.test is None else IS_OPEN, kind="caption" if report.test is None else "warning"
        )
        if st.button(tr("Improve automatically"), key="improve", icon=":material/autorenew:"):
            with explained():
                improvement.start_improving(job, report)
            st.rerun()
        return
    status = session.pool().look(running)
    if not status.has_ended:
        watch(running, None, None)
        return
    show_ending(status)
    path = improvement.path_found(job)
    if path is None:
        if st.button(tr("Start again"), key="improve.again"):
            improvement.forget_improvement(job, improvement.IMPROVE)
            st.rerun()
        return
    _show_path(path, report, job)


def _show_path(path: FoundPath, report: Report, job: str) -> None:
    unit = view.unit_of(report)
    show_message(path.ended)
    if path.steps:
        show_rows(view.path(path.steps, unit), alt=tr("The path taken"))
        if line := view.total_line(path.total, unit):
            show_message(line)
        if st.button(tr("Apply all of these and diagnose again"), key="adopt.winner"):
            _apply_winner(path, report, job)
    show_message(tr("Settings compared on the dev rows: {uses}.", uses=path.dev_uses), kind="caption")


def _apply_winner(path: FoundPath, report: Report, job: str) -> None:
    changed = {name: value for name, value in path.winner.items() if path.start.get(name) != value}
    present = store.request_of(job, DiagnosisJob).model
    parent = parent_of(job, report, "improve", LOOP, view.pairs_of(report, changed), None)
    diagnose_changed(job, report, {**present, **changed}, parent)


# --- the sealed test set ------------------------------------------------------------------------------------------


def show_test_set(report: Report, job: str) -> None:
    """Offer to open the sealed test set, once, with the starting model and the present one side by side."""
    st.subheader(tr("The sealed test set"), anchor=False)
    opening = improvement.started(job).get("open")
    if report.test is not None:
        _show_test(report)
    elif opening is not None and not session.pool().look(opening).has_ended:
        watch(opening, None, None)
    elif opening is not None:
        status = session.pool().look(opening)
        show_ending(status)
        if status.state == "finished":
            st.rerun()  # The job ended while this page was drawn.
        if st.button(tr("Start again"), key="open.again"):
            improvement.forget_improvement(job, "open")
            st.rerun()
    elif improvement.opened_before(job):
        why = refusal(report.split.test_fingerprint, Opener("dashboard", session.owner()))
        show_message(OPENED if why is None else str(why), kind="warning")
    else:
        _offer_opening(report, job)


def _offer_opening(report: Report, job: str) -> None:
    show_message(SEALED.filled(rows=report.split.test))
    with st.popover(tr("Open the test set …"), icon=":material/lock_open:"):
        show_message(tr("This can be done once for this table. Are you done choosing?"))
        if st.button(tr("Yes, open it"), type="primary", key="open"):
            diagnosis, uses = store.request_of(job, DiagnosisJob), improvement.dev_uses(job, report)
            with explained():
                improvement.start_test(job, start=diagnosis.first_model, winner=diagnosis.model, dev_uses=uses)
            st.rerun()


def show_test_meaning(report: Report) -> None:
    """Say at the top of the page what the opened test rows mean."""
    if text := view.test_meaning(report):
        show_message(text, kind="info")


def _show_test(report: Report) -> None:
    if report.test is None:
        return
    text = view.test_line(report.test, view.unit_of(report))
    st.markdown(f"**{escape_markdown(text, 600)}**")
    show_message(tr("Settings compared on the dev rows: {uses}.", uses=report.test.dev_uses), kind="caption")
