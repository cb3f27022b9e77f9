"""The points of a learning curve: means over repeats with their intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dldiag.core.statistics import t_interval
from dldiag.core.types import Estimate, LearningCurve


@dataclass(frozen=True)
class Point:
    """Training and dev error at one number of rows; None where no repeat is known yet."""

    rows: int
    train: Estimate | None
    dev: Estimate | None
    repeats: int


def points(curve: LearningCurve) -> Iterator[Point]:
    """Yield one point per size: the mean over repeats with its interval; NaN is left out.

    The interval is the curve's own, from rows and repeats together; that of the repeats alone where it has none.
    """
    train = curve.train_estimates or tuple(_mean(row) for row in curve.train_errors)
    dev = curve.dev_estimates or tuple(_mean(row) for row in curve.dev_errors)
    for i, rows in enumerate(curve.sizes):
        yield Point(int(rows), train[i], dev[i], int(np.isfinite(curve.dev_errors[i]).sum()))


def _mean(errors: NDArray[np.float64]) -> Estimate | None:
    known = errors[np.isfinite(errors)]
    if known.size == 0:
        return None
    mean = float(known.mean())
    low, high = t_interval(known)
    return Estimate(mean, min(mean, max(low, 0.0)), max(mean, high))
