"""Partial dependence (Friedman 2001): the mean prediction for the dev rows when a column has one value in all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.error_findings import PartialDependence
from dldiag.error_analysis.conditions import as_numbers

MOST_DEPENDENCES = 4  # Columns shown, the most important ones.
_MOST_VALUES = 9  # Values of a column: quantiles, or its most frequent categories.
_ENDS = 0.05  # Share of the values at each end beyond which no quantile is taken.
_DIGITS = 3  # Significant digits of a value that is shown, so that no exact value of a row is kept.

# Gives the mean predictions for inputs, (k,), and names the class whose probability each is ("" for a number).
MeansOf = tuple[Callable[[Any], NDArray[np.float64]], tuple[str, ...]]


def dependence(values: pd.Series, inputs_with: Callable[[int], Any], means_of: MeansOf) -> PartialDependence | None:
    """Return the mean prediction along a column; None where it has a single value.

    Of several classes it is the one whose probability moves most along the column. values: of the dev rows. inputs_with:
    the inputs when every row has the column's value of the row at this position.
    """
    means, labels = means_of
    places = _places(values)
    if len(places) < 2:
        return None
    predictions = np.array([means(inputs_with(row)) for _, row in places])
    moved = int(np.ptp(predictions, axis=0).argmax())
    along = tuple(float(one) for one in predictions[:, moved])
    return PartialDependence(str(values.name), tuple(value for value, _ in places), along, labels[moved])


def _places(values: pd.Series) -> list[tuple[float | str, int]]:
    """Return what is shown of each value, and the position of a row that has it."""
    numbers = as_numbers(values)
    if numbers is None:
        frequent = values.dropna().astype(str).value_counts().index[:_MOST_VALUES]
        texts = values.astype(str).to_numpy()
        return [(level, int(np.flatnonzero(texts == level)[0])) for level in frequent]
    present = np.flatnonzero(~np.isnan(numbers))
    if len(present) == 0:
        return []
    distinct = np.unique(numbers[present])
    if len(distinct) > _MOST_VALUES:
        shares = np.linspace(_ENDS, 1 - _ENDS, _MOST_VALUES)
        distinct = np.unique(np.quantile(numbers[present], shares, method="lower"))
    return [(float(f"{one:.{_DIGITS}g}"), int(np.flatnonzero(numbers == one)[0])) for one in distinct]
