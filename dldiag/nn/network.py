"""The network's forward and backward pass: on a stack of networks, and plainly on one for reading and teaching."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dldiag.core.types import Array
from dldiag.nn.activations import ACTIVATIONS, Activation
from dldiag.nn.layout import Layout
from dldiag.nn.losses import Loss
from dldiag.nn.normalization import Normalized, fold, normalize, normalize_back

TOO_WIDE_TO_COPY = 256  # Columns of X beyond which a copy costs more than it saves.
WORTH_A_COPY = 32  # With fewer units, a product with a transposed view costs less than copying first.


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
    weights: list[Array], forward_pass: Pass, y: Any, loss: Loss, activation: str, slope: float | None = None
) -> Pass:
    """Compute every layer's gradient of the mean loss: dW = dZ Aᵀ / n, db = mean dZ, dZ = Wᵀ dZ · g'(Z)."""
    n_rows = forward_pass.A[0].shape[1]
    g = ACTIVATIONS[activation]
    dZ = [loss.gradient(forward_pass.Z[-1], y)]
    for layer in range(len(weights) - 1, 0, -1):
        dZ.insert(0, weights[layer].T @ dZ[0] * g.derivative(forward_pass.Z[layer - 1], slope))
    return Pass(
        forward_pass.A,
        forward_pass.Z,
        loss=float(np.mean(loss.value(forward_pass.Z[-1], y))),
        dW=tuple(d @ a.T / n_rows for d, a in zip(dZ, forward_pass.A[:-1], strict=True)),
        db=tuple(d.mean(axis=1) for d in dZ),
        dZ=tuple(dZ),
    )


# --- a stack of networks, on preallocated arrays ------------------------------------------------------------------


@dataclass(eq=False)
class Workspace:
    """The arrays that a pass over n rows of S networks writes into.

    `x` is (S, n, d + 1), rows first because batches are gathered by row; its last column is one. Hidden layers are
    (S, units, n): `z`, `a` = g(z), and `out` = what the next layer sees (a, or what dropout leaves of it), which has
    a row of ones below it. The ones stand in for the bias: [W | b] times [A; 1] is WA + b in one product. To stay
    small in the cache, z, a and out are one array where nothing needs them apart.
    """

    x: Array
    z: list[Array]
    a: list[Array]
    out: list[Array]
    inputs: list[Array]  # The input of each layer's product (S, in + 1, n): x transposed, then out with its ones.
    copies: list[Array | None]  # Copies of the inputs as (S, n, in + 1), where a copy saves time.
    delta: list[Array]
    scratch: list[Array]
    losses: Array
    normalized: list[Normalized]

    @classmethod
    def build(
        cls, layout: Layout, shape: tuple[int, int], dtype: Any, *, keeps_input: bool = False, drops: bool = False
    ) -> Workspace:
        """Allocate for shape = (S networks, n rows)."""
        n_members, n_rows = shape
        hidden = layout.units[1:-1]

        def empty(units: int) -> Array:
            return np.empty((n_members, units, n_rows), dtype)

        x = np.ones((n_members, n_rows, layout.units[0] + 1), dtype)
        with_ones = [np.ones((n_members, units + 1, n_rows), dtype) for units in hidden]
        out = [array[:, :-1] for array in with_ones]
        a = [empty(units) for units in hidden] if drops else out
        output = empty(layout.units[-1])

        def copy_for(inputs: Array, units_out: int) -> Array | None:
            return np.empty((n_members, n_rows, inputs.shape[1]), dtype) if units_out >= WORTH_A_COPY else None

        return cls(
            x=x,
            z=([empty(units) for units in hidden] if keeps_input else a) + [output],
            a=a,
            out=out,
            inputs=[np.empty((n_members, x.shape[2], n_rows), dtype), *with_ones],
            copies=[None, *map(copy_for, with_ones, layout.units[2:])],
            delta=[*(empty(units) for units in hidden), output],
            scratch=[empty(units) for units in layout.units[1:]],
            losses=np.empty((n_members, n_rows), dtype),
            normalized=[Normalized.build(n_members, columns, n_rows, dtype) for _, _, columns in layout.norm_blocks],
        )


@dataclass(eq=False)
class Parameters:
    """Views by layer of the flat parameters (S, P) of a stack, or of their gradient."""

    flat: Array
    blocks: list[Array]  # The weights and biases [W | b], (S, out, in + 1).
    backwards: list[Array]  # The weights W transposed, (S, in, out).
    norms: list[Array]  # γ and β of batch normalization, (S, 2, units).

    @classmethod
    def of(cls, layout: Layout, flat: Array) -> Parameters:
        """Look at a flat array through a layout."""
        blocks = layout.weights(flat)
        return cls(flat, blocks, [block[:, :, :-1].transpose(0, 2, 1) for block in blocks], layout.norms(flat))


@dataclass(frozen=True, eq=False)
class Network:
    """What the members of a stack share: layout, activation, loss. slope is a number or (S, 1, 1).

    running: with batch normalization, the running averages (S, 2, units) by hidden layer, which forward updates.
    """

    layout: Layout
    activation: Activation
    loss: Loss
    slope: Any = 0.0
    running: list[Array] = field(default_factory=list)

    def forward(self, parameters: Parameters, space: Workspace, keep: list[Array] | None = None) -> Array:
        """Run every layer on space.x and return the output layer's Z (S, K, n); `keep` holds dropout masks."""
        blocks = parameters.blocks
        last = len(blocks) - 1
        # A copy and a plain product take less time than a product with a transposed view, here and mostly in backward.
        inputs = space.x.transpose(0, 2, 1)
        if space.x.shape[2] <= TOO_WIDE_TO_COPY:
            np.copyto(space.inputs[0], inputs)
            inputs = space.inputs[0]
        for layer in range(last):
            z, a = space.z[layer], space.a[layer]
            np.matmul(blocks[layer], inputs, out=z)
            inputs = space.inputs[layer + 1]
            if self.running:
                normalize(z, parameters.norms[layer], self.running[layer], space.normalized[layer])
            self.activation.forward(z, a, self.slope)
            if keep:
                np.multiply(a, keep[layer], out=space.out[layer])
        return np.asarray(np.matmul(blocks[last], inputs, out=space.z[last]))

    def backward(
        self, parameters: Parameters, space: Workspace, gradient: Parameters, keep: list[Array] | None = None
    ) -> None:
        """Write the gradient of every parameter, from dL/dZ of the output layer in space.delta[-1]."""
        for layer in range(len(parameters.blocks) - 1, 0, -1):
            below = layer - 1
            delta, scratch = space.delta[below], space.scratch[below]
            inputs_t = space.inputs[layer].transpose(0, 2, 1)
            copy = space.copies[layer]
            if copy is not None:
                np.copyto(copy, inputs_t)
                inputs_t = copy
            np.matmul(space.delta[layer], inputs_t, out=gradient.blocks[layer])
            # Both are the same for a single output.
            product = np.multiply if space.delta[layer].shape[1] == 1 else np.matmul
            product(parameters.backwards[layer], space.delta[layer], out=delta)
            if keep:
                delta *= keep[below]
            self.activation.backward(delta, space.z[below], space.a[below], scratch, self.slope)
            if self.running:
                normalize_back(delta, parameters.norms[below], gradient.norms[below], space.normalized[below], scratch)
        np.matmul(space.delta[0], space.x, out=gradient.blocks[0])


