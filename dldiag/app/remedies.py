"""The remedy table on the page: three columns as in the course notes, recommended cells lit, tried and adopted here."""

from __future__ import annotations

import streamlit as st

from dldiag import tables
from dldiag.app import forms, jobs, session
from dldiag.app.escape import plain
from dldiag.app.job_kinds import JOBS
from dldiag.app.records import note_adopted
from dldiag.app.widgets import figure_mode, show_figure, show_message
from dldiag.figures import FIGURES
from dldiag.language import tr
from dldiag.tables import Cell
from dldiag.types import Recommendation, Report

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
    table = {column: cells for column, cells in tables.remedy_table(report).items() if cells}
    for column, (name, cells) in zip(st.columns(len(table)), table.items(), strict=True):
        with column:
            st.markdown(f"**{plain(tables.COLUMNS[name])}**")
            for cell in cells:
                if cell.lit:
                    _show_cell(cell, report, job)
            _show_others([cell for cell in cells if not cell.lit])
    if FIGURES["trial_effects"].shown(report):
        row = FIGURES["trial_effects"]
        show_figure(row.draw(report, figure_mode()), row.alt(report), key="figure.trial_effects")


def show_remedy_list(report: Report) -> None:
    """List the recommended remedies in their order, in one line each; for a report that is still growing."""
    for row in tables.remedies(report):
        st.markdown(" · ".join(plain(text) for text in row.values() if text))


def _show_others(cells: list[Cell]) -> None:
    """List the rest of the menu, pale and in words: what would not help now."""
    if cells:
        with st.container(border=True, key=f"dim-{cells[0].remedy}"):
            titles = "".join(f"\n- {plain(cell.title)}" for cell in cells)
            st.caption(f"{plain(tr('Not recommended now:'))}{titles}")


def _show_cell(cell: Cell, report: Report, job: str | None) -> None:
    with st.container(border=True, key=f"lit-{cell.remedy}"):
        badge = tr("Recommended first") if cell.rank == 1 else tr("Recommended, number {rank}", rank=cell.rank)
        st.markdown(f"{_badge(cell.rank, badge)}  \n**{plain(cell.title)}**")
        show_message(cell.because)
        if cell.effect:
            icon = ICONS.get(cell.verdict or "undecided", "")
            st.markdown(f"{icon if cell.verdict else ''} {plain(cell.effect)}")
        if job is not None:
            _show_buttons(cell, report, job)


def _badge(rank: int | None, text: str) -> str:
    icon = ":material/star:" if rank == 1 else ":material/arrow_forward:"
    return f"{icon} :primary-badge[{plain(text)}]" if rank == 1 else f"{icon} :gray-badge[{plain(text)}]"


def _show_buttons(cell: Cell, report: Report, job: str) -> None:
    one = _recommendation(report, cell.remedy)
    with st.container(horizontal=True):
        if (
            one.trial is None
            and "try" in JOBS
            and st.button(
                tr("Try it"),
                key=f"try.{cell.remedy}",
                help=tr("Train with this change on your data and measure the effect."),
            )
        ):
            _try(job, cell.remedy)
        change = dict(one.trial.settings if one.trial else one.change)
        if change and st.button(
            tr("Adopt"), key=f"adopt.{cell.remedy}", help=tr("Put this change into the network and diagnose again.")
        ):
            note_adopted(report, one, change)
            _adopt(job, change)


def _recommendation(report: Report, remedy: str) -> Recommendation:
    return next(one for one in report.recommendations if one.remedy == remedy)


def _try(job: str, remedy: str) -> None:
    arguments = jobs.spec_of(job).arguments | {"remedies": [remedy], "report": job}
    session.state()["slots"]["try"] = session.pool().submit("try", arguments, session.owner())
    st.rerun()


def _adopt(job: str, change: dict[str, object]) -> None:
    from dldiag.app.diagnosis import start_diagnosis

    arguments = jobs.spec_of(job).arguments
    forms.set_values("model", change)
    start_diagnosis({**arguments.get("model", {}), **change}, arguments.get("settings", {}))
