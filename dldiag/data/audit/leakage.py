"""Target leakage: flag columns that alone predict the target almost perfectly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2, f, rankdata

from dldiag.core.statistics import Z_ONE_SIDED
from dldiag.core.types import Dataset
from dldiag.data.audit.cuts import best_cut, monotone_score
from dldiag.data.features import source_of

SCREEN_ROWS = 10_000  # Rows drawn for the screening: half to fit on, half to score on.
_BINS = 64  # Bins of a column; the predictor gives each bin its commonest class or mean target.
SEEN = 0.01  # Above this p-value of its association a column is not searched for thresholds.
RARE_ROWS = 40  # Rows outside the commonest class, below which thresholds are always tried.
COARSE = 8  # Bins of the association test, which needs many rows in each.
# Share of the baseline's error (variance, for a numeric target) that a leaking column removes with 90% confidence.
# Honest features come near: mushroom's odor removes 0.97 of the errors, yacht's Froude number 0.985 of the variance.
GIVES_AWAY = {"classification": 0.98, "regression": 0.995}
SAME_ORDER_ROWS = 20  # Fewer rows may share an order, or classes, by chance.
SAME_ORDER = 0.9995  # Rank correlation above which a column is the target in another unit.
ROWS_PER_VALUE = 20  # Rows per value of a column whose every value has one label, for all rows to count as held out.
DOMINANCE = 0.2  # How far a leaking column must beat the best other column.
ENCODED_VALUES = 5  # A column that holds target means has at least this many distinct values.
ENCODED_ROWS = 2.0  # Such a column has at least this many rows per value.
ENCODED_CHANCE = 1e-3  # Below this p-value, group means lie too close to a column for chance.
ENCODED_HINT = 0.1  # The same p-value, where all values are fractions of small groups.
FRACTIONS, LARGEST_GROUP = 12, 20  # Such a column has at least 12 distinct fractions, of groups of at most 20 rows.
SHARE_MATCH = 0.01  # How close a value times n must be to a whole number; three decimals are enough.
ENCODED_MATCH = 1e-6  # A value and the mean target of its rows may differ by this share.


@dataclass(frozen=True)
class Clue:
    """The share of the baseline's error that one column alone removes on held-out rows, with its lower bound."""

    column: str
    removed: float
    at_least: float
    p_value: float  # The chance of so strong an association, not corrected for the number of columns.


@dataclass(frozen=True)
class LeakyColumn:
    """A column that leaks the target: the share of the error that it removes alone, and that of the next column.

    Of a date it is the part that removes most.
    """

    column: str
    removed: float
    next_best: float
    reason: str  # "copies": predicts the target almost alone; "target_means": holds the mean target of its own rows.


def clues(dataset: Dataset, seed: int = 0) -> tuple[Clue, ...]:
    """Return how well each column alone predicts the target, the strongest first."""
    rows = np.random.default_rng(seed).permutation(dataset.n_rows)[:SCREEN_ROWS]
    y = dataset.y[rows]
    ranks = rankdata(y)
    found = [_clue(name, dataset.X[name].to_numpy()[rows], y, ranks, dataset.task) for name in dataset.X.columns]
    return tuple(sorted(found, key=lambda clue: -clue.removed))


def leaky_columns(dataset: Dataset, found: tuple[Clue, ...]) -> tuple[LeakyColumn, ...]:
    """Return the columns that alone predict the target almost perfectly, and those made of target means."""
    least = GIVES_AWAY[dataset.task]
    columns = _by_column(dataset, found)
    strong = [clue for clue in columns if clue.at_least >= least]
    others = max((_at_best(dataset, clue) for clue in columns if clue.at_least < least), default=0.0) if strong else 0.0
    sure = [clue for clue in strong if clue.at_least == 1 or clue.removed - others >= DOMINANCE]
    copied = [LeakyColumn(clue.column, clue.removed, others, "copies") for clue in sure]
    copies = {one.column for one in copied}
    encoded = [name for name in _numbers(dataset) if name not in copies and _holds_target_means(dataset, name)]
    removed = {clue.column: clue.removed for clue in columns}
    return (*copied, *(LeakyColumn(name, removed[name], others, "target_means") for name in encoded))


def _at_best(dataset: Dataset, clue: Clue) -> float:
    """Return the share that a column removes, also by thresholds: a copy must beat the others by the measure that found it."""
    if dataset.task == "regression" or clue.column not in dataset.X or dataset.X[clue.column].dtype == object:
        return clue.removed
    return max(clue.removed, best_cut(dataset.X[clue.column].to_numpy(dtype=float), dataset.y).removed)


def _by_column(dataset: Dataset, found: tuple[Clue, ...]) -> list[Clue]:
    """Return the best clue of each column of the table, where the parts of a date count as one column."""
    sources = {column.name: source_of(column) for column in dataset.columns}
    best: dict[str, Clue] = {}
    for clue in sorted(found, key=lambda clue: (-clue.at_least, -clue.removed)):
        best.setdefault(sources[clue.column], replace(clue, column=sources[clue.column]))
    return list(best.values())


