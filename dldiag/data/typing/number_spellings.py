"""Ways to write a number that are none of its marks: other digits' forms, signs apart, endings of prices, powers of ten, Dr and Cr."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.patterns import as_mask, as_python, found_in, replaced, stands_in, substituted

_NO_WIDTH = r"[\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{2066}-\x{2069}\x{feff}\x{00ad}]"
_ODD_BLANKS = r"[\x{00a0}\x{2002}-\x{200a}\x{202f}\x{3000}]"
_UNSEEN = f"{_NO_WIDTH}|{_ODD_BLANKS}"
_OTHER_DIGITS = re.compile(r"(?![0-9])\d|[٫٬٪]")
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = rf"^(.*\d)\s*[x×·*]\s*10([⁺⁻]?[{_SUPERSCRIPTS}]+)$"  # 1.5 × 10³
_POWER_ALONE = rf"^10([⁺⁻]?[{_SUPERSCRIPTS}]+)$"
_FOOTNOTE = rf"^([+-]?[\d.,]*\d)[{_SUPERSCRIPTS}]+$"  # 72.6²
# Each pattern is replaced where it stands in any text.
_USUAL = r"^[$€£¥₹]?[+-]?\d[\d.,]*\s?%?$"  # Nothing else has to be looked for in these.
_MINUS = "[−–‒]"
_SPELLINGS = (
    (r"^([+-])\s+(\d)", r"\1\2"),  # - 72.6
    (r"^(.*\d)(?:[.,:](?:-{1,2}|—)|/-)$", r"\1"),  # 660.-- and 660,- and 660:- and 660/-
    (r"^\(([\d.,]*\d)\) ?%$", r"-\1%"),
    (r"^10\^\(?([+-]?\d{1,2})\)?$", r"1E\1"),
    (r"^[▲△↑⬆]\s*([\d.,]+)", r"\1"),
    (r"^[▼▽↓⬇]\s*([\d.,]+)", r"-\1"),
    (r"^([+-]?[\d.,]*\d)\s*[x×·*]\s*10\^?\(?([+-]?\d{1,2})\)?$", r"\1E\2"),  # 72.6 x 10^3
    (r"^([+-]?\d+)·(\d+)$", r"\1.\2"),  # The Lancet writes 3·5.
    (r"^'([+-]?(?:[1-9][\d.,]*|0(?:[.,]\d+)?))$", r"\1"),  # Spreadsheets keep a text with an apostrophe before it.
    (r"^([+-]?\d[\d ]*)[€$£](\d{2})$", r"\1.\2"),  # French shops write 12€50.
    (r"^R ?(\d[\d ]*[.,]\d{2})$", r"\1"),  # South African rand; R12 is a room.
    (r"^RM\s?([\d,]*\d\.\d{2})$", r"\1"),  # Malaysian ringgit; RM12 is a room.
    (r"^[x×X] ?(\d+[.,]\d+)$", r"\1"),  # x2.5 is a factor, x2 may be a name.
    (r"^× ?(\d+)$", r"\1"),
    (r"^[pP] ?= ?(0?\.\d+|[01](?:\.\d+)?)$", r"\1"),  # p = 0.03
    (r"^[pP] ?([<>≤≥]=?) ?(0?\.\d+)$", r"\1\2"),
    (r"^<[A-Za-z][^<>]*>([^<>]*)</[A-Za-z]+>$", r"\1"),  # <b>12</b>
    (r"\s*sq\.?\s?(ft|m|km|mi|in|yd)\.?$", r" \12"),
)
_COUNTED = re.compile(r"[+-]?[\d.,]*\d\s?(?:[KkMBb]|%)?\s+(?P<word>[^\W\d_]{3,})")  # 1.2K views, 20% off
_POINTS_UP = r"^[▲△]\s*"
_ORDINAL = r"^(\d+)(?:st|nd|rd|th)$"
_ORDINAL_SHARE = 0.95  # 1st and 2nd are numbers if this share of the texts is written so.
_KNOWN_SPELLINGS, _KNOWN_ORDINAL = tuple(as_python(pattern) for pattern, _ in _SPELLINGS), as_python(_ORDINAL)
_FIRST, LEAST_ALIKE = 20, 3  # The first few texts show whether all may begin alike, if there are at least so many.
FEW_TEXTS = 1000  # For so few texts it takes longer to compile a pattern than to look for it.
_ACCOUNT = r"^(.*\d)\s*(?i:(dr|cr))\.?$"
_RUPEES = re.compile(r"₹|\b(?:Rs|INR)\b|\d\s?(?:L|Lacs?|Lakhs?|[Cc]rores?)\b")  # Beside these Cr is ten million.
# Words and signs before a number that do not change how large it is: From $12.50, ca. 5 m, ~900.
_ABOUT = (
    r"from|starting (?:at|from)|starts (?:at|from)|as low as|only|now|just|ca|circa|approx|approximately|about|around|roughly|est|ab|nur|etwa|rund"
    r"|desde|a partir de|solo|sólo|à partir de|a partire da|da|dès|env|environ|seulement|vanaf|från|fra|alkaen|od|tylko|około|ok|от|около|примерно"
    r"|約|约|大约|약"
)
_LEAD = re.compile(r"(?P<lead>[^\d$€£¥₹₽₩฿₺+\-.,(]*[^\s\d$€£¥₹₽₩฿₺+\-.,(]\.?:?\s*)(?P<rest>[$€£¥₹₽₩฿₺+.(-]*\d.*)")
_IS_ABOUT = re.compile(rf"(?:[~≈∼]|c\.|(?:{_ABOUT})\.?:?\s|[約约약])\s*", re.IGNORECASE)
_IS_WORD = re.compile(
    r"(?=.*[^\W\d_]{2})[^\d_]*\s|[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{1,6}"
)  # Words that end with a blank: codes such as A12 have none.
_NAMES_PARTS = re.compile(
    r"(?i)v|ver|version|release|chapter|section|article|art|part|room|no|nr|num|number|lot|unit|type|model|§|kapitel"
    r"|case|order|ticket|invoice|user|customer|client|patient|subject|record|row|line|page|file|job|task|issue|id|ref"
)
_IS_QUANTITY = re.compile(
    r"[$€£¥₹₽₩฿₺(+-]*\d[\d.,]*(?:[.,]\d+|\s[^\d\s.,)-].*|[%°\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af].*|[^\W\d_]{2,}.*)|[$€£¥₹₽₩฿₺].*"
)
_KNOWN_ACCOUNT = as_python(_ACCOUNT)


def in_usual_spelling(texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return texts with their numbers in the usual spelling, which of them were changed, and which bore the mark of a footnote.

    >>> in_usual_spelling(pa.array(["- 7", "5.--", "2 x 10^3", "1st"]))[0].to_pylist()
    ['-7', '5', '2E3', '1st']
    """
    noted = np.zeros(len(texts), dtype=bool)
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        texts, noted = _without_raised(without_unseen(texts))
        texts = _with_losses(pc.utf8_normalize(texts, "NFKC"))
    if found_in(texts, _USUAL).all():
        return texts, noted, noted
    given = texts = replaced(texts, _MINUS, "-")
    sample = "\n".join(texts.to_pylist()) if len(texts) <= FEW_TEXTS else None
    for (pattern, replacement), known in zip(_SPELLINGS, _KNOWN_SPELLINGS, strict=True):
        if sample is None or known.search(sample):
            texts = replaced(texts, pattern, replacement)
    if (sample is None or _KNOWN_ORDINAL.search(sample)) and found_in(texts, _ORDINAL).mean() >= _ORDINAL_SHARE:
        texts = substituted(texts, _ORDINAL, r"\1")
    return texts, as_mask(pc.not_equal(texts, given)), noted


