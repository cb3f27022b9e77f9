"""How sure is a number: intervals from dev-row sampling and repeat-to-repeat spread together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from dldiag.language import Message
from dldiag.settings import Settings
from dldiag.types import Estimate

TWO_SIDED = 0.90  # of every interval that is shown
ONE_SIDED = 0.90  # of the bounds that rules read
Z_TWO_SIDED = float(stats.norm.ppf(0.5 + TWO_SIDED / 2))  # standard errors
Z_ONE_SIDED = float(stats.norm.ppf(ONE_SIDED))
Z_95 = float(stats.norm.ppf(0.975))  # of the half-width that Ng's rule for the size of a dev set is about
DELTA_SHARE = 0.10  # of the error; δ is never below it (DESIGN: "1 point or 10 % of dev error")


def delta_of(error: float, least: float = Settings.material) -> float:
    """Return δ, the smallest difference of errors that matters: a share of the error, and never below `least`.

    >>> delta_of(0.05), delta_of(0.5)
    (0.01, 0.05)
    """
    return max(least, DELTA_SHARE * error)


def t_interval(values: ArrayLike, rho: float = 0.0) -> tuple[float, float]:
    """Return the 90 % interval of the mean over repeats.

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
    half = stats.t.ppf(0.5 + TWO_SIDED / 2, len(x) - 1) * np.sqrt((1 / len(x) + rho) * x.var(ddof=1))
    return float(x.mean() - half), float(x.mean() + half)


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

    floor: a bound that the number cannot pass (0 for an error).
    """
    sd = float(np.sqrt(max(variance, 0.0)))
    two = float(stats.t.ppf(0.5 + TWO_SIDED / 2, dof)) * sd
    one = float(stats.t.ppf(one_sided, dof)) * sd
    bottom = -np.inf if floor is None else min(floor, value)
    return Estimate(value, max(value - two, bottom), value + two, max(value - one, bottom), value + one, source)


@dataclass(frozen=True, eq=False)
class RowPart:
    """What the sampling of one kind of rows, dev or training, adds to the variance of a mean over repeats.

    variances: (J,) of each repeat alone. shared: the part of it that remains in the mean, because repeats share rows.
    """

    variances: Sequence[float]
    shared: float


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
    the repeats' scatter (after Satterthwaite), at least J - 1. How often such intervals cover what a change really
    does: `python -m bench.intervals`. how: as in `estimate`.
    """
    x = np.asarray(repeats, dtype=float)
    medians = [float(np.median(np.asarray(part.variances, dtype=float))) for part in parts]
    rows = sum(medians)
    scatter = float(x.var(ddof=1)) if len(x) > 1 else 0.0
    in_mean = sum(median * part.shared for median, part in zip(medians, parts, strict=True))
    variance = in_mean + max(0.0, scatter - rows) / len(x)
    least = max(1, len(x) - 1)
    dof = np.inf if scatter == 0 else max(least, least * (variance * len(x) / scatter) ** 2)
    return estimate(float(x.mean()), variance, dof, **how)


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
    found = stats.binomtest(round(rate * rows), rows).proportion_ci(level, method="wilson")
    return min(float(found.low), rate), max(float(found.high), rate)


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
