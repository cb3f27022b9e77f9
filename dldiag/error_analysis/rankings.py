"""ROC, precision–recall and calibration curves, and thresholds, of predicted probabilities.

Curves are averaged over repeats at fixed false alarms or recall (vertical averaging, Fawcett 2006); the interval of a
point comes from the rows' influence on it and from the repeats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dldiag.core.performance import Band, Ranking, Thresholds
from dldiag.core.types import Estimate, Floats
from dldiag.error_analysis.judged_rows import (
    JudgedRows,
    RowMask,
    band_of_rows,
    mean_estimate,
    mean_estimates,
    share_estimate,
    shortened,
    within_0_and_1,
)

FALSE_ALARMS = np.linspace(0, 1, 41) ** 1.5  # Denser where few false alarms are tolerated: thresholds are set there.
RECALLS = np.linspace(0.025, 1, 40)
NEAR = 0.08  # The slope of a ROC curve is taken over this much to either side.
_BINS = 10  # Bins of a calibration curve, of equal width.
_ROWS_PER_BIN = 20  # Least rows of a bin; bins with fewer are joined.
_MOST_THRESHOLDS = 41
NEARLY_NONE = 0.02  # Share of the positive rows that may lie below the lowest threshold.
HALF = 0.5
_CELLS = 1 << 18  # Places × rows of a curve computed at once.


@dataclass(frozen=True, eq=False)
class _Ranked:
    """One repeat's rows by falling score, with the ROC curve through their distinct scores."""

    actual: RowMask
    scores: Floats
    false_alarms: Floats
    recalls: Floats
    at: Floats  # The score at each point of the curve.

    def slopes(self, places: Floats) -> Floats:
        """Return the slope of the ROC curve at shares of false alarms."""
        return _slopes(places, self.false_alarms, self.recalls)

    def flatness(self, places: Floats) -> Floats:
        """Return how many more false alarms a little more recall costs at recalls: 1 / slope."""
        return _slopes(places, self.recalls, self.false_alarms)


def _slopes(places: Floats, x: Floats, y: Floats) -> Floats:
    low, high = np.clip([places - NEAR, places + NEAR], 0, 1)
    return np.asarray((np.interp(high, x, y) - np.interp(low, x, y)) / (high - low))


def _ranked(actual: RowMask, scores: Floats) -> _Ranked:
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    hits = np.cumsum(actual[order])[ends].astype(float)
    alarms = ends + 1 - hits
    return _Ranked(
        actual,
        scores,
        np.append(0.0, alarms / max(1.0, alarms[-1])),
        np.append(0.0, hits / max(1.0, hits[-1])),
        np.append(np.inf, scores[order][ends]),
    )


def ranking(judged: JudgedRows, code: int, label: str) -> Ranking | None:
    """Return the ROC and precision–recall curves of one class; None where a repeat has no row of it, or no other."""
    pairs = [(part.y == code, scores_of(part.proba, code)) for part in judged.parts]
    if any(actual.all() or not actual.any() for actual, _ in pairs):
        return None
    repeats = [_ranked(actual, scores) for actual, scores in pairs]
    share = float(np.mean([actual.mean() for actual, _ in pairs]))
    return Ranking(label, shortened(share), _roc(judged, repeats), _precision_recall(judged, repeats))


def scores_of(proba: NDArray[np.float32] | None, code: int) -> Floats:
    """Return the probability of a class for every row."""
    assert proba is not None
    return np.asarray(proba[:, code], dtype=float)


def _roc(judged: JudgedRows, repeats: Sequence[_Ranked]) -> Band:
    return _averaged(judged, repeats, FALSE_ALARMS, _recalls_at)


def _precision_recall(judged: JudgedRows, repeats: Sequence[_Ranked]) -> Band:
    return _averaged(judged, repeats, RECALLS, _precisions_at)


@dataclass(frozen=True, eq=False)
class _CurvePart:
    """One repeat's curve at some places: values, every row's influence on each (places, rows), and the share of rows counted."""

    values: Floats
    influences: Floats
    counted: Floats


