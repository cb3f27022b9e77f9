"""A report on the page: conclusion first; a report of the past offers nothing that computes."""

from tests.app.drawing import drawn, keys, said


def past(case):
    from dldiag.app.views.report import show_past_report
    from tests.reports import make_report

    show_past_report(make_report(case))


def growing(with_report):
    from dldiag.app.views.report import show_first_look
    from tests.reports import make_curves, make_report

    show_first_look(make_curves("bias", "rate") if with_report else (), make_report() if with_report else None)


def test_the_conclusion_comes_before_the_numbers_and_the_export():
    app = drawn(past, "bias")
    titles = [one.value for one in app.subheader]
    assert titles[0] == "What to do next"
    assert titles[-2:] == ["The evidence", "Export"]
    assert keys(app) == set()


def test_a_forecast_that_abstains_says_why():
    assert "The curve is not well behaved." in said(drawn(past, "undecided"))


def test_while_it_grows_a_first_verdict_takes_the_place_of_the_announcement():
    assert "Training on growing parts" in said(drawn(growing, False))
    found = said(drawn(growing, True))
    assert "First verdict" in found
    assert "A bigger network" in found
