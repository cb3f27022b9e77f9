"""One network of a stack: its data, its own settings, where it starts, and what has become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.nn.health import Health

Array = NDArray[Any]


@dataclass(eq=False)
class Member:
    """One network.

    X: (n, d); y: (n,) class numbers or (n, K); weights: (n,) or None; flat: (P,) parameters. `score(outputs)` judges
    outputs (K, n) on X_validation, higher is better; `dev` is (X, error of outputs) and only watched.
    """

    X: Array
    y: Array
    flat: Array
    rng: np.random.RandomState
    weights: Array | None = None
    rate: float = 0.001
    alpha: float = 0.0001
    l1: float = 0.0
    dropout: float = 0.0
    slope: float = 0.0
    clip_norm: float = np.inf
    tol: float = 1e-4
    patience: float = 10
    max_epochs: int = 200
    X_validation: Array | None = None
    score: Callable[[Array], float] | None = None
    dev: tuple[Array, Callable[[Array], float]] | None = None
    best_loss: float = np.inf
    best_score: float = -np.inf
    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    state: list[Array] | None = None  # of the optimizer, one (P,) array per slot
    running: list[Array] | None = None  # of batch normalization, (2, units) per hidden layer
    updates: int = 0
    rows_seen: int = 0
    stalled: int = 0
    plateaus: int = 0
    epochs: int = 0
    best_epoch: int = 0
    best: tuple[Array, list[Array]] | None = None  # flat and running averages of the best validation score
    stopped_by: str = "epochs"
    health: Health | None = None

    @property
    def diverged(self) -> bool:
        """Whether training ended because the loss was no longer a number."""
        return self.stopped_by == "divergence"

    @cached_property
    def _dropout_generator(self) -> np.random.BitGenerator:
        return np.random.SFC64(int(self.rng.randint(2**31)) if self.dropout else 0)

    def dropout_bits(self, count: int) -> Array:
        """Draw `count` random numbers of 16 bits from a generator that only dropout uses."""
        raw: Any = self._dropout_generator.random_raw(-(-count // 4))
        return np.asarray(raw.view(np.uint16)[:count])
