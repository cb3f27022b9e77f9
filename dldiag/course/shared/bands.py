"""Means over seeds with their 90% intervals: of one number, and of a line drawn with a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dldiag.core.statistics import t_interval
from dldiag.core.types import Estimate


@dataclass(frozen=True)
class SeedBand:
    """The mean over seeds at each x with its 90% interval; NaN where a run diverged."""

    x: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def mean_over_seeds(values: ArrayLike) -> Estimate:
    """Return the mean of (S,) values with its interval; 0 with an interval without ends where a run diverged."""
    values = np.asarray(values, float)
    if not np.isfinite(values).all():
        return Estimate(0.0, -np.inf, np.inf)
    low, high = t_interval(values)
    return Estimate(float(np.mean(values)), low, high)


def ratio_over_seeds(logs: ArrayLike) -> Estimate:
    """Return the geometric mean of ratios, given their logarithms (S,), with its interval; 1 where a run diverged."""
    mean = mean_over_seeds(logs)
    return Estimate(float(np.exp(mean.value)), float(np.exp(mean.low)), float(np.exp(mean.high)))


def band(x: Sequence[float], values: ArrayLike) -> SeedBand:
    """Return the band of values (T, S) at x (T,)."""
    table = np.asarray(values, float)
    means = [float(row.mean()) for row in table]
    sides = [t_interval(row) if np.isfinite(row).all() else (np.nan, np.nan) for row in table]
    return SeedBand(
        tuple(map(float, x)), tuple(means), tuple(float(low) for low, _ in sides), tuple(float(up) for _, up in sides)
    )
