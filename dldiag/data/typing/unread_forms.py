"""Texts that hold numbers or dates in a way of writing that is not read: found by their form, whatever it is, so that they are reported."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dldiag.data.typing.distinct import Cells
from dldiag.data.typing.units import is_unit

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
_MONEY_RANGE = re.compile(r"[$€£¥₹] ?0\D{0,8}?(?:\s?[-–—]\s?|\s(?:to|bis|a|à|до)\s)[$€£¥₹] ?0\D*")
_WITH_UNITS = re.compile(
    r"0 ?(?!(?:of|and|or|to|in|at|by|from|von|und|bis|de|du|et|y|e|the)\b)[^\W\d_%]{1,8}\b|[$€£¥₹]0|0%|0 ?[x×*] ?0|[(\[]0[ ,;]"
)
# Two numbers with a mark between: 120/80, 38+4, 1:160, 40.4, -79.9; what they mean is not known.
_PAIR = re.compile(
    r"[$€£¥]?-?(?P<first>[\d.,]*\d)\s?(?P<mark>[/:+–-]|in |[,;]?\s|;)\s?[$€£¥]?-?(?P<second>[\d.,]*\d)\+?(?:\s?\([^\d()]{1,15}\))?"
)
_SETS = re.compile(r"\d{1,2}-\d{1,2}(?:\(\d{1,2}\))?(?:,? \d{1,2}-\d{1,2}(?:\(\d{1,2}\))?)+")  # 7-6(5) 6-2
_PACKS = re.compile(r"\d{1,3} ?[x×] ?\d+(?:[.,]\d+)? ?[^\W\d_]{1,6}\.?")  # 6 x 330 ml
_TWO_ANGLES = re.compile(r"[NSEW]? ?-?0 ?°.*[NSEW]? ?-?0 ?°.*")
LEAST_OF_EACH = 2  # So many different numbers have a mark, and so many have none (own choice).
LARGEST_STATE = 12  # Quotients of larger numbers are no states, however few they are (own choice).
LEAST_QUOTIENTS = 6  # So many different ones are no states such as 0/1 and 1/1 (own choice).
_MEASURED = re.compile(r"(?P<number>[^\w\s]{0,2}[\d.,]*\d)(?P<blank>\s*)(?P<unit>[^\d\s][^\d]{0,20})")
_NAME = re.compile(r"[A-Z][a-z]{2,}")
MOST_UNIT_WORDS = 3
NAME_LETTERS = 3  # Words of so many letters between numbers make names: 10.1371/journal.pone.0095131.
_LETTER_EQUALS = re.compile(r"[^\W\d_]\w{0,11}\s?[=<>≤≥]\s?-?[\d.,]*\d\D{0,8}")  # p=0.03, n=12, p95=120ms
_STARS = re.compile(r"[★☆⭐✩✪✭]{1,10}")
# Numbers of which some bear a mark of their own; what each means for how large they are is not known.
_PARTLY_MARKED = (
    re.compile(r"(?P<mark>[Tt=])?[1-9]\d{0,2}(?P<behind>=)?"),  # T5 beside 4: ranks that several share.
    re.compile(r"\d{1,3}(?P<mark>\+\d{1,2})?['’′]?"),  # 45+2' beside 12': minutes that were added.
    re.compile(r"\d+(?:\.\d+)?(?P<mark>m)?"),  # 250m beside 1: thousandths of a processor.
)
_AGO = re.compile(r"(?i:today|yesterday|just now|(?:an?|\d+) [a-z]+ ago)")
_JUDGED = re.compile(r"(\d{1,3}) \(([^\W\d_][^()]{2,14})\)")  # 9 (Promoter) and 10 (Promoter)
_DECIMALS = re.compile(r"\d[.,]\d")
_HAN_NUMERAL = re.compile("[〇零一二三四五六七八九十百千万亿两]+")
_YEAR = re.compile(r"(?:1[3489]|2[0-2]|2[4-6])\d\d")
_STANDING_YEAR = re.compile(rf"(?<!\d)(?:{_YEAR.pattern})(?!\d)")
_OFFSET = re.compile(r"(?<=\d)\s?[+-]\d{4}$|(?<=:\d\d)[.,]\d+")
_GLUED_DATE = re.compile(r"[^\W\d_]\d")
LARGEST_PART = 60
LEAST_DAYS = 5  # Fewer different texts with a year are as likely to be names (own choice).
# 01/22 and Oct18 are a month or a day, of a year that is not known.
_PADDED_PAIR = re.compile(r"(?:0[1-9]|[12]\d|3[01])/\d\d|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\d\d")
_DAY_OF_MONTH = re.compile(r"\d{1,2}[ .-](?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?")  # 23-Mar
MOST_PAIR_DIGITS = 3  # Longer numbers before a hyphen are parts of codes.


def hold_numbers(cells: Cells) -> bool:
    """Whether nearly all cells hold one number beside words or marks that repeat, or behind which a unit stands."""
    if LEAST_TEXTS <= cells.distinct <= SAMPLE:
        every = cells.texts.to_pylist()
        if any(all(map(form.fullmatch, every)) for form in (_HAN_NUMERAL, _STARS, _AGO)):
            return True
    texts = _sample(cells)
    if not texts:
        return False
    if (
        _are_partly_marked(texts)
        or _are_judged(texts)
        or _are_measured(texts)
        or all(map(_LETTER_EQUALS.fullmatch, texts))
    ):
        return True
    if all(map(_FACTOR.fullmatch, texts)):
        return not _count_up([int(text[1:]) for text in texts])
    forms = [_NUMERAL.sub("0", text) for text in texts]
    if _share(list(map(_BARE.fullmatch, texts))) > BARE_SHARE or not _repeat(forms):
        return False
    roles = {form: _role_of(form) for form in set(forms)}
    one = [
        _DECIMALS.search(text) if roles[form] is None else roles[form] for form, text in zip(forms, texts, strict=True)
    ]
    return _share(one) >= FORM_SHARE


def _are_partly_marked(texts: Sequence[str]) -> bool:
    """Tell whether several bare numbers stand beside several with one mark."""
    for pattern in _PARTLY_MARKED:
        found = [match for match in map(pattern.fullmatch, texts) if match]
        marked = sum(any(match.groups()) for match in found)
        if len(found) == len(texts) and min(marked, len(texts) - marked) >= LEAST_OF_EACH:
            return True
    return False


def _are_judged(texts: Sequence[str]) -> bool:
    """Tell whether a word in parentheses judges whole numbers, of which several have the same: (1) Yes and 1 (Yes) are labels."""
    found = [match for match in map(_JUDGED.fullmatch, texts) if match]
    numbers, words = ({match[group] for match in found} for group in (1, 2))
    return len(found) == len(texts) and len(words) < len(numbers)


def _are_measured(texts: Sequence[str]) -> bool:
    """Tell whether texts are numbers before units, of which some repeat, are known or follow decimals: 98.6 F beside 37.0 C."""
    found = [match for match in map(_MEASURED.fullmatch, texts) if match and _may_be_unit(match)]
    if len(found) < FORM_SHARE * len(texts):
        return False
    units = [match["unit"].strip() for match in found]
    known = sum(is_unit(unit) for unit in units)
    decimals = any("." in match["number"] or "," in match["number"] for match in found)
    repeated = any(match["blank"] for match in found) and len(set(units)) < len(units)
    return decimals or repeated or 2 * known >= len(units)


def _may_be_unit(found: re.Match[str]) -> bool:
    """Tell whether a few words that are no names stand behind a number: 12 Oak Street is an address, 12b a part of one."""
    unit = found["unit"]
    if _NAME.search(unit) or len(_WORD.findall(unit)) > MOST_UNIT_WORDS:
        return False
    is_glued = not found["blank"] and unit[0].isalpha() and not is_unit(unit)
    return not is_glued or "." in found["number"] or "," in found["number"]


def _count_up(numbers: Sequence[int]) -> bool:
    """Tell whether numbers have hardly a gap: x1, x2, x3 are names."""
    return max(numbers) - min(numbers) < MOST_GAPS * len(set(numbers))


def _role_of(form: str) -> bool | None:
    """Tell by what stands around a single number whether it is a quantity; None where it is one if it has decimals.

    Item 33 may be a name, ca. 5 m and total: 3.50 are none.
    """
    if form.count("0") != 1:
        return False
    if _BESIDE_MARKS.fullmatch(form):
        return True
    found = _BEHIND_WORDS.fullmatch(form)
    if found is None or _GLUED.search(form) or len(_WORD.findall(form)) > WORDS_OF_QUANTITY:
        return False
    has_unit = _UNIT_BEHIND.match(found["behind"]) or re.search(r"[$€£¥₹]0", form)
    return True if _ORDERED.fullmatch(form) or has_unit else None


def hold_several_numbers(cells: Cells) -> bool:
    """Whether nearly all cells hold several numbers with units, as 30 x 40 mm and 100 Nm at 2000 rpm do, or 120/80; spans of numbers are no such."""
    texts = _sample(cells)
    if not texts:
        return False
    if _are_pairs(texts) or any(all(map(form.fullmatch, texts)) for form in (_SETS, _PACKS)):
        return True
    forms = [_NUMERAL.sub("0", text) for text in texts]
    if _share(list(map(_TWO_ANGLES.fullmatch, forms))) >= FORM_SHARE:
        return True
    if all(map(_MONEY_RANGE.fullmatch, forms)):
        return True
    if not _repeat(forms) or any(map(_RANGE.fullmatch, forms)):
        return False
    is_one = len(set(forms)) == 1 and max(map(len, _WORD.findall(forms[0])), default=0) < NAME_LETTERS
    same = is_one and any(_DECIMALS.search(text) for text in texts)  # 17.3(3)e-5
    found = [
        form.count("0") > 1 and (same or _WITH_UNITS.search(form)) and not _GLUED.search(_CROSSED.sub(" ", form))
        for form in forms
    ]
    return _share(found) >= FORM_SHARE


def _are_pairs(texts: Sequence[str]) -> bool:
    """Tell whether texts are pairs of numbers, neither spans (10-19) nor codes (0012-3, 555-1234)."""
    found = [match for match in map(_PAIR.fullmatch, texts) if match]
    marks = {match["mark"].strip() for match in found}
    if len(found) < FORM_SHARE * len(texts) or len(marks) != 1:
        return False
    firsts, seconds = [match["first"] for match in found], [match["second"] for match in found]
    parts, mark = [*firsts, *seconds], marks.pop()
    decimals = any(_DECIMALS.search(part) for part in parts)
    if decimals:
        return True
    if any(len(part) > MOST_PAIR_DIGITS or (part[0] == "0" and len(part) > 1) for part in firsts) or mark in (
        "",
        ",",
        ";",
    ):
        return False
    if mark == "in":
        return True  # 1 in 5
    if mark == "/":
        largest = [max(int(match["first"]), int(match["second"])) for match in found]
        return len(texts) >= LEAST_QUOTIENTS or min(largest) > LARGEST_STATE
    return mark in "+:" or any(int(one) >= int(other) for one, other in zip(firsts, seconds, strict=True))


def hold_dates(cells: Cells) -> bool:
    """Whether nearly all cells hold a year, small numbers and few different words, as dates of whatever language do."""
    texts = _sample(cells)
    if texts and all(map(_DAY_OF_MONTH.fullmatch, texts)):
        return True
    if len(texts) >= LEAST_DAYS and all(map(_PADDED_PAIR.fullmatch, texts)):
        return True
    if not texts or _share([_is_date(text) for text in texts]) < FORM_SHARE:
        return False
    words = {word.lower() for text in texts for word in _WORD.findall(text)}
    parts = {tuple(_WHOLE.findall(text)) for text in texts}
    return len(words) <= MOST_WORDS and len(parts) >= LEAST_DAYS


def _is_date(text: str) -> bool:
    if _STANDING_YEAR.search(text) is None:
        return False
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
