"""The ranked list of fixes: each with its change, and buttons only for a diagnosis at hand."""

from tests.app.drawing import a_diagnosis, drawn, keys, said


def page(case, job):
    from dldiag.app.views.fixes import show_fixes
    from tests.reports import make_report

    show_fixes(make_report(case, trials=False), job)


def test_a_fix_names_its_change():
    app = drawn(page, "bias", None)
    assert "A bigger network" in said(app)
    assert "4 → 64, 64" in said(app)


def test_only_a_diagnosis_at_hand_has_buttons():
    assert keys(drawn(page, "bias", None)) == set()
    assert keys(drawn(page, "bias", a_diagnosis())) >= {"try.bigger_network", "adopt.bigger_network"}


def test_a_report_without_a_problem_explains_no_bars():
    assert "Bars show" in said(drawn(page, "bias", None))
    assert "Dashed" in said(drawn(page, "bias", None))
    assert "Bars show" not in said(drawn(page, "neither", None))
