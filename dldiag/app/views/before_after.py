"""What an applied change did: both runs side by side, the old curve as a ghost, the path so far, and Undo."""

from __future__ import annotations

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_rows
from dldiag.app.views.apply import undo
from dldiag.core.i18n import tr
from dldiag.core.types import Report
from dldiag.report import view
from dldiag.report.figures import alt_learning_curves, learning_curves


def show_before_after(report: Report, job: str | None) -> None:
    """Show the change that led to this report, if one did; Undo goes back to the run before it."""
    parent = report.parent
    if parent is None or parent.after is None:
        return
    with st.container(key="before_after"):
        st.subheader(tr("Before and after"), anchor=False)
        text, button = st.columns([4, 1], vertical_alignment="center")
        with text:
            show_message(view.applied_line(report))
        if (
            job is not None
            and store.exists(parent.id)
            and button.button(
                tr("Undo"),
                key="undo",
                width="stretch",
                icon=":material/undo:",
                help=tr("Go back to the run before this change."),
            )
        ):
            undo(parent)
        show_rows(view.side_by_side(report), alt=tr("Before and after"))
        if line := view.side_by_side_note(report):
            show_message(line, kind="caption")
        if parent.curve is not None and report.curves:
            axis = view.error_axis_title(report)
            figure = learning_curves(
                report.curves[:1], theme=figure_mode(), train=False, ghost=parent.curve, title=axis
            )
            show_figure(figure, alt_learning_curves([report.curves[0], parent.curve]), key="figure.before_after")
        if parent.earlier:
            show_message(tr("The path so far"), kind="caption")
            show_rows(view.steps_so_far(report), alt=tr("The path so far"))
