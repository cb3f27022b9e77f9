"""Dates of other languages and calendars, brought to English month names and Gregorian years before they are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

Calendar = Literal["", "buddhist", "other"]
_SAMPLE = 200  # This many texts are looked at before all are changed.
CALENDAR_SHARE = 0.9  # This share of the texts looked at must show the other calendar.
BUDDHIST_OFFSET = 543  # The Buddhist era is this many years ahead.
MONTHS = {  # How each month begins in French, German, Spanish, Italian, Portuguese and Dutch.
    "Jan": "januar|januari|janvier|janv|enero|ene|gennaio|gen|janeiro",
    "Feb": "februar|februari|février|fevrier|févr|fév|febrero|febbraio|fevereiro|fev",
    "Mar": "märz|maerz|mrz|mars|marzo|março|marco|maart|mrt",
    "Apr": "avril|avr|abril|abr|aprile",
    "May": "mai|mayo|maggio|mag|maio|mei",
    "Jun": "juni|juin|junio|giugno|giu|junho",
    "Jul": "juli|juillet|juil|julio|luglio|lug|julho",
    "Aug": "août|aout|agosto|ago|augustus",
    "Sep": "septembre|septiembre|settembre|setembro|set|sept",
    "Oct": "oktober|okt|octobre|octubre|ottobre|ott|outubro|out",
    "Nov": "novembre|noviembre|novembro",
    "Dec": "dezember|dez|décembre|decembre|déc|diciembre|dic|dicembre|dezembro|december",
}
_ENGLISH = {name: month for month, names in MONTHS.items() for name in names.split("|")}
_MONTH_NAME = re.compile(
    r"(?<![^\W\d_])(?:de |d')?(" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + r")\.?(?![^\W\d_])(?: de(?= ))?",
    re.IGNORECASE,
)
_WITH_NAME = r"(?i)\d.*\pL{3}.*\d|^\pL{3,}\.?[ -]\d"
# Each era maps to the year before its first.
ERAS = {
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "大正": 1911,
    "民國": 1911,
    "民国": 1911,
    "中華民國": 1911,
}
_ERA = re.compile("(" + "|".join(sorted(ERAS, key=len, reverse=True)) + r")\s?(\d{1,3}|元)年")
_BUDDHIST = re.compile(r"(?<!\d)(2(?:4[4-9]\d|5\d\d|6[0-2]\d))(?!\d)")
_IN_BUDDHIST_YEARS = r"^(?:\d{1,2}[/.-]\d{1,2}[/.-]2[4-6]\d\d|2[4-6]\d\d[/.-]\d{1,2}[/.-]\d{1,2})(?:[ T].*)?$"
_IN_OTHER_YEARS = r"^(?:\d{1,2}[/.-]\d{1,2}[/.-]1[34]\d\d|1[34]\d\d[/.-]\d{1,2}[/.-]\d{1,2})(?:[ T].*)?$"


def in_english_and_gregorian(texts: pa.Array) -> tuple[pa.Array, Calendar]:
    """Return texts with English month names and Gregorian years, and the calendar that their years were of.

    Persian and Islamic years, of which texts alone do not tell the calendar, are left as they are.
    """
    if not len(texts):
        return texts, ""
    sample = texts.slice(0, _SAMPLE)
    if _share(sample, _IN_OTHER_YEARS) >= CALENDAR_SHARE:
        return texts, "other"
    if _share(sample, _IN_BUDDHIST_YEARS) >= CALENDAR_SHARE:
        return _each(texts, lambda text: _BUDDHIST.sub(_less_buddhist, text)), "buddhist"
    if any(_ERA.search(text) for text in sample.to_pylist()):
        return _each(texts, lambda text: _ERA.sub(_year_of_era, text)), ""
    if _share(sample, _WITH_NAME) > 0 and any(_MONTH_NAME.search(text) for text in sample.to_pylist()):
        return _each(texts, lambda text: _MONTH_NAME.sub(_english_month, text)), ""
    return texts, ""


def _share(texts: pa.Array, pattern: str) -> float:
    return float(pc.mean(pc.cast(pc.match_substring_regex(texts, pattern), pa.float64())).as_py() or 0.0)


def _each(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    return pa.array([change(text) for text in texts.to_pylist()], type=texts.type)


def _less_buddhist(found: re.Match[str]) -> str:
    return str(int(found.group(1)) - BUDDHIST_OFFSET)


def _year_of_era(found: re.Match[str]) -> str:
    era, year = found.groups()
    return f"{ERAS[era] + (1 if year == '元' else int(year))}年"


def _english_month(found: re.Match[str]) -> str:
    return _ENGLISH[found.group(1).lower()]
