"""Checks of the input of a diagnosis; every error says what to do instead."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import is_classifier, is_regressor

from dldiag.core.i18n import Message, tr
from dldiag.core.params import SettingError
from dldiag.core.settings import Settings
from dldiag.core.types import DataError, Dataset
from dldiag.diagnosis.rules import RULES
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
    known = [rule.code for rule in RULES]
    unknown = [code for code in settings.muted if code not in known]
    if unknown:
        raise SettingError(
            tr("muted: there is no rule {code}; there are {codes}.", code=repr(unknown[0]), codes=", ".join(known))
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
