"""Which rows are kept when a table has more than the limits allow: a random draw, told with its seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dldiag.data.reading.limits import Limits
from dldiag.types import ReadPlan


def sampled_by(plan: ReadPlan, limits: Limits) -> Limits:
    """Return the limits with no more rows than the plan keeps."""
    return limits if plan.max_rows is None else replace(limits, max_rows=min(limits.max_rows, plan.max_rows))


def most_rows(columns: int, limits: Limits) -> int:
    """Return how many rows of this many columns are kept."""
    return max(1, min(limits.max_rows, limits.max_cells // max(1, columns)))


def drawn_rows(rows: int, most: int, seed: int) -> NDArray[np.int64] | None:
    """Return the sorted indices of the rows that are kept; None when all are."""
    if rows <= most:
        return None
    return np.sort(np.random.default_rng(seed).choice(rows, size=most, replace=False))
