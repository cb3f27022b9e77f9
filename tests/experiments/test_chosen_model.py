"""A model by name and plain settings: every kind is built with its settings, and nothing that is named is executed."""

import pytest

from dldiag.core.params import SettingError
from dldiag.experiments.chosen_model import choice_of, chosen_model, estimators_of
from dldiag.experiments.models import MODELS, build_model, params_for

TASKS = ("classification", "regression")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("key", [key for key in MODELS if key != "guess"])
def test_the_defaults_of_a_form_are_those_of_the_model(key, task):
    usual = build_model(task, key=key)
    for name, param in params_for(key, (task,)).items():
        if name in usual.parameters and not param.auto:
            assert usual.parameters[name] in (param.default, "auto"), name


def test_an_estimator_by_name_gets_its_settings_and_its_choice_makes_it_again():
    model = chosen_model(
        "classification", {"model_key": "sklearn", "estimator": "ExtraTreesClassifier", "max_depth": 3}
    )
    assert model.estimator.max_depth == 3
    assert choice_of(model) == {"model_key": "sklearn", "estimator": "ExtraTreesClassifier", "max_depth": 3}


@pytest.mark.parametrize("key", ["mlp", "forest", "linear"])
def test_a_choice_makes_a_row_again(key):
    model = build_model("classification", key=key)
    assert chosen_model("classification", choice_of(model)).identity == model.identity


@pytest.mark.parametrize(
    "choice",
    [
        {"estimator": "os.system"},
        {"estimator": "Ridge"},  # a regressor
        {"estimator": "SVC", "nothing": 1},
        {"estimator": "SVC", "kernel": {"__class__": "x"}},
    ],
)
def test_what_is_no_estimator_or_no_plain_setting_is_refused(choice):
    with pytest.raises(SettingError):
        chosen_model("classification", {"model_key": "sklearn"} | choice)


@pytest.mark.parametrize("task", TASKS)
def test_every_estimator_that_is_offered_can_be_made(task):
    assert len(estimators_of(task)) > 20
    assert "RidgeClassifier" in estimators_of("classification")
