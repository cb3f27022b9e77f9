"""Diagnose a model: upload a table, pick the target, read what is wrong with the model and what to do next."""

import streamlit as st

from dldiag.app.state import session
from dldiag.app.ui.page import page
from dldiag.app.views import diagnosis
from dldiag.app.views.table_preview import show_reading
from dldiag.app.views.target import ask_target
from dldiag.app.views.upload import ask_table
from dldiag.core.i18n import tr

CLAIM = (
    "Upload a table, pick what to predict, and read what is wrong with your model and what to do next, "
    "with the evidence and each remedy tried on your data."
)

page("Diagnose a model", CLAIM)
job = diagnosis.current_job()
if job:
    diagnosis.show_job(job)
elif session.current_reference() is None:
    ask_table()
else:
    st.subheader(tr("1. What was read"), anchor=False)
    table = show_reading()
    if st.button(tr("Another table"), key="another"):
        session.use_data(None)
        st.rerun()
    if table is not None:
        st.subheader(tr("2. The target"), anchor=False)
        dataset = ask_target(table)
        if dataset is not None:
            st.subheader(tr("3. The diagnosis"), anchor=False)
            diagnosis.ask_and_start(dataset)
