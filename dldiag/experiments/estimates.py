"""Estimates from fits: the error of a model, the gap between dev and training error, and paired changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.statistics import (
    ONE_SIDED,
    RowPart,
    clustered_part,
    distinct,
    dof_of_few,
    in_ratio,
    mean_variance,
    pooled_estimate,
    shared,
    unbounded_part,
    unseen_variance,
)
from dldiag.core.types import Estimate
from dldiag.experiments.fit import FitResult

Results = Sequence[FitResult]

_LEAST_SHARE = 0.1  # In std(y): what one more row could add to an RMSE when all rows seen were predicted exactly.


# Factor on the variance of a gap paired by row: all training sets come from the same rows, so models differ less than on
# fresh ones. With it 90% intervals cover 95% of 100 pools of 160 rows (five models on two tables), without it 88%; unpaired
# ones are a third wider and cover 97%.
SAME_ROWS = 1.5


def dev_error(results: Results, source: Message | None = None) -> Estimate:
    """Estimate a model's dev error over repeats."""
    return _error([r.dev_error for r in results], results, dev_part(results), source)


def counted_error(results: Results) -> Estimate | None:
    """Estimate the dev error with each repeat capped at the baseline's; None where no repeat exceeds it.

    Paired changes start from this number.
    """
    if all(r.dev_error <= r.guess_error for r in results):
        return None
    shares = [r.useful_influence for r in results]
    return _error([r.useful_error for r in results], results, dev_part(results, shares))


def _error(errors: Sequence[float], results: Results, rows: RowPart, source: Message | None = None) -> Estimate:
    """Estimate a dev error with an interval as its metric asks for."""
    highest = results[0].highest
    if not results[0].in_ratio:
        return pooled_estimate(errors, [rows], floor=0.0, source=source).within(0.0, highest)
    optimism = float(np.mean([r.optimism for r in results]))
    return in_ratio(pooled_estimate(errors, [replace(rows, heavy=True)], source=source), optimism).within(0.0, highest)


def train_error(results: Results, source: Message | None = None) -> Estimate:
    """Estimate a model's training error over repeats."""
    return pooled_estimate([r.train_error for r in results], [_train_part(results)], floor=0.0, source=source)


def gap(results: Results) -> Estimate:
    """Estimate variance: dev error − training error of the same fits, paired by row where the loss of each training row is known.

    A hard row is hard in either set. Over the repeats most rows are in both, so how hard they are cancels out. A model that
    predicts every row alike memorizes nothing: what it has of a gap comes from the rows that were drawn, and the true one is 0.
    """
    gaps = [r.dev_error - r.train_error for r in results]
    if all(r.is_constant for r in results):
        seen = float(np.mean(gaps))
        return Estimate(seen, min(seen, 0.0), max(seen, 0.0))
    return pooled_estimate(gaps, _gap_parts(results))


def paired_change(before: Results, after: Results, *, clipped: bool = True, one_sided: float = ONE_SIDED) -> Estimate:
    """Estimate the change in dev error, after − before, paired by repeat and by dev row (negative is better).

    clipped: a model that errs more than the baseline counts as the baseline: nobody would use it, and how far a
    fit blew up must not hide what the other repeats say. (Not for a comparison with the guess itself.)
    """
    pairs = list(zip(before, after, strict=True))
    if clipped:
        changes = [b.useful_error - a.useful_error for a, b in pairs]
        shares = [b.useful_influence - a.useful_influence for a, b in pairs]
    else:
        changes, shares = [b.dev_error - a.dev_error for a, b in pairs], [b.influence - a.influence for a, b in pairs]
    highest = before[0].highest
    return pooled_estimate(changes, [dev_part(before, shares)], one_sided=one_sided).within(-highest, highest)


def train_change(before: Results, after: Results) -> Estimate:
    """Estimate the change in training error, after − before, paired by repeat; also at most the baseline's."""
    changes = [
        min(b.train_error, b.guess_error) - min(a.train_error, a.guess_error)
        for a, b in zip(before, after, strict=True)
    ]
    return pooled_estimate(changes, [])