ROWS_AT_ONCE = 1024  # Rows of one pass over one network; more only take memory.


class Evaluation:
    """Rows on which every network of a stack is evaluated: X (S, n, d), a part of its own for each."""

    def __init__(self, network: Network, parts: Sequence[Array], dtype: Any) -> None:
        self.network = replace(network, layout=Layout(network.layout.units), running=[])
        self.layout = network.layout
        n_rows = len(parts[0])
        self.x = np.ones((len(parts), n_rows, network.layout.units[0] + 1), dtype)
        for x, part in zip(self.x, parts, strict=True):
            x[:, :-1] = part
        self._spaces: dict[int, Workspace] = {}

    def outputs(self, flat: Array, running: Sequence[Array] = ()) -> Array:
        """Return the outputs (S, K, n), after the output activation, for parameters flat (S, P).

        running: with batch normalization, the running averages, which are folded into the weights.
        """
        result = np.empty((len(self.x), self.network.layout.units[-1], self.x.shape[1]), self.x.dtype)
        for rows, space in self.passes(flat, running):
            result[:, :, rows] = self.network.loss.predict(space.z[-1])
        return result

    def passes(self, flat: Array, running: Sequence[Array] = ()) -> Iterator[tuple[slice, Workspace]]:
        """Run the networks on blocks of rows; yield the rows of each block and every layer's values on them."""
        if self.layout.batch_norm and running:
            flat = fold(self.layout, flat, list(running))
        parameters = Parameters.of(self.network.layout, flat)
        for start in range(0, self.x.shape[1], ROWS_AT_ONCE):
            x = self.x[:, start : start + ROWS_AT_ONCE]
            space = self._space(x)
            self.network.forward(parameters, space)
            yield slice(start, start + x.shape[1]), space

    def _space(self, x: Array) -> Workspace:
        n_rows = x.shape[1]
        if n_rows not in self._spaces:
            shape = len(x), n_rows
            self._spaces[n_rows] = Workspace.build(self.network.layout, shape, x.dtype, keeps_input=True)
        space = self._spaces[n_rows]
        return replace(space, x=x)


def outputs(network: Network, flat: Array, X: Array) -> Array:
    """Return the outputs (K, n), after the output activation, of one network with parameters flat (1, P)."""
    return np.asarray(Evaluation(network, [X], flat.dtype).outputs(flat)[0])
