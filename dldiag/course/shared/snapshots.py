"""Snapshots of small networks while they train, one network per pool of rows, and what their weights predict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dldiag.core.types import Array
from dldiag.course.shared.instrumented import OnStep, Recipe, draw_members, observe_training
from dldiag.course.shared.prepared import Prepared
from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.observe import Observation

Layers = list[tuple[Array, Array]]  # Has W (in, out) and b (out,) for each layer.


def train_recorded(
    data: Prepared,
    recipe: Recipe,
    pools: Array,
    *,
    steps: int = 300,
    seed: int = 0,
    on_step: OnStep = None,
) -> list[Layers]:
    """Train one network on each pool of rows and return their layers; pools: (S, rows) row numbers of the data."""
    return train_snapshots(data, recipe, pools, moments=(steps,), seed=seed, on_step=on_step)[-1]


def train_snapshots(
    data: Prepared,
    recipe: Recipe,
    pools: Array,
    *,
    moments: Sequence[int],
    seed: int = 0,
    on_step: OnStep = None,
) -> list[list[Layers]]:
    """Train one network on each pool of rows and return all their layers before each of these steps, smallest first."""
    members, plan = draw_members(data, recipe, list(pools), seed)
    snapshots: list[list[Layers]] = []

    def observe(observation: Observation) -> None:
        if observation.step in moments:
            before = snapshots[-1] if snapshots else [[] for _ in members]
            snapshots.append(_layers_of(observation, before))

    observe_training(members, plan, moments[-1], [observe], on_step)
    return snapshots + [snapshots[-1]] * (len(moments) - len(snapshots))


def _layers_of(observation: Observation, before: list[Layers]) -> list[Layers]:
    """Return every member's layers; those that diverged keep their last ones."""
    layers = list(before)
    for place, number in enumerate(observation.members):
        layers[number] = [
            (np.array(block[place, :, :-1].T), np.array(block[place, :, -1])) for block in observation.weights
        ]
    return layers


def layer_outputs(layers: Layers, X: Array, activation: str) -> Array:
    """Return Z of the output layer (n, K) in float64; X is (n, d)."""
    A = np.asarray(X, np.float64)
    for number, (W, b) in enumerate(layers):
        A = A @ W + b
        if number < len(layers) - 1:
            A = ACTIVATIONS[activation].value(A)
    return np.asarray(A)
