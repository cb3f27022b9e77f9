"""Residuals of a numeric target: predicted against actual, by prediction and by column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.performance import ResidualBins, Residuals
from dldiag.core.types import Estimate, Floats
from dldiag.error_analysis.conditions import MISSING, BinnedColumn, as_numbers, binned_columns
from dldiag.error_analysis.judged_rows import JudgedRows, mean_estimate, only_repeats, shortened
from dldiag.experiments.scoring import HOPELESS

CELLS = 24  # Cells on each axis of predicted against actual.
TAIL = 0.005  # Share of the values on either side in the outermost cells.
MOST_COLUMNS = 8  # Columns that residuals are kept for.
INNER = (0.1, 0.9)  # Quantiles of the residuals of a bin.


def residuals(judged: JudgedRows, X: pd.DataFrame, spread: float) -> Residuals:
    """Return predicted against actual values, and residuals by prediction and by the columns that explain most of them.

    X: all rows of the table. spread: std of the target; what is predicted absurdly far off counts as that far.
    """
    off = [_residual(part.y, part.predicted, spread) for part in judged.parts]
    y = np.concatenate([part.y for part in judged.parts])
    predicted = y - np.concatenate(off)
    edges, cells = _cells(predicted, y)
    rows = np.concatenate([part.rows for part in judged.parts])
    of_prediction = binned_columns(pd.DataFrame({"": predicted}), np.arange(len(predicted)))
    columns = binned_columns(X, rows)
    whole = np.concatenate(off)
    best = sorted(columns, key=lambda one: -_explained(one, whole))[:MOST_COLUMNS]
    return Residuals(
        edges,
        cells,
        _bins(judged, of_prediction[0], pd.Series(predicted), off)
        if of_prediction
        else _one_bin(judged, predicted, off),
        tuple(_bins(judged, one, X[one.name].iloc[rows], off) for one in best),
    )


def _residual(y: NDArray[np.float64], predicted: NDArray[np.float64], spread: float) -> Floats:
    limit = HOPELESS * spread
    off = np.nan_to_num(y - predicted, nan=limit, posinf=limit, neginf=-limit)
    return np.asarray(np.clip(off, -limit, limit))


def _cells(predicted: Floats, y: Floats) -> tuple[tuple[float, ...], tuple[tuple[int, int, int], ...]]:
    ends = np.quantile(np.concatenate([predicted, y]), [TAIL, 1 - TAIL])
    low, high = (float(ends[0]), float(ends[1])) if ends[0] < ends[1] else (float(ends[0]) - 1, float(ends[0]) + 1)
    edges = np.linspace(low, high, CELLS + 1)
    places = [np.clip(np.searchsorted(edges, one, side="right") - 1, 0, CELLS - 1) for one in (predicted, y)]
    counts = np.zeros((CELLS, CELLS), dtype=np.int64)
    np.add.at(counts, tuple(places), 1)
    filled = np.argwhere(counts)
    return tuple(shortened(edge) for edge in edges), tuple((int(i), int(j), int(counts[i, j])) for i, j in filled)


def _explained(column: BinnedColumn, off: Floats) -> float:
    """Return the share of the squared error that the means of the bins make up, less what as many random bins would."""
    rows, sums = np.bincount(column.codes), np.bincount(column.codes, weights=off)
    there, whole = rows > 0, float(np.square(off).sum())
    if whole == 0:
        return 0.0
    within = whole - float((np.square(sums[there]) / rows[there]).sum())
    free = max(1, len(off) - int(there.sum()))
    return max(0.0, 1 - within / free * len(off) / whole)


def _bins(judged: JudgedRows, column: BinnedColumn, values: pd.Series, off: Sequence[Floats]) -> ResidualBins:
    """Return the residuals of every bin of a column; values: of all predictions, as `off` has them one after another."""
    codes, whole = np.split(column.codes, np.cumsum([len(one) for one in off])[:-1]), np.concatenate(off)
    numbers = as_numbers(values) if column.is_numeric else None
    x: list[float | str] = []
    means, low, high, rows = [], [], [], []
    for code in range(MISSING, column.bins + 1):
        inside = column.codes == code
        if not inside.any():
            continue
        x.append(_place(column, code, None if numbers is None else numbers[inside]))
        means.append(_mean(judged, [one == code for one in codes], off))
        ends = np.quantile(whole[inside], INNER)
        low.append(shortened(float(ends[0])))
        high.append(shortened(float(ends[1])))
        rows.append(int(inside.sum()))
    return ResidualBins(
        column.name, tuple(x), tuple(means), tuple(low), tuple(high), tuple(rows), shortened(_explained(column, whole))
    )


def _place(column: BinnedColumn, code: int, inside: Floats | None) -> float | str:
    if code == MISSING:
        return ""
    return column.levels[code - 1] if inside is None else shortened(float(np.median(inside)))


def _mean(judged: JudgedRows, inside: Sequence[NDArray[np.bool_]], off: Sequence[Floats]) -> Estimate:
    """Estimate the mean residual of a bin over the repeats that have rows in it."""
    there = [i for i, one in enumerate(inside) if one.any()]
    values = [float(off[i][inside[i]].mean()) for i in there]
    influences = [
        value + inside[i] * (off[i] - value) / inside[i].mean() for i, value in zip(there, values, strict=True)
    ]
    known = judged if len(there) == len(inside) else only_repeats(judged, there)
    mean = mean_estimate(known, values, influences, lowest=None)
    return Estimate(
        shortened(mean.value),
        min(shortened(mean.low), shortened(mean.value)),
        max(shortened(mean.high), shortened(mean.value)),
    )


def _one_bin(judged: JudgedRows, predicted: Floats, off: Sequence[Floats]) -> ResidualBins:
    """Return the residuals of a model that predicts the same everywhere."""
    column = BinnedColumn("", np.ones(len(predicted), dtype=np.int16), 1)
    return _bins(judged, column, pd.Series(predicted), off)
