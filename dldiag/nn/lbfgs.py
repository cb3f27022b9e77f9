"""L-BFGS on all rows at once, through SciPy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize as scipy_minimize

from dldiag.nn.member import Member
from dldiag.nn.stack import Plan, Stack
from dldiag.nn.training import ShouldStop, ask, quiet_and_single_threaded

Array = NDArray[Any]


def minimize(member: Member, plan: Plan, max_evaluations: int, *, should_stop: ShouldStop = None) -> None:
    """Minimize one member's loss over all its rows; leaves the outcome on it. Raises Stopped."""
    stack = Stack([member], replace(plan, shuffle=False))
    stack.shuffle()

    def loss_and_gradient(flat: Array) -> tuple[float, Array]:
        ask(should_stop)
        stack.flat[0] = flat
        loss = float(stack.differentiate(0, stack.n_rows)[0])
        return loss, stack.gradient[0].astype(np.float64)

    options = {"maxfun": max_evaluations, "maxiter": member.max_epochs, "gtol": member.tol}
    start: Any = np.asarray(member.flat, np.float64)
    with quiet_and_single_threaded():
        found: Any = scipy_minimize(loss_and_gradient, start, method="L-BFGS-B", jac=True, options=options)  # type: ignore[call-overload]  # the stubs want exact shapes
    member.flat = np.asarray(found.x)
    member.epochs = int(found.nit)
    member.best_loss = float(found.fun)
    member.best_epoch = member.epochs
    member.losses = [float(found.fun)]
    member.stopped_by = "divergence" if not np.isfinite(found.fun) else "epochs" if found.status == 1 else "plateau"
