"""Every text a person reads: an English template with values, put into the reader's language by gettext."""

from __future__ import annotations

import gettext
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Union

LANGUAGES = {"en": "English", "zh": "简体中文"}
COMMAS = {"en": ", ", "zh": "，"}  # Between the items of a list.
STOPS = {"en": " ", "zh": ""}  # Between two sentences.
COLONS = {"en": ": ", "zh": "："}  # Between a name and its value.
# Holds <language>/LC_MESSAGES/dldiag.po and .mo; `make catalog` writes both.
CATALOGS = Path(__file__).with_name("locale")
DOMAIN = "dldiag"
PRINTED = 3  # Decimals of an error as written; as a percentage it has one.
LARGEST_ROUNDED = 2.0**52  # Beyond it a float has no digits behind the point.
TIE = 1e-6  # Part of the last digit by which a number may miss a tie and still be rounded up.
_BLANK = re.compile("(?<=。) |(?<=个百分点) (?=[一-鿿])")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_language: ContextVar[str] = ContextVar("language", default="en")

Value = Union[str, int, float, bool, None, "Message"]


@dataclass(frozen=True)
class Message:
    """An English template and the values that fill it; `str(message)` is the text in the current language.

    id: a stable name by which code tells messages apart; nothing branches on a template. plural: the template for every
    count but one, of the value named `n`, or `count`. context: tells apart two uses of one English text that other languages
    translate differently. A value may itself be a Message. Errors are written `{name:error}`: with a value `unit="rate"`
    they show as percent, with `unit="sd"` as a multiple of the target's standard deviation.

    >>> str(Message("{train:error} on {rows:,} rows", {"train": 0.125, "rows": 4000, "unit": "rate"}))
    '12.5% on 4,000 rows'
    >>> str(Message("{n} row", {"n": 1}, plural="{n} rows")), str(Message("{n} row", {"n": 2}, plural="{n} rows"))
    ('1 row', '2 rows')
    """

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)
    id: str = ""
    plural: str = ""
    context: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", {name: plain_number_of(value) for name, value in self.values.items()})

    def __str__(self) -> str:
        text = _TEXT.vformat(self._translated(), (), self.values)
        # Templates join sentences by a blank, and numbers to words, which Chinese does without behind a word of ours;
        # elsewhere a blank is part of a user's own text.
        return _BLANK.sub("", text) if _language.get() == "zh" else text

    def __repr__(self) -> str:
        """Return the text, or the template where a value is missing: what one prints holds many messages."""
        try:
            return f"Message({str(self)!r})"
        except (KeyError, ValueError):
            return f"Message({self.template!r})"

    def _translated(self) -> str:
        catalog = _translations(_language.get())
        if not self.plural:
            return catalog.pgettext(self.context, self.template) if self.context else translate(self.template)
        n = self.values.get("n", self.values.get("count"))
        count = n if isinstance(n, int) else 2
        if self.context:
            return catalog.npgettext(self.context, self.template, self.plural, count)
        return catalog.ngettext(self.template, self.plural, count)

    def filled(self, **values: Value) -> Message:
        """Return the same message with these values.

        >>> str(Message("Leave out {column}").filled(column="paid"))
        'Leave out paid'
        """
        return replace(self, values={**self.values, **values})


def plain_number_of(value: Any) -> Any:
    """Return a NumPy number as Python's, so that results print and compare as plain numbers; anything else as it is.

    >>> import numpy as np
    >>> plain_number_of(np.float64(0.5)), plain_number_of("a"), plain_number_of(None)
    (0.5, 'a', None)
    """
    return value.item() if hasattr(value, "dtype") and getattr(value, "shape", None) == () else value


def tr(template: str, **values: Value) -> str:
    """Translate a literal English template and fill it. Every text on a page goes through here or a Message."""
    return str(Message(template, values))


def trn(singular: str, plural: str, n: int, **values: Value) -> str:
    """Translate a text about `n` things and fill it.

    >>> trn("{n:,} row", "{n:,} rows", 2000)
    '2,000 rows'
    """
    return str(Message(singular, {"n": n, **values}, plural=plural))


def listed(texts: Iterable[str]) -> str:
    """Join texts by the comma of the current language.

    >>> listed(["a", "b"])
    'a, b'
    """
    return COMMAS[current_language()].join(texts)


def sentences(texts: Iterable[str]) -> str:
    """Join sentences as the current language does.

    >>> sentences(["One.", "Two."])
    'One. Two.'
    """
    return STOPS[current_language()].join(texts)


