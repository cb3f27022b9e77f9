"""Changes of any model that suit the metric or the target, and when they are worth a test."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import skew
from sklearn.base import is_classifier

from dldiag.core.types import Change
from dldiag.experiments.metric_choice import TWO, MetricChoice
from dldiag.experiments.models import Model

BY_DECISIONS = ("balanced_error", "f1", "f1_macro", "cost")  # A moved threshold can better these metrics.
# Metrics that the few rows of a rare class decide.
ABOUT_RARE = (
    "balanced_error",
    "f1",
    "f1_macro",
    "roc_auc",
    "average_precision",
    "recall_at_precision",
    "precision_at_recall",
)
BY_PROBABILITIES = ("log_loss", "brier")
BY_TYPICAL_ERRORS = ("mae", "median_ae")  # These metrics do not square large errors.
UNEVEN = 0.5  # A class with less than this part of its even share is worth a run with class weights.
# Skewness of the target from which its logarithm is worth a run (0 is symmetric, 2 exponential).
SKEWED = 1.0


def uneven_classes(y: NDArray[Any], choice: MetricChoice) -> bool:
    """Tell whether some class is rare and the metric, or its plain default, is about decisions."""
    if y.dtype.kind not in "iu" or choice.name not in (*BY_DECISIONS, "error"):
        return False
    counts = np.bincount(y)
    counts = counts[counts > 0]
    return bool(counts.min() < UNEVEN * len(y) / len(counts))


def threshold_can_help(y: NDArray[Any], choice: MetricChoice) -> bool:
    """Tell whether moving a threshold can better the metric."""
    return choice.name == "cost" or (choice.name in BY_DECISIONS and uneven_classes(y, choice))


def class_demands(y: NDArray[Any], choice: MetricChoice, reached: float) -> dict[int, float]:
    """Return how much a metric of decisions weighs a row of each class that has rows, by code; {} for other metrics.

    Balanced error: one over the rows of the class. Costs: what its mistakes cost on average. F1 of two classes: it is highest
    where rows are called positive from a probability of F1 / 2 on (Lipton, Elkan & Narayanaswamy 2014), as if a missed one
    cost (2 − F1) / F1 times a false alarm. reached: the best value of the metric seen here.
    """
    if choice.name == "balanced_error":
        return {code: 1 / n for code, n in enumerate(np.bincount(y).tolist()) if n}
    if choice.name == "f1" and len(np.bincount(y)) == TWO and choice.positive is not None and reached > 0:
        return {1 - choice.positive: reached, choice.positive: 2 - reached}
    if choice.name != "cost" or choice.costs is None:
        return {}
    weights = {code: sum(row) for code, row in enumerate(choice.costs)}
    return weights if min(weights.values()) > 0 else {}


def favors_classes(model: Model) -> bool:
    """Tell whether a model weighs the classes or moves its threshold already."""
    settings = model.estimator.get_params().items()
    return bool(model.adjust) or any(key.split("__")[-1] == "class_weight" and value for key, value in settings)


def by_probabilities(y: NDArray[Any], choice: MetricChoice) -> bool:
    """Tell whether the metric is about probabilities."""
    return choice.name in BY_PROBABILITIES


def by_typical_errors(y: NDArray[Any], choice: MetricChoice) -> bool:
    """Tell whether the metric is about typical errors rather than large ones."""
    return choice.name in BY_TYPICAL_ERRORS


def skewed_target(y: NDArray[Any], choice: MetricChoice) -> bool:
    """Tell whether the target is positive, skewed, and far less so after taking the logarithm."""
    if y.dtype.kind in "iu" or float(np.min(y)) <= 0:
        return False
    now = float(skew(y))
    return now > SKEWED and abs(float(skew(np.log(y)))) < now / 2


def balanced_weights(model: Model) -> tuple[Change, ...]:
    """Weigh every class the same."""
    return _set_where(model, "class_weight", None, "balanced")


def moved_threshold(model: Model) -> tuple[Change, ...]:
    """Move the threshold to where the metric is best."""
    return _adjusted(model, "threshold")


def calibrated_probabilities(model: Model) -> tuple[Change, ...]:
    """Calibrate the probabilities."""
    return _adjusted(model, "calibration")


def robust_losses(model: Model) -> tuple[Change, ...]:
    """Take a loss that large errors move less: Huber for a network, absolute errors for boosting."""
    huber = _set_where(model, "loss", "squared_error", "huber") if model.key == "mlp" else ()
    boosting = type(model.estimator).__name__ in ("HistGradientBoostingRegressor", "GradientBoostingRegressor")
    return huber or (_set_where(model, "loss", "squared_error", "absolute_error") if boosting else ())


def log_of_target(model: Model) -> tuple[Change, ...]:
    """Learn the logarithm of the target."""
    return () if is_classifier(model.estimator) or model.log_target else ({"log_target": True},)


def _set_where(model: Model, name: str, now: Any, new: Any) -> tuple[Change, ...]:
    """Set every setting of this name, of the estimator or of a step of it, that has its usual value."""
    settings = model.estimator.get_params().items()
    new_settings = {key: new for key, value in settings if key.split("__")[-1] == name and value == now}
    return (new_settings,) if new_settings else ()


def _adjusted(model: Model, how: str) -> tuple[Change, ...]:
    can = hasattr(model.estimator, "predict_proba") and not model.adjust
    return ({"adjust": how},) if can else ()
