"""How good a model is, from its dev predictions: scikit-learn's numbers, and intervals as the bootstrap's."""

import json
from dataclasses import replace

import msgspec
import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as theirs
from sklearn.calibration import calibration_curve

from dldiag.core.performance import Performance
from dldiag.core.types import Clusters
from dldiag.error_analysis.class_results import MOST_CLASSES, OTHER_CLASSES, class_scores, confusion
from dldiag.error_analysis.judged_rows import judged_rows
from dldiag.error_analysis.performance import TableFacts, performance_of
from dldiag.error_analysis.rankings import FALSE_ALARMS, RECALLS, calibration, ranking, thresholds
from dldiag.error_analysis.residuals import CELLS, residuals
from dldiag.experiments.predictions import Predictions, one_hot, pooled

COSTS = np.array([[0.0, 1.0], [9.0, 0.0]])


def binary(n=2000, seed=0, share=0.1, repeat=0):
    """Predictions for rows of which some are positive, with probabilities that rank them."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < share).astype(int)
    p = 1 / (1 + np.exp(-(2 * y - 3 + rng.normal(size=n))))
    proba = np.column_stack([1 - p, p]).astype(np.float32)
    return Predictions(np.arange(n), np.full(n, repeat), y, (p > 0.5).astype(int), proba, has_probabilities=True)


def numeric(n=1500, seed=0, wave=0.0):
    """Predictions of a numeric target that miss what a column says, as strongly as `wave`."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"noise": rng.normal(size=n), "seen": rng.normal(size=n), "city": rng.choice(["A", "B"], n)})
    predicted = 10 * X.seen.to_numpy() + 50
    y = predicted + rng.normal(size=n) + wave * np.where(X.city == "A", 1.0, -1.0)
    return Predictions(np.arange(n), np.zeros(n, int), y, predicted), X


def test_counts_and_scores_of_classes_are_scikit_learns():
    given = binary()
    found = confusion(judged_rows(given), ["no", "yes"])
    assert np.array_equal(found.counts, theirs.confusion_matrix(given.y, given.predicted))
    _, yes = class_scores(judged_rows(given), ["no", "yes"])
    assert yes.recall.value == pytest.approx(theirs.recall_score(given.y, given.predicted))
    assert yes.precision.value == pytest.approx(theirs.precision_score(given.y, given.predicted))
    assert yes.rows == given.y.sum()


def test_the_shares_of_the_matrix_are_the_recall_of_each_class_though_repeats_have_unlike_numbers_of_its_rows():
    y, predicted = np.array([0, 0, 0, 1, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 0, 0, 0, 1])
    given = Predictions(np.arange(8), np.repeat([0, 1], 4), y, predicted)
    found = confusion(judged_rows(given), ["no", "yes"])
    scores = class_scores(judged_rows(given), ["no", "yes"])
    assert found.counts == ((4, 1), (1, 2))
    assert [found.class_shares[k][k] for k in (0, 1)] == pytest.approx([one.recall.value for one in scores], abs=1e-6)
    assert replace(found, shares=()).class_shares == ((0.8, 0.2), (1 / 3, 2 / 3))
    assert np.sum(found.class_shares, axis=1) == pytest.approx([1, 1])


def test_the_rarest_of_many_classes_are_counted_as_one():
    rng = np.random.default_rng(0)
    y = np.minimum(rng.geometric(0.1, 5000) - 1, 39)
    given = Predictions(np.arange(5000), np.zeros(5000, int), y, rng.permutation(y))
    found = confusion(judged_rows(given), [str(i) for i in range(40)])
    assert len(found.labels) == MOST_CLASSES and found.labels[-1] == OTHER_CLASSES
    assert np.sum(found.counts) == 5000


def test_a_prediction_that_is_no_class_has_a_column_of_its_own():
    given = Predictions(np.arange(3), np.zeros(3, int), np.array([0, 1, 1]), np.array([0, -1, 1]))
    assert confusion(judged_rows(given), ["a", "b"]).counts == ((1, 0, 0), (0, 1, 1))


