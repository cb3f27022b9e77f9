"""Label suspects: rows whose label contradicts an out-of-sample prediction, the likeliest mistakes first.

Confident learning (Northcutt, Jiang & Chuang 2021): a row is suspect when the probability of another class is at least
what rows of that class usually have, and above that of its label. A numeric label is suspect when it is far outside the
spread of the model's errors. A suspect row is one where the model disagrees; whether its label is wrong only a trial
shows (`diagnosis.label_trial`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.core.error_findings import LabelSuspects
from dldiag.core.i18n import Message
from dldiag.core.statistics import rate_estimate
from dldiag.core.types import Floats
from dldiag.error_analysis.row_losses import ErrorCase, RowLosses

MOST_CONTRADICTED = 0.5  # Share of the labels above which the model is the likelier culprit (own choice).
FAR_OUT = 5.0  # In robust standard deviations of the errors; 1 in 1.7 million normal errors is as far out.
MAD_TO_SD = 1.4826  # Standard deviation of a normal distribution / its median absolute deviation.


@dataclass(frozen=True, eq=False)
class SuspectRows:
    """Suspect rows, the likeliest mistakes first: positions among those given, and a score from 0 (wrong) to 1."""

    positions: NDArray[np.int64]
    score: Floats  # A score for every row given.
    suggested: NDArray[Any]  # The class or value that the model expects of every row given.


def suspects_of_classes(y: NDArray[Any], proba: Floats) -> SuspectRows:
    """Return the rows whose label is suspect; y: (n,) class codes, proba: (n, K) out of sample."""
    n, n_classes = proba.shape
    own = proba[np.arange(n), y]
    counts = np.bincount(y, minlength=n_classes)
    usual = np.bincount(y, weights=own, minlength=n_classes) / np.maximum(counts, 1)
    confident = proba >= np.where(counts > 0, np.maximum(usual, 1e-12), np.inf)
    confident[np.arange(n), y] = False
    others = np.where(confident, proba, -1.0)
    suggested, best = others.argmax(axis=1), others.max(axis=1)
    margin = own - _without_own(proba, y).max(axis=1)
    score = (margin + 1) / 2
    positions = np.flatnonzero((best > own) & (best >= 0))
    return SuspectRows(positions[np.argsort(score[positions], kind="stable")], score, suggested)


def _without_own(proba: Floats, y: NDArray[Any]) -> Floats:
    others = proba.copy()
    others[np.arange(len(y)), y] = -1.0
    return others


def suspects_of_numbers(y: Floats, predicted: Floats) -> SuspectRows:
    """Return the rows whose numeric label is more than FAR_OUT robust standard deviations from the prediction."""
    residual = y - predicted
    centered = np.abs(residual - np.median(residual))
    spread = MAD_TO_SD * float(np.median(centered)) or float(centered.std()) or 1.0
    far = centered / spread
    positions = np.flatnonzero(far > FAR_OUT)
    return SuspectRows(positions[np.argsort(-far[positions], kind="stable")], 1 / (1 + far), predicted)


def suspect_rows(case: ErrorCase, folded: RowLosses) -> SuspectRows | None:
    """Return the suspect rows among those judged; None for a classifier without probabilities."""
    if case.task == "regression":
        return suspects_of_numbers(folded.y.astype(float), folded.predicted.astype(float))
    if folded.proba is None:
        return None
    return suspects_of_classes(folded.y, folded.proba)


def why_no_suspects(case: ErrorCase, folded: RowLosses, suspects: SuspectRows | None) -> Message | None:
    """Say why disagreement tells nothing about the labels: no probabilities, no skill, or a model that contradicts most labels."""
    if suspects is None:
        return Message("Label suspects need class probabilities.")
    if not len(suspects.positions):
        return None
    if not _has_skill(case, folded):
        return Message("The model does no better than the baseline, so it cannot tell which labels are wrong.")
    if len(suspects.positions) > MOST_CONTRADICTED * len(suspects.score):
        return Message(
            "The model contradicts most of the labels: that speaks against the model, not against the labels."
        )
    return None


def _has_skill(case: ErrorCase, folded: RowLosses) -> bool:
    """Tell whether a model errs less than the best constant on these rows, or than chance whatever the sizes of the classes.

    Not asked of numbers: a value that is wrong by many times the usual error stands out against the mean, too, and makes any
    model that was trained on it err more than the mean.
    """
    if case.task == "regression":
        return True
    counts = np.bincount(folded.y)
    present = counts > 0
    by_class = np.bincount(folded.y, weights=folded.loss)[present] / counts[present]
    is_better = float(folded.loss.mean()) < 1 - counts.max() / counts.sum()
    return bool(is_better or by_class.mean() < 1 - 1 / present.sum())


def share_of_suspects(suspects: SuspectRows) -> LabelSuspects:
    """Return the share of the rows that are suspect."""
    n = len(suspects.score)
    return LabelSuspects(rate_estimate(len(suspects.positions) / n, n), len(suspects.positions))
