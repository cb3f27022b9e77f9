"""Repairs offered on the page, one click each: before the diagnosis from a look at the table, after it from the report."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.state import session
from dldiag.app.ui.widgets import show_message
from dldiag.app.views.apply import parent_of
from dldiag.app.views.start import start_diagnosis
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import Dataset, Repair, Report

LOOKED_AT_ONCE = 1_000_000  # In cells; larger tables are checked in the diagnosis, not while the target is chosen.


def offer_repairs(dataset: Dataset) -> None:
    """Look at the table before anything is trained, and offer what one click repairs."""
    if dataset.n_rows * dataset.X.shape[1] > LOOKED_AT_ONCE:
        return
    for repair in _clicked(session.suggested_repairs(dataset), tr("Repair")):
        session.repair_data(repair)
        st.rerun()


def show_repairs(report: Report, job: str) -> None:
    """Offer the repairs that the look at the table found, and diagnose again with the one that is clicked."""
    for repair in _clicked(report.repairs, tr("Repair and diagnose again")):
        diagnosis = store.request_of(job, DiagnosisJob)
        session.use_data(diagnosis.data)
        session.repair_data(repair)
        start_diagnosis(diagnosis.model, diagnosis.settings, parent=parent_of(job, report, "", repair.title, {}, None))


def _clicked(repairs: Sequence[Repair], label: str) -> list[Repair]:
    """Draw a row per repair and return those whose button was clicked."""
    clicked = []
    for repair in repairs:
        text, button = st.columns([3, 1.4], vertical_alignment="center")
        with text:
            show_message(tr("{title}? {because}", title=repair.title, because=repair.because))
        if button.button(
            escape_markdown(label), key=f"repair.{repair.code}.{repair.title}", width="stretch", icon=":material/build:"
        ):
            clicked.append(repair)
    return clicked
