"""Every toy is what its formula says, checked against scikit-learn and closed forms."""

import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import pairwise_distances

from dldiag.course.shared.toys import TOYS, toy

each_toy = pytest.mark.parametrize("name", TOYS)
each_regression = pytest.mark.parametrize("name", [name for name, row in TOYS.items() if row.truth])


@each_toy
def test_a_toy_is_a_dataset_of_the_rows_asked_for(name):
    made = toy(name, 101, seed=3)
    assert made.n_rows == 101
    assert made.task == TOYS[name].task
    assert list(made.X.columns) == [column.name for column in made.columns]
    if made.task == "classification":
        assert sorted(set(made.y)) == list(range(len(made.classes)))


@each_toy
def test_the_seed_decides_everything(name):
    assert toy(name, seed=1).fingerprint == toy(name, seed=1).fingerprint
    assert toy(name, seed=1).fingerprint != toy(name, seed=2).fingerprint
    np.testing.assert_array_equal(toy(name, seed=1).X, toy(name, seed=1).X)


@each_toy
def test_classes_are_mixed_through_the_rows(name):
    made = toy(name, 200)
    assert np.std(made.y[:100]) == pytest.approx(np.std(made.y), rel=0.2)


@each_regression
def test_noise_of_a_regression_toy_is_what_was_asked(name):
    made = toy(name, 20_000, noise=0.7)
    left = made.y - TOYS[name].truth(made.X.to_numpy())
    assert np.mean(left) == pytest.approx(0, abs=0.02)
    assert np.std(left) == pytest.approx(0.7, rel=0.02)


@pytest.mark.parametrize("name, reference", [("moons", make_moons(4000)), ("circles", make_circles(4000, factor=0.5))])
def test_without_noise_the_shapes_are_scikit_learns(name, reference):
    made = toy(name, 500, noise=0.0)
    points, label = reference
    for one in (0, 1):
        near = pairwise_distances(made.X.to_numpy()[made.y == one], points[label == one]).min(axis=1)
        assert near.max() < 0.005


def test_the_best_error_on_two_clouds_is_the_closed_form():
    made = toy("two_blobs", 40_000)
    wrong = 1 - LinearDiscriminantAnalysis().fit(made.X.to_numpy(), made.y).score(made.X.to_numpy(), made.y)
    assert wrong == pytest.approx(0.10565, abs=0.006)  # Phi(-1 / 0.8): half the distance of the centers over the spread
