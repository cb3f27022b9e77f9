"""Ways to write a date: one row each, and which of them need the name of a date beside them."""

from __future__ import annotations

from dataclasses import dataclass

_CLOCK = (
    r"(?:,?[ T]+(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?|24:00(?::00)?)"
    r"\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
WEEKDAY = r"(?i:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?i:day)?,?[ ]+"
_MONTH = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_TWO_OF_MONTH, _TWO_OF_DAY = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
# The order is plain from the day; dmy is taken where slashes are not the rule.
PLAIN_WAYS = (
    "ymd",
    "ymd/",
    "ymd.",
    "zh",
    "d mon y",
    "mon d y",
    "dmy",
    "ym",
    "mon y",
    "bare year",
)
# Jan 06 12:30 is a day without a year.
_WITHOUT_CLOCK = (
    "%Y%m%d",
    "%Y%m",
    "%Y",
    "%y%m%d",
    "%d%m%Y",
    "%m%d%Y",
    "%d%m%y",
    "%m%d%y",
    "%Y%j",
    "%y%m",
    "%m%y",
    "%b-%y",
    "%m-%y",
    "%y-%m",
)


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
        return rf"^{self.day}$" if self.form in _WITHOUT_CLOCK else rf"^(?:{WEEKDAY})?{self.day}{_CLOCK}$"


WRITTEN = (
    Written("ymd", r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d", "2024-03-31"),
    Written("ymd/", r"\d{4}/\d{1,2}/\d{1,2}", "%Y-%m-%d", "2024/3/31"),
    Written("ymd.", r"\d{4}\.\d{1,2}\.\d{1,2}", "%Y-%m-%d", "2024.03.31"),
    Written("zh", r"\d{4}年\d{1,2}月\d{1,2}日?", "%Y-%m-%d", "2024年3月31日"),
    Written("mdy", r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", "%m-%d-%Y", "03/31/2024"),
    Written("dmy", r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", "%d-%m-%Y", "31/03/2024"),
    Written("mdy short", r"(?:\d{1,2}/\d{1,2}/|\d{2}-\d{2}-)\d{2}", "%m-%d-%y", "3/31/24"),
    Written("dmy short", r"(?:\d{1,2}/\d{1,2}/|\d{2}\.\d{2}\.|\d{2}-\d{2}-)\d{2}", "%d-%m-%y", "31.03.24"),
    Written("ymd short", r"\d{2}[/-]\d{2}[/-]\d{2}", "%y-%m-%d", "24/03/31"),
    Written("compact", r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", "%Y%m%d", "20240331"),
    Written("mdy compact", rf"{_TWO_OF_MONTH}{_TWO_OF_DAY}(?:19|20)\d{{2}}", "%m%d%Y", "03312024"),
    Written("dmy compact", rf"{_TWO_OF_DAY}{_TWO_OF_MONTH}(?:19|20)\d{{2}}", "%d%m%Y", "31032024"),
    Written("compact month", r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])", "%Y%m", "202403"),
    Written("d mon y", rf"\d{{1,2}}[ ./-]+{_MONTH}[ .,/-]+\d{{4}}", "%d-%b-%Y", "31 Mar 2024"),
    Written("d mon y short", rf"\d{{1,2}}[ ./-]+{_MONTH}[ .,/-]+\d{{2}}", "%d-%b-%y", "31-Mar-24"),
    Written("mon d y", rf"{_MONTH}[ .-]+\d{{1,2}}[ ,-]+\d{{4}}", "%b-%d-%Y", "March 31, 2024"),
    Written("ym", r"\d{4}[-/年](?:0?[1-9]|1[0-2])月?", "%Y-%m", "2024-03"),
    Written("my", r"(?:0?[1-9]|1[0-2])[/-]\d{4}", "%m-%Y", "03/2024"),
    Written("my.", r"(?:0?[1-9]|1[0-2])\.(?:19|20)\d{2}", "%m-%Y", "03.2024"),
    Written("ym.", rf"(?:19|20)\d{{2}}\.{_TWO_OF_MONTH}", "%Y-%m", "2024.03"),
    Written("mon y", rf"{_MONTH}[ .,-]+\d{{4}}", "%b-%Y", "March 2024"),
    Written("mon y short", rf"{_MONTH}[ -]\d{{2}}", "%b-%y", "Mar-24"),
)
# The day before the month behind a year: looked for only where the month first leaves some unread.
DAY_BEHIND_YEAR = Written("ydm", r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%d-%m", "2024-31-03")
# A year alone is a date only beside whole dates.
BARE_YEAR = Written("bare year", r"(?:1[89]|20)\d{2}", "%Y", "2024")
# Six digits are a day, and four a month, only under the name of a date.
SHORT_COMPACT = Written("compact short", rf"\d{{2}}{_TWO_OF_MONTH}{_TWO_OF_DAY}", "%y%m%d", "240331")
SHORT_MONTH = Written("compact short month", rf"\d{{2}}{_TWO_OF_MONTH}", "%y%m", "2403")
# The days of a year are counted so; invoices are, too.
DAY_OF_YEAR = Written("day of year", r"(?:19|20)\d{2}[-/]?(?:0\d{2}|[12]\d{2}|3[0-5]\d|36[0-6])", "%Y%j", "2024-091")
# 01/22 is a day of January as well.
MONTH_OF_SHORT_YEAR = Written("my short", rf"{_TWO_OF_MONTH}/\d{{2}}", "%m-%y", "03/24")
NAMED_ONLY = (
    SHORT_COMPACT,
    Written("dmy compact short", rf"{_TWO_OF_DAY}{_TWO_OF_MONTH}\d{{2}}", "%d%m%y", "310324"),
    Written("mdy compact short", rf"{_TWO_OF_MONTH}{_TWO_OF_DAY}\d{{2}}", "%m%d%y", "033124"),
    DAY_OF_YEAR,
)
NAMED_MONTHS = (
    SHORT_MONTH,
    Written("compact month short", rf"{_TWO_OF_MONTH}\d{{2}}", "%m%y", "0324"),
    MONTH_OF_SHORT_YEAR,
    Written("ym short", rf"\d{{2}}/{_TWO_OF_MONTH}", "%y-%m", "24/03"),
    Written("mon y glued", rf"{_MONTH}\d{{2}}", "%b%y", "Mar24"),
)
MONTHS_WITH_POINT = frozenset({"my.", "ym."})  # These are numbers as well.
DIGITS_ALONE = frozenset(
    {"mdy compact", "dmy compact", *MONTHS_WITH_POINT, *(row.key for row in (*NAMED_ONLY, *NAMED_MONTHS))}
)
