"""Eyeball set: go through wrong dev rows, tag each with your own categories, and see what each category is worth."""

from dldiag.app.state import session
from dldiag.app.ui.page import MAIN, link_to, page
from dldiag.app.ui.widgets import explained, show_message
from dldiag.app.views.eyeball import review_rows
from dldiag.app.views.start import SLOT
from dldiag.app.views.where_wrong import ask_error_rows
from dldiag.core.i18n import tr

page(
    "Eyeball set",
    "Go through wrong dev rows and say in your own words why each is wrong. The counts show what is worth fixing.",
)
job = session.state()["slots"].get(SLOT)
if job is None:
    show_message(tr("Diagnose a model first; then its wrong dev rows are listed here."), kind="info")
    link_to(MAIN, tr("Diagnose a model"))
else:
    with explained():
        rows = ask_error_rows(job)
        if rows is not None:
            review_rows(job, rows)
