import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.model_selection import ShuffleSplit, cross_val_score, learning_curve as sklearn_curve
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from dldiag import MLPClassifier, MLPRegressor, learning_curve
from dldiag.core.types import DataError, LearningCurve
from dldiag.experiments.forecast import forecast
from dldiag.experiments.learning_curve import clipped, curve_sizes
from tests.problems import line, two_blobs


def test_errors_are_one_minus_scikit_learns_scores_on_the_same_subsets():
    data = two_blobs()
    X, y = data.X.to_numpy(), data.y
    cv = ShuffleSplit(4, test_size=0.25, random_state=0)
    ours = learning_curve(LogisticRegression(), X, y, train_sizes=[50, 100, 300], cv=cv, shuffle=False)
    sizes, train, dev = sklearn_curve(LogisticRegression(), X, y, train_sizes=[50, 100, 300], cv=cv)
    assert list(ours.sizes) == list(sizes)
    np.testing.assert_allclose(ours.dev_errors, 1 - dev, atol=1e-12)
    np.testing.assert_allclose(ours.train_errors, 1 - train, atol=1e-12)


def test_regression_errors_are_rmse_over_the_spread_of_the_target():
    data = line()
    X, y = data.X.to_numpy(), data.y
    cv = ShuffleSplit(3, test_size=0.25, random_state=0)
    ours = learning_curve(Ridge(1e-6), X, y, train_sizes=[1.0], cv=cv)
    _, _, dev = sklearn_curve(Ridge(1e-6), X, y, train_sizes=[1.0], cv=cv, scoring="neg_root_mean_squared_error")
    np.testing.assert_allclose(ours.dev_errors, -dev / y.std(), rtol=1e-3)


