from dataclasses import replace

import pytest

from dldiag.core.params import SettingError, check, check_all, params_of
from dldiag.core.settings import Settings
from dldiag.experiments.models import build_model
from dldiag.nn import CLASSIFIER_PARAMS, MLP_PARAMS

OPTIONAL = {**params_of(Settings), **MLP_PARAMS, **CLASSIFIER_PARAMS}


@pytest.mark.parametrize("name", [name for name, param in OPTIONAL.items() if param.optional and name != "batch_size"])
def test_the_word_auto_is_no_number(name):
    with pytest.raises(SettingError, match=f"{name} = 'auto' is not"):
        check(name, OPTIONAL[name], "auto")


@pytest.mark.parametrize("name", ["train_rows", "target_error"])
def test_settings_with_a_word_for_a_number_are_refused_before_anything_is_computed(name):
    with pytest.raises(SettingError, match=name):
        check_all(replace(Settings(), **{name: "auto"}))


def test_a_batch_size_may_be_auto_as_in_scikit_learn():
    assert build_model("classification", {"batch_size": "auto"}).parameters["batch_size"] == "auto"
