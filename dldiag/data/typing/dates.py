"""Texts to dates: one row per way of writing a date; the row that reads most of a column wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.calendars import Calendar, in_english_and_gregorian
from dldiag.data.typing.distinct import as_mask
from dldiag.data.typing.periods import PERIODS, Period, read_periods

FIRST_YEAR, LAST_YEAR = 1800, 2200  # A date outside these years is taken for something else.
FIRST_YEAR_BEFORE_MONTHS = 1000  # Hardly anything but a date has the year first, so earlier years are read there.
EXCEL_EPOCH = np.datetime64("1899-12-30")
LAST_SERIAL = 2_958_465  # The day number that Excel gives 9999-12-31.
NEAR_SERIALS = (36526.0, 55153.0)  # Excel's day numbers of 2000-01-01 and 2051-01-01.
_SAMPLE = 200  # A way of writing is tried on all texts if at least one of this many is written in it.
_CLOCK = (
    r"(?:,?[ T]+(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?|24:00(?::00)?)"
    r"\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_WEEKDAY = r"(?i:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?i:day)?,?[ ]+"
_MONTH = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_ONE_WAY_SHARE = 0.95  # One way of writing, or several together, must read this share of the texts (as READ_SHARE).
# The order is plain from the day; dmy is taken where slashes are not the rule.
PLAIN_WAYS = (
    "ymd",
    "ymd/",
    "ymd.",
    "zh",
    "d mon y",
    "mon d y",
    "dmy",
)
_SHORT_YEAR = "%y"  # POSIX strptime puts 69 … 99 into the 20th century and 00 … 68 into the 21st.


@dataclass(frozen=True)
class Written:
    """One way of writing a date: what its day looks like, and how it is read once its marks are hyphens."""

    key: str
    day: str  # A regular expression, without the weekday before and the time of day behind.
    form: str  # A format of strptime.
    example: str

    @property
    def pattern(self) -> str:
        """What a whole text looks like; a number such as 20240331 has no time of day."""
        return rf"^{self.day}$" if self.form in ("%Y%m%d", "%Y%m") else rf"^(?:{_WEEKDAY})?{self.day}{_CLOCK}$"


WRITTEN = (
    Written("ymd", r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d", "2024-03-31"),
    Written("ymd/", r"\d{4}/\d{1,2}/\d{1,2}", "%Y-%m-%d", "2024/3/31"),
    Written("ymd.", r"\d{4}\.\d{1,2}\.\d{1,2}", "%Y-%m-%d", "2024.03.31"),
    Written("zh", r"\d{4}年\d{1,2}月\d{1,2}日?", "%Y-%m-%d", "2024年3月31日"),
    Written("mdy", r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", "%m-%d-%Y", "03/31/2024"),
    Written("dmy", r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", "%d-%m-%Y", "31/03/2024"),
    Written("mdy short", r"\d{1,2}/\d{1,2}/\d{2}", "%m-%d-%y", "3/31/24"),
    Written("dmy short", r"(?:\d{1,2}/\d{1,2}/|\d{2}\.\d{2}\.)\d{2}", "%d-%m-%y", "31.03.24"),
    Written("compact", r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", "%Y%m%d", "20240331"),
    Written("compact month", r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])", "%Y%m", "202403"),
    Written("d mon y", rf"\d{{1,2}}[ .-]+{_MONTH}[ .,-]+\d{{4}}", "%d-%b-%Y", "31 Mar 2024"),
    Written("d mon y short", rf"\d{{1,2}}[ .-]+{_MONTH}[ .,-]+\d{{2}}", "%d-%b-%y", "31-Mar-24"),
    Written("mon d y", rf"{_MONTH}[ .-]+\d{{1,2}}[ ,-]+\d{{4}}", "%b-%d-%Y", "March 31, 2024"),
    Written("ym", r"\d{4}[-/年](?:0?[1-9]|1[0-2])月?", "%Y-%m", "2024-03"),
    Written("my", r"(?:0?[1-9]|1[0-2])[/-]\d{4}", "%m-%Y", "03/2024"),
    Written("mon y", rf"{_MONTH}[ .,-]+\d{{4}}", "%b-%Y", "March 2024"),
    Written("mon y short", rf"{_MONTH}[ -]\d{{2}}", "%b-%y", "Mar-24"),
)


@dataclass(frozen=True, eq=False)
class Dates:
    """What distinct texts are as dates: value (NaT when unread), the way they are written, and whether d/m is open."""

    values: NDArray[np.datetime64]
    written: str
    ambiguous: bool = False
    short_years: bool = False
    calendar: Calendar = ""
    is_mixed: bool = False  # True where dates are written in several ways.

    @property
    def read(self) -> NDArray[np.bool_]:
        """Which texts were read."""
        return ~np.isnat(self.values)


def read_dates(texts: pa.Array, *, day_first: bool | None = None) -> Dates:
    """Read distinct trimmed texts as dates in the one way of writing that reads most of them.

    Where that leaves many unread, other ways that are as plain read what it does not. `day_first` decides 03/04/2024; None lets
    texts such as 31/03/2024 decide, then the order of the rows.
    """
    given, calendar = in_english_and_gregorian(_day_first(texts))
    nothing = Dates(np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]"), "", calendar=calendar)
    if calendar == "other":
        return nothing
    by_key = _in_each_way(given)
    best = max((nothing, *by_key.values()), key=lambda one: int(one.read.sum()))
    month, day = (by_key.get(first + best.written[3:]) for first in ("mdy", "dmy"))
    if best.written[:3] in ("mdy", "dmy") and month is not None and day is not None:
        best = _day_or_month_first(month, day, day_first)
    return replace(_with_other_ways(best, by_key), calendar=calendar)


def _day_first(texts: pa.Array) -> pa.Array:
    """Put the time of day behind the day where it stands before it: 08:30 13.03.2023."""
    if not pc.any(pc.match_substring_regex(texts.slice(0, _SAMPLE), _CLOCK_BEFORE)).as_py():
        return texts
    return pc.replace_substring_regex(texts, _CLOCK_BEFORE, r"\2 \1")


def _in_each_way(texts: pa.Array) -> dict[str, Dates]:
    """Return what each way of writing reads that occurs among the first texts."""
    sample = texts.slice(0, _SAMPLE)
    rows = (row for row in (*WRITTEN, *PERIODS) if pc.any(pc.match_substring_regex(sample, row.pattern)).as_py())
    return {row.key: _read_as(texts, row) for row in rows}


def _with_other_ways(best: Dates, by_key: Mapping[str, Dates]) -> Dates:
    """Read what one way leaves unread in the ways that cannot mean another day, if all of a column but little is read then."""
    if not best.read.any() or best.read.mean() >= _ONE_WAY_SHARE:
        return best
    values = best.values.copy()
    for one in (by_key[key] for key in PLAIN_WAYS if key in by_key):
        values = np.where(np.isnat(values), one.values, values)
    if not np.isnat(values).mean() <= 1 - _ONE_WAY_SHARE:
        return best
    return replace(best, values=values, is_mixed=True)


def from_serials(days: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Return dates from Excel day numbers (45000 is 2023-03-15); NaT for numbers that a spreadsheet does not know."""
    known = (days >= 0) & (days <= LAST_SERIAL)
    seconds = np.where(known, days, 0.0) * 86_400
    dates = EXCEL_EPOCH.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    return np.where(known, dates, np.datetime64("NaT")).astype("datetime64[us]")


