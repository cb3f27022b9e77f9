"""The error to expect on a table before a diagnosis: that of a quick linear model, or of the baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.types import Dataset
from dldiag.data.split import LEAST_ROWS, make_split
from dldiag.experiments.fit import fit_all
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.models import build_model
from dldiag.experiments.tasks import FitTask, encode_dataset

TRAIN_ROWS = 500  # With this many rows the answer comes within a second.
GUESS_ERROR_SD = 1.0  # Error of always predicting the mean, in standard deviations of the target.


@dataclass(frozen=True)
class FirstError:
    """An error by the metric, and its source in words; spread: standard deviation of a row's influence on it, None if unknown."""

    error: float
    words: Message
    spread: float | None = None


def first_error(dataset: Dataset, seed: int = 0, choice: MetricChoice | None = None) -> FirstError:
    """Return the dev error of a linear model on one split (test rows stay sealed), or the baseline's where that is less."""
    if dataset.n_rows < LEAST_ROWS:
        return _of_a_guess(dataset)
    split = make_split(dataset, 1, seed, TRAIN_ROWS)
    (repeat,), model = split.repeats, build_model(dataset.task, {}, "linear")
    task = FitTask((model.identity, 0, 0), model, repeat.train_rows, repeat.dev_rows, repeat.seed)
    (result,) = fit_all([task], encode_dataset(dataset, split, choice))
    error = result.guess_error if result.failed else result.useful_error
    values = {"error": error, "rows": len(repeat.dev_rows), "unit": result.unit}
    return FirstError(
        error,
        Message(
            "Expected error {error:error}: that of a quick linear model, or of the baseline if that is better. It was measured on {rows:,} dev rows of this table. You can enter your own in the form.",
            values,
        ),
        float(result.useful_influence.std()),
    )


def _of_a_guess(dataset: Dataset) -> FirstError:
    error = GUESS_ERROR_SD
    if dataset.task == "classification":
        error = 1 - float(np.bincount(dataset.y).max()) / dataset.n_rows
    values = {"error": error, "unit": dataset.unit}
    return FirstError(
        error,
        Message("Expected error {error:error}: that of the baseline. You can enter your own in the form.", values),
    )
