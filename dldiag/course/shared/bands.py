"""Many seeds drawn as one line with a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dldiag.core.statistics import t_interval


@dataclass(frozen=True)
class SeedBand:
    """The mean over seeds at each x with its 90% interval; NaN where a run diverged."""

    x: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def band(x: Sequence[float], values: Any) -> SeedBand:
    """Return the band of values (T, S) at x (T,)."""
    table = np.asarray(values, float)
    means = [float(row.mean()) for row in table]
    sides = [t_interval(row) if np.isfinite(row).all() else (np.nan, np.nan) for row in table]
    return SeedBand(
        tuple(map(float, x)), tuple(means), tuple(float(low) for low, _ in sides), tuple(float(up) for _, up in sides)
    )
