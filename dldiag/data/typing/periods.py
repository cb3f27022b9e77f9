"""Texts to periods: years with a mark, half years, quarters, weeks and numbered months, each read as its first day.

A week may be followed by its day, 2024-W05-3, which is read as that day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.patterns import found_in, named_parts, substituted

_YEAR = r"(?P<year>(?:1[5-9]|20)\d{2})"
_SHORT = r"(?P<year>\d{2})"
_WEEK = r"(?P<part>0?[1-9]|[1-4]\d|5[0-3])"
_NAMED = re.compile(r"\?P<\w+>")
_LAST_SHORT_YEAR = 68  # POSIX strptime puts 69 … 99 into the 20th century.
TWO_YEARS = "two years"  # A pair of years whose second follows the first.
_OTHER_DIGITS = (
    ("^IV$", "4"),
    ("^III$", "3"),
    ("^II$", "2"),
    ("^I$", "1"),
    ("[上一]", "1"),
    ("[下二]", "2"),
    ("三", "3"),
    ("四", "4"),
)


@dataclass(frozen=True)
class Period:
    """One kind of period: what it looks like, and how many months (or weeks) one of them lasts."""

    key: str
    patterns: tuple[str, ...]
    example: str
    months: int = 0  # Weeks have 0.

    @property
    def pattern(self) -> str:
        """What a whole text looks like, in any of its spellings."""
        return "|".join(f"(?:{_NAMED.sub('', one)})" for one in self.patterns)


PERIODS = (
    Period(
        "year",
        (rf"^{_YEAR}\s?(?:年度?|년)$", rf"^{_YEAR} ?г(?:\.|од)?$", rf"^FY\s?{_YEAR}$", rf"^FY\s?'?{_SHORT}$"),
        "1990年",
        months=12,
    ),
    Period(
        TWO_YEARS,
        (rf"^(?:FY ?)?{_YEAR}[/–-](?P<part>\d{{2}})$", rf"^(?:FY ?)?{_YEAR}[/–-](?P<part>(?:1[5-9]|20)\d{{2}})$"),
        "2020/21",
        months=12,
    ),
    Period(
        "half year",
        (
            rf"^{_YEAR}[ -]?[HhSs](?P<part>[12])$",
            rf"^[HhSs](?P<part>[12])[ /-]?{_YEAR}$",
            rf"^{_YEAR}年(?P<part>[上下])半年$",
            rf"^(?P<part>[12])[HhSs][ /'-]?{_YEAR}$",
            rf"^(?P<part>[12])[HhSs][ /'-]?{_SHORT}$",
            rf"^[HhSs](?P<part>[12]) ?['’]{_SHORT}$",
        ),
        "2024H1",
        months=6,
    ),
    Period(
        "quarter",
        (
            rf"^{_YEAR}[ :/-]?-?[Qq](?P<part>[1-4])$",
            rf"^[Qq](?P<part>[1-4])[ /-]?{_YEAR}$",
            rf"^(?P<part>[1-4])[Qq][ /-]?{_YEAR}$",
            rf"^(?P<part>[1-4])[Qq][ /'-]?{_SHORT}$",
            rf"^[Qq](?P<part>[1-4])(?:[ /-]'?|'){_SHORT}$",
            rf"^[Tt](?P<part>[1-4])[ /-]?{_YEAR}$",
            rf"^{_YEAR}[ /-]?[Tt](?P<part>[1-4])$",
            rf"^(?P<part>[1-4])(?:\.|st|nd|rd|th|er|e|ème|º|°)? ?(?i:quartal|quarter|qtr|trimestre|trimester|vierteljahr),? ?{_YEAR}$",
            rf"^{_YEAR}[ ,/-]+(?i:quarter|qtr|quartal|trimestre) ?(?P<part>[1-4])$",
            rf"^(?i:quarter|qtr|quartal|trimestre) ?(?P<part>[1-4])[ ,/-]+{_YEAR}$",
            rf"^{_YEAR}年第?(?P<part>[1-4一二三四])季度?$",
            rf"^FY ?{_YEAR}[ -]?Q(?P<part>[1-4])$",
            rf"^FY ?'?{_SHORT}[ -]?Q(?P<part>[1-4])$",
            rf"^(?P<part>I{{1,3}}|IV)(?:[/. -]| ?кв\.? ?|\. ?negyedév ?){_YEAR}$",
            rf"^(?P<part>[1-4])[ -]?(?:й )?(?:кв\.?|квартал) ?{_YEAR}(?: ?г\.?)?$",
            rf"^{_YEAR}년 ?(?P<part>[1-4])분기$",
        ),
        "2024Q1",
        months=3,
    ),
    Period(
        "month",
        (
            rf"^{_YEAR}[ -]?[Mm](?P<part>0?[1-9]|1[0-2])$",
            rf"^(?:FY ?)?{_YEAR}[ -]?P(?P<part>0?[1-9]|1[0-2])$",  # Programs of accounting number the months so.
        ),
        "2024M03",
        months=1,
    ),
    Period(
        "week",
        (
            rf"^{_YEAR}[ -]?-?[Ww]{_WEEK}$",
            rf"^{_YEAR}-?[Ww](?P<part>0[1-9]|[1-4]\d|5[0-3])-?(?P<day>[1-7])$",
            rf"^{_YEAR}年第{_WEEK}周$",
            rf"^(?i:kw|cw|week|wk|w|sem|semaine|semana|uke|vecka)\.? ?{_WEEK}[ ,./-]+{_YEAR}$",
            rf"^{_YEAR}[ ,./-]+(?i:kw|cw|week|wk|sem|semaine|semana|uke|vecka)\.? ?{_WEEK}$",
        ),
        "2024-W05",
    ),
)


def read_periods(texts: pa.Array, row: Period) -> NDArray[np.datetime64]:
    """Return the first day of each period (the Monday of an ISO week); NaT for other texts."""
    values = np.full(len(texts), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    for pattern in row.patterns:
        mask = found_in(texts, pattern)
        if mask.any():
            found = named_parts(texts.filter(pa.array(mask)), pattern)
            years = _numbers(pc.struct_field(found, "year"))
            parts = _numbers(pc.struct_field(found, "part")) if "?P<part>" in pattern else np.ones_like(years)
            years = np.where(years < 100, years + np.where(years > _LAST_SHORT_YEAR, 1900, 2000), years)
            days = _first_days(years, parts if row.key != TWO_YEARS else np.ones_like(parts), row.months)
            follows = (parts % 100 == (years + 1) % 100) & ((parts < 100) | (parts == years + 1))
            if "?P<day>" in pattern:
                days = days + (_numbers(pc.struct_field(found, "day")) - 1).astype("timedelta64[D]")
            values[mask] = days if row.key != TWO_YEARS else np.where(follows, days, np.datetime64("NaT", "us"))
    return values


def _numbers(texts: pa.Array) -> NDArray[np.int64]:
    for sign, digit in _OTHER_DIGITS:
        texts = substituted(texts, sign, digit)
    return np.asarray(pc.cast(texts, pa.int64()).to_numpy(zero_copy_only=False))


def _first_days(years: NDArray[np.int64], parts: NDArray[np.int64], months: int) -> NDArray[np.datetime64]:
    if months:
        return ((years - 1970) * 12 + (parts - 1) * months).astype("datetime64[M]").astype("datetime64[us]")
    fourth = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]") + np.timedelta64(3, "D")
    weekday = (fourth.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday, and Monday is 0.
    monday = fourth - weekday.astype("timedelta64[D]") + ((parts - 1) * 7).astype("timedelta64[D]")
    return np.asarray(monday.astype("datetime64[us]"))
