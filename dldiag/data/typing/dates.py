"""Texts to dates: one row per way of writing a date; the row that reads most of a column wins."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.calendars import Calendar, in_english_and_gregorian, in_usual_order, without_minguo
from dldiag.data.typing.date_forms import (
    BARE_YEAR,
    DAY_BEHIND_YEAR,
    DAY_OF_YEAR,
    MONTH_OF_SHORT_YEAR,
    NAMED_MONTHS,
    NAMED_ONLY,
    PLAIN_WAYS,
    SHORT_COMPACT,
    SHORT_MONTH,
    WEEKDAY,
    WRITTEN,
    Written,
)
from dldiag.data.typing.patterns import as_mask, as_python, found_in, named_parts, stands_in, substituted
from dldiag.data.typing.periods import PERIODS, Period, read_periods

FIRST_YEAR, LAST_YEAR = 1800, 2200  # A date outside these years is taken for something else.
FIRST_YEAR_BEFORE_MONTHS = 1000  # Hardly anything but a date has the year first, so earlier years are read there.
EXCEL_EPOCH = np.datetime64("1899-12-30")
LAST_SERIAL = 2_958_465  # The day number that Excel gives 9999-12-31.
NEAR_SERIALS = (36526.0, 55153.0)  # Excel's day numbers of 2000-01-01 and 2051-01-01.
_SERIAL = r"^[345]\d{4}(?:\.\d+)?$"
EPOCHS = (6.3e8, 2.6e9)  # These are the seconds since 1970 of 1989-12-19 and 2052-05-23.
EPOCH_SCALES = (1.0, 1e3, 1e6, 1e9)  # Programs count seconds, thousandths, millionths or billionths of them.
_SAMPLE = 200  # A way of writing is tried on all texts if at least one of this many is written in it.
_ZONE = r"\s*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"
_OFFSET = r"(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{0,2})$"
_ONE_WAY_SHARE = 0.95  # One way of writing, or several together, must read this share of the texts (as READ_SHARE).
CLOSER = 0.5  # A reading is believed if its dates span a smaller share of the time of the other's (own choice).
LEAST_IN_ORDER = (
    6  # So many different texts without a step back are months of years rather than days of months (own choice).
)
_SHORT_YEAR = "%y"  # POSIX strptime puts 69 … 99 into the 20th century and 00 … 68 into the 21st.


_ROWS: tuple[Written | Period, ...] = (*WRITTEN, *PERIODS, BARE_YEAR)
_KNOWN_ROWS = tuple(as_python(row.pattern) for row in _ROWS)
_OF_SCRIPT = re.compile(r"\\?/Date\((-?\d{1,14})(?:[+-]\d{4})?\)\\?/")
_NO_DATE = re.compile(r"[+-]?[$€£] ?-?[0-9][0-9.,]*|[+-]?[0-9][0-9.,]* ?[%$€£]")
_NUMERAL = re.compile(r"[\d½元一二三四]")


@dataclass(frozen=True, eq=False)
class Dates:
    """What distinct texts are as dates: value (NaT when unread), the way they are written, and whether d/m is open."""

    values: NDArray[np.datetime64]
    written: str
    ambiguous: bool = False
    short_years: bool = False
    calendar: Calendar = ""
    is_mixed: bool = False  # True where dates are written in several ways.
    on_utc: bool = False  # True where offsets differ, so that all were put on UTC.
    some_bare: bool = False  # True where some of these have no offset, and were taken to be on UTC.

    @property
    def read(self) -> NDArray[np.bool_]:
        """Which texts were read."""
        return ~np.isnat(self.values)


def read_dates(
    texts: pa.Array, *, day_first: bool | None = None, is_named_so: bool = False, is_month: bool = False
) -> Dates:
    """Read distinct trimmed texts as dates in the one way of writing that reads most of them.

    Where that leaves many unread, other ways that are as plain read what it does not. `day_first` decides 03/04/2024; None lets
    texts such as 31/03/2024 decide, then the order of the rows. `is_named_so` says that the column has the name of a date,
    `is_month` that it has that of a month or another period.
    """
    nothing = Dates(np.full(len(texts), np.datetime64("NaT", "us"), dtype="datetime64[us]"), "")
    first = texts.slice(0, _SAMPLE)
    if not stands_in(_NUMERAL, first):
        return nothing
    if not (is_named_so or is_month) and all(map(_NO_DATE.fullmatch, first.to_pylist())):
        return nothing
    if (counted := _from_scripts(texts)) is not None:
        return counted
    if is_named_so and len(texts) and (days := without_minguo(texts)) is not None:
        return replace(_read_as(days, WRITTEN[0]), calendar="minguo")
    given, calendar = in_english_and_gregorian(in_usual_order(texts))
    nothing = replace(nothing, calendar=calendar)
    if calendar == "other":
        return nothing
    by_key = _in_each_way(given)
    ways = (one for key, one in by_key.items() if key != BARE_YEAR.key)  # A column of years alone is one of numbers.
    best = max((nothing, *ways), key=lambda one: int(one.read.sum()))
    if not best.read.any():
        best = _in_digits(given, by_key, is_named_so, is_month) or best
    month, day = (by_key.get(first + best.written[3:]) for first in ("mdy", "dmy"))
    if best.written[:3] in ("mdy", "dmy") and month is not None and day is not None:
        best = _day_or_month_first(month, day, day_first)
    year = by_key.get("ymd short", by_key.get(SHORT_COMPACT.key))
    if year is not None and day_first is None and _year_comes_first(year, best):
        best = year
    if best.written == "ymd" and best.read.mean() < _ONE_WAY_SHARE:
        best = max((best, _read_as(given, DAY_BEHIND_YEAR)), key=lambda one: int(one.read.sum()))
    return replace(_with_other_ways(best, by_key, given), calendar=calendar)


def _in_digits(texts: pa.Array, by_key: dict[str, Dates], is_named_so: bool, is_month: bool) -> Dates | None:
    """Return digits with hardly a mark as days or months where the name says that they are, or 01/22 where the rows are in order."""
    rows = (*(NAMED_ONLY if is_named_so else ()), *(NAMED_MONTHS if is_month else ()))
    found = {row.key: _read_as(texts, row) for row in rows}
    if is_month and len(texts) and _may_be_years(texts):
        found.pop(SHORT_MONTH.key)
    by_key |= found
    if not rows and len(texts) >= LEAST_IN_ORDER:
        if not found_in(texts.slice(0, _SAMPLE), MONTH_OF_SHORT_YEAR.pattern).all():
            return None
        alone = _read_as(texts, MONTH_OF_SHORT_YEAR)
        return alone if alone.read.all() and not _steps_back(alone) else None
    return max(found.values(), key=lambda one: (int(one.read.sum()), -_steps_back(one)), default=None)


def _may_be_years(texts: pa.Array) -> bool:
    """Tell whether four digits are years of which all end in 01 to 12 by chance: 2001 to 2012."""
    return bool(found_in(texts, r"^(?:18|19|20)\d{2}$").all())


def _from_scripts(texts: pa.Array) -> Dates | None:
    """Return times that a program wrote with their count since 1970, /Date(1690000000000)/, or None where a text is none."""
    if not all(map(_OF_SCRIPT.fullmatch, texts.slice(0, _SAMPLE).to_pylist())):
        return None
    found = map(_OF_SCRIPT.fullmatch, texts.to_pylist())
    counts = np.array([np.nan if one is None else float(one[1]) for one in found])
    return Dates(from_epochs(counts, EPOCH_SCALES[1]), "epoch")


def _in_each_way(texts: pa.Array) -> dict[str, Dates]:
    """Return what each way of writing reads that occurs among the first texts."""
    sample = "\n".join(texts.slice(0, _SAMPLE).to_pylist())
    rows = (row for row, known in zip(_ROWS, _KNOWN_ROWS, strict=True) if known.search(sample))
    return {row.key: _read_as(texts, row) for row in rows}


def _with_other_ways(best: Dates, by_key: Mapping[str, Dates], texts: pa.Array) -> Dates:
    """Read what one way leaves unread in the ways that cannot mean another day, if all of a column but little is read then."""
    if not best.read.any() or best.read.mean() >= _ONE_WAY_SHARE:
        return best
    values = best.values.copy()
    for one in (by_key[key] for key in PLAIN_WAYS if key in by_key):
        values = np.where(np.isnat(values), one.values, values)
    values = np.where(np.isnat(values), _serials_of(texts), values)
    if not np.isnat(values).mean() <= 1 - _ONE_WAY_SHARE:
        return best
    return replace(best, values=values, is_mixed=True)


def _serials_of(texts: pa.Array) -> NDArray[np.datetime64]:
    """Return day numbers of a spreadsheet near today as dates: some programs write those of some rows beside dates."""
    known = found_in(texts, _SERIAL)
    days = pc.cast(pc.if_else(pa.array(known), texts, pa.scalar("-1", texts.type)), pa.float64())
    values = np.asarray(days.to_numpy(zero_copy_only=False))
    near = (values >= NEAR_SERIALS[0]) & (values <= NEAR_SERIALS[1])
    return from_serials(np.where(near, values, -1.0))


def from_serials(days: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Return dates from Excel day numbers (45000 is 2023-03-15); NaT for numbers that a spreadsheet does not know."""
    known = (days >= 0) & (days <= LAST_SERIAL)
    seconds = np.round(np.where(known, days, 0.0) * 86_400)
    dates = EXCEL_EPOCH.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return np.where(known, dates, np.datetime64("NaT", "us")).astype("datetime64[us]")


