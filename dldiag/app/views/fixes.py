"""The fixes on the page: one ranked list of interval bars with Apply or Test, and the course's two columns below it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import streamlit as st

from dldiag.app.state import improvement, session
from dldiag.app.ui.widgets import explained, show_message, show_rows
from dldiag.app.views.apply import apply_fix
from dldiag.app.views.progress import show_ending, watch
from dldiag.core.i18n import Message, sentences, tr
from dldiag.core.sanitize import escape_markdown, legible
from dldiag.core.types import Column_, Report
from dldiag.report import view
from dldiag.report.interval_bars import BarScale, bar_look, interval_bar, scale_of
from dldiag.report.view import Cell, Fix

_SHOWN = 6  # Fixes shown before "More fixes".
_BY_HAND = Message("for you to do: there is nothing to test here")
_ICONS = {"helped": ":material/check_circle:", "hurt": ":material/cancel:", "no_effect": ":material/remove:"}


def show_fixes(report: Report, job: str | None) -> None:
    """Draw the list, each fix with its change, its effect and its button; no buttons without a job (a past report)."""
    fixes = view.fixes(report)
    with st.container(key="fixes"):
        st.subheader(tr("What to do next"), anchor="what-to-do")
        if line := view.order_line(report):
            show_message(line)
        if not fixes:
            show_message(tr("No fix applies to what was found."))
        elif any(fix.effect for fix in fixes):
            show_message(sentences(_how_to_read(fixes)), kind="caption")
        in_vain = view.short_runs_in_vain(report)
        scale = scale_of([*fixes, *in_vain])
        by_hand = "" if sum(_is_by_hand(fix) for fix in fixes) > 1 else str(_BY_HAND)
        if fixes and not by_hand:
            show_message(tr("Those without a result are for you to do: there is nothing to test here."), kind="caption")
        for place, fix in enumerate(fixes[:_SHOWN], 1):
            _show_fix(place, fix, scale, report, job, by_hand)
        if fixes[_SHOWN:]:
            with st.expander(tr("More fixes")):
                for place, fix in enumerate(fixes[_SHOWN:], _SHOWN + 1):
                    _show_fix(place, fix, scale, report, job, by_hand)
    _show_course_table(report)
    _show_others(report, in_vain, scale)


def _how_to_read(fixes: list[Fix]) -> Iterator[str]:
    """Say what the bars are; of dashed ones only where there are some."""
    yield tr("Bars show the change in dev error: left of the line is better.")
    if any(fix.effect and bar_look(fix) == "guess" for fix in fixes):
        yield tr("Dashed: expected, not tested.")


def _show_others(report: Report, in_vain: list[Fix], scale: BarScale) -> None:
    """Show what is not recommended: the short runs that did not help with their bars, the rest with a reason."""
    rest = view.not_recommended(report)
    if not in_vain and not rest:
        return
    with st.expander(tr("Why not the others?")):
        if in_vain:
            show_message(tr("Each of these was trained briefly with its change, and did not help:"))
        for fix in in_vain:
            with st.container(key=f"vain-{fix.remedy}"):
                _show_in_vain(fix, scale)
        if rest:
            show_rows(rest, alt=tr("Why not the others?"))


def _show_in_vain(fix: Fix, scale: BarScale) -> None:
    text, bar, words = st.columns([2, 3, 3], vertical_alignment="center")
    text.markdown(escape_markdown(fix.title))
    bar.html(interval_bar(fix, scale))
    words.markdown(escape_markdown(fix.words))


def list_fixes(report: Report) -> None:
    """List the fixes in one line each; for a report that is still growing."""
    for fix in view.fixes(report):
        st.markdown(" · ".join(escape_markdown(text) for text in (fix.title, fix.beside_title, fix.words) if text))


def _is_by_hand(fix: Fix) -> bool:
    return not fix.words and not fix.can_test


def _show_fix(place: int, fix: Fix, scale: BarScale, report: Report, job: str | None, by_hand: str) -> None:
    """Draw one fix; `by_hand` is what a fix says that nothing here can test."""
    looks = "lit" if fix.is_recommended else "fix"  # The keys are styled in theme.py.
    with st.container(border=True, key=f"{looks}-{fix.remedy}"):
        text, bar, buttons = st.columns([3, 3, 1.3], vertical_alignment="center")
        with text:
            change = f"  \n{escape_markdown(fix.beside_title)}" if fix.change else ""
            st.markdown(f"**{place}\\. {escape_markdown(fix.title)}**{change}")
            with st.popover(tr("Why"), type="tertiary", key=f"why.{fix.remedy}"):
                show_message(fix.because)
                if fix.note:
                    show_message(fix.note, kind="caption")
        with bar:
            if fix.effect is not None:
                st.html(interval_bar(fix, scale))
            words = fix.words or (tr("not tested") if fix.can_test else by_hand)
            if words:
                st.markdown(f"{_ICONS.get(fix.verdict or '', '')} {escape_markdown(words)}")
        with buttons:
            if job is not None:
                _show_buttons(fix, report, job)
        testing = None if job is None else _test_of(fix, job)
        if testing is not None and not session.pool().look(testing).has_ended:
            watch(testing, None, None)


def _test_of(fix: Fix, job: str) -> str | None:
    """Return the job that tests a fix, None where none was started."""
    return improvement.started(job).get(f"try {fix.remedy}") if fix.can_test else None


def _show_buttons(fix: Fix, report: Report, job: str) -> None:
    testing = _test_of(fix, job)
    if testing is not None:
        _show_end(testing, job, fix.remedy)
    elif fix.can_test and st.button(
        tr("Test"),
        key=f"try.{fix.remedy}",
        width="stretch",
        help=tr("Train with this change on your data and measure it."),
    ):
        with explained():
            improvement.start_trial(job, report, fix.remedy, dict(fix.settings))
        st.rerun()
    if fix.can_apply and st.button(
        tr("Apply"),
        key=f"adopt.{fix.remedy}",
        width="stretch",
        help=tr("Change the model and diagnose again."),
    ):
        apply_fix(job, report, fix)


def _show_end(testing: str, job: str, remedy: str) -> None:
    running = session.pool().look(testing)
    if not running.has_ended:
        return
    show_ending(running)
    if running.state == "finished":
        st.rerun()  # The job ended while this page was drawn.
    if st.button(tr("Test again"), key=f"again.{remedy}", width="stretch"):
        improvement.forget_improvement(job, f"try {remedy}")
        st.rerun()


# --- the course's table -------------------------------------------------------------------------------------------


def _show_course_table(report: Report) -> None:
    """Draw the two columns of the course notes, the recommended cells lit."""
    table = view.remedy_table(report)
    columns = "".join(_column(column, table[column]) for column in view.COURSE_COLUMNS)
    with st.container(key="remedies"):
        st.html(f'<div class="remedy-table">{columns}</div>')


def _column(column: Column_, cells: list[Cell]) -> str:
    items = "".join(_cell(cell) for cell in cells)
    return f"<section><h4>{escape(str(view.COLUMNS[column]))}</h4><ul>{items}</ul></section>"


def _cell(cell: Cell) -> str:
    tick = "✓ " if cell.lit else ""
    mark = f" <b>{tick}{escape(cell.outcome)}</b>" if cell.outcome else ""
    return f'<li class="{"lit" if cell.lit else "dim"}">{escape(legible(cell.title))}{mark}</li>'