def _averaged(
    judged: JudgedRows, repeats: Sequence[_Ranked], places: Floats, curve_at: Callable[[_Ranked, Floats], _CurvePart]
) -> Band:
    """Average the repeats' curves, as many places at once as make no large arrays."""
    points: list[Estimate] = []
    at_once = max(1, _CELLS // max(len(repeat.actual) for repeat in repeats))
    for start in range(0, len(places), at_once):
        parts = [curve_at(repeat, places[start : start + at_once]) for repeat in repeats]
        estimates = mean_estimates(
            judged,
            np.array([part.values for part in parts]),
            [part.influences for part in parts],
            floors=np.array([part.counted for part in parts]) ** -2,
        )
        points += map(within_0_and_1, estimates)
    return band_of_rows(places.tolist(), points)


def _recalls_at(ranked: _Ranked, false_alarms: Floats) -> _CurvePart:
    """Return the recall at shares of false alarms; at none of them, the highest that costs none.

    A false alarm more raises the threshold, which costs recall by the slope of the curve.
    """
    free = float(ranked.recalls[ranked.false_alarms == 0].max())
    recalls = np.where(false_alarms == 0, free, np.interp(false_alarms, ranked.false_alarms, ranked.recalls))
    share = float(ranked.actual.mean())
    last = np.searchsorted(ranked.false_alarms, false_alarms, side="right") - 1
    above = ranked.scores >= ranked.at[last][:, None]
    hits = ranked.actual * (above - recalls[:, None]) / share
    alarms = ~ranked.actual * (above - false_alarms[:, None]) / (1 - share)
    influences = recalls[:, None] + hits - ranked.slopes(false_alarms)[:, None] * alarms
    return _CurvePart(recalls, influences, np.full(len(recalls), share))


def _precisions_at(ranked: _Ranked, recalls: Floats) -> _CurvePart:
    """Return the precision where recalls are reached, counted among the rows called positive.

    p = rπ / (rπ + (1−π)F) with recall r, share of positives π and share of false alarms F, which depends on the rows.
    """
    places = np.searchsorted(ranked.recalls, recalls - 1e-12)
    share = float(ranked.actual.mean())
    reached, alarms = ranked.recalls[places][:, None], ranked.false_alarms[places][:, None]
    precision = reached * share / (reached * share + (1 - share) * alarms)
    above = ranked.scores >= ranked.at[places][:, None]
    missed = ranked.actual * (above - reached) / share * ranked.flatness(reached)
    of_alarms = ~ranked.actual * (above - alarms) / (1 - share) - missed
    by_alarms = -(precision**2) * (1 - share) / (reached * share)
    by_share = precision * (1 - precision) / (share * (1 - share))
    influences = precision + by_alarms * of_alarms + by_share * (ranked.actual - share)
    return _CurvePart(precision[:, 0], influences, above.mean(axis=1))


# --- calibration --------------------------------------------------------------------------------------------------


def calibration(judged: JudgedRows, positive: int | None) -> Band | None:
    """Return the observed share of rows against the predicted probability, in bins.

    positive: the class whose probability is meant; None: whether the predicted class is right, against its probability.
    """
    probabilities, true = [], []
    for part in judged.parts:
        assert part.proba is not None
        code = part.proba.argmax(axis=1) if positive is None else np.full(len(part), positive)
        probabilities.append(part.proba[np.arange(len(part)), code].astype(float))
        true.append(part.y == code)
    edges, x, points, rows = _bin_edges(np.concatenate(probabilities)), [], [], []
    for low, high in pairwise(edges):
        inside = [(p >= low) & (p < high) for p in probabilities]
        share = share_estimate(judged, true, inside)
        if share is not None:
            x.append(float(np.concatenate([p[i] for p, i in zip(probabilities, inside, strict=True)]).mean()))
            points.append(share)
            rows.append(sum(int(one.sum()) for one in inside))
    return band_of_rows(x, points, rows) if points else None


def _bin_edges(probabilities: Floats) -> list[float]:
    """Return the bounds of bins of equal width, joined until each holds enough rows."""
    counts, edges = np.histogram(probabilities, bins=_BINS, range=(0, 1))
    inner, count_so_far = [0.0], 0
    for count, edge in zip(counts, edges[1:], strict=True):
        count_so_far += int(count)
        if count_so_far >= _ROWS_PER_BIN:
            inner, count_so_far = [*inner, float(edge)], 0
    end = np.nextafter(1.0, 2.0)  # A probability of 1 belongs to the last bin.
    return [*(inner[:-1] if len(inner) > 1 else inner), float(end)]


# --- thresholds ---------------------------------------------------------------------------------------------------


def thresholds(judged: JudgedRows, positive: int, label: str, costs: Floats | None = None) -> Thresholds | None:
    """Return what each threshold on the positive class's probability of a two-class model gives.

    costs: (2, 2), of predicting the column's class where the row's is true. None where no dev row is positive, or none is called so at
    any threshold.
    """
    scores = [scores_of(part.proba, positive) for part in judged.parts]
    actual = [part.y == positive for part in judged.parts]
    if not any(one.any() for one in actual):
        return None
    grid = _grid(np.concatenate(scores), np.concatenate(actual))
    called = [[one >= at for one in scores] for at in grid]
    recall = [share_estimate(judged, one, actual) for one in called]
    precision = [share_estimate(judged, actual, one) for one in called]
    usable = [i for i in range(len(grid)) if recall[i] is not None and precision[i] is not None]
    if not usable:
        return None
    grid, called = grid[usable], [called[i] for i in usable]
    by_kind = None if costs is None else costs if positive == 1 else costs[::-1, ::-1]
    cost = None if by_kind is None else [_cost(judged, actual, one, by_kind) for one in called]
    own = float(np.mean(np.concatenate([part.predicted == positive for part in judged.parts])))
    flagged = [_share(one, one) for one in called]
    return Thresholds(
        label,
        band_of_rows(grid.tolist(), [one for i in usable if (one := recall[i]) is not None]),
        band_of_rows(grid.tolist(), [one for i in usable if (one := precision[i]) is not None]),
        tuple(_share(actual, one) for one in called),
        tuple(_share(actual, [~flag for flag in one]) for one in called),
        tuple(_share([~true for true in actual], one) for one in called),
        int(np.argmin(np.abs(np.array(flagged) - own) + np.abs(grid - HALF) * 1e-6)),
        None if cost is None else band_of_rows(grid.tolist(), cost),
    )


def _grid(scores: Floats, actual: RowMask) -> Floats:
    """Return thresholds that spread over the positive and over the high scores, with a half among them."""
    places = np.linspace(0, 1, _MOST_THRESHOLDS // 2)
    spread = np.concatenate([np.quantile(scores[actual], places), np.quantile(scores, 1 - (1 - places) ** 2)])
    rounded = [float(f"{one:.2g}") if one < HALF else round(float(one), 2) for one in spread]
    least = float(np.quantile(scores[actual], NEARLY_NONE))  # A lower threshold finds hardly any more positive rows.
    return np.unique([HALF, *(one for one in rounded if max(0.0, least) < one < 1)])


def _share(first: Sequence[RowMask], second: Sequence[RowMask]) -> float:
    return shortened(float(np.mean([(a & b).mean() for a, b in zip(first, second, strict=True)])))


def _cost(judged: JudgedRows, actual: Sequence[RowMask], called: Sequence[RowMask], by_kind: Floats) -> Estimate:
    """Estimate the cost per row. by_kind: [is positive, is called positive]."""
    each = [by_kind[true.astype(int), flag.astype(int)] for true, flag in zip(actual, called, strict=True)]
    return mean_estimate(judged, [float(one.mean()) for one in each], each)
