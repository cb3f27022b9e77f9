"""Batch normalization: forward and backward on stacks, running averages, and folding it into the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dldiag.core.types import Array
from dldiag.nn.layout import Layout

EPSILON = 1e-5  # Added to the variance; PyTorch and the paper use this order of size.
MEMORY = 0.9  # One batch leaves this share of the running average.


@dataclass(eq=False)
class Normalized:
    """What one layer's forward pass stores for its backward pass: Ẑ (S, units, n) and 1/σ (S, units, 1)."""

    z: Array
    inverse_spread: Array

    @classmethod
    def build(cls, n_members: int, units: int, n_rows: int, dtype: Any) -> Normalized:
        """Allocate for one layer."""
        return cls(np.empty((n_members, units, n_rows), dtype), np.empty((n_members, units, 1), dtype))


def normalize(z: Array, scale_shift: Array, running: Array, left: Normalized) -> None:
    """Replace Z (S, units, n) by γẐ + β, Ẑ = (Z − mean) / sqrt(var + ε) over the rows of each unit.

    scale_shift and running are (S, 2, units): γ and β; running mean and variance, which are updated with the
    batch's (the variance unbiased, as in PyTorch). Ioffe & Szegedy 2015.
    """
    n_rows = z.shape[2]
    mean = z.mean(axis=2, keepdims=True)
    z -= mean
    np.multiply(z, z, out=left.z)
    variance = left.z.mean(axis=2, keepdims=True)
    running *= MEMORY
    running[:, 0] += (1 - MEMORY) * mean[:, :, 0]
    running[:, 1] += (1 - MEMORY) * n_rows / max(1, n_rows - 1) * variance[:, :, 0]
    np.divide(1, np.sqrt(variance + EPSILON), out=left.inverse_spread)
    np.multiply(z, left.inverse_spread, out=left.z)
    np.multiply(left.z, scale_shift[:, 0, :, None], out=z)
    z += scale_shift[:, 1, :, None]


def normalize_back(delta: Array, scale_shift: Array, gradient: Array, left: Normalized, scratch: Array) -> None:
    """Turn dL/d(γẐ + β) into dL/dZ in place and write the gradients of γ and β into gradient (S, 2, units)."""
    np.multiply(delta, left.z, out=scratch)
    np.add.reduce(scratch, axis=2, out=gradient[:, 0])
    np.add.reduce(delta, axis=2, out=gradient[:, 1])
    n_rows = delta.shape[2]
    np.multiply(left.z, gradient[:, 0, :, None] / n_rows, out=scratch)
    delta -= gradient[:, 1, :, None] / n_rows
    delta -= scratch
    delta *= scale_shift[:, 0, :, None] * left.inverse_spread


def fold(layout: Layout, flat: Array, running: list[Array]) -> Array:
    """Return parameters (S, P') of the network without batch normalization that computes the same after training.

    With the running averages fixed, γ(WA + b − mean)/σ + β is another W and b.
    """
    plain = Layout(layout.units)
    folded = flat[:, : plain.size].copy()
    for block, norm, average in zip(plain.weights(folded), layout.norms(flat), running, strict=False):
        factor = norm[:, 0] / np.sqrt(average[:, 1] + EPSILON)
        bias = (block[:, :, -1] - average[:, 0]) * factor + norm[:, 1]
        np.multiply(block, factor[:, :, None], out=block)
        block[:, :, -1] = bias
    return folded


def first_running(layout: Layout, n_members: int, dtype: Any) -> list[Array]:
    """Return the running averages before training: mean 0, variance 1, per hidden layer (S, 2, units)."""
    averages = []
    for _, _, units in layout.norm_blocks:
        average = np.zeros((n_members, 2, units), dtype)
        average[:, 1] = 1
        averages.append(average)
    return averages
