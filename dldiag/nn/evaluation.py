"""Outputs of networks on rows that they do not train on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.nn.layout import Layout
from dldiag.nn.network import Network, Parameters, Workspace
from dldiag.nn.normalization import fold

Array = NDArray[Any]

ROWS_AT_ONCE = 1024  # of one pass over one network; more only take memory


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
        """Run the networks on some rows after the other; yields which rows, and every layer's values on them."""
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
