"""Intervals that combine the sampling of dev rows with the spread between repeats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from dldiag.core.i18n import Message
from dldiag.core.settings import Settings
from dldiag.core.types import Clusters, Estimate

TWO_SIDED = 0.90  # Quantile of every interval that is shown.
ONE_SIDED = 0.90  # Quantile of the one-sided bounds that rules read.
Z_TWO_SIDED = float(stats.norm.ppf(0.5 + TWO_SIDED / 2))  # Half the width of an interval, in standard errors.
Z_ONE_SIDED = float(stats.norm.ppf(ONE_SIDED))
Z_95 = float(stats.norm.ppf(0.975))  # Quantile of the half-width in Ng's rule for the size of a dev set.
# One-sided 95% bound on the errors behind n rows without one (rule of three, Hanley & Lippman-Hand 1983).
NONE_SEEN = 3.0
DELTA_SHARE = 0.10  # Share of the dev error that δ never falls below.


def delta_of(error: float, least: float = Settings.material) -> float:
    """Return δ, the smallest difference of errors that matters: a share of the error, and never below `least`.

    >>> delta_of(0.05), delta_of(0.5)
    (0.01, 0.05)
    """
    return max(least, DELTA_SHARE * error)


def t_interval(values: ArrayLike, rho: float = 0.0) -> tuple[float, float]:
    """Return the 90% interval of the mean over repeats.

    values: (repeats,), NaN left out. rho: dev rows / training rows when repeats overlap (the corrected resampled
    variance of Nadeau & Bengio 2003, (1/J + rho)·s²); 0 for independent repeats.

    >>> low, high = t_interval([0.1, 0.2, 0.3])
    >>> round(low, 3), round(high, 3)
    (0.031, 0.369)
    """
    x = np.asarray(values, dtype=float)
    x = x[np.isfinite(x)]
    if len(x) < 2:
        return (-np.inf, np.inf) if len(x) == 0 else (float(x[0]), float(x[0]))
    half = t_quantile(0.5 + TWO_SIDED / 2, len(x) - 1) * np.sqrt((1 / len(x) + rho) * x.var(ddof=1))
    return float(x.mean() - half), float(x.mean() + half)


def t_quantile(level: float, dof: float) -> float:
    """Return a quantile of Student's t; `stats.t.ppf` gives the same number in 20 times the time."""
    return float(special.stdtrit(dof, level))


def estimate(
    value: float,
    variance: float,
    dof: float = np.inf,
    *,
    floor: float | None = None,
    source: Message | None = None,
    one_sided: float = ONE_SIDED,
) -> Estimate:
    """Return a value with its two-sided and one-sided intervals from a variance and its degrees of freedom.

    floor: a bound that the number cannot cross (0 for an error).
    """
    sd = float(np.sqrt(max(variance, 0.0)))
    two = t_quantile(0.5 + TWO_SIDED / 2, dof) * sd
    one = t_quantile(one_sided, dof) * sd
    bottom = -np.inf if floor is None else min(floor, value)
    return Estimate(value, max(value - two, bottom), value + two, max(value - one, bottom), value + one, source)


@dataclass(frozen=True, eq=False)
class RowPart:
    """What the sampling of one kind of rows, dev or training, adds to the variance of a mean over repeats.

    variances: (J,) of each repeat alone. shared: the part of it that remains in the mean, because repeats share rows.
    least: what remains in the mean even where no row differed. dof: of the variances, few where clusters are few.
    more, few: of losses without a bound, for the upper bound alone: what one more row as large as the largest would add to the
    variance of the mean, and the degrees of freedom that the few large rows leave. times: the intervals are those that as many times the rows would leave.
    heavy: the variances are of what few rows decide, as squared logarithms; their median would be below their mean.
    """

    variances: Sequence[float]
    shared: float
    least: float = 0.0
    dof: float = np.inf
    heavy: bool = False
    times: float = 1.0
    more: float = 0.0
    few: float = np.inf

    @property
    def of_one(self) -> float:
        """The variance of one repeat."""
        middle = np.mean if self.heavy else np.median
        return float(middle(np.asarray(self.variances, dtype=float)))

    @property
    def in_mean(self) -> float:
        """The variance of the mean over repeats."""
        return max(self.of_one * self.shared, self.least) / self.times


def mean_variance(shares: NDArray[np.float64], clusters: Clusters | None = None) -> float:
    """Return the sampling variance of a mean of what each row gives; rows of one cluster vary together."""
    n = len(shares)
    if clusters is None:
        return float(shares.var() / n)
    of_clusters = _sums(shares - shares.mean(), clusters.labels)
    return float(np.square(of_clusters).sum()) / n**2 * _of_few(len(of_clusters))


