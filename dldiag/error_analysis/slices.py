"""Slices: conjunctions of up to three conditions with more error, found on half of the rows, confirmed on the others.

The search is a beam over conditions: for every rule kept so far, the rows and the loss of every bin of every column come
from one sparse product, and those of every range of bins from their running sums. A rule's score is how many standard
errors its mean loss stands above the rest's. The idea of ranking conjunctions by rows and loss together is SliceLine's
(Sagadeeva & Boehm 2021); confirmation on other rows and the bound for all slices together (Holm 1979) are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from dldiag.core.error_findings import Condition, Slice
from dldiag.core.estimate import Estimate
from dldiag.core.statistics import Z_TWO_SIDED, RowPart, in_ratio, pooled_estimate, rate_estimate, unbounded_part
from dldiag.error_analysis.conditions import MISSING, BinnedColumn, Mask, binned_columns, rows_where

MOST_CONDITIONS = 3  # Columns in a rule at most.
MOST_SLICES = 5  # Slices tested and shown at most.
LEAST_SLICE_ROWS = 20  # Least rows of a slice in each half.
LEAST_TABLE_ROWS = 100  # Least rows of a table for a search.
LARGEST_SHARE = 0.5  # Largest share of the rows; a larger slice is better described by the rows outside.
LEAST_SCORE = 2.0  # In standard errors above the rest, less PER_BOUND for each bound, to be worth a test.
PER_BOUND = 0.75  # In standard errors that every bound or category must add.
BEAM = 30  # Rules extended in each step.
PER_COLUMN = 3  # Rules on the same columns among them.
_MOST_COLUMNS = 60  # Columns combined at most, those with the best single condition.
SEARCH_ROWS, SEARCH_CELLS = 50_000, 20_000_000  # Rows and cells searched at most; all rows confirm.
WINSOR = 0.99  # Losses are clipped at this quantile for search and test: one wild row is no slice.
FAMILY_RISK = 0.05  # Probability that one slice or more is confirmed by mistake.
_TINY = 1e-24
_NEEDED = 3.0  # In standard errors by which a condition's rows must do worse than those it excludes.
MOST_BOUNDS = 2  # Bounds of a range that is open on neither side.
LEAST_NEW = 2.0  # In standard errors, beside half its excess, on the rows that no better slice holds.

SliceLoss = NDArray[np.float64]
Part = tuple[int, int, int]  # A column with its first and its last bin.


@dataclass(frozen=True)
class _Rule:
    """A rule of the search: one part per column, its bounds and categories counted, and its score less what these cost."""

    parts: tuple[Part, ...]
    score: float
    bounds: int = 0

    @property
    def columns(self) -> frozenset[int]:
        return frozenset(column for column, _, _ in self.parts)


def find_slices(
    X: pd.DataFrame,
    loss: SliceLoss,
    *,
    clusters: NDArray[np.int64] | None = None,
    is_root: bool = False,
    seed: int = 0,
) -> tuple[Slice, ...]:
    """Return the slices with the clearest excess of loss, best first, each measured on rows that did not find it.

    loss: (rows,) of each row, its mean over repeats: 0 or 1 for a wrong answer, or a squared error with `is_root`, whose
    slices are then measured as RMSE. clusters: (rows,) label per row; rows of one cluster stay in one half and count once.
    """
    if len(loss) < LEAST_TABLE_ROWS or np.ptp(loss) == 0 or X.shape[1] == 0:
        return ()
    finding, others = _halves(len(loss), clusters, seed)
    robust = np.minimum(loss, np.quantile(loss[finding], WINSOR)) if is_root else loss
    most = max(LEAST_TABLE_ROWS, min(SEARCH_ROWS, SEARCH_CELLS // X.shape[1]))
    searched = finding[:most]
    columns = binned_columns(X, searched)
    rules = search_rules(columns, robust[searched])
    conditions = [(_conditions(rule, columns)) for rule in rules]
    confirmed = _Confirmation(loss, robust, others, clusters, is_root)
    return confirmed.slices([(rule, rows_where(rule, X)) for rule in conditions])


def _halves(n: int, clusters: NDArray[np.int64] | None, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split rows into two halves at random, clusters whole."""
    rng = np.random.default_rng([seed, n])
    if clusters is None:
        order = rng.permutation(n)
        return order[: n // 2], np.sort(order[n // 2 :])
    labels = np.unique(clusters, return_inverse=True)[1]
    first = rng.permutation(labels.max() + 1)[labels] <= labels.max() // 2
    return rng.permutation(np.flatnonzero(first)), np.flatnonzero(~first)


def _conditions(rule: _Rule, columns: Sequence[BinnedColumn]) -> tuple[Condition, ...]:
    return tuple(condition for j, first, last in rule.parts for condition in columns[j].conditions(first, last))


# --- the search ---------------------------------------------------------------------------------------------------


def search_rules(columns: Sequence[BinnedColumn], loss: SliceLoss) -> list[_Rule]:
    """Return up to MOST_SLICES rules with a high score, none of them covered by a better one."""
    if not columns or len(loss) < LEAST_TABLE_ROWS // 2:
        return []
    level = _extended([_Rule((), 0.0)], columns, range(len(columns)), loss)
    ranked = list(dict.fromkeys([*(rule.parts[0][0] for rule in level), *range(len(columns))]))
    promising = ranked[:_MOST_COLUMNS]
    rules, beam = list(level), _beam(level)
    for _ in range(MOST_CONDITIONS - 1):
        level = _extended(beam, columns, promising, loss)
        rules += level
        beam = _beam(level)
    best = _beam(sorted(rules, key=lambda rule: -rule.score))
    return _distinct([*(_refined(rule, columns, loss) for rule in best), *rules], columns, loss)


def _refined(rule: _Rule, columns: Sequence[BinnedColumn], loss: SliceLoss) -> _Rule:
    """Choose the range of each column again, given those of the others."""
    for part in rule.parts if len(rule.parts) > 1 else ():
        others = tuple(one for one in rule.parts if one != part)
        bounds = sum(columns[j].bounds(first, last) for j, first, last in others)
        again = _extended([_Rule(others, 0.0, bounds)], columns, [part[0]], loss)[:1]
        rule = again[0] if again and again[0].score > rule.score else rule
    return rule


def _extended(
    rules: Sequence[_Rule], columns: Sequence[BinnedColumn], usable: Sequence[int], loss: SliceLoss
) -> list[_Rule]:
    """Add one condition on another column to each rule, and keep what gains enough; best first."""
    if not rules:
        return []
    inside = np.column_stack([_meets(rule, columns) for rule in rules]).astype(np.float32)
    weights = np.hstack([inside, inside * loss[:, None].astype(np.float32)])
    longer: list[_Rule] = []
    for j in usable:
        sums = _sums_by_bin(columns[j], weights).reshape(-1, 2, len(rules))
        for k, score, first, last in _best_ranges(columns[j], sums, loss):
            own = score - PER_BOUND * rules[k].bounds
            if j not in rules[k].columns and own > rules[k].score:
                bounds = rules[k].bounds + columns[j].bounds(first, last)
                longer.append(_Rule((*rules[k].parts, (j, first, last)), own, bounds))
    return sorted(longer, key=lambda rule: -rule.score)


def _meets(rule: _Rule, columns: Sequence[BinnedColumn]) -> Mask:
    met = np.ones(len(columns[0].codes), dtype=bool)
    for j, first, last in rule.parts:
        met &= (columns[j].codes >= first) & (columns[j].codes <= last)
    return met


def _sums_by_bin(column: BinnedColumn, weights: NDArray[np.float32]) -> NDArray[np.float64]:
    n = len(column.codes)
    one_hot = sparse.csr_matrix(
        (np.ones(n, dtype=np.float32), (column.codes, np.arange(n))), shape=(column.bins + 2, n)
    )
    return np.asarray(one_hot @ weights, dtype=float)


def _best_ranges(column: BinnedColumn, sums: NDArray[np.float64], loss: SliceLoss) -> list[tuple[int, float, int, int]]:
    """Return (rule, score, first, last bin) of the best ranges of bins for every rule; sums: (bins + 2, 2, rules)."""
    pairs = _ranges(column)
    running = np.concatenate([np.zeros((1, *sums.shape[1:])), np.cumsum(sums, axis=0)])
    inside = running[pairs[:, 1] + 1] - running[pairs[:, 0]]  # Has shape (ranges, 2, rules).
    scores = _scores(inside[:, 0], inside[:, 1], loss)
    scores -= PER_BOUND * np.array([[column.bounds(*pair)] for pair in pairs.tolist()])
    best = np.argsort(-scores, axis=0)[:PER_COLUMN]
    return [
        (k, float(scores[i, k]), int(pairs[i, 0]), int(pairs[i, 1]))
        for k in range(scores.shape[1])
        for i in best[:, k]
        if scores[i, k] > 0
    ]


def _ranges(column: BinnedColumn) -> NDArray[np.int64]:
    """Return (first, last) of every range of bins that may be a condition: not the whole column."""
    if column.is_numeric:
        ranges = [
            pair for pair in combinations_with_replacement(range(1, column.bins + 1), 2) if pair != (1, column.bins)
        ]
    else:
        ranges = [(i, i) for i in range(1, column.bins + 1)]
    return np.array([*ranges, (MISSING, MISSING)])


def _scores(n: NDArray[np.float64], total: NDArray[np.float64], loss: SliceLoss) -> NDArray[np.float64]:
    """Return how many standard errors the mean loss inside is above that outside; 0 where rows are too few.

    With the variance of all rows, as if there were no slice: small slices with a high loss are found more often so.
    """
    rows, outside = len(loss), len(loss) - n
    usable = (n >= LEAST_SLICE_ROWS) & (n <= LARGEST_SHARE * rows)
    m, o = np.maximum(n, 1), np.maximum(outside, 1)
    excess = total / m - (loss.sum() - total) / o
    return np.where(usable, excess / np.sqrt(loss.var() * (1 / m + 1 / o) + _TINY), 0.0)


def _beam(rules: Sequence[_Rule]) -> list[_Rule]:
    """Keep the best rules, only a few on the same columns."""
    beam: list[_Rule] = []
    times: dict[frozenset[int], int] = {}
    for rule in rules:
        if times.get(rule.columns, 0) < PER_COLUMN:
            times[rule.columns] = times.get(rule.columns, 0) + 1
            beam.append(rule)
        if len(beam) == BEAM:
            break
    return beam


def _distinct(rules: Sequence[_Rule], columns: Sequence[BinnedColumn], loss: SliceLoss) -> list[_Rule]:
    """Keep rules, best first, that still have more error than the rest on rows that no better rule holds."""
    order = sorted(rules, key=lambda rule: -rule.score)
    different, covered = list[_Rule](), np.zeros(len(loss), dtype=bool)
    for rule in order[: 20 * BEAM]:
        if rule.score < LEAST_SCORE or len(different) == MOST_SLICES:
            break
        rule = _simplified(rule, columns, loss)  # noqa: PLW2901 — the same slice in fewer words
        inside = _meets(rule, columns)
        if not different or _is_new(inside, covered, loss):
            different.append(rule)
            covered |= inside
    return different


def _simplified(rule: _Rule, columns: Sequence[BinnedColumn], loss: SliceLoss) -> _Rule:
    """Drop every bound and category that keeps out rows with the same error as those inside."""
    for part in rule.parts:
        for wider in _wider(part, columns[part[0]]):
            others = tuple(one for one in rule.parts if one != part)
            simpler = _Rule((*others, wider) if wider else others, rule.score, rule.bounds - 1)
            if simpler.parts and not _is_needed(_meets(rule, columns), _meets(simpler, columns), loss):
                return _simplified(simpler, columns, loss)
    return rule


def _wider(part: Part, column: BinnedColumn) -> list[Part | None]:
    """Return a part with one bound less; None for none at all."""
    j, first, last = part
    if column.bounds(first, last) < MOST_BOUNDS:
        return [None]
    return [None, (j, 1, last), (j, first, column.bins)]


def _is_needed(inside: Mask, wider: Mask, loss: SliceLoss) -> bool:
    """Tell whether the rows that a condition keeps out have clearly less error than those inside."""
    added = wider & ~inside
    if wider.mean() > LARGEST_SHARE:
        return True
    if not added.any():
        return False
    a, b = loss[inside], loss[added]
    error = np.sqrt(loss[wider].var() * (1 / len(a) + 1 / len(b))) or np.inf
    return bool((a.mean() - b.mean()) / error >= _NEEDED)


def _is_new(inside: Mask, taken: Mask, loss: SliceLoss) -> bool:
    new, others = loss[inside & ~taken], loss[~inside & ~taken]
    if len(new) < max(LEAST_SLICE_ROWS, inside.sum() / 2) or len(others) < LEAST_SLICE_ROWS:
        return False
    excess, whole = new.mean() - others.mean(), loss[inside].mean() - loss[~inside].mean()
    error = np.sqrt(new.var() / len(new) + others.var() / len(others)) or np.inf
    return bool(excess / error >= LEAST_NEW and excess >= whole / 2)


# --- confirmation -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Confirmation:
    """The rows that did not find the slices, and their losses (whole, and cut at WINSOR for the test)."""

    loss: SliceLoss
    robust: SliceLoss
    rows: NDArray[np.int64]
    clusters: NDArray[np.int64] | None
    is_root: bool

    def slices(self, rules: Sequence[tuple[tuple[Condition, ...], Mask]]) -> tuple[Slice, ...]:
        """Measure every rule on these rows; first those that Holm's bound confirms, by what they hold too much of."""
        insides = [inside[self.rows] for _, inside in rules]
        usable = [i for i, inside in enumerate(insides) if LEAST_SLICE_ROWS <= inside.sum() < len(inside)]
        passed = holm([self.risk(insides[i]) for i in usable])
        slices = (self.slice_of(*rules[i], insides[i], ok) for i, ok in zip(usable, passed, strict=True))
        return tuple(sorted(slices, key=lambda one: (not one.confirmed, -(one.share_of_error - one.share_of_rows))))

    def risk(self, inside: Mask) -> float:
        """Return the probability of an excess like this one where the slice is like the rest."""
        loss = self.robust[self.rows]
        if self.clusters is None and set(np.unique(loss)) <= {0.0, 1.0}:
            chance = stats.hypergeom(len(loss), int(loss.sum()), int(inside.sum()))
            return float(chance.sf(loss[inside].sum() - 1))
        parts = [self._mean(loss, one) for one in (inside, ~inside)]
        (a, va, na), (b, vb, nb) = parts
        if va + vb == 0:
            return 1.0
        dof = (va + vb) ** 2 / (va**2 / max(na - 1, 1) + vb**2 / max(nb - 1, 1))
        return float(stats.t.sf((a - b) / np.sqrt(va + vb), dof))

    def _mean(self, loss: SliceLoss, part: Mask) -> tuple[float, float, int]:
        """Return the mean of some rows, its variance, and how many clusters they are."""
        values = loss[part]
        if self.clusters is None:
            return float(values.mean()), float(values.var(ddof=1) / len(values)), len(values)
        labels = np.unique(self.clusters[self.rows][part], return_inverse=True)[1]
        n, mean = int(labels.max()) + 1, float(values.mean())
        sums = np.bincount(labels, weights=values - mean)
        return mean, float(np.square(sums).sum() / len(values) ** 2 * n / max(n - 1, 1)), n

    def slice_of(self, rule: tuple[Condition, ...], everywhere: Mask, inside: Mask, confirmed: bool) -> Slice:
        """Measure one slice; one whose error is no higher than the rest's is none, though it is where large losses are cut."""
        loss = self.loss[self.rows]
        total = float(loss.sum()) or 1.0
        there, rest = self._estimate(inside), self._estimate(~inside)
        return Slice(
            rule,
            int(everywhere.sum()),
            float(everywhere.mean()),
            float(loss[inside].sum()) / total,
            there,
            rest,
            self._ceiling(inside),
            confirmed and there.value > rest.value,
        )

    def _estimate(self, part: Mask) -> Estimate:
        loss = self.loss[self.rows]
        if self.clusters is None and set(np.unique(loss)) <= {0.0, 1.0}:
            return rate_estimate(float(loss[part].mean()), int(part.sum()))
        mean, variance, n = self._mean(loss, part)
        seen = RowPart([variance], 1.0, dof=max(n - 1, 1))
        if not self.is_root:
            return pooled_estimate([mean], [seen], floor=0.0)
        bounds = in_ratio(pooled_estimate([mean], [self._with_long_tails(seen, part)]))
        return Estimate(float(np.sqrt(mean)), float(np.sqrt(bounds.low)), float(np.sqrt(bounds.high)))

    def _with_long_tails(self, seen: RowPart, part: Mask) -> RowPart:
        """Return what rows add to the variance of a mean square; few rows seldom hold the largest errors of a long tail.

        The fewer rows spread, relative to their mean, at least as the others do; the more numerous ones may lack one as large as
        their largest.
        """
        loss = self.loss[self.rows]
        (mean, variance, n), (of_others, their_variance, others) = self._mean(loss, part), self._mean(loss, ~part)
        if n < others:
            alike = (mean / of_others) ** 2 * their_variance * others / n if of_others > 0 else 0.0
            return replace(seen, variances=[max(variance, alike)])
        labels = np.arange(len(loss)) if self.clusters is None else self.clusters[self.rows]
        large = unbounded_part([loss[part]], [labels[part]])
        return replace(seen, more=large.more, few=large.few)

    def _ceiling(self, inside: Mask) -> Estimate:
        """Return what the error loses when no row of the slice is wrong any more."""
        loss = self.loss[self.rows]
        part, mean = loss * inside, float(loss.mean())
        value, variance, _ = self._mean(part, np.ones(len(part), dtype=bool))
        half = Z_TWO_SIDED * float(np.sqrt(variance))
        bounds = [value, max(0.0, value - half), min(mean, value + half)]
        if self.is_root:
            there = in_ratio(Estimate(value, value - half, value + half))
            bounds = [value, there.low, min(mean, there.high)]
            bounds = [np.sqrt(mean) - np.sqrt(max(0.0, mean - one)) for one in bounds]
        return Estimate(float(bounds[0]), float(min(bounds[:2])), float(max(bounds[0], bounds[2])))


def holm(risks: Sequence[float], level: float = FAMILY_RISK) -> list[bool]:
    """Return which hypotheses are rejected at a family-wise error rate of `level` (Holm 1979).

    >>> holm([0.001, 0.04, 0.02])
    [True, True, True]
    >>> holm([0.001, 0.04, 0.03])
    [True, False, False]
    """
    passed = [False] * len(risks)
    for rank, i in enumerate(np.argsort(risks)):
        if risks[i] > level / (len(risks) - rank):
            break
        passed[i] = True
    return passed
