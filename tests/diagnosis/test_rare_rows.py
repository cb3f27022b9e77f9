"""More rows of a rare class as a forecast: a curve along them with all other rows, and when it is advice."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, LearningCurve, exactly
from dldiag.data.dataset import make_dataset
from dldiag.data.split import make_split
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.rare_rows import RareRows, _keeps, rare_class, rare_rows
from dldiag.diagnosis.recommend import recommend
from dldiag.diagnosis.remedies import LEAVE_IT, RARE_ROWS
from dldiag.diagnosis.rules import RULES, check_rules
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.metric_choice import MetricChoice, choose_metric
from dldiag.experiments.models import as_model
from dldiag.report.view.effects import effect_text

FEATURES = 20


def rows(rng, n_rare, n_other=1500):
    """A rare class that differs a little in every feature, so that few of its rows teach little."""
    y = np.repeat([1, 0], [n_rare, n_other])
    X = rng.normal(size=(len(y), FEATURES)) + 0.45 * y[:, None]
    return X, y


def fitted(seed=0, n_rare=120):
    X, y = rows(np.random.default_rng(seed), n_rare)
    table = pd.DataFrame(X).rename(columns=str).assign(y=np.where(y == 1, "rare", "other"))
    data = make_dataset(table.sample(frac=1, random_state=seed), "y")
    model = as_model(LogisticRegression(class_weight="balanced", C=100.0))
    fits = FitCache(data, make_split(data, 8, seed), choice=choose_metric(data, Settings()))
    fits.fit([model], [fits.split.n_train], range(8))
    return fits, model


@pytest.mark.parametrize(
    ("choice", "counts", "code"),
    [
        (MetricChoice("balanced_error"), (90, 5, 5), 1),
        (MetricChoice("balanced_error"), (50, 50), None),
        (MetricChoice("error"), (95, 5), None),
        (MetricChoice("f1", positive=1), (95, 5), 1),
        (MetricChoice("f1", positive=0), (95, 5), None),
        (MetricChoice("roc_auc", positive=1), (95, 5), 1),
    ],
)
def test_the_rare_class_is_the_one_that_decides_the_metric(choice, counts, code):
    assert rare_class(np.repeat(np.arange(len(counts)), counts), choice) == code


def test_a_thinned_fit_has_the_first_rare_rows_and_all_others_in_their_order():
    assert _keeps(np.array([True, False, True, False, True]), 2).tolist() == [0, 1, 2, 3]


def test_the_forecast_of_four_times_the_rare_rows_holds_what_they_really_give():
    fits, model = fitted()
    found = rare_rows(fits, model, range(8))
    gain, n = found.numbers()["rare_rows_gain"], int(found.curve.sizes[-1])
    errors = {1: [], 4: []}
    for seed in range(40):
        rng = np.random.default_rng(1000 + seed)
        X_new, y_new = rows(rng, 4000, 4000)
        for times, into in errors.items():
            learned = model.estimator.fit(*rows(rng, times * n, 900))
            into.append(1 - balanced_accuracy_score(y_new, learned.predict(X_new)))
    assert gain.low < np.mean(errors[1]) - np.mean(errors[4]) < gain.high
    assert gain.value > 0 and found.n_dev > n / 4


def test_a_table_without_a_rare_class_costs_no_fits():
    fits, model = fitted(n_rare=1400)
    assert rare_rows(fits, model, range(8)) is None


def test_a_class_that_a_repeat_has_no_training_row_of_is_counted_and_not_forecast():
    none = LearningCurve("mlp", np.array([0]), np.full((1, 3), 0.2), np.full((1, 3), 0.4))
    found = RareRows(1, 2, none).numbers()
    assert (found["rare_dev_rows"], found["rare_train_rows"]) == (exactly(2), exactly(0))
    assert found["rare_rows_gain"] is None


CLEAR = {"avoidable_bias": Estimate(0.0, -0.005, 0.005), "achievable": exactly(0.12), "dev_half_width": exactly(0.01)}
OPEN = {"avoidable_bias": Estimate(0.02, -0.01, 0.05), "achievable": exactly(0.1), "dev_half_width": exactly(0.04)}


def advice(known, gain):
    found = Evidence(
        material=exactly(0.02), train_error=exactly(0.12), dev_error=exactly(0.12), n_dev=exactly(6000), repeats=exactly(5),
        variance=Estimate(0.0, -0.01, 0.01), rare_dev_rows=exactly(200), rare_rows_gain=gain, names={"rare_class": "Yes"}, **known,
    )  # fmt: skip
    return {one.remedy: one for one in recommend(check_rules(found, RULES), found)}


def test_where_few_rare_rows_leave_the_verdict_open_more_of_them_come_before_keeping_the_model():
    found = advice(OPEN, Estimate(0.03, -0.01, 0.07))
    assert found[RARE_ROWS].rank < found[LEAVE_IT].rank and "more_dev_rows" not in found
    expected = found[RARE_ROWS].expected
    assert (expected.value, expected.low, expected.high) == (-0.03, -0.07, 0.01)
    assert "Only 200" in str(found[RARE_ROWS].because)
    assert effect_text(found[RARE_ROWS], "rate") == "forecast: between 7.0 points better and 1.0 points worse"


def test_a_sure_gain_of_more_rare_rows_is_advice_though_the_verdict_is_clear():
    found = advice(CLEAR, Estimate(0.05, 0.03, 0.07))
    assert found[RARE_ROWS].rank < found[LEAVE_IT].rank
    assert "expected to lower the dev error by 5.0" in str(found[RARE_ROWS].because)


def test_where_the_verdict_is_clear_and_no_gain_is_sure_no_more_rare_rows_are_asked_for():
    assert RARE_ROWS not in advice(CLEAR, Estimate(0.0, -0.01, 0.01))
