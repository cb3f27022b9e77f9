"""The path of an improvement and the meaning of the opened test rows, as the page draws them."""

from streamlit.testing.v1 import AppTest


def _page():
    """Draw both with made-up numbers; Streamlit runs this as a script, so it imports for itself."""
    from dataclasses import replace

    from dldiag.app.jobs.improvement import FoundPath
    from dldiag.app.views.improvement import _show_path, show_test_meaning
    from dldiag.core.i18n import Message
    from dldiag.core.types import Estimate, Parent, TestResult, exactly
    from dldiag.diagnosis.improve import LoopStep, Total
    from tests.reports import make_report

    report = make_report()
    change = {"hidden_layer_sizes": (64,)}
    step = LoopStep(
        "high_bias",
        "bigger_network",
        Message("A bigger network"),
        change,
        Estimate(-0.07, -0.09, -0.05),
        exactly(0.183),
    )
    total = Total(exactly(0.183), Estimate(-0.068, -0.09, -0.04))
    _show_path(FoundPath((step,), {}, change, 12, Message("Done."), total), report, "job")
    dev = report.evidence["dev_error"]
    parent = Parent("1", "regularization", Message("x"), {}, Estimate(dev.value + 0.038, 0.0, 1.0), dev)
    test = TestResult(exactly(0.2), exactly(0.217), Estimate(0.017, -0.01, 0.04), 400, 9)
    show_test_meaning(replace(report, parent=parent, test=test))


def test_the_path_says_what_all_steps_did_and_the_test_rows_whether_it_held():
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert not page.exception
    said = " ".join(one.value for one in page.markdown).replace("\\", "").replace("\u00a0", " ")
    assert "dev error 18.3% → 11.5%, −6.8 points (−9.0 to −4.0)" in said
    assert (
        page.info[0].value.replace("\\", "").startswith("The gain did not hold: −3.8 points on dev rows, +1.7 points")
    )
