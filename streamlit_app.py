"""Diagnose a model: upload a table, pick the target, read what is wrong with the model and what to do next."""

from dldiag.app.state import session
from dldiag.app.ui.page import page
from dldiag.app.ui.widgets import explained, show_message
from dldiag.app.views import diagnosis, samples
from dldiag.app.views.upload import ask_table
from dldiag.core.i18n import Message

CLAIM = Message(
    "Upload a table and pick what to predict. See what is wrong with your model, what to do next, and how much each "
    "fix helps on your data."
)

page("Diagnose a model")
job, sample = diagnosis.current_job(), samples.current_sample()
if not job and not sample:
    show_message(CLAIM)
with explained():
    if job:
        diagnosis.show_job(job)
    elif sample:
        samples.show_sample(sample)
    elif session.current_reference() is None:
        ask_table()
    else:
        diagnosis.ask_all()
