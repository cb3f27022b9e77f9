"""The trial of suspicious labels: train without them, and without as many random rows, on the same repeats.

In every repeat the suspects are found by cross-validation inside its training rows, so that no dev row has a say. Dev labels
stay as they are: where they are wrong as often, every model's error is too high by about as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dldiag.core.error_findings import LabelTrial
from dldiag.core.estimate import Estimate
from dldiag.core.statistics import delta_of
from dldiag.core.types import Rows
from dldiag.error_analysis.label_suspects import suspects_of_classes, suspects_of_numbers
from dldiag.experiments.estimates import paired_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import Model
from dldiag.experiments.tasks import FitTask

_FOLDS = 4  # of the cross-validation that finds suspects
TRIAL_REPEATS = 10
MOST_DROPPED = 0.3  # of the training rows; the likeliest mistakes go first
LEAST_LEFT = 2  # training rows of every class that stay


@dataclass(frozen=True, eq=False)
class _Drop:
    """Training rows of one repeat without suspects, and without as many random ones."""

    task: FitTask
    kept: Rows
    kept_at_random: Rows


def try_without_suspects(
    fits: FitCache, model: Model, *, material: float, repeats: int = TRIAL_REPEATS
) -> LabelTrial | None:
    """Train without the suspicious labels; None for a model without probabilities, or when no label is suspicious.

    material: δ at least, in the error unit.
    """
    n = min(repeats, len(fits.split.measuring))
    fits.fit([model], [fits.split.n_train], range(n))
    before = fits.get(model, fits.split.n_train, range(n))
    if any(result.failed for result in before):
        return None
    drops = [_drop(fits, result.task) for result in before]
    if not all(one is not None for one in drops):
        return None
    plans = [one for one in drops if one is not None]
    without = _judged(fits, plans, [one.kept for one in plans], "clean")
    random = _judged(fits, plans, [one.kept_at_random for one in plans], "random")
    if any(result.failed for result in (*without, *random)):
        return None
    change, against = paired_change(before, without), paired_change(random, without)
    dropped = float(np.mean([1 - len(one.kept) / len(one.task.train_rows) for one in plans]))
    delta = delta_of(float(np.mean([result.dev_error for result in before])), material)
    return LabelTrial(change, against, dropped, n, label_verdict(change, against, delta))


def label_verdict(
    change: Estimate, against_random: Estimate, delta: float
) -> Literal["wrong_labels", "no_effect", "hurt", "undecided"]:
    """Return what the trial shows: labels are wrong only where dropping them beats both all rows and random rows."""
    if change.high < 0 and against_random.high < 0:
        return "wrong_labels"
    if change.low > 0:
        return "hurt"
    if against_random.low > 0 or (-delta < against_random.low and against_random.high < delta):
        return "no_effect"
    return "undecided"


def _drop(fits: FitCache, task: FitTask) -> _Drop | None:
    """Find the suspects among the training rows of a fit; None when there are none or nothing can tell."""
    rows, y = task.train_rows, fits.dataset.y[task.train_rows]
    rng = np.random.default_rng([task.seed, 6])
    fold_of = rng.permutation(len(rows)) % _FOLDS
    found = fits.fit_tasks([_fold(task, fold_of, k) for k in range(_FOLDS)])
    if any(one.failed or one.kept is None for one in found):
        return None
    outputs = [one.kept for one in found if one.kept is not None]
    positions = np.argsort(np.concatenate([np.flatnonzero(fold_of == one.task.key[2] % _FOLDS) for one in found]))
    predicted = np.concatenate([one.predicted for one in outputs])[positions]
    if fits.dataset.task == "regression":
        suspects = suspects_of_numbers(y, predicted).positions
    elif all(one.has_probabilities for one in outputs):
        proba = np.concatenate([one.proba for one in outputs if one.proba is not None])[positions]
        suspects = suspects_of_classes(y, proba.astype(float)).positions
    else:
        return None
    suspects = _without_emptying(suspects[: int(MOST_DROPPED * len(rows))], y, fits.dataset.task)
    if len(suspects) == 0:
        return None
    random = rng.permutation(len(rows))[: len(suspects)]
    return _Drop(task, np.delete(rows, suspects), np.delete(rows, random))


def _fold(task: FitTask, fold_of: Rows, k: int) -> FitTask:
    name, size, repeat = task.key
    return replace(
        task,
        key=(f"{name} fold", size, repeat * _FOLDS + k),
        train_rows=task.train_rows[fold_of != k],
        dev_rows=task.train_rows[fold_of == k],
        watched=False,
        kept=True,
    )


def _without_emptying(suspects: Rows, y: NDArray[np.int64], task: str) -> Rows:
    """Leave a class its rows when too few would stay."""
    if task == "regression":
        return suspects
    left = np.bincount(y) - np.bincount(y[suspects], minlength=int(y.max()) + 1)
    return suspects[left[y[suspects]] >= LEAST_LEFT]


def _judged(fits: FitCache, plans: Sequence[_Drop], rows: Sequence[Rows], name: str) -> list[FitResult]:
    """Train on fewer rows and judge on the same dev rows; in the order of the plans."""
    tasks = [
        replace(
            one.task,
            key=(f"{one.task.key[0]} {name}", len(kept), one.task.key[2]),
            train_rows=kept,
            watched=False,
            kept=False,
        )
        for one, kept in zip(plans, rows, strict=True)
    ]
    return sorted(fits.fit_tasks(tasks), key=lambda result: result.task.key[2])
