"""The fast road for columns of plain numbers, without looking at distinct texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.distinct import hold_few_letters, letters_of
from dldiag.data.typing.missing import SURVEY_CODES, stands_apart
from dldiag.data.typing.patterns import as_mask, found_in

_SAMPLE = 64  # This many cells are looked at before a column is read.
SHORT_ROWS = 2048  # A column of so many rows is read as quickly as some of its cells are looked at.
_POWER = re.compile(r"\d+[eE]\d+")
_FIRST_CELLS = 50  # This many cells are looked at for codes that read as numbers.
_LEAST_DISTINCT = 3  # A column with fewer values may be boolean or constant.
_UNIQUE_SHARE = 0.9  # Whole numbers may be identifiers if this share of the values is distinct.
_MOST_STEPS = 12  # A scale of a survey has no more steps (own choice).
_LARGEST = 1e11  # From here on numbers may be codes that a spreadsheet rounded.
# Such a number has no leading zero and no mark, and is kept exactly.
_PLAIN = r"^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$"
_COUNT = re.compile(r"0|[1-9]\d{0,13}")
COUNTED_ROWS = 100_000  # From this many rows on a running number is no column of days, whatever digits it begins with.
_LONGEST_EXACT = 1e15  # From here on a whole number has 16 digits.
_ZERO, _NINE, _MINUS, _TEN = np.uint8(ord("0")), np.uint8(ord("9")), np.uint8(ord("-")), np.uint8(10)
_POINT, _FIRST_LETTERS = np.uint8(ord(".")), 256
_MOST_DECIMALS = 6  # Numbers with more decimals are counted by sorting them.
_BLOCK_ROWS = 1 << 14  # So many numbers, and what is made of them, stay in the cache.
_WIDEST = 1 << 22  # Between the ends of the numbers that are counted by their place there are at most so many places.
_YEARS_AS_DAYS = (18_000_101.0, 22_001_231.0)  # A number like 20240131 may be a date.
_YEARS_AS_MONTHS = (180_001.0, 220_012.0)  # A number like 202401 may be a month.
_SHORT_MONTHS, _SHORT_DAYS = (101.0, 9912.0), (10_101.0, 991_231.0)  # 2201 may be a month, 220131 and 310122 a day.
_SECONDS = (6.3e8, 2.6e9)  # Whole numbers like 1700000000 may be seconds since 1970.
_YEARS_AS_HOURS = (1_900_010_100.0, 2_099_123_123.0)  # A number like 2024013112 may be an hour.


@dataclass(frozen=True, eq=False)
class Plain:
    """A column of plain numbers: float64 values (NaN where the cell is empty) and the number of distinct ones."""

    values: NDArray[np.float64]
    distinct: int


def plain_column(texts: pa.ChunkedArray) -> Plain | None:
    """Return the numbers of a column of texts, or None when it needs a closer look."""
    if len(texts) > SHORT_ROWS and (not _may_be_plain(texts) or hold_few_letters(texts)):
        return None
    values = _in_chunks(texts)
    return None if values is None else _looked_at(values)


def reads_oddly(texts: pa.ChunkedArray) -> bool:
    """Tell from the first cells whether plain numbers may be codes: 1.1 beside 1.10, or 1E3."""
    first = set(texts.slice(0, _FIRST_CELLS).to_pylist())
    shorter = (text.rstrip("0") for text in first if text and text[-1] == "0" and "." in text)
    if any(text in first and text[-1] != "." for text in shorter):
        return True
    return any("E" in text or "e" in text for text in first if text) and any(_POWER.fullmatch(t) for t in first if t)


def merged_zeros(texts: list[str]) -> NDArray[np.bool_]:
    """Return which texts are one number but for the zeros at their end, both with a point: 1.1 and 1.10.

    >>> merged_zeros(["1.1", "1.10", "2.50", "3.0", "3"]).tolist()
    [True, True, False, False, False]
    """
    bare = [text.rstrip("0") if text[-1:] == "0" and "." in text else text for text in texts]
    ends = {one for one, text in zip(bare, texts, strict=True) if one != text and one[-1:] != "."} & set(texts)
    return np.array([one in ends for one in bare], dtype=bool)


def counts_rows(texts: pa.ChunkedArray) -> bool:
    """Whether texts are whole numbers that grow by one from row to row, written plainly."""
    first = texts[0].as_py()
    if first is None or not _COUNT.fullmatch(first):
        return False
    begins = (int(first) + _begins_of(texts)).tolist()
    return all(_count_from(begin, chunk) for begin, chunk in zip(begins[:-1], texts.chunks, strict=True))


def _count_from(begin: int, texts: pa.Array) -> bool:
    return bool(texts.equals(pc.cast(pa.array(np.arange(begin, begin + len(texts))), texts.type)))


def _begins_of(texts: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return the row at which each chunk begins, and the number of all rows."""
    return np.cumsum([0, *map(len, texts.chunks)])


