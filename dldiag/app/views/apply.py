"""Apply a fix: change the model by it, diagnose again, and keep what was changed and what the error was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.jobs.job_kinds import DiagnosisJob
from dldiag.app.state import improvement, session
from dldiag.app.state.history import note_applied
from dldiag.app.state.session import KEY
from dldiag.app.ui.widgets import warned
from dldiag.app.views.start import SLOT, start_diagnosis
from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, Parent, Report
from dldiag.report import view
from dldiag.report.view import Fix


def apply_fix(job: str, report: Report, one: Fix) -> None:
    """Change the model of a diagnosis by a fix, write that down, and start the diagnosis of the changed model."""
    recommendation = next(found for found in report.recommendations if found.remedy == one.remedy)
    with warned():
        note_applied(report, recommendation, dict(one.settings))
    present = store.asked_of(job, DiagnosisJob).model
    choice = {KEY: one.model} if one.model else {**present, **one.settings}
    change = view.model_pair(report, one.model) if one.model else view.pairs_of(report, one.settings)
    tested = one.verdict is not None and not one.model
    diagnose_changed(
        job,
        report,
        choice,
        parent_of(job, report, one.remedy, recommendation.title, change, one.effect if tested else None),
    )


def diagnose_changed(job: str, report: Report, choice: dict[str, Any], parent: Parent) -> None:
    """Diagnose another choice of the model, and say in its report which run it was changed from."""
    asked, uses = store.asked_of(job, DiagnosisJob), improvement.dev_uses(job, report)
    start_diagnosis(choice, asked.settings, start=asked.first_model, dev_uses=uses, parent=parent)


def parent_of(
    job: str,
    report: Report,
    remedy: str,
    title: Message,
    change: Mapping[str, tuple[Any, Any]],
    effect: Estimate | None,
) -> Parent:
    """Return this run as the one that the next was changed from."""
    before = report.parent
    path = () if before is None else (*before.earlier, replace(before, curve=None, earlier=()))
    return Parent(
        job, remedy, title, change, report.evidence["dev_error"], None, effect, report.evidence.get("train_error"),
        report.curves[0] if report.curves else None, path,
    )  # fmt: skip


def undo(parent: Parent) -> None:
    """Go back to the run before the change; the changed run stays in the history."""
    session.reopen(parent.id)
    session.state()["slots"][SLOT] = parent.id
    session.state()["to top"] = True
    st.query_params["job"] = parent.id
    st.rerun()
