"""The error decomposed into bias, variance and noise, by training the same model on many training sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dldiag.core.statistics import TWO_SIDED
from dldiag.core.types import Array, Estimate

FEWEST_DRAWS = 3  # The spread between fewer training sets means nothing.


@dataclass(frozen=True)
class ErrorParts:
    """Bias, variance and noise of one model on one kind of training set; they add up to `total`.

    In shares of wrong rows, or squared errors (divided by the variance of the target where the caller did so). `noise`
    is None when the truth is unknown: then it is inside `bias`. Intervals hold 90%.
    """

    bias: Estimate
    variance: Estimate
    noise: float | None
    total: Estimate


def squared_parts(predictions: Array, truth: Array, noise: float | None = None, *, sampled: bool = False) -> ErrorParts:
    """Decompose the expected squared error of a regression.

    predictions: (draws, points) of models trained on independent training sets; truth: (points,) what they should have
    said; noise: variance of the target around the truth, None when `truth` is a noisy target itself. The parts are
    unbiased: the squared distance of the average prediction from the truth is freed of the variance left in that
    average. `sampled`: the points are a random sample of those that matter (not a grid over them).

    >>> parts = squared_parts(np.array([[1.0], [3.0], [2.0]]), np.array([2.0]), 0.5)
    >>> parts.variance.value, round(parts.total.value, 3)
    (1.0, 1.167)
    """

    def by_point(p: NDArray[Any]) -> Array:
        variance = p.var(axis=0, ddof=1)
        return np.stack([(p.mean(axis=0) - truth) ** 2 - variance / len(p), variance])

    return _parts(by_point, predictions, noise, sampled)


def zero_one_parts(
    predictions: NDArray[np.int64], posterior: Array, *, known: bool = True, sampled: bool = True
) -> ErrorParts:
    """Decompose the expected error rate of a classifier (Domingos 2000; the additive form of James 2003).

    predictions: (draws, points) class indices; posterior: (points, classes) true probabilities, or one-hot targets with
    `known` False. The main prediction is the class most draws vote for. Noise is the error of the best possible answer,
    bias what the main prediction loses beyond it, variance what single draws lose beyond the main prediction; variance
    may be negative where the main prediction is wrong.
    """
    classes = np.arange(posterior.shape[1])
    right = posterior.max(axis=1)

    def by_point(p: NDArray[Any]) -> Array:
        votes = (p[:, :, None] == classes).mean(axis=0)
        main = np.take_along_axis(posterior, votes.argmax(axis=1)[:, None], axis=1)[:, 0]
        return np.stack([right - main, main - (votes * posterior).sum(axis=1)])

    return _parts(by_point, predictions, float((1 - right).mean()) if known else None, sampled)


def _parts(
    by_point: Callable[[NDArray[Any]], Array], predictions: NDArray[Any], noise: float | None, sampled: bool
) -> ErrorParts:
    draws = len(predictions)
    if draws < FEWEST_DRAWS:
        raise ValueError(f"{draws} training sets are too few to see variance; at least {FEWEST_DRAWS} are needed")
    points = by_point(predictions)
    points = np.vstack([points, points.sum(axis=0)])
    left_out = np.stack([by_point(np.delete(predictions, i, axis=0)).mean(axis=1) for i in range(draws)])
    left_out = np.column_stack([left_out, left_out.sum(axis=1)])
    variance = (draws - 1) ** 2 / draws * left_out.var(axis=0, ddof=1)  # This is the jackknife's variance.
    if sampled:
        variance = variance + points.var(axis=1) / points.shape[1]
    half = stats.t.ppf(0.5 + TWO_SIDED / 2, draws - 1) * np.sqrt(variance)
    bias, spread, both = (_around(float(v), float(h)) for v, h in zip(points.mean(axis=1), half, strict=True))
    return ErrorParts(bias, spread, noise, _around(both.value + (noise or 0.0), both.high - both.value))


def _around(value: float, half: float) -> Estimate:
    return Estimate(value, value - half, value + half)
