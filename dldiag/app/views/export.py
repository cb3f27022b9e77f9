"""The export: the model as a script and as a file, the report in three forms, and its address."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import ModelExportJob
from dldiag.app.jobs.model_file import ModelFile
from dldiag.app.state import improvement, session
from dldiag.app.ui.widgets import explained, show_message
from dldiag.app.views.progress import show_ending, watch
from dldiag.core.i18n import Message, speaking, tr
from dldiag.core.types import Report
from dldiag.report import curves_csv, to_html, to_json
from dldiag.report.model_file import MODEL_ENDING
from dldiag.report.script import has_script, script_name, to_script

_MODEL = "model"  # Its name among the jobs started from a diagnosis.
SCRIPT_HELP = Message("Rebuilds the model and its dev error from your file, with scikit-learn and dldiag.")
HTML_HELP = Message("One file with all figures; opens without a network, and prints to PDF.")
MODEL_HELP = Message("Trains the model on all rows but the sealed test rows. It predicts for new rows of such a table.")
FIGURES_NOTE = Message("To save a figure as SVG, point at it and click the camera; the HTML report saves PNG, too.")
_TRUST = Message("Load model files only from people you trust. This one needs {versions}.")


def show_export(report: Report, job: str | None) -> None:
    """Show all that can be taken away; without a job (of a report from the history) no model can be trained."""
    with st.container(key="export"):
        st.subheader(tr("Export"), anchor="export")
        with st.container(horizontal=True):
            if has_script(report):
                _offer(
                    tr("Python script"), lambda: to_script(report), script_name(report), "text/x-python", SCRIPT_HELP
                )
            running = None if job is None else improvement.started(job).get(_MODEL)
            if job is not None and running is None:
                _offer_training(job)
            _offer_reports(report)
            show_link()
        show_message(FIGURES_NOTE, kind="caption")
        if job is not None and running is not None:
            _show_model(report, job, running)


def _offer(label: str, make: Callable[[], str], name: str, kind: str, help: Message | None = None) -> None:
    st.download_button(label, make, name, kind, help=str(help) if help else None, on_click="ignore")


def _offer_reports(report: Report) -> None:
    name, language = "dldiag-report", session.language()
    _offer(tr("Report (HTML)"), lambda: _html(report, language), f"{name}.html", "text/html", HTML_HELP)
    _offer(tr("Report (JSON)"), lambda: to_json(report), f"{name}.json", "application/json")
    if report.curves:
        _offer(tr("Learning curves (CSV)"), lambda: curves_csv(report), f"{name}.csv", "text/csv")


def _html(report: Report, language: str) -> str:
    """Write the report in the page's language: a download is made outside the run of a page, where no visitor is known."""
    with speaking(language):
        return to_html(report)


def show_link() -> None:
    """Show the address of the report, with a button that copies it."""
    with st.popover(tr("Link"), icon=":material/link:"):
        show_message(tr("The address of this report; it opens in this browser."), kind="caption")
        st.code(st.context.url, language=None)


# --- the fitted model ---------------------------------------------------------------------------------------------


def _offer_training(job: str) -> None:
    if st.button(tr("Fitted model"), key="export.model", help=str(MODEL_HELP)):
        with explained():
            improvement.start(job, _MODEL, ModelExportJob)
        st.rerun()


def _show_model(report: Report, job: str, running: str) -> None:
    status = session.pool().look(running)
    if not status.has_ended:
        watch(running, None, None)
        return
    show_ending(status)
    if status.state == "finished":
        _offer_model(report, running)
    elif st.button(tr("Start again"), key="export.again"):
        improvement.forget_improvement(job, _MODEL)
        st.rerun()


def _offer_model(report: Report, running: str) -> None:
    name = script_name(report).removesuffix(".py") + MODEL_ENDING
    with st.container(border=True):
        st.download_button(
            tr("Download the fitted model"),
            lambda: _content(running),
            name,
            "application/octet-stream",
            icon=":material/download:",
            on_click="ignore",
        )
        st.code(f'import dldiag\nmodel = dldiag.load_model("{name}")\nmodel.predict("new_rows.csv")', language="python")
        show_message(_TRUST.filled(versions=_versions(report)), kind="caption")


def _content(running: str) -> bytes:
    file = store.result_of(running, ModelFile)
    return b"" if file is None else file.content


def _versions(report: Report) -> str:
    return ", ".join(f"{name} {version}" for name, version in report.versions.items())
