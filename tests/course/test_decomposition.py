"""Claims about bias, variance and noise, against closed forms for models whose parts are known exactly."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor

from dldiag.course.bias_variance.decomposition import squared_parts, zero_one_parts

SIGMA = 0.4


def many_fits(estimator, X, f, X_test, draws, seed=0):
    """Predictions of an estimator fitted on a fixed design with `draws` draws of the noise."""
    rng = np.random.default_rng(seed)
    return np.stack([estimator.fit(X, f + rng.normal(0, SIGMA, len(f))).predict(X_test) for _ in range(draws)])


@pytest.fixture
def problem():
    X = np.linspace(-1, 1, 30)[:, None]
    X_test = np.linspace(-1, 1, 101)[:, None]
    return X, np.sin(3 * X[:, 0]), X_test, np.sin(3 * X_test[:, 0])


def test_a_straight_line_has_the_bias_and_variance_of_least_squares_theory(problem):
    X, f, X_test, f_test = problem
    parts = squared_parts(many_fits(LinearRegression(), X, f, X_test, 300), f_test, SIGMA**2)
    A, B = np.column_stack([np.ones(len(X)), X]), np.column_stack([np.ones(len(X_test)), X_test])
    hat = B @ np.linalg.pinv(A)
    assert parts.bias.low <= np.mean((hat @ f - f_test) ** 2) <= parts.bias.high
    assert parts.variance.low <= SIGMA**2 * np.mean((hat**2).sum(axis=1)) <= parts.variance.high
    assert parts.variance.high - parts.variance.low < 0.25 * parts.variance.value


@pytest.mark.parametrize("alpha", [0.1, 3.0, 50.0])
def test_ridge_trades_variance_for_bias_as_its_closed_form_says(problem, alpha):
    X, f, X_test, f_test = problem
    powers = np.arange(1, 7)
    A, B = X**powers, X_test**powers
    parts = squared_parts(many_fits(Ridge(alpha, fit_intercept=False), A, f, B, 300), f_test, SIGMA**2)
    hat = B @ np.linalg.solve(A.T @ A + alpha * np.eye(6), A.T)
    assert parts.bias.value == pytest.approx(np.mean((hat @ f - f_test) ** 2), abs=0.003)
    assert parts.variance.value == pytest.approx(SIGMA**2 * np.mean((hat**2).sum(axis=1)), rel=0.1)


@pytest.mark.parametrize("k", [1, 3, 10])
def test_nearest_neighbors_have_variance_sigma_squared_over_k(problem, k):
    X, f, X_test, f_test = problem
    parts = squared_parts(many_fits(KNeighborsRegressor(k), X, f, X_test, 400), f_test, SIGMA**2)
    nearest = np.argsort(np.abs(X_test - X.T), axis=1, kind="stable")[:, :k]
    assert parts.variance.value == pytest.approx(SIGMA**2 / k, rel=0.06)
    assert parts.bias.value == pytest.approx(np.mean((f[nearest].mean(axis=1) - f_test) ** 2), abs=0.008)


def test_the_parts_add_up_to_the_error_on_fresh_rows(problem):
    X, f, X_test, f_test = problem
    predictions = many_fits(KNeighborsRegressor(2), X, f, X_test, 400)
    parts = squared_parts(predictions, f_test, SIGMA**2)
    fresh = f_test + np.random.default_rng(9).normal(0, SIGMA, predictions.shape)
    assert parts.bias.value + parts.variance.value + parts.noise == pytest.approx(parts.total.value)
    assert np.mean((predictions - fresh) ** 2) == pytest.approx(parts.total.value, rel=0.05)


def test_few_training_sets_do_not_inflate_the_bias():
    rng = np.random.default_rng(0)
    biases = [squared_parts(rng.normal(0, 1, (5, 50)), np.zeros(50), 0.0).bias.value for _ in range(200)]
    assert np.mean(biases) == pytest.approx(0.0, abs=0.01)


def test_the_interval_holds_the_true_variance_about_nine_times_in_ten():
    rng = np.random.default_rng(1)
    shared = [
        rng.normal(0, 1, (20, 1)) + 0 * np.zeros((20, 3)) for _ in range(400)
    ]  # worst case: all points move together
    held = [p.variance.low <= 1.0 <= p.variance.high for p in (squared_parts(s, np.zeros(3), 0.0) for s in shared)]
    assert 0.75 <= np.mean(held) <= 0.97


def test_a_classifier_of_known_votes_has_the_parts_of_its_formula():
    """One point is learned (bias 0), one is mostly wrong (bias 1 − 2·noise), with known shares of stray votes."""
    rng = np.random.default_rng(0)
    q = np.repeat([0.2, 0.7], 2000)  # probability of the wrong answer
    predictions = (rng.random((400, 4000)) < q).astype(int)
    posterior = np.tile([0.9, 0.1], (4000, 1))
    parts = zero_one_parts(predictions, posterior)
    assert parts.noise == pytest.approx(0.1)
    assert parts.bias.value == pytest.approx(0.8 / 2)
    assert parts.variance.value == pytest.approx(0.8 * (0.2 - 0.3) / 2, abs=0.002)
    assert parts.total.value == pytest.approx(np.mean(0.1 + 0.8 * q), abs=0.002)


def test_the_classifier_parts_add_up_to_the_error_rate_with_many_classes():
    rng = np.random.default_rng(2)
    posterior = rng.dirichlet(np.ones(100), 300)
    predictions = rng.integers(0, 100, (10, 300))
    parts = zero_one_parts(predictions, posterior)
    expected = np.mean(1 - posterior[np.arange(300), predictions])
    assert parts.bias.value + parts.variance.value + parts.noise == pytest.approx(parts.total.value)
    assert parts.total.value == pytest.approx(expected)


def test_with_targets_instead_of_a_truth_noise_is_inside_the_bias():
    y = np.random.default_rng(3).integers(0, 3, 500)
    predictions = np.tile(y, (5, 1))
    predictions[0] = (y + 1) % 3
    parts = zero_one_parts(predictions, np.eye(3)[y], known=False)
    assert parts.noise is None
    assert (parts.bias.value, parts.variance.value) == pytest.approx((0.0, 0.2))


def test_two_training_sets_are_refused():
    with pytest.raises(ValueError, match="too few"):
        squared_parts(np.zeros((2, 5)), np.zeros(5), 0.0)
