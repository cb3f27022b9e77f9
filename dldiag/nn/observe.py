"""Observers: a view of a stack of networks during training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dldiag.core.types import Array
from dldiag.nn.network import Parameters, Workspace
from dldiag.nn.stack import Stack


@dataclass(frozen=True, eq=False)
class LayerValues:
    """Every layer of S networks on n rows, without dropout and penalties; arrays are new in every look.

    losses: (S, n), one per row. z, a: per hidden layer (S, units, n), before and after the activation. outputs:
    (S, K, n), z of the output layer. gradients: per layer dJ/d[W | b] (S, out, in + 1) of the mean loss J.
    """

    losses: Array
    z: list[Array]
    a: list[Array]
    outputs: Array
    gradients: list[Array]


@dataclass(frozen=True, eq=False)
class Observation:
    """The state of a stack after a step, as passed to an `Observer`; arrays are views, so copy what you keep.

    step: updates so far. members: which of the networks that training began with are still in training (S of them).
    weights: per layer [W | b] (S, out, in + 1). batch_loss: (S,) the mean loss, penalties included, of the last batch
    before its update; NaN before the first.
    """

    step: int
    members: tuple[int, ...]
    weights: list[Array]
    batch_loss: Array
    stack: Stack

    def look(self, X: Array, y: Array) -> LayerValues:
        """Run a forward and a backward pass of every network on the given rows; training is not affected.

        X is (n, d), the same for all, or (S, n, d); y is (n,) class numbers or (n, K), or the same with S in front.
        Batch normalization uses the statistics of these rows.
        """
        stack, S = self.stack, len(self.members)
        plan, dtype = stack.plan, stack.plan.dtype
        space = Workspace.build(plan.layout, (S, X.shape[-2]), dtype, keeps_input=True)
        space.x[:, :, :-1] = X
        network = replace(stack.network, running=[average.copy() for average in stack.running])
        outputs = network.forward(stack.parameters, space).copy()
        network.loss.step(space.delta[-1], _targets(y, S, network.loss.indexed, dtype), space.losses, space.scratch[-1])
        space.delta[-1] /= X.shape[-2]
        gradients = Parameters.of(plan.layout, np.zeros_like(stack.flat))
        network.backward(stack.parameters, space, gradients)
        return LayerValues(space.losses, space.z[:-1], space.a, outputs, gradients.blocks)


Observer = Callable[[Observation], None]


def _targets(y: Array, members: int, indexed: bool, dtype: Any) -> Array:
    """Return targets as losses take them: class numbers (S, n), or values (S, K, n)."""
    if indexed:
        return np.broadcast_to(y, (members, y.shape[-1])).astype(np.int64)
    columns = y[:, None] if y.ndim == 1 else y
    return np.ascontiguousarray(np.broadcast_to(columns, (members, *columns.shape[-2:])).transpose(0, 2, 1), dtype)


def observation_of(stack: Stack, numbers: dict[int, int], batch_loss: Array) -> Observation:
    """Return the current state of a stack for observers; numbers maps the id of a member to its place at the start."""
    members = tuple(numbers[id(member)] for member in stack.members)
    return Observation(stack.updates, members, stack.parameters.blocks, batch_loss, stack)
