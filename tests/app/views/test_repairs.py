"""Repairs are offered one click each; a table too large for a look while one chooses is left to the diagnosis."""

from tests.app.drawing import a_diagnosis, drawn, keys, said


def before(limit):
    import pandas as pd

    from dldiag import make_dataset
    from dldiag.app.views import repairs

    repairs.LOOKED_AT_ONCE = limit
    frame = pd.DataFrame({"copy": [0.0, 1.0] * 100, "age": range(200), "label": ["a", "b"] * 100})
    repairs.offer_repairs(make_dataset(frame, "label"))


def after(job):
    from dldiag.app.views.repairs import show_repairs
    from dldiag.core.i18n import Message
    from dldiag.core.types import Repair
    from tests.reports import make_report

    repair = Repair("leakage", Message("Leave out copy"), Message("It gives the target away."), {"exclude": ("copy",)})
    show_repairs(make_report(repairs=(repair,)), job)


def test_a_copy_of_the_target_is_found_before_anything_is_trained(monkeypatch):
    monkeypatch.setattr("dldiag.app.views.repairs.LOOKED_AT_ONCE", 1_000_000)  # Put back what the page sets.
    assert any("copy" in one for one in keys(drawn(before, 1_000_000)))
    assert keys(drawn(before, 10)) == set()


def test_a_repair_of_a_report_says_why():
    app = drawn(after, a_diagnosis())
    assert "Leave out copy? It gives the target away." in said(app)
    assert len(app.button) == 1