def _with_losses(texts: pa.Array) -> pa.Array:
    """Write △ and ▲ as a minus where they stand beside bare numbers and nothing points down: so Japan's accounts write losses."""
    lone = found_in(texts, _POINTS_UP).any() and not found_in(texts, "[▼▽↓⬇↑⬆]").any()
    return substituted(texts, _POINTS_UP, "-") if lone and found_in(texts, r"^[\d.,]*[1-9]").any() else texts


def without_unseen(texts: pa.Array) -> pa.Array:
    """Take characters without width out of texts, and write blanks of other widths as usual ones."""
    if not found_in(texts, _UNSEEN).any():
        return texts
    texts = substituted(texts, _ODD_BLANKS, " ")
    return pc.utf8_trim_whitespace(substituted(texts, _NO_WIDTH, ""))


def with_our_digits(texts: pa.Array) -> pa.Array:
    """Write digits of other scripts, ٣ or ३, as 0 to 9, and the Arabic decimal and thousands marks as point and comma."""
    if pc.all(pc.string_is_ascii(texts)).as_py() or not found_in(texts, r"[^\P{Nd}0-9]|٪").any():
        return texts
    return pa.array([_OTHER_DIGITS.sub(_our_digit, text) for text in texts.to_pylist()], type=texts.type)


