"""The training loop: train a stack of equally shaped networks in lock-step; each stops by its own criterion."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from dldiag.core.parallel import one_thread
from dldiag.core.types import Array, ShouldStop, Stopped
from dldiag.nn.health_recorder import Recorder
from dldiag.nn.network import Evaluation
from dldiag.nn.observe import Observer, observation_of
from dldiag.nn.schedules import ADAPTIVE_SMALLEST_RATE
from dldiag.nn.stack import Member, Plan, Stack

OnEpoch = Callable[[int, int, Array], None]
AfterStep = Callable[[Array], None]  # It gets the batch's mean losses, (S,).

CACHE = 4 * 2**20  # In bytes; a working set beyond it gains nothing from a larger stack.
ARRAYS_PER_UNIT = 4  # z, delta, scratch and a copy, each (units, rows).
ARRAYS_PER_WEIGHT = 5  # Weights, gradient, two optimizer slots and scratch.
ASK_EVERY = 0.3  # In seconds between two calls of should_stop() within an epoch.


def train(
    members: list[Member],
    plan: Plan,
    *,
    should_stop: ShouldStop = None,
    on_epoch: OnEpoch | None = None,
    observers: Sequence[Observer] = (),
) -> None:
    """Train members in lock-step and store the outcome on each. Raises Stopped when should_stop() returns True.

    Members too large to share the cache train one group after the other; on_epoch counts the epochs of all groups.
    Each observer is called before the first step and after every one with an `Observation` of all members, which then
    train as one group. Observers change no bit of the outcome; what they raise ends training.
    """
    at_once = len(members) if observers else max(1, CACHE // _bytes_per_member(plan))
    groups = [members[i : i + at_once] for i in range(0, len(members), at_once)]
    longest = max(member.max_epochs for member in members)
    with quiet_and_single_threaded():
        for number, group in enumerate(groups):

            def tell(epoch: int, before: int = number * longest) -> None:
                if on_epoch is not None:
                    losses = np.array([m.losses[-1] if m.losses else np.nan for m in members])
                    on_epoch(before + epoch, longest * len(groups), losses)

            _train_group(group, plan, should_stop, tell, observers)


def _train_group(
    members: list[Member],
    plan: Plan,
    should_stop: ShouldStop,
    tell: Callable[[int], None],
    observers: Sequence[Observer],
) -> None:
    stack = Stack(members, plan)
    recorder = Recorder(stack) if plan.record_health else None
    after_step = shown_to(observers, stack)
    for epoch in range(1, max(member.max_epochs for member in members) + 1):
        losses = run_epoch(stack, should_stop, recorder, after_step)
        leaving = take_stock(stack, losses)
        if recorder is not None:
            recorder.end_epoch(losses, leaving)
        tell(epoch)
        if len(leaving) == len(stack.members):
            return
        if leaving:
            stack.keep(np.array([i for i in range(len(stack.members)) if i not in leaving]))
            if recorder is not None:
                recorder.after_leaving()


def shown_to(observers: Sequence[Observer], stack: Stack) -> AfterStep | None:
    """Call the observers before the first step; return what calls them after a step, or None without observers."""
    if not observers:
        return None
    numbers = {id(member): number for number, member in enumerate(stack.members)}

    def show(losses: Array) -> None:
        observation = observation_of(stack, numbers, losses)
        for observer in observers:
            observer(observation)

    show(np.full(len(stack.members), np.nan))
    return show


def _bytes_per_member(plan: Plan) -> int:
    """Estimate the bytes of cache that one member uses in a step."""
    units = plan.layout.units
    values = plan.batch_size * (2 * units[0] + ARRAYS_PER_UNIT * sum(units[1:])) + ARRAYS_PER_WEIGHT * plan.layout.size
    return int(values * np.dtype(plan.dtype).itemsize)


def run_epoch(
    stack: Stack, should_stop: ShouldStop, recorder: Recorder | None = None, after_step: AfterStep | None = None
) -> Array:
    """Take one step on every batch of every member, in each member's own order; return the mean losses (S,)."""
    stop_if_asked(should_stop)
    stack.shuffle()
    losses, asked_at = np.zeros(len(stack.members)), time.monotonic()
    for start in range(0, stack.n_rows, stack.plan.batch_size):
        stop = min(start + stack.plan.batch_size, stack.n_rows)
        loss = stack.step(start, stop) if recorder is None else recorder.step(start, stop)
        losses += loss * ((stop - start) / stack.n_rows)
        if after_step is not None:
            after_step(loss)
        if should_stop is not None and time.monotonic() - asked_at > ASK_EVERY:
            stop_if_asked(should_stop)
            asked_at = time.monotonic()
    return losses


