"""Predictions folded by row: how often a row is wrong over repeats, its mean loss, and its mean probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.types import Floats, Task
from dldiag.experiments.predictions import Predictions

LEAST_PROBABILITY = 1e-6  # Least probability, so that a log loss stays finite.


@dataclass(frozen=True, eq=False)
class ErrorCase:
    """The input of an error analysis: predictions and the table that they belong to.

    X: all rows of the table, of which predictions.rows are numbers; its columns may be others than the model's. scale:
    std of a numeric target, the unit of errors. clusters: (rows of X,) label of the group or copies of a row. one_training_set:
    the models of all repeats were trained on the same rows, as in order of time.
    """

    predictions: Predictions
    X: pd.DataFrame
    task: Task
    classes: tuple[str, ...] = ()
    scale: float = 1.0
    clusters: NDArray[np.int64] | None = None
    seed: int = 0
    one_training_set: bool = False

    @property
    def unit(self) -> str:
        """The unit of its errors."""
        return "rate" if self.task == "classification" else "sd"


@dataclass(frozen=True, eq=False)
class RowLosses:
    """One entry per judged row.

    rows: (n,) numbers in the table, rising. loss: mean over repeats of 0/1, or of the squared error in std². times: how
    often it was judged; wrong: how often it was wrong (0 for a numeric target). severity: mean log loss where there are
    probabilities, else the loss: what orders the worst rows. predicted: what was predicted most often, or the mean. proba:
    (n, K) mean.
    """

    rows: NDArray[np.int64]
    y: NDArray[Any]
    predicted: NDArray[Any]
    loss: Floats
    severity: Floats
    times: NDArray[np.int64]
    wrong: NDArray[np.int64]
    proba: Floats | None = None

    def __len__(self) -> int:
        return len(self.rows)


def row_losses(case: ErrorCase) -> RowLosses:
    """Fold predictions by row."""
    predictions = case.predictions
    rows, first, of_row = np.unique(predictions.rows, return_index=True, return_inverse=True)
    times = np.bincount(of_row)
    loss = losses_of(predictions, case.task, case.scale)
    proba = _mean_proba(predictions, of_row, times)
    wrong = np.bincount(of_row, weights=loss > 0).astype(np.int64) if case.task == "classification" else 0 * times
    mean = np.bincount(of_row, weights=loss) / times
    severity = mean if proba is None else _log_loss(proba, predictions.y[first])
    return RowLosses(
        rows,
        predictions.y[first],
        _usual_predictions(predictions, of_row, times, case),
        mean,
        severity,
        times,
        wrong,
        proba,
    )


def losses_of(predictions: Predictions, task: Task, scale: float) -> Floats:
    """Return the loss of every prediction: 0 or 1, or the squared error in units of scale²."""
    if task == "classification":
        return np.asarray(predictions.y != predictions.predicted, dtype=float)
    return np.asarray(np.square((predictions.predicted - predictions.y) / scale), dtype=float)


def _mean_proba(predictions: Predictions, of_row: NDArray[np.int64], times: NDArray[np.int64]) -> Floats | None:
    if predictions.proba is None or not predictions.has_probabilities:
        return None
    columns = [np.bincount(of_row, weights=predictions.proba[:, k]) / times for k in range(predictions.proba.shape[1])]
    return np.column_stack(columns)


def _log_loss(proba: Floats, y: NDArray[Any]) -> Floats:
    return np.asarray(-np.log(np.clip(proba[np.arange(len(y)), y], LEAST_PROBABILITY, 1.0)))


def _usual_predictions(
    predictions: Predictions, of_row: NDArray[np.int64], times: NDArray[np.int64], case: ErrorCase
) -> NDArray[Any]:
    """Return the class predicted most often (the first of equals), or the mean prediction."""
    if case.task == "regression":
        return np.asarray(np.bincount(of_row, weights=predictions.predicted) / times)
    if times.max() == 1:
        return np.asarray(predictions.predicted[np.argsort(of_row, kind="stable")])
    counts = np.zeros((len(times), len(case.classes) + 1), dtype=np.int32)
    np.add.at(counts, (of_row, predictions.predicted), 1)  # An unknown class, −1, is the last column.
    best = counts.argmax(axis=1)
    return np.where(best == len(case.classes), -1, best)
