"""Losses of labels and probabilities: means over rows, and F1, each with every row's influence on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dldiag.experiments.judged import Judged, Values

# Returns the loss and its (n,) influence, whose variance / n is the sampling variance of the loss.
LossAndInfluence = tuple[float, Values]


def share_wrong(judged: Judged) -> LossAndInfluence:
    """Return the error rate."""
    wrong = (judged.y != judged.predicted).astype(float)
    return float(wrong.mean()), wrong


def balanced_error(judged: Judged) -> LossAndInfluence:
    """Return the mean over the classes in y of their share of wrong rows (1 − scikit-learn's balanced accuracy)."""
    return _mean_over_classes(judged, (judged.y != judged.predicted).astype(float))


def _mean_over_classes(judged: Judged, losses: Values) -> LossAndInfluence:
    counts = np.bincount(judged.y)
    of_class = np.bincount(judged.y, weights=losses) / np.maximum(counts, 1)
    present = counts > 0
    value = float(of_class[present].mean())
    weight = len(losses) / (np.maximum(counts, 1) * int(present.sum()))
    return value, value + weight[judged.y] * (losses - of_class[judged.y])


def log_loss(judged: Judged) -> LossAndInfluence:
    """Return the mean −log of the probability given to the true class, clipped as scikit-learn does."""
    proba = judged.proba
    assert proba is not None
    least = np.finfo(proba.dtype).eps
    likelihood = proba[np.arange(len(judged.y)), judged.y]
    losses = -np.log(np.clip(likelihood.astype(float), least, 1 - least))
    return float(losses.mean()), losses


def brier(judged: Judged) -> LossAndInfluence:
    """Return the mean squared error of the probabilities: of one class of two, over all where there are more."""
    proba = judged.proba
    assert proba is not None
    truth = judged.y[:, None] == np.arange(proba.shape[1])
    squares = np.square(proba.astype(float) - truth).sum(axis=1)
    losses = squares / 2 if proba.shape[1] == 2 else squares
    return float(losses.mean()), losses


def f1(judged: Judged) -> LossAndInfluence:
    """Return 1 − F1 of the positive class."""
    assert judged.positive is not None
    return _f1_of(judged, judged.positive)


def f1_macro(judged: Judged) -> LossAndInfluence:
    """Return 1 − the mean F1 of all classes that are in y or predicted."""
    return mean_loss([_f1_of(judged, int(code)) for code in np.unique([*judged.y, *judged.predicted])])


def _f1_of(judged: Judged, code: int) -> LossAndInfluence:
    """F1 = 2 TP / (2 TP + FP + FN); its influence is that of a ratio of means."""
    actual, predicted = judged.y == code, judged.predicted == code
    hits, marks = 2.0 * (actual & predicted), actual.astype(float) + predicted
    if marks.sum() == 0:
        return 1.0, np.ones(len(marks))
    value = float(hits.sum() / marks.sum())
    return 1 - value, 1 - value - (hits - value * marks) / marks.mean()


def mean_loss(losses: list[LossAndInfluence]) -> LossAndInfluence:
    """Return the mean of some losses of the same rows, and of their influences."""
    return float(np.mean([value for value, _ in losses])), np.mean([influence for _, influence in losses], axis=0)


def cost(judged: Judged) -> LossAndInfluence:
    """Return the mean cost of a row; an unknown class costs as much as the worst mistake on that row."""
    assert judged.costs is not None
    worst = judged.costs.max(axis=1)[judged.y]
    is_known = judged.predicted >= 0
    losses = np.where(is_known, judged.costs[judged.y, np.maximum(judged.predicted, 0)], worst)
    return float(losses.mean()), losses


def rarest_share(judged: Judged) -> float:
    """Return the classes in y times the share of the rarest: 1 where all are equally frequent."""
    counts = np.bincount(judged.y)
    return float(len(judged.classes) * counts[counts > 0].min() / len(judged.y))


def positive_share(judged: Judged) -> float:
    """Return the share of the positive class in y, or of the rarest where none is chosen."""
    counts: NDArray[np.int64] = np.bincount(judged.y, minlength=1 + (judged.positive or 0))
    rows = counts[judged.positive] if judged.positive is not None else counts[counts > 0].min()
    return max(1.0, float(rows)) / len(judged.y)
