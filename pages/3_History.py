"""History: past reports, to read again."""

import streamlit as st

from dldiag.app.state import history, session
from dldiag.app.ui.page import MAIN, link_to, page
from dldiag.app.ui.widgets import explained, show_message
from dldiag.app.views.report import show_past_report
from dldiag.core.i18n import tr
from dldiag.core.sanitize import escape_markdown

page("History", "Every finished diagnosis is kept here, for you only.")
with explained():
    opened = session.state().get("opened report")
    if opened:
        if st.button(tr("Back to the list")):
            session.state().pop("opened report")
            st.rerun()
        show_past_report(history.past_report(opened))
        st.stop()
    past = history.past_reports()
    if not past:
        show_message(tr("Nothing here yet. Diagnose a table, and its report appears here."), kind="info")
        link_to(MAIN, tr("Diagnose a model"))
    for one in past:
        with st.container(border=True):
            text, show, drop = st.columns([5, 1, 1], vertical_alignment="center")
            when = one.at[:16].replace("T", " ")
            with text:
                st.markdown(
                    f"**{escape_markdown(one.name)}** · {escape_markdown(tr('target {name}', name=one.target))} · {escape_markdown(when)} UTC"
                )
                show_message(history.headline(one))
            if show.button(tr("Open"), key=f"open.{one.id}", width="stretch"):
                session.state()["opened report"] = one.id
                st.rerun()
            if drop.button(tr("Remove"), key=f"remove.{one.id}", width="stretch"):
                history.forget_record(one.id)
                st.rerun()
