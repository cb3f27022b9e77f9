"""Losses of a ranking by probability: ROC AUC, average precision, and recall or precision at a level of the other."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import rankdata

from dldiag.experiments.class_losses import LossAndInfluence, mean_loss, positive_share
from dldiag.experiments.judged import Judged, Values

LEAST_NEAR = 10  # Rows on either side of a threshold that give the local share of positives.
RANKED = 3.6  # A rate without a mistake is known to 1.8 / rows, an AUC with half a row misranked to 0.5 / positives (Hanley & McNeil 1982).
STEPS, LONGEST_STEP = 20, 2.0  # Newton's method for the smooth curve.
SOFT = 0.1  # A penalty on its slope: a few well separated positives would make it a step.
LEAST_SLOPE = 0.03  # Precision falls at least so fast along the ranking; otherwise one row's influence is unbounded.


def roc_auc(judged: Judged) -> LossAndInfluence:
    """Return 1 − ROC AUC, of several classes the mean of each against the others; 0.5 where y has one class only.

    A row's influence is its share in the rank statistic (DeLong, DeLong & Clarke-Pearson 1988).
    """
    return _one_against_others(judged, _auc_of, 0.5)


def average_precision(judged: Judged) -> LossAndInfluence:
    """Return 1 − average precision, of several classes the mean of each against the others."""
    return _one_against_others(judged, _average_precision_of, 1.0)


def _one_against_others(
    judged: Judged, of: Callable[[NDArray[np.bool_], Values], LossAndInfluence], empty: float
) -> LossAndInfluence:
    two = judged.proba is not None and judged.proba.shape[1] == 2
    codes = [judged.positive if judged.positive is not None else 1] if two else [*judged.classes]
    if judged.positive is not None:
        codes = [judged.positive]
    pairs = [(judged.y == code, judged.scores_of(int(code))) for code in codes]
    losses = [of(actual, scores) for actual, scores in pairs if actual.any() and not actual.all()]
    return mean_loss(losses) if losses else (empty, np.full(len(judged.y), empty))


def _auc_of(actual: NDArray[np.bool_], scores: Values) -> LossAndInfluence:
    n, positives = len(actual), int(actual.sum())
    ranks = rankdata(scores)
    beaten = np.empty(n)  # The share of the other class that each row is ranked correctly against.
    beaten[actual] = (ranks[actual] - rankdata(scores[actual])) / (n - positives)
    beaten[~actual] = 1 - (ranks[~actual] - rankdata(scores[~actual])) / positives
    value = float(beaten[actual].mean())
    of_side = np.where(actual, n / positives, n / (n - positives))
    return 1 - value, 1 - value - of_side * (beaten - value)


def _average_precision_of(actual: NDArray[np.bool_], scores: Values) -> LossAndInfluence:
    """AP is the mean over positives of the precision at their score; rows above a score move that precision, too."""
    n = len(actual)
    distinct, group = np.unique(scores, return_inverse=True)
    rows, hits = (np.bincount(group, weights=w, minlength=len(distinct)) for w in (np.ones(n), actual.astype(float)))
    above, hits_above = np.cumsum(rows[::-1])[::-1], np.cumsum(hits[::-1])[::-1]
    precision, share = hits_above / above, hits.sum() / n
    value = float((hits * precision).sum() / hits.sum())
    # The mean over positives of 1 / (share of rows at or above them), summed from the lowest score.
    per_rank = hits / above
    reach, spent = np.cumsum(per_rank), np.cumsum(per_rank * precision)
    direct = actual * (precision[group] - value)
    return 1 - value, 1 - value - (direct + actual * reach[group] - spent[group]) / share


def recall_at_precision(judged: Judged) -> LossAndInfluence:
    """Return 1 − the highest recall at which the precision is at least the level; 1 where none is."""
    actual, scores, order = _ranked(judged)
    precision, recall, ends = _curve(actual[order], scores[order])
    good = np.flatnonzero(precision >= judged.level)
    if len(good) == 0:
        return 1.0, np.ones(len(actual))
    best = int(good[-1])  # Recall rises along the ranking.
    value, last = float(recall[best]), int(ends[best])
    if last == len(actual) - 1:  # Everything may be called positive: there is no threshold to move.
        return 1 - value, np.full(len(actual), 1 - value)
    local = _local_share(actual[order], last)
    above = scores >= scores[order[last]]
    pull = local / max(judged.level - local, LEAST_SLOPE)  # Positives gained by the threshold per unit of slack.
    share = float(actual.mean())
    moved = (above & actual) + pull * above * (actual - judged.level) - value * actual
    return 1 - value, 1 - value - moved / share


def precision_at_recall(judged: Judged) -> LossAndInfluence:
    """Return 1 − the highest precision at which the recall is at least the level."""
    actual, scores, order = _ranked(judged)
    if not actual.any():
        return 1.0, np.ones(len(actual))
    precision, recall, ends = _curve(actual[order], scores[order])
    enough = np.flatnonzero(recall >= judged.level - 1e-12)
    best = int(enough[np.argmax(precision[enough])])
    value, last = float(precision[best]), int(ends[best])
    local = max(_local_share(actual[order], last), LEAST_SLOPE)
    above = scores >= scores[order[last]]
    reached = float(above.mean())
    lacking = (above & actual) - judged.level * actual  # What each row adds to the recall that is held.
    moved = actual * judged.level - value * (above - lacking / local)
    return 1 - value, 1 - value - moved / reached


def recall_optimism(judged: Judged) -> float:
    """Return by how much the loss of `recall_at_precision` is likely too low: the threshold is the best of many on few rows.

    Half of what it lies below the loss of a smooth curve, along which positives become rarer as the probability falls (a
    logistic curve of two parameters, Platt 1999): that one does not follow chance, but may not fit.
    """
    actual, scores, order = _ranked(judged)
    p = _smooth_shares(actual, scores)[order]
    hits = np.cumsum(p)
    good = np.flatnonzero(hits / np.arange(1, len(p) + 1) >= judged.level)
    smooth = 1 - (float(hits[good[-1]] / hits[-1]) if len(good) else 0.0)
    return max(0.0, smooth - recall_at_precision(judged)[0]) / 2


def _smooth_shares(actual: NDArray[np.bool_], scores: Values) -> Values:
    """Return the share of positives at each row's probability, by logistic regression on its logit."""
    at = logit(np.clip(scores, 1e-6, 1 - 1e-6))
    X = np.column_stack([np.ones(len(at)), (at - at.mean()) / (at.std() or 1.0)])
    weights, penalty = np.array([logit((actual.sum() + 0.5) / (len(actual) + 1)), 1.0]), np.diag([0.0, SOFT])
    for _ in range(STEPS):
        p = expit(X @ weights)
        curvature = (X * (p * (1 - p) + 1e-9)[:, None]).T @ X + penalty
        step = np.linalg.solve(curvature, X.T @ (actual - p) - penalty @ weights)
        weights = weights + step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-12))
    return np.asarray(expit(X @ weights))


def ranked_share(judged: Judged) -> float:
    """Return the share of the rows that a ranking rests on, in rows of a rate of mistakes."""
    return RANKED * positive_share(judged)


def _ranked(judged: Judged) -> tuple[NDArray[np.bool_], Values, NDArray[np.int64]]:
    assert judged.positive is not None
    scores = judged.scores_of(judged.positive)
    return judged.y == judged.positive, scores, np.argsort(-scores, kind="stable")


def _curve(actual: NDArray[np.bool_], scores: Values) -> tuple[Values, Values, NDArray[np.int64]]:
    """Return precision and recall at each distinct score from the highest down, and the last row at or above it."""
    ends = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    hits = np.cumsum(actual)[ends].astype(float)
    return hits / (ends + 1), hits / max(1.0, hits[-1]), ends


def _local_share(actual: NDArray[np.bool_], place: int) -> float:
    """Return the share of positives among the rows next to a place in the ranking."""
    near = max(LEAST_NEAR, math.isqrt(len(actual)))
    return float(actual[max(0, place + 1 - near) : place + 1 + near].mean())
