import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import ShuffleSplit
from sklearn.model_selection import learning_curve as sklearn_curve

from dldiag import MLPClassifier, learning_curve
from dldiag.curves import clipped, curve_sizes
from dldiag.forecast import forecast
from dldiag.types import DataError, LearningCurve
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


def test_our_network_learns_two_blobs_and_the_curve_has_a_column_per_repeat():
    data = two_blobs(distance=4)
    curve = learning_curve(MLPClassifier(max_iter=60), data.X.to_numpy(), data.y, train_sizes=[0.2, 1.0], cv=4)
    assert curve.dev_errors.shape == (2, 4)
    assert curve.dev_errors[-1].mean() < 0.05


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
