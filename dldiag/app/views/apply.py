"""Apply a fix: change the model by it and diagnose again; then show both runs side by side, the path so far, and Undo."""

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
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_rows, warned
from dldiag.app.views.start import SLOT, start_diagnosis
from dldiag.core.i18n import Message, tr
from dldiag.core.types import Estimate, LearningCurve, Parent, Report
from dldiag.report import view
from dldiag.report.figures import alt_learning_curves, learning_curves
from dldiag.report.view import Fix


def apply_fix(job: str, report: Report, fix: Fix) -> None:
    """Change the model of a diagnosis by a fix, write that down, and start the diagnosis of the changed model."""
    recommendation = next(candidate for candidate in report.recommendations if candidate.remedy == fix.remedy)
    with warned():
        note_applied(report, recommendation, dict(fix.settings))
    present = store.request_of(job, DiagnosisJob).model
    choice = {KEY: fix.model} if fix.model else {**present, **fix.settings}
    change = view.model_pair(report, fix.model) if fix.model else view.pairs_of(report, fix.settings)
    tested = fix.verdict is not None and not fix.model
    diagnose_changed(
        job,
        report,
        choice,
        parent_of(job, report, fix.remedy, recommendation.title, change, fix.effect if tested else None),
    )


def diagnose_changed(job: str, report: Report, choice: dict[str, Any], parent: Parent) -> None:
    """Diagnose another choice of the model, and say in its report which run it was changed from."""
    diagnosis, uses = store.request_of(job, DiagnosisJob), improvement.dev_uses(job, report)
    start_diagnosis(choice, diagnosis.settings, start=diagnosis.first_model, dev_uses=uses, parent=parent)


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
    path = () if before is None else (*before.earlier, _alone(before))
    return Parent(
        job, remedy, title, change, report.evidence["dev_error"], None, effect, report.evidence.get("train_error"),
        report.curves[0] if report.curves else None, path, report.metrics,
        report.performance[0].per_class if report.performance else (),
    )  # fmt: skip


def _alone(parent: Parent) -> Parent:
    return replace(parent, curve=None, earlier=(), metrics={}, per_class=())


def undo(parent: Parent) -> None:
    """Go back to the run before the change; the changed run stays in the history."""
    session.reopen(parent.id)
    session.state()["slots"][SLOT] = parent.id
    session.state()["to top"] = True
    st.query_params["job"] = parent.id
    st.rerun()


# --- what the change did ------------------------------------------------------------------------------------------


def show_before_after(report: Report, job: str | None) -> None:
    """Show the change that led to this report, if one did; Undo goes back to the run before it."""
    parent = report.parent
    if parent is None or parent.after is None:
        return
    with st.container(key="before_after"):
        st.subheader(tr("Before and after"), anchor=False)
        _show_change(report, parent, can_undo=job is not None and store.exists(parent.id))
        show_rows(view.side_by_side(report), alt=tr("Before and after"))
        if line := view.side_by_side_note(report):
            show_message(line, kind="caption")
        if side_effects := view.side_effects(report):
            st.markdown(f"**{view.SIDE_EFFECTS}**")
            show_rows(side_effects, alt=str(view.SIDE_EFFECTS))
            show_message(view.SIDE_EFFECTS_NOTE, kind="caption")
        if parent.curve is not None and report.curves:
            _show_curves(report, parent.curve)
        if parent.earlier:
            show_message(tr("The path so far"), kind="caption")
            show_rows(view.steps_so_far(report), alt=tr("The path so far"))


def _show_change(report: Report, parent: Parent, *, can_undo: bool) -> None:
    text, button = st.columns([4, 1], vertical_alignment="center")
    with text:
        show_message(view.applied_line(report))
        if can_undo and (line := view.undo_line(report)):
            show_message(line)
    help_text = tr("Go back to the run before this change.")
    if can_undo and button.button(tr("Undo"), key="undo", width="stretch", icon=":material/undo:", help=help_text):
        undo(parent)


def _show_curves(report: Report, before: LearningCurve) -> None:
    """Draw the learning curve with the one before the change as a pale line."""
    axis = view.error_axis_title(report)
    fig = learning_curves(report.curves[:1], theme=figure_mode(), train=False, ghost=before, title=axis)
    show_figure(fig, alt_learning_curves([report.curves[0], before]), key="figure.before_after")
