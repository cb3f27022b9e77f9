"""The network's forward and backward pass: on a stack of networks, and plainly on one for reading and teaching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.nn.activations import ACTIVATIONS, Activation
from dldiag.nn.layout import Layout
from dldiag.nn.losses import Loss

Array = NDArray[Any]


# --- one network, plainly: Z = WX + b, A = g(Z) -------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Pass:
    """Every layer's values on a batch: A[0] is X; Z[l] and A[l + 1] belong to layer l; dW, db, dZ likewise."""

    A: tuple[Array, ...]
    Z: tuple[Array, ...]
    loss: float = float("nan")
    dW: tuple[Array, ...] = ()
    db: tuple[Array, ...] = ()
    dZ: tuple[Array, ...] = ()


def forward(weights: list[Array], biases: list[Array], X: Any, activation: str, slope: float | None = None) -> Pass:
    """Compute Z = WA + b and A = g(Z) layer by layer; W is (out, in), b is (out,), X is (in, rows).

    The output layer keeps Z: its activation belongs to the loss.
    """
    g = ACTIVATIONS[activation]
    A, Z = [np.asarray(X, dtype=float)], []
    for W, b in zip(weights, biases, strict=True):
        Z.append(W @ A[-1] + b[:, None])
        A.append(g.value(Z[-1], slope) if len(Z) < len(weights) else Z[-1])
    return Pass(tuple(A), tuple(Z))


def backward(
    weights: list[Array], seen: Pass, y: Any, loss: Loss, activation: str, slope: float | None = None
) -> Pass:
    """Compute every layer's gradient of the mean loss: dW = dZ Aᵀ / n, db = mean dZ, dZ = Wᵀ dZ · g'(Z)."""
    n_rows = seen.A[0].shape[1]
    g = ACTIVATIONS[activation]
    dZ = [loss.gradient(seen.Z[-1], y)]
    for layer in range(len(weights) - 1, 0, -1):
        dZ.insert(0, weights[layer].T @ dZ[0] * g.derivative(seen.Z[layer - 1], slope))
    return Pass(
        seen.A,
        seen.Z,
        loss=float(np.mean(loss.value(seen.Z[-1], y))),
        dW=tuple(d @ a.T / n_rows for d, a in zip(dZ, seen.A[:-1], strict=True)),
        db=tuple(d.mean(axis=1) for d in dZ),
        dZ=tuple(dZ),
    )


# --- a stack of networks, on preallocated arrays ------------------------------------------------------------------


@dataclass(eq=False)
class Workspace:
    """The arrays that a pass over n rows of S networks writes into; layers are (S, units, n), a row of ones below.

    `x` is (S, n, d + 1), rows first because batches are gathered by row; its last column is one. The ones stand in
    for the bias: [W | b] times [A; 1] is WA + b in one product.
    """

    x: Array
    z: list[Array]
    a: list[Array]
    outputs: list[Array]
    a_with_ones: list[Array]
    delta: list[Array]
    scratch: list[Array]
    losses: Array

    @classmethod
    def build(
        cls, layout: Layout, shape: tuple[int, int], dtype: Any, *, keeps_input: bool = False, drops: bool = False
    ) -> Workspace:
        """Allocate for shape = (S networks, n rows); g(Z) overwrites Z, and what dropout leaves overwrites g(Z), if it may."""
        n_members, n_rows = shape
        hidden, n_out = layout.units[1:-1], layout.units[-1]

        def empty(units: int) -> Array:
            return np.empty((n_members, units, n_rows), dtype)

        with_ones = [np.ones((n_members, units + 1, n_rows), dtype) for units in hidden]
        outputs = [array[:, :-1] for array in with_ones]
        a = [empty(units) for units in hidden] if drops else outputs
        output = empty(n_out)
        return cls(
            x=np.ones((n_members, n_rows, layout.units[0] + 1), dtype),
            z=[empty(units) if keeps_input else array for units, array in zip(hidden, a, strict=True)] + [output],
            a=a,
            outputs=outputs,
            a_with_ones=with_ones,
            delta=[empty(units) for units in hidden] + [output],
            scratch=[empty(units) for units in hidden] + [empty(n_out)],
            losses=np.empty((n_members, n_rows), dtype),
        )


@dataclass(frozen=True, eq=False)
class Network:
    """What the members of a stack share: layout, activation, loss; `slope` is a number or (S, 1, 1)."""

    layout: Layout
    activation: Activation
    loss: Loss
    slope: Any = 0.0

    def forward(self, blocks: list[Array], space: Workspace, keep: list[Array] | None = None) -> Array:
        """Run every layer on space.x and return the output layer's Z (S, K, n); `keep` holds dropout masks."""
        inputs = space.x.transpose(0, 2, 1)
        for layer, block in enumerate(blocks[:-1]):
            np.matmul(block, inputs, out=space.z[layer])
            self.activation.forward(space.z[layer], space.a[layer], self.slope)
            if keep:
                np.multiply(space.a[layer], keep[layer], out=space.outputs[layer])
            inputs = space.a_with_ones[layer]
        return np.matmul(blocks[-1], inputs, out=space.z[-1])

    def backward(
        self, blocks: list[Array], space: Workspace, gradients: list[Array], keep: list[Array] | None = None
    ) -> None:
        """Write the gradients of every [W | b], from dL/dZ of the output layer in space.delta[-1]."""
        for layer in range(len(blocks) - 1, 0, -1):
            inputs = space.a_with_ones[layer - 1].transpose(0, 2, 1)
            np.matmul(space.delta[layer], inputs, out=gradients[layer])
            below = layer - 1
            np.matmul(blocks[layer][:, :, :-1].transpose(0, 2, 1), space.delta[layer], out=space.delta[below])
            if keep:
                space.delta[below] *= keep[below]
            self.activation.backward(
                space.delta[below], space.z[below], space.a[below], space.scratch[below], self.slope
            )
        np.matmul(space.delta[0], space.x, out=gradients[0])
