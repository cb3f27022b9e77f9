"""Numbers from elsewhere: what is enough for a diagnosis."""

from dldiag.app.views.metrics import enough
from dldiag.diagnosis.from_metrics import GivenNumbers
from tests.reports import make_curves


def test_two_errors_or_a_curve_are_enough():
    assert not enough(GivenNumbers(), None)
    assert not enough(GivenNumbers(train_error=0.1), None)
    assert enough(GivenNumbers(train_error=0.1, dev_error=0.2), None)
    assert enough(GivenNumbers(), make_curves("bias", "rate")[0])
