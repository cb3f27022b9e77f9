"""The summary page of the course: what the visitor has seen of every statement, its download, and a fresh start."""

from __future__ import annotations

import streamlit as st

from dldiag.app.course import progress
from dldiag.app.course.data import label_of
from dldiag.app.course.lesson import VERDICT_ICONS
from dldiag.app.ui.page import link_to
from dldiag.app.ui.widgets import show_message
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown
from dldiag.course.contents import TOPICS
from dldiag.course.summary import SeenStatement, count_guesses, count_seen, seen_statements, summary_html

_NOT_YET = ":material/radio_button_unchecked:"


def show_summary() -> None:
    """Show every statement by page, what was computed about it, and the file that holds all of it."""
    seen = progress.seen()
    rows = seen_statements(seen)
    st.progress(sum(row.claim is not None for row in rows) / len(rows), escape_markdown(count_seen(rows)))
    guesses = count_guesses(seen)
    if guesses is not None:
        show_message(guesses)
    _offer_file(rows)
    for topic in TOPICS.values():
        st.subheader(escape_markdown(topic.title), anchor=False)
        for row in rows:
            if row.topic is topic:
                _show_statement(row)
        link_to(topic.file, tr("Open: {title}", title=topic.title))
    _offer_fresh_start(bool(seen))


def _show_statement(statement: SeenStatement) -> None:
    icon = _NOT_YET if statement.claim is None else VERDICT_ICONS[statement.claim.verdict]
    lines = [f"{icon} **{escape_markdown(statement.verdict)}** {escape_markdown(statement.name, 1000)}"]
    if statement.claim is not None and statement.seen is not None:
        lines.append(f":small[{escape_markdown(statement.claim.says, 2000)}]")
        lines.append(f":small[{escape_markdown(label_of(statement.seen.data))} · {statement.seen.at}]")
    with st.container(border=statement.own):
        st.markdown("  \n".join(lines))


def _offer_file(rows: list[SeenStatement]) -> None:
    labels = {row.seen.data: label_of(row.seen.data) for row in rows if row.seen is not None}
    st.download_button(
        tr("Download this summary (HTML)"),
        summary_html(rows, labels),
        "dldiag-course.html",
        "text/html",
        icon=":material/download:",
        key="summary.download",
        on_click="ignore",
    )


def _offer_fresh_start(begun: bool) -> None:
    if begun and st.button(tr("Forget all guesses and results"), key="summary.forget", icon=":material/restart_alt:"):
        progress.forget_all()
        st.rerun()
