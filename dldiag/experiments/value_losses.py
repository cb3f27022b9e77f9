"""Losses of a numeric target, each with every row's influence on it."""

from __future__ import annotations

import numpy as np

from dldiag.experiments.class_losses import LossAndInfluence
from dldiag.experiments.judged import Judged, Values

_TINY = 1e-12  # Keeps a quotient finite where the divisor is 0.


def rmse(judged: Judged) -> LossAndInfluence:
    """Return the root mean square error; to first order each row moves it by e² / (2·RMSE)."""
    squares = np.square(judged.scaled_error)
    error = float(np.sqrt(squares.mean()))
    return error, squares / (2 * max(error, _TINY))


def mae(judged: Judged) -> LossAndInfluence:
    """Return the mean absolute error."""
    losses = np.abs(judged.scaled_error)
    return float(losses.mean()), losses


def r2(judged: Judged) -> LossAndInfluence:
    """Return 1 − R²: the mean square error over the variance of the rows' own target values."""
    squares = np.square(judged.scaled_error)
    spread = np.square((judged.y - judged.y.mean()) / judged.spread)
    whole = max(float(spread.mean()), _TINY)
    value = float(squares.mean()) / whole
    return value, value + (squares - value * spread) / whole


def median_ae(judged: Judged) -> LossAndInfluence:
    """Return the median absolute error; rows below and above it pull by 1 / (2·density there)."""
    losses = np.abs(judged.scaled_error)
    value = float(np.median(losses))
    side = np.sign(losses - value)
    return value, value + side / (2 * max(_density_at_median(losses), _TINY))


def _density_at_median(values: Values) -> float:
    """Return the density at the median, from the spacing of quantiles around it (bandwidth n^(−1/5), at most 0.25)."""
    half = min(0.25, 0.5 * len(values) ** -0.2)
    low, high = np.quantile(values, [0.5 - half, 0.5 + half])
    return float(2 * half / max(float(high - low), _TINY))


def pinball(judged: Judged) -> LossAndInfluence:
    """Return the mean pinball loss at the quantile: what lies above the prediction counts by it, the rest by 1 − it."""
    above = -judged.scaled_error
    losses = np.maximum(judged.level * above, (judged.level - 1) * above)
    return float(losses.mean()), losses


def rmsle(judged: Judged) -> LossAndInfluence:
    """Return the root mean square error of log(1 + value); predictions below 0 count as 0."""
    squares = np.square(np.log1p(np.maximum(judged.predicted, 0.0)) - np.log1p(judged.y))
    error = float(np.sqrt(squares.mean()))
    return error, squares / (2 * max(error, _TINY))
