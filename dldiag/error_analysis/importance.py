"""Permutation importance on dev rows (Breiman 2001): how much the error rises when a column is shuffled.

Correlated columns are shuffled together: alone, each can stand in for the other and seems to matter little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from dldiag.core.error_findings import ColumnImportance
from dldiag.core.estimate import Estimate
from dldiag.core.statistics import Z_TWO_SIDED
from dldiag.core.types import Floats
from dldiag.error_analysis.conditions import as_numbers

CORRELATED = 0.7  # |Spearman's rho| from which columns are shuffled together (average linkage)
MOST_GROUPED = 300  # Most columns compared with each other; with more, each forms its own group.
SHUFFLES = 5  # Shuffles of each group.
MOST_GROUPS = 200  # Most groups of columns that are shuffled; more take too long.
LEAST_GAP = 1e-12

LossOf = Callable[[Sequence[int], int], Floats]


def column_groups(X: pd.DataFrame) -> list[tuple[int, ...]]:
    """Return the positions of the columns in groups that are correlated, in the order of the table."""
    numeric = [j for j in range(X.shape[1]) if as_numbers(X.iloc[:, j]) is not None]
    if not 2 <= len(numeric) <= MOST_GROUPED or len(X) < 3:
        return [(j,) for j in range(X.shape[1])]
    labels = _clusters(np.column_stack([_ranks(X.iloc[:, j]) for j in numeric]))
    groups: dict[object, list[int]] = {}
    for j in range(X.shape[1]):
        groups.setdefault(("group", labels[numeric.index(j)]) if j in numeric else j, []).append(j)
    return [tuple(group) for group in groups.values()]


def _ranks(values: pd.Series) -> Floats:
    numbers = as_numbers(values)
    assert numbers is not None
    filled = np.where(np.isnan(numbers), np.nanmedian(numbers) if not np.isnan(numbers).all() else 0.0, numbers)
    ranks = stats.rankdata(filled)
    return np.asarray((ranks - ranks.mean()) / max(float(ranks.std()), LEAST_GAP))


def _clusters(ranks: Floats) -> NDArray[np.int64]:
    together = np.clip(np.abs(ranks.T @ ranks) / len(ranks), 0, 1)
    apart = 1 - together
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform((apart + apart.T) / 2, checks=False), method="average")
    return np.asarray(fcluster(tree, 1 - CORRELATED, criterion="distance"), dtype=np.int64)


def permutation_importance(
    groups: Sequence[Sequence[int]],
    names: Sequence[str],
    loss_of: LossOf,
    *,
    is_root: bool = False,
    shuffles: int = SHUFFLES,
) -> list[ColumnImportance]:
    """Return the importance of every group of columns, the most important first.

    names: of all columns. loss_of: the losses of the dev rows, one each, with the columns at these positions shuffled for
    the given time. is_root: losses are squares, and the error is the root of their mean. The interval is that of the rows
    and of the shuffles together; that another training set would give another model is not in it.
    """
    before, importances = loss_of((), 0), []
    for group in groups:
        after = np.array([loss_of(group, time) for time in range(shuffles)])
        members = tuple(names[j] for j in group)
        importances.append(ColumnImportance(members[0], increase_of(before, after, is_root), members))
    return sorted(importances, key=lambda one: -one.increase.value)


def needless_columns(
    importance: Sequence[ColumnImportance], names: Sequence[str], loss_of: LossOf, *, is_root: bool, shuffles: int
) -> tuple[str, ...]:
    """Return the columns whose groups do not raise the error with 90% confidence; none where all of them together do.

    Each of many useful columns may seem useless on few dev rows. The arguments are those of `permutation_importance`, which
    made the importance.
    """
    idle = [name for group in importance if group.increase.low <= 0 for name in group.columns]
    together = sorted(names.index(name) for name in idle)
    joint = permutation_importance([together], names, loss_of, is_root=is_root, shuffles=shuffles) if idle else []
    return tuple(idle) if all(group.increase.low <= 0 for group in joint) else ()


def shuffled(X: pd.DataFrame, group: Sequence[int], seed: Sequence[int]) -> pd.DataFrame:
    """Return a table with some of its columns shuffled together."""
    return with_reordered_columns(X, group, np.random.default_rng([*seed, *group]).permutation(len(X)))


def with_reordered_columns(X: pd.DataFrame, group: Sequence[int], order: NDArray[np.int64]) -> pd.DataFrame:
    """Return a table whose row i has some of its columns from row order[i]."""
    inside = set(group)
    parts = [X.iloc[order if j in inside else slice(None), j].reset_index(drop=True) for j in range(X.shape[1])]
    table: pd.DataFrame = pd.concat(parts, axis=1)
    table.columns = X.columns
    return table


def increase_of(before: Floats, after: Floats, is_root: bool) -> Estimate:
    """Return the rise of the error from losses before, (n,), and after each shuffle, (shuffles, n)."""
    rises = after - before
    shuffles, n = rises.shape
    scale = 1.0
    value = float(rises.mean())
    if is_root:
        start, end = np.sqrt(before.mean()), np.sqrt(max(0.0, float(after.mean())))
        scale = 1 / max(float(start + end), LEAST_GAP)
    of_rows = float(rises.mean(axis=0).var(ddof=1) / n) if n > 1 else 0.0
    of_shuffles = float(rises.mean(axis=1).var(ddof=1) / shuffles) if shuffles > 1 else 0.0
    half = Z_TWO_SIDED * np.sqrt(of_rows + of_shuffles)
    return Estimate(scale * value, scale * (value - half), scale * (value + half))
