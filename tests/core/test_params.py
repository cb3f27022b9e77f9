from dataclasses import replace

import pytest

from dldiag.core.params import Param, SettingError, check, check_all, params_of, parse
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


@pytest.mark.parametrize(("text", "value"), [("0,04", 0.04), ("3,2", 3.2), ("-1,25", -1.25), ("0.5", 0.5)])
def test_a_decimal_comma_is_read(text, value):
    assert parse("x", Param(0.0, float, "x", ""), text) == value


@pytest.mark.parametrize("text", ["1,234", "1.234,5", "0,0,4"])
def test_commas_that_may_part_thousands_are_refused(text):
    with pytest.raises(SettingError, match="is not a number"):
        parse("x", Param(0.0, float, "x", ""), text)
