"""Marks that scale a number: thousands and millions behind it, units of one kind, percent, and its currency."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.patterns import as_mask, as_python, found_in, named_parts, substituted

MAGNITUDES = {  # Each mark has its power of ten.
    "k": 3, "K": 3, "M": 6, "tsd": 3, "Tsd": 3, "thousand": 3, "Thousand": 3, "mn": 6, "Mn": 6, "mln": 6,
    "mio": 6, "Mio": 6, "million": 6, "Million": 6, "millions": 6, "bn": 9, "Bn": 9, "BN": 9, "mrd": 9,
    "Mrd": 9, "billion": 9, "Billion": 9, "trillion": 12, "lakh": 5, "Lakh": 5, "lac": 5, "Lac": 5, "lakhs": 5,
    "Lakhs": 5, "Lacs": 5, "crore": 7, "Crore": 7, "crores": 7, "Crores": 7, "Cr": 7, "тыс": 3, "тис": 3, "tys": 3, "tis": 3, "млн": 6, "млрд": 9, "трлн": 12, "mlrd": 9,
    "千": 3, "万": 4, "萬": 4, "百万": 6, "千万": 7, "亿": 8, "億": 8, "万亿": 12,
    "만": 4, "억": 8, "Tausend": 3, "Millionen": 6, "Milliarden": 9, "milliers": 3, "milliards": 9, "millones": 6, "milhões": 6, "milioni": 6,
    "miliardi": 9, "miljoen": 6, "miljard": 9, "लाख": 5, "करोड़": 7,
}  # fmt: skip
# Letters that are units as well; they scale only beside a currency or one of the marks above.
MAGNITUDES_IN_COMPANY = {
    "m": 6,
    "b": 9,
    "B": 9,
    "T": 12,
    "t": 12,
    "G": 9,
    "L": 5,
    "mil": 3,
    "mi": 6,
    "bi": 9,
    "tri": 12,
}
# Units by what they measure, in the first unit of each kind.
_UNITS: dict[str, tuple[str, float]] = {
    unit: (kind, size)
    for kind, sizes in {
        "mass": {
            "g": 1, "mg": 1e-3, "kg": 1e3, "t": 1e6, "lb": 453.59237, "lbs": 453.59237, "oz": 28.349523125,
            "mcg": 1e-6, "ug": 1e-6, "µg": 1e-6, "μg": 1e-6, "gram": 1, "kilogram": 1e3, "tonne": 1e6, "pound": 453.59237, "ounce": 28.349523125,
            "克": 1, "毫克": 1e-3, "千克": 1e3, "公斤": 1e3, "斤": 500, "吨": 1e6,
        },
        "length": {
            "m": 1, "mm": 1e-3, "cm": 1e-2, "km": 1e3, "ft": 0.3048, "in": 0.0254, "mi": 1609.344,
            "inch": 0.0254, "foot": 0.3048, "feet": 0.3048, "yd": 0.9144, "yard": 0.9144, "mile": 1609.344,
            "meter": 1, "metre": 1, "kilometer": 1e3, "kilometre": 1e3, "centimeter": 1e-2, "centimetre": 1e-2, "millimeter": 1e-3, "millimetre": 1e-3,
            "米": 1, "毫米": 1e-3, "厘米": 1e-2, "公里": 1e3, "千米": 1e3,
        },
        "volume": {"l": 1, "L": 1, "ml": 1e-3, "mL": 1e-3, "cl": 1e-2, "dl": 0.1, "liter": 1, "litre": 1},
        "time": {
            "s": 1, "sec": 1, "ms": 1e-3, "min": 60, "mins": 60, "h": 3600, "hr": 3600, "hrs": 3600,
            "秒": 1, "分钟": 60, "小时": 3600, "天": 86400, "second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604_800,
            "wk": 604_800, "month": 2_629_800, "mo": 2_629_800, "year": 31_557_600, "yr": 31_557_600,
        },
        "data": {"B": 1, "KB": 1e3, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
                 "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4},
        "rate": {"bps": 1, "kbps": 1e3, "Kbps": 1e3, "Mbps": 1e6, "Gbps": 1e9},
        "pressure": {"Pa": 1, "hPa": 100, "kPa": 1e3, "MPa": 1e6, "bar": 1e5, "mbar": 100, "psi": 6894.757293168, "mmHg": 133.322387415},
        "speed": {"m/s": 1, "km/h": 1 / 3.6, "kph": 1 / 3.6, "kmh": 1 / 3.6, "mph": 0.44704},
        "voltage": {"V": 1, "mV": 1e-3, "kV": 1e3},
        "current": {"A": 1, "mA": 1e-3},
        "frequency": {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
        "power": {"W": 1, "kW": 1e3, "MW": 1e6, "GW": 1e9},
        "energy": {"Wh": 1, "kWh": 1e3, "MWh": 1e6, "GWh": 1e9},
    }.items()
    for unit, size in sizes.items()
}  # fmt: skip
_ANY_CASE = frozenset({"mass", "length", "volume", "time"})  # 70 KG and 70 Kg; MW and mW are two units.
# Signs and codes of one currency, under one of them.
CURRENCIES = {
    "USD": "$", "US$": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "RMB": "¥", "元": "¥", "JPY": "¥", "円": "¥", "INR": "₹",
}  # fmt: skip
KNOWN_SHARE = 0.95  # Texts are converted if this share is numbers in units of one kind, or bare (as READ_SHARE).
_BARE = r"^[+-]?[\d.,]*\d$"
_NUMERAL = r"^([+-]?[\d.,]*\d)\s*"
_KELVIN = r"\d\s+K$"
_UNIT = _NUMERAL + r"([A-Za-zµμ°/²³‰]{1,12}|[毫厘千公]?[克斤米里]|吨|秒|分钟|小时|天|(?:[kcmd]?m|ft|in|yd|mi)[23])$"
_FIRST, LEAST_ALIKE = 20, 3  # The first few texts show whether all may bear one mark, if there are at least so many.
_SUFFIX_PATTERN = (
    r"^([+-]?[\d.,]*\d)(\s*(?:\pL|-\pL{3}|[°€£¥$₩★☆⭐×\x22'′]|\(\pL|/ ?\pL)[^\d\s]{0,14}(?:\^?-?[23])?"
    r"|\s*[a-zß-öø-ÿа-я(€$£][^\d\s]{0,14}(?:\s[^\d\sA-Z]{1,14}){1,3})$"  # Words of a street are capitalized.
)
_SUFFIX = as_python(_SUFFIX_PATTERN)
_EXPONENT = re.compile(r"[eEdD][+-]?\d")
_PLURAL = re.compile(r"(?<=ch)es$|(?<=[a-z]{3})s$")


def is_unit(letters: str) -> bool:
    """Tell whether letters are a unit, a currency or a magnitude that is known.

    >>> is_unit("kg"), is_unit("KT")
    (True, False)
    """
    return _unit(letters) in _UNITS or letters in MAGNITUDES or letters.upper() in CURRENCIES


def _unit(letters: str) -> str:
    """Return a unit as the table has it: without the ending of a plural, and in lower case where that makes no other unit."""
    one = _PLURAL.sub("", letters)
    small = one.lower()
    is_small = one not in _UNITS and len(one) > 1 and small in _UNITS and _UNITS[small][0] in _ANY_CASE
    return small if is_small else one


def strip_magnitudes(body: pa.Array, has_currency: bool) -> tuple[pa.Array, NDArray[np.int64]]:
    """Strip k, M, bn, 万 … behind numbers and return the power of ten that each stands for.

    >>> strip_magnitudes(pa.array(["1.2k", "45.3M", "7"]), False)[1].tolist()
    [3, 6, 0]
    """
    powers = np.zeros(len(body), dtype=np.int64)
    if not has_currency and (not _behind(body, MAGNITUDES).any() or _all_match(body, _KELVIN)):
        return body, powers
    known = MAGNITUDES | MAGNITUDES_IN_COMPANY
    mask = _behind(body, known)
    if not mask.any():
        return body, powers
    parts = named_parts(body.filter(pa.array(mask)), _pattern(known))
    powers[mask] = [known[mark] for mark in pc.struct_field(parts, "mark").to_pylist()]
    return substituted(body, rf"(\d)\s*{_any_of(known)}\.?$", r"\1"), powers


def _all_match(body: pa.Array, pattern: str) -> bool:
    return bool(found_in(body, pattern).all())


def _any_of(marks: dict[str, int]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(marks, key=len, reverse=True))) + ")"


def _pattern(marks: dict[str, int]) -> str:
    return rf"^[+-]?[\d.,]*\d\s*(?P<mark>{_any_of(marks)})\.?$"


def _behind(body: pa.Array, marks: dict[str, int]) -> NDArray[np.bool_]:
    return found_in(body, _pattern(marks))


def strip_units(body: pa.Array) -> tuple[pa.Array, NDArray[np.float64], NDArray[np.bool_], bool]:
    """Strip units: one that every text has, or known ones of one kind, converted to the commonest of them.

    Return the texts, factors, which texts had a unit, and whether the units differ (or some texts have none).
    """
    if (suffix := _shared_suffix(body)) is not None:
        return suffix
    mask = found_in(body, _UNIT)
    nothing = body, np.ones(len(body)), np.zeros(len(body), dtype=bool), False
    if not mask.any():
        return nothing
    units = list(map(_unit, substituted(body.filter(pa.array(mask)), _NUMERAL, "").to_pylist()))
    with_digits = found_in(body, r"\d")
    shared = mask[with_digits].all() and len(set(units)) == 1
    if not shared and not _of_one_kind(body, mask, units):
        return nothing
    factors = np.ones(len(body))
    if not shared:
        usual = _UNITS[Counter(units).most_common(1)[0][0]][1]
        factors[mask] = [_UNITS[unit][1] / usual for unit in units]
    bare = substituted(body, _UNIT, r"\1")
    return bare, factors, mask, not shared


def _shared_suffix(body: pa.Array) -> tuple[pa.Array, NDArray[np.float64], NDArray[np.bool_], bool] | None:
    """Strip what stands behind the number in every text that holds one, whatever it is: N/mm2, 원; None where it differs."""
    first = body.slice(0, _FIRST).to_pylist()
    found = {rest[2] for text in first if (rest := _SUFFIX.match(text))}
    if len(found) != 1 or any(map(_EXPONENT.match, found)) or len(first) < LEAST_ALIKE:
        return None
    suffix = found.pop()
    mask = as_mask(pc.ends_with(body, pattern=suffix)) & found_in(body, _SUFFIX_PATTERN)
    if not mask[found_in(body, r"\d")].all():
        return None
    return _without_suffix(body, mask, suffix), np.ones(len(body)), mask, False


def _without_suffix(body: pa.Array, mask: NDArray[np.bool_], suffix: str) -> pa.Array:
    """Cut a suffix off where it leaves a bare number; elsewhere more words than it stand behind the number."""
    cut = pc.if_else(pa.array(mask), pc.utf8_slice_codeunits(body, 0, -len(suffix)), body)
    left = mask & ~found_in(cut, _BARE)
    if not left.any():
        return cut
    rest = substituted(body.filter(pa.array(left)), _SUFFIX_PATTERN, r"\1")
    return pc.replace_with_mask(cut, pa.array(left), rest)


def _of_one_kind(body: pa.Array, mask: NDArray[np.bool_], units: list[str]) -> bool:
    """Whether nearly all texts are numbers in units of one kind, or bare numbers beside a unit that is no mere letter."""
    kinds = {_UNITS[unit][0] if unit in _UNITS else "" for unit in units}
    bare = found_in(body, _BARE)
    if len(kinds) != 1 or "" in kinds or (mask | bare).mean() < KNOWN_SHARE:
        return False
    return not bare.any() or all(len(unit) > 1 for unit in units)


def currencies_in(texts: pa.Array, pattern: str) -> frozenset[str]:
    """Return the currencies that stand in texts, signs and codes of one currency taken together."""
    found = pc.struct_field(named_parts(texts, f"(?P<sign>{pattern})"), "sign").drop_null().unique().to_pylist()
    return frozenset(CURRENCIES.get(sign.upper(), sign.upper()) for sign in found if sign)


def one_percent_scale(values: NDArray[np.float64], percent: NDArray[np.bool_]) -> tuple[NDArray[np.float64], bool]:
    """Return shares of 1, and whether only some of the numbers had a percent sign.

    Bare numbers beside percent are percent too when their median is nearer to that of the percent as written (75 beside
    91%), and shares of 1 already when it is nearer to a hundredth of it (0.75 beside 91%).
    """
    shares = np.where(percent, values / 100.0, values)
    signed, bare = (np.abs(values[mask & np.isfinite(values) & (values != 0)]) for mask in (percent, ~percent))
    if not len(signed) or not len(bare):
        return shares, False
    distance = abs(np.log10(np.median(bare)) - np.log10(np.median(signed)))
    return (values / 100.0 if distance <= 1 else shares), True
