"""The export: script and reports of every run, the fitted model only where its table is at hand."""

from tests.app.drawing import a_diagnosis, drawn, keys


def page(job):
    from dldiag.app.views.export import show_export
    from tests.reports import make_report

    show_export(make_report(), job)


def numbers():
    from dldiag.app.views.export import show_export
    from dldiag.diagnosis.from_metrics import GivenNumbers, diagnose_numbers

    show_export(diagnose_numbers(GivenNumbers(train_error=0.01, dev_error=0.11)), None)


def labels(app):
    return [one.proto.label for one in app.get("download_button")]


def test_a_report_of_the_past_gives_files_and_no_model():
    app = drawn(page, None)
    assert labels(app) == ["Python script", "Report (HTML)", "Report (JSON)", "Learning curves (CSV)"]
    assert keys(app) == set()


def test_a_diagnosis_at_hand_offers_its_model():
    assert keys(drawn(page, a_diagnosis())) == {"export.model"}


def test_numbers_alone_offer_no_script_and_no_curves():
    assert labels(drawn(numbers)) == ["Report (HTML)", "Report (JSON)"]
