"""What an applied change did: nothing without a run before it, Undo only while that run is there."""

from tests.app.drawing import a_diagnosis, drawn, keys, said
from tests.html_tables import tables


def page(before, job):
    from dataclasses import replace

    from dldiag.app.views.apply import parent_of
    from dldiag.app.views.before_after import show_before_after
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
