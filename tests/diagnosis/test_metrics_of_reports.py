"""A diagnosis by every metric: its errors are scikit-learn's, its report says by what it was judged."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as theirs
from sklearn.svm import LinearSVC

from dldiag.core.settings import Settings
from dldiag.core.types import DataError
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.diagnose import diagnose, run_case
from dldiag.experiments.metrics import METRICS, VALUES
from dldiag.experiments.models import build_model
from dldiag.report import from_json, to_json
from tests.problems import dataset

FAST = Settings(budget="quick", trials=0, sizes=2, repeats=3, baselines=("linear",))


def rare(n=400, share=0.09, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < share).astype(int)
    return dataset(rng.normal(size=(n, 4)) + 1.5 * y[:, None], np.where(y, "yes", "no"))


def amounts(n=300, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return dataset(X, np.exp(X @ np.array([0.5, -0.3, 0.2]) + 0.3 * rng.normal(size=n)) * 100, "regression")


def of_linear(data, settings):
    return run_case(prepare_case(data, build_model(data.task, key="linear"), settings))


@pytest.mark.parametrize("name", METRICS)
def test_a_diagnosis_is_judged_by_every_metric(name):
    row = METRICS[name]
    data = amounts() if row.tasks == VALUES else rare()
    report = of_linear(data, replace(FAST, metric=name, cost="fn=10,fp=1" if name == "cost" else ""))
    assert report.metric.name == name and report.metric.chosen == "user"
    shown, loss = report.metrics[name], report.evidence["dev_error"]
    scale = report.dataset.spread if row.spread_powers else 1.0
    assert shown.value == pytest.approx(row.shown(loss.value) * scale, rel=1e-4)
    assert shown.low <= shown.value <= shown.high
    assert report.curves[0].unit == row.unit
    assert to_json(from_json(to_json(report))) == to_json(report)


def test_metrics_beside_it_are_scikit_learns_on_the_same_rows():
    case = prepare_case(rare(), build_model("classification", key="linear"), FAST)
    report = run_case(case)
    assert report.metric.name == "balanced_error" and report.metric.baseline == 0.5
    found = case.fits.predictions(case.model, case.all_repeats)
    auc = [theirs.roc_auc_score(one.y, one.proba[:, 1]) for one in map(found.of_repeat, found.repeats)]
    recall = [theirs.recall_score(one.y, one.predicted) for one in map(found.of_repeat, found.repeats)]
    assert report.metrics["roc_auc"].value == pytest.approx(np.mean(auc), abs=1e-6)
    assert report.per_class[1].recall.value == pytest.approx(np.mean(recall), abs=1e-9)
    assert [one.label for one in report.per_class] == ["no", "yes"]


def test_a_target_error_for_a_score_is_the_score():
    report = of_linear(rare(), replace(FAST, metric="roc_auc", target_error=0.9))
    assert report.evidence["target_error"].value == pytest.approx(0.1)


def test_a_model_without_probabilities_cannot_be_judged_by_them():
    with pytest.raises(DataError, match="no class probabilities"):
        diagnose(rare(), LinearSVC(), replace(FAST, metric="roc_auc"))


def test_a_positive_class_without_dev_rows_is_said_in_one_line():
    X = np.random.default_rng(0).normal(size=(300, 3))
    lonely = dataset(X, np.where(np.arange(300) == 0, "yes", "no"))
    with pytest.raises(DataError, match="Too few rows") as found:
        diagnose(lonely, None, replace(FAST, metric="f1"))
    assert "yes" in str(found.value)


def test_a_target_error_in_the_unit_of_a_numeric_target_is_refused_with_what_to_divide_by():
    table = dataset(np.random.default_rng(0).normal(size=(60, 2)), 10 * np.arange(60.0), task="regression")
    with pytest.raises(DataError, match="above 1") as found:
        diagnose(table, None, replace(FAST, metric="rmse", target_error=5.0))
    assert "standard deviation of" in str(found.value) and ", 173: errors" in str(found.value)
