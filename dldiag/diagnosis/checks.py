"""Checks of a diagnosis: its input before anything is fitted, then whether the fits worked; every error says what to do instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import is_classifier, is_regressor

from dldiag.core.i18n import Message, Value, tr
from dldiag.core.params import SettingError, check_shares
from dldiag.core.settings import Settings
from dldiag.core.types import DataError, Dataset, Split
from dldiag.diagnosis.rules import RULES
from dldiag.experiments.fit import FitResult
from dldiag.experiments.metric_choice import MetricChoice, check_judged
from dldiag.experiments.models import Model, is_of_counts


def check_types(dataset: Any, settings: Any) -> None:
    """Raise TypeError for a dataset or settings of another type."""
    if not isinstance(dataset, Dataset):
        what = type(dataset).__name__
        raise TypeError(f"diagnose takes a dataset, not a {what}: dldiag.make_dataset(table, target) makes one.")
    if not isinstance(settings, Settings):
        what = type(settings).__name__
        raise TypeError(f"settings must be dldiag.Settings(…), not a {what}.")


def check_muted(settings: Settings) -> None:
    """Refuse to mute an unknown rule; SettingError."""
    codes = [rule.code for rule in RULES]
    unknown = [code for code in settings.muted if code not in codes]
    if unknown:
        raise SettingError(
            tr("muted: there is no rule {code}; there are {codes}.", code=repr(unknown[0]), codes=", ".join(codes))
        )


def check_task(dataset: Dataset, model: Model) -> None:
    """Refuse a regressor for classes and a classifier for numbers; an estimator that declares neither is accepted."""
    wrong = is_regressor if dataset.task == "classification" else is_classifier
    if wrong(model.estimator):
        raise DataError(
            Message("{model} is not made for {task}.", {"model": model.label, "task": Message(dataset.task)}),
            Message("Choose another model, or read the target as the other task."),
        )


def check_target(dataset: Dataset, model: Model) -> None:
    """Refuse a loss of counts or a logarithm for values that have none; DataError."""
    if is_of_counts(model) and float(np.min(dataset.y)) < 0:
        raise DataError(
            Message(
                "The loss of this model is for counts, and {target} has negative values.", {"target": dataset.target}
            ),
            Message("Choose squared error (squared_error) or Huber (huber) as the loss."),
        )
    if model.log_target and float(np.min(dataset.y)) <= 0:
        raise DataError(
            Message("{target} is not above 0 in every row, so it has no logarithm.", {"target": dataset.target}),
            Message("Leave log_target off."),
        )


def check_metric(choice: MetricChoice, dataset: Dataset, split: Split, model: Model, settings: Settings) -> None:
    """Refuse a metric that the model or the dev rows cannot give, and a target error outside its range."""
    if choice.unit in ("rate", "score"):
        check_shares(settings, ["target_error"])
    if choice.unit == "sd" and settings.target_error is not None and settings.target_error > 1:
        values: dict[str, Value] = {
            "given": settings.target_error,
            "target": dataset.target,
            "spread": float(np.std(dataset.y)),
        }
        raise DataError(
            Message("Target error = {given:g} is above 1, what always predicting the mean reaches.", values),
            Message("Divide it by the standard deviation of {target}, {spread:.3g}: errors are in that unit.", values),
        )
    if choice.needs_probabilities and not hasattr(model.estimator, "predict_proba"):
        raise DataError(
            Message(
                "{model} gives no class probabilities, which the metric {metric} needs.",
                {"model": model.label, "metric": choice.name},
            ),
            Message("Choose error or balanced_error as the metric, or a model with probabilities."),
        )
    for repeat in split.measuring:
        check_judged(choice, dataset.y[repeat.dev_rows], dataset.classes)


def check_trained(results: Sequence[FitResult]) -> None:
    """Refuse a model that could not be trained in some repeat; DataError."""
    if failed := _first_failure(results):
        raise DataError(
            Message("The model cannot be trained on these rows: {error}.", {"error": failed}),
            Message("Change the model's settings, or diagnose another model."),
        )


def check_test_results(results: Sequence[FitResult]) -> None:
    """Refuse to show a test result of a model that cannot be judged on the test rows; DataError."""
    if failed := _first_failure(results):
        raise DataError(
            Message("The model cannot be judged on the test rows: {error}.", {"error": failed}),
            Message("Let the model take values that no training row has, then open the test set again."),
        )


def _first_failure(results: Sequence[FitResult]) -> str:
    return next((result.failed.rstrip(". ") for result in results if result.failed), "")
