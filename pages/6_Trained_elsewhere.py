"""Trained elsewhere: predictions of any model, of any framework, and where they are wrong."""

from dldiag.app.state import session
from dldiag.app.ui.page import MAIN, link_to, page
from dldiag.app.ui.widgets import explained, show_message
from dldiag.app.views.given_predictions import ask_predictions, show_errors
from dldiag.core.i18n import tr

page(
    "Trained elsewhere",
    "A table with the true values and the predictions of your model is enough: see where it is wrong. Nothing is trained.",
)
with explained():
    table = session.current_table()
    if table is None:
        show_message(tr("Upload the table with your predictions on the first page; then come back."), kind="info")
        link_to(MAIN, tr("Diagnose a model"))
    else:
        analysis = ask_predictions(table)
        if analysis is not None:
            show_errors(analysis)
