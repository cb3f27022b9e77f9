"""The analysis of given predictions: bias and variance as mlxtend splits them, suspects as cleanlab ranks them."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import dldiag
from dldiag.core.types import DataError
from dldiag.error_analysis import ErrorCase, analyze, error_analysis
from dldiag.error_analysis.importance import column_groups
from dldiag.error_analysis.label_suspects import suspects_of_classes, suspects_of_numbers
from dldiag.experiments.predictions import Predictions
from dldiag.report.view.error_rows import errors_line

ROUNDS = 20


def drawn_predictions(model, loss, seed=0):
    """Return (rounds, rows) predictions of bootstrap fits, as mlxtend draws them, with their targets."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(300, 3))
    y = (X[:, 0] + X[:, 1] ** 2 + rng.normal(size=300) > 1).astype(int) if loss == "0-1_loss" else X[:, 0] * X[:, 1]
    draws = np.random.RandomState(seed)
    found = np.empty((ROUNDS, 100), dtype=y.dtype)
    for i in range(ROUNDS):
        rows = draws.choice(200, size=200, replace=True)
        found[i] = model.fit(X[:200][rows], y[:200][rows]).predict(X[200:])
    return X, y, found


@pytest.mark.parametrize(
    ("loss", "model"),
    [("0-1_loss", DecisionTreeClassifier(random_state=1)), ("mse", DecisionTreeRegressor(random_state=1))],
)
def test_bias_and_variance_are_those_of_mlxtend_on_the_same_fits(loss, model):
    decomp = pytest.importorskip("mlxtend.evaluate").bias_variance_decomp
    X, y, found = drawn_predictions(model, loss)
    theirs = decomp(model, X[:200], y[:200], X[200:], y[200:], loss=loss, num_rounds=ROUNDS, random_seed=0)
    given = Predictions(
        np.tile(np.arange(100), ROUNDS), np.repeat(np.arange(ROUNDS), 100), np.tile(y[200:], ROUNDS), found.ravel()
    )
    task = "classification" if loss == "0-1_loss" else "regression"
    ours = analyze(ErrorCase(given, pd.DataFrame(X[200:]), task, ("0", "1") if loss == "0-1_loss" else ()))
    one = ours.findings.decomposition
    assert (one.loss, one.bias, one.variance) == pytest.approx(theirs)


def test_always_and_sometimes_wrong_rows_are_counted():
    y = np.repeat([0, 1], 50)
    repeats = [y.copy() for _ in range(4)]
    for one in repeats:
        one[:10] = 1  # wrong every time
    repeats[0][60:65] = 0  # wrong once
    given = Predictions(
        np.tile(np.arange(100), 4), np.repeat(np.arange(4), 100), np.tile(y, 4), np.concatenate(repeats)
    )
    found = analyze(ErrorCase(given, pd.DataFrame(index=range(100)), "classification", ("a", "b")))
    one = found.findings.decomposition
    assert (one.always.value, one.sometimes.value) == (0.10, 0.05)
    assert one.variance == pytest.approx(5 / 400)
    worst = found.worst(10)
    assert worst.wrong.tolist() == [4] * 10
    assert worst.bias.tolist() == [1.0] * 10


def flipped_table(seed, share=0.15):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(600, 5))
    y = (X @ [2.0, -1.5, 1.0, 0, 0] > 0).astype(int)
    flipped = rng.random(600) < share
    noisy = np.where(flipped, 1 - y, y)
    proba = cross_val_predict(LogisticRegression(), X, noisy, cv=5, method="predict_proba")
    return noisy, proba, flipped


def test_flipped_labels_come_first_among_the_suspects_as_in_cleanlab():
    rank = pytest.importorskip("cleanlab.rank").get_label_quality_scores
    ours, theirs = [], []
    for seed in range(5):
        y, proba, flipped = flipped_table(seed)
        ours.append(average_precision_score(flipped, -suspects_of_classes(y, proba).score))
        theirs.append(average_precision_score(flipped, -rank(y, proba)))
    assert np.median(ours) >= 0.8
    assert np.median(ours) >= np.median(theirs) - 0.02


def test_suspects_are_those_of_cleanlab_where_it_counts_them():
    find = pytest.importorskip("cleanlab.filter").find_label_issues
    y, proba, _ = flipped_table(0)
    theirs = set(np.flatnonzero(find(y, proba, filter_by="confident_learning")))
    ours = set(suspects_of_classes(y, proba).positions.tolist())
    assert len(ours & theirs) / len(ours | theirs) > 0.9


def test_a_mistyped_number_is_a_suspect_and_normal_noise_is_none():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=1_000)
    y = truth + 0.3 * rng.normal(size=1_000)
    assert len(suspects_of_numbers(y, truth).positions) == 0
    y[17] *= 100
    assert suspects_of_numbers(y, truth).positions.tolist() == [17]