def _read_as(texts: pa.Array, row: Written | Period) -> Dates:
    if isinstance(row, Period):
        return Dates(read_periods(texts, row), row.key)
    mask = as_mask(pc.match_substring_regex(texts, row.pattern))
    values = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    if not mask.any():
        return Dates(values, row.key)
    chosen = texts.filter(pa.array(mask))
    day, clock = _day_and_clock(chosen)
    values[mask] = _each_distinct(day, lambda texts: _days(texts, row.form)) + _each_distinct(clock, _clock_times)
    return Dates(values, row.key, short_years=row.form.endswith(_SHORT_YEAR))


def _each_distinct(texts: pa.Array, read: Callable[[pa.Array], NDArray[Any]]) -> NDArray[Any]:
    """Read every distinct text once: days and times of day repeat much more than moments."""
    encoded = texts.dictionary_encode()
    return np.asarray(read(encoded.dictionary)[encoded.indices.to_numpy(zero_copy_only=False)])


def _days(texts: pa.Array, form: str) -> NDArray[np.datetime64]:
    days = pd.to_datetime(pd.Series(texts.to_pylist(), dtype=object), format=form, errors="coerce")
    first = FIRST_YEAR_BEFORE_MONTHS if form in ("%Y-%m-%d", "%Y-%m") else FIRST_YEAR
    known = ((days.dt.year >= first) & (days.dt.year <= LAST_YEAR)).to_numpy()
    return np.where(known, days.to_numpy(dtype="datetime64[us]"), np.datetime64("NaT"))