def test_the_curves_are_scikit_learns():
    given = binary()
    found = ranking(judged_rows(given), 1, "yes")
    false_alarms, recalls, _ = theirs.roc_curve(given.y, given.proba[:, 1], drop_intermediate=False)
    np.testing.assert_allclose(found.roc.value[1:], np.interp(FALSE_ALARMS[1:], false_alarms, recalls), atol=1e-4)
    precision, recall, _ = theirs.precision_recall_curve(given.y, given.proba[:, 1])
    first = [np.flatnonzero(recall >= r - 1e-12)[-1] for r in RECALLS]
    np.testing.assert_allclose(found.precision_recall.value, precision[first], atol=1e-4)
    assert found.share == pytest.approx(given.y.mean(), abs=1e-4)


def test_bands_are_as_wide_as_the_bootstraps():
    given, rng = binary(), np.random.default_rng(0)
    found = ranking(judged_rows(given), 1, "yes")
    places = {"roc": (5, 10, 20), "precision_recall": (12, 20, 32)}
    drawn = {which: [] for which in places}
    for _ in range(60):
        rows = rng.integers(len(given), size=len(given))
        again = given.take(rows)
        again = Predictions(np.arange(len(rows)), again.repeat, again.y, again.predicted, again.proba, True)
        for which in places:
            drawn[which].append(getattr(ranking(judged_rows(again), 1, "yes"), which).value)
    for which, points in places.items():
        curve, spread = getattr(found, which), np.std(drawn[which], axis=0)
        for i in points:
            assert (curve.high[i] - curve.low[i]) / 2 / 1.645 == pytest.approx(spread[i], rel=0.4)


def test_repeats_make_a_band_narrower_than_one_alone():
    one = judged_rows(binary(seed=0))
    parts = [binary(seed=r, repeat=r) for r in range(4)]
    apart = [Predictions(p.rows + 2000 * r, p.repeat, p.y, p.predicted, p.proba, True) for r, p in enumerate(parts)]
    several = judged_rows(pooled(apart))
    width = [b.high[10] - b.low[10] for b in (ranking(j, 1, "yes").roc for j in (one, several))]
    assert width[1] < 0.75 * width[0]


def test_rows_of_one_group_vary_together():
    given = binary(600)
    tripled = Predictions(
        np.arange(1800), np.zeros(1800, int), *(np.tile(a, 3) for a in (given.y, given.predicted)),
        np.tile(given.proba, (3, 1)), has_probabilities=True,
    )  # fmt: skip
    clusters = Clusters(np.tile(np.arange(600), 3), are_copies=True)
    plain, alone, together = (
        ranking(j, 1, "yes").roc for j in (judged_rows(given), judged_rows(tripled), judged_rows(tripled, clusters))
    )
    widths = [b.high[10] - b.low[10] for b in (plain, alone, together)]
    assert widths[2] == pytest.approx(widths[0], rel=0.1)
    assert widths[1] < 0.7 * widths[0]


def test_a_class_that_no_dev_row_has_has_no_curves():
    given = binary(share=0.0)
    assert ranking(judged_rows(given), 1, "yes") is None
    assert thresholds(judged_rows(given), 1, "yes") is None


def test_a_model_that_gives_every_row_the_same_small_probability_has_no_thresholds():
    given = binary(n=200)
    proba = np.tile(np.array([[0.999, 0.001]], dtype=np.float32), (200, 1))
    same = replace(given, predicted=np.zeros(200, int), proba=proba)
    assert thresholds(judged_rows(same), 1, "yes") is None


def test_calibration_is_scikit_learns():
    rng = np.random.default_rng(0)
    p = rng.random(4000)
    y = (rng.random(4000) < p**2).astype(int)
    proba = np.column_stack([1 - p, p]).astype(np.float32)
    found = calibration(judged_rows(Predictions(np.arange(4000), 0 * y, y, (p > 0.5) * 1, proba, True)), 1)
    observed, predicted = calibration_curve(y, proba[:, 1].astype(float), n_bins=10)
    np.testing.assert_allclose(found.value, observed, atol=1e-4)
    np.testing.assert_allclose(found.x, predicted, atol=1e-3)
    assert sum(found.rows) == 4000


