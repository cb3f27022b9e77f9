"""Health signals against what the situation must show."""

import time

import msgspec
import numpy as np
import pytest

from dldiag.nn import MLPClassifier, MLPRegressor, fit_stack
from dldiag.nn.health import Health
from dldiag.nn.optimizers import OPTIMIZERS
from dldiag.nn.stack import Stack

RNG = np.random.default_rng(0)
X = RNG.standard_normal((1200, 6)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int) + (X[:, 2] > 1)
X_DEV, Y_DEV = X[1000:], Y[1000:]
X, Y = X[:1000], Y[:1000]


def health(**settings) -> Health:
    model = MLPClassifier(**({"record_health": True, "random_state": 0, "max_iter": 10, "batch_size": 50} | settings))
    fit_stack([model], [X], [Y], dev=[(X_DEV, Y_DEV)])
    return model, model.health_


def test_series_have_one_entry_per_epoch_and_layers_one_per_hidden_layer():
    model, seen = health(hidden_layer_sizes=(8, 4))
    assert seen.epochs == 10
    for series in (
        seen.loss,
        seen.train_error,
        seen.dev_error,
        seen.gradient_norm,
        seen.update_ratio,
        seen.penalty_share,
    ):
        assert len(series) == 10
    assert all(len(norms) == 3 for norms in seen.gradient_norm)
    assert all(len(look.dead) == len(look.distance) == 2 for look in seen.layers)
    assert (seen.first_look.epoch, seen.last_look.epoch) == (0, 10)
    assert list(seen.loss) == model.loss_curve_


def test_errors_are_those_of_the_model():
    model, seen = health(learning_rate_init=0.01)
    assert seen.dev_error[-1] == pytest.approx(1 - model.score(X_DEV, Y_DEV))
    assert seen.train_error[-1] == pytest.approx(1 - model.score(X, Y), abs=0.05)
    assert seen.train_error[0] > seen.train_error[-1]


def test_regression_errors_are_in_spreads_of_the_target():
    y = 40 * X[:, 0] + 7
    model = MLPRegressor(record_health=True, max_iter=40, learning_rate_init=0.01, random_state=0)
    fit_stack([model], [X], [y], dev=[(X_DEV, 40 * X_DEV[:, 0] + 7)])
    expected = np.sqrt(np.mean((model.predict(X_DEV) - 40 * X_DEV[:, 0] - 7) ** 2)) / y.std()
    assert model.health_.dev_error[-1] == pytest.approx(expected, rel=1e-4)
    assert model.health_.expected_loss == pytest.approx(0.5 * y.var(), rel=1e-4)


def test_a_network_that_begins_with_zeros_shows_units_that_are_all_the_same():
    _, seen = health(init="zeros")
    assert all(distance == (0.0,) for look in seen.layers for distance in [look.distance])
    _, random = health()
    assert random.last_look.distance[0] > 0.1


def test_a_large_step_kills_rectified_units_and_large_weights_saturate_tanh():
    _, seen = health(learning_rate_init=3.0, solver="sgd", max_iter=5)
    assert seen.last_look.dead[0] > 0.5
    _, seen = health(activation="tanh", init="large_random")
    assert seen.first_look.saturated[0] > 0.8
    _, calm = health(activation="tanh")
    assert calm.first_look.saturated[0] < 0.05


def test_initial_loss_is_near_that_of_the_best_constant_unless_the_weights_are_large():
    _, seen = health()
    shares = np.bincount(Y) / len(Y)
    assert seen.expected_loss == pytest.approx(-(shares * np.log(shares)).sum())
    assert seen.initial_loss < 1.5 * np.log(3)
    _, large = health(init="large_random")
    assert large.initial_loss > 10 * np.log(3)


def test_gradients_vanish_through_many_small_sigmoids():
    _, seen = health(activation="logistic", hidden_layer_sizes=(8,) * 6, init="small_random")
    first, *_, last = seen.gradient_norm[0]
    assert first < 1e-3 * last


@pytest.mark.parametrize("clip_norm", [None, 0.05])
@pytest.mark.parametrize("solver", [*OPTIMIZERS])
def test_gradient_norms_are_those_of_the_gradient_that_the_last_step_of_an_epoch_took(solver, clip_norm):
    how = {"solver": solver, "clip_norm": clip_norm, "alpha": 5.0, "l1": 0.1, "hidden_layer_sizes": (8, 4)}
    _, seen = health(**how, max_iter=2)
    model = MLPClassifier(**how, random_state=0, batch_size=50)
    stack = Stack([model.begin(X, Y)], model._plan(len(X)))
    for norms in seen.gradient_norm:
        stack.shuffle()
        for start in range(0, len(X) - 50, 50):
            stack.step(start, start + 50)
        before = stack.flat.copy()
        stack.differentiate(len(X) - 50, len(X))
        length = np.linalg.norm(stack.gradient)
        short = 1 if clip_norm is None else min(1, clip_norm / length)
        expected = [short * np.linalg.norm(block) for block in stack.gradients.blocks]
        np.testing.assert_allclose(norms, expected, rtol=1e-4)
        assert np.array_equal(stack.flat, before)
        stack.step(len(X) - 50, len(X))


