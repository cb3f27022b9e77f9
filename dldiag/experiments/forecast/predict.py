"""The forecast: dev error at more rows, rows for a target error, and whether more data help; or why none is given."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from dldiag.core.i18n import Message
from dldiag.core.settings import Settings
from dldiag.core.statistics import Z_TWO_SIDED
from dldiag.core.types import Answer, Estimate, Floats, Forecast, ForecastPoint
from dldiag.experiments.forecast.curve import Curve, check_errors, read_curve, rises
from dldiag.experiments.forecast.outlook import Outlook, look_ahead

MULTIPLES = (2, 4, 10)  # Multiples of the largest size that are forecast by default.
LOW, HIGH = 0.05, 0.95  # Quantiles of the two-sided 90% interval.
CAREFUL = (0.1, 0.9)  # Quantiles of the one-sided 90% bounds.
SURE = 0.8  # From this probability on more data "help", up to 1 − SURE they "do not" (rule V1c).
LEAST_SIZES = 4
_LEAST_ROWS = 32  # Below this many rows published curves rise as often as they fall.
LEAST_SPAN = 4.0  # The largest size must be this many times the smallest.
_FARTHEST = 100.0  # Times the largest size; no number of rows beyond it is forecast.
# The largest possible error, by unit; a score's is 1 − the score, which of R² may be beyond 1.
HIGHEST = {"rate": 1.0, "sd": math.inf, "score": math.inf, "loss": math.inf, "cost": math.inf}


def forecast(
    sizes: ArrayLike,
    dev_errors: ArrayLike,
    at: Sequence[int] | int | None = None,
    *,
    train_errors: ArrayLike | None = None,
    target_error: float | None = None,
    unit: str = "rate",
    seed: int = 0,
) -> Forecast:
    """Forecast the dev error at more training rows, with 90% intervals.

    sizes: (k,) rows, where one that comes twice is a repeat; dev_errors, train_errors: (k,) or (k, repeats), NaN where
    unknown; at: numbers of rows, not below the smallest size (2, 4 and 10 times the largest when None). Errors are in the
    unit of the curve; `target_error` adds the rows that reach it, None where that is not foreseen within 100 times the
    rows. On a curve that cannot be extrapolated there are no points and `abstains` says why. unit: "rate" (share of wrong
    rows), "sd" (RMSE / std(y)), or "score", "loss" and "cost" for what other metrics leave. Nothing is drawn at random: `seed` is accepted so that every step of a diagnosis takes
    one. Raises ValueError when shapes disagree, a size is not above 0, a number of rows is below all sizes, an error or the
    target error cannot be one, or the unit is another.

    >>> points = forecast([100, 200, 400, 800], [0.30, 0.24, 0.20, 0.17])
    >>> all(p.low < p.value < p.high for p in points), points[-1].rows
    (True, 8000)
    """
    if unit not in HIGHEST:
        raise ValueError(f"the unit is one of {', '.join(HIGHEST)}, not {unit!r}")
    highest = HIGHEST[unit]
    if target_error is not None:
        _check_target(target_error, highest)
    curve = read_curve(sizes, dev_errors, train_errors, highest)
    reason = why_not(curve)
    if reason is not None:
        return Forecast(abstains=reason)
    ahead = look_ahead(curve)
    rows = [round(m * curve.rows) for m in MULTIPLES] if at is None else [_positive(r) for r in np.atleast_1d(at)]
    points = tuple(_point(curve, ahead, r, highest) for r in rows)
    target = None if target_error is None else _rows_for(curve, ahead, target_error)
    return Forecast(points, rows_for_target=target)


def more_data_helps(
    sizes: ArrayLike,
    dev_errors: ArrayLike,
    *,
    factor: float = 4,
    delta: float = Settings.material,
    train_errors: ArrayLike | None = None,
) -> tuple[float, Answer]:
    """Return the probability that `factor` × the rows cut the error by at least `delta`, and what it implies.

    "yes" from a probability of 0.8, "no" up to 0.2, else "undecided"; (NaN, "unknown") where the forecast abstains.
    """
    curve = read_curve(sizes, dev_errors, train_errors)
    if why_not(curve) is not None:
        return math.nan, "unknown"
    probability = gain_probability(look_ahead(curve), factor, delta)
    if probability >= SURE:
        return probability, "yes"
    return probability, "no" if probability <= 1 - SURE else "undecided"


def expected_gain(
    sizes: ArrayLike, dev_errors: ArrayLike, *, factor: float = 4, train_errors: ArrayLike | None = None
) -> Estimate | None:
    """Estimate by how much `factor` × the rows lower the error, by no more than all of it; None where the forecast abstains."""
    curve = read_curve(sizes, dev_errors, train_errors)
    if why_not(curve) is not None:
        return None
    ahead = look_ahead(curve)
    drop, _, gains = ahead.at(max(factor, 1.0))
    drop, gains = min(drop, curve.last), np.minimum(gains, _error_now(curve, ahead.levels))
    low, careful, bold, high = np.interp([LOW, *CAREFUL, HIGH], ahead.levels, gains)
    return Estimate(drop, min(low, drop), max(high, drop), min(careful, drop), max(bold, drop))


def _error_now(curve: Curve, levels: Floats) -> Floats:
    """Return the quantiles of the true error at the last size: what more rows can take away at most."""
    return np.maximum(curve.last + curve.noise * ndtri(levels), 0.0)


def gain_probability(ahead: Outlook, factor: float, delta: float) -> float:
    """Return the probability that the expected error falls by at least delta at `factor` × the rows."""
    gains = ahead.at(max(factor, 1.0))[2]
    return float(1 - np.interp(delta, gains, ahead.levels, left=ahead.levels[0] / 2, right=1 - ahead.levels[0] / 2))


def why_not(curve: Curve) -> Message | None:
    """Return the reason why this curve cannot be extrapolated, or None when it can."""
    n_sizes = len(curve.sizes)
    if n_sizes < LEAST_SIZES:
        return Message(
            "The error is known at {known} numbers of training rows; a forecast needs {least} or more.",
            {"known": n_sizes, "least": LEAST_SIZES},
        )
    if curve.rows < _LEAST_ROWS:
        return Message(
            "The learning curve ends at {rows:,} training rows; a forecast needs {least} or more.",
            {"rows": round(curve.rows), "least": _LEAST_ROWS},
        )
    if curve.rows < LEAST_SPAN * curve.sizes[0]:
        return Message(
            "The largest training set is {span:.1f} times the smallest; a forecast needs {least:.0f} times or more.",
            {"span": float(curve.rows / curve.sizes[0]), "least": LEAST_SPAN},
        )
    return _REASONS.get(rises(curve) or "")


_REASONS = {
    "now": Message(
        "The dev error at the largest number of training rows is above what fewer rows gave, beyond the noise. Such "
        "curves do not tell what more rows would do; more repeats would show whether the rise is real."
    ),
    "before": Message(
        "The dev error goes up and down again with more training rows, beyond the noise. Such curves do not tell what"
        " more rows would do. Scaled inputs or another step size often make them fall evenly."
    ),
}


def _check_target(target_error: float, highest: float) -> None:
    if math.isnan(target_error):
        raise ValueError("the target error must be a number, or None")
    check_errors(np.array([target_error], dtype=float), highest)


def _positive(rows: float) -> int:
    if not 1 <= rows < math.inf:
        raise ValueError(f"a number of rows must be above 0, not {rows}")
    return int(rows)


def _point(curve: Curve, ahead: Outlook, rows: int, highest: float) -> ForecastPoint:
    if rows < curve.rows:
        return _interpolated(curve, rows, highest)
    drop, quantiles, _ = ahead.at(rows / curve.rows)
    ends = np.clip(curve.last - np.interp([HIGH, LOW], ahead.levels, quantiles), 0.0, highest)
    value = float(np.clip(curve.last - drop, *ends))
    return ForecastPoint(rows, value, float(ends[0]), float(ends[1]))


def _interpolated(curve: Curve, rows: int, highest: float) -> ForecastPoint:
    """Return the error between sizes of the curve, with its noise."""
    if rows < curve.sizes[0]:
        raise ValueError(f"the curve begins at {curve.sizes[0]:g} rows and says nothing about {rows}")
    value = float(np.interp(np.log(rows), np.log(curve.sizes), curve.dev))
    away = Z_TWO_SIDED * curve.noise
    return ForecastPoint(rows, value, max(value - away, 0.0), min(value + away, highest))


def _rows_for(curve: Curve, ahead: Outlook, target: float) -> Estimate | None:
    """Return the rows that reach a target error; None when that is not foreseen within _FARTHEST × the rows."""
    factors = np.geomspace(1.0, _FARTHEST, 200)
    errors = np.array([_error_levels(curve, ahead, factor) for factor in factors])
    rows = [_first_below(curve, factors, column, target) for column in errors.T]
    value, soonest, soon, late, latest = rows
    if math.isinf(value):
        return None
    farthest = _FARTHEST * curve.rows
    return Estimate(
        value,
        min(soonest, value),
        min(max(latest, value), farthest),
        at_least=min(soon, value),
        at_most=min(max(late, value), farthest),
        source=Message("read off the forecast of the learning curve; no number of rows beyond 100 times is named"),
    )


def _error_levels(curve: Curve, ahead: Outlook, factor: float) -> Floats:
    drop, quantiles, _ = ahead.at(factor)
    levels = [HIGH, CAREFUL[1], CAREFUL[0], LOW]
    return curve.last - np.array([drop, *np.interp(levels, ahead.levels, quantiles)])


def _first_below(curve: Curve, factors: Floats, errors: Floats, target: float) -> float:
    """Return the fewest rows with an error at or below the target, as seen or else ahead; infinity if none."""
    at_or_below = np.flatnonzero(curve.dev <= target)
    if curve.last <= target and len(at_or_below):
        return float(curve.sizes[at_or_below[0]])
    ahead_below = np.flatnonzero(errors <= target)
    return float(np.ceil(factors[ahead_below[0]] * curve.rows)) if len(ahead_below) else math.inf
