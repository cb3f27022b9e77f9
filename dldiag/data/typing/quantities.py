"""Numbers that take more than one numeral to write: 1 h 5 min, 5'11", 59°54'N, 1 1/4, 7 of 10; each is read as one number."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

SAMPLE = 100  # This many texts are looked at before all are read.
READ_SHARE = 0.95  # Texts are quantities if this share of them is, as for plain numbers.
LONGEST = 40  # Characters of a quantity.
# Steps of a scale without a label, and with one, where it is labeled at its ends (own choice).
LEAST_BARE, MOST_NAMED = 2, 3
LEAST_POINTS = 2  # Points differ; one share alone may be a fraction (own choice).
LARGEST_ANGLE = 180.0
# Denominators of measures and recipes; others need a numerator that is smaller throughout one denominator.
_DENOMINATORS = frozenset({2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64, 100})
_MEASURES = frozenset({2, 3, 4, 6, 8, 16, 32, 64})  # Inches and cups are cut into these; whole ones stand beside them.
_SCALES = frozenset(
    {5, 10, 20, 100}
)  # Points are given out of these, sometimes more than all; up to twice as many are.
_NUMERAL = r"\d+(?:[.,]\d+)?"
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
           "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8)}  # fmt: skip
_DAYS, _HOURS = r"d|days?|tage?|jours?|dias?|天", r"h|hrs?|hours?|std\.?|stunden?|heures?|horas?|小时|時間|ч"
_MINUTES, _SECONDS = (
    r"m|mins?|minutes?|minuten|minutos?|分钟|分|мин",
    r"s|secs?|seconds?|sek\.?|sekunden|segundos?|秒|сек",
)
_MILLISECONDS = r"ms|msecs?|millis"
# The larger unit, the smaller one, and how many of the smaller one make the larger.
_PAIRS = (
    (r"'|′|ft\.?|feet|foot", r"\"|″|''|′′|in\.?|inch(?:es)?", 12),
    (r"y|yrs?\.?|years?", r"m|mos?\.?|mths?\.?|months?", 12),
    (r"lbs?\.?|pounds?", r"oz\.?|ounces?", 16),
    (r"st\.?|stones?", r"lbs?\.?|pounds?", 14),
)


@dataclass(frozen=True)
class Quantity:
    """One kind: the code of its remark, what its texts look like, its value, and what some of the texts must look like."""

    code: str
    pattern: re.Pattern[str]
    value: Callable[[re.Match[str]], float]
    evidence: re.Pattern[str]
    agree: Callable[[Sequence[re.Match[str]]], bool] = lambda found: True


def read_quantities(texts: pa.Array) -> tuple[NDArray[np.float64], str] | None:
    """Return the values of distinct texts (NaN for those unread) and the code of what they are, or None where they are none.

    >>> read_quantities(pa.array(["1 h 30 min", "45 min"]))[0].tolist()
    [1.5, 0.75]
    """
    sample = texts.slice(0, SAMPLE).to_pylist()
    for one in QUANTITIES:
        if _are(one, sample):
            found = [one.pattern.fullmatch(text[: LONGEST + 1]) for text in texts.to_pylist()]
            if one.agree([match for match in found if match]):
                return np.array([np.nan if match is None else one.value(match) for match in found]), one.code
    return None


def _are(one: Quantity, sample: Sequence[str]) -> bool:
    matched = [text for text in sample if len(text) <= LONGEST and one.pattern.fullmatch(text)]
    return len(matched) >= READ_SHARE * len(sample) and any(map(one.evidence.search, matched))


def _number(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0.0


def _part(unit: str) -> str:
    return rf"(?:({_NUMERAL})\s*(?:{unit})\.?(?:,?\s+(?:(?:and|und|et|y|e)\s+)?|(?=\d)|$))?"


_DURATION = re.compile(
    rf"([+-]?)(?=\d){_part(_DAYS)}{_part(_HOURS)}{_part(_MINUTES)}{_part(_SECONDS)}{_part(_MILLISECONDS)}",
    re.IGNORECASE,
)
_ISO_DURATION = re.compile(
    rf"([+-]?)P(?=T?\d)(?:({_NUMERAL})D)?(?:T(?:({_NUMERAL})H)?(?:({_NUMERAL})M)?(?:({_NUMERAL})S)?)?"
)
_HOURS_AND_MINUTES = re.compile(r"([+-]?)()(\d{1,3})\s?h(?:\s?([0-5]\d))?()")  # 3h06 and 4h
_DAYS_AND_CLOCK = re.compile(r"([+-]?)(\d+)(?: ?(?:d|days?|Tage?|jours?),? \+?|-)(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)")


def _hours(found: re.Match[str]) -> float:
    days, hours, minutes, seconds, *thousandths = map(_number, found.groups()[1:])
    total = 24 * days + hours + minutes / 60 + (seconds + sum(thousandths) / 1000) / 3600
    return -total if found[1] == "-" else total


def _pair(larger: str, smaller: str, per: int) -> Quantity:
    first, second = rf"({_NUMERAL})\s*(?:{larger})", rf"({_NUMERAL})\s*(?:{smaller})"
    both = rf"{first},?\s*(?:and\s+)?{second}"
    pattern = rf"{first}(?:,?\s*(?:and\s+)?{second})?|{second}"
    return Quantity("quantities", re.compile(pattern, re.IGNORECASE), _in_larger(per), re.compile(both, re.IGNORECASE))


def _in_larger(per: int) -> Callable[[re.Match[str]], float]:
    return lambda found: _number(found[1]) + (_number(found[2]) + _number(found[3])) / per


_AGE = re.compile(r"(\d{1,3}(?:[.,]5)?)\s?(?:(y|yrs?|J)|(m|mos?|mths?|M))\.?", re.IGNORECASE)


def _years(found: re.Match[str]) -> float:
    return _number(found[1]) / (1 if found[2] else 12)


def _of_years_and_months(found: Sequence[re.Match[str]]) -> bool:
    """Tell whether some ages are in years and some in months: m alone may be meters or minutes."""
    return any(match[2] for match in found) and any(match[3] for match in found)


_ANGLE = re.compile(
    r"([NSEW]?)\s*([+-]?\d{1,3}(?:[.,]\d+)?)\s*(?:[°º˚]\s*)?(?:(?<=[°º˚\s])(\d{1,2}(?:\.\d+)?)\s*['′’‘´]\s*"
    r"(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|″|''|′′|”|“)\s*)?)?([NSEW]?)"
)
_IS_ANGLE = re.compile(r"[°º˚].*['′’NSEW]|[NSEW]\s*\d.*[°º˚]|\d\.\d{2,}\s?[NSEW]|[NSEW]\s?\d+\.\d{2,}")


def _degrees(found: re.Match[str]) -> float:
    whole, minutes, seconds = _number(found[2].lstrip("+-")), _number(found[3]), _number(found[4])
    is_negative = found[2].startswith("-") != ((found[1] or found[5]) in ("S", "W") and bool(found[1] or found[5]))
    angle = whole + minutes / 60 + seconds / 3600
    return -angle if is_negative else angle


def _one_axis(found: Sequence[re.Match[str]]) -> bool:
    """Tell whether the letters name one axis, and no angle is beyond half a circle."""
    letters = {match[1] or match[5] for match in found} - {""}
    is_one = letters <= {"N", "S"} or letters <= {"E", "W"}
    return is_one and all(abs(_degrees(match)) <= LARGEST_ANGLE for match in found)


_FRACTION = re.compile(
    rf"([+-]?)(?:(\d+)(?:\s+|-|(?=[{''.join(_VULGAR)}])))?(?:(\d+)\s*[/⁄]\s*(\d+)|([{''.join(_VULGAR)}]))(?:\"|\s+([^\W\d_]{{1,12}}))?|([+-]?)(\d+)(?:\"|\s+([^\W\d_]{{1,12}}))?"
)


def _fraction(found: re.Match[str]) -> float:
    if found[8] is not None:
        return -float(found[8]) if found[7] == "-" else float(found[8])
    above, below = _VULGAR[found[5]] if found[5] else (int(found[3]), int(found[4]))
    value = int(found[2] or 0) + above / below
    return -value if found[1] == "-" else value


def _are_fractions(found: Sequence[re.Match[str]]) -> bool:
    """Tell whether all fractions are proper, of usual denominators or of one: 9/4 is an account of odds, 120/80 of a pressure."""
    if any(match[3] and match[3].startswith("0") and len(match[3]) > 1 for match in found):
        return False  # 01/22 is a month.
    if len({(match[6] or match[9] or "").rstrip("s") for match in found}) > 1:
        return False  # 1/2 cup beside 1 tsp
    parts = [(int(match[3]), int(match[4])) for match in found if match[3]]
    below = {b for _, b in parts}
    if any(match[8] and int(match[8]) for match in found) and not below <= _MEASURES:
        return False  # 8/10 beside 15
    proper = all(a < b for a, b in parts) or (len(below) == 1 and all(a <= b for a, b in parts))
    return proper and 0 not in below and (below <= _DENOMINATORS or len(below) == 1)


_OF = r"\s*(?:out of|of|von|sur|de)\s*"
_SHARE_OF = re.compile(rf"({_NUMERAL}){_OF}({_NUMERAL})(?:\s+\D+)?", re.IGNORECASE)
_POINTS_OF = re.compile(
    rf"({_NUMERAL})(?:\s*([/:])\s*(\d+)(?:[.,]0+)?)?(?:\s+[^\W\d_]+)?"
)  # 8/10, 4.5/5 stars, 3.7/4.0 and 9.5:1
_PART_OF = re.compile(rf"({_NUMERAL})(?:\s*/\s*|{_OF})({_NUMERAL})", re.IGNORECASE)  # 4.5/5 beside 8/10


def _of_one_whole(found: Sequence[re.Match[str]]) -> bool:
    return len({match[2] for match in found}) == 1


def _are_points(found: Sequence[re.Match[str]]) -> bool:
    """Tell whether these are points out of one whole, as 8/10 is beside 4.5/10 and 7; 3/8 beside 1 is a fraction of an inch."""
    marked = [match for match in found if match[3]]
    bare = [_number(match[1]) for match in found if not match[3]]
    texts, whole = [match[1] for match in marked], int(marked[0][3])
    if len({match[3] for match in marked}) > 1 or any(text[0] == "0" and text[1:].isdigit() for text in texts):
        return False
    if not all(map(str.isdigit, texts)):
        return max(bare, default=0.0) <= whole
    if any(match[2] == ":" for match in marked) or len(texts) < LEAST_POINTS or max(bare, default=0.0) > whole:
        return False
    points = list(map(int, texts))
    if whole in _MEASURES and (any(bare) or all(math.gcd(one, whole) == 1 for one in points)):
        return False
    return whole > 1 and max(points) <= (2 * whole if whole in _SCALES else whole)


def _are_parts(found: Sequence[re.Match[str]]) -> bool:
    """Tell whether these are parts of wholes that differ: each is at most its whole."""
    return all(0 < _number(match[2]) >= _number(match[1]) for match in found)


_LABELED = re.compile(r"(\d{1,2})(?:\s*[(=:–-]\s*(\D*[^\W\d]\D*)|\s+([^\W\d]\D*))?")


def _ends_are_labeled(found: Sequence[re.Match[str]]) -> bool:
    """Tell whether these are the steps of a scale of which only the ends, and perhaps the middle, have a label."""
    labels = {int(match[1]): match[2] or match[3] for match in found}
    named = {step for step, label in labels.items() if label}
    bare = len(labels) - len(named)
    return (
        len(labels) == len(found)
        and bare >= LEAST_BARE
        and bool(named & {min(labels), max(labels)})
        and len(named) <= MOST_NAMED
    )


_LARGE_MARKS = {"兆": 1e12, "億": 1e8, "亿": 1e8, "억": 1e8, "万": 1e4, "萬": 1e4, "만": 1e4, "千": 1e3, "천": 1e3}
_LARGE = re.compile(r"(?:\d[\d,.]*\s?[兆億亿억万萬만千천]\s?)+(?:\d[\d,]*)?\s?[円圓元원人]?")
_LARGE_PART = re.compile(r"(\d[\d,.]*)\s?([兆億亿억万萬만千천]?)")
_SEVERAL_MARKS = re.compile(r"\d\s?[兆億亿억万萬만千천]\s?\d")


def _large(found: re.Match[str]) -> float:
    """Return 1億904万 as 109,040,000."""
    parts = _LARGE_PART.findall(found[0])
    return float(sum(round(float(digits.replace(",", "")) * _LARGE_MARKS.get(mark, 1.0), 4) for digits, mark in parts))


_CLOCKED = re.compile(r"\d\s*[^\W\d_]+\.?,?(?:\s+[^\W\d_]+)?\s*\d")
QUANTITIES = (
    Quantity("hours", _DURATION, _hours, _CLOCKED),
    Quantity("hours", _ISO_DURATION, _hours, re.compile("^[+-]?P")),
    Quantity("hours", _HOURS_AND_MINUTES, _hours, re.compile(r"h\s?\d")),
    Quantity("hours", _DAYS_AND_CLOCK, _hours, re.compile(r"[dTj]|\d-\d")),
    *(_pair(*pair) for pair in _PAIRS),
    Quantity("quantities", _AGE, _years, re.compile("[yja]", re.IGNORECASE), _of_years_and_months),
    Quantity("quantities", _ANGLE, _degrees, _IS_ANGLE, _one_axis),
    Quantity("points", _POINTS_OF, lambda found: _number(found[1]), re.compile(r"/|[.,].*:"), _are_points),
    Quantity("quantities", _FRACTION, _fraction, re.compile(rf"[/⁄{''.join(_VULGAR)}]"), _are_fractions),
    Quantity("points", _SHARE_OF, lambda found: _number(found[1]), re.compile("."), _of_one_whole),
    Quantity(
        "quantities",
        _PART_OF,
        lambda found: _number(found[1]) / _number(found[2]),
        re.compile(r"\d[.,]\d|[^\W\d]"),
        _are_parts,
    ),
    Quantity("magnitudes", _LARGE, _large, _SEVERAL_MARKS),
    Quantity("bounds", _LABELED, lambda found: float(found[1]), re.compile(r"[^\W\d]"), _ends_are_labeled),
)
