"""Do rows repeat by chance, as where few combinations of values are possible, or are they copies of each other?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Odds ratio. Of real tables with equal rows, those whose rows repeat by chance come to 3 at most (passengers, letters,
# answers to questions), tables of which a sample was drawn with replacement to 8 or more, unless they list all the
# combinations there are; then a new row is one of them, too.
MOST_BY_CHANCE = 5.0
LEAST_SHARE = 0.05  # of the rows repeat others; where fewer do, keeping them together changes nothing
MOST_ROWS = 5_000  # are compared; pairs of all rows and of some stand in the same proportion

Labels = NDArray[np.int64]


def repeats_by_chance(X: pd.DataFrame, y: NDArray[Any], copies: Labels, seed: int) -> bool:
    """Tell whether rows are equal as often as by chance, so that a new row would also be one that is known.

    copies: (rows,) as from `duplicate_groups`. Where rows are equal by chance, more are equal but for one column; where
    they are copies, few are. Targets tell, too: copies have equal ones.
    """
    n = len(copies)
    if 1 - (int(copies.max()) + 1) / n < LEAST_SHARE or _is_repeated_as_a_whole(copies, y):
        return False
    rows = np.random.default_rng(seed).permutation(n)[:MOST_ROWS]
    keys = [_labels(X[name].iloc[rows]) for name in X.columns]
    return max(_odds_ratio(keys), _odds_ratio([*keys, _labels(y[rows])])) <= MOST_BY_CHANCE


def _is_repeated_as_a_whole(copies: Labels, y: NDArray[Any]) -> bool:
    """Tell whether every row, its target included, is there twice, or three times, or a multiple of that."""
    return int(np.gcd.reduce(np.bincount(_both(copies, _labels(y))))) > 1


def _odds_ratio(keys: Sequence[Labels]) -> float:
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


def _labels(values: Any) -> Labels:
    return np.asarray(pd.factorize(values, use_na_sentinel=False)[0], dtype=np.int64)


def _both(a: Labels, b: Labels) -> Labels:
    """Number the different pairs of labels."""
    return _labels(a * (int(b.max()) + 1) + b)


def _pairs(labels: Labels) -> float:
    """Count the pairs of rows with the same label."""
    sizes = np.bincount(labels).astype(float)
    return float((sizes * (sizes - 1)).sum() / 2)
