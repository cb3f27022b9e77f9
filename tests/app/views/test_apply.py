"""The run that a change came from, kept for Undo and for the path so far, and both runs side by side."""

from dldiag.app.views.apply import parent_of
from dldiag.core.i18n import Message
from tests.app.drawing import a_diagnosis, drawn, keys, said
from tests.html_tables import tables
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


def page(before, job):
    from dataclasses import replace

    from dldiag.app.views.apply import parent_of, show_before_after
    from dldiag.core.i18n import Message
    from dldiag.diagnosis.compare import with_parent
    from tests.reports import make_report

    parent = parent_of(before, make_report("bias"), "bigger_network", Message("A bigger network"), {}, None)
    earlier = (replace(parent, curve=None),)
    report = make_report("neither")
    show_before_after(with_parent(report, replace(parent, earlier=earlier)) if before else report, job)


def test_a_first_run_has_nothing_before_it():
    assert said(drawn(page, "", "job")) == ""


def test_both_runs_stand_side_by_side_with_the_path():
    app = drawn(page, "a run that is gone", "job")
    assert "Before and after" in said(app)
    assert "The path so far" in said(app)
    assert len(tables(app)) == 2
    assert keys(app) == set(), "what is gone cannot be gone back to"


def test_undo_is_offered_while_the_run_before_is_there():
    assert keys(drawn(page, a_diagnosis(), "job")) == {"undo"}
    assert keys(drawn(page, a_diagnosis(), None)) == set()