def test_importance_is_high_for_what_is_used_and_groups_copies():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(800, 3)), columns=list("abc"))
    X["copy"] = X.a + 0.01 * rng.normal(size=800)
    y = (X.a > 0).astype(int)
    model = LogisticRegression().fit(X, y)
    found = error_analysis(y, model.predict(X), X, predict=model.predict).findings.importance
    assert found[0].columns == ("a", "copy")
    assert found[0].increase.low > 0.3
    assert all(one.increase.low <= 0.02 for one in found[1:])
    assert column_groups(X) == [(0, 3), (1,), (2,)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"y_true": [0, 1] * 20, "y_pred": [0, 1] * 19}, "y_pred has 38 rows, the target has 40."),
        ({"y_true": [0, 1] * 20, "y_pred": ["a", "b"] * 20}, "No prediction is a label of the target"),
        ({"y_true": [0, 1] * 20, "y_pred": [0, 1] * 20, "proba": [[0.5, 0.6]] * 40}, "do not sum to 1"),
        ({"y_true": [0, 1] * 20, "y_pred": [0, 1] * 20, "proba": [0.5] * 39}, "proba has 39 rows"),
        ({"y_true": [0, 1] * 20, "y_pred": [0, 1] * 20, "X": np.zeros((3, 2))}, "X has 3 rows"),
        ({"y_true": [0, 1] * 20, "y_pred": [0, 1] * 20, "proba": [1.5] * 40}, "not between 0 and 1"),
        ({"y_true": [0, 1] * 20, "y_pred": [0, 1] * 20, "proba": [[np.nan, 1.0]] * 40}, "not between 0 and 1"),
        ({"y_true": [1] * 40, "y_pred": [0, 1] * 20, "proba": [[0.5, 0.5]] * 40}, "The target has a single class, 1"),
        ({"y_true": [None] * 40, "y_pred": [1] * 40}, "Only 0 rows have a target and a prediction"),
        ({"y_true": np.linspace(0, 1, 40), "y_pred": ["a"] * 40}, "No prediction is a label of the target"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_line(arguments, said):
    with pytest.raises(DataError, match=said):
        dldiag.error_analysis(**arguments)


def test_one_class_all_right_says_why_it_is_empty():
    found = dldiag.error_analysis(["a"] * 200, ["a"] * 200, np.random.default_rng(0).normal(size=(200, 2)))
    assert found.findings.slices == ()
    assert "No row is wrong" in str(found.findings.empty["slices"])


def test_predictions_that_are_no_labels_are_counted_and_said():
    found = dldiag.error_analysis([0, 1] * 20, [0, "maybe", *[0, 1] * 19]).findings
    assert (found.unknown, found.error.value) == (1, 1 / 40)
    assert "1 prediction is no label of the target and counts as wrong." in errors_line(found)


def test_a_list_of_rows_shows_the_users_own_columns_before_losses():
    y = [0, 1] * 100
    table = dldiag.error_analysis(y, y[::-1], pd.DataFrame({"age": range(200)})).worst()
    assert table.columns.tolist() == [
        "row",
        "label",
        "prediction",
        "wrong",
        "predictions",
        "age",
        "loss",
        "bias",
        "variance",
    ]


def test_all_wrong_says_why_it_is_empty():
    X = np.random.default_rng(0).normal(size=(200, 2))
    found = dldiag.error_analysis([0, 1] * 100, [1, 0] * 100, X)
    assert "Every row is wrong" in str(found.findings.empty["slices"])


def test_ten_thousand_columns_are_read_like_few():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 10_000))
    y = rng.integers(0, 2, 400)
    found = dldiag.error_analysis(y, np.where((X[:, 7] > 0.5) & (rng.random(400) < 0.9), 1 - y, y), X).findings
    assert [one.rule[0].column for one in found.confirmed] == ["column 8"]


def test_labels_are_matched_across_types():
    found = dldiag.error_analysis(np.array([1.0, 0.0] * 50), np.array(["1", "0"] * 50))
    assert found.findings.error.value == 0


def test_a_model_without_skill_suspects_no_label():
    y, guess = np.tile([0, 1, 0, 1], 100), np.tile([0, 0, 1, 1], 100)
    found = error_analysis(y, guess, proba=np.where(guess == 1, 0.9, 0.1)).findings
    assert found.suspects is None and "no better than the baseline" in str(found.empty["suspects"])


def test_values_far_off_are_suspects_even_of_a_model_that_they_make_worse_than_the_mean():
    rng = np.random.default_rng(0)
    y = rng.normal(size=200) + np.where(np.arange(200) % 20 == 0, 20.0, 0.0)
    found = error_analysis(y, np.full(200, 3.0) + rng.normal(size=200)).findings
    assert found.suspects.rows == 10


def test_a_model_that_contradicts_most_labels_suspects_none():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 5, 1_000)
    proba = np.full((1_000, 5), 0.05)
    proba[np.arange(1_000), np.where(rng.random(1_000) < 0.3, y, (y + 1) % 5)] = 0.8
    found = error_analysis(y, proba.argmax(axis=1), proba=proba).findings
    assert found.suspects is None and "contradicts most of the labels" in str(found.empty["suspects"])


def test_rows_without_a_prediction_and_the_unit_of_errors_are_said():
    y = np.arange(100, dtype=float)
    found = error_analysis(y, np.where(y < 10, np.nan, y + 1)).findings
    assert (found.left_out, found.rows) == (10, 90)
    said = errors_line(found)
    assert "10 rows without a target or a prediction are left out." in said
    assert "standard deviation of the target, 26.0" in said and said.endswith("0.038 is 1.00.")


def test_true_and_false_are_the_predictions_of_1_and_0():
    y = np.tile([0, 1], 20)
    assert error_analysis(y, y == 1).findings.error.value == 0
    assert error_analysis(y == 1, y).findings.error.value == 0
