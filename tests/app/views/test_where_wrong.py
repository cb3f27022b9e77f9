"""Where the model is wrong: the parts of the analysis, and the rows only for a diagnosis at hand."""

from tests.app.drawing import a_diagnosis, drawn, keys, said


def page(has_errors, job):
    from dldiag.app.views.where_wrong import show_where_wrong
    from dldiag.core.error_findings import ErrorFindings
    from dldiag.core.types import Estimate
    from tests.reports import make_report

    errors = ErrorFindings(200, "rate", Estimate(0.3, 0.25, 0.35)) if has_errors else None
    show_where_wrong(make_report(errors=errors), job)


def listed(rows):
    import pandas as pd

    from dldiag.app.views.where_wrong import show_list

    show_list("The worst rows", pd.DataFrame({"row": range(rows)}), "worst")


def test_a_report_without_an_analysis_shows_nothing():
    assert said(drawn(page, False, a_diagnosis())) == ""


def test_the_rows_are_offered_for_a_diagnosis_at_hand():
    assert keys(drawn(page, True, None)) == set()
    assert keys(drawn(page, True, a_diagnosis())) == {"error_rows"}


def test_a_list_shows_ten_rows_and_gives_all():
    app = drawn(listed, 30)
    assert len(app.dataframe[0].value) == 10
    assert app.get("download_button")[0].proto.label == "Download the list (CSV)"
