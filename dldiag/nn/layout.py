"""Where each layer's weights lie in one flat vector, so that an update is a handful of vector operations."""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from dldiag.core.i18n import tr
from dldiag.core.params import SettingError
from dldiag.core.types import Array


@dataclass(frozen=True)
class Layout:
    """The shape of a network: units (d, h1, …, K), and where its parameters lie in a flat vector of length `size`.

    Layer l has one block [W | b] of shape (units out, units in + 1): its last column is the bias. With batch
    normalization each hidden layer has a second block (2, units): its scale and its shift.
    """

    units: tuple[int, ...]
    batch_norm: bool = False

    @property
    def n_layers(self) -> int:
        """Number of layers with weights (hidden layers and the output layer)."""
        return len(self.units) - 1

    def in_words(self) -> str:
        """Return the layers' sizes as a text.

        >>> Layout((4, 8, 3)).in_words()
        '4 inputs, hidden layers (8,), 3 outputs'
        """
        inputs, *hidden, outputs = self.units
        norm = ", batch normalization" if self.batch_norm else ""
        return f"{inputs} inputs, hidden layers {tuple(hidden)}, {outputs} outputs{norm}"

    @cached_property
    def blocks(self) -> tuple[tuple[int, int, int], ...]:
        """(offset, units out, units in + 1) of every layer's [W | b]."""
        offset, blocks = 0, []
        for fan_in, fan_out in pairwise(self.units):
            blocks.append((offset, fan_out, fan_in + 1))
            offset += fan_out * (fan_in + 1)
        return tuple(blocks)

    @cached_property
    def norm_blocks(self) -> tuple[tuple[int, int, int], ...]:
        """(offset, 2, units) of every hidden layer's scale and shift; empty without batch normalization."""
        offset, blocks = self.n_weights, []
        for units in self.units[1:-1] if self.batch_norm else ():
            blocks.append((offset, 2, units))
            offset += 2 * units
        return tuple(blocks)

    @cached_property
    def n_weights(self) -> int:
        """Number of weights and biases, batch normalization left out."""
        return sum(rows * columns for _, rows, columns in self.blocks)

    @cached_property
    def size(self) -> int:
        """Number of parameters."""
        return self.n_weights + sum(rows * columns for _, rows, columns in self.norm_blocks)

    def weights(self, flat: Array) -> list[Array]:
        """Return every layer's [W | b] as a view (S, out, in + 1) of a flat (S, P) array."""
        return [_view(flat, block) for block in self.blocks]

    def norms(self, flat: Array) -> list[Array]:
        """Return every hidden layer's scale and shift as a view (S, 2, units) of a flat (S, P) array."""
        return [_view(flat, block) for block in self.norm_blocks]

    def penalized(self, dtype: Any) -> Array:
        """Return a (P,) mask: 1 for weights, 0 for biases, scales and shifts, which no penalty pulls on."""
        mask = np.zeros((1, self.size), dtype)
        for block in self.weights(mask):
            block[:, :, :-1] = 1
        return np.asarray(mask[0])


def _view(flat: Array, block: tuple[int, int, int]) -> Array:
    offset, rows, columns = block
    return flat[:, offset : offset + rows * columns].reshape(len(flat), rows, columns)


def sizes_of(given: Any) -> tuple[int, ...]:
    """Return hidden_layer_sizes, one number or several, as whole numbers; SettingError where they are none."""
    sizes = [given] if isinstance(given, str) or not np.iterable(given) else list(given)
    if not all(isinstance(size, numbers.Integral) and not isinstance(size, bool | np.bool_) for size in sizes):
        raise SettingError(
            tr(
                "hidden_layer_sizes = {value} must be a whole number, or a list of whole numbers, like (64, 32).",
                value=repr(given),
            )
        )
    return tuple(int(size) for size in sizes)
