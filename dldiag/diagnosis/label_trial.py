"""Test suspicious labels: train without them, without as many random rows, and with the labels that the model expects.

In every repeat the suspects are found by cross-validation inside its training rows, so that dev rows do not influence them. Dev labels
of classes stay as they are: where they are wrong as often, every model's error is too high by about as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dldiag.core.error_findings import LabelTrial
from dldiag.core.estimate import Estimate
from dldiag.core.statistics import delta_of
from dldiag.core.types import Report, Rows
from dldiag.error_analysis.label_suspects import suspects_of_classes, suspects_of_numbers
from dldiag.error_analysis.of_fits import case_of_fits
from dldiag.error_analysis.row_losses import row_losses
from dldiag.experiments.estimates import paired_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import Model
from dldiag.experiments.tasks import FitTask

_FOLDS = 4  # Folds of a cross-validation that finds suspects.
# The predictions of this many cross-validations are averaged: one alone depends much on the draw of its folds.
_PARTITIONS = 2
TRIAL_REPEATS = 14
MOST_DROPPED = 0.3  # Largest share of the training rows dropped; the likeliest mistakes go first.
LEAST_LEFT = 2  # Training rows of every class that are always kept.
_WIDER = 1.57  # Times the 90% interval: a 99% interval must lie within δ before labels are said to have no effect.


@dataclass(frozen=True, eq=False)
class _Plan:
    """Training rows of one repeat: positions of the suspects, of as many random ones, and what the suspects should be."""

    task: FitTask
    suspects: Rows
    random: Rows
    expected: NDArray[Any]  # What the model expects of each suspect.

    def without(self, positions: Rows, name: str) -> FitTask:
        """Return the fit without some training rows."""
        rows = np.delete(self.task.train_rows, positions)
        return replace(self.task, key=self._key(name), train_rows=rows, watched=False, kept=False)

    def relabelled(self, y: NDArray[Any]) -> FitTask:
        """Return the fit with the suspects' labels replaced."""
        targets = y[self.task.train_rows].copy()
        targets[self.suspects] = self.expected
        return replace(self.task, key=self._key("relabelled"), relabelled=targets, watched=False, kept=False)

    def _key(self, name: str) -> tuple[str, int, int]:
        return f"{self.task.key[0]} {name}", self.task.key[1], self.task.key[2]


def try_without_suspects(
    fits: FitCache, model: Model, *, material: float, repeats: int = TRIAL_REPEATS
) -> LabelTrial | None:
    """Train without the suspicious labels; None for a model without probabilities, or when no label is suspicious.

    material: δ at least, in the error unit.
    """
    # The repeats by which a search chooses count, too: nothing is chosen here.
    n = min(repeats, len(fits.split.repeats))
    fits.fit([model], [fits.split.n_train], range(n))
    results = fits_without(fits, model, range(n))
    if results is None:
        return None
    before, without, random, relabelled = results
    change, against = paired_change(before, without), paired_change(random, without)
    shares = [len(a.task.train_rows) / len(b.task.train_rows) for a, b in zip(without, before, strict=True)]
    delta = delta_of(float(np.mean([result.dev_error for result in before])), material)
    verdict = label_verdict(change, against, delta)
    return LabelTrial(change, against, 1 - float(np.mean(shares)), n, verdict, paired_change(before, relabelled))


def with_label_trial(report: Report, fits: FitCache, model: Model) -> Report:
    """Return the report with the trial of its suspicious labels, where it has some and its settings ask for the trial."""
    errors = report.errors
    if not report.settings["label_trial"] or errors is None or errors.suspects is None or not errors.suspects.rows:
        return report
    trial = try_without_suspects(fits, model, material=report.settings["material"])
    return replace(report, errors=replace(errors, suspects=replace(errors.suspects, tried=trial)))


def fits_without(
    fits: FitCache, model: Model, repeats: Sequence[int], judged: Rows | None = None
) -> tuple[list[FitResult], ...] | None:
    """Return fits with all rows, without the suspects, without random rows, with the suspects relabelled; one per repeat.

    judged: rows to score on where they are not the dev rows. None where a model fails or has no suspects in some repeat. A numeric
    target is judged on dev rows that are no suspects themselves: a wrong value would outweigh all others there.
    """
    usual = fits.get(model, fits.split.n_train, repeats)
    if any(one.failed for one in usual):
        return None
    if judged is None and fits.dataset.task == "regression":
        suspects = _suspect_rows(fits, model)
        usual = _judged(fits, [_on_plausible_rows(one.task, suspects) for one in usual])
    plans = [plan for plan in (_plan(fits, one.task) for one in usual) if plan is not None]
    if len(plans) < len(usual):
        return None
    tasks = (
        [plan.task for plan in plans],
        [plan.without(plan.suspects, "clean") for plan in plans],
        [plan.without(plan.random, "random") for plan in plans],
        [plan.relabelled(fits.dataset.y) for plan in plans],
    )
    if judged is None:
        results = (usual, *(_judged(fits, group) for group in tasks[1:]))
    else:
        results = tuple(_judged(fits, [replace(one, dev_rows=judged, kept=False) for one in group]) for group in tasks)
    return None if any(one.failed for group in results for one in group) else results


