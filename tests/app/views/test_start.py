"""What a diagnosis is asked with: only what differs from the defaults, so that equal wishes are one job."""

from dldiag.app.views.start import _changed_settings, diagnosis_settings, model_params
from dldiag.core.settings import Settings


def test_defaults_are_left_out_of_the_settings():
    assert diagnosis_settings(Settings()) == {}
    assert diagnosis_settings(Settings(budget="quick", repeats=7)) == {"budget": "quick", "repeats": 7}


def test_defaults_are_left_out_of_the_model():
    usual = {name: one.default for name, one in model_params("classification").items()}
    assert _changed_settings(usual) == {}
    assert _changed_settings(usual | {"alpha": 0.5}) == {"alpha": 0.5}
    assert _changed_settings({"model_key": "svm"}) == {"model_key": "svm"}


def test_a_model_by_name_keeps_all_that_was_typed():
    choice = {"model_key": "sklearn", "estimator": "ExtraTreesClassifier", "max_depth": None}
    assert _changed_settings(choice) == choice