@pytest.mark.parametrize("model", [Lasso(20.0), MLPRegressor(hidden_layer_sizes=(4,), max_iter=20, dtype="float64")])
def test_a_regressor_learns_the_target_as_it_is_not_one_of_mean_0_and_spread_1(model):
    data = line()
    X, y = data.X.to_numpy().astype(np.float32), 1000 + 100 * data.y
    cv = ShuffleSplit(1, test_size=0.25, random_state=0)
    ours = learning_curve(model, X, y, train_sizes=[1.0], cv=cv, shuffle=False)
    seed = int(np.random.default_rng(0).integers(2**31))  # the one that learning_curve draws for the first repeat
    how = {"train_sizes": [1.0], "cv": cv, "scoring": "neg_root_mean_squared_error"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # twenty epochs are not enough to converge
        _, train, dev = sklearn_curve(model.set_params(random_state=seed), X, y, **how)
    np.testing.assert_allclose(ours.dev_errors, -dev / y.std(), rtol=1e-5)
    np.testing.assert_allclose(ours.train_errors, -train / y.std(), rtol=1e-5)


def test_our_network_learns_two_blobs_and_the_curve_has_a_column_per_repeat():
    data = two_blobs(distance=4)
    curve = learning_curve(MLPClassifier(max_iter=60), data.X.to_numpy(), data.y, train_sizes=[0.2, 1.0], cv=4)
    assert curve.dev_errors.shape == (2, 4)
    assert curve.dev_errors[-1].mean() < 0.05


def test_a_model_gets_the_columns_it_was_given_words_and_gaps_included():
    rng = np.random.default_rng(0)
    color, size = rng.choice(["red", "blue"], 300), rng.normal(size=300)
    X = pd.DataFrame({"color": color, "size": np.where(rng.random(300) < 0.1, np.nan, size)})
    y = (color == "red") ^ (rng.random(300) < 0.05)
    prepare = make_column_transformer((OneHotEncoder(), ["color"]), (SimpleImputer(), ["size"]))
    model, cv = make_pipeline(prepare, LogisticRegression()), ShuffleSplit(3, test_size=0.25, random_state=0)
    ours = learning_curve(model, X, y, train_sizes=[0.5, 1.0], cv=cv, shuffle=False)
    _, _, dev = sklearn_curve(model, X, y, train_sizes=[0.5, 1.0], cv=cv)
    np.testing.assert_allclose(ours.dev_errors, 1 - dev, atol=1e-12)


@pytest.mark.parametrize("model", [LogisticRegression(), MLPClassifier(max_iter=3)])
def test_gaps_that_a_model_cannot_take_are_refused_and_not_filled(model):
    data = two_blobs()
    X = data.X.to_numpy().copy()
    X[:, 1] = np.nan
    with pytest.raises(DataError, match="NaN"):
        learning_curve(model, X, data.y, cv=3)


def test_a_fit_that_fails_is_told():
    data = two_blobs()
    X = data.X.to_numpy().copy()
    X[0, 0] = np.nan
    with pytest.warns(FitFailedWarning, match="fits failed"):
        curve = learning_curve(LogisticRegression(), X, data.y, train_sizes=[20, 200], cv=4)
    assert np.isnan(curve.dev_errors).any()
    assert np.isfinite(curve.dev_errors).any()


@pytest.mark.parametrize("sizes", [[0], [2.0], [10_000]])
def test_impossible_sizes_are_refused(sizes):
    data = two_blobs()
    with pytest.raises(DataError):
        learning_curve(LogisticRegression(), data.X.to_numpy(), data.y, train_sizes=sizes)


def test_sizes_are_evenly_spaced_in_log_rows_and_end_with_all_rows():
    sizes = curve_sizes(5_000, 8)
    steps = np.diff(np.log(sizes))
    assert sizes[-1] == 5_000
    assert steps.max() - steps.min() < 0.05


def test_fits_that_blew_up_on_few_rows_do_not_promise_miracles_from_more():
    blown = as_drawn([5.7, 5.0, 4.2, 3.8, 1.1, 0.64])
    raw = forecast(blown.sizes, blown.dev_errors, [6400], unit="sd").points[0].value
    kept = clipped(blown, 0.98)
    assert kept.dev_errors.max() <= 0.98
    assert forecast(kept.sizes, kept.dev_errors, [6400], unit="sd").points[0].value > raw + 0.1


def as_drawn(means):
    sizes = 50 * 2 ** np.arange(len(means))
    errors = np.array(means)[:, None] * np.array([0.98, 1.0, 1.02])
    return LearningCurve("mlp", sizes, errors / 2, errors, "network", "sd")


def test_a_model_far_off_on_a_heavy_tailed_target_errs_as_scikit_learn_says():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    y = np.exp(3 * X[:, 0] + rng.normal(size=400))
    cv = ShuffleSplit(4, test_size=0.25, random_state=0)
    ours = learning_curve(Ridge(), X, y, train_sizes=[20, 300], cv=cv, shuffle=False)
    how = {"train_sizes": [20, 300], "cv": cv, "scoring": "neg_root_mean_squared_error"}
    _, _, dev = sklearn_curve(Ridge(), X, y, **how)
    np.testing.assert_allclose(ours.dev_errors, -dev / y.std(), rtol=1e-6)


@pytest.mark.parametrize("shape", [lambda y: y[:, None], lambda y: pd.DataFrame({"y": y})], ids=["column", "frame"])
@pytest.mark.parametrize(("model", "data"), [(Ridge(), line()), (GaussianNB(), two_blobs())], ids=["ridge", "bayes"])
def test_a_target_of_one_column_is_the_target(shape, model, data):
    X, how = data.X.to_numpy(), {"cv": 3, "train_sizes": [0.5, 1.0]}
    flat, column = (learning_curve(model, X, y, **how) for y in (data.y, shape(data.y)))
    np.testing.assert_array_equal(column.dev_errors, flat.dev_errors)


def test_a_target_of_two_columns_is_refused():
    data = line()
    with pytest.raises(DataError, match="2 columns"):
        learning_curve(Ridge(), data.X.to_numpy(), np.column_stack([data.y, data.y]), cv=3)


class Column(Ridge):
    """Predicts a column, as some libraries do."""

    def predict(self, X):
        return super().predict(X)[:, None]


def test_predictions_in_a_column_are_those_in_a_row():
    data = line()
    row, column = (learning_curve(model, data.X.to_numpy(), data.y, cv=3) for model in (Ridge(), Column()))
    np.testing.assert_array_equal(column.dev_errors, row.dev_errors)


@pytest.mark.parametrize(
    ("model", "labels"),
    [
        (LogisticRegression(class_weight={1: 1e6, 2: 1}, C=1e-3), [1, 2]),
        (LogisticRegression(class_weight={"n": 1, "p": 5}), ["n", "p"]),
        (LogisticRegression(class_weight={False: 1, True: 5}), [False, True]),
        (LogisticRegression(class_weight={"0.5": 1, "1.5": 5}), np.array(["0.5", "1.5"], dtype=object)),
    ],
    ids=["numbers", "texts", "booleans", "texts of numbers"],
)
def test_a_classifier_gets_the_labels_as_they_are(model, labels):
    data = two_blobs(distance=1)
    y = np.asarray(labels)[data.y]
    how = {"cv": ShuffleSplit(3, test_size=0.25, random_state=0), "train_sizes": [30, 200]}
    ours = learning_curve(model, data.X.to_numpy(), y, shuffle=False, **how)
    _, train, dev = sklearn_curve(model, data.X.to_numpy(), y, **how)
    np.testing.assert_allclose(ours.dev_errors, 1 - dev, atol=1e-12)
    np.testing.assert_allclose(ours.train_errors, 1 - train, atol=1e-12)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_seed_that_an_estimator_has_is_kept(seed):
    data = two_blobs(distance=1)
    model = DecisionTreeClassifier(max_features=1, random_state=seed)
    how = {"cv": ShuffleSplit(4, test_size=0.25, random_state=0), "train_sizes": [30, 200]}
    ours = learning_curve(model, data.X.to_numpy(), data.y, shuffle=False, **how)
    _, _, dev = sklearn_curve(model, data.X.to_numpy(), data.y, **how)
    np.testing.assert_allclose(ours.dev_errors, 1 - dev, atol=1e-12)


def test_an_estimator_without_a_seed_gets_one_so_that_a_curve_can_be_made_again():
    data = two_blobs(distance=1)
    model = DecisionTreeClassifier(max_features=1)
    first, second = (learning_curve(model, data.X.to_numpy(), data.y, cv=4) for _ in range(2))
    np.testing.assert_array_equal(first.dev_errors, second.dev_errors)


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csr_array, sparse.coo_matrix])
def test_our_network_takes_sparse_inputs_as_the_dense_ones_that_they_are(kind):
    data = two_blobs()
    X = np.where(data.X.to_numpy() > 1, data.X.to_numpy(), 0)
    dense, thin = (learning_curve(MLPClassifier(max_iter=5), one, data.y, cv=3) for one in (X, kind(X)))
    np.testing.assert_array_equal(thin.dev_errors, dense.dev_errors)


