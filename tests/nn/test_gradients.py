"""The whole network's gradient, against finite differences and PyTorch, in float64."""

import numpy as np
import pytest

from dldiag.nn import MLPClassifier, MLPRegressor
from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.losses import LOSSES
from dldiag.nn.network import backward, forward
from dldiag.nn.stack import Stack

H = 1e-6


def stack_of(estimator, n_classes=3, n_rows=23, weighted=False):
    """Return a stack of three members, laid out for one batch of all rows."""
    rng = np.random.default_rng(1)
    members = []
    for seed in range(3):
        model = estimator.__class__(**{**estimator.get_params(), "random_state": seed, "dtype": "float64"})
        X = rng.standard_normal((n_rows, 5))
        y = np.arange(n_rows) % n_classes if hasattr(model, "class_weight") else np.abs(rng.standard_normal(n_rows))
        members.append(model.begin(X, y, rng.random(n_rows) if weighted else None))
    plan = model._plan(n_rows)
    stack = Stack(members, plan)
    stack.shuffle()
    return stack


def differences(stack):
    """Return central differences of every member's loss in every parameter (S, P)."""
    found = np.empty_like(stack.flat)
    for column in range(stack.flat.shape[1]):
        kept = stack.flat[:, column].copy()
        stack.flat[:, column] = kept + H
        above = stack.differentiate(0, stack.n_rows).copy()
        stack.flat[:, column] = kept - H
        below = stack.differentiate(0, stack.n_rows).copy()
        stack.flat[:, column] = kept
        found[:, column] = (above - below) / (2 * H)
    return found


def worst(stack):
    expected = differences(stack)
    stack.differentiate(0, stack.n_rows)
    return (np.linalg.norm(stack.gradient - expected, axis=1) / np.linalg.norm(expected, axis=1)).max()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_gradient_matches_finite_differences_for_every_activation(activation, n_classes):
    estimator = MLPClassifier((6, 4), activation, init="glorot_normal", alpha=0.0)
    assert worst(stack_of(estimator, n_classes)) < 1e-6


@pytest.mark.parametrize("loss", ["squared_error", "huber", "poisson"])
def test_gradient_matches_finite_differences_for_regression(loss):
    assert worst(stack_of(MLPRegressor(loss, (6, 4), "tanh"))) < 1e-6


@pytest.mark.parametrize("settings", [{"alpha": 2.0}, {"l1": 0.7, "alpha": 0.0}, {"alpha": 0.3, "l1": 0.2}])
@pytest.mark.parametrize("weighted", [False, True])
def test_gradient_includes_penalties_and_sample_weights(settings, weighted):
    assert worst(stack_of(MLPClassifier((6,), "tanh", **settings), weighted=weighted)) < 1e-6


@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu"])
def test_gradient_passes_through_batch_normalization(activation):
    assert worst(stack_of(MLPClassifier((6, 4), activation, batch_norm=True))) < 1e-6


def test_a_network_without_hidden_layers_is_logistic_regression():
    assert worst(stack_of(MLPClassifier(()))) < 1e-6


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "logistic"])
def test_the_plain_passes_say_the_same_as_the_stack(activation):
    stack = stack_of(MLPClassifier((6, 4), activation, alpha=0.0))
    losses = stack.differentiate(0, stack.n_rows)
    for i, member in enumerate(stack.members):
        blocks = [block[i] for block in stack.parameters.blocks]
        weights, biases = [b[:, :-1] for b in blocks], [b[:, -1] for b in blocks]
        rows = stack.order[i]
        seen = forward(weights, biases, member.X[rows].T, activation)
        seen = backward(weights, seen, member.y[rows], LOSSES["softmax_cross_entropy"], activation)
        assert seen.loss == pytest.approx(losses[i], rel=1e-12)
        for dW, db, gradient in zip(seen.dW, seen.db, stack.gradients.blocks, strict=True):
            assert np.allclose(dW, gradient[i, :, :-1], atol=1e-14)
            assert np.allclose(db, gradient[i, :, -1], atol=1e-14)


def torch_network(torch, stack, i, activation):
    layers = []
    for block in stack.parameters.blocks:
        layer = torch.nn.Linear(block.shape[2] - 1, block.shape[1], dtype=torch.float64)
        layer.weight.data = torch.tensor(block[i, :, :-1])
        layer.bias.data = torch.tensor(block[i, :, -1])
        layers += [layer, activation()]
    return torch.nn.Sequential(*layers[:-1])


@pytest.mark.parametrize("batch_norm", [False, True])
def test_two_hundred_steps_of_training_agree_with_pytorch(batch_norm):
    torch = pytest.importorskip("torch")
    stack = stack_of(MLPClassifier((6, 4), "tanh", alpha=0.0, batch_norm=batch_norm, learning_rate_init=0.01))
    member = stack.members[1]
    net = torch_network(torch, stack, 1, torch.nn.Tanh)
    if batch_norm:
        norms = [torch.nn.BatchNorm1d(units, dtype=torch.float64) for units in (6, 4)]
        net = torch.nn.Sequential(net[0], norms[0], net[1], net[2], norms[1], net[3], net[4])
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    X, y = torch.tensor(member.X), torch.tensor(member.y)
    for _ in range(20):
        stack.shuffle()
        for start in range(0, 20, 2):
            rows = stack.order[1][start : start + 2] if not batch_norm else stack.order[1][start : start + 4]
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(X[rows]), y[rows]).backward()
            optimizer.step()
            stack.step(start, start + len(rows))
    ours = [block[1] for block in stack.parameters.blocks]
    theirs = [layer for layer in net if isinstance(layer, torch.nn.Linear)]
    for block, layer in zip(ours, theirs, strict=True):
        W, b = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        assert np.linalg.norm(block[:, :-1] - W) < 1e-5 * np.linalg.norm(W)
        if (
            not batch_norm or layer is theirs[-1]
        ):  # before a normalization the bias has no effect, only rounding moves it
            assert np.linalg.norm(block[:, -1] - b) < 1e-5 * np.linalg.norm(b)
    for norm, running in zip(norms if batch_norm else [], stack.running, strict=True):
        assert np.allclose(running[1, 1], norm.running_var.numpy(), rtol=1e-5)
