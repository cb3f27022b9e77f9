"""The fast road for columns of plain numbers, without looking at distinct texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.distinct import as_mask, letters_of
from dldiag.data.typing.missing import SURVEY_CODES, stands_apart

_SAMPLE = 64  # cells that are looked at before a column is read
_LEAST_DISTINCT = 3  # values; with fewer the column may be boolean or constant
_UNIQUE_SHARE = 0.9  # of the values distinct: whole numbers may be identifiers
_LARGEST = 1e11  # from here on numbers may be codes that a spreadsheet rounded
_PLAIN = r"^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$"  # no leading zero, no mark, exactly kept
_COUNT = re.compile(r"0|[1-9]\d{0,13}")
COUNTED_ROWS = 100_000  # from which a running number is no column of days, whatever digits it begins with
_LONGEST_EXACT = 1e15  # from here on a whole number has 16 digits
_IS_PLAIN = np.zeros(256, dtype=bool)
_IS_PLAIN[[ord(letter) for letter in "0123456789.-eE"]] = True
_YEARS_AS_DAYS = (18_000_101.0, 22_001_231.0)  # 20240131 may be a date
_YEARS_AS_MONTHS = (180_001.0, 220_012.0)  # 202401 may be a month


@dataclass(frozen=True, eq=False)
class Plain:
    """A column of plain numbers: float64 values (NaN where the cell is empty) and the number of distinct ones."""

    values: NDArray[np.float64]
    distinct: int


def plain_column(texts: pa.Array) -> Plain | None:
    """Return the numbers of a column of texts, or None when it needs a closer look."""
    values = _quickly(texts) if _may_be_plain(texts) else None
    return None if values is None else _looked_at(values)


def counts_rows(texts: pa.Array) -> bool:
    """Whether texts are whole numbers that grow by one from row to row, written plainly."""
    first = texts[0].as_py()
    if first is None or not _COUNT.fullmatch(first):
        return False
    begin = int(first)
    return bool(texts.equals(pc.cast(pa.array(np.arange(begin, begin + len(texts))), texts.type)))


def _may_be_plain(texts: pa.Array) -> bool:
    """Tell from a few cells, spread over the column, whether it is worth reading as plain numbers."""
    sample = pc.utf8_trim_whitespace(
        texts.take(pa.array(np.linspace(0, len(texts) - 1, min(len(texts), _SAMPLE), dtype=int)))
    )
    known = sample.filter(pc.not_equal(sample, "")).drop_null()
    return bool(as_mask(pc.match_substring_regex(known, _PLAIN)).all())


def _quickly(texts: pa.Array) -> NDArray[np.float64] | None:
    """Return the numbers of a column of which every cell is empty or plain, else None.

    Where the characters are those of plain numbers, where none begins with an unneeded zero and none is too long to be kept exactly,
    a cast says the same as the pattern and is four times as fast.
    """
    if texts.null_count or not len(texts):
        return _by_pattern(texts)
    letters, starts = letters_of(texts)
    if not _IS_PLAIN[letters[starts[0] :]].all() or _begins_oddly(letters, starts):
        return _by_pattern(texts)
    lengths = np.diff(starts)
    if not lengths.any():
        return None
    if (lengths == 0).any():
        texts = pc.if_else(pa.array(lengths == 0), pa.scalar(None, texts.type), texts)
    try:
        values = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    return _by_pattern(texts) if np.nanmax(np.abs(values), initial=0.0) >= _LONGEST_EXACT else values


def _begins_oddly(letters: NDArray[np.uint8], starts: NDArray[np.int64]) -> bool:
    """Tell whether some cell begins or ends otherwise than the pattern has it: 007, -, .5, 5."""
    first, end = starts[:-1], starts[1:]
    known = end > first
    first, end = first[known], end[known]
    padded = np.append(letters, np.zeros(2, np.uint8))
    first = first + (padded[first] == ord("-"))
    head, second = padded[first], padded[first + 1]
    inside = first + 1 < end
    leading_zero = (head == ord("0")) & inside & (second >= ord("0")) & (second <= ord("9"))
    odd_end = padded[end - 1]
    is_digit = (head >= ord("0")) & (head <= ord("9")) & (odd_end >= ord("0")) & (odd_end <= ord("9"))
    return bool(leading_zero.any() or not is_digit.all())


def _by_pattern(texts: pa.Array) -> NDArray[np.float64] | None:
    trimmed = pc.utf8_trim_whitespace(texts)
    empty = as_mask(pc.is_null(trimmed)) | as_mask(pc.equal(trimmed, ""))
    plain = as_mask(pc.match_substring_regex(trimmed, _PLAIN))
    if not (plain | empty).all() or not plain.any():
        return None
    numbers = pc.cast(pc.if_else(pa.array(plain), trimmed, pa.scalar(None, trimmed.type)), pa.float64())
    return np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _looked_at(values: NDArray[np.float64]) -> Plain | None:
    """Return None when the numbers may be something else: a code, a date, a running number, thousands, −999."""
    different = np.sort(values[~np.isnan(values)])
    present = len(different)
    distinct = 1 + int((np.diff(different) != 0).sum())
    low, high = float(different[0]), float(different[-1])
    if distinct < _LEAST_DISTINCT or {low, high} & SURVEY_CODES or max(-low, high) >= _LARGEST:
        return None
    if _has_code(different):
        return None
    whole = bool((different == np.floor(different)).all())
    as_dates = any(low >= first and high <= last for first, last in (_YEARS_AS_DAYS, _YEARS_AS_MONTHS))
    if whole and (distinct >= _UNIQUE_SHARE * present or as_dates):
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