def dev_part(results: Results, shares: Sequence[NDArray[np.float64]] | None = None) -> RowPart:
    """Return the variance from the sampling of dev rows, of the dev error or of a quantity with these shares of its rows."""
    values = [r.influence for r in results] if shares is None else shares
    least = _least(results, values, _LEAST_SHARE if shares is None else 0.0)
    clusters = [r.dev_clusters for r in results if r.dev_clusters is not None]
    rows = [r.task.dev_rows for r in results]
    if clusters:
        part = clustered_part(values, clusters, least)
    elif shares is None and not _floors(results):
        part = unbounded_part(values, rows, least)
    else:
        part = RowPart([mean_variance(value) for value in values], shared(rows), least)
    return replace(part, times=results[0].dev_times)


def _floors(results: Results) -> list[float]:
    """Return the floors of losses that have a bound; [] for those that have none."""
    return [r.floor for r in results if r.floor is not None]


def _train_part(results: Results) -> RowPart:
    clusters = [np.unique(r.train_clusters.labels) for r in results if r.train_clusters is not None]
    units = clusters or [r.task.train_rows for r in results]
    dof = max(1, distinct(units) - 1) if clusters else np.inf
    return RowPart([r.train_variance for r in results], shared(units), dof=dof)


def _gap_parts(results: Results) -> list[RowPart]:
    """Return what the rows add to the variance of a gap; unpaired where the losses of training rows are not kept."""
    if any(r.train_influence is None for r in results):
        return [dev_part(results), _train_part(results)]
    adds, floors = _added_to_gap(results), _floors(results)
    of_one, shrunk = (_variance_of_one(results, more) for more in (False, True))
    in_mean = SAME_ROWS * float(np.square(adds).sum()) * adds.size / max(1, adds.size - 1)
    part = min(1.0, in_mean / of_one) if of_one > 0 else 1.0
    times = of_one / shrunk if shrunk > 0 else 1.0  # Training rows stay as many.
    least = unseen_variance(distinct_dev_rows(results)) * float(np.median(floors)) if floors else 0.0
    more = 0.0 if floors else SAME_ROWS * float(np.square(adds).max(initial=0.0))
    few, clusters = dof_of_few(adds), results[0].dev_clusters
    dof = np.inf if clusters is None or clusters.are_copies else few
    return [RowPart([of_one], part, least, dof, times=times, more=more, few=np.inf if floors else few)]


def _variance_of_one(results: Results, more_rows: bool) -> float:
    """Return the variance that its rows give the gap of one repeat; more_rows: with the dev rows that are asked for."""
    dev = [mean_variance(r.influence, r.dev_clusters) / (r.dev_times if more_rows else 1.0) for r in results]
    return float(np.median([of_dev + r.train_variance for of_dev, r in zip(dev, results, strict=True)]))


def _added_to_gap(results: Results) -> NDArray[np.float64]:
    """Return what each row or cluster adds to the mean gap, as a dev row in some repeats and as a training row in others."""
    units = np.concatenate([np.concatenate(_units(r)) for r in results])
    dev = [r.influence for r in results]
    train = [np.asarray(r.train_influence, dtype=float) for r in results]
    centers = [float(np.mean([part.mean() for part in parts])) for parts in (dev, train)]
    adds = np.concatenate(
        [
            np.concatenate([(d - centers[0]) / len(d), (centers[1] - t) / len(t)])
            for d, t in zip(dev, train, strict=True)
        ]
    ) / len(results)
    return np.asarray(np.bincount(np.unique(units, return_inverse=True)[1], weights=adds))


def _units(result: FitResult) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which row each dev row and each training row counts as; copies and members of a group count as one."""
    if result.dev_clusters is None or result.train_clusters is None:
        return result.task.dev_rows, result.task.train_rows
    return result.dev_clusters.labels, result.train_clusters.labels


def distinct_dev_rows(results: Results) -> int:
    """Count the distinct dev rows; copies of a row count once."""
    copies = [r.dev_clusters.labels for r in results if r.dev_clusters is not None and r.dev_clusters.are_copies]
    return distinct(copies or [r.task.dev_rows for r in results])


def _least(results: Results, shares: Sequence[NDArray[np.float64]], smallest: float) -> float:
    """Return the least variance that dev rows leave: a model without a single error on n rows is not known to be perfect.

    Of a numeric target: that of one more row whose share is as large as the largest seen, or `smallest`. A paired change
    has the shares of its differences: those of one model alone would hide every change on a table with extreme residuals.
    """
    rows, floors = distinct_dev_rows(results), _floors(results)
    if floors:
        return unseen_variance(rows) * float(np.median(floors))
    largest = float(np.median([np.abs(share).max(initial=smallest) for share in shares]))
    return largest**2 / (len(shares[0]) * rows)