def _day_and_clock(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Split "2024/3/31 12:30" into "2024-3-31" and "12:30" (empty when there is no clock time)."""
    has_clock = as_mask(pc.match_substring(texts, ":"))
    day = pc.replace_substring_regex(texts, r",?[ T]+\d{1,2}:.*$", "")
    clock = pc.replace_substring_regex(texts, r"^.*?[ T]+(\d{1,2}:.*)$", r"\1")
    clock = pc.if_else(pa.array(has_clock), clock, "")
    day = pc.replace_substring_regex(day, rf"^{_WEEKDAY}", "")
    day = pc.replace_substring_regex(day, r"([A-Za-z]{3})[A-Za-z]*", r"\1")
    day = pc.replace_substring_regex(day, "[年月/., -]+", "-")
    return pc.replace_substring_regex(day, "日|-$", ""), clock


def _clock_times(clock: pa.Array) -> NDArray[np.timedelta64]:
    """Return the time of day; an offset (Z, +02:00) is dropped: the wall clock is what repeats from day to day."""
    bare = pc.replace_substring_regex(clock, r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$", "")
    afternoon = as_mask(pc.match_substring_regex(bare, r"[Pp][Mm]$"))
    morning = as_mask(pc.match_substring_regex(bare, r"[Aa][Mm]$"))
    bare = pc.replace_substring(pc.replace_substring_regex(bare, r"\s*[AaPp][Mm]$", ""), ",", ".")
    hours, minutes, seconds = (_part(bare, pattern) for pattern in _CLOCK_PARTS)
    hours = np.where(afternoon & (hours < 12), hours + 12, np.where(morning & (hours == 12), 0.0, hours))
    return ((hours * 3600 + minutes * 60 + seconds) * 1e6).astype("timedelta64[us]")


_CLOCK_BEFORE = r"^(\d{1,2}:\d{2}(?::\d{2})?),? +(\d{1,4}[./-]\d{1,2}[./-]\d{1,4})$"
_CLOCK_PARTS = (r"^(\d{1,2}):.*$", r"^\d{1,2}:(\d{2}).*$", r"^\d{1,2}:\d{2}:(\d{2}(?:\.\d+)?)$")


def _part(clock: pa.Array, pattern: str) -> NDArray[np.float64]:
    has = as_mask(pc.match_substring_regex(clock, pattern))
    text = pc.if_else(pa.array(has), pc.replace_substring_regex(clock, pattern, r"\1"), "0")
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


def _steps_back(dates: Dates) -> int:
    values = dates.values[dates.read]
    return int((np.diff(values) < np.timedelta64(0, "us")).sum())
