"""The visitor's history: finished reports are kept once, and what was tried or adopted is written down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.state import session
from dldiag.app.state.paths import storing
from dldiag.app.ui.widgets import show_error
from dldiag.core.i18n import Message, current_language
from dldiag.core.types import DataError, Recommendation, Report
from dldiag.report.history import Experiment, History, PastReport
from dldiag.report.view import change_text, effect_text, unit_of

MARK = "in_history"
GONE = Message("This report is not in your history any more.")


def keep_in_history(job: str, report: Report) -> None:
    """Add a finished report to the history of the visitor who asked for it, once."""
    mark = store.folder_of(job) / MARK
    if mark.exists() or store.head_of(job).owner != session.owner():
        return
    try:
        History().add(report, owner=session.owner())
        with storing():
            mark.touch()
    except DataError as error:
        show_error(error)


def keep_trials(job: str, report: Report) -> None:
    """Write every trial of a diagnosis into the record of experiments, once."""
    if store.head_of(job).owner != session.owner():
        return
    for one in report.recommendations:
        mark = store.folder_of(job) / f"noted_{one.remedy}"
        if one.trial is not None and not mark.exists():
            changed, result = dict(one.trial.settings), effect_text(one, unit_of(report))
            fingerprint = report.dataset.fingerprint
            if note(Experiment(str(one.title), changed, result, source="trial", fingerprint=fingerprint)):
                with storing():
                    mark.touch()


def note_adopted(report: Report, one: Recommendation, change: dict[str, Any]) -> None:
    """Write down that a remedy was adopted, what it changed and what its trial had shown."""
    result = change_text(one.trial.change, unit_of(report)) if one.trial else ""
    note(Experiment(str(one.title), change, result, source="adopted", fingerprint=report.dataset.fingerprint))


def note(experiment: Experiment) -> bool:
    """Write an experiment into the visitor's record; False, and the reason on the page, when that cannot be."""
    try:
        History().add_experiment(experiment, owner=session.owner())
    except DataError as error:
        show_error(error)
        return False
    return True


def past_reports() -> tuple[PastReport, ...]:
    """Return the visitor's reports, newest first."""
    return History().list(session.owner())


def past_report(key: str) -> Report:
    """Return one of the visitor's reports; DataError when it is not theirs or not there any more."""
    try:
        return History().get(key, session.owner())
    except KeyError as error:
        raise DataError(GONE, Message("It was removed, perhaps in another tab.")) from error


def headline(one: PastReport) -> Message | str:
    """Return a past report's verdict, to be read in the visitor's language; the list itself keeps English."""
    if one.altered:
        return Message(one.headline)
    if current_language() == "en":
        return one.headline
    try:
        return past_report(one.id).verdict.headline
    except DataError:
        return one.headline


def forget_record(key: str) -> None:
    """Remove one of the visitor's reports."""
    History().remove(key, session.owner())


def experiments() -> tuple[Experiment, ...]:
    """Return the visitor's experiments, oldest first."""
    return History().experiments(session.owner())


def note_by_hand(idea: str, result: str, next_idea: str) -> None:
    """Write down an experiment that was made elsewhere; it belongs to the table at hand."""
    table = session.current_table() if session.current_reference() else None
    experiment = Experiment(idea, result=result, next_idea=next_idea)
    note(replace(experiment, fingerprint=table.fingerprint if table is not None else ""))
    st.rerun()
