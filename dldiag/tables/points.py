"""The points of a learning curve: means over repeats with their intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dldiag.intervals import t_interval
from dldiag.types import Estimate, LearningCurve


@dataclass(frozen=True)
class Point:
    """Training and dev error at one number of rows; None where no repeat is known yet."""

    rows: int
    train: Estimate | None
    dev: Estimate | None
    repeats: int


def points(curve: LearningCurve) -> Iterator[Point]:
    """Yield one point per size: the mean over repeats and its 90 % t interval; NaN is left out."""
    for rows, train, dev in zip(curve.sizes, curve.train_errors, curve.dev_errors, strict=True):
        yield Point(int(rows), _mean(train), _mean(dev), int(np.isfinite(dev).sum()))


def _mean(errors: NDArray[np.float64]) -> Estimate | None:
    known = errors[np.isfinite(errors)]
    if known.size == 0:
        return None
    mean = float(known.mean())
    low, high = t_interval(known)
    return Estimate(mean, min(mean, max(low, 0.0)), max(mean, high))