def test_dev_errors_and_layers_do_not_depend_on_who_shares_the_stack():
    short = MLPClassifier((8,), record_health=True, max_iter=30, random_state=1, tol=0.0, n_iter_no_change=99)
    long = MLPClassifier((8,), record_health=True, max_iter=100, random_state=0, tol=0.0, n_iter_no_change=99)
    fit_stack([short, long], [X[:50]] * 2, [Y[:50]] * 2, dev=[(X, Y)] * 2)
    alone = MLPClassifier(**long.get_params())
    fit_stack([alone], [X[:50]], [Y[:50]], dev=[(X, Y)])
    assert alone.health_ == long.health_
    assert [look.epoch for look in short.health_.layers] == [0, 30]


def test_the_penalty_takes_its_share_of_the_loss():
    assert max(health(alpha=1e-6)[1].penalty_share) < 0.001
    assert health(alpha=50.0)[1].penalty_share[0] > 0.1


def test_a_step_ten_times_as_large_moves_the_weights_about_ten_times_as_far():
    (_, small), (_, large) = health(learning_rate_init=1e-4), health(learning_rate_init=1e-3)
    assert large.update_ratio[0][0] == pytest.approx(10 * small.update_ratio[0][0], rel=0.3)


def test_health_survives_json():
    _, seen = health(early_stopping=True)
    assert msgspec.json.decode(msgspec.json.encode(seen), type=Health) == seen
    assert seen.stopped_by in {"epochs", "validation"}
    assert len(seen.validation) == seen.epochs


def test_dev_error_is_left_out_in_some_epochs_where_it_would_cost_too_much():
    model = MLPClassifier(record_health=True, max_iter=100, random_state=0, tol=0.0, n_iter_no_change=1000)
    fit_stack([model], [X[:50]], [Y[:50]], dev=[(X, Y)])
    series = model.health_.dev_error
    assert None in series
    assert sum(value is not None for value in series) >= 20
    assert series[0] is not None
    assert series[-1] == pytest.approx(1 - model.score(X, Y))


def test_a_class_that_training_rows_lack_counts_as_an_error():
    model = MLPClassifier(record_health=True, max_iter=2, random_state=0)
    some = Y[:300] < 2
    fit_stack([model], [X[:300][some]], [Y[:300][some]], dev=[(X_DEV, np.full(len(X_DEV), 2))])
    assert model.health_.dev_error == (1.0, 1.0)


@pytest.mark.slow
def test_recording_costs_little():
    big = RNG.standard_normal((6000, 20)).astype(np.float32)
    y = (big[:, 0] > 0).astype(int)
    seconds = {}
    for record in (False, True, False, True, False, True):
        models = [
            MLPClassifier((64,), max_iter=8, random_state=i, record_health=record, batch_size=64) for i in range(5)
        ]
        started = time.thread_time()
        fit_stack(models, [big] * 5, [y] * 5, dev=[(big[:1500], y[:1500])] * 5)
        seconds.setdefault(record, []).append(time.thread_time() - started)
    assert min(seconds[True]) < 1.35 * min(seconds[False])  # about 1.1 on a quiet machine


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_l_bfgs_is_watched_too_an_iteration_being_an_epoch(task):
    kind, y, y_dev = (MLPClassifier, Y, Y_DEV) if task == "classification" else (MLPRegressor, X[:, 0], X_DEV[:, 0])
    model = kind(hidden_layer_sizes=(8,), solver="lbfgs", record_health=True, max_iter=15, random_state=0)
    plain = kind(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=15, random_state=0)
    fit_stack([model], [X], [y], dev=[(X_DEV, y_dev)])
    fit_stack([plain], [X], [y])
    seen = model.health_
    assert all((a == b).all() for a, b in zip(model.coefs_, plain.coefs_, strict=True))
    assert seen.epochs == model.n_iter_ == len(seen.loss) == len(seen.train_error) == len(seen.update_ratio)
    assert list(seen.loss) == sorted(seen.loss, reverse=True)
    assert seen.loss[-1] == pytest.approx(model.loss_)
    assert seen.dev_error[-1] is not None
    if task == "classification":
        assert seen.train_error[-1] == pytest.approx(1 - model.score(X, y))
        assert seen.dev_error[-1] == pytest.approx(1 - model.score(X_DEV, y_dev))


def test_l_bfgs_that_has_nothing_to_do_still_has_a_health():
    model = MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", record_health=True, tol=1e6, random_state=0)
    fit_stack([model], [X], [X[:, 0]])
    assert model.health_ is not None
    assert model.health_.stopped_by == "plateau"