def _clue(name: str, values: NDArray[Any], y: NDArray[Any], ranks: NDArray[np.float64], task: str) -> Clue:
    bins = _bins(values)
    learn, judge = slice(0, len(y) // 2), slice(len(y) // 2, None)
    score = _class_score if task == "classification" else _amount_score
    removed, error = score(bins[learn], y[learn], bins[judge], y[judge])
    p_value = _p_value(bins, y, task)
    if task == "regression" and values.dtype != object and _same_order(values, ranks):
        return Clue(name, 1.0, 1.0, p_value)
    at_least = removed - Z_ONE_SIDED * error
    if task == "classification" and removed == 1:
        at_least = _surely_removed(bins, y)
    if values.dtype != object and (p_value < SEEN or _is_rare(y, task)):
        removed, at_least = max((removed, at_least), _by_order(values, y, task), key=lambda pair: pair[1])
    return Clue(name, removed, at_least, p_value)


def _is_rare(y: NDArray[Any], task: str) -> bool:
    """Whether a class has so few rows that bins, which spread them, do not show where they stand."""
    return task == "classification" and len(y) - int(np.bincount(y).max()) < RARE_ROWS


def _by_order(values: NDArray[Any], y: NDArray[Any], task: str) -> tuple[float, float]:
    """Score the order of a column's numbers, by thresholds or a monotone curve: share removed, and its lower bound.

    Only the lower bound counts, because the same rows chose the thresholds.
    """
    numbers = np.asarray(values, dtype=float)
    if task == "classification":
        cut = best_cut(numbers, y)
        return (cut.removed, cut.at_least) if cut.at_least >= GIVES_AWAY[task] else (0.0, -np.inf)
    explained, error = monotone_score(numbers, y)
    at_least = explained - Z_ONE_SIDED * error
    return (explained, at_least) if at_least >= GIVES_AWAY[task] else (0.0, -np.inf)


def _same_order(values: NDArray[np.float64], ranks: NDArray[np.float64]) -> bool:
    """Whether a column puts the rows in the order of the target, or the reverse (the target in another unit)."""
    present = np.isfinite(values)
    if present.sum() < SAME_ORDER_ROWS or np.ptp(values[present]) == 0 or np.ptp(ranks[present]) == 0:
        return False
    return bool(abs(np.corrcoef(rankdata(values[present]), ranks[present])[0, 1]) >= SAME_ORDER)


def _surely_removed(bins: NDArray[np.int64], y: NDArray[Any]) -> float:
    """Return the share of the error that a column removes at least, when it removed all of it on the held-out rows.

    All rows count: a column with a value for every class and a class for every value is the target by another name.
    """
    pairs, values = len(np.unique(bins * (int(y.max()) + 1) + y)), len(np.unique(bins))
    base = 1 - float(np.bincount(y).max()) / len(y)
    if pairs == values == len(np.unique(y)) and len(y) >= SAME_ORDER_ROWS:
        return 1.0
    seen = len(y) if pairs == values and values <= len(y) / ROWS_PER_VALUE else len(y) - len(y) // 2
    return 1 - Z_ONE_SIDED / max(seen, 1) / base


def _bins(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return a small whole number per row: its value when there are few, else its quantile; missing is its own."""
    codes, different = pd.factorize(values)
    if len(different) <= _BINS:
        return np.asarray(codes + 1, dtype=np.int64)
    if values.dtype == object:
        common = np.argsort(-np.bincount(codes[codes >= 0]), kind="stable")[: _BINS - 1]
        place = np.full(len(different) + 1, _BINS, dtype=np.int64)
        place[common] = np.arange(1, len(common) + 1)
        place[-1] = 0
        return np.asarray(place[codes])
    ranks = rankdata(values, nan_policy="omit") if np.isnan(values).any() else rankdata(values)
    return np.where(np.isnan(ranks), 0, 1 + np.floor((ranks - 0.5) / len(values) * _BINS)).astype(np.int64)


def _class_score(
    bins: NDArray[np.int64], y: NDArray[Any], new: NDArray[np.int64], truth: NDArray[Any]
) -> tuple[float, float]:
    """Return the share of the majority's error that the commonest class of each bin removes, and its standard error."""
    counts = np.zeros((_BINS + 2, int(max(y.max(), truth.max())) + 1))
    np.add.at(counts, (bins, y), 1)
    majority = int(counts.sum(axis=0).argmax())
    answer = np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1), majority)
    wrong, base = answer[new] != truth, float((truth != majority).mean())
    if base == 0:
        return 0.0, 1.0
    smoothed = (wrong.sum() + 1) / (len(wrong) + 2)
    return 1 - float(wrong.mean()) / base, float(np.sqrt(smoothed * (1 - smoothed) / len(wrong))) / base


