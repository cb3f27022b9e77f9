"""Ways to train shown side by side: boundaries while they train, losses over steps, and a table of both errors."""

from __future__ import annotations

import streamlit as st

from dldiag.app.course.layout import show_remark
from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_moving, show_rows
from dldiag.core.i18n import tr
from dldiag.course.shared import treatment_figures as draw
from dldiag.course.shared.problem import marks_words
from dldiag.course.shared.treatments import SetupComparison


def show_compared(result: SetupComparison) -> None:
    """Show the first two ways as a moving picture and their losses, and the errors of all ways."""
    if result.plane is not None:
        moving = draw.treated_moving(result, result.plane, theme=figure_mode())
        show_moving(moving, draw.alt_treated(result, result.plane), key="side_by_side")
        show_remark(marks_words(result.plane.marks))
    for number, (column, way) in enumerate(zip(st.columns(2), result.ways[:2], strict=True)):
        with column:
            show_message(way.label, kind="caption")
            figure = draw.treated_figure(result, way, theme=figure_mode())
            show_figure(figure, draw.alt_treated_losses(way), key=f"losses.{number}")
    show_rows(draw.treated_rows(result), alt=tr("Training and dev error of every way to train"))