def clustered_part(shares: Sequence[NDArray[np.float64]], clusters: Sequence[Clusters], least: float = 0.0) -> RowPart:
    """Return what the sampling of clusters adds to the variance of a mean over repeats.

    shares, clusters: (J,) of the rows of each repeat. A cluster counts with the rows that it gave to all repeats together:
    one repeat alone may hold too few clusters to tell how they vary. Degrees of freedom: clusters - 1, of clusters
    of equal weight that would be as uncertain (Carter, Schnepel & Steigerwald 2017).
    """
    labels = [cluster.labels for cluster in clusters]
    weights = np.concatenate([np.full(len(ids), 1 / len(ids) / len(labels)) for ids in labels])
    values, together = np.concatenate(list(shares)), np.concatenate(labels)
    of_clusters = _sums(weights * (values - weights @ values), together)
    in_mean = float(np.square(of_clusters).sum()) * _of_few(len(of_clusters))
    if len(of_clusters) == 1:  # One cluster says nothing about others, which may differ as much as single rows do.
        in_mean = float(values.var())
    part = float(np.mean([len(np.unique(ids)) for ids in labels])) / len(of_clusters)
    alike = 1 / float(np.square(_sums(weights, together)).sum())
    return RowPart([in_mean / part], part, least, max(1.0, alike - 1))


def dof_of_few(adds: NDArray[np.float64]) -> float:
    """Return the degrees of freedom of a variance that few rows may decide.

    adds: (rows,) what each row adds to a mean, 0 on average. The variance of a sample variance is (κ − 1)/n of its square,
    with κ the kurtosis of the rows; a normal one with that many degrees of freedom varies as much.

    >>> round(dof_of_few(np.repeat([-1.0, 0.0, 1.0], [10, 80, 10])))
    50
    """
    squares = np.square(adds)
    unequal = float(squares.var()) / max(float(squares.mean()) ** 2, np.finfo(float).tiny)
    return max(1.0, 2 * len(adds) / unequal) if unequal > 0 else np.inf


def unbounded_part(
    shares: Sequence[NDArray[np.float64]], rows: Sequence[NDArray[np.int64]], least: float = 0.0
) -> RowPart:
    """Return what the sampling of rows adds to the variance of a mean over repeats where a loss has no bound.

    shares, rows: (J,) of each repeat. The largest losses are likely among the rows not seen yet, so that a mean is rather too
    low than too high: the upper bound allows for one more row as large as the largest, and for how few rows decide the variance.
    """
    centered = np.concatenate([(share - share.mean()) / len(share) for share in shares]) / len(shares)
    adds = _sums(centered, np.concatenate(list(rows)))
    more = float(np.square(adds).max(initial=0.0))
    return RowPart(
        [mean_variance(share) for share in shares], shared(rows), least, heavy=True, more=more, few=dof_of_few(adds)
    )


