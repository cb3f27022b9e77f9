"""The verdict card: what is wrong, how sure that is, by which metric and of which model, and the one action."""

from __future__ import annotations

import streamlit as st

from dldiag.app.ui.widgets import show_message
from dldiag.app.views.apply import apply_fix
from dldiag.app.views.repairs import show_repairs
from dldiag.core.i18n import Message, labeled, tr
from dldiag.core.sanitize import escape_markdown
from dldiag.core.types import Answer, Column_, Report
from dldiag.report import view
from dldiag.report.view import FixKind

_ICONS: dict[FixKind, str] = {
    "good": ":material/check_circle:",
    "keep": ":material/info:",
    "act": ":material/build_circle:",
    "stop": ":material/report:",
    "open": ":material/help:",
}
ANSWER_ICONS = {"yes": ":material/error:", "no": ":material/check:", "undecided": ":material/help:"}
GLOSSARY = Message(
    "The model learns from the training set. The dev set holds other rows, on which it is checked while you work on "
    "it. High bias (underfitting): it is wrong even on its training rows. High variance (overfitting): it does well "
    "there, and worse on unseen rows."
)


def show_verdict(report: Report, job: str | None, *, complete: bool) -> None:
    """Draw the card; without a job (a past report) it has no buttons."""
    verdict, kind = report.verdict, view.verdict_kind(report)
    with st.container(border=True, key=f"kind-{kind}"), st.container(key="verdict"):
        st.markdown(f"{_ICONS[kind]} **{escape_markdown(view.FIX_KINDS[kind])}**")
        st.header(escape_markdown(verdict.headline, 600), anchor=False)
        if verdict.detail:
            show_message(verdict.detail)
        if line := view.what_may_help(report):
            show_message(line)
        _show_action(report, job)
        if job is not None:
            show_repairs(report, job)
        _show_answers(report)
        if not complete:
            show_message(tr("This verdict rests on what was computed before it was stopped."), kind="caption")


def _show_action(report: Report, job: str | None) -> None:
    """Draw the one action: its change by name and value, the error before and after, and its button."""
    best = view.best_fix(report)
    if best is None:
        return
    with st.container(key="action"):
        text, button = st.columns([4, 1], vertical_alignment="center")
        with text:
            st.markdown(f"**{escape_markdown(tr('Next: {action}', action=view.change_words(best)), 400)}**")
            if effect := view.action_effect(best, report):
                st.markdown(escape_markdown(effect, 400))
        if (
            job is not None
            and best.can_apply
            and button.button(tr("Apply"), type="primary", key="apply", width="stretch", icon=":material/play_arrow:")
        ):
            apply_fix(job, report, best)


def _show_answers(report: Report) -> None:
    answers: tuple[tuple[Column_, Answer], ...] = (("bias", report.verdict.bias), ("variance", report.verdict.variance))
    parts = [_answer(str(view.COLUMNS[column]), given) for column, given in answers]
    if report.verdict.stability is not None:
        name, share = view.answers(report)[-1]
        parts.append(_named(":material/repeat:", name, share))
    st.markdown("  ·  ".join(parts))
    show_message(view.judged_line(report), kind="caption")
    for line in (view.metric_why(report), view.rows_line(report), view.unit_line(report)):
        if line:
            show_message(line, kind="caption")
    with st.popover(tr("What do these words mean?"), type="tertiary"):
        show_message(GLOSSARY)


def _answer(name: str, given: Answer) -> str:
    icon = ANSWER_ICONS.get(given, ANSWER_ICONS["undecided"])
    return _named(icon, name, view.ANSWERS[given])


def _named(icon: str, name: str, said: str | Message) -> str:
    return f"{icon} {labeled(f'**{escape_markdown(name)}**', escape_markdown(said))}"