def _amount_score(
    bins: NDArray[np.int64], y: NDArray[Any], new: NDArray[np.int64], truth: NDArray[Any]
) -> tuple[float, float]:
    """Return the share of the variance that the mean of each bin explains, and its standard error."""
    sums, counts = np.bincount(bins, y, _BINS + 2), np.bincount(bins, minlength=_BINS + 2)
    answer = np.where(counts > 0, sums / np.maximum(counts, 1), y.mean())
    squares = (truth - answer[new]) ** 2
    base = float(((truth - y.mean()) ** 2).mean())
    if base == 0:
        return 0.0, 1.0
    return 1 - float(squares.mean()) / base, float(squares.std() / np.sqrt(len(squares))) / base


def _p_value(bins: NDArray[np.int64], y: NDArray[Any], task: str) -> float:
    """Return the p-value of no association: chi-squared for classes, analysis of variance on ranks for a numeric target."""
    coarse = bins * COARSE // (_BINS + 1) if bins.max() >= COARSE else bins
    coarse = np.unique(coarse, return_inverse=True)[1]
    if coarse.max() == 0:
        return 1.0
    return _chi_squared(coarse, y) if task == "classification" else _variance_ratio(coarse, rankdata(y))


def _chi_squared(groups: NDArray[np.int64], y: NDArray[Any]) -> float:
    classes = int(y.max()) + 1
    table = np.bincount(groups * classes + y, minlength=(int(groups.max()) + 1) * classes).reshape(-1, classes)
    table = table[:, table.sum(axis=0) > 0].astype(float)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    return float(chi2.sf(((table - expected) ** 2 / expected).sum(), freedom)) if freedom else 1.0


def _variance_ratio(groups: NDArray[np.int64], values: NDArray[np.float64]) -> float:
    sizes, n = np.bincount(groups), len(values)
    means = np.bincount(groups, weights=values) / sizes
    inside = float(((values - means[groups]) ** 2).sum())
    between = float((sizes * (means - values.mean()) ** 2).sum())
    if n <= len(sizes) or inside == 0:
        return 0.0 if between > 0 and n > len(sizes) else 1.0
    return float(f.sf(between / (len(sizes) - 1) / (inside / (n - len(sizes))), len(sizes) - 1, n - len(sizes)))


def _numbers(dataset: Dataset) -> list[str]:
    return [column.name for column in dataset.columns if column.kind == "number" and source_of(column) == column.name]


def _holds_target_means(dataset: Dataset, name: str) -> bool:
    """Whether a column holds, for each of its values, the mean target of the rows with that value."""
    if len(dataset.classes) > 2:
        return False
    codes, different = pd.factorize(dataset.X[name].to_numpy())
    if not ENCODED_VALUES <= len(different) <= dataset.n_rows / ENCODED_ROWS or (codes < 0).any():
        return False
    sizes = np.bincount(codes)
    means = np.bincount(codes, weights=dataset.y) / sizes
    if np.ptp(means) == 0:
        return False
    distance = np.abs(means - different)
    if distance.max() <= ENCODED_MATCH * np.ptp(means):
        return True
    if (sizes * distance**2).sum() >= (sizes * (means - dataset.y.mean()) ** 2).sum():
        return False  # One constant lies nearer: where the target has a heavy tail, any small number seems near enough.
    return _nearer_than_chance(dataset, codes, np.asarray(different, dtype=float), sizes * distance**2)


def _nearer_than_chance(
    dataset: Dataset, codes: NDArray[np.int64], means: NDArray[np.float64], squares: NDArray[np.float64]
) -> bool:
    """Tell whether the means of these rows lie nearer to the column than even the true means would.

    That is so when the column was computed from these rows and others, such as the sealed test rows: the squared distance
    of a group's mean from the true mean is its variance / its rows, and less for a mean computed from these rows too.
    """
    if dataset.task == "classification":
        if means.min() < 0 or means.max() > 1:
            return False
        variance = means * (1 - means)
    else:
        inside = dataset.y - (np.bincount(codes, weights=dataset.y) / np.bincount(codes))[codes]
        variance = np.full(len(means), float((inside**2).sum()) / (len(codes) - len(means)))
    open_ = variance > 0
    exact = bool((squares[~open_] <= ENCODED_MATCH).all())
    total = float((squares[open_] / variance[open_]).sum())
    chance = ENCODED_HINT if dataset.task == "classification" and _are_shares(means) else ENCODED_CHANCE
    return exact and float(chi2.cdf(total, int(open_.sum()))) < chance


def _are_shares(means: NDArray[np.float64]) -> bool:
    """Whether all of many values are k / n for groups of few rows, as the class shares of such groups are."""
    counts = means[:, None] * np.arange(1, LARGEST_GROUP + 1)
    return len(means) > FRACTIONS and bool((np.abs(counts - np.round(counts)).min(axis=1) <= SHARE_MATCH).all())
