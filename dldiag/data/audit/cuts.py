"""Single-column predictors: one or two thresholds for classes, a monotone curve for a numeric target."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln
from scipy.stats import beta, norm
from sklearn.isotonic import isotonic_regression

CONFIDENCE = 0.9  # Level of the one-sided bound on the error rate.
PERFECT_ERRORS = 1.28  # Upper bound on the errors behind n rows without one (one-sided 90%, normal).
# Narrowest gap between classes / largest standard deviation within one. Above it the column is a copy of the classes, not a
# measurement that happens to separate them: the petals of Setosa and Versicolor have 2.4 (own choice).
GAP = 3.0
PERFECT = 0.97  # Share of the errors that a cut without any error must remove with 90% confidence.
# Wrong labels beyond a threshold: at most this share of all rows and of the rarer class, and on average this far from the threshold,
# as a share of the rows on their side (anywhere: 0.5). Measurements of AUC 0.9 to 0.999 have their errors at 0.01 to 0.1.
WRONG_SHARE, WRONG_OF_CLASS, DEPTH = 0.02, 0.1, 0.3
LEAST_IN_CLASS = 3  # Rows of the rarest class for a gap to count.
LEAST_BESIDE = 3  # Rows of the other class on each side of a band; fewer are the odd ones beyond a cut (own choice).
BAND_CHANCE = 1e-4  # Highest chance that a column of noise holds a class together; with 200 columns, 1 table in 50.
# A single threshold that tells a rare class from all others without an error is a copy of the classes when an honest
# measurement would hardly do the same: with 4 rows among 146, one of AUC 0.92 does in 1.3% of tables, one of 0.95 in 4%,
# one of 0.99 in 33%; with 15 among 485 in 0, 0 and 0.5%. Below 4 rows a copy cannot be told from such a measurement.
STRONG_AUC = 0.92  # Area under the ROC curve of that measurement (own choice).
STRONG_CHANCE = 0.02  # Highest chance that it separates the classes.
RARE_SHARE = (
    0.1  # Largest share of the rare class; measurements do separate two common classes, as petals do (own choice).
)
_GRID = np.linspace(-8.0, 12.0, 2001)  # Standard deviations of the common class, over which that chance is integrated.
_LEAST_ROWS = 60  # Rows in all for a gap to count.
MONOTONE_ROWS = 50  # A monotone curve needs at least this many rows.
PRESENT_SHARE = 0.95  # Share of the rows that must have a value for that curve.


@dataclass(frozen=True)
class Cut:
    """Share of the majority's error that thresholds remove: as counted, and at least (with 90% confidence)."""

    removed: float
    at_least: float


NO_CUT = Cut(0.0, -np.inf)


def best_cut(values: NDArray[np.float64], y: NDArray[Any]) -> Cut:
    """Return what the best two thresholds remove (for more than two classes: thresholds that leave no error, or nothing).

    All rows count, because two thresholds hardly overfit. Rows without a value are a group of their own.
    """
    present = np.isfinite(values)
    counts = np.bincount(y)
    base = len(y) - int(counts.max())
    if base == 0 or present.sum() < 2:
        return NO_CUT
    order = np.argsort(values[present], kind="stable")
    x, classes = values[present][order], y[present][order]
    errors = _missing_errors(y[~present]) + _errors(x, classes, len(counts))
    if errors is None or errors >= base:
        return NO_CUT
    enough = counts[counts > 0].min() >= LEAST_IN_CLASS and len(y) >= _LEAST_ROWS
    if errors == 0 and enough and (_gap(x, classes) >= GAP or _is_one_value_of_a_class(values, y) or _is_band(classes)):
        return Cut(1.0, 1.0 - 1e-9)
    if errors == 0:
        at_least = 1 - PERFECT_ERRORS / base
        is_copy = at_least >= PERFECT or _is_rare_cut(classes, counts)
        return Cut(1.0, 1.0 - 1e-9 if is_copy else at_least)
    if present.all() and _are_wrong_labels(x, classes):
        return Cut(1 - errors / base, 1.0 - 1e-9)
    at_most = float(beta.ppf(CONFIDENCE, errors + 1, len(y) - errors))
    return Cut(1 - errors / base, 1 - at_most * len(y) / base)


def _are_wrong_labels(x: NDArray[np.float64], classes: NDArray[Any]) -> bool:
    """Tell whether one threshold separates two classes but for a few rows anywhere beyond it: a copy of labels of which some are wrong.

    A measurement makes its errors next to the threshold, where the classes overlap. Where a wide gap lies at the threshold, it is no
    measurement of the classes that a few rows cross.
    """
    counts = np.bincount(classes, minlength=2)
    places = np.flatnonzero(np.diff(x) > 0) + 1
    n, rare = len(x), int(counts.min())
    if n < _LEAST_ROWS or len(counts) > 2 or not len(places):
        return False
    cut, wrong = _best_place(classes, places)
    if not 0 < len(wrong) <= min(WRONG_SHARE * n, WRONG_OF_CLASS * rare):
        return False
    if x[cut] - x[cut - 1] >= GAP * max(float(x[:cut].std()), float(x[cut:].std())):
        return True
    depth = np.where(wrong < cut, (cut - wrong) / cut, (wrong - cut + 1) / (n - cut))
    return 1 - PERFECT_ERRORS / rare >= PERFECT and bool(depth.mean() >= DEPTH)


