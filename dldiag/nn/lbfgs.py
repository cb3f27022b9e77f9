"""L-BFGS on all rows at once, through SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize as scipy_minimize
from threadpoolctl import threadpool_limits

from dldiag.nn.training import Member, Plan, ShouldStop, Stack
from dldiag.types import Stopped

Array = NDArray[Any]


def minimize(member: Member, plan: Plan, max_evaluations: int, *, should_stop: ShouldStop = None) -> None:
    """Minimize one member's loss over all its rows; leaves the outcome on it. Raises Stopped."""
    stack = Stack([member], plan)
    rows = np.arange(len(member.X))[None]

    def loss_and_gradient(flat: Array) -> tuple[float, Array]:
        if should_stop is not None and should_stop():
            raise Stopped
        stack.flat[0] = flat
        loss = float(stack.differentiate(rows)[0])
        return loss, stack.gradient[0].astype(np.float64)

    options = {"maxfun": max_evaluations, "maxiter": member.max_epochs, "gtol": member.tol}
    with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
        found = scipy_minimize(loss_and_gradient, member.flat, method="L-BFGS-B", jac=True, options=options)
    member.flat = np.asarray(found.x)
    member.epochs = int(found.nit)
    member.best_loss = float(found.fun)
    member.losses = [float(found.fun)]
    member.stopped_by = "divergence" if not np.isfinite(found.fun) else "epochs" if found.status == 1 else "plateau"
