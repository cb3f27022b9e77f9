"""Columns as binned codes, so that every condition a slice may have is a range of bins or one bin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.error_findings import Condition

MOST_LEVELS = 15  # Only the most frequent categories of a column define slices.
MOST_BINS = 16  # Most quantile bins of a numeric column.
_ROWS_PER_BIN = 40  # Rows that a bin should hold.
MISSING = 0  # Code of a missing value.

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class BinnedColumn:
    """One column as codes: 0 is missing, 1 … `bins` are quantile ranges (`cuts` between them) or categories.

    codes: (rows,). Rows of a rare category have the code `bins` + 1, which no condition names.
    """

    name: str
    codes: NDArray[np.int16]
    bins: int
    cuts: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    are_dates: bool = False
    values: tuple[float, ...] = ()  # The number that each bin holds, where each holds one.

    @property
    def is_numeric(self) -> bool:
        """Whether its bins have an order."""
        return not self.levels

    def bounds(self, first: int, last: int) -> int:
        """Return how many conditions bins first … last are: two for a range that is open on neither side."""
        return 1 if self.levels or last == MISSING else (first > 1) + (last < self.bins)

    def conditions(self, first: int, last: int) -> tuple[Condition, ...]:
        """Return the conditions of the bins first … last; code 0 is a missing value."""
        if last == MISSING:
            return (Condition(self.name, "missing"),)
        if self.levels:
            return (Condition(self.name, "==", self.levels[first - 1]),)
        if self.values and first == last:
            return (Condition(self.name, "==", self.values[first - 1]),)
        above = (Condition(self.name, ">", self._bound(first - 2)),) if first > 1 else ()
        below = (Condition(self.name, "<=", self._bound(last - 1)),) if last < self.bins else ()
        return above + below

    def _bound(self, i: int) -> float | str:
        return _date(self.cuts[i]) if self.are_dates else self.cuts[i]


def binned_columns(X: pd.DataFrame, rows: NDArray[np.int64]) -> list[BinnedColumn]:
    """Bin the columns of some rows; columns with a single value are left out."""
    columns = (_binned(str(name), X.iloc[:, j].iloc[rows]) for j, name in enumerate(X.columns))
    return [column for column in columns if column is not None]


def _binned(name: str, values: pd.Series) -> BinnedColumn | None:
    numbers = as_numbers(values)
    if numbers is None:
        return _of_categories(name, values)
    return _of_numbers(name, numbers, pd.api.types.is_datetime64_any_dtype(values.dtype))


def as_numbers(values: pd.Series) -> NDArray[np.float64] | None:
    """Return a column of numbers or dates (days since 1970) as float64, NaN where missing; None for categories."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        naive = values.dt.tz_localize(None) if values.dt.tz is not None else values
        days = (naive - pd.Timestamp(0)).dt.total_seconds() / 86_400
        return np.asarray(days.to_numpy(dtype=float, na_value=np.nan))
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        return np.where(np.isfinite(numbers), numbers, np.nan)
    return None


def _of_numbers(name: str, numbers: NDArray[np.float64], are_dates: bool) -> BinnedColumn | None:
    present = numbers[~np.isnan(numbers)]
    if len(present) == 0:
        return None
    distinct = np.unique(present)
    if len(distinct) == 1 and len(present) == len(numbers):
        return None
    cuts = _cuts(present, distinct)
    codes = np.searchsorted(cuts, numbers, side="left").astype(np.int16) + 1
    codes[np.isnan(numbers)] = MISSING
    values = tuple(distinct.tolist()) if len(cuts) + 1 == len(distinct) and not are_dates else ()
    return BinnedColumn(name, codes, len(cuts) + 1, tuple(cuts.tolist()), are_dates=are_dates, values=values)


def _cuts(present: NDArray[np.float64], distinct: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the bounds between bins, as short as they can be written; a value on a bound belongs below it."""
    bins = int(np.clip(len(present) // _ROWS_PER_BIN, 2, MOST_BINS))
    if len(distinct) <= bins:
        lower = np.arange(len(distinct) - 1)
    else:
        bounds = np.quantile(present, np.arange(1, bins) / bins, method="lower")
        lower = np.unique(np.searchsorted(distinct, bounds))
        lower = lower[lower < len(distinct) - 1]
    return np.array([shortest_between(distinct[i], distinct[i + 1]) for i in lower], dtype=float)


def shortest_between(low: float, high: float) -> float:
    """Return the shortest decimal number that is at least `low` and below `high`.

    >>> shortest_between(34.87, 35.12), shortest_between(3.0, 4.0), shortest_between(0.12345, 0.12349)
    (35.0, 3.0, 0.12345)
    """
    for digits in range(1, 17):
        for one in (float(f"{low:.{digits}g}"), float(f"{(low + high) / 2:.{digits}g}")):
            if low <= one < high:
                return one
    return float(low)


def _of_categories(name: str, values: pd.Series) -> BinnedColumn | None:
    codes, levels = pd.factorize(values, use_na_sentinel=True)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    if len(levels) == 0 or (len(levels) == 1 and counts[0] == len(values)):
        return None
    frequent = np.argsort(-counts, kind="stable")[:MOST_LEVELS]
    new = np.full(len(levels) + 1, len(frequent) + 1, dtype=np.int16)
    new[frequent], new[-1] = np.arange(1, len(frequent) + 1), MISSING
    return BinnedColumn(name, new[codes], len(frequent), levels=tuple(str(levels[i]) for i in frequent))


def rows_where(rule: Iterable[Condition], X: pd.DataFrame) -> Mask:
    """Return which rows of a table meet every condition of a rule; KeyError for a column that it does not have."""
    met = np.ones(len(X), dtype=bool)
    for one in rule:
        met &= _meets(one, X[one.column])
    return met


def _meets(condition: Condition, values: pd.Series) -> Mask:
    if condition.op == "missing":
        numbers = as_numbers(values)
        return np.asarray(values.isna() if numbers is None else np.isnan(numbers), dtype=bool)
    if condition.op == "==":
        plain = values.astype(object) if isinstance(values.dtype, pd.CategoricalDtype) else values
        met = np.asarray(plain == condition.value, dtype=bool)
        return met if met.any() else np.asarray(plain.astype(str) == condition.value, dtype=bool)
    numbers, bound = as_numbers(values), condition.value
    bound = days_since_1970(bound) if isinstance(bound, str) else bound
    if numbers is None or bound is None:
        raise KeyError(f"{condition.column} has no order")
    return np.asarray(numbers <= bound if condition.op == "<=" else numbers > bound)


def days_since_1970(date: str) -> float:
    """Return a date, as a condition holds it, as days.

    >>> days_since_1970("1970-01-02"), days_since_1970("1970-01-01 12:00:00")
    (1.0, 0.5)
    """
    return (pd.Timestamp(date) - pd.Timestamp(0)).total_seconds() / 86_400


def _date(days: float) -> str:
    moment = pd.Timestamp(0) + pd.Timedelta(seconds=round(days * 86_400))
    return str(moment.date()) if moment == moment.normalize() else str(moment)
