"""Shares and means of dev rows over repeats that share rows, each with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dldiag.core.performance import Band
from dldiag.core.statistics import (
    RowPart,
    clustered_part,
    distinct,
    mean_variance,
    pooled_estimate,
    shared,
    unseen_variance,
)
from dldiag.core.types import Clusters, Estimate, Floats
from dldiag.experiments.predictions import Predictions

RowMask = NDArray[np.bool_]
_DIGITS = 4  # Significant digits of the numbers of a curve.


@dataclass(frozen=True, eq=False)
class JudgedRows:
    """Predictions repeat by repeat. clusters: of each repeat's rows; () where every row counts for itself."""

    parts: tuple[Predictions, ...]
    clusters: tuple[Clusters, ...] = ()

    @cached_property
    def distinct_rows(self) -> int:
        """Number of distinct dev rows; copies of a row count once."""
        copies = [cluster.labels for cluster in self.clusters if cluster.are_copies]
        return distinct(copies or [part.rows for part in self.parts])

    @cached_property
    def shared(self) -> float:
        """Which part of the sampling variance of one repeat's rows remains in the mean over repeats."""
        return shared([part.rows for part in self.parts])


def judged_rows(predictions: Predictions, clusters: Clusters | None = None) -> JudgedRows:
    """Lay predictions out by repeat. clusters: of all rows of the table."""
    parts = tuple(predictions.of_repeat(repeat) for repeat in predictions.repeats)
    return JudgedRows(parts, () if clusters is None else tuple(clusters.of(part.rows) for part in parts))


def mean_estimate(
    judged: JudgedRows,
    values: Sequence[float],
    influences: Sequence[Floats],
    *,
    floors: Sequence[float] = (),
    lowest: float | None = 0.0,
) -> Estimate:
    """Estimate the mean over repeats of a value that rows have these influences on.

    floors: of each repeat, variance that rows without any difference leave, in units of what as many rows leave to a
    rate. lowest: a bound that the value cannot pass.
    """
    least = unseen_variance(judged.distinct_rows) * float(np.median(floors)) if len(floors) else 0.0
    if judged.clusters:
        part = clustered_part(influences, judged.clusters, least)
    else:
        variances = [mean_variance(influence) for influence in influences]
        part = RowPart(variances, judged.shared, least)
    return pooled_estimate(values, [part], floor=lowest)


def mean_estimates(
    judged: JudgedRows, values: Floats, influences: Sequence[Floats], *, floors: Floats
) -> Iterator[Estimate]:
    """Estimate many means over repeats at once, as `mean_estimate` does each.

    values, floors: (repeats, means). influences: of each repeat, (means, rows).
    """
    if judged.clusters:
        for i in range(values.shape[1]):
            yield mean_estimate(
                judged, values[:, i].tolist(), [one[i] for one in influences], floors=floors[:, i].tolist()
            )
        return
    variances = np.array([one.var(axis=1) / one.shape[1] for one in influences])
    least = unseen_variance(judged.distinct_rows) * np.median(floors, axis=0)
    for i in range(values.shape[1]):
        part = RowPart(variances[:, i].tolist(), judged.shared, float(least[i]))
        yield pooled_estimate(values[:, i], [part], floor=0.0)


def share_estimate(judged: JudgedRows, part: Sequence[RowMask], whole: Sequence[RowMask]) -> Estimate | None:
    """Estimate which share of some dev rows (`whole`, a mask per repeat) is also in `part`; None where there are none."""
    there = [i for i, one in enumerate(whole) if one.any()]
    if not there:
        return None
    values, influences = zip(*(share_and_influence(part[i], whole[i]) for i in there), strict=True)
    floors = [float(whole[i].mean()) ** -2 for i in there]
    known = judged if len(there) == len(judged.parts) else only_repeats(judged, there)
    return within_0_and_1(mean_estimate(known, values, influences, floors=floors))


def share_and_influence(part: RowMask, whole: RowMask) -> tuple[float, Floats]:
    """Return the share of `whole` that is in `part`, and each row's influence on it: that of a ratio of means."""
    value = float((part & whole).sum() / whole.sum())
    return value, value + ((part & whole) - value * whole) / whole.mean()


def only_repeats(judged: JudgedRows, there: Sequence[int]) -> JudgedRows:
    """Return some of the repeats, by their places."""
    clusters = tuple(judged.clusters[i] for i in there) if judged.clusters else ()
    return JudgedRows(tuple(judged.parts[i] for i in there), clusters)


def within_0_and_1(estimate: Estimate) -> Estimate:
    """Return an estimate of a share with bounds between 0 and 1."""
    low, high = min(max(estimate.low, 0.0), estimate.value), max(min(estimate.high, 1.0), estimate.value)
    return Estimate(estimate.value, low, high, max(estimate.surely_above, low), min(estimate.surely_below, high))


def band_of_rows(x: Sequence[float], points: Sequence[Estimate], rows: Sequence[int] = ()) -> Band:
    """Put estimates together as a curve, in as many digits as a figure shows."""
    columns = zip(*((point.value, point.low, point.high) for point in points), strict=True)
    value, low, high = (tuple(shortened(number) for number in column) for column in columns)
    return Band(tuple(shortened(one) for one in x), value, low, high, tuple(int(n) for n in rows))


def shortened(number: float) -> float:
    """Return a number with _DIGITS digits that count.

    >>> shortened(0.123456), shortened(1234567.0)
    (0.1235, 1235000.0)
    """
    return float(f"{number:.{_DIGITS}g}")
