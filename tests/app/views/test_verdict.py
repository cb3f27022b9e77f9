"""The verdict card: the sentence, the one action, and what the words mean."""

from tests.app.drawing import a_diagnosis, drawn, keys, said


def page(case, job, complete):
    from dldiag.app.views.verdict import show_verdict
    from tests.reports import make_report

    show_verdict(make_report(case), job, complete=complete)


def test_the_card_opens_with_the_sentence_and_the_next_action():
    app = drawn(page, "bias", None, True)
    assert app.header[0].value.startswith("High bias")
    assert "Next: Hidden layers 4 → 64, 64" in said(app)
    assert "96%" in said(app), "how often resampled runs agree"


def test_only_a_diagnosis_at_hand_can_apply_the_action():
    assert keys(drawn(page, "bias", None, True)) == set()
    assert keys(drawn(page, "bias", a_diagnosis(), True)) == {"apply"}


def test_a_stopped_run_says_what_its_verdict_rests_on():
    assert "before it was stopped" in said(drawn(page, "variance", None, False))
    assert "before it was stopped" not in said(drawn(page, "variance", None, True))