def _best_place(classes: NDArray[Any], places: NDArray[np.int64]) -> tuple[int, NDArray[np.int64]]:
    """Return the place of the best single threshold in sorted rows, and which rows are on its wrong side."""
    n, ones = len(classes), int(classes.sum())
    ones_left = np.concatenate([[0], np.cumsum(classes)])[places]
    wrong = ones_left + (n - places) - (ones - ones_left)  # With the class 1 on the right.
    rises = wrong.min() <= n - wrong.max()
    cut = int(places[int(np.argmin(wrong if rises else -wrong))])
    expected = (np.arange(n) >= cut) == rises
    return cut, np.flatnonzero((classes == 1) != expected)


def _is_rare_cut(classes: NDArray[Any], counts: NDArray[np.int64]) -> bool:
    """Tell whether one threshold separates a rare class in sorted rows, as an honest measurement would hardly do."""
    if np.count_nonzero(np.diff(classes)) != 1 or np.count_nonzero(counts) > 2 or len(classes) < _LEAST_ROWS:
        return False
    rare, common = np.sort(np.bincount(classes))[-2:]
    is_rare = LEAST_IN_CLASS <= rare <= RARE_SHARE * len(classes)
    return bool(is_rare and chance_of_separating(int(rare), int(common), STRONG_AUC) <= STRONG_CHANCE)


def chance_of_separating(rare: int, common: int, auc: float) -> float:
    """Return the chance that all values of one class lie above all of the other, both normal with the same spread."""
    distance = float(norm.ppf(auc)) * np.sqrt(2.0)
    lowest = rare * norm.pdf(_GRID - distance) * norm.sf(_GRID - distance) ** (rare - 1)
    return float(np.trapezoid(lowest * norm.cdf(_GRID) ** common, _GRID))


def _is_band(classes: NDArray[Any]) -> bool:
    """Tell whether sorted rows of one class stand between rows of the other, without one of these among them.

    Of n rows that are put in any order, k stand together in n − k + 1 of the n! / (k! (n − k)!) ways. A measurement that
    tells the classes in part puts its rare class at one end, or leaves some of the others inside.
    """
    starts = np.flatnonzero(np.diff(classes)) + 1
    if len(starts) != 2:
        return False
    n, inside = len(classes), int(starts[1] - starts[0])
    chance = np.log(n - inside + 1) + betaln(inside + 1, n - inside + 1) + np.log(n + 1)
    return min(int(starts[0]), n - int(starts[1])) >= LEAST_BESIDE and bool(chance <= np.log(BAND_CHANCE))


def _missing_errors(y: NDArray[Any]) -> int:
    return len(y) - int(np.bincount(y).max()) if len(y) else 0


def _errors(x: NDArray[np.float64], classes: NDArray[Any], n_classes: int) -> float:
    """Return the errors of the best thresholds on sorted values; infinity where more than two classes are not all separated."""
    between = np.flatnonzero(np.diff(x) > 0) + 1
    if n_classes > 2:
        starts = np.flatnonzero(np.diff(classes)) + 1
        separates = len(starts) == len(np.unique(classes)) - 1 and np.isin(starts, between).all()
        return 0.0 if separates else np.inf
    balance = np.concatenate([[0], np.cumsum(np.where(classes == 1, 1, -1))])[np.concatenate([[0], between, [len(x)]])]
    ones = int((classes == 1).sum())
    # The interval with the largest surplus of ones over zeros.
    rise = float((balance - np.minimum.accumulate(balance)).max())
    fall = float((np.maximum.accumulate(balance) - balance).max())
    return min(ones - rise, len(x) - ones - fall)


def _gap(x: NDArray[np.float64], classes: NDArray[Any]) -> float:
    """Return the narrowest gap between neighboring classes / the largest standard deviation of a run of one class."""
    ends = np.flatnonzero(np.diff(classes)) + 1
    bounds = np.concatenate([[0], ends, [len(x)]])
    width = max(float(x[start:stop].std()) for start, stop in pairwise(bounds.tolist()))
    gap = min((float(x[i] - x[i - 1]) for i in ends), default=0.0)
    return gap / width if width > 0 else np.inf


def _is_one_value_of_a_class(values: NDArray[np.float64], y: NDArray[Any]) -> bool:
    """Tell whether the commonest class has one value (or none) that no other row has, as a fine has for those who paid none."""
    here = y == int(np.bincount(y).argmax())
    known = values[here][np.isfinite(values[here])]
    if len(known) == 0:
        return bool(np.isfinite(values[~here]).all())
    one_value = len(known) == here.sum() and np.ptp(known) == 0
    return bool(one_value and not (values[~here] == known[0]).any())


def monotone_score(values: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    """Return the share of a number's variance that the best rising or falling curve on a column explains, and its error.

    A curve that may turn would take every slow change over time for a copy.
    """
    present = np.isfinite(values)
    if present.sum() < max(MONOTONE_ROWS, PRESENT_SHARE * len(y)) or np.ptp(values[present]) == 0:
        return 0.0, 1.0
    ordered = y[present][np.argsort(values[present], kind="stable")]
    rises = bool(np.corrcoef(values[present], y[present])[0, 1] >= 0)
    squares = (ordered - isotonic_regression(ordered, increasing=rises)) ** 2
    base = float(y.var())
    return 1 - float(squares.mean()) / base, float(squares.std() / np.sqrt(len(squares))) / base
