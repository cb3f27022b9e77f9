"""First cut: a weighted power law mixed with the last value, with a wide interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dldiag.language import Message
from dldiag.types import Answer, Estimate, Forecast, ForecastPoint

MULTIPLES = (2, 4, 10)
HALF_WIDTH = 0.08  # of the 90 % interval at 4× the rows, LCDB MLP curves
Floats = NDArray[np.float64]


def forecast(
    sizes: ArrayLike,
    dev_errors: ArrayLike,
    at: Sequence[int] | None = None,
    *,
    train_errors: ArrayLike | None = None,
    target_error: float | None = None,
    unit: str = "rate",
    seed: int = 0,
) -> Forecast:
    """Forecast the dev error at more training rows, with 90 % intervals."""
    n, e = _mean_curve(sizes, dev_errors)
    if len(n) < 3:
        return Forecast(
            abstains=Message("The learning curve has {sizes} sizes; a forecast needs at least 3.", {"sizes": len(n)})
        )
    rows = [int(r) for r in at] if at is not None else [int(m * n[-1]) for m in MULTIPLES]
    points = tuple(_point(n, e, r) for r in rows)
    target = None
    if target_error is not None:
        grid = np.unique(np.geomspace(n[0], 100 * n[-1], 200).astype(int))
        below = [r for r in grid if _point(n, e, int(r)).value <= target_error]
        if below:
            target = Estimate(float(below[0]), float(n[0]), float(max(100 * n[-1], below[0])))
    return Forecast(points, None, target)


def more_data_helps(
    sizes: ArrayLike,
    dev_errors: ArrayLike,
    *,
    factor: float = 4,
    delta: float = 0.01,
    train_errors: ArrayLike | None = None,
) -> tuple[float, Answer]:
    """Return the probability that `factor`× the rows cut the error by `delta` or more, and the answer."""
    n, e = _mean_curve(sizes, dev_errors)
    if len(n) < 3:
        return math.nan, "unknown"
    drop = float(e[-1] - _point(n, e, int(factor * n[-1])).value)
    probability = 1 / (1 + math.exp(-(drop - delta) / 0.015))
    answer: Answer = "yes" if probability >= 0.8 else "no" if probability <= 0.2 else "undecided"
    return probability, answer


def _mean_curve(sizes: ArrayLike, dev_errors: ArrayLike) -> tuple[Floats, Floats]:
    n = np.asarray(sizes, float)
    e = np.asarray(dev_errors, float).reshape(len(n), -1)
    known = np.isfinite(e).any(axis=1)
    return n[known], np.nanmean(e[known], axis=1)


def _point(n: Floats, e: Floats, rows: int) -> ForecastPoint:
    best, value = math.inf, float(e[-1])
    for c in np.geomspace(0.05, 2, 20):
        x = np.stack([np.ones_like(n), (n / n[-1]) ** -c], axis=1) * n[:, None] ** 0.25
        a, b = np.linalg.lstsq(x, e * n**0.25, rcond=None)[0]
        a, b = max(a, 0.0), max(b, 0.0)
        loss = float(np.sum(n**0.5 * (a + b * (n / n[-1]) ** -c - e) ** 2))
        if loss < best:
            best, value = loss, float(a + b * (rows / n[-1]) ** -c)
    mixed = (value + float(e[-1])) / 2
    half = HALF_WIDTH * max(math.log(max(rows / n[-1], 1.0), 4), 0.25)
    return ForecastPoint(rows, mixed, max(mixed - half, 0.0), mixed + half)
