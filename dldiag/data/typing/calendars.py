"""Dates of other languages, calendars and orders, brought to English month names, Gregorian years and a clock behind the day."""

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
# Names and abbreviations beside the English ones: French, German, Spanish, Italian, Portuguese and Dutch; Russian, Ukrainian,
# Polish, Czech, the Nordic languages, Romanian, Turkish and Indonesian, in the cases that dates have.
MONTHS = {
    "Jan": "januar|januari|janvier|janv|enero|ene|gennaio|gen|janeiro|января|январь|янв|січня|січ|stycznia|styczeń|sty|ledna|leden"
    "|ianuarie|ian|ocak|oca",
    "Feb": "februar|februari|février|fevrier|févr|fév|febrero|febbraio|fevereiro|fev|февраля|февраль|фев|февр|лютого|лют|lutego|luty"
    "|lut|února|únor|februarie|şubat|şub|pebruari",
    "Mar": "märz|maerz|mrz|mars|marzo|março|marco|maart|mrt|марта|март|мар|березня|бер|marca|marzec|března|březen|martie|mart|maret",
    "Apr": "avril|avr|abril|abr|aprile|апреля|апрель|апр|квітня|кві|kwietnia|kwiecień|kwi|dubna|duben|aprilie|nisan|nis",
    "May": "mai|mayo|maggio|mag|maio|mei|мая|май|травня|тра|maja|maj|května|květen|mayıs",
    "Jun": "juni|juin|junio|giugno|giu|junho|июня|июнь|июн|червня|чер|czerwca|czerwiec|cze|června|červen|iunie|iun|haziran|haz",
    "Jul": "juli|juillet|juil|julio|luglio|lug|julho|июля|июль|июл|липня|лип|lipca|lipiec|lip|července|červenec|iulie|iul|temmuz|tem",
    "Aug": "août|aout|agosto|ago|augustus|августа|август|авг|серпня|сер|sierpnia|sierpień|sie|srpna|srpen|augusti|ağustos|ağu|agustus"
    "|agt",
    "Sep": "septembre|septiembre|settembre|setembro|set|sept|сентября|сентябрь|сен|сент|вересня|вер|września|wrzesień|wrz|září"
    "|septembrie|eylül|eyl",
    "Oct": "oktober|okt|octobre|octubre|ottobre|ott|outubro|out|октября|октябрь|окт|жовтня|жов|października|październik|paź|října"
    "|říjen|octombrie|ekim|eki",
    "Nov": "novembre|noviembre|novembro|ноября|ноябрь|ноя|нояб|листопада|лис|listopada|listopad|lis|listopadu|noiembrie|noi|kasım|kas"
    "|nopember",
    "Dec": "dezember|dez|décembre|decembre|déc|diciembre|dic|dicembre|dezembro|december|декабря|декабрь|дек|грудня|гру|grudnia"
    "|grudzień|gru|prosince|prosinec|desember|des|decembrie|aralık|ara",
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


_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
# Ways to write a moment in which the parts stand in another order, or without marks between them: pattern, replacement.
_ORDERS = (
    (rf"^({_CLOCK}),? +(\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}})$", r"\2 \1"),  # 08:30 13.03.2023
    (rf"^(.*\d) *上午 *({_CLOCK})$", r"\1 \2 AM"),  # 2021/1/4 上午 8:30
    (rf"^(.*\d) *下午 *({_CLOCK})$", r"\1 \2 PM"),
    (
        rf"^\pL{{3}} (\pL{{3}}) +(\d{{1,2}}) ({_CLOCK})(?: ([+-]\d{{4}}|UTC|GMT))? (\d{{4}})$",
        r"\1 \2 \5 \3 \4",
    ),  # ctime, Twitter
    (
        r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[T_ -]?([01]\d|2[0-3])([0-5]\d)(Z?)$",
        r"\1-\2-\3 \4:\5\6",
    ),  # 202103041530
    (
        r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[T_ -]?([01]\d|2[0-3])([0-5]\d)([0-5]\d(?:\.\d+)?)(Z?)$",
        r"\1-\2-\3 \4:\5:\6\7",
    ),
    (r"^(\d{1,2})(\pL{3})(\d{4}|\d{2})(?:$|[: ](.*))", r"\1-\2-\3 \4"),  # 04MAR2021:15:30:00
    (rf"^(\d{{1,2}}/\pL{{3}}/\d{{4}}):({_CLOCK})", r"\1 \2"),  # logs of web servers
    (r"^(.*\d{4}) ?(?:г|года|р|року)\.?$", r"\1"),  # 4 марта 2021 г.
    (rf"^(.*{_CLOCK}) *([AaPp])\. ?[Mm]\.?$", r"\1 \2M"),  # 3:30 p.m.
)


def in_usual_order(texts: pa.Array) -> pa.Array:
    """Return texts with the day first, its parts apart, and then the clock, where they are written otherwise."""
    sample = texts.slice(0, _SAMPLE)
    for pattern, replacement in _ORDERS:
        if pc.any(pc.match_substring_regex(sample, pattern)).as_py():
            texts = pc.utf8_rtrim_whitespace(pc.replace_substring_regex(texts, pattern, replacement))
            sample = texts.slice(0, _SAMPLE)
    return texts


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
