"""When a member stops, which weights it keeps, and when it is asked to stop: against scikit-learn and by hand."""

import numpy as np
import pytest

from dldiag.core.types import Stopped
from dldiag.nn import training
from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.layout import Layout
from dldiag.nn.losses import LOSSES
from dldiag.nn.optimizers import OPTIMIZERS
from dldiag.nn.schedules import SCHEDULES
from dldiag.nn.stack import Member, Plan, Stack

LAYOUT = Layout((2, 3, 1))


def plan(**more):
    given = {"batch_size": 5, "dtype": np.float64}
    return Plan(
        LAYOUT, ACTIVATIONS["tanh"], LOSSES["squared_error"], OPTIMIZERS["sgd"], SCHEDULES["constant"], **given | more
    )


def member(seed=0, rows=10, **more):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((rows, 2))
    flat = 0.5 * rng.standard_normal(LAYOUT.size)
    return Member(
        X, X[:, :1], flat, np.random.RandomState(seed), **({"rate": 0.01, "max_epochs": 4, "tol": 0.0} | more)
    )


def after_losses(losses, plan_=None, **more):
    """Let a member see these losses, one epoch each; return it and why it left, "" when it goes on."""
    one = member(**({"max_epochs": 99, "patience": 2, "tol": 0.1} | more))
    stack = Stack([one], plan_ or plan())
    why = ""
    for number, loss in enumerate(losses):
        stack.flat[:] = number + 1.0
        why = training.take_stock(stack, np.array([loss])).get(0, "")
        if why:
            break
    return one, why, stack


def test_an_epoch_counts_as_stalled_when_it_gains_less_than_the_tolerance():
    one, why, _ = after_losses([1.0, 0.95, 0.85, 0.7])
    assert (why, one.stalled, one.best_loss, one.best_epoch) == ("", 0, 0.7, 4)
    assert after_losses([1.0, 0.95])[0].stalled == 1
    assert after_losses([1.0, 0.5, 0.40625], tol=0.09375)[0].stalled == 0  # a gain of the tolerance itself is enough


def test_training_ends_after_more_stalled_epochs_than_the_patience():
    assert after_losses([1.0, 1.0, 1.0])[1] == ""
    one, why, _ = after_losses([1.0, 1.0, 1.0, 1.0])
    assert (why, one.stopped_by, one.epochs) == ("plateau", "plateau", 4)


def test_training_ends_after_its_last_epoch():
    assert after_losses([1.0, 0.5], max_epochs=2)[1] == "epochs"
    assert after_losses([1.0, 0.5], max_epochs=3)[1] == ""


def test_a_plateau_lowers_an_adaptive_rate_until_it_is_small_and_then_ends_the_run():
    adaptive = plan()
    adaptive = Plan(**{**adaptive.__dict__, "schedule": SCHEDULES["adaptive"]})
    one, why, stack = after_losses([1.0] * 4, adaptive, rate=0.01)
    assert (why, one.plateaus, one.stalled) == ("", 1, 0)
    assert stack.rate[0, 0] == pytest.approx(0.002)
    assert after_losses([1.0] * 4, adaptive, rate=1e-6)[1] == "plateau"
    assert after_losses([1.0] * 4, adaptive, rate=1.1e-6)[1] == ""


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_diverged_member_keeps_the_weights_before_its_best_epoch(bad):
    one, why, _ = after_losses([1.0, 0.5, 0.8, bad])
    assert (why, one.diverged) == ("divergence", True)
    assert np.array_equal(one.flat, np.full(LAYOUT.size, 1.0))  # those with which the second epoch began
    later, _, _ = after_losses([1.0, 0.5, 0.5, bad], tol=0.0)
    assert np.array_equal(later.flat, np.full(LAYOUT.size, 2.0))  # of equal epochs the later
    assert (one.best_epoch, later.best_epoch) == (2, 2)


def test_weights_that_are_not_finite_are_divergence_too():
    stack = Stack([member()], plan())
    stack.flat[0, 3] = np.inf
    assert training.take_stock(stack, np.array([0.5])) == {0: "divergence"}


def validated(scores, **more):
    told = iter(scores)
    one = member(X_validation=np.zeros((3, 2)), score=lambda outputs: next(told), max_epochs=99, patience=1, **more)
    stack = Stack([one], plan(early_stopping=True))
    for number in range(len(scores)):
        stack.flat[:] = number + 1.0
        why = training.take_stock(stack, np.array([1.0])).get(0, "")
    return one, why


def test_early_stopping_keeps_the_weights_of_the_best_score():
    one, why = validated([0.5, 0.8, 0.8, 0.8], tol=0.01)
    assert (why, one.best_score, one.best_epoch) == ("validation", 0.8, 2)
    assert np.array_equal(one.flat, np.full(LAYOUT.size, 2.0))


def test_a_score_that_rises_by_the_tolerance_is_no_stall():
    assert validated([0.5, 0.75], tol=0.25)[0].stalled == 0
    assert validated([0.5, 0.625], tol=0.25)[0].stalled == 1


def test_what_a_member_leaves_with_is_its_own_copy():
    one, _, stack = after_losses([1.0], max_epochs=1)
    stack.flat[:] = -7.0
    stack.state[0][:] = -7.0
    assert one.flat[0] == 1.0
    assert one.state[0][0] == 0.0
    assert (one.epochs, one.rows_seen, one.losses) == (1, 10, [1.0])


def test_the_loss_of_an_epoch_weighs_every_row_alike_though_batches_differ():
    one = member(rows=7, rate=0.0, alpha=0.0)
    stack = Stack([one], plan(shuffle=False))
    whole = training.run_epoch(stack, None)
    all_at_once = Stack([member(rows=7, rate=0.0, alpha=0.0)], plan(shuffle=False, batch_size=7))
    assert whole[0] == pytest.approx(training.run_epoch(all_at_once, None)[0])
    assert stack.updates == 2


def test_groups_are_as_large_as_the_cache_lets_them_be(monkeypatch):
    size = training._bytes_per_member(plan())
    # One batch of 5 rows: 2 × 2 inputs, four arrays of 3 + 1 units each; 5 arrays of 13 parameters; 8 bytes.
    assert size == (5 * (2 * 2 + 4 * 4) + 5 * LAYOUT.size) * 8
    sizes = []
    monkeypatch.setattr(training, "_train_group", lambda group, *rest: sizes.append(len(group)))
    monkeypatch.setattr(training, "CACHE", 2 * size)
    training.train([member(i) for i in range(5)], plan())
    assert sizes == [2, 2, 1]


def test_epochs_are_counted_over_groups(monkeypatch):
    monkeypatch.setattr(training, "CACHE", 1)
    seen = []
    training.train(
        [member(0), member(1, max_epochs=2)], plan(), on_epoch=lambda epoch, of, losses: seen.append((epoch, of))
    )
    assert seen == [(1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (6, 8)]


def test_a_stop_is_asked_for_at_every_epoch_and_when_time_has_passed(monkeypatch):
    clock, asked = iter(np.arange(0.0, 100.0, 0.2)), []
    monkeypatch.setattr(training.time, "monotonic", lambda: next(clock))
    training.train([member(rows=40, max_epochs=1)], plan(), should_stop=lambda: bool(asked.append(1)))
    assert len(asked) == 1 + 4  # at the start, and at every second of eight batches, which are 0.2 s apart
    with pytest.raises(Stopped):
        training.stop_if_asked(lambda: True)
    training.stop_if_asked(None)
