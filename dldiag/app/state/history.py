"""The visitor's history: finished reports are kept once, and tests and applied fixes are recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.state import session
from dldiag.app.storage.paths import storing
from dldiag.core.i18n import Message, current_language, tr
from dldiag.core.types import DataError, Recommendation, Report
from dldiag.report.history import Experiment, History, PastReport
from dldiag.report.view import change_text, effect_text, test_line, unit_of

MARK = "in_history"
GONE = Message("This report is not in your history any more.")


def keep_in_history(job: str, report: Report) -> None:
    """Add a finished report to the history of the visitor who asked for it, once; DataError when it cannot be written."""
    mark = store.folder_of(job) / MARK
    if mark.exists() or store.head_of(job).owner != session.owner():
        return
    History().add(report, owner=session.owner())
    with storing():
        mark.touch()


def keep_trials(job: str, report: Report) -> None:
    """Add every trial of a diagnosis to the record of experiments, once; DataError when it cannot be written."""
    if store.head_of(job).owner != session.owner():
        return
    _keep_test(job, report)
    for recommendation in report.recommendations:
        trial, mark = recommendation.trial, store.folder_of(job) / f"noted_{recommendation.remedy}"
        if trial is None or mark.exists():
            continue
        effect = effect_text(recommendation, unit_of(report))
        note(_experiment(report, recommendation, dict(trial.settings), effect, "trial"))
        with storing():
            mark.touch()


def _keep_test(job: str, report: Report) -> None:
    """Write the opening of the test set into the record, once."""
    mark = store.folder_of(job) / "noted_test"
    if report.test is None or mark.exists():
        return
    data, metric = report.dataset, report.metric
    line = test_line(report.test, unit_of(report))
    opened = Experiment(
        tr("The test set was opened"), test=line, source="test", fingerprint=data.fingerprint, table=data.name,
        target=data.target, metric="" if metric is None else metric.name,
    )  # fmt: skip
    note(opened)
    with storing():
        mark.touch()


def note_applied(report: Report, recommendation: Recommendation, change: dict[str, Any]) -> None:
    """Record an applied fix: what it changed, and what its test had shown."""
    result = change_text(recommendation.trial.change, unit_of(report)) if recommendation.trial else ""
    note(_experiment(report, recommendation, change, result, "adopted"))


def _experiment(
    report: Report, recommendation: Recommendation, changed: dict[str, Any], result: str, source: str
) -> Experiment:
    """Return what the record keeps of a remedy: the change, its result, the table and the metric."""
    data, metric = report.dataset, report.metric
    return Experiment(
        str(recommendation.title), changed, result, source=source, fingerprint=data.fingerprint, table=data.name, target=data.target,
        metric="" if metric is None else metric.name,
    )  # fmt: skip


def note(experiment: Experiment) -> None:
    """Add an experiment to the visitor's record; DataError when it cannot be written."""
    History().add_experiment(experiment, owner=session.owner())


def past_reports() -> tuple[PastReport, ...]:
    """Return the visitor's reports, newest first."""
    return History().list(session.owner())


def past_report(key: str) -> Report:
    """Return one of the visitor's reports; DataError when it is gone or belongs to someone else."""
    try:
        return History().get(key, session.owner())
    except KeyError as error:
        raise DataError(GONE, Message("It was removed, perhaps in another tab.")) from error


def headline(run: PastReport) -> Message | str:
    """Return a past report's verdict in the visitor's language; the list stores English."""
    if run.altered:
        return Message(run.headline)
    if current_language() == "en":
        return run.headline
    try:
        return past_report(run.id).verdict.headline
    except DataError:
        return run.headline


def describe_past(key: str, *, name: str, note: str, tags: Sequence[str]) -> None:
    """Give one of the visitor's reports a name, a note and tags; DataError when it is not there any more."""
    try:
        History().describe(key, session.owner(), name=name, note=note, tags=tags)
    except KeyError as error:
        raise DataError(GONE, Message("It was removed, perhaps in another tab.")) from error


def forget_record(key: str) -> None:
    """Remove one of the visitor's reports."""
    History().remove(key, session.owner())


def experiments() -> tuple[Experiment, ...]:
    """Return the visitor's experiments, oldest first."""
    return History().experiments(session.owner())


def note_by_hand(idea: str, result: str, next_idea: str) -> None:
    """Record an experiment made elsewhere, for the current table."""
    table = session.current_table() if session.current_reference() else None
    experiment = Experiment(idea, result=result, next_idea=next_idea)
    if table is not None:
        experiment = replace(experiment, fingerprint=table.fingerprint, table=table.name)
    note(experiment)
    st.rerun()