def test_bins_with_few_rows_are_joined():
    found = calibration(judged_rows(binary(300)), 1)
    assert min(found.rows) >= 20 and sum(found.rows) == 300


@pytest.mark.parametrize("positive", [0, 1])
def test_thresholds_give_scikit_learns_recall_and_precision_and_the_cost(positive):
    given = binary()
    found = thresholds(judged_rows(given), positive, "yes", COSTS)
    y, p = given.y == positive, given.proba[:, positive].astype(float)
    for i, at in enumerate(found.at):
        called = p >= at
        assert found.recall.value[i] == pytest.approx(theirs.recall_score(y, called), abs=1e-3)
        assert found.precision.value[i] == pytest.approx(theirs.precision_score(y, called), abs=1e-3)
        said = np.where(called, positive, 1 - positive)
        assert found.cost.value[i] == pytest.approx(COSTS[given.y, said].mean(), rel=1e-3)
        assert found.found[i] + found.missed[i] == pytest.approx(y.mean(), abs=1e-3)
    assert found.at[found.now] == 0.5
    assert list(found.at) == sorted(set(found.at)) and len(found.at) <= 41


def test_the_present_threshold_is_that_of_the_models_own_decision():
    given = binary()
    moved = Predictions(given.rows, given.repeat, given.y, (given.proba[:, 1] > 0.2) * 1, given.proba, True)
    found = thresholds(judged_rows(moved), 1, "yes")
    assert found.at[found.now] == pytest.approx(0.2, abs=0.05)


def test_a_column_that_the_model_missed_explains_the_residuals():
    given, X = numeric(wave=2.0)
    found = residuals(judged_rows(given), X, 10.0)
    best = found.by_column[0]
    assert best.column == "city" and best.explained == pytest.approx(0.8, abs=0.05)
    means = dict(zip(best.x, best.mean, strict=True))
    assert means["A"].value == pytest.approx(2.0, abs=0.2) and means["B"].value == pytest.approx(-2.0, abs=0.2)
    assert all(one.explained < 0.02 for one in found.by_column[1:])


def test_every_prediction_is_in_a_cell():
    given, X = numeric()
    found = residuals(judged_rows(given), X, 10.0)
    assert sum(count for _, _, count in found.cells) == len(given)
    assert len(found.edges) == CELLS + 1
    assert sum(found.by_prediction.rows) == len(given)


def test_predictions_that_are_no_numbers_count_as_far_off():
    given, X = numeric()
    given.predicted[:3] = np.nan, np.inf, -np.inf
    found = residuals(judged_rows(given), X, 10.0)
    assert all(np.isfinite([one.low, one.high]).all() for one in found.by_prediction.mean)


def test_a_constant_prediction_has_one_bin():
    given, X = numeric()
    given.predicted[:] = 50.0
    assert residuals(judged_rows(given), X, 10.0).by_prediction.x == (50.0,)


def test_a_model_without_probabilities_has_counts_and_no_curves():
    given = binary()
    bare = Predictions(given.rows, given.repeat, given.y, given.predicted, one_hot(given.predicted, 2))
    found = performance_of(Performance("svm", "SVM"), bare, TableFacts("classification", ("no", "yes"), pd.DataFrame()))
    assert found.confusion and found.per_class
    assert not found.rankings and found.calibration is None and found.thresholds is None


@pytest.mark.parametrize("n", [500, 20_000])
def test_what_is_kept_does_not_grow_with_the_rows(n):
    facts = TableFacts("classification", ("no", "yes"), pd.DataFrame(), positive=1)
    found = performance_of(Performance("mlp", "Network"), binary(n), facts)
    assert len(json.dumps(msgspec.to_builtins(found))) < 12_000
    given, X = numeric(n)
    found = performance_of(Performance("mlp", "Network"), given, TableFacts("regression", (), X, 10.0))
    assert len(json.dumps(msgspec.to_builtins(found))) < 20_000
