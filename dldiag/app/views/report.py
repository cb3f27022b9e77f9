"""A report on the page: the verdict first, then where the error comes from, what to do, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dldiag.app.state import server
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_rows
from dldiag.app.views.apply import show_before_after
from dldiag.app.views.export import show_export
from dldiag.app.views.fixes import list_fixes, show_fixes
from dldiag.app.views.improvement import show_improving, show_test_meaning, show_test_set
from dldiag.app.views.performance import show_performance
from dldiag.app.views.verdict import show_verdict
from dldiag.app.views.where_wrong import show_where_wrong
from dldiag.core.i18n import Message, tr
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import LearningCurve, Report
from dldiag.report import view
from dldiag.report.figures import FIGURES, alt_learning_curves, learning_curves
from dldiag.report.view.error_rows import TITLE

VERDICT_HEIGHT, CURVES_HEIGHT, REMEDIES_HEIGHT = 120, 460, 280  # In px, fixed while a job runs so that nothing jumps.
FIRST_VERDICT = Message("First verdict; more is still being computed.")
GROWING = Message("Training on growing parts of your table. The first verdict comes in a few seconds.")


def show_report(report: Report, job: str | None, *, complete: bool = True) -> None:
    """Show a report whole: conclusion, then numbers, then charts, then everything else one click away."""
    with server.drawing:
        _show_parts(report, job, complete=complete)


def _show_parts(report: Report, job: str | None, *, complete: bool) -> None:
    show_test_meaning(report)
    show_verdict(report, job, complete=complete)
    _show_contents(report)
    show_before_after(report, job)
    show_fixes(report, job)
    if job is not None and complete:
        show_improving(report, job)
    _show_figure("error_budget", report, key="budget")
    show_performance(report)
    show_where_wrong(report, job if complete else None)
    _show_figure("learning_curves", report, key="learning_curve")
    _show_forecast(report)
    _show_details(report)
    if job is not None and complete:
        show_test_set(report, job)
    show_export(report, job if complete else None)


def _show_contents(report: Report) -> None:
    """Link to the parts one looks for; the report is many screens long."""
    parts = {
        "what-to-do": tr("What to do next"),
        "where-wrong": str(TITLE) if report.errors else "",
        "export": tr("Export"),
    }
    st.markdown(" · ".join(f"[{escape_markdown(name)}](#{anchor})" for anchor, name in parts.items() if name))


def show_past_report(report: Report) -> None:
    """Show a report of the history: everything but the buttons that would compute."""
    show_report(report, job=None)


def show_first_look(curves: Sequence[LearningCurve], report: Report | None) -> None:
    """Show what is known while a diagnosis runs; every part keeps its height."""
    with st.container(height=VERDICT_HEIGHT, border=False):
        if report is not None:
            st.subheader(escape_markdown(report.verdict.headline, 600), anchor=False)
            show_message(FIRST_VERDICT, kind="caption")
        else:
            show_message(GROWING, kind="caption")
    with st.container(height=CURVES_HEIGHT, border=False):
        show_reached(curves)
    with st.container(height=REMEDIES_HEIGHT, border=False):
        if report is not None and report.recommendations:
            list_fixes(report)


def show_reached(curves: Sequence[LearningCurve]) -> None:
    """Show the learning curves so far; nothing before the first point."""
    if any(curve.has_begun for curve in curves):
        with server.drawing:
            figure = learning_curves(curves, theme=figure_mode(), train=False, title=tr("Dev error"))
            show_figure(figure, alt_learning_curves(curves), key="growing")


# --- figures ------------------------------------------------------------------------------------------------------


def _show_figure(kind: str, report: Report, key: str | None = None) -> None:
    row = FIGURES[kind]
    if not row.shown(report):
        return
    with st.container(key=key):
        st.subheader(escape_markdown(row.title), anchor=False)
        if line := row.line(report):
            show_message(line)
        show_figure(row.draw(report, figure_mode()), row.alt(report), key=f"figure.{kind}")


def _show_forecast(report: Report) -> None:
    if FIGURES["forecast"].shown(report):
        _show_figure("forecast", report)
    elif report.forecast.abstains:
        st.subheader(escape_markdown(FIGURES["forecast"].title), anchor=False)
        show_message(report.forecast.abstains)


# --- one click away -----------------------------------------------------------------------------------------------


def _show_details(report: Report) -> None:
    st.subheader(tr("The evidence"), anchor=False)
    details = {
        tr("Findings: what each rule said"): view.findings(report),
        tr("Evidence: every number the rules read"): view.evidence(report),
        tr("Learning curves as numbers"): view.curves(report),
        tr("Forecast as numbers"): view.forecast_rows(report),
        tr("Data, split, model and settings"): view.facts(report),
        tr("Notices about the data"): view.notices(report),
    }
    for label, rows in details.items():
        if rows:
            with st.expander(escape_markdown(label)):
                show_rows(rows, alt=label, key=f"rows.{label}")
    if FIGURES["training_curve"].shown(report):
        with st.expander(escape_markdown(FIGURES["training_curve"].title), expanded=not report.curves):
            row = FIGURES["training_curve"]
            show_figure(row.draw(report, figure_mode()), row.alt(report), key="figure.training_curve")
