"""Shapes of activations and the collapse of a linear network, against closed forms, scikit-learn and PyTorch."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

from dldiag.course.activations.functions import OFFERED, collapse, describe_shapes, shape
from dldiag.course.shared.toys import toy

TORCH = {"logistic": "sigmoid", "tanh": "tanh", "relu": "relu", "leaky_relu": "leaky_relu", "softplus": "softplus"}


@pytest.mark.parametrize("name", OFFERED)
def test_the_drawn_slope_is_the_slope_of_the_drawn_value(name):
    one = shape(name, points=24_001)
    z, value, slope = (np.asarray(values) for values in (one.z, one.value, one.slope))
    numeric = np.gradient(value, z)
    smooth = np.abs(z) > 0.01  # rectifiers have a corner at 0
    np.testing.assert_allclose(slope[smooth][1:-1], numeric[smooth][1:-1], atol=1e-4)


@pytest.mark.parametrize("name, theirs", TORCH.items())
def test_value_and_slope_are_pytorchs(name, theirs):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    one = shape(name, points=200)  # an even number of points leaves out the corner at 0
    z = torch.tensor(one.z, dtype=torch.float64, requires_grad=True)
    value = getattr(torch.nn.functional, theirs)(z)
    value.sum().backward()
    np.testing.assert_allclose(one.value, value.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(one.slope, z.grad.numpy(), atol=1e-12)


@pytest.mark.parametrize("name, largest", [("logistic", 0.25), ("tanh", 1.0), ("relu", 1.0), ("leaky_relu", 1.0)])
def test_the_largest_slope_is_the_textbooks(name, largest):
    assert shape(name).largest_slope == pytest.approx(largest, abs=1e-6)


def test_the_sentence_about_slopes_follows_what_was_chosen():
    both = describe_shapes([shape("logistic"), shape("relu")], layers=5)
    assert both.values["left"] == pytest.approx(0.25**5)
    assert "Sigmoid is nowhere above 0.25" in str(both)
    assert "let the same gradient through" in str(describe_shapes([shape("tanh"), shape("relu")], layers=5))


@pytest.mark.parametrize("depth", [1, 3, 10])
def test_a_linear_network_equals_one_matrix_without_any_difference(depth):
    rng = np.random.default_rng(depth)
    units = [2, *[5] * (depth - 1), 3]
    weights = [rng.normal(size=pair).astype(np.float32) for pair in pairwise(units)]
    biases = [rng.normal(size=n).astype(np.float32) for n in units[1:]]
    found = collapse(weights, biases, rng.normal(size=(50, 2)))
    assert found.exact_difference == 0.0
    assert found.rounded_difference < 1e-11 * found.size
    assert np.shape(found.W) == (2, 3)
    assert found.shapes[0][0] == 2


def test_the_product_predicts_what_scikit_learns_linear_network_predicts():
    made = toy("line")
    model = MLPRegressor(
        hidden_layer_sizes=(4,) * 3, activation="identity", max_iter=2000, solver="lbfgs", random_state=0
    )
    model.fit(made.X.to_numpy(), made.y)
    found = collapse(model.coefs_, model.intercepts_, made.X.to_numpy())
    np.testing.assert_allclose(
        (made.X.to_numpy() @ np.array(found.W) + np.array(found.b))[:, 0], model.predict(made.X.to_numpy()), rtol=1e-9
    )
    slope = np.polyfit(made.X.to_numpy()[:, 0], made.y, 1)[0]
    assert found.W[0][0] == pytest.approx(slope, rel=1e-2)


def test_a_bend_is_not_a_matrix():
    rng = np.random.default_rng(0)
    X, W1, W2 = rng.normal(size=(50, 2)), rng.normal(size=(2, 5)), rng.normal(size=(5, 1))
    found = collapse([W1, W2], [np.zeros(5), np.zeros(1)], X)
    bent = np.maximum(X @ W1, 0) @ W2
    assert np.abs(bent - X @ np.array(found.W)).max() > 0.1
