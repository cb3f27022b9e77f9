"""The run that a change came from, kept for Undo and for the path so far."""

from dldiag.app.views.apply import parent_of
from dldiag.core.i18n import Message
from tests.reports import make_report

WIDER = {"hidden_layer_sizes": ((4,), (64,))}


def test_the_run_before_keeps_its_errors_and_its_curve():
    report = make_report()
    parent = parent_of("job", report, "bigger_network", Message("A bigger network"), WIDER, None)
    assert (parent.id, parent.change) == ("job", WIDER)
    assert parent.before == report.evidence["dev_error"]
    assert parent.train_before == report.evidence["train_error"]
    assert parent.curve is report.curves[0]
    assert parent.earlier == ()


def test_the_path_grows_by_one_change_and_keeps_one_curve():
    first = parent_of("1", make_report(), "bigger_network", Message("A bigger network"), WIDER, None)
    second = parent_of("2", make_report(parent=first), "train_longer", Message("Train longer"), {}, None)
    third = parent_of("3", make_report(parent=second), "step_size", Message("A larger step size"), {}, None)
    assert [one.id for one in third.earlier] == ["1", "2"]
    assert [one.curve for one in third.earlier] == [None, None]
    assert all(one.earlier == () for one in third.earlier)
