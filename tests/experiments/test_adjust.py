"""Decisions adjusted inside the training rows, and models of the logarithm of the target."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.svm import LinearSVC

from dldiag.core.settings import Settings
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.experiments.estimates import dev_error, paired_change
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.metric_choice import choose_metric
from dldiag.experiments.models import as_model, build_model, changed
from tests.problems import dataset


def rare(n=1500, share=0.07, seed=0, classes=2):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < share).astype(int) * rng.integers(1, classes, size=n)
    return dataset(rng.normal(size=(n, 4)) + 1.5 * np.eye(4)[y], y)


def skewed(n=600, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return dataset(X, np.exp(1.2 * X[:, 0] - 0.8 * X[:, 1] + 0.3 * rng.normal(size=n)) * 1e5, "regression")


def compared(data, metric, model, change, repeats=4):
    settings = Settings(metric=metric)
    split = diagnosis_split(data, settings)
    fits, after = FitCache(data, split, choice=choose_metric(data, settings)), changed(model, change)
    fits.fit([model, after], [split.n_train], range(repeats))
    return fits, *(fits.get(one, split.n_train, range(repeats)) for one in (model, after))


@pytest.mark.parametrize("key", ["mlp", "linear"])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_moved_threshold_finds_more_of_the_rare_classes(key, classes):
    model = build_model("classification", {"max_iter": 40} if key == "mlp" else {}, key)
    _, before, after = compared(rare(classes=classes), "balanced_error", model, {"adjust": "threshold"})
    assert paired_change(before, after).high < 0


def test_it_does_as_well_as_scikit_learns_tuned_threshold():
    data, linear = rare(), build_model("classification", key="linear")
    fits, _, after = compared(data, "balanced_error", linear, {"adjust": "threshold"})
    theirs = []
    for repeat in fits.split.repeats[:4]:
        tuned = TunedThresholdClassifierCV(LogisticRegression(), scoring="balanced_accuracy", cv=3, random_state=0)
        X = data.X.to_numpy()
        tuned.fit(X[repeat.train_rows], data.y[repeat.train_rows])
        theirs.append(1 - balanced_accuracy_score(data.y[repeat.dev_rows], tuned.predict(X[repeat.dev_rows])))
    assert dev_error(after).value == pytest.approx(np.mean(theirs), abs=0.03)


def test_costs_move_the_threshold_to_what_is_cheap():
    data, settings = rare(), Settings(cost="fn=50,fp=1")
    split, linear = diagnosis_split(data, settings), build_model("classification", key="linear")
    fits = FitCache(data, split, choice=choose_metric(data, settings))
    tuned = changed(linear, {"adjust": "threshold"})
    fits.fit([linear, tuned], [split.n_train], range(4))
    before, after = (fits.get(one, split.n_train, range(4)) for one in (linear, tuned))
    assert dev_error(after).value < 0.7 * dev_error(before).value


def test_calibration_repairs_probabilities_that_are_too_sure():
    weighted = as_model(LogisticRegression(class_weight="balanced"))  # its probabilities say too often yes
    _, before, after = compared(rare(), "log_loss", weighted, {"adjust": "calibration"})
    assert paired_change(before, after).high < 0
    assert dev_error(after).value < 0.7 * dev_error(before).value


def test_a_model_without_probabilities_says_so():
    _, _, after = compared(rare(), "balanced_error", as_model(LinearSVC()), {"adjust": "threshold"}, repeats=1)
    assert "no class probabilities" in after[0].failed


@pytest.mark.parametrize("model", [build_model("regression", key="linear"), as_model(Ridge())], ids=["ours", "own"])
def test_the_logarithm_of_the_target_is_learned_and_the_target_is_judged(model):
    data = skewed()
    fits, before, after = compared(data, "rmsle", model, {"log_target": True})
    assert paired_change(before, after).high < 0
    rows, dev = fits.split.repeats[0].train_rows[: fits.split.n_train], fits.split.repeats[0].dev_rows
    X = data.X.to_numpy()
    theirs = np.exp(Ridge().fit(X[rows], np.log(data.y[rows])).predict(X[dev]))
    assert after[0].kept.predicted == pytest.approx(theirs, rel=0.02)


def test_predictions_for_the_mean_are_right_on_average():
    data = skewed()
    _, _, after = compared(data, "rmse", build_model("regression", key="linear"), {"log_target": True})
    found = np.concatenate([one.kept.predicted for one in after])
    truth = np.concatenate([data.y[one.task.dev_rows] for one in after])
    assert found.mean() == pytest.approx(truth.mean(), rel=0.15)
