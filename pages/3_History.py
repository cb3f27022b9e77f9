"""History: past reports, to read again and to compare."""

from dldiag.app.ui.page import page
from dldiag.app.ui.widgets import explained
from dldiag.app.views.past import show_past

page("History", "Every finished diagnosis is kept here, for you only. Open one, name it, or compare several.")
with explained():
    show_past()
