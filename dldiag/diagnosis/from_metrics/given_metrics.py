"""GIVEN_METRICS: what numbers from elsewhere may be measured by, and how each becomes an error of which lower is better."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from dldiag.core.i18n import Message
from dldiag.core.metric_results import MetricUsed
from dldiag.core.statistics import rate_variance
from dldiag.core.types import ErrorUnit, Task

GUESSING_AUC = 0.5  # The AUC of a ranking that knows nothing.
AUTO = "auto"
LOSS = "loss"  # Names the loss of a training history that has no other metric.
# The target's own unit, or a loss: nothing but the errors themselves says what is large.
OWN_UNIT: ErrorUnit = "loss"


@dataclass(frozen=True)
class GivenMetric:
    """One metric of numbers from elsewhere.

    to_error: a value, lower is better afterwards. low, high: what it can be. unit: of the errors; `spread_unit` where the
    target's standard deviation is known and divides them. baseline: the error of always answering the best constant, where
    that does not depend on the table. deviation: error, rows -> the error's standard deviation; None where rows do not tell it.
    meaning: direction, range and baseline in words.
    """

    name: str
    label: Message
    task: Task
    unit: ErrorUnit
    meaning: Message
    low: float = 0.0
    high: float = math.inf
    to_error: Callable[[float], float] = lambda value: value
    deviation: Callable[[float, int], float] | None = None
    spread_unit: ErrorUnit | None = None
    baseline: float | None = None
    higher_is_better: bool = False

    def unit_of_errors(self, spread: float | None) -> ErrorUnit:
        """Return the unit of the errors, given the target's standard deviation or None."""
        return self.unit if spread is None or self.spread_unit is None else self.spread_unit

    def error(self, value: float, spread: float | None) -> float:
        """Return a value as an error, in multiples of the target's standard deviation where it is known and divides."""
        return self.to_error(value) / (spread if spread is not None and self.spread_unit is not None else 1.0)

    def baseline_error(self, spread: float | None) -> float | None:
        """Return what the best constant gets: 1 in multiples of the standard deviation."""
        return 1.0 if self.unit_of_errors(spread) == "sd" else self.baseline

    def used(self, spread: float | None) -> MetricUsed:
        """Return the metric as a report keeps it."""
        error = self.baseline_error(spread)
        baseline = math.nan if error is None else 1 - error if self.higher_is_better else error
        unit = self.unit_of_errors(spread)
        return MetricUsed(self.name, self.label, unit, None, "user", None, baseline, self.higher_is_better)


def _complement(score: float) -> float:
    return 1 - score


def _left_by(r2: float) -> float:
    """Return RMSE / standard deviation of the target."""
    return math.sqrt(1 - r2)


def _of_share(error: float, rows: int) -> float:
    return math.sqrt(rate_variance(error, rows))


def _of_ranking(error: float, rows: int) -> float:
    """Hanley & McNeil (1982), at best: with as many positive rows as negative ones."""
    auc, half = 1 - error, max(rows / 2, 1.0)
    above, below = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (auc * (1 - auc) + (half - 1) * (above - auc**2) + (half - 1) * (below - auc**2)) / half**2
    return math.sqrt(max(variance, rate_variance(error, rows) / 2))


def _of_rmse(error: float, rows: int) -> float:
    """Return the deviation of a root mean square of normal residuals."""
    return error / math.sqrt(2 * rows)


def _of_mae(error: float, rows: int) -> float:
    """Return the deviation of a mean of absolute normal residuals."""
    return error * math.sqrt((math.pi / 2 - 1) / rows)


GIVEN_METRICS: dict[str, GivenMetric] = {
    row.name: row
    for row in (
        GivenMetric(
            "error", Message("Error rate"), "classification", "rate",
            Message("The error rate is the share of wrong rows: 0 is perfect."),
            high=1.0, deviation=_of_share,
        ),
        GivenMetric(
            "accuracy", Message("Accuracy"), "classification", "rate",
            Message("Accuracy is the share of right rows. Higher is better, 1 is perfect, and the baseline is the share "
                "of the commonest class. Errors below are 1 − accuracy."),
            high=1.0, to_error=_complement, deviation=_of_share,
        ),
        GivenMetric(
            "roc_auc", Message("ROC AUC"), "classification", "score",
            Message("ROC AUC lies between 0 and 1: higher is better, 1 is perfect, 0.5 is guessing. Errors below are 1 − AUC."),
            high=1.0, to_error=_complement, deviation=_of_ranking, baseline=GUESSING_AUC, higher_is_better=True,
        ),
        GivenMetric(
            "f1", Message("F1"), "classification", "score",
            Message("F1 lies between 0 and 1: higher is better, 1 is perfect. Errors below are 1 − F1."),
            high=1.0, to_error=_complement, deviation=_of_share, higher_is_better=True,
        ),
        GivenMetric(
            "log_loss", Message("Log loss"), "classification", OWN_UNIT,
            Message("Log loss starts at 0, which is perfect, and has no upper end."),
        ),
        GivenMetric(
            LOSS, Message("Loss"), "regression", OWN_UNIT, Message("Only losses are known: lower is better."), low=-math.inf,
        ),
        GivenMetric(
            "nrmse", Message("RMSE / standard deviation"), "regression", "sd",
            Message("RMSE / standard deviation of the target: 0 is perfect, 1 is always predicting the mean."),
            deviation=_of_rmse,
        ),
        GivenMetric(
            "rmse", Message("RMSE"), "regression", OWN_UNIT,
            Message("RMSE is in the target's own unit. 0 is perfect, and always predicting the mean gives the target's "
                "standard deviation."),
            deviation=_of_rmse, spread_unit="sd",
        ),
        GivenMetric(
            "mae", Message("Mean absolute error"), "regression", OWN_UNIT,
            Message("The mean absolute error is in the target's own unit. 0 is perfect, and always predicting the median "
                "gives at most the target's standard deviation."),
            deviation=_of_mae, spread_unit="sd",
        ),
        GivenMetric(
            "mse", Message("Mean squared error"), "regression", OWN_UNIT,
            Message("The mean squared error is in the square of the target's unit. Errors below are its root, the RMSE."),
            to_error=math.sqrt, deviation=_of_rmse, spread_unit="sd",
        ),
        GivenMetric(
            "r2", Message("R²"), "regression", "sd",
            Message("R² is at most 1. Higher is better, 1 is perfect, 0 is always predicting the mean, and below 0 is "
                "worse than that. Errors below are √(1 − R²), which is RMSE / standard deviation."),
            low=-math.inf, high=1.0, to_error=_left_by, deviation=_of_rmse,
        ),
    )
}  # fmt: skip


def metric_of(metric: str, task: str, spread: float | None, train_error: float | None = None) -> GivenMetric:
    """Return the metric that was named; else the error rate, or for a regression RMSE or RMSE / standard deviation.

    A training error above 1 can hardly be a multiple of the standard deviation: the model would not even learn the mean.
    """
    if metric != AUTO:
        return GIVEN_METRICS[metric]
    if task == "classification":
        return GIVEN_METRICS["error"]
    in_own_unit = spread is not None or (train_error is not None and train_error > 1)
    return GIVEN_METRICS["rmse" if in_own_unit else "nrmse"]
