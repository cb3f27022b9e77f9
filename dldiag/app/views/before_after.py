"""What an applied change did: both runs side by side, the old curve as a ghost, the path so far, and Undo."""

from __future__ import annotations

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_rows
from dldiag.app.views.apply import undo
from dldiag.core.i18n import tr
from dldiag.core.types import LearningCurve, Parent, Report
from dldiag.report import view
from dldiag.report.figures import alt_learning_curves, learning_curves


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
        if parent.curve is not None and report.curves:
            _show_curves(report, parent.curve)
        if parent.earlier:
            show_message(tr("The path so far"), kind="caption")
            show_rows(view.steps_so_far(report), alt=tr("The path so far"))


def _show_change(report: Report, parent: Parent, *, can_undo: bool) -> None:
    text, button = st.columns([4, 1], vertical_alignment="center")
    with text:
        show_message(view.applied_line(report))
    help_text = tr("Go back to the run before this change.")
    if can_undo and button.button(tr("Undo"), key="undo", width="stretch", icon=":material/undo:", help=help_text):
        undo(parent)


def _show_curves(report: Report, before: LearningCurve) -> None:
    """Draw the learning curve with the one before the change as a pale line."""
    axis = view.error_axis_title(report)
    drawn = learning_curves(report.curves[:1], theme=figure_mode(), train=False, ghost=before, title=axis)
    show_figure(drawn, alt_learning_curves([report.curves[0], before]), key="figure.before_after")
