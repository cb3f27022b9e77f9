"""Wrong labels put into the dev set on purpose: how much of the error they are, and how many of them the model suspects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dldiag.core.params import param
from dldiag.core.types import Floats
from dldiag.error_analysis.analysis import ErrorAnalysis
from dldiag.error_analysis.label_suspects import SuspectRows, suspects_of_classes, suspects_of_numbers

SHARES = tuple(round(0.02 * i, 2) for i in range(16))  # Shares of the labels that are wrong, from 0 to 30%.


@dataclass(frozen=True)
class LabelSettings:
    """Settings of the wrong labels."""

    share: float = param(0.1, "Wrong labels", "Share of the dev labels that are made wrong.", low=0.0, high=0.3)
    seed: int = param(0, "Seed", "Same settings and seed, same numbers.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Mislabeled:
    """One share of wrong labels.

    own: share of rows where the model misses the true label. counted: share counted as wrong. blamed: share counted as wrong
    although the model gave the true label. wrong: number of labels made wrong; suspects: number of rows that the model
    suspects; caught: number of suspects whose label was made wrong.
    """

    share: float
    own: float
    counted: float
    blamed: float
    wrong: int
    suspects: int
    caught: int

    @property
    def part(self) -> float:
        """The part of the counted errors that are errors of the labels."""
        return self.blamed / self.counted if self.counted else 0.0


@dataclass(frozen=True)
class WrongLabels:
    """What wrong labels do at the chosen share, and at every share of SHARES."""

    rows: int
    chosen: Mislabeled
    shares: tuple[Mislabeled, ...]


def mislabel(analysis: ErrorAnalysis, settings: LabelSettings) -> WrongLabels:
    """Make labels of the judged rows wrong and count errors; a row stays wrong when the share grows.

    Of a numeric target a label is made wrong by giving it that of another row; a prediction more than one standard
    deviation of the target off counts as wrong.
    """
    rng = np.random.default_rng([settings.seed, 2])
    order = rng.permutation(len(analysis.losses))
    false = _false_labels(analysis, rng)
    parts = [_mislabeled(analysis, order, false, share) for share in (settings.share, *SHARES)]
    return WrongLabels(len(order), parts[0], tuple(parts[1:]))


def _false_labels(analysis: ErrorAnalysis, rng: np.random.Generator) -> Floats:
    """Return (n,) a wrong label for every row."""
    y = analysis.losses.y
    if analysis.case.task == "regression":
        return np.asarray(rng.permutation(y), dtype=float)
    classes = max(2, len(analysis.case.classes))
    return np.asarray((y + rng.integers(1, classes, len(y))) % classes)


def _mislabeled(analysis: ErrorAnalysis, order: NDArray[np.int64], false: Floats, share: float) -> Mislabeled:
    y, answer = analysis.losses.y, analysis.losses.predicted
    flipped = np.zeros(len(y), dtype=bool)
    flipped[order[: round(share * len(y))]] = True
    labels = np.where(flipped, false, y)
    own, counted = _is_off(analysis, y, answer), _is_off(analysis, labels, answer)
    suspects = _suspects(analysis, labels).positions
    return Mislabeled(
        share,
        float(own.mean()),
        float(counted.mean()),
        float((counted & ~own).mean()),
        int(flipped.sum()),
        len(suspects),
        int(flipped[suspects].sum()),
    )


def _is_off(analysis: ErrorAnalysis, labels: Floats, answer: Floats) -> NDArray[np.bool_]:
    if analysis.case.task == "regression":
        return np.asarray(np.abs(answer - labels) > analysis.case.scale)
    return np.asarray(answer != labels)


def _suspects(analysis: ErrorAnalysis, labels: Floats) -> SuspectRows:
    proba = analysis.losses.proba
    if analysis.case.task == "regression" or proba is None:
        return suspects_of_numbers(labels.astype(float), analysis.losses.predicted.astype(float))
    return suspects_of_classes(labels.astype(np.int64), proba)
