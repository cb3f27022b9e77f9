"""Texts that hold numbers or dates in a way of writing that is not read: found by their form, whatever it is, so that they are reported."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dldiag.data.typing.distinct import Cells

SAMPLE = 300  # This many different texts, spread over the column, are looked at.
FEW = 20  # Of so few, most must hold a digit before the others are looked at.
LEAST_TEXTS = 3  # A form is that of this many different texts at least (own choice).
FORM_SHARE = 0.95  # This share of the different texts has one of the forms (own choice).
BARE_SHARE = 0.3  # Where more of the texts are bare, the marks beside the others are those of codes (own choice).
TEXTS_PER_FORM = 3  # Each form is used by this many different texts on average (own choice).
MOST_WORDS = 40  # The names of months and weekdays, in two spellings, and a few words beside them.
WORDS_OF_QUANTITY = 4  # More words around a number are a sentence (own choice).
WORDS_OF_DATE = 5  # A date is written with at most so many words.
_NUMERAL = re.compile(r"\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,'’٫٬]\d+)*")
_WHOLE, _WORD = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_BARE = re.compile(r"[\d.,:/ -]*")
# A number with a few marks around it, none of which is a letter before it: #12, 72.6 °F, 72,60 S.
_BESIDE_MARKS = re.compile(r"[^\w]{0,3}0\D{0,20}")
# A word before a number that is more than a running one: it has decimals, something behind it, or a currency.
_BEHIND_WORDS = re.compile(
    r"(?:[^\d_/\\]|/(?=[ .]))*[\s:=~≈$€£¥₹(\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]0(?P<behind>\D{0,20})"
)
_UNIT_BEHIND = re.compile(r"\s?[^\W\d_]|\s?[%°$€£¥₹★]|[+*]")
# Words whose numbers have an order: the first week comes before the second.
_ORDERED = re.compile(
    r"(?:week|wk|kw|woche|semaine|semana|day|tag|jour|d[ií]a|month|monat|mois|mes|year|jahr|année|año|grade|level|niveau|nivel|stufe|floor|etage"
    r"|stage|phase|step|round|hour|age|size|größe|eu|us|uk|term|semester|lap|position|pos|rank|rang|stars?)\.?:?\s0",
    re.IGNORECASE,
)
_GLUED = re.compile(
    r"(?<![xX×])(?<![0-9])[^\W\d_\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]0|_|\\|://"
)  # A12 and v1 are codes.
_CROSSED = re.compile(r"(?<=0)[xX×](?=0)")
_FACTOR = re.compile(r"[xX] ?[1-9]\d{0,4}")  # x5 is five times something.
MOST_GAPS = 1.5  # Names that are counted have fewer gaps (own choice).
_RANGE = re.compile(r"\D*0\D{0,8}?(?:\s?[-–—~]\s?|\s(?:to|bis|a|à|до)\s)\D{0,3}0\D*")
_WITH_UNITS = re.compile(
    r"0 ?(?!(?:of|and|or|to|in|at|by|from|von|und|bis|de|du|et|y|e|the)\b)[^\W\d_%]{1,8}\b|[$€£¥₹]0|0%|0 ?[x×*] ?0|[(\[]0[ ,;]"
)
_QUOTIENT = re.compile(r"0 ?/ ?0")  # 120/80 and 3/7; 0/1 and 1/1 are states of two.
LEAST_QUOTIENTS = 6  # So many different ones are no states (own choice).
_YEAR = re.compile(r"(?:1[3489]|2[0-2]|2[4-6])\d\d")
_OFFSET = re.compile(r"(?<=\d)\s?[+-]\d{4}$|(?<=:\d\d)[.,]\d+")
_GLUED_DATE = re.compile(r"[^\W\d_]\d")
LARGEST_PART = 60
LEAST_DAYS = 5  # Fewer different texts with a year are as likely to be names (own choice).
# 01/22 and Oct18 are a month or a day, of a year that is not known.
_PADDED_PAIR = re.compile(r"(?:0[1-9]|[12]\d|3[01])/\d\d|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\d\d")


def hold_numbers(cells: Cells) -> bool:
    """Whether nearly all cells hold one number beside words or marks that repeat."""
    texts = _sample(cells)
    if not texts:
        return False
    if all(map(_FACTOR.fullmatch, texts)):
        return not _count_up([int(text[1:]) for text in texts])
    forms = [_NUMERAL.sub("0", text) for text in texts]
    if _share(list(map(_BARE.fullmatch, texts))) > BARE_SHARE or not _repeat(forms):
        return False
    one = [
        form.count("0") == 1 and (_BESIDE_MARKS.fullmatch(form) or _is_quantity(form, text))
        for form, text in zip(forms, texts, strict=True)
    ]
    return _share(one) >= FORM_SHARE


def _count_up(numbers: Sequence[int]) -> bool:
    """Tell whether numbers have hardly a gap: x1, x2, x3 are names."""
    return max(numbers) - min(numbers) < MOST_GAPS * len(set(numbers))


def _is_quantity(form: str, text: str) -> bool:
    """Tell whether a number behind words is a quantity: Item 33 may be a name, ca. 5 m and total: 3.50 are none."""
    found = _BEHIND_WORDS.fullmatch(form)
    if found is None or _GLUED.search(form) or len(_WORD.findall(form)) > WORDS_OF_QUANTITY:
        return False
    has_decimals = re.search(r"\d[.,]\d", text) is not None
    if _ORDERED.fullmatch(form):
        return True
    return has_decimals or _UNIT_BEHIND.match(found["behind"]) is not None or re.search(r"[$€£¥₹]0", form) is not None


def hold_several_numbers(cells: Cells) -> bool:
    """Whether nearly all cells hold several numbers with units, as 30 x 40 mm and 100 Nm at 2000 rpm do, or 120/80; spans of numbers are no such."""
    texts = _sample(cells)
    if not texts:
        return False
    forms = [_NUMERAL.sub("0", text) for text in texts]
    if not _repeat(forms) or any(map(_RANGE.fullmatch, forms)):
        return False
    if _share(list(map(_QUOTIENT.fullmatch, forms))) >= FORM_SHARE:
        return len(texts) >= LEAST_QUOTIENTS
    found = [
        form.count("0") > 1 and _WITH_UNITS.search(form) and not _GLUED.search(_CROSSED.sub(" ", form))
        for form in forms
    ]
    return _share(found) >= FORM_SHARE


def hold_dates(cells: Cells) -> bool:
    """Whether nearly all cells hold a year, small numbers and few different words, as dates of whatever language do."""
    texts = _sample(cells)
    if len(texts) >= LEAST_DAYS and all(map(_PADDED_PAIR.fullmatch, texts)):
        return True
    if not texts or _share([_is_date(text) for text in texts]) < FORM_SHARE:
        return False
    words = {word.lower() for text in texts for word in _WORD.findall(text)}
    parts = {tuple(_WHOLE.findall(text)) for text in texts}
    return len(words) <= MOST_WORDS and len(parts) >= LEAST_DAYS


def _is_date(text: str) -> bool:
    if _GLUED_DATE.search(text.replace("T", " ")) or len(_WORD.findall(text)) > WORDS_OF_DATE:
        return False
    numerals = _WHOLE.findall(_OFFSET.sub("", text))
    years = [numeral for numeral in numerals if _YEAR.fullmatch(numeral)]
    parts = [numeral for numeral in numerals if len(numeral) < 3 and int(numeral) <= LARGEST_PART]
    is_named = bool(_WORD.search(text))
    return len(years) == 1 and len(parts) == len(numerals) - 1 and len(parts) >= (1 if is_named else 2)


def _sample(cells: Cells) -> list[str]:
    """Return some of the different texts, none where there are few or most of the first hold no digit."""
    if cells.distinct < LEAST_TEXTS:
        return []
    first = cells.texts.slice(0, FEW).to_pylist()
    if _share([_WHOLE.search(text) for text in first]) < FORM_SHARE - 1 / FEW:
        return []
    if cells.distinct <= SAMPLE:
        return list(cells.texts.to_pylist())
    rows = np.linspace(0, cells.distinct - 1, SAMPLE).astype(np.int64)
    return list(cells.texts.take(pa.array(rows)).to_pylist())


def _repeat(forms: Sequence[str]) -> bool:
    return len(set(forms)) * TEXTS_PER_FORM <= len(forms)


def _share(found: Sequence[object]) -> float:
    return sum(map(bool, found)) / max(1, len(found))
