"""What is refused before a diagnosis begins: one line each, and what is fine passes."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression

from dldiag.core.params import SettingError
from dldiag.core.settings import Settings
from dldiag.core.types import DataError
from dldiag.data.dataset import make_dataset
from dldiag.diagnosis.checks import check_muted, check_target, check_task, check_types
from dldiag.experiments.models import as_model, build_model, changed

FRAME = pd.DataFrame({"x": np.arange(40.0), "y": np.arange(40.0) - 20})
NUMBERS, LABELS = make_dataset(FRAME, "y"), make_dataset(FRAME.assign(y=["a", "b"] * 20), "y")


def test_only_a_dataset_and_settings_are_taken():
    check_types(NUMBERS, Settings())
    with pytest.raises(TypeError, match="make_dataset"):
        check_types(FRAME, Settings())
    with pytest.raises(TypeError, match="Settings"):
        check_types(NUMBERS, {})


def test_only_rules_that_there_are_can_be_muted():
    check_muted(Settings(muted=("B1",)))
    with pytest.raises(SettingError, match="no rule 'B99'"):
        check_muted(Settings(muted=("B99",)))


@pytest.mark.parametrize(("dataset", "fits"), [(NUMBERS, LinearRegression()), (LABELS, LogisticRegression())])
def test_a_model_of_the_other_task_is_refused(dataset, fits):
    check_task(dataset, as_model(fits))
    other = LogisticRegression() if dataset is NUMBERS else LinearRegression()
    with pytest.raises(DataError, match="not made for"):
        check_task(dataset, as_model(other))


def test_a_loss_of_counts_and_a_logarithm_ask_for_values_that_have_them():
    of_counts = as_model(HistGradientBoostingRegressor(loss="poisson"))
    check_target(NUMBERS, build_model("regression"))
    with pytest.raises(DataError, match="for counts"):
        check_target(NUMBERS, of_counts)
    with pytest.raises(DataError, match="no logarithm"):
        check_target(NUMBERS, changed(build_model("regression"), {"log_target": True}))
    check_target(make_dataset(FRAME.assign(y=FRAME.x + 1), "y"), of_counts)
