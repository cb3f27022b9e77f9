"""Only numbers in hand: errors measured elsewhere, or a learning curve from any framework, read by the same rules."""

from dldiag.app.ui.page import page
from dldiag.app.ui.widgets import explained, show_message
from dldiag.app.views.metrics import ask_curve, ask_numbers, enough, offer_examples
from dldiag.app.views.report import show_past_report
from dldiag.core.i18n import tr
from dldiag.diagnosis.from_metrics import diagnose_numbers

page(
    "Only numbers in hand",
    "No table, but a training and a dev error from somewhere else? Type what you know: the same rules say what is wrong "
    "and what to do next.",
)
with explained():
    offer_examples()
    numbers = ask_numbers()
    curve = ask_curve(numbers.unit)
    if enough(numbers, curve):
        show_past_report(diagnose_numbers(numbers, curve))
    else:
        show_message(tr("A training error and a dev error are enough to begin with."), kind="info")
