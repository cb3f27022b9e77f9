"""The confusion matrix, and recall and precision of every class with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dldiag.core.metric_results import ClassScores
from dldiag.core.performance import Confusion
from dldiag.core.types import Estimate
from dldiag.error_analysis.judged_rows import JudgedRows, share_estimate

MOST_CLASSES = 20  # In a confusion matrix; beyond, the rarest classes are counted as one.
_SHARE_DIGITS = 6  # Decimals that are kept: more than any text shows.
OTHER_CLASSES = "…"  # Label of the classes counted as one.


def class_scores(judged: JudgedRows, classes: Sequence[str]) -> tuple[ClassScores, ...]:
    """Estimate recall and precision of every class over the repeats."""
    counts = _different_rows(judged, len(classes))
    return tuple(
        ClassScores(name, int(counts[code]), *_recall_and_precision(judged, code)) for code, name in enumerate(classes)
    )


def _different_rows(judged: JudgedRows, n_classes: int) -> np.ndarray:
    rows = np.concatenate([part.rows for part in judged.parts])
    y = np.concatenate([part.y for part in judged.parts])
    return np.bincount(y[np.unique(rows, return_index=True)[1]], minlength=n_classes)


def _recall_and_precision(judged: JudgedRows, code: int) -> tuple[Estimate | None, Estimate | None]:
    actual = [part.y == code for part in judged.parts]
    called = [part.predicted == code for part in judged.parts]
    return share_estimate(judged, called, actual), share_estimate(judged, actual, called)


def confusion(judged: JudgedRows, classes: Sequence[str]) -> Confusion:
    """Count predicted against true classes over all repeats; of many classes the rarest are counted as one."""
    n = len(classes)
    parts = np.zeros((len(judged.parts), n, n + 1), dtype=np.int64)
    for k, part in enumerate(judged.parts):
        np.add.at(parts[k], (part.y, part.predicted), 1)  # An unknown class, −1, is the last column.
    labels, folded = list(classes), n > MOST_CLASSES
    if folded:
        order = np.argsort(-parts.sum(axis=(0, 2)), kind="stable")
        frequent, rest = np.sort(order[: MOST_CLASSES - 1]), order[MOST_CLASSES - 1 :]
        parts = np.concatenate([parts[:, frequent], parts[:, rest].sum(axis=1, keepdims=True)], axis=1)
        called = [parts[:, :, frequent], parts[:, :, rest].sum(axis=2, keepdims=True), parts[:, :, -1:]]
        parts = np.concatenate(called, axis=2)
        labels = [*(labels[i] for i in frequent), OTHER_CLASSES]
    if not parts[:, :, -1].any():
        parts = parts[:, :, :-1]
    counts, shares = parts.sum(axis=0).tolist(), _mean_shares(parts).tolist()
    return Confusion(tuple(labels), tuple(map(tuple, counts)), len(judged.parts), folded, tuple(map(tuple, shares)))


def _mean_shares(parts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of each true class that each class is predicted for: the mean over the repeats that have rows of it."""
    totals = parts.sum(axis=2, keepdims=True)
    each = parts / np.maximum(totals, 1)
    means: NDArray[np.float64] = each.sum(axis=0) / np.maximum((totals > 0).sum(axis=0), 1)
    return means.round(_SHARE_DIGITS)