def _suspect_rows(fits: FitCache, model: Model) -> Rows:
    """Return the dev rows whose value is suspect, by what all repeats predicted."""
    case = case_of_fits(fits, model)
    if case is None:
        return np.zeros(0, dtype=np.int64)
    folded = row_losses(case)
    return np.asarray(folded.rows[suspects_of_numbers(folded.y, folded.predicted).positions])


def _on_plausible_rows(task: FitTask, suspects: Rows) -> FitTask:
    rows = np.setdiff1d(task.dev_rows, suspects)
    return replace(task, dev_rows=rows if len(rows) else task.dev_rows, watched=False, kept=False)


def label_verdict(
    change: Estimate, against_random: Estimate, delta: float
) -> Literal["wrong_labels", "no_effect", "hurt", "undecided"]:
    """Return what the trial shows: labels are wrong only where dropping them beats both all rows and random rows.

    That they have no effect is said only where the 99% interval against random rows is within δ, or above 0.
    """
    if change.high < 0 and against_random.high < 0:
        return "wrong_labels"
    if change.low > 0:
        return "hurt"
    low, high = (
        against_random.value + _WIDER * (b - against_random.value) for b in (against_random.low, against_random.high)
    )
    return "no_effect" if low > 0 or (-delta < low and high < delta) else "undecided"


def _plan(fits: FitCache, task: FitTask) -> _Plan | None:
    """Find the suspects among the training rows of a fit; None when there are none or nothing can tell."""
    y, is_classes = fits.dataset.y[task.train_rows], fits.dataset.task == "classification"
    rng = np.random.default_rng([task.seed, 6])
    expected = _out_of_fold(fits, task, rng)
    if expected is None:
        return None
    positions = suspects_of_classes(y, expected) if is_classes else suspects_of_numbers(y, expected)
    suspects = positions.positions[: int(MOST_DROPPED * len(y))]
    suspects = _without_emptying(suspects, y) if is_classes else suspects
    if len(suspects) == 0:
        return None
    random = rng.permutation(len(y))[: len(suspects)]
    return _Plan(task, suspects, random, positions.suggested[suspects])


def _out_of_fold(fits: FitCache, task: FitTask, rng: np.random.Generator) -> NDArray[Any] | None:
    """Return what models that did not see a training row predict for it, averaged: probabilities (rows, K), or values."""
    n = len(task.train_rows)
    folds = [rng.permutation(n) % _FOLDS for _ in range(_PARTITIONS)]
    tasks = [_fold(task, folds[p], p * _FOLDS + k) for p in range(_PARTITIONS) for k in range(_FOLDS)]
    total: Any = 0.0
    for result in fits.fit_tasks(tasks):
        kept = result.kept
        if result.failed or kept is None or (fits.dataset.task == "classification" and not kept.has_probabilities):
            return None
        values = kept.predicted if kept.proba is None else kept.proba.astype(float)
        number = result.task.key[2] % (_PARTITIONS * _FOLDS)
        placed = np.zeros((n, *values.shape[1:]))
        placed[folds[number // _FOLDS] == number % _FOLDS] = values
        total = total + placed / _PARTITIONS
    return np.asarray(total)


def _fold(task: FitTask, fold_of: Rows, number: int) -> FitTask:
    name, size, repeat = task.key
    k = number % _FOLDS
    return replace(
        task,
        key=(f"{name} fold", size, repeat * _PARTITIONS * _FOLDS + number),
        train_rows=task.train_rows[fold_of != k],
        dev_rows=task.train_rows[fold_of == k],
        watched=False,
        kept=True,
    )


def _without_emptying(suspects: Rows, y: NDArray[np.int64]) -> Rows:
    """Keep the suspects of a class that would be left with too few rows."""
    left = np.bincount(y) - np.bincount(y[suspects], minlength=int(y.max()) + 1)
    return suspects[left[y[suspects]] >= LEAST_LEFT]


def _judged(fits: FitCache, tasks: Sequence[FitTask]) -> list[FitResult]:
    """Train on other rows or labels and score on the same dev rows, in the order of the repeats."""
    return sorted(fits.fit_tasks(tasks), key=lambda result: result.task.key[2])