@pytest.mark.parametrize(
    "asked",
    [
        {"scoring": None}, {"verbose": 1}, {"pre_dispatch": "2*n_jobs"}, {"error_score": np.nan}, {"return_times": False},
        {"exploit_incremental_learning": False}, {"params": None}, {"fit_params": {}}, {"n_jobs": None},
        {"error_score": "raise"},
    ],
    ids=str,
)  # fmt: skip
def test_scikit_learns_other_arguments_are_taken_where_they_change_nothing(asked):
    data = two_blobs()
    curves = [learning_curve(LogisticRegression(), data.X.to_numpy(), data.y, cv=3, **more) for more in ({}, asked)]
    np.testing.assert_array_equal(curves[0].dev_errors, curves[1].dev_errors)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"scoring": "accuracy"}, ValueError), ({"exploit_incremental_learning": True}, ValueError),
        ({"return_times": True}, ValueError), ({"params": {"sample_weight": [1.0]}}, ValueError),
        ({"error_score": 0.5}, ValueError), ({"train_size": [10]}, TypeError),
    ],
    ids=str,
)  # fmt: skip
def test_scikit_learns_other_arguments_are_refused_where_they_would_be_ignored(asked, error):
    data = two_blobs()
    with pytest.raises(error, match=next(iter(asked))):
        learning_curve(LogisticRegression(), data.X.to_numpy(), data.y, cv=3, **asked)