def take_stock(stack: Stack, losses: Array) -> dict[int, str]:
    """Record the epoch of every member as scikit-learn does; return which members stop, and why."""
    finite = np.isfinite(losses) & np.isfinite(stack.flat).all(axis=1)
    leaving: dict[int, str] = {}
    if stack.plan.early_stopping:
        _validate(stack)
    for i, member in enumerate(stack.members):
        member.epochs += 1
        member.rows_seen += stack.n_rows
        member.losses.append(float(losses[i]))
        if losses[i] <= member.least_loss:
            member.least_loss = member.losses[-1]
            stack.fallback[i] = stack.before_epoch[i]
        why = _why_leave(member, stack, i) if finite[i] else "divergence"
        if why:
            leaving[i] = why
            _leave(member, stack, i, why)
        elif stack.plan.schedule.varies:
            stack.set_rate(i)
    np.copyto(stack.before_epoch, stack.flat)
    return leaving


def _validate(stack: Stack) -> None:
    if stack.validation is None:
        parts = [m.X_validation for m in stack.members if m.X_validation is not None]
        stack.validation = Evaluation(stack.network, parts, stack.plan.dtype)
    for member, outputs in zip(stack.members, stack.validation.outputs(stack.flat, stack.running), strict=True):
        assert member.score is not None
        member.scores.append(member.score(outputs))


def _why_leave(member: Member, stack: Stack, i: int) -> str:
    """Return why a member stops after this epoch; "" if it continues."""
    _count_stall(member, stack, i)
    if member.stalled > member.patience:
        if not stack.plan.schedule.on_plateau or stack.rate[i, 0] <= ADAPTIVE_SMALLEST_RATE:
            return "validation" if stack.plan.early_stopping else "plateau"
        member.plateaus += 1
        member.stalled = 0
    return "epochs" if member.epochs >= member.max_epochs else ""


def _count_stall(member: Member, stack: Stack, i: int) -> None:
    if not stack.plan.early_stopping:
        loss = member.losses[-1]
        member.stalled = member.stalled + 1 if loss > member.best_loss - member.tol else 0
        if loss < member.best_loss:
            member.best_loss, member.best_epoch = loss, member.epochs
        return
    score = member.scores[-1]
    member.stalled = member.stalled + 1 if score < member.best_score + member.tol else 0
    if score > member.best_score:
        member.best_score, member.best_epoch = score, member.epochs
        member.best = stack.flat[i].copy(), [average[i].copy() for average in stack.running]


def _leave(member: Member, stack: Stack, i: int, why: str) -> None:
    member.stopped_by = why
    member.flat = stack.fallback[i].copy() if why == "divergence" else stack.flat[i].copy()
    member.running = [average[i].copy() for average in stack.running]
    if member.best is not None:
        member.flat, member.running = member.best
    member.state = [state[i].copy() for state in stack.state]
    member.updates = stack.updates


@contextmanager
def quiet_and_single_threaded() -> Iterator[None]:
    """Pin BLAS to one thread and ignore overflow warnings: divergence is detected from the loss and the weights."""
    with one_thread("blas"), np.errstate(all="ignore"):
        yield


def stop_if_asked(should_stop: ShouldStop) -> None:
    """Raise Stopped when should_stop() returns True."""
    if should_stop is not None and should_stop():
        raise Stopped
