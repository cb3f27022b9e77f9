"""Asking which columns of the table at hand hold predictions made elsewhere, and showing where they are wrong."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dldiag.app.ui.widgets import show_message, show_rows
from dldiag.app.views.where_wrong import show_list
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.core.types import Table
from dldiag.error_analysis import ErrorAnalysis
from dldiag.error_analysis.of_table import analyze_table
from dldiag.report.view.error_rows import error_sections, errors_line, rule_text

_PREFIX = "given predictions"
MOST_WORST = 1_000  # Most rows in the list of the worst.


def ask_predictions(table: Table) -> ErrorAnalysis | None:
    """Ask for the columns; None until target and prediction are chosen."""
    names = [column.name for column in table.columns]
    left, right = st.columns(2)
    target = _pick_column(left, tr("Column of true labels or values"), names, "target")
    prediction = _pick_column(right, tr("Column of predictions"), names, "prediction")
    probabilities = st.multiselect(
        tr("Columns of class probabilities, in the order of the classes (optional)"),
        names,
        format_func=legible,
        placeholder=tr("Pick one or more"),
        key=f"{_PREFIX}.probabilities",
    )
    if target is None or prediction is None:
        show_message(tr("Choose the true values and the predictions."), kind="info")
        return None
    return analyze_table(table, target, prediction, probabilities)


def _pick_column(place: DeltaGenerator, label: str, names: Sequence[str], key: str) -> str | None:
    return place.selectbox(
        label,
        names,
        index=None,
        format_func=legible,
        placeholder=tr("Pick a column"),
        key=f"{_PREFIX}.{key}",
    )


def show_errors(analysis: ErrorAnalysis) -> None:
    """Show what was found, and offer the rows."""
    show_message(errors_line(analysis.findings))
    for section in error_sections(analysis.findings):
        st.subheader(escape_markdown(section.title), anchor=False)
        for line in section.lines:
            show_message(line)
        if section.rows:
            show_rows(section.rows, alt=section.title, key=f"{_PREFIX}.{section.key}")
    for i, part in enumerate(analysis.findings.confirmed, 1):
        show_list(tr("Rows with {rule}", rule=rule_text(part.rule)), analysis.rows_of(part), f"slice-{i}")
    show_list(tr("The worst rows"), analysis.worst(MOST_WORST), "worst")
    suspects = analysis.suspects()
    if len(suspects):
        show_list(tr("Rows with suspicious labels"), suspects, "suspects")
