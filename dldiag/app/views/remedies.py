"""The remedy table on the page: three columns as in the course notes, recommended cells lit, tried and adopted here."""

from __future__ import annotations

import streamlit as st

from dldiag.app.jobs import store
from dldiag.app.state import improvement, session
from dldiag.app.state.history import note_adopted
from dldiag.app.ui.widgets import explained, figure_mode, show_figure, show_message
from dldiag.app.views.progress import show_ending, watch
from dldiag.app.views.start import start_diagnosis
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import Recommendation, Report
from dldiag.diagnosis.remedies import SEARCH
from dldiag.report import view
from dldiag.report.figures import FIGURES
from dldiag.report.view import LEAVE_IT, Cell

STAR = ":material/star:"
ICONS = {
    "helped": ":material/trending_down:",
    "hurt": ":material/trending_up:",
    "no_effect": ":material/trending_flat:",
    "undecided": ":material/help:",
}


def show_remedies(report: Report, job: str | None) -> None:
    """Draw the table, each cell with its reason, its measured effect, and the buttons to try and adopt it.

    Without a job (a report from the history) there are no buttons.
    """
    st.subheader(tr("What to do next"), anchor=False)
    if line := view.order_line(report):
        show_message(line)
    table = {column: cells for column, cells in view.remedy_table(report).items() if cells}
    for column, (name, cells) in zip(st.columns(len(table)), table.items(), strict=True):
        with column:
            st.markdown(f"**{escape_markdown(view.COLUMNS[name])}**")
            shown = [cell for cell in cells if cell.lit or _might_help(cell)]
            for cell in shown:
                _show_cell(cell, report, job)
            _show_others([cell for cell in cells if cell not in shown])
    if FIGURES["trial_effects"].shown(report):
        row = FIGURES["trial_effects"]
        st.markdown(f"**{escape_markdown(row.title)}**")
        show_figure(row.draw(report, figure_mode()), row.alt(report), key="figure.trial_effects")


def show_remedy_list(report: Report) -> None:
    """List the recommended remedies in their order, in one line each; for a report that is still growing."""
    for row in view.remedies(report):
        st.markdown(" · ".join(escape_markdown(text) for text in row.values() if text))


def _show_others(cells: list[Cell]) -> None:
    """List the rest of the menu, pale and in words: what would not help now."""
    if cells:
        with st.container(border=True, key=f"dim-{cells[0].remedy}"):
            titles = "".join(f"\n- {escape_markdown(cell.title)}" for cell in cells)
            st.caption(f"{escape_markdown(tr('Not recommended now:'))}{titles}")


def _might_help(cell: Cell) -> bool:
    """Tell whether a remedy comes after "leave it": it was not seen to help, and might."""
    return cell.rank is not None and not cell.lit and cell.remedy != LEAVE_IT


def _show_cell(cell: Cell, report: Report, job: str | None) -> None:
    first = cell.lit and cell.rank == 1
    looks = "lit-first" if first else "lit" if cell.lit else "perhaps"  # see theme.py
    with st.container(border=True, key=f"{looks}-{cell.remedy}"):
        badge = f"{STAR if first else ''} {escape_markdown(view.badge(cell))}"
        st.markdown(f":{'blue' if first else 'gray'}-badge[{badge}]  \n**{escape_markdown(cell.title)}**")
        show_message(cell.because)
        if cell.effect:
            icon = ICONS.get(cell.verdict or "undecided", "")
            st.markdown(f"{icon if cell.verdict else ''} {escape_markdown(cell.effect)}")
        if cell.note:
            show_message(cell.note, kind="caption")
        if job is not None:
            _show_buttons(cell, report, job)


def _show_buttons(cell: Cell, report: Report, job: str) -> None:
    one = next(one for one in report.recommendations if one.remedy == cell.remedy)
    trying = improvement.started(job).get(f"try {cell.remedy}")
    if one.trial is None and trying is not None:
        _show_trial(trying, job, cell.remedy)
    with st.container(horizontal=True):
        if one.trial is None and trying is None and (one.change or one.remedy == SEARCH):
            _offer_trial(one, report, job)
        change = dict(one.trial.settings if one.trial else one.change)
        if change and st.button(
            tr("Adopt"), key=f"adopt.{cell.remedy}", help=tr("Put this change into the network and diagnose again.")
        ):
            note_adopted(report, one, change)
            _adopt(job, report, change)


def _offer_trial(one: Recommendation, report: Report, job: str) -> None:
    if st.button(
        tr("Try it"), key=f"try.{one.remedy}", help=tr("Train with this change on your data and measure the effect.")
    ):
        with explained():
            change = dict(one.change)
            improvement.start(job, f"try {one.remedy}", "try", remedy=one.remedy, change=change, material=report.delta)
        st.rerun()


def _show_trial(trying: str, job: str, remedy: str) -> None:
    view = session.pool().look(trying)
    if not view.has_ended:
        watch(trying, None, None)
        return
    show_ending(view)
    if view.state == "finished":
        st.rerun()  # it ended while this page was drawn
    if st.button(tr("Start again"), key=f"again.{remedy}"):
        improvement.forget_improvement(job, f"try {remedy}")
        st.rerun()


def _adopt(job: str, report: Report, change: dict[str, object]) -> None:

    arguments = store.spec_of(job).arguments
    present = arguments.get("model", {})
    start, uses = arguments.get("start", present), improvement.dev_uses(job, report)
    start_diagnosis({**present, **change}, arguments.get("settings", {}), start=start, dev_uses=uses)
