"""Claims about the known truth of the toys, against closed forms and a model that has seen very many rows."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.neighbors import KNeighborsClassifier

from dldiag.course.bias_variance.truth import KNOWN, posterior
from dldiag.course.shared.toys import TOYS, toy

OF_CLASSES = [name for name in KNOWN if TOYS[name].task == "classification"]


@pytest.mark.parametrize("noise", [0.5, 0.8, 1.2])
def test_two_clouds_have_the_logistic_posterior_of_normal_classes(noise):
    X = np.random.default_rng(0).normal(0, 1.5, (200, 2))
    assert posterior("two_blobs", X, noise)[:, 1] == pytest.approx(1 / (1 + np.exp(-2 * X[:, 0] / noise**2)), abs=1e-9)


def test_the_least_error_of_two_clouds_is_the_normal_tail():
    data = toy("two_blobs", 40_000, noise=0.8, seed=1)
    least = 1 - posterior("two_blobs", data.X.to_numpy(), 0.8).max(axis=1)
    assert least.mean() == pytest.approx(norm.cdf(-1 / 0.8), abs=0.003)


@pytest.mark.parametrize("name", OF_CLASSES)
def test_the_truth_is_calibrated_and_no_neighbor_of_many_rows_beats_it(name):
    noise = max(TOYS[name].noise, 0.2)
    data, fresh = toy(name, 20_000, noise=noise, seed=0), toy(name, 4_000, noise=noise, seed=1)
    p = posterior(name, fresh.X.to_numpy(), noise)
    error = np.mean(p.argmax(axis=1) != fresh.y)
    assert error == pytest.approx(np.mean(1 - p.max(axis=1)), abs=0.025)
    neighbors = KNeighborsClassifier(50).fit(data.X.to_numpy(), data.y)
    assert error <= np.mean(neighbors.predict(fresh.X.to_numpy()) != fresh.y) + 0.01


def test_only_toys_of_one_or_two_columns_have_a_computed_truth():
    assert {"wave", "line", "moons", "circles", "xor", "blobs", "two_blobs"} <= set(KNOWN)
    assert all(toy(name, 10).X.shape[1] <= 2 for name in KNOWN)
