"""How good the models are, on the page: every metric, every class, the threshold, curves, residuals."""

from __future__ import annotations

import streamlit as st

from dldiag.app.ui.widgets import figure_mode, show_figure, show_message, show_rows
from dldiag.core.i18n import sentences
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import Report
from dldiag.report.figures import FIGURES
from dldiag.report.view.error_rows import Section
from dldiag.report.view.performance import PERFORMANCE_TITLE, performance_sections

OPEN = ("metrics", "classes", "fit")  # The sections that are expanded at first.


def show_performance(report: Report) -> None:
    """Show how the diagnosed model and the reference models do on the dev rows."""
    sections = performance_sections(report)
    if not sections:
        return
    with st.container(key="performance"):
        st.subheader(escape_markdown(PERFORMANCE_TITLE), anchor=False)
        for section in sections:
            with st.expander(escape_markdown(section.title), expanded=section.key in OPEN):
                show_part(section, report, key=f"performance.{section.key}")


def show_part(section: Section, report: Report, key: str) -> None:
    """Show what is said in a part of the report, its table, and its figures."""
    show_message(sentences(section.lines))
    if section.rows:
        show_rows(section.rows, alt=section.title, key=key)
    for name in section.figures:
        row = FIGURES[name]
        if len(section.figures) > 1 and str(row.title) != section.title:
            st.markdown(f"**{escape_markdown(row.title)}**")
        show_message(row.caption, kind="caption")
        show_figure(row.draw(report, figure_mode()), row.alt(report), key=f"figure.{name}")