def labeled(name: str, value: str) -> str:
    """Put a name before its value, with the colon of the current language.

    >>> labeled("High bias", "no")
    'High bias: no'
    """
    return f"{name}{COLONS[current_language()]}{value}"


def english(text: Message | str) -> str:
    """Return a text in the language of the source, whoever reads: what is kept in results and records."""
    with speaking("en"):
        return str(text)


def translate(template: str) -> str:
    """Look a template up in the current language's catalog; English is the source and the fallback."""
    return _translations(_language.get()).gettext(template) if template else ""


@cache
def _translations(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGS, [language], fallback=True)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use a language inside a `with` block (per thread and task, so two users may differ)."""
    token = _language.set(language if language in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


def set_language(language: str) -> None:
    """Use a language from here on in this thread or task."""
    _language.set(language if language in LANGUAGES else "en")


def current_language() -> str:
    """Return the code of the language in use."""
    return _language.get()


def rounded(value: float, decimals: int = PRINTED) -> float:
    """Round a number as it is written: half away from zero, and alike for numbers that differ by less than a float can hold.

    Python's own ways disagree on ties: round(0.2545, 3) is 0.255, but f"{100 * 0.2545:.1f}%" is 25.4%.

    >>> rounded(0.2545), rounded(0.25449999999999995), rounded(-0.0314)
    (0.255, 0.255, -0.031)
    """
    last = 10**decimals
    if not abs(value) * last < LARGEST_ROUNDED:
        return value
    return math.copysign(math.floor(abs(value) * last + 0.5 + TIE) / last, value)


def format_error(value: float, unit: Value) -> str:
    """Write an error for people: percent for a rate, a plain number for multiples of std(y), scores, losses and costs.

    >>> format_error(0.0314, "rate"), format_error(0.0314, "sd"), format_error(1234.5, "cost")
    ('3.1%', '0.031', '1,235')
    """
    return typeset(f"{100 * rounded(value):.1f}%") if unit == "rate" else format_number(value)


def format_number(value: float, sign: str = "") -> str:
    """Write a number with three decimals, fewer where it is large.

    >>> format_number(0.0314), format_number(-12.345, "+")
    ('0.031', '−12.3')
    """
    size = abs(value)
    decimals = 3 if not size >= 10 else 1 if size < 100 else 0
    return typeset(f"{rounded(value, decimals):{sign},.{decimals}f}")


def typeset(number: str) -> str:
    """Return a written number as people write it: a minus sign for a hyphen, a power of ten for an exponent.

    >>> typeset("-0.5"), typeset("-3e-12"), typeset("1.5e+09"), typeset("0e+00"), typeset("-0.00")
    ('−0.5', '−3·10⁻¹²', '1.5·10⁹', '0', '0.00')
    """
    if not any(one in number for one in "123456789"):  # A sign before a zero would say nothing.
        return number.lstrip("+-") if "e" not in number else "0"
    figure, marked, exponent = number.partition("e")
    if not (marked and figure[-1:].isdigit() and exponent[1:].isdigit()):
        return number.replace("-", "−")
    return f"{figure.replace('-', '−')}·10{str(int(exponent)).translate(_RAISED)}"


class _Text(Formatter):
    """str.format with `{x:error}`, differences of errors as `{x:points}` (signed), `{x:gap}` or `{x:bare}` (without the
    word "points"); nested messages.
    """

    def vformat(self, format_string: str, args: Any, kwargs: Mapping[str, Any]) -> str:
        self_with_unit = _Text()
        self_with_unit._unit = kwargs.get("unit", "rate")
        return Formatter.vformat(self_with_unit, format_string, args, kwargs)

    _unit: Value = "rate"

    def format_field(self, value: Any, format_spec: str) -> str:
        rate = self._unit == "rate"
        if format_spec == "error":
            return format_error(value, self._unit)
        if format_spec in ("points", "gap", "bare"):
            sign = "+" if format_spec == "points" else ""
            change = typeset(f"{100 * rounded(value):{sign}.1f}") if rate else format_number(value, sign)
            return str(Message("{change} points", {"change": change})) if rate and format_spec != "bare" else change
        if isinstance(value, Message):
            return str(value)
        text = str(super().format_field(value, format_spec))
        return typeset(text) if isinstance(value, int | float) else text


_TEXT = _Text()
