"""Duplicate rows: which rows are equal, and how often their targets disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.statistics import Z_TWO_SIDED
from dldiag.core.types import Dataset, Estimate


def duplicate_groups(X: pd.DataFrame, y: NDArray[Any] | None = None) -> NDArray[np.int64]:
    """Return a group number per row: rows with the same features (and the same y, when given) share one.

    A split that keeps groups together keeps exact copies on one side. Groups are numbered by first occurrence.
    """
    columns = [X[name] for name in X.columns] + ([] if y is None else [np.asarray(y)])
    groups = np.zeros(len(X), dtype=np.int64)
    for values in columns:  # Column by column: once all rows differ, the remaining columns need not be read.
        key = pd.factorize(values, use_na_sentinel=False)[0]
        groups = pd.factorize(groups * (int(key.max(initial=0)) + 1) + key)[0]
        if len(groups) and groups.max() == len(groups) - 1:
            break
    return groups.astype(np.int64)


def different_rows(X: pd.DataFrame) -> NDArray[np.int64]:
    """Return the rows whose features stand in no row before them."""
    return _first_rows(duplicate_groups(X))


@dataclass(frozen=True)
class Copies:
    """Counts of rows that repeat others, and the error that contradicting rows imply.

    Shares are of all rows. `error_floor` is in the error unit: no model that sees only X can be better on these rows.
    """

    rows: int  # Rows that repeat an earlier row, target included.
    share: float
    feature_share: float  # Share of rows that repeat the features of an earlier row, whatever their target.
    conflicting_rows: int  # Rows whose features occur elsewhere with another target.
    conflicting_share: float
    error_floor: Estimate
    largest_group: int  # Rows with the most frequent combination of features.
    # Pairs of equal rows with different targets, relative to all pairs; None without such pairs.
    disagreement: float | None
    are_chance: bool  # True where few combinations of values are possible, so that equal rows are no copies.


def copies_of(dataset: Dataset, seed: int = 0) -> Copies:
    """Count exact copies and contradictions, and the error floor that contradictions imply."""
    same_x = duplicate_groups(dataset.X)
    same_xy = duplicate_groups(pd.DataFrame({"x": same_x}), dataset.y)
    n = dataset.n_rows
    sizes = np.bincount(same_x)
    targets = np.zeros(len(sizes), dtype=np.int64)
    np.add.at(targets, same_x[_first_rows(same_xy)], 1)
    conflicting = int(sizes[targets > 1].sum())
    repeats = n - int(same_xy.max()) - 1
    return Copies(
        rows=repeats,
        share=repeats / n,
        feature_share=1 - len(sizes) / n,
        conflicting_rows=conflicting,
        conflicting_share=conflicting / n,
        error_floor=_error_floor(dataset, same_x),
        largest_group=int(sizes.max()),
        disagreement=_disagreement(dataset.y, same_x, same_xy),
        are_chance=repeats_by_chance(dataset.X, dataset.y, same_x, seed),
    )


def _disagreement(y: NDArray[Any], same_x: NDArray[np.int64], same_xy: NDArray[np.int64]) -> float | None:
    """Return how often equal rows differ in their targets, over how often any two rows do; about 1 where they are no copies."""
    n, equal = float(len(y)), _pairs(same_x)
    apart = 1 - _pairs(np.unique(y, return_inverse=True)[1]) / max(1.0, n * (n - 1) / 2)
    return None if equal == 0 or apart == 0 else (1 - _pairs(same_xy) / equal) / apart


def _first_rows(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(groups, return_index=True)[1]


def _error_floor(dataset: Dataset, groups: NDArray[np.int64]) -> Estimate:
    """Rate: mean over rows of 1 − the share of the most frequent class among equal rows; sd: spread within them."""
    sizes = np.bincount(groups).astype(np.float64)
    if dataset.task == "classification":
        losses = _wrong_rows(groups, dataset.y)
        return _with_interval(losses, sizes, 1.0)
    centered = dataset.y - _mean_by(groups, dataset.y)[groups]
    squares = np.asarray(np.bincount(groups, weights=centered**2), dtype=np.float64)
    variance = float(np.var(dataset.y))
    squared = _with_interval(squares, sizes, variance)
    value, low, high = (float(np.sqrt(x)) for x in (squared.value, squared.low, squared.high))
    return Estimate(value, low, high)


def _wrong_rows(groups: NDArray[np.int64], y: NDArray[Any]) -> NDArray[np.float64]:
    """Return, per group of equal rows, how many rows the most frequent class gets wrong."""
    cells, counts = np.unique(np.column_stack([groups, y.astype(np.int64)]), axis=0, return_counts=True)
    most = np.zeros(int(groups.max()) + 1)
    np.maximum.at(most, cells[:, 0], counts)
    return np.asarray(np.bincount(groups) - most)


def _mean_by(groups: NDArray[np.int64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.bincount(groups, weights=y) / np.bincount(groups))


def _with_interval(losses: NDArray[np.float64], sizes: NDArray[np.float64], scale: float) -> Estimate:
    """Ratio estimate of losses per row, with its linearized 90% interval (groups of equal rows are the units)."""
    n = float(sizes.sum())
    value = float(losses.sum() / n)
    half = Z_TWO_SIDED * float(np.sqrt(((losses - value * sizes) ** 2).sum())) / n
    return Estimate(value / scale, max(0.0, value - half) / scale, (value + half) / scale)


# Odds ratio. In real tables whose rows repeat by chance it is 3 at most (passengers, letters,
# questionnaires). In tables drawn with replacement it is 8 or more, unless they list all the
# combinations there are; then a new row is one of them, too.
MOST_BY_CHANCE = 5.0
_LEAST_SHARE = 0.05  # Share of rows that repeat others; below it, keeping them together changes nothing.
_MOST_ROWS = 5_000  # Rows compared; the ratio of pairs is the same in a sample.

RowLabels = NDArray[np.int64]


def repeats_by_chance(X: pd.DataFrame, y: NDArray[Any], copies: RowLabels, seed: int) -> bool:
    """Tell whether rows are equal as often as by chance, so that a new row would also be one that is known.

    copies: (rows,) as from `duplicate_groups`. Where rows are equal by chance, more are equal but for one column; where
    they are copies, few are. Copies also have equal targets.
    """
    n = len(copies)
    if 1 - (int(copies.max()) + 1) / n < _LEAST_SHARE or _is_repeated_as_a_whole(copies, y):
        return False
    rows = np.random.default_rng(seed).permutation(n)[:_MOST_ROWS]
    keys = [_labels(X[name].iloc[rows]) for name in X.columns]
    return max(_odds_ratio(keys), _odds_ratio([*keys, _labels(y[rows])])) <= MOST_BY_CHANCE


def _is_repeated_as_a_whole(copies: RowLabels, y: NDArray[Any]) -> bool:
    """Tell whether every row, its target included, is there twice, or three times, or a multiple of that."""
    return int(np.gcd.reduce(np.bincount(_both(copies, _labels(y))))) > 1


def _odds_ratio(keys: Sequence[RowLabels]) -> float:
    """Return by how much rows that agree in one column agree more often in the next, all other columns being equal.

    Over pairs of rows, each pair of neighbouring columns giving a table of four counts: Mantel & Haenszel (1959), with half
    a pair added to each count (Haldane). 1 where columns that are left to differ do so independently.
    """
    if len(keys) == 1:
        return 1.0
    nothing = np.zeros_like(keys[0])
    before = list(accumulate(keys, _both, initial=nothing))
    after = list(accumulate(keys[::-1], _both, initial=nothing))[::-1]
    equal = _pairs(before[-1])
    but_one = [_pairs(_both(a, b)) - equal for a, b in zip(before, after[1:], strict=False)]
    but_two = [_pairs(_both(a, b)) - equal for a, b in zip(before, after[2:], strict=False)]
    agree = differ = 0.0
    for (first, second), both in zip(pairwise(but_one), but_two, strict=True):
        n = equal + both + 2
        agree += (equal + 0.5) * (both - first - second + 0.5) / n
        differ += (first + 0.5) * (second + 0.5) / n
    return agree / differ


def _labels(values: Any) -> RowLabels:
    return np.asarray(pd.factorize(values, use_na_sentinel=False)[0], dtype=np.int64)


def _both(a: RowLabels, b: RowLabels) -> RowLabels:
    """Number the different pairs of labels."""
    return _labels(a * (int(b.max()) + 1) + b)


def _pairs(labels: RowLabels) -> float:
    """Count the pairs of rows with the same label."""
    sizes = np.bincount(labels).astype(float)
    return float((sizes * (sizes - 1)).sum() / 2)