def test_a_fit_that_fails_is_an_error_where_that_was_asked_for():
    data = two_blobs()
    X = data.X.to_numpy().copy()
    X[0, 0] = np.nan
    with pytest.raises(DataError, match="NaN"):
        learning_curve(LogisticRegression(), X, data.y, train_sizes=[20, 200], cv=4, error_score="raise")


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_a_target_whose_squares_are_no_numbers_is_refused(scale):
    data = line()
    with pytest.raises(DataError, match="another unit"):
        learning_curve(Ridge(), data.X.to_numpy(), scale * data.y, cv=3)


@pytest.mark.parametrize("scale", [1e-60, 1e60])
def test_the_unit_of_a_target_does_not_matter(scale):
    data = line()
    plain, other = (learning_curve(Ridge(), data.X.to_numpy(), k * data.y, cv=3) for k in (1.0, scale))
    np.testing.assert_allclose(other.dev_errors, plain.dev_errors, rtol=1e-9)


def test_what_fit_cannot_be_given_is_refused_in_a_line_however_large_it_is():
    weights = {"sample_weight": np.ones(40)}
    with pytest.raises(ValueError, match="fit gets X and y only") as refused:
        learning_curve(LogisticRegression(), np.eye(40), np.arange(40) % 2, params=weights)
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize("missing", [np.nan, None])
def test_missing_target_values_are_counted_in_a_sentence(missing):
    y = np.arange(30.0).astype(object)
    y[3] = missing
    with pytest.raises(ValueError, match="y has 1 missing value: leave those rows out"):
        learning_curve(Ridge(), np.arange(60.0).reshape(30, 2), y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("names", [(1, 2), ("a", "b")])
@pytest.mark.parametrize("heavy", [0, 1])
def test_class_weights_go_to_the_labels_that_they_name(names, heavy):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    y = np.where(X[:, 0] + rng.normal(size=300) > 1.2, *names)
    network = MLPClassifier(class_weight={names[heavy]: 20}, max_iter=30, random_state=0)
    ours = learning_curve(network, X, y, train_sizes=[1.0], cv=3, shuffle=False).dev_errors.mean()
    theirs = 1 - cross_val_score(network, X, y, cv=3).mean()
    assert ours == pytest.approx(theirs, abs=0.03)


def test_class_weights_that_name_no_label_are_refused():
    with pytest.raises(DataError, match="class_weight names the class no such, which is not in the target"):
        learning_curve(MLPClassifier(class_weight={"no such": 2}), np.eye(40), np.arange(40) % 2)


def test_subsets_of_one_class_fail_where_the_estimator_refuses_them_as_in_scikit_learn():
    X, y = np.random.default_rng(0).normal(size=(60, 3)), np.repeat([0, 1], 30)
    how = {"train_sizes": [5, 40], "cv": 3, "shuffle": False}
    with pytest.warns(FitFailedWarning, match="3 of 6 fits failed; their errors are NaN"):
        curve = learning_curve(LogisticRegression(), X, y, **how)
    with pytest.warns(FitFailedWarning):
        _, train, dev = sklearn_curve(LogisticRegression(), X, y, **how)
    assert curve.train_errors == pytest.approx(1 - train, nan_ok=True)
    assert curve.dev_errors == pytest.approx(1 - dev, nan_ok=True)
    with pytest.raises(DataError, match="cannot be trained"):
        learning_curve(LogisticRegression(), X, y, error_score="raise", **how)
    forest = RandomForestClassifier(5, random_state=0)  # this one learns the only class
    _, _, dev = sklearn_curve(forest, X, y, **how)
    assert learning_curve(forest, X, y, **how).dev_errors == pytest.approx(1 - dev)
