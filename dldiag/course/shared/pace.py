"""How long two activations take: timed in turns, so that a busy machine slows both, with an interval over the turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import binom

from dldiag.core.types import Array, Estimate
from dldiag.course.shared.instrumented import Recipe, record_run
from dldiag.course.shared.prepared import Prepared
from dldiag.nn.activations import ACTIVATIONS

FASTER = 1.1  # Times the seconds; a smaller difference does not change how long one waits.
_TURNS = 11  # Pairs of timings; an odd number has a middle one.
_STEPS = 8  # Training steps in one timing.
_LOOPS = 20  # Evaluations of the derivative in one timing.
_LEVEL = 0.9  # Confidence of the interval.


@dataclass(frozen=True)
class Pace:
    """Seconds of the first and the second, medians over turns; ratio: first over second with its 90% interval."""

    first: float
    second: float
    ratio: Estimate

    @property
    def verdict(self) -> str:
        """Which of the two is clearly faster: first, second, or "" where the interval holds no difference."""
        return "second" if self.ratio.low > FASTER else "first" if self.ratio.high < 1 / FASTER else ""


def pace_of(first: Sequence[float], second: Sequence[float]) -> Pace:
    """Compare timings taken in turns, pair by pair; the interval is that of a median, whatever the outliers.

    >>> pace_of([2.0, 2.0, 2.0, 9.0, 2.0], [1.0, 1.0, 1.0, 1.0, 1.0]).ratio.value
    2.0
    """
    ratios = np.sort(np.divide(first, second))
    below = int(binom.ppf((1 - _LEVEL) / 2, len(ratios), 0.5))
    below = max(0, below - 1) if binom.cdf(below, len(ratios), 0.5) > (1 - _LEVEL) / 2 else below
    low, high = float(ratios[below]), float(ratios[-1 - below])
    return Pace(float(np.median(first)), float(np.median(second)), Estimate(float(np.median(ratios)), low, high))


def pace_of_steps(data: Prepared, first: Recipe, second: Recipe, seed: int = 0) -> Pace:
    """Time a training step of one network of either recipe, at its first learning rate."""

    def seconds(recipe: Recipe) -> float:
        one = replace(recipe, rates=recipe.rates[:1], measured=())
        return record_run(data, one, seeds=1, steps=_STEPS, checkpoints=1, seed=seed).seconds_per_step

    return _in_turns(lambda: seconds(first), lambda: seconds(second))


def pace_of_derivatives(first: str, second: str, rows: int, units: int, seed: int = 0) -> Pace:
    """Time the derivatives of two activations for one layer: z (rows, units), a gradient multiplied by g′(z)."""
    z = np.random.default_rng(seed).normal(size=(1, rows, units)).astype(np.float32)
    return _in_turns(lambda: _seconds_of_derivative(first, z), lambda: _seconds_of_derivative(second, z))


def _seconds_of_derivative(name: str, z: Array) -> float:
    row = ACTIVATIONS[name]
    a, delta, scratch = np.empty_like(z), np.ones_like(z), np.empty_like(z)
    row.forward(z, a, row.default_slope or 0.0)
    since = time.perf_counter()
    for _ in range(_LOOPS):
        row.backward(delta, z, a, scratch, row.default_slope or 0.0)
    return (time.perf_counter() - since) / _LOOPS


def _in_turns(first: Callable[[], float], second: Callable[[], float]) -> Pace:
    """Time both in turns, in alternating order; the first turn only warms up and is not counted."""
    first()  # The first run of anything is slow.
    second()
    pairs = []
    for turn in range(_TURNS):
        if turn % 2:
            later = second()
            pairs.append((first(), later))
        else:
            pairs.append((first(), second()))
    return pace_of(*zip(*pairs, strict=True))
