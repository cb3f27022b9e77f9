"""The fast road for columns of plain numbers: many columns at once, without looking at distinct texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.distinct import as_mask
from dldiag.data.typing.missing import SENTINELS, stands_apart

CELLS_AT_ONCE = 2_000_000  # cells read together; bounds the memory beside the table to some 100 MB
LEAST_DISTINCT = 3  # values; with fewer the column may be boolean or constant
_UNIQUE_SHARE = 0.9  # of the values distinct: whole numbers may be identifiers
_LARGEST = 1e11  # from here on numbers may be codes that a spreadsheet rounded
_PLAIN = r"^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$"  # no leading zero, no mark, exactly kept
_YEARS_AS_DAYS = (18_000_101.0, 22_001_231.0)  # 20240131 may be a date


@dataclass(frozen=True, eq=False)
class Plain:
    """A column of plain numbers: float64 values (NaN where the cell is empty) and the number of distinct ones."""

    values: NDArray[np.float64]
    distinct: int


def plain_columns(columns: Sequence[pa.Array]) -> Iterator[Plain | None]:
    """Return, for each column of texts, its numbers, or None when it needs a closer look."""
    if not columns:
        return
    together = max(1, CELLS_AT_ONCE // max(1, len(columns[0])))
    for start in range(0, len(columns), together):
        yield from _batch(columns[start : start + together])


def _batch(columns: Sequence[pa.Array]) -> Iterator[Plain | None]:
    texts = pc.utf8_trim_whitespace(pa.concat_arrays(columns))
    empty = as_mask(pc.is_null(texts)) | as_mask(pc.equal(texts, ""))
    plain = as_mask(pc.match_substring_regex(texts, _PLAIN))
    shape = (len(columns), len(columns[0]))
    good = np.logical_and((plain | empty).reshape(shape).all(axis=1), plain.reshape(shape).any(axis=1))
    wanted = plain & np.repeat(good, shape[1])
    numbers = pc.cast(pc.if_else(pa.array(wanted), texts, pa.scalar(None, texts.type)), pa.float64())
    values = np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64).reshape(shape)
    for row, is_good in zip(values, good.tolist(), strict=True):
        yield _looked_at(row) if is_good else None


def _looked_at(values: NDArray[np.float64]) -> Plain | None:
    """Return None when the numbers may be something else: a code, a date, a running number, thousands, −999."""
    different = np.sort(values[~np.isnan(values)])
    present = len(different)
    distinct = 1 + int((np.diff(different) != 0).sum())
    low, high = float(different[0]), float(different[-1])
    if distinct < LEAST_DISTINCT or {low, high} & SENTINELS or max(-low, high) >= _LARGEST:
        return None
    if _has_code(different):
        return None
    whole = bool((different == np.floor(different)).all())
    if whole and (distinct >= _UNIQUE_SHARE * present or (low >= _YEARS_AS_DAYS[0] and high <= _YEARS_AS_DAYS[1])):
        return None
    if not whole and low >= 1 and high < 1000 and _has_three_decimals(different):
        return None
    return Plain(values, distinct)


def _has_code(values: NDArray[np.float64]) -> bool:
    """Whether the lowest or the highest of sorted values may be a code for "missing"."""
    first = int(np.searchsorted(values, values[0], side="right"))
    last = len(values) - int(np.searchsorted(values, values[-1]))
    ends = ((values[0], values[first:], first), (values[-1], values[: len(values) - last], last))
    return any(stands_apart(float(end), others, count, len(values)) for end, others, count in ends)


def _has_three_decimals(values: NDArray[np.float64]) -> bool:
    """Whether no value needs more than three decimals: 1.234 may be 1,234."""
    thousandths = values * 1000
    return bool((np.abs(thousandths - np.round(thousandths)) < 1e-6).all())
