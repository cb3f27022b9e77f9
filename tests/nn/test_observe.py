"""Observers see what the network computes, and change no bit of it."""

import numpy as np
import pytest

from dldiag.core.types import Stopped
from dldiag.nn import MLPClassifier, MLPRegressor
from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.layout import Layout
from dldiag.nn.losses import LOSSES
from dldiag.nn.network import backward, forward
from dldiag.nn.optimizers import OPTIMIZERS
from dldiag.nn.schedules import SCHEDULES
from dldiag.nn.stack import Member, Plan
from dldiag.nn.training import train

N, D, K, UNITS = 70, 4, 3, 6
LOSS_OF = {0: "squared_error", 2: "binary_cross_entropy", K: "softmax_cross_entropy"}


def table(n_classes, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N, D))
    return X, (X[:, 0] if n_classes == 0 else np.digitize(X[:, 0], np.linspace(-0.5, 0.5, n_classes - 1)))


def model_of(n_classes, **more):
    cls = MLPClassifier if n_classes else MLPRegressor
    return cls(**({"hidden_layer_sizes": (UNITS, UNITS), "batch_size": 32, "max_iter": 3, "random_state": 0} | more))


def plain(observation, member):
    weights = [block[member, :, :-1].astype(float) for block in observation.weights]
    return weights, [block[member, :, -1].astype(float) for block in observation.weights]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("settings", [{}, {"dropout": 0.4}, {"batch_norm": True}, {"solver": "lbfgs"}], ids=str)
@pytest.mark.parametrize("n_classes", [0, 2, K])
def test_observed_training_is_bit_equal_to_unobserved(settings, n_classes):
    X, y = table(n_classes)
    steps = []

    def observer(seen):
        seen.look(X, y)
        steps.append(seen.step)

    alone = model_of(n_classes, **settings, record_health=True).fit(X, y)
    watched = model_of(n_classes, **settings, record_health=True).fit(X, y, observers=[observer])
    assert all(np.array_equal(a, b) for a, b in zip(alone.coefs_, watched.coefs_, strict=True))
    assert alone.health_ == watched.health_
    assert steps == list(range(len(steps)))
    assert len(steps) == 1 + (3 if "solver" in settings else 3 * 3)  # 70 rows are three batches of at most 32


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("n_classes", [0, 2, K])
def test_a_look_shows_what_the_textbook_pass_computes(n_classes, solver):
    X, y = table(n_classes)
    loss, checked = LOSSES[LOSS_OF[n_classes]], []

    def observer(seen):
        values = seen.look(X, y)
        weights, biases = plain(seen, 0)
        truth = backward(
            weights,
            forward(weights, biases, X.T, "tanh"),
            y if loss.indexed else y[None].astype(float),
            loss,
            "tanh",
        )
        close = {"rtol": 1e-9, "atol": 1e-12}
        np.testing.assert_allclose(values.losses[0].mean(), truth.loss, **close)
        for layer in range(2):
            np.testing.assert_allclose(values.z[layer][0], truth.Z[layer], **close)
            np.testing.assert_allclose(values.a[layer][0], truth.A[layer + 1], **close)
        np.testing.assert_allclose(values.outputs[0], truth.Z[-1], **close)
        for gradient, dW, db in zip(values.gradients, truth.dW, truth.db, strict=True):
            np.testing.assert_allclose(gradient[0, :, :-1], dW, **close)
            np.testing.assert_allclose(gradient[0, :, -1], db, **close)
        checked.append(seen.step)

    model_of(n_classes, activation="tanh", dtype="float64", solver=solver).fit(X, y, observers=[observer])
    assert len(checked) > 3


def members(count, **more):
    rng = np.random.default_rng(1)
    layout = Layout((D, UNITS, K))
    found = []
    for seed in range(count):
        X, y = table(K, seed)
        flat = rng.standard_normal(layout.size).astype(np.float32)
        found.append(Member(X.astype(np.float32), y, flat, np.random.RandomState(seed), **more))
    plan = Plan(
        layout,
        ACTIVATIONS["relu"],
        LOSSES["softmax_cross_entropy"],
        OPTIMIZERS["sgd"],
        SCHEDULES["constant"],
        batch_size=35,
        dtype=np.float32,
    )
    return found, plan


def test_every_member_may_be_looked_at_on_rows_of_its_own():
    found, plan = members(3, max_epochs=1)
    Xs, ys = np.stack([m.X for m in found]), np.stack([m.y for m in found])
    looks = []
    train(found, plan, observers=[lambda seen: looks.append((seen.look(Xs, ys), seen.look(Xs[1], ys[1])))])
    own, shared = looks[-1]
    np.testing.assert_array_equal(own.losses[1], shared.losses[1])
    assert not np.array_equal(own.losses[0], shared.losses[0])


def test_a_member_that_leaves_has_been_seen_after_its_last_step(monkeypatch):
    monkeypatch.setattr("dldiag.nn.training.CACHE", 1)  # unobserved, every member would train on its own
    found, plan = members(3)
    for number, member in enumerate(found):
        member.max_epochs, member.rate = number + 1, 0.01
    seen, last = [], {}

    def observer(observation):
        seen.append((observation.step, observation.members))
        for at, number in enumerate(observation.members):
            last[number] = [block[at].copy() for block in observation.weights]

    train(found, plan, observers=[observer])
    assert seen == [(0, (0, 1, 2)), (1, (0, 1, 2)), (2, (0, 1, 2)), (3, (1, 2)), (4, (1, 2)), (5, (2,)), (6, (2,))]
    for number, member in enumerate(found):
        np.testing.assert_array_equal(np.concatenate([block.ravel() for block in last[number]]), member.flat)


def test_the_batch_loss_is_that_of_the_step_and_averages_to_the_epochs():
    found, plan = members(2, max_epochs=1)
    losses = []
    train(found, plan, observers=[lambda seen: losses.append(seen.batch_loss.copy())])
    assert np.isnan(losses[0]).all()
    np.testing.assert_allclose(np.mean(losses[1:], axis=0), [m.losses[0] for m in found], rtol=1e-6)


def test_what_an_observer_raises_ends_training():
    X, y = table(2)

    def observer(seen):
        if seen.step == 2:
            raise Stopped

    with pytest.raises(Stopped):
        model_of(2).fit(X, y, observers=[observer])