def _may_be_plain(texts: pa.ChunkedArray) -> bool:
    """Tell from a few cells, spread over the column, whether it is worth reading as plain numbers."""
    sample = pc.utf8_trim_whitespace(_spread(texts, min(len(texts), _SAMPLE)))
    known = sample.filter(pc.not_equal(sample, "")).drop_null()
    return bool(found_in(known, _PLAIN).all())


def _spread(texts: pa.ChunkedArray, count: int) -> pa.Array:
    """Return so many cells at equal distances; taken from the whole column they would make a copy of it."""
    rows, begins = np.linspace(0, len(texts) - 1, count, dtype=int), _begins_of(texts)
    of_chunk = np.searchsorted(begins, rows, side="right") - 1
    parts = [texts.chunk(k).take(pa.array(rows[of_chunk == k] - begins[k])) for k in np.unique(of_chunk)]
    return pa.concat_arrays(parts) if parts else pa.array([], texts.type)


def _in_chunks(texts: pa.ChunkedArray) -> NDArray[np.float64] | None:
    """Return the numbers of a column of which every cell is empty or plain, else None; what is made on the way stays small."""
    values, begin, may_be_whole = np.empty(len(texts)), 0, True
    for chunk in filter(len, texts.chunks):
        whole = _whole_numbers(chunk) if may_be_whole else None
        may_be_whole = whole is not None
        part = _quickly(chunk) if whole is None else whole
        if part is None:
            return _by_pattern(texts.combine_chunks())
        values[begin : begin + len(chunk)] = part
        begin += len(chunk)
    return None if np.isnan(values).all() else values