def _sums(values: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum values by label."""
    return np.asarray(np.bincount(np.unique(labels, return_inverse=True)[1], weights=values))


def _of_few(clusters: int) -> float:
    """Return the factor by which few clusters underestimate a variance on average."""
    return clusters / max(1, clusters - 1)


def shared(rows: Sequence[NDArray[np.int64]]) -> float:
    """Return rows of one repeat over different rows of all repeats, at most 1.

    >>> shared([np.array([1, 2]), np.array([2, 3])])
    0.6666666666666666
    """
    return min(1.0, len(rows[0]) / distinct(rows))


def pooled_estimate(repeats: ArrayLike, parts: Sequence[RowPart], **how: Any) -> Estimate:
    """Estimate a mean over repeats that share rows.

    repeats: (J,) one error (or paired difference) per repeat. The variance is that of the rows (shrunk by how many
    different ones were seen) plus that of the repeats beyond it; degrees of freedom as if all that is uncertain were
    the repeats' scatter (after Satterthwaite), at least J - 1 and at most what the rows' own variance rests on. How often
    such intervals cover what a change really does: `python -m bench.intervals`. how: as in `estimate`.
    """
    x = np.asarray(repeats, dtype=float)
    n, least = len(x), max(1, len(x) - 1)
    scatter = float(x.var(ddof=1)) if n > 1 else 0.0
    # Rows that all repeats share do not make them scatter: E[s²] = n/(n-1) (variance of one - variance of the mean).
    of_rows = sum(part.of_one * (1 - part.shared) for part in parts) * n / least
    variance = sum(part.in_mean for part in parts) + max(0.0, scatter - of_rows) / n
    scatter -= min(scatter, of_rows) * _gone(parts)
    dof = np.inf if scatter == 0 else max(least, least * (variance * n / scatter) ** 2)
    dof = min([dof, *(part.dof for part in parts)])
    pooled = estimate(float(x.mean()), variance, dof, **how)
    if all(part.more == 0 and part.few == np.inf for part in parts):
        return pooled
    variance += sum(part.more / part.times for part in parts)
    above = estimate(float(x.mean()), variance, min([dof, *(part.few for part in parts)]), **how)
    return replace(pooled, high=above.high, at_most=above.surely_below)


def _gone(parts: Sequence[RowPart]) -> float:
    """Return which share of the scatter that rows make would be gone with as many times the rows."""
    each = [part.of_one * (1 - part.shared) for part in parts]
    return sum(one * (1 - 1 / part.times) for one, part in zip(each, parts, strict=True)) / (sum(each) or 1.0)


def in_ratio(plain: Estimate, optimism: float = 0.0) -> Estimate:
    """Return an estimate above 0 with its bounds as ratios to it: small losses of few rows are skewed.

    plain: with bounds around it as differences. Where they are farther than the value itself, the upper bound rises no faster
    than they do. optimism: by how much the value is likely too low because it was chosen as the best; the bounds lie around
    what it would be without, the value stays between them.

    >>> one = in_ratio(Estimate(0.1, 0.05, 0.15))
    >>> round(one.low, 3), round(one.high, 3)
    (0.061, 0.165)
    """
    center = plain.value + optimism
    if center <= 0:
        return replace(plain, low=max(plain.low, 0.0), at_least=max(plain.surely_above, 0.0))

    def above(half: float) -> float:
        ratio = min(half / center, 1.0)
        rise = half * math.expm1(ratio) / ratio if ratio > 0 else 0.0
        return max(center + rise, plain.value)

    def below(half: float) -> float:
        return min(center * math.exp(-half / center), plain.value)

    two, one = plain.value - plain.low, plain.value - plain.surely_above
    highs = above(plain.high - plain.value), above(plain.surely_below - plain.value)
    return Estimate(plain.value, below(two), highs[0], below(one), highs[1], plain.source)


def unseen_variance(rows: int) -> float:
    """Return the variance of an error rate that rows without a single error leave possible.

    >>> upper = Z_TWO_SIDED * unseen_variance(47) ** 0.5  # The exact bound is 0.062.
    >>> round(upper, 3)
    0.064
    """
    return (NONE_SEEN / Z_TWO_SIDED / rows) ** 2


def rate_variance(errors: float, rows: float) -> float:
    """Return the sampling variance of an error rate, never 0: one error and one hit are added (Agresti & Coull).

    >>> round(rate_variance(0.0, 100) ** 0.5, 4)
    0.0098
    """
    smoothed = (errors * rows + 1) / (rows + 2)
    return smoothed * (1 - smoothed) / (rows + 2)


def rate_estimate(errors: float, rows: int, source: Message | None = None) -> Estimate:
    """Estimate an error rate of which only the value and the number of rows are known (Wilson score interval)."""
    low, high = _wilson(errors, rows, TWO_SIDED)
    at_least, at_most = _wilson(errors, rows, 2 * ONE_SIDED - 1)
    return Estimate(errors, low, high, at_least, at_most, source)


def _wilson(rate: float, rows: int, level: float) -> tuple[float, float]:
    interval = stats.binomtest(round(rate * rows), rows).proportion_ci(level, method="wilson")
    return min(float(interval.low), rate), max(float(interval.high), rate)


def difference(a: Estimate, b: Estimate, source: Message | None = None) -> Estimate:
    """Return a − b for independent estimates: half-widths add in quadrature, side by side."""

    def half(x: float, y: float) -> float:
        return float(np.hypot(x, y))

    value = a.value - b.value
    return Estimate(
        value,
        value - half(a.value - a.low, b.high - b.value),
        value + half(a.high - a.value, b.value - b.low),
        value - half(a.value - a.surely_above, b.surely_below - b.value),
        value + half(a.surely_below - a.value, b.value - b.surely_above),
        source,
    )


def distinct(rows: Sequence[NDArray[np.int64]]) -> int:
    """Count the different row indices in several sets."""
    return len(np.unique(np.concatenate(list(rows))))
