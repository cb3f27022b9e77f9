"""Errors of fits to estimates: of one model, of a gap, of a paired difference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dldiag.fit import FitResult
from dldiag.intervals import ONE_SIDED, RowPart, pooled_estimate, shared
from dldiag.language import Message
from dldiag.types import Estimate

Results = Sequence[FitResult]


def dev_error(results: Results, source: Message | None = None) -> Estimate:
    """Estimate a model's dev error over repeats."""
    return pooled_estimate([r.dev_error for r in results], [_dev_part(results)], floor=0.0, source=source)


def train_error(results: Results, source: Message | None = None) -> Estimate:
    """Estimate a model's training error over repeats."""
    return pooled_estimate([r.train_error for r in results], [_train_part(results)], floor=0.0, source=source)


def gap(results: Results) -> Estimate:
    """Estimate variance: dev error − training error of the same fits."""
    gaps = [r.dev_error - r.train_error for r in results]
    return pooled_estimate(gaps, [_dev_part(results), _train_part(results)])


def paired_change(before: Results, after: Results, *, clipped: bool = True, one_sided: float = ONE_SIDED) -> Estimate:
    """Estimate the change in dev error, after − before, paired by repeat and by dev row (negative is better).

    clipped: a model that errs more than the plainest guess counts as that guess: nobody would use it, and how far a
    fit blew up must not hide what the other repeats say. (Not for a comparison with the guess itself.)
    """
    pairs = list(zip(before, after, strict=True))
    if clipped:
        changes = [b.useful_error - a.useful_error for a, b in pairs]
        shares = [b.useful_influence - a.useful_influence for a, b in pairs]
    else:
        changes, shares = [b.dev_error - a.dev_error for a, b in pairs], [b.influence - a.influence for a, b in pairs]
    variances = [float(share.var() / len(share)) for share in shares]
    least = [_one_row(a) for a in before]
    part = _dev_part(before, np.maximum(variances, least).tolist())
    return pooled_estimate(changes, [part], one_sided=one_sided)


def train_change(before: Results, after: Results) -> Estimate:
    """Estimate the change in training error, after − before, paired by repeat; also at most the plainest guess's."""
    changes = [
        min(b.train_error, b.guess_error) - min(a.train_error, a.guess_error)
        for a, b in zip(before, after, strict=True)
    ]
    return pooled_estimate(changes, [])


def _dev_part(results: Results, variances: Sequence[float] | None = None) -> RowPart:
    """Return what sampling of the dev rows gives to each repeat: to its dev error unless told otherwise."""
    values = [floored_variance(r) for r in results] if variances is None else variances
    return RowPart(values, shared([r.task.dev_rows for r in results]))


def _train_part(results: Results) -> RowPart:
    return RowPart([r.train_variance for r in results], shared([r.task.train_rows for r in results]))


def floored_variance(result: FitResult) -> float:
    """Sampling variance of a dev error; a model without a single error on n rows is not known to be perfect."""
    return max(result.dev_variance, _one_row(result))


def _one_row(result: FitResult) -> float:
    """The variance that one differing row in n would bring: the least that n rows can tell apart."""
    n, largest = len(result.influence), max(float(result.useful_influence.max(initial=0.0)), 0.1)
    return (largest / n) ** 2