def _whole_numbers(texts: pa.Array) -> NDArray[np.int64] | None:
    """Return whole numbers that are all written in the shortest way, None where some cell may be anything else.

    No whole number can be written in fewer letters, so if all together have just as many as they need, none begins with an
    unneeded zero or a plus. Only digits with a letter, 0xFFFFFFFF, might be shorter.
    """
    letters, starts = letters_of(texts)
    if texts.null_count or not len(letters) or (letters[starts[0] :][:_FIRST_LETTERS] == _POINT).any():
        return None  # A cast that fails takes longer than this look.
    if letters[starts[0] :].max() > _NINE:
        return None
    try:
        numbers = pc.cast(texts, pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    low, high = int(numbers.min()), int(numbers.max())
    if max(-low, high) >= _LONGEST_EXACT or _letters_needed(numbers, low, high) != starts[-1] - starts[0]:
        return None
    return np.asarray(numbers)


def _letters_needed(numbers: NDArray[np.int64], low: int, high: int) -> int:
    """Return how many letters it takes at least to write these whole numbers, which lie between low and high.

    >>> _letters_needed(np.array([0, 9, 10, -10]), -10, 10)
    7
    """
    needed = len(numbers) + (int(np.count_nonzero(numbers < 0)) if low < 0 else 0)
    for power in range(1, len(str(max(-low, high)))):
        needed += int(np.count_nonzero(numbers >= 10**power)) if high >= 10**power else 0
        needed += int(np.count_nonzero(numbers <= -(10**power))) if low <= -(10**power) else 0
    return needed


def _quickly(texts: pa.Array) -> NDArray[np.float64] | None:
    """Return the numbers of cells that are empty or plain, None where some may be neither.

    Where a cast reads every cell, none as "not a number", where none begins with an unneeded zero and none is too long to be
    kept exactly, it says the same as the pattern and is four times as fast.
    """
    if texts.null_count:
        return None
    letters, starts = letters_of(texts)
    filled = starts[1:] > starts[:-1]
    empty = len(filled) - int(np.count_nonzero(filled))
    if empty == len(filled):
        return np.full(len(filled), np.nan)
    try:
        values = pc.cast(_without_empty(texts, filled) if empty else texts, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    known = values[filled] if empty else values
    if not max(known.max(), -known.min()) < _LONGEST_EXACT:  # Nor is it where a cell says that it is no number.
        return None
    first, end = (starts[:-1][filled], starts[1:][filled]) if empty else (starts[:-1], starts[1:])
    return None if _begins_oddly(letters, first, end) else values


def _without_empty(texts: pa.Array, filled: NDArray[np.bool_]) -> pa.Array:
    """Return the same texts, null where they are empty; nothing is copied."""
    known = pa.array(filled).buffers()[1]
    _, starts, letters = texts.buffers()
    if texts.offset:
        return pc.if_else(pa.array(filled), texts, pa.scalar(None, texts.type))
    return pa.Array.from_buffers(texts.type, len(texts), [known, starts, letters])


def _begins_oddly(letters: NDArray[np.uint8], first: NDArray[np.int64], end: NDArray[np.int64]) -> bool:
    """Tell whether some number that a cast has read begins or ends otherwise than the pattern has it: 007, .5, 5."""
    if letters[end - 1].min() < _ZERO:
        return True
    head = letters[first]
    signed = np.flatnonzero(head == _MINUS)
    if len(signed):
        head[signed] = letters[first[signed] + 1]
    if head.min() < _ZERO:
        return True
    zeros = np.flatnonzero(head == _ZERO)
    begin = first[zeros]
    behind = begin + 1 + (letters[begin] == _MINUS) if len(signed) else begin + 1
    behind = behind[behind < end[zeros]]
    return bool(_are_digits(letters[behind]).any())


def _are_digits(letters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which bytes are digits: all others are below the first or lie, counted from it, beyond the tenth."""
    return letters - _ZERO < _TEN


def _by_pattern(texts: pa.Array) -> NDArray[np.float64] | None:
    trimmed = pc.utf8_trim_whitespace(texts)
    empty = as_mask(pc.is_null(trimmed)) | as_mask(pc.equal(trimmed, ""))
    plain = found_in(trimmed, _PLAIN)
    if not (plain | empty).all() or not plain.any():
        return None
    numbers = pc.cast(pc.if_else(pa.array(plain), trimmed, pa.scalar(None, trimmed.type)), pa.float64())
    return np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _looked_at(values: NDArray[np.float64]) -> Plain | None:
    """Return None when the numbers may be something else: a code, a date, a running number, thousands, −999."""
    missing = np.isnan(values)
    present = values[~missing] if missing.any() else values
    low, high = float(present.min()), float(present.max())
    different = _different(present, low, high)
    distinct = len(different)
    if distinct < _LEAST_DISTINCT or {low, high} & SURVEY_CODES or max(-low, high) >= _LARGEST:
        return None
    if _has_code(present, different) or _may_be_scale(low, high, distinct):
        return None
    whole = _are_whole(different[:_SAMPLE]) and _are_whole(different)
    as_dates = any(
        low >= first and high <= last for first, last in (_YEARS_AS_DAYS, _YEARS_AS_MONTHS, _YEARS_AS_HOURS, _SECONDS)
    )
    if whole and (distinct >= _UNIQUE_SHARE * len(present) or as_dates or _may_be_short_days(different, low, high)):
        return None
    if not whole and _may_be_months_with_point(different, low, high):
        return None
    if not whole and low >= 1 and high < 1000 and _has_three_decimals(different):
        return None
    return Plain(values, distinct)


def _are_whole(values: NDArray[np.float64]) -> bool:
    return bool((values == np.floor(values)).all())


def _may_be_scale(low: float, high: float, distinct: int) -> bool:
    """Whether few different numbers end at 8 or 9 or begin below 0, which may stand for "does not know" beside a scale."""
    return distinct <= _MOST_STEPS and (high in (8.0, 9.0) or -_MOST_STEPS < low < 0)


def _may_be_short_days(values: NDArray[np.float64], low: float, high: float) -> bool:
    """Whether all whole numbers may be months or days with years of two digits: 2201, 220131."""
    if low >= _SHORT_MONTHS[0] and high <= _SHORT_MONTHS[1]:
        return _lie_within(values % 100, 12)
    if low < _SHORT_DAYS[0] or high > _SHORT_DAYS[1] or not _lie_within(values[:_SAMPLE] // 100 % 100, 31):
        return False
    ends, middles = values % 100, values // 100 % 100
    return _lie_within(middles, 12) and (_lie_within(ends, 31) or _lie_within(values // 10_000, 31))


def _may_be_months_with_point(values: NDArray[np.float64], low: float, high: float) -> bool:
    """Whether numbers with a point may be months of years: 3.2024, 2024.03."""
    if low > 1.18 and high < 12.21:
        parts = np.round((values - np.floor(values)) * 10_000)
        return bool(parts.min() >= 1900 and parts.max() < 2100)
    if low < 1900 or high > 2100:
        return False
    return _lie_within(np.round((values - np.floor(values)) * 100), 12)


def _lie_within(values: NDArray[np.float64], last: int) -> bool:
    return bool(values.min() >= 1 and values.max() <= last)


def _different(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Return the different numbers, which lie between low and high, in order: by the place of each where it has few decimals, else sorted.

    >>> _different(np.array([0.25, 1.5, 0.25, -0.0, 0.0]), 0.0, 1.5).tolist()
    [0.0, 0.25, 1.5]
    """
    for decimals in range(_MOST_DECIMALS + 1):
        scale = 10.0**decimals
        if (high - low) * scale >= _WIDEST:
            break
        if _are_multiples(values[:_SAMPLE], scale) and (taken := _places_taken(values, scale, low, high)) is not None:
            return np.asarray((np.flatnonzero(taken) + np.rint(low * scale)) / scale)
    different = np.sort(values)
    return np.asarray(different[np.append(True, different[1:] != different[:-1])])


def _places_taken(values: NDArray[np.float64], scale: float, low: float, high: float) -> NDArray[np.bool_] | None:
    """Return which parts, counted from the lowest, some number has; None where a number is no multiple of a part."""
    lowest = np.rint(low * scale)
    taken = np.zeros(int(np.rint(high * scale) - lowest) + 1, dtype=bool)
    for begin in range(0, len(values), _BLOCK_ROWS):
        block = values[begin : begin + _BLOCK_ROWS]
        parts = np.rint(block * scale)
        if not (parts / scale == block).all():
            return None
        taken[(parts - lowest).astype(np.int64)] = True
    return taken


def _are_multiples(values: NDArray[np.float64], scale: float) -> bool:
    """Whether each number is the nearest one to a whole number of parts, so that equal parts mean equal numbers."""
    return bool((np.rint(values * scale) / scale == values).all())


def _has_code(values: NDArray[np.float64], different: NDArray[np.float64]) -> bool:
    """Whether the lowest or the highest value may be a code for "missing"; `different` are the different ones in order."""
    for end, others in ((different[0], different[1:]), (different[-1], different[:-1])):
        count = int(np.count_nonzero(values == end))
        if stands_apart(float(end), others, count, len(values)):
            return True
    return False


def _has_three_decimals(values: NDArray[np.float64]) -> bool:
    """Whether no value needs more than three decimals: 1.234 may be 1,234."""
    thousandths = values * 1000
    return bool((np.abs(thousandths - np.round(thousandths)) < 1e-6).all())
