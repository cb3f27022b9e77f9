"""Where one learner overtakes another, and whether learners differ on few rows: read off paired learning curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dldiag.core.settings import Settings
from dldiag.core.statistics import delta_of
from dldiag.core.types import Answer, Array, Estimate, LearningCurve

Crossed = Literal["crosses", "not_in_sight", "undecided"]

_RESAMPLES = 1000
# This share of the resamples must agree before a crossover, or its absence, is stated.
_SURE = 0.90
_LEVEL = 0.90  # Confidence of the interval of a crossover size.


@dataclass(frozen=True)
class Crossover:
    """Whether `second` overtakes `first`, which is ahead on few rows.

    size: the rows where the mean errors are equal, with a 90% interval over resampled repeats; None without one.
    share: of the resamples in which `second` overtakes within the measured sizes. gap: mean error of `first` minus
    mean error of `second` at the largest size (positive: `second` is ahead there).
    """

    first: str
    second: str
    verdict: Crossed
    size: Estimate | None
    share: float
    gap: float


def crossover(a: LearningCurve, b: LearningCurve, *, rho: float = 0.0, seed: int = 0) -> Crossover:
    """Find where one of two curves on the same nested subsets overtakes the other.

    Repeats are resampled (paired). Their spread is widened to the corrected resampled variance of Nadeau & Bengio
    2003, (1/J + rho)·s², because repeats overlap; rho: dev rows / training rows.
    """
    sizes = _shared_sizes(a, b)
    lead = _at(a, sizes) - _at(b, sizes)  # Has shape (k, J) and is positive where b is ahead.
    first, second = (a, b) if lead[0].mean() <= 0 else (b, a)
    lead = lead if first is a else -lead
    crossings = _crossings(np.log(sizes), _resampled(lead, rho, seed))
    share = float(np.isfinite(crossings).mean())
    verdict: Crossed = "crosses" if share >= _SURE else "not_in_sight" if share <= 1 - _SURE else "undecided"
    value = float(_crossings(np.log(sizes), lead.mean(axis=1)[None])[0])
    return Crossover(_name(first), _name(second), verdict, _interval(value, crossings), share, float(lead[-1].mean()))


def _name(curve: LearningCurve) -> str:
    return curve.model


def _shared_sizes(a: LearningCurve, b: LearningCurve) -> NDArray[np.int64]:
    sizes = np.intersect1d(a.sizes, b.sizes)
    complete = [n for n in sizes if np.isfinite(_at(a, [n])).all() and np.isfinite(_at(b, [n])).all()]
    if len(complete) < 2:
        raise ValueError("a crossover needs two sizes at which both curves are complete")
    return np.asarray(complete)


def _at(curve: LearningCurve, sizes: Sequence[int] | NDArray[np.int64]) -> Array:
    return np.asarray(curve.dev_errors[np.isin(curve.sizes, sizes)], dtype=np.float64)


def _resampled(lead: Array, rho: float, seed: int) -> Array:
    """Return (_RESAMPLES, k) means over resampled repeats, widened to the corrected resampled variance."""
    repeats = lead.shape[1]
    draws = np.random.default_rng(seed).integers(0, repeats, (_RESAMPLES, repeats))
    means = np.asarray(lead[:, draws].mean(axis=2).T, dtype=np.float64)
    if repeats < 2:
        return means
    widen = np.sqrt((1 / repeats + rho) / ((repeats - 1) / repeats**2))
    center = lead.mean(axis=1)
    return np.asarray(center + widen * (means - center))


def _crossings(log_sizes: Array, lead: Array) -> Array:
    """Return exp(log size) of the last change from ≤ 0 to > 0 in each row of `lead`; NaN where it does not end > 0."""
    crossings = np.full(len(lead), np.nan)
    for row, values in enumerate(lead):
        below = np.flatnonzero(values <= 0)
        if values[-1] <= 0 or len(below) == 0:
            continue
        i = below[-1]
        share = -values[i] / (values[i + 1] - values[i])
        crossings[row] = np.exp(log_sizes[i] + share * (log_sizes[i + 1] - log_sizes[i]))
    return crossings


def _interval(value: float, found: Array) -> Estimate | None:
    known = found[np.isfinite(found)]
    if not np.isfinite(value) or len(known) == 0:
        return None
    low, high = np.quantile(known, [0.5 - _LEVEL / 2, 0.5 + _LEVEL / 2])
    return Estimate(value, min(float(low), value), max(float(high), value))


def crossovers(curves: Sequence[LearningCurve], *, rho: float = 0.0, seed: int = 0) -> tuple[Crossover, ...]:
    """Return the crossover of every pair of curves, the most certain first."""
    pairs = [crossover(a, b, rho=rho, seed=seed) for a, b in combinations(curves, 2)]
    return tuple(sorted(pairs, key=lambda one: -one.share))


# --- do learners differ on few rows? ------------------------------------------------------------------------------


@dataclass(frozen=True)
class SmallSizes:
    """The claim "on few rows learners hardly differ", tested at one size.

    holds: yes when every pair differs by less than `material` with 90% confidence, no when one differs by more. spread: mean
    error of `worst` minus that of `best`, with an interval at 90% for all pairs together: the pair with the
    clearest difference when the claim is false, else the two ends.
    """

    rows: int
    best: str
    worst: str
    spread: Estimate
    material: float
    holds: Answer


def learners_differ_at(
    curves: Sequence[LearningCurve], rows: int, *, material: float = Settings.material, rho: float = 0.0
) -> SmallSizes:
    """Test at one size whether learners differ by more than a material difference.

    `material` is in the error unit; 10% of the best error is used when that is more. Intervals are paired over
    repeats, corrected for their overlap, and Bonferroni-corrected for the number of pairs. Raises ValueError when no
    two curves are complete at this size.
    """
    errors = {curve.model: _at(curve, [rows])[0] for curve in curves if rows in curve.sizes}
    errors = {name: values for name, values in errors.items() if np.isfinite(values).all()}
    if len(errors) < 2:
        raise ValueError(f"fewer than two curves are complete at {rows} rows")
    order = sorted(errors, key=lambda name: float(errors[name].mean()))
    material = delta_of(float(errors[order[0]].mean()), material)
    pairs = list(combinations(order, 2))
    intervals = [_paired(errors[worse] - errors[better], rho, len(pairs)) for better, worse in pairs]
    holds: Answer = "undecided"
    if any(interval.low > material for interval in intervals):
        holds = "no"
    elif all(interval.high < material and interval.low > -material for interval in intervals):
        holds = "yes"
    shown = max(range(len(pairs)), key=lambda i: intervals[i].low if holds == "no" else intervals[i].value)
    return SmallSizes(int(rows), *pairs[shown], intervals[shown], material, holds)


def _paired(difference: Array, rho: float, pairs: int) -> Estimate:
    value, repeats = float(difference.mean()), len(difference)
    if repeats < 2:
        return Estimate(value, -np.inf, np.inf)
    level = 1 - (1 - _LEVEL) / pairs
    half = stats.t.ppf(0.5 + level / 2, repeats - 1) * np.sqrt((1 / repeats + rho) * difference.var(ddof=1))
    return Estimate(value, value - float(half), value + float(half))
