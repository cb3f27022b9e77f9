"""Bias and variance of every row from its repeats: always wrong, or wrong only with some training sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dldiag.core.error_findings import ErrorDecomposition
from dldiag.core.estimate import Estimate
from dldiag.core.statistics import rate_estimate
from dldiag.error_analysis.row_losses import ErrorCase, RowLosses

_LEAST_TIMES = 2  # Predictions of a row; with one alone its bias and its variance cannot be separated.


def decompose(case: ErrorCase, folded: RowLosses) -> ErrorDecomposition | None:
    """Split the mean loss of the rows judged more than once into bias and variance; None when there are none, or
    when all repeats share one training set.

    Classes: bias is a wrong main prediction (the most frequent), variance how often a prediction differs from it
    (Domingos 2000; where the main prediction is wrong, variance makes the loss smaller, so that they do not add up).
    Numbers: squared distance of the mean prediction, and the spread around it; they add up. Few repeats make bias too
    large and variance too small, which is said beside the numbers.
    """
    repeated = folded.times >= _LEAST_TIMES
    if case.one_training_set or not repeated.any():
        return None
    bias, variance = bias_and_variance(case, folded)
    n, repeats = int(repeated.sum()), float(folded.times[repeated].mean())
    always, sometimes = _shares(folded, repeated) if case.task == "classification" else (None, None)
    return ErrorDecomposition(
        float(folded.loss[repeated].mean()),
        float(bias[repeated].mean()),
        float(variance[repeated].mean()),
        n,
        repeats,
        always,
        sometimes,
    )


def bias_and_variance(case: ErrorCase, folded: RowLosses) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bias and variance of each row; of a row judged once, its loss and 0."""
    predictions = case.predictions
    of_row = np.searchsorted(folded.rows, predictions.rows)
    if case.task == "classification":
        bias = (folded.predicted != folded.y).astype(float)
        differs = predictions.predicted != folded.predicted[of_row]
        return bias, np.bincount(of_row, weights=differs) / folded.times
    bias = np.square((folded.predicted - folded.y) / case.scale)
    around = np.square((predictions.predicted - folded.predicted[of_row]) / case.scale)
    return bias, np.bincount(of_row, weights=around) / folded.times


def _shares(folded: RowLosses, kept: NDArray[np.bool_]) -> tuple[Estimate, Estimate]:
    n = int(kept.sum())
    always = (folded.wrong == folded.times)[kept].mean()
    sometimes = ((folded.wrong > 0) & (folded.wrong < folded.times))[kept].mean()
    return rate_estimate(float(always), n), rate_estimate(float(sometimes), n)
