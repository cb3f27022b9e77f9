"""Every metric of a model on its dev rows, with intervals, from the predictions that its fits keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dldiag.core.metric_results import ClassScores
from dldiag.core.statistics import pooled_estimate
from dldiag.core.types import Dataset, Estimate
from dldiag.experiments import estimates
from dldiag.experiments.class_losses import LossAndInfluence
from dldiag.experiments.fit import FitResult
from dldiag.experiments.judged import Judged
from dldiag.experiments.judging import HOPELESS
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.metrics import COSTS, METRICS, NONNEGATIVE, POSITIVE, PROBABILITIES, Metric


def metric_estimates(
    results: Sequence[FitResult], dataset: Dataset, choice: MetricChoice, scale: float
) -> dict[str, Estimate]:
    """Estimate every metric that these fits can give, as the field writes it; values in the target's own unit.

    scale: std of a numeric target. {} where the fits kept nothing.
    """
    judged = [judged_fit(one, dataset, choice, scale) for one in results if one.kept is not None]
    if not judged or len(judged) < len(results):
        return {}
    has_probabilities = all(one.kept is not None and one.kept.has_probabilities for one in results)
    rows = [row for row in METRICS.values() if _is_possible(row, dataset, choice, has_probabilities)]
    return {row.name: shown(row, loss_estimate(results, judged, row), scale) for row in rows}


def judged_fit(result: FitResult, dataset: Dataset, choice: MetricChoice, scale: float) -> Judged:
    """Return what a fit predicted for its dev rows beside their targets."""
    assert result.kept is not None
    y, predicted = dataset.y[result.task.dev_rows], result.kept.predicted
    if dataset.task == "classification":
        return choice.judged(y, predicted, result.kept.proba)
    off = np.nan_to_num((predicted - y) / scale, nan=HOPELESS, posinf=HOPELESS, neginf=-HOPELESS)
    residual = np.clip(off, -HOPELESS, HOPELESS)
    return choice.judged(y, y + residual * scale, residual=residual, spread=scale)


def loss_estimate(results: Sequence[FitResult], judged: Sequence[Judged], metric: Metric) -> Estimate:
    """Estimate the mean loss of some fits by a metric, whatever they were measured by before."""
    again = [measured_by(metric, one, result) for one, result in zip(judged, results, strict=True)]
    return estimates.dev_error(again)


def measured_by(metric: Metric, judged: Judged, result: FitResult) -> FitResult:
    """Return a fit with its dev error and influences by another metric."""
    loss, influence = metric.loss(judged)
    floor = None if metric.scarce is None else metric.scarce(judged) ** -2
    return replace(result, dev_error=loss, influence=influence, useful_influence=influence, floor=floor)


def shown(metric: Metric, loss: Estimate, scale: float = 1.0) -> Estimate:
    """Return the estimate of a loss in the metric's own direction and unit."""
    if metric.higher_is_better:
        return Estimate(1 - loss.value, 1 - loss.high, 1 - loss.low, 1 - loss.surely_below, 1 - loss.surely_above)
    unit = scale if metric.spread_powers else 1.0
    return Estimate(
        unit * loss.value, unit * loss.low, unit * loss.high, unit * loss.surely_above, unit * loss.surely_below
    )


def _is_possible(metric: Metric, dataset: Dataset, choice: MetricChoice, has_probabilities: bool) -> bool:
    has = {
        PROBABILITIES: has_probabilities,
        POSITIVE: choice.positive is not None,
        COSTS: choice.costs is not None,
        NONNEGATIVE: dataset.task == "regression" and float(np.min(dataset.y)) >= 0,
    }
    return dataset.task in metric.tasks and all(has[need] for need in metric.needs)


def class_scores(results: Sequence[FitResult], dataset: Dataset) -> tuple[ClassScores, ...]:
    """Estimate recall and precision of every class over the repeats; () for a numeric target or where nothing is kept."""
    if dataset.task != "classification" or any(one.kept is None for one in results):
        return ()
    different = np.unique(np.concatenate([one.task.dev_rows for one in results]))
    counts = np.bincount(dataset.y[different], minlength=len(dataset.classes))
    return tuple(
        ClassScores(name, int(counts[code]), *_recall_and_precision(results, dataset, code))
        for code, name in enumerate(dataset.classes)
    )


def _recall_and_precision(
    results: Sequence[FitResult], dataset: Dataset, code: int
) -> tuple[Estimate | None, Estimate | None]:
    actual = [dataset.y[one.task.dev_rows] == code for one in results]
    called = [one.kept.predicted == code for one in results if one.kept is not None]
    hits = [a & c for a, c in zip(actual, called, strict=True)]
    return share_of(results, hits, actual), share_of(results, hits, called)


def share_of(
    results: Sequence[FitResult], part: Sequence[NDArray[np.bool_]], whole: Sequence[NDArray[np.bool_]]
) -> Estimate | None:
    """Estimate which share of some dev rows is also in `part`; None where no repeat has such rows."""
    there = [i for i, one in enumerate(whole) if one.any()]
    if not there:
        return None
    ratios = [_ratio(part[i], whole[i]) for i in there]
    fits = [
        replace(
            results[i],
            dev_error=value,
            influence=influence,
            useful_influence=influence,
            floor=float(whole[i].mean()) ** -2,
        )
        for i, (value, influence) in zip(there, ratios, strict=True)
    ]
    found = pooled_estimate([value for value, _ in ratios], [estimates.dev_part(fits)], floor=0.0)
    high, most = min(found.high, 1.0), min(found.surely_below, 1.0)
    return Estimate(found.value, found.low, max(high, found.value), found.surely_above, max(most, found.value))


def _ratio(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> LossAndInfluence:
    value = float(part.sum() / whole.sum())
    return value, value + (part - value * whole) / whole.mean()
