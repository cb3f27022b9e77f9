"""Record of experiments: the loop of idea, change, result and next idea, written down as it is gone through."""

import streamlit as st

from dldiag.app.state import history
from dldiag.app.ui.page import page
from dldiag.app.ui.widgets import explained, show_message, show_rows
from dldiag.core.i18n import tr
from dldiag.course.hyperparameters.record import describe_record, record_rows

page(
    "Record of experiments",
    "Models get better in a loop: an idea, a change, a result, the next idea. Every test and every applied fix is noted.",
)
with explained():
    experiments = history.experiments()
    show_message(describe_record(experiments))
    if experiments:
        show_rows(record_rows(experiments), alt=tr("Record of experiments, newest first"))
    st.subheader(tr("Note an experiment of your own"), anchor=False)
    with st.form("note"):  # Its fields are new, and so empty, once a note was added; what cannot be added stays.
        number = len(experiments)
        idea = st.text_input(tr("Idea"), help=tr("What you thought would help, and why."), key=f"idea.{number}")
        result = st.text_input(
            tr("Result"), help=tr("What came out: the change in dev error, if you have it."), key=f"result.{number}"
        )
        following = st.text_input(
            tr("Next idea"), help=tr("What the result suggests to try next."), key=f"next.{number}"
        )
        is_asked = st.form_submit_button(tr("Write it down"), type="primary")
    if is_asked and idea.strip():
        history.note_by_hand(idea, result, following)
    elif is_asked:
        show_message(tr("Write the idea, too: without it the result says nothing later."), kind="warning")