def epoch_scale(values: NDArray[np.float64]) -> float:
    """Return what part of a second numbers count if they count time since 1970 and lie near today, else 0."""
    scales = (
        s for s in EPOCH_SCALES if len(values) and EPOCHS[0] * s <= values.min() and values.max() <= EPOCHS[1] * s
    )
    return next(scales, 0.0)


def from_numbers(values: NDArray[np.float64]) -> Dates:
    """Return numbers as times since 1970 where all of them are that, near today, else as Excel day numbers."""
    scale = epoch_scale(values)
    return Dates(from_epochs(values, scale), "epoch") if scale else Dates(from_serials(values), "excel")


def from_epochs(values: NDArray[np.float64], scale: float) -> NDArray[np.datetime64]:
    """Return dates from times counted since 1970 in parts of a second, in UTC; NaT where there is none."""
    known = np.isfinite(values)
    microseconds = np.round(np.where(known, values, 0.0) * (1e6 / scale))
    return np.where(known, microseconds.astype("datetime64[us]"), np.datetime64("NaT", "us"))


def _read_as(texts: pa.Array, row: Written | Period) -> Dates:
    if isinstance(row, Period):
        return Dates(read_periods(texts, row), row.key)
    mask = found_in(texts, row.pattern)
    values = np.full(len(texts), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    if not mask.any():
        return Dates(values, row.key)
    chosen = texts.filter(pa.array(mask))
    day, clock = _day_and_clock(chosen)
    if row.form == DAY_OF_YEAR.form:
        day = pc.replace_substring(day, "-", "")
    values[mask], short = _each_distinct(day, lambda texts: _days(texts, row.form)), _SHORT_YEAR in row.form
    if clock is None:
        return Dates(values, row.key, short_years=short)
    values[mask] += _each_distinct(clock, _clock_times)
    offsets = _each_distinct(clock, _offsets)
    differ = len(offsets) and np.ptp(offsets) > 0
    if differ:
        values[mask] -= offsets.astype("timedelta64[m]")
    bare = differ and not _each_distinct(clock, _have_zones).all()
    return Dates(values, row.key, short_years=short, on_utc=bool(differ), some_bare=bool(bare))


def _each_distinct(texts: pa.Array, read: Callable[[pa.Array], NDArray[Any]]) -> NDArray[Any]:
    """Read every distinct text once: days and times of day repeat much more than moments."""
    encoded = texts.dictionary_encode()
    return np.asarray(read(encoded.dictionary)[encoded.indices.to_numpy(zero_copy_only=False)])


def _days(texts: pa.Array, form: str) -> NDArray[np.datetime64]:
    texts_of_days = texts.to_pylist()
    days = _iso_days(texts_of_days) if form == "%Y-%m-%d" else None
    if days is None:
        found = pd.to_datetime(pd.Series(texts_of_days, dtype=object), format=form, errors="coerce")
        days = found.to_numpy(dtype="datetime64[us]")
    first = FIRST_YEAR_BEFORE_MONTHS if form in ("%Y-%m-%d", "%Y-%m") else FIRST_YEAR
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970  # NaT is far below all years.
    return np.where((years >= first) & (years <= LAST_YEAR), days, np.datetime64("NaT", "us"))


def _iso_days(texts: list[str]) -> NDArray[np.datetime64] | None:
    """Return days as NumPy reads them, several times as fast as pandas, or None where one is no day or lacks a zero."""
    try:
        return np.array(texts, dtype="datetime64[D]").astype("datetime64[us]")
    except ValueError:
        return None


def _day_and_clock(texts: pa.Array) -> tuple[pa.Array, pa.Array | None]:
    """Split "2024/3/31 12:30" into "2024-3-31" and "12:30" (empty when there is no clock time, None when none of them has one)."""
    has_clock, day, clock = as_mask(pc.match_substring(texts, ":")), texts, None
    if has_clock.any():
        day = substituted(texts, r",?[ T]+\d{1,2}:.*$", "")
        clock = pc.if_else(pa.array(has_clock), substituted(texts, r"^.*?[ T]+(\d{1,2}:.*)$", r"\1"), "")
    day = substituted(day, rf"^{WEEKDAY}", "")
    day = substituted(day, r"([A-Za-z]{3})[A-Za-z]*", r"\1")
    day = substituted(day, "[年月/., -]+", "-")
    return substituted(day, "日|-$", ""), clock


def _clock_times(clock: pa.Array) -> NDArray[np.timedelta64]:
    """Return the time of day as written; an offset is dropped: the wall clock is what repeats from day to day."""
    bare = substituted(clock, _ZONE, "")
    afternoon = found_in(bare, r"[Pp][Mm]$")
    morning = found_in(bare, r"[Aa][Mm]$")
    bare = pc.replace_substring(substituted(bare, r"\s*[AaPp][Mm]$", ""), ",", ".")
    hours, minutes, seconds = (_part(bare, pattern) for pattern in _CLOCK_PARTS)
    hours = np.where(afternoon & (hours < 12), hours + 12, np.where(morning & (hours == 12), 0.0, hours))
    return np.round((hours * 3600 + minutes * 60 + seconds) * 1e6).astype("timedelta64[us]")


# Nanoseconds are cut, not rounded.
_CLOCK_PARTS = (r"^(\d{1,2}):.*$", r"^\d{1,2}:(\d{2}).*$", r"^\d{1,2}:\d{2}:(\d{2}(?:\.\d{1,6})?)\d*$")


def _offsets(clock: pa.Array) -> NDArray[np.int64]:
    """Return how many minutes each clock is ahead of UTC: 120 for 12:30+02:00, 0 where none is given."""
    found = named_parts(clock, _OFFSET)
    hours, minutes = (pc.fill_null(pc.struct_field(found, name), "0") for name in ("hours", "minutes"))
    size = 60 * _whole(hours) + _whole(minutes)
    return np.where(as_mask(pc.equal(pc.struct_field(found, "sign"), "-")), -size, size)


def _have_zones(clock: pa.Array) -> NDArray[np.bool_]:
    """Return which clocks have an offset or the name of UTC behind them."""
    return found_in(clock, _ZONE)


def _whole(digits: pa.Array) -> NDArray[np.int64]:
    return np.asarray(pc.cast(pc.if_else(pc.equal(digits, ""), "0", digits), pa.int64()).to_numpy(zero_copy_only=False))


def _part(clock: pa.Array, pattern: str) -> NDArray[np.float64]:
    has = found_in(clock, pattern)
    text = pc.if_else(pa.array(has), substituted(clock, pattern, r"\1"), "0")
    return np.array(pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _day_or_month_first(month: Dates, day: Dates, day_first: bool | None) -> Dates:
    """Choose by `day_first`, then by which reads more, then by which keeps the rows in order, then month first."""
    chosen = {True: day, False: month}
    if day_first is not None:
        return chosen[day_first]
    if day.read.sum() != month.read.sum():
        return chosen[bool(day.read.sum() > month.read.sum())]
    first = bool(_steps_back(day) < _steps_back(month))
    return replace(chosen[first], ambiguous=True)


def _year_comes_first(year: Dates, other: Dates) -> bool:
    """Tell whether 21/03/04 is of 2021: as many dates are read so, and they lie much closer together."""
    if other is year or year.read.sum() < other.read.sum():
        return other is not year and bool(year.read.sum() > other.read.sum())
    return bool(_span(year) < CLOSER * _span(other))


def _span(dates: Dates) -> np.timedelta64:
    values = dates.values[dates.read]
    return values.max() - values.min() if len(values) else np.timedelta64(0, "us")


def _steps_back(dates: Dates) -> int:
    values = dates.values[dates.read]
    return int((np.diff(values) < np.timedelta64(0, "us")).sum())
