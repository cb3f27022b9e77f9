"""What a member of a stack gets does not depend on who else is in it."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from dldiag.core.types import Stopped
from dldiag.nn import MLPClassifier, MLPRegressor, fit_stack, stack_key, training
from dldiag.nn.stack import Stack

N, D, K = 430, 7, 3


def rows(seed, n_classes=K, n_rows=N):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_rows, D)).astype(np.float32)
    signal = X[:, 0] + X[:, 1] ** 2 + 0.3 * rng.standard_normal(n_rows)
    if n_classes == 0:
        return X, signal
    return X, np.digitize(signal, np.quantile(signal, np.arange(1, n_classes) / n_classes))


def same(one, other):
    return all(
        np.array_equal(a, b)
        for a, b in zip(one.coefs_ + one.intercepts_, other.coefs_ + other.intercepts_, strict=True)
    )


def members(count, n_classes=K, **settings):
    cls = MLPClassifier if n_classes else MLPRegressor
    rng = np.random.default_rng(5)
    varied = [
        {
            "random_state": i,
            "learning_rate_init": float(10 ** rng.uniform(-4, -1.5)),
            "alpha": float(10 ** rng.uniform(-6, 0)),
            "max_iter": int(rng.integers(3, 12)),
        }
        for i in range(count)
    ]
    return [cls(**({"hidden_layer_sizes": (20, 10), "batch_size": 64} | one | settings)) for one in varied]


def fit_together(models, data, **more):
    fit_stack(models, [X for X, _ in data], [y for _, y in data], **more)
    return models


SETTINGS = [
    {},
    {"activation": "tanh", "solver": "sgd", "learning_rate": "adaptive", "tol": 0.01, "n_iter_no_change": 1},
    {"activation": "leaky_relu", "solver": "rmsprop", "learning_rate": "cosine"},
    {"dropout": 0.3, "l1": 0.01},
    {"batch_norm": True, "clip_norm": 0.5},
    {"early_stopping": True, "solver": "adamw"},
    {"record_health": True, "activation": "gelu"},
    {"hidden_layer_sizes": (), "solver": "momentum"},
    {"batch_size": 1000, "max_iter": 5},
    {"dtype": "float64", "activation": "selu", "solver": "nesterov"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("n_classes", [0, 2, K])
def test_a_member_of_sixteen_gets_bit_for_bit_what_it_gets_alone(settings, n_classes):
    data = [rows(seed, n_classes) for seed in range(16)]
    together = fit_together(members(16, n_classes, **settings), data)
    for i in (0, 5, 15):
        alone = members(16, n_classes, **settings)[i]
        fit_together([alone], [data[i]])
        assert same(alone, together[i])
        assert alone.loss_curve_ == together[i].loss_curve_
        assert getattr(alone, "health_", None) == getattr(together[i], "health_", None)


def test_members_may_differ_in_dropout_slope_clipping_and_weights():
    data = [rows(seed) for seed in range(4)]
    unlike = [{"dropout": 0.5}, {"activation_slope": 0.3}, {"clip_norm": 0.01}, {"class_weight": "balanced"}]
    shared = {"activation": "leaky_relu", "hidden_layer_sizes": (16,), "max_iter": 6, "random_state": 3}
    together = fit_together([MLPClassifier(**shared, **one) for one in unlike], data)
    for one, of_stack, (X, y) in zip(unlike, together, data, strict=True):
        alone = MLPClassifier(**shared, **one)
        fit_together([alone], [(X, y)])
        assert same(alone, of_stack)


def test_members_of_one_seed_shuffle_together_and_get_what_they_get_alone(monkeypatch):
    X, y = rows(0)
    leaves_first = {"learning_rate_init": 0.1, "tol": 1.0, "n_iter_no_change": 1}
    unlike = [leaves_first, {"alpha": 1.0}, {"dropout": 0.5}, {"alpha": 10.0, "random_state": 4}, {"max_iter": 9}]
    settings = {"hidden_layer_sizes": (16,), "max_iter": 6, "random_state": 3, "learning_rate": "cosine"}
    monkeypatch.setattr(training, "CACHE", 230_000)  # bytes of three members: two groups, which draw apart
    together = fit_together([MLPClassifier(**(settings | one)) for one in unlike], [(X, y)] * 5)
    assert together[0].n_iter_ < 6
    for one, of_stack in zip(unlike, together, strict=True):
        alone = MLPClassifier(**(settings | one))
        fit_together([alone], [(X, y)])
        assert same(alone, of_stack)


def test_a_generator_given_to_several_models_goes_on_drawing():
    X, y = rows(0)
    shared = np.random.RandomState(0)
    for states, is_same in (((shared, shared), False), ((0, 0), True)):
        models = [MLPClassifier((4,), random_state=state) for state in states]
        stack = Stack([model.begin(X, y) for model in models], models[0]._plan(N))
        stack.shuffle()
        assert np.array_equal(*stack.order) is is_same


def test_fit_of_an_estimator_is_a_stack_of_one():
    data = [rows(seed) for seed in range(3)]
    together = fit_together(members(3, early_stopping=True, tol=1.0, n_iter_no_change=1), data)
    alone = members(3, early_stopping=True, tol=1.0, n_iter_no_change=1)[2].fit(*data[2])
    assert same(alone, together[2])


def test_members_that_share_their_rows_get_what_they_get_on_copies():
    X, y = rows(0)
    shared = fit_together(members(3), [(X, y)] * 3)
    copied = fit_together(members(3), [(X.copy(), y.copy()) for _ in range(3)])
    assert all(same(a, b) for a, b in zip(shared, copied, strict=True))


def test_one_thread_and_two_give_the_same():
    X, y = rows(0, n_rows=1500)
    settings = {"hidden_layer_sizes": (256, 256), "batch_size": 512, "max_iter": 2, "random_state": 0}
    fits = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            models = [MLPClassifier(**settings), MLPClassifier(**settings)]
            fit_together(models, [(X, y)] * 2)
            fits.append((models[0], models[0].predict_proba(X)))
    # Some processors' BLAS kernels cut a product differently for two threads, so the last bits of float32 may differ; a
    # diagnosis always trains with one thread.
    assert np.allclose(fits[0][1], fits[1][1], atol=1e-4)
    assert all(np.allclose(a, b, atol=1e-3) for a, b in zip(fits[0][0].coefs_, fits[1][0].coefs_, strict=True))


def test_members_too_large_for_the_cache_train_in_groups_and_get_the_same(monkeypatch):
    data = [rows(seed) for seed in range(5)]
    at_once = fit_together(members(5), data)
    monkeypatch.setattr("dldiag.nn.training.CACHE", 1)
    epochs = []
    one_by_one = fit_together(members(5), data, on_epoch=lambda epoch, of, losses: epochs.append((epoch, of)))
    assert all(same(a, b) for a, b in zip(at_once, one_by_one, strict=True))
    assert epochs == sorted(epochs)
    assert epochs[-1][0] <= epochs[-1][1] == 5 * max(m.max_iter for m in at_once)


def test_keys_are_equal_exactly_when_shapes_are():
    base = stack_key(MLPClassifier((8,)), 100, 5, 3)
    assert base == stack_key(MLPClassifier((8,), alpha=1.0, random_state=4, learning_rate_init=0.1), 100, 5, 3)
    assert base == stack_key(MLPClassifier([8]), 100, 5, 3)
    assert hash(base) == hash(stack_key(MLPClassifier(8), 100, 5, 3))
    others = [
        stack_key(MLPClassifier((8,)), 101, 5, 3),
        stack_key(MLPClassifier((8,)), 100, 6, 3),
        stack_key(MLPClassifier((8,)), 100, 5, 4),
        stack_key(MLPClassifier((9,)), 100, 5, 3),
        stack_key(MLPClassifier((8,), "tanh"), 100, 5, 3),
        stack_key(MLPClassifier((8,), batch_size=10), 100, 5, 3),
        stack_key(MLPClassifier((8,), batch_norm=True), 100, 5, 3),
        stack_key(MLPRegressor(hidden_layer_sizes=(8,)), 100, 5, 3),
    ]
    assert base not in others


def test_should_stop_ends_training_at_once_and_says_so():
    X, y = rows(0)
    asked = []

    def should_stop():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Stopped):
        MLPClassifier(max_iter=1000).fit(X, y, should_stop=should_stop)
    assert len(asked) == 4


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_should_stop_is_asked_within_a_long_epoch(solver, monkeypatch):
    monkeypatch.setattr("dldiag.nn.training.ASK_EVERY", 0.0)  # every epoch is long
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((2_000, 5)).astype(np.float32), rng.integers(0, 2, 2_000)
    asked, epochs = [], []

    def should_stop():
        asked.append(True)
        return len(asked) == 3

    model = MLPClassifier((8,), solver=solver)
    with pytest.raises(Stopped):
        fit_together([model], [(X, y)], on_epoch=lambda *args: epochs.append(args), should_stop=should_stop)
    assert len(asked) == 3
    assert solver == "lbfgs" or not epochs


def test_on_epoch_sees_every_epoch_and_every_loss():
    data = [rows(seed) for seed in range(3)]
    seen = []
    models = fit_together(members(3, max_iter=4), data, on_epoch=lambda *args: seen.append(args))
    assert [(epoch, of) for epoch, of, _ in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert seen[-1][2].tolist() == [model.loss_ for model in models]
