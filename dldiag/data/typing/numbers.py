"""Texts to numbers: marks of thousands, decimal comma, currency, percent, units, bounds; times of day as hours."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.distinct import without_tails
from dldiag.data.typing.number_spellings import (
    FEW_TEXTS,
    in_usual_spelling,
    signed_by_account,
    with_our_digits,
    without_counted,
    without_lead,
)
from dldiag.data.typing.patterns import as_mask, as_python, found_in, named_parts, replaced, stands_in, substituted
from dldiag.data.typing.quantities import read_quantities
from dldiag.data.typing.units import currencies_in, one_percent_scale, strip_magnitudes, strip_units

_PLAIN = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$"
INFINITE = r"^[+-]?(?i:inf|infinity|∞)$"
# <0.01 is a number if this many distinct bare numbers stand beside it, and more than there are bounds.
BARE_BESIDE_BOUNDS = 10
MARKED_SHARE = 0.95  # A mark is that of the whole column from this share of its texts on.
LARGEST_EXACT = 2.0**53  # Whole numbers above this are rounded in float64.

_SIGN = r"(?:NT|US|HK|R|A|AU|C|CA|S|NZ|MX)\$|S/\.?|[$€£¥₹₽₩฿₺₴₫₪₱₦₵₡₿元円원đ¢]|Ft"
_CODE = (
    r"(?i:USD|EUR|GBP|S?Fr\.|Rs\.?|CNY|RMB|JPY|CHF|AUD|CAD|HKD|INR|PLN|CZK|HUF|SEK|NOK|DKK|TRY|BRL|MXN|ZAR|KRW|SGD|NZD|THB|IDR|MYR|PHP|VND"
    r"|PKR|BDT|LKR|KES|KSh|NGN|GHS|EGP|MAD|TWD|QAR|KWD|KZT|RON|BGN|ISK|CLP|COP|PEN|ARS|BTC|ETH"
    r"|RUB|UAH|AED|SAR|ILS|kr\.?|zł|Kč|Rp\.?|lei|руб\.?|грн\.?)"
)
_CURRENCY = rf"(?:{_SIGN}|{_CODE})"
_CURRENCY_BEHIND = rf"^(?:(.*\d.*?)\s*(?:{_SIGN})|(.*\d(?:.*?\P{{L}})??)\s*{_CODE})$"
_ENDS_IN_LETTERS = r"[^\d)\]]$"
_GROUPED_BY_SPACE = r"^([+-]?\d{1,3}(?:[ '’\x{00a0}\x{202f}\x{2009}_]\d{3})+)((?:[.,]\d+)?)$"
_COMMA_GROUPS = r"^[+-]?[1-9]\d{0,2}(?:,\d{2})*(?:,\d{3})+(?:\.\d*)?$"
_COMMA_DECIMAL = r"^[+-]?(?:\d*,\d+|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?)(?:[eE][+-]?\d{1,3})?$"
# Where the other decimal mark is usual, these can mean nothing else.
_COMMA_AS_POINT, _POINT_DECIMAL = r"^[+-]?\d+,(?:\d{1,2}|\d{4,})$", r"^[+-]?\d+\.(?:\d{1,2}|\d{4,})$"
_POINT_GROUPS = r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?$"
_BARE = r"^[+-]?[\d.,]*\d$"
_BOUND = (
    r"^(?:(?:[<>≤≥~≈±]=?|(?i:ca|approx|about|around|circa|over|under|env|up to|less than|more than)\.?\s)\s*([+-]?[\d.,]*\d)"
    r"|([+-]?[\d.,]*\d)\s*(?:\*{1,3}|\+|\(\s?(?:[A-Za-z]{1,12}\.?|\d{1,2})\s?\)|\[\w{1,3}\]| [A-Za-z]{1,2}|[†‡§¶]+))$"
)
_AT_LEAST = r"^([\d.,]*\d\s?[A-Za-z]{0,2})\s?\+$"  # 5,000+ and 1.2M+
_PLUS_MINUS = r"^(?:±|\+/-)\s*([\d.,]*\d)$"
# 12.4 ± 0.3, 12.4 [11.9-12.8], 12.4 (11.9, 12.8) and 66 (45%)
_WITH_ERROR = r"^([+-]?[\d.,]*\d)(?:\s*(?:±|\+/?-)\s*[\d.,]*\d|\s*[\[(]\s*(?:\d\d%\s?[CKI]I?C?[:,]?\s)?[+-]?[\d.,]*\d\s?%?\s*(?:(?:[,;-]|to)\s*[+-]?[\d.,]*\d\s?%?\s*)?[\])])$"
# 12.4±0.3 mg, and 12.4% (n=9): what stands behind the number says how far it can be trusted.
_ERROR_BEFORE_UNIT = r"^([+-]?[\d.,]*\d)\s*(?:±|\+/?-)\s*[\d.,]*\d(\s*[^\d\s±+-][^\d±]*)$"
_SAMPLE_SIZE = r"^([+-]?[\d.,]*\d\s?%?)\s*[(\[]\s*(?:(?i:n)\s*[=:]\s*[\d.,]*\d|\d+\s?/\s?\d+)\s*[)\]]$"
# A word that says what a number with decimals means: 1.2 (high).
_JUDGED = r"^([+-]?\d+[.,]\d+)\s*[(\[]\s?\pL[\pL ]{1,14}[)\]]$"
# A letter of a footnote right behind a number with decimals: 72.51r. Letters of units and of thousands are none.
_FLAGGED = r"^([+-]?[\d.,]*\d)(?:\s?[abcefijnopqruvwxyzABFHIJNOPQRSUVXYZ]|\s?[a-z]p|\s[a-z\d]\))$"
_DECIMALS = r"^[+-]?\d+[.,]\d+"
FLAGGED_SHARE = 0.5  # Codes such as 12b have no decimals; at least this share of the numbers must have (own choice).
_HOURS = (
    r"^(?P<sign>[+-]?)(?P<hour>\d{1,3}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d(?:[.,]\d+)?))?"
    r"\s*(?P<half>(?:[AaPp]\.?[Mm]\.?)?)$"
)
_DOTTED = r"^(\d{1,2})[.:]([0-5]\d) ?(?:Uhr|hrs?|h)\.?$"
_BARE_HALF = r"^(\d{1,2}) ?([AaPp]\.?[Mm]\.?)$"  # 2pm
_KNOWN_DOTTED, _KNOWN_HALF, _COLON = as_python(_DOTTED), as_python(_BARE_HALF), re.compile(r"\d:\d")
_KNOWN_NOON, _KNOWN_HALF_DAY = (
    as_python(pattern) for pattern in (r"^(?i:noon|midday|midnight)$", r"(?i)\d ?[ap]\.?m\.?$")
)
# The minutes and seconds of races have a fraction behind them: 52:29.04.
_MINUTES = r"^(?P<sign>[+-]?)(?P<minute>[0-5]?\d):(?P<second>[0-5]\d[.,]\d{1,3})$"
_FORTRAN = r"^([+-]?\d*\.\d*)[Dd]([+-]\d{1,3})$"  # Fortran writes 1.5D+03.
_DIGIT = re.compile(r"[\d½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]")
_WHOLE = r"^[+-]?\d+$"
_ONE_POINT_GROUP = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"
_BELOW_THOUSAND = r"^[+-]?\d{1,3}$"
_ONE_COMMA_GROUP = r"^[+-]?[1-9]\d{0,2},\d{3}$"


@dataclass(frozen=True, eq=False)
class Numbers:
    """What distinct texts are as numbers: value (NaN when unread or not finite), whether read, and the marks met.

    `marked` says which were read from more than plain digits. `marks` holds codes: currency, mixed_currencies, percent,
    percent_mixed, parentheses, thousands, decimal_comma, magnitudes, unit, mixed_units, bounds, hours. `ambiguous` says
    what else the texts could mean: "point" was read as decimals and could be thousands (1.234), "thousands" the other way
    round, "comma" was read as thousands and could be decimals (1,234), else "".
    """

    values: NDArray[np.float64]
    read: NDArray[np.bool_]
    infinite: NDArray[np.bool_]
    marked: NDArray[np.bool_]
    marks: frozenset[str] = frozenset()
    ambiguous: str = ""


def read_numbers(texts: pa.Array, *, decimal: str = ".", thousands: str = "") -> Numbers:
    """Read distinct trimmed texts as numbers; `decimal` and `thousands` decide only where the texts leave it open."""
    plain = found_in(texts, _PLAIN)
    infinite = found_in(texts, INFINITE)
    if (plain | infinite).all() and not _open_question(texts):
        values = _cast(texts, plain)
        return Numbers(values, plain | infinite, infinite | (plain & np.isnan(values)), np.zeros_like(plain))
    if not plain.any() and len(texts) <= FEW_TEXTS and not stands_in(_DIGIT, texts):
        return Numbers(np.full(len(texts), np.nan), infinite, infinite, np.zeros_like(plain))
    texts = _as_clocks(texts)
    clock = (
        _has(texts, _HOURS) | _has(texts, _MINUTES) if stands_in(_COLON, texts.slice(0, FEW_TEXTS)) else plain & ~plain
    )
    if clock.sum() > plain.sum():
        return Numbers(_hours(texts), clock, np.zeros_like(clock), clock, frozenset({"hours"}))
    if (quantities := read_quantities(texts)) is not None:
        several = np.isfinite(quantities[0])
        return Numbers(quantities[0], several, np.zeros_like(plain), several, frozenset({quantities[1]}))
    return _read_marked(texts, infinite, decimal, thousands)


def _read_marked(texts: pa.Array, infinite: NDArray[np.bool_], decimal: str, thousands: str) -> Numbers:
    """Read numbers that carry marks: units, currencies, percent, groups of digits, parentheses."""
    bodies, marks, powers, factors = _without_marks(texts)
    numerals, read, found, ambiguous = _with_point(bodies, decimal, thousands)
    if ambiguous == "comma" and (marks["currency"].any() or _has(texts, rf"^{_CURRENCY}\s?\d").any()):
        ambiguous = ""  # Money has no three decimals.
    values = _cast(_with_powers(numerals, powers), read) * factors
    counted = _are_counts(marks, bodies, read)
    values = values if counted else np.where(marks["parentheses"], -values, values)
    values, is_mixed = one_percent_scale(values, marks["percent"])
    met = {name for name, mask in marks.items() if (mask & read).any()} | found
    met |= {"percent_mixed"} if is_mixed else set()
    if marks["parentheses"][read].all() and read.sum() > 1:
        met |= {"in_parentheses"} if counted else {"all_negative"}
    met |= (
        {"mixed_currencies"} if len(currencies_in(texts.filter(pa.array(marks["currency"])), _CURRENCY)) > 1 else set()
    )
    marked = read & as_mask(pc.not_equal(numerals, texts))
    return Numbers(values, read | infinite, infinite | (read & np.isnan(values)), marked, frozenset(met), ambiguous)


def _as_clocks(texts: pa.Array) -> pa.Array:
    """Write 2.30 Uhr as 2:30 and 2pm as 2:00 pm where the first texts are written so."""
    first = texts.slice(0, FEW_TEXTS)
    if stands_in(_KNOWN_DOTTED, first) and _has(texts, _DOTTED).all():
        return substituted(texts, _DOTTED, r"\1:\2")
    if stands_in(_KNOWN_NOON, first) and stands_in(_KNOWN_HALF_DAY, first):
        texts = replaced(replaced(texts, r"^(?i:noon|midday)$", "12:00 PM"), r"^(?i:midnight)$", "12:00 AM")
    if stands_in(_KNOWN_HALF, first):
        return substituted(texts, _BARE_HALF, r"\1:00 \2")
    return texts


def _are_counts(marks: dict[str, NDArray[np.bool_]], bodies: pa.Array, read: NDArray[np.bool_]) -> bool:
    """Tell whether whole numbers stand in parentheses everywhere: (66) reviews; sums of money there are negative."""
    everywhere = bool(read.any() and marks["parentheses"][read].all()) and not marks["currency"].any()
    return everywhere and bool(_has(bodies, r"^\d{1,3}(?:[,.]?\d{3})*$")[read].all())


def _hours(texts: pa.Array) -> NDArray[np.float64]:
    """Return times of day and durations (h:mm, h:mm:ss, with AM or PM) as hours, NaN for other texts."""
    found = named_parts(texts, _HOURS)
    part = {name: pc.struct_field(found, name) for name in ("sign", "hour", "minute", "second", "half")}
    hour, minute, second = (_count(part[name]) for name in ("hour", "minute", "second"))
    hour = np.where(_has(part["half"], "."), hour % 12, hour) + 12 * _has(part["half"], "[Pp]")
    hours = np.asarray((hour + minute / 60 + second / 3600) * np.where(_has(part["sign"], "-"), -1, 1))
    race = _has(texts, _MINUTES)
    if race.any():
        two_digits = substituted(texts.filter(pa.array(race)), r"^([+-]?)(\d:)", r"\10\2")
        hours[race] = _hours(substituted(two_digits, r"^([+-]?)", r"\10:"))
    return hours


def _count(digits: pa.Array) -> NDArray[np.float64]:
    text = pc.if_else(pc.equal(digits, ""), "0", pc.replace_substring(digits, ",", "."))
    return np.array(pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _cast(numerals: pa.Array, read: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return float64, NaN where not read and where the number is too large to be finite."""
    safe = pc.if_else(pa.array(read), numerals, pa.scalar(None, numerals.type))
    safe = substituted(safe, r"^\+", "")
    values = np.array(pc.cast(safe, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    return values


def _with_powers(numerals: pa.Array, powers: NDArray[np.int64]) -> pa.Array:
    """Write powers of ten behind numerals, so that 47.3M is exactly 47,300,000."""
    if not powers.any():
        return numerals
    exponents = pa.array([f"e{power}" if power else "" for power in powers.tolist()], type=numerals.type)
    return pc.binary_join_element_wise(numerals, exponents, pa.scalar("", numerals.type))


Unmarked = tuple[pa.Array, dict[str, NDArray[np.bool_]], NDArray[np.int64], NDArray[np.float64]]


def _without_marks(texts: pa.Array) -> Unmarked:
    """Strip all marks but those between digits; return where each was, powers of ten, and factors between units."""
    marks: dict[str, NDArray[np.bool_]] = {}
    body, marks["lead"] = without_lead(texts)
    body, marks["spelling"], noted = in_usual_spelling(body)
    body = without_counted(body)
    body, remarked = _without_remarks(body)
    noted = noted | remarked
    body = replaced(with_our_digits(body), _FORTRAN, r"\1E\2")
    body, marks["debit_credit"], signs = signed_by_account(body)
    body, marks["parentheses"] = _strip(body, r"^\(\s*(.*\d.*)\)$")
    body, before = _strip(body, rf"^([+-]?)\s*{_CURRENCY}\s*(.*\d.*)$", r"\1\2")
    after = _has(body, _ENDS_IN_LETTERS)  # The long pattern takes long to find that it is nowhere.
    after = _has(body, _CURRENCY_BEHIND) if after.any() else after
    body = without_tails(body, after, _CURRENCY_BEHIND, r"\1\2") if after.any() else body
    body, marks["currency"] = pc.utf8_rtrim_whitespace(body), before | after
    body, _ = _strip(body, r"^(.*\d)[.,](?:-{1,2}|—)$")  # 9.040,- kr.
    body, behind = _strip(body, r"^(.*\d)\s*(?:%|(?i:percent|per cent|pct\.?|prozent))(?:\s?p\.\s?a\.)?$")
    body, ahead = _strip(body, r"^([+-]?)%\s?(\d[\d.,]*)$", r"\1\2")  # Turkish writes %45.
    marks["percent"] = behind | ahead
    body, inside = _strip(body, r"^\(\s*(.*\d.*)\)$")  # $(1,200.50)
    marks["parentheses"] |= inside
    body, _ = _strip(body, r"^(\d.*)-$", r"-\1")
    body, at_least = _strip_plus(body)
    body, powers = strip_magnitudes(body, bool(marks["currency"].any()))
    body, factors, has_unit, differ = strip_units(body)
    marks |= {"magnitudes": powers > 0, "mixed_units" if differ else "unit": has_unit}
    body, bounded = _strip_bounds(body)
    marks["bounds"] = bounded | noted | at_least
    body, marks["thousands"] = _join_groups(body)
    return body, marks, powers, factors * signs


def _without_remarks(body: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Take what says how far a number can be trusted, or what it means, from behind it: (n=9), (high), and ±0.3 before a unit."""
    body, counted = _strip(body, _SAMPLE_SIZE)
    body, judged = _strip(body, _JUDGED)
    body, with_error = _strip(body, _ERROR_BEFORE_UNIT, r"\1\2")
    return body, counted | judged | with_error


def _join_groups(body: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Take out blanks and apostrophes between groups of three digits."""
    grouped = found_in(body, _GROUPED_BY_SPACE)
    if not grouped.any():
        return body, grouped
    squeezed = substituted(body, r"[ '’\x{00a0}\x{202f}\x{2009}_]", "")
    return pc.if_else(pa.array(grouped), squeezed, body), grouped


def _strip(body: pa.Array, pattern: str, keep: str = r"\1") -> tuple[pa.Array, NDArray[np.bool_]]:
    mask = found_in(body, pattern)
    return (substituted(body, pattern, keep) if mask.any() else body), mask


def _strip_plus(body: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Strip + behind numbers and ± before them where every text has it: 5,000+ among 100+ and 1.2M+."""
    for pattern in (_AT_LEAST, _PLUS_MINUS):
        if (mask := _has(body, pattern)).mean() >= MARKED_SHARE:
            return substituted(body, pattern, r"\1"), mask
    return body, np.zeros(len(body), dtype=bool)


def _strip_bounds(body: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Strip ± and what follows; <, >, ~ and stars of a footnote where they are few beside bare numbers.

    <50 and >50 alone are two names.
    """
    body, with_error = _strip(body, _WITH_ERROR)
    body, starred = _strip(body, r"^([+-]?[\d.,]*\d)\s*\*{1,3}$")  # Stars say how significant an estimate is.
    with_error |= starred
    mask, bare = _has(body, _BOUND), _has(body, _BARE).sum()
    flagged = _has(body, _FLAGGED) & ~mask
    if (
        flagged.any()
        and _has(body, _DECIMALS).mean() >= FLAGGED_SHARE
        and bare >= max(BARE_BESIDE_BOUNDS, flagged.sum())
    ):
        body, with_error = replaced(body, _FLAGGED, r"\1"), with_error | flagged
    if bare < BARE_BESIDE_BOUNDS or bare <= mask.sum():
        return body, with_error
    return replaced(body, _BOUND, r"\1\2"), mask | with_error


def _with_point(bodies: pa.Array, decimal: str, thousands: str) -> tuple[pa.Array, NDArray[np.bool_], set[str], str]:
    """Choose between 1,234.5 and 1.234,5 for the column as a whole; return texts with a decimal point."""
    plain, groups = _has(bodies, _PLAIN), _has(bodies, _COMMA_GROUPS)
    comma = _has(bodies, _COMMA_DECIMAL) | _has(bodies, _WHOLE)
    point = plain | groups
    told_comma = decimal == "," or thousands == "."
    if comma.sum() > point.sum() or (told_comma and comma.sum() == point.sum() and _has(bodies, "[.,]").any()):
        swapped = pc.replace_substring(pc.replace_substring(bodies, ".", ""), ",", ".")
        found = {"decimal_comma"} if _has(bodies, ",").any() else {"thousands"}
        odd = ~comma if comma.all() else _has(bodies, _POINT_DECIMAL) & ~comma
        if odd.any() and not _has(bodies, _POINT_GROUPS).any():
            return pc.if_else(pa.array(odd), bodies, swapped), comma | odd, {"mixed_decimals"}, ""
        return swapped, comma, found, "thousands" if _has(bodies, _ONE_POINT_GROUP).all() else ""
    question = "" if told_comma or thousands == "," else _open_question(bodies)
    found = {"thousands"} if groups.any() else set()
    odd = ~point if point.all() else _has(bodies, _COMMA_AS_POINT) & ~point
    if odd.any() and not groups.any():
        with_points = pc.replace_substring(bodies, ",", ".")
        return pc.if_else(pa.array(odd), with_points, bodies), point | odd, {"mixed_decimals"}, ""
    return pc.replace_substring(bodies, ",", ""), point, found, question


def _open_question(bodies: pa.Array) -> str:
    """Return "point" or "comma" when every text has one group of three digits behind its only mark.

    Where 950 stands beside 60,890 the commas mark thousands: three decimals would be written behind it as well.
    """
    marked = _has(bodies, "[.,]")
    if not marked.any():
        return ""
    if not marked.all() and _has(bodies, ",").any() and _has(bodies, _BELOW_THOUSAND)[~marked].all():
        return ""
    for code, pattern in (("point", _ONE_POINT_GROUP), ("comma", _ONE_COMMA_GROUP)):
        if _has(bodies, pattern)[marked].all():
            return code
    return ""


def _has(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    return found_in(texts, pattern)
