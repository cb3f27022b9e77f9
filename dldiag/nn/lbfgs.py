"""L-BFGS on all rows at once, through SciPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import minimize as scipy_minimize

from dldiag.core.types import Array, ShouldStop
from dldiag.nn.health_recorder import Recorder
from dldiag.nn.observe import Observer
from dldiag.nn.stack import Member, Plan, Stack
from dldiag.nn.training import quiet_and_single_threaded, shown_to, stop_if_asked


def minimize(
    member: Member,
    plan: Plan,
    max_evaluations: int,
    *,
    should_stop: ShouldStop = None,
    observers: Sequence[Observer] = (),
) -> None:
    """Minimize one member's loss over all its rows and store the outcome on it. Raises Stopped.

    An epoch of the health signals, and a step for observers, is an iteration: it may look at all rows several times.
    """
    stack = Stack([member], replace(plan, shuffle=False))
    stack.shuffle()
    health = _HealthOfIterations(stack) if plan.record_health else None

    def loss_and_gradient(flat: Array) -> tuple[float, Array]:
        stop_if_asked(should_stop)
        stack.flat[0] = flat
        loss = float(stack.differentiate(0, stack.n_rows, health.note if health else None)[0])
        return loss, stack.gradient[0].astype(np.float64)

    options = {"maxfun": max_evaluations, "maxiter": member.max_epochs, "gtol": member.tol}
    start: Any = np.asarray(member.flat, np.float64)
    after_iteration = _after_iteration(stack, health, observers)
    with quiet_and_single_threaded():
        result: Any = scipy_minimize(  # type: ignore[call-overload]  # the stubs want exact shapes
            loss_and_gradient, start, method="L-BFGS-B", jac=True, options=options, callback=after_iteration
        )
        _store(member, result)
        if health is not None:
            health.end(member.stopped_by)
    member.losses = [float(result.fun)]


def _after_iteration(
    stack: Stack, health: _HealthOfIterations | None, observers: Sequence[Observer]
) -> Callable[[Any], None]:
    """Return SciPy's callback: it records health signals and calls the observers, who see the start at once."""
    after_step = shown_to(observers, stack)

    def callback(intermediate_result: Any) -> None:  # SciPy passes the result only to an argument of this name.
        if health is not None:
            health.end_iteration(intermediate_result.x)
        if after_step is not None:
            stack.flat[0], stack.updates = intermediate_result.x, stack.updates + 1
            after_step(np.array([intermediate_result.fun]))

    return callback


def _store(member: Member, result: Any) -> None:
    """Store SciPy's outcome on the member; its status 1 says that the iterations or evaluations ran out."""
    member.flat = np.asarray(result.x)
    member.epochs = int(result.nit)
    member.best_loss = float(result.fun)
    member.best_epoch = member.epochs
    member.stopped_by = "divergence" if not np.isfinite(result.fun) else "epochs" if result.status == 1 else "plateau"


class _HealthOfIterations:
    """Record health signals of every iteration; a class because SciPy does not say which one is the last."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.recorder = stack, Recorder(stack)
        self.before = stack.flat[0].copy()
        self.pending: Array | None = None

    def note(self, delta: Array, losses: Array) -> None:
        """Take the errors of an evaluation; the last one before the end of an iteration is at its weights."""
        self.recorder.forget()
        self.recorder.note_errors(delta, losses)

    def end_iteration(self, flat: Array) -> None:
        """Record the iteration before, now known not to be the last, and keep this one for later."""
        if self.pending is not None:
            self._record(self.pending, {})
        self.pending = flat.copy()

    def end(self, why: str) -> None:
        """Record the last iteration, or the start when there was none, and leave the Health on the member."""
        self._record(self.before if self.pending is None else self.pending, {0: why})

    def _record(self, flat: Array, leaving: dict[int, str]) -> None:
        stack, member = self.stack, self.stack.members[0]
        now = stack.flat[0].copy(), stack.gradient[0].copy()
        stack.flat[0] = flat
        loss = stack.differentiate(0, stack.n_rows, self.note)
        member.losses.append(float(loss[0]))
        self.recorder.note_gradient()
        self.recorder.penalty[:] = stack.penalty
        self.recorder.before[0] = self.before
        self.recorder.end_epoch(loss, leaving)
        self.before = flat.copy()
        stack.flat[0], stack.gradient[0] = now
