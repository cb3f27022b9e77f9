"""Rows that are the same: which belong together, and how often their targets disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.data.coincidence import repeats_by_chance
from dldiag.intervals import Z_TWO_SIDED
from dldiag.types import Dataset, Estimate


def duplicate_groups(X: pd.DataFrame, y: NDArray[Any] | None = None) -> NDArray[np.int64]:
    """Return a group number per row: rows with the same features (and the same y, when given) share one.

    A split that keeps groups together keeps exact copies on one side. Groups are numbered by first occurrence.
    """
    keys = [pd.factorize(X[name], use_na_sentinel=False)[0] for name in X.columns]
    if y is not None:
        keys.append(pd.factorize(np.asarray(y), use_na_sentinel=False)[0])
    groups = np.zeros(len(X), dtype=np.int64)
    for key in keys:
        groups = pd.factorize(groups * (int(key.max(initial=0)) + 1) + key)[0]
        if len(groups) and groups.max() == len(groups) - 1:
            break
    return groups.astype(np.int64)


def different_rows(X: pd.DataFrame) -> NDArray[np.int64]:
    """Return the rows whose features stand in no row before them."""
    return _first_rows(duplicate_groups(X))


@dataclass(frozen=True)
class Copies:
    """How many rows repeat others, and what the rows that contradict each other cost.

    Shares are of all rows. `error_floor` is in the error unit: no model that sees only X can be better on these rows.
    """

    rows: int  # that repeat an earlier row, features and target
    share: float
    feature_share: float  # of rows that repeat the features of an earlier row, whatever their target
    conflicting_rows: int  # whose features stand elsewhere with another target
    conflicting_share: float
    error_floor: Estimate
    largest_group: int  # rows of the features that are repeated most often
    are_chance: bool  # few combinations of values are possible: equal rows are no copies of each other


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
        are_chance=repeats_by_chance(dataset.X, dataset.y, same_x, seed),
    )


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
    """Ratio estimate of losses per row, with its linearized 90 % interval (groups of equal rows are the units)."""
    n = float(sizes.sum())
    value = float(losses.sum() / n)
    half = Z_TWO_SIDED * float(np.sqrt(((losses - value * sizes) ** 2).sum())) / n
    return Estimate(value / scale, max(0.0, value - half) / scale, (value + half) / scale)