def _our_digit(found: re.Match[str]) -> str:
    return {"٫": ".", "٬": ",", "٪": "%"}.get(found.group()) or str(unicodedata.digit(found.group()))


def without_lead(texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Take words before a number away where every text that holds one begins with the same; tell which texts had them.

    Words such as "about" go from any number, others only where the number is a quantity: it has decimals, a unit or a currency.

    >>> without_lead(pa.array(["From $12.50", "From $9.00", "From $3.20", "sold"]))[0].to_pylist()
    ['$12.50', '$9.00', '$3.20', 'sold']
    """
    nothing = texts, np.zeros(len(texts), dtype=bool)
    first = [text for text in texts.slice(0, _FIRST).to_pylist() if any(map(str.isdigit, text))]
    found = [_LEAD.fullmatch(text) for text in first]
    leads = {match["lead"] for match in found if match}
    if len(first) < LEAST_ALIKE or len(leads) != 1 or not all(found):
        return nothing
    lead = leads.pop()
    if not _IS_ABOUT.fullmatch(lead) and not _is_quantity(lead, [match["rest"] for match in found if match]):
        return nothing
    mask = as_mask(pc.starts_with(texts, pattern=lead))
    if not mask[found_in(texts, r"\d")].all():
        return nothing
    bare = pc.utf8_slice_codeunits(texts, len(lead))
    return pc.if_else(pa.array(mask), bare, texts), mask


def _is_quantity(lead: str, rests: list[str]) -> bool:
    """Tell whether words stand before quantities: Item 33 and version 1.10 are names."""
    if not _IS_WORD.fullmatch(lead) or _NAMES_PARTS.fullmatch(lead.strip(" .:")):
        return False
    return any(map(_IS_QUANTITY.fullmatch, rests))


def _without_raised(texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Write powers of ten as 10^3, and leave out raised digits behind a number: that is a footnote, no further digit."""
    powers = found_in(texts, _RAISED)
    if powers.any():
        texts = substituted(texts, _RAISED, r"\1x10^\2")
    if found_in(texts, _POWER_ALONE).all():
        return substituted(texts, _POWER_ALONE, r"10^\1"), np.zeros(len(texts), dtype=bool)
    noted = found_in(texts, _FOOTNOTE)
    return (substituted(texts, _FOOTNOTE, r"\1") if noted.any() else texts), noted


def without_counted(texts: pa.Array) -> pa.Array:
    """Take the word for what is counted from behind numbers in thousands, millions and percent: 1.2K views."""
    found = [_COUNTED.fullmatch(text) for text in texts.slice(0, _FIRST).to_pylist()]
    words = {match["word"] for match in found if match}
    if len(found) < LEAST_ALIKE or len(words) != 1 or not all(found):
        return texts
    return replaced(texts, rf"^([+-]?[\d.,]*\d\s?(?:[KkMBb]|%))\s+{words.pop()}$", r"\1")


def signed_by_account(texts: pa.Array) -> tuple[pa.Array, NDArray[np.bool_], NDArray[np.float64]]:
    """Take Dr and Cr from behind numbers; return the texts, which had one, and signs.

    Debits are negative beside credits; credits alone beside bare numbers are what is taken off them.
    """
    mask, signs = np.zeros(len(texts), dtype=bool), np.ones(len(texts))
    if len(texts) <= FEW_TEXTS and not stands_in(_KNOWN_ACCOUNT, texts):
        return texts, mask, signs
    mask = found_in(texts, _ACCOUNT)
    if not mask.any():
        return texts, mask, signs
    debit = found_in(texts, r"(?i)dr\.?$")
    if not debit.any() and stands_in(_RUPEES, texts):
        return texts, np.zeros(len(texts), dtype=bool), signs
    signs[mask & (debit if debit.any() or mask.all() else ~debit)] = -1.0
    return substituted(texts, _ACCOUNT, r"\1"), mask, signs
