"""Every metric of a model on its dev rows, with intervals, from the predictions that its fits keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dldiag.core.types import Dataset, Estimate
from dldiag.experiments import estimates
from dldiag.experiments.fit import FitResult
from dldiag.experiments.judged import Judged
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.metrics import COSTS, METRICS, NONNEGATIVE, POSITIVE, PROBABILITIES, Metric
from dldiag.experiments.scoring import HOPELESS


def metric_estimates(
    results: Sequence[FitResult], dataset: Dataset, choice: MetricChoice, scale: float
) -> dict[str, Estimate]:
    """Estimate every metric that these fits can give, as the field writes it; values in the target's own unit.

    scale: std of a numeric target. {} where the fits kept nothing.
    """
    judged = [judged_fit(result, dataset, choice, scale) for result in results if result.kept is not None]
    if not judged or len(judged) < len(results):
        return {}
    has_probabilities = all(result.kept is not None and result.kept.has_probabilities for result in results)
    rows = [row for row in METRICS.values() if _is_possible(row, dataset, choice, has_probabilities)]
    return {row.name: in_metric_unit(row, loss_estimate(results, judged, row), scale) for row in rows}


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
    optimism = 0.0 if metric.optimism is None else metric.optimism(judged)
    return replace(
        result,
        dev_error=loss,
        influence=influence,
        useful_influence=influence,
        floor=floor,
        in_ratio=metric.in_ratio,
        highest=metric.highest,
        optimism=optimism,
    )


def in_metric_unit(metric: Metric, loss: Estimate, scale: float = 1.0) -> Estimate:
    """Return the estimate of a loss in the metric's own direction and unit, within what it can be."""
    high, most = (max(loss.value, min(one, metric.highest)) for one in (loss.high, loss.surely_below))
    if metric.higher_is_better:
        return Estimate(1 - loss.value, 1 - high, 1 - loss.low, 1 - most, 1 - loss.surely_above)
    unit = scale if metric.spread_powers else 1.0
    return Estimate(unit * loss.value, unit * loss.low, unit * high, unit * loss.surely_above, unit * most)


def _is_possible(metric: Metric, dataset: Dataset, choice: MetricChoice, has_probabilities: bool) -> bool:
    has = {
        PROBABILITIES: has_probabilities,
        POSITIVE: choice.positive is not None,
        COSTS: choice.costs is not None,
        NONNEGATIVE: dataset.task == "regression" and float(np.min(dataset.y)) >= 0,
    }
    return dataset.task in metric.tasks and all(has[need] for need in metric.needs)
