"""What is noticed in one column while it is read: marks of its numbers, doubts, spellings, labels; one remark each."""

from __future__ import annotations

import re
from itertools import islice

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dldiag.core.types import Kind
from dldiag.data.typing.column_facts import Facts
from dldiag.data.typing.distinct import DIGITS, SIGNS_AND_DIGITS, Cells
from dldiag.data.typing.kinds import (
    MOSTLY_SHARE,
    counts_time,
    looks_like_excel_days,
    may_be_short_dates,
)
from dldiag.data.typing.labels import hold_lists, variants_among
from dldiag.data.typing.missing import sentinel
from dldiag.data.typing.notices import Remark
from dldiag.data.typing.numeric_fast import merged_zeros
from dldiag.data.typing.unread_forms import hold_dates, hold_numbers, hold_several_numbers
from dldiag.data.typing.yes_no import are_foreign_letters, are_open_letters, says_yes

# What a text bears that was read from it, beside other marks in the same column.
_MARK_OF = {
    "decimal_comma": "[,，]",
    "percent": "[%％]|(?i)p(?:er ?cent|ct|rozent)",
    "bounds": r"[<>≤≥~≈*+±†‡§¶⁰¹²³⁴-⁹()\[\]]|[A-Za-z]",
    "hours": ".",
    "quantities": ".",
    "points": ".",
    "debit_credit": "(?i)[dc]r",
    "all_negative": r"[()]",
    "in_parentheses": r"[()]",
    "magnitudes": r"\d\s*[^\d\s.,%)-]",
}
# These marks stand in some cells only, or differ between cells.
MIXED = frozenset({"percent_mixed", "mixed_units", "mixed_currencies", "mixed_decimals"})
MIXED_EXAMPLES = 4
_TOLD = (
    "mostly_numbers",
    "mostly_dates",
    "code",
    "code_per_row",
    "by_hand",
)  # Origins that say all about numbers in texts.
TEXTS = ("category", "text", "identifier")
# What texts may hold that was not read; the first that they do is reported.
_UNREAD = (
    ("unread_dates", hold_dates),
    ("numbers_in_texts", hold_numbers),
    ("several_numbers", hold_several_numbers),
)
# Origins of columns that are what their texts are, whatever else these could be.
_BY_TEXTS = ("few_texts", "free_text", "text_per_row")
_SHORT_CODE, LEAST_CODES = r"^(?:[A-Za-z]\d{1,3}|\d{1,3}[A-Za-z])$", 2  # Beside 1B and 10B, 05 is a code as well.
MOST_TEXTS = 5_000  # More different numbers are no codes.
LEAST_TEXTS, LEAST_VALUES = 3, 5  # Of fewer different texts those with one or two digits are labels (own choice).
_AMOUNT = r"\d[.,:]\d|\d{3}"
_NUMERALS, _DIGITS = re.compile(r"[\d.,\s+-]+"), re.compile(r"[\d\s+-]+")
_POWER, _LEADING_ZERO = r"^[+-]?\d+[eE]\d+$", r"^0\d{2,}$|^0\d\.\d+$"
_ZEROS, MOST_JERSEYS = r"^0\d$", 200  # More different numbers are no numbers of shirts.
_CODE_DIGITS = r"^\d{3,14}$"
_TIME_DIGITS, LEAST_TIMES = r"^(?:\d|[0-5]\d|(?:\d|[01]\d|2[0-3])[0-5]\d|(?:[01]\d|2[0-3])[0-5]\d[0-5]\d|2400)$", 20
_HOURS_IN_DIGITS, _PADDED_TIME = r"^\d{3,}$", r"^(?:\d{4}|\d{6})$"
_SPREADSHEET_DAY = r"^(?:\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2})$"
_DAY_BEGINS = DIGITS + b"JFMASOND"
_DAMAGED = r"^\d\.\d{2,}E\+\d{2}$"
DAMAGED_SHARE = 0.5  # A column is taken for damaged codes if this share of its cells is written like that.


def spelled(facts: Facts, kind: Kind) -> tuple[Remark, ...]:
    """Return the remark on the texts that were read as missing."""
    spellings, count = facts.sure, facts.sure_count
    if kind in ("number", "boolean", "date", "empty"):
        spellings += tuple(facts.cells.texts.filter(facts.doubtful).to_pylist()) if facts.doubtful.any() else ()
        count += facts.cells.count(facts.doubtful)
    return (Remark("missing_spellings", facts.name, count, spellings),) if count else ()


def marks_of_numbers(facts: Facts) -> list[Remark]:
    """Return what was read into numbers besides plain digits."""
    numbers, cells = facts.numbers, facts.solid
    reported = numbers.marks & _MARK_OF.keys()
    remarks = [
        remark_on(code, facts, cells, numbers.marked & cells.matches(_MARK_OF[code])) for code in sorted(reported)
    ]
    for code in sorted(numbers.marks & MIXED):
        remarks.append(_mixed(code, facts))
    if numbers.marks - reported - MIXED and not numbers.ambiguous:
        remarks.append(remark_on("number_marks", facts, cells, numbers.marked))
    return remarks


def _mixed(code: str, facts: Facts) -> Remark:
    """Return the remark on a mark that only some cells have, or that differs: one example of each is shown."""
    cells, numbers = facts.solid, facts.numbers
    kinds: dict[str, str] = {}
    for text in cells.texts.filter(pa.array(numbers.read)).to_pylist():
        kinds.setdefault(_DIGITS.sub("", text) if code == "mixed_decimals" else _NUMERALS.sub("", text), text)
    examples = tuple(kinds.values())[:MIXED_EXAMPLES]
    return Remark(code, facts.name, cells.count(numbers.read), examples, cells.first_row(numbers.read) + 1)


def doubts(facts: Facts) -> list[Remark]:
    """Return what may have been meant otherwise."""
    numbers, cells = facts.numbers, facts.solid
    remarks = []
    if numbers.ambiguous:
        remarks.append(remark_on(f"open_{numbers.ambiguous}", facts, cells, cells.matches("[.,]")))
    stray = sentinel(cells, numbers.values)
    if stray is not None:
        remarks.append(remark_on("sentinel", facts, cells, numbers.values == stray))
    if looks_like_excel_days(facts):
        remarks.append(remark_on("excel_days", facts, cells, numbers.read))
    if not facts.named_like_date and counts_time(facts):
        remarks.append(remark_on("maybe_epochs", facts, cells, numbers.read))
    if facts.named_like_place_code and cells.matches(_CODE_DIGITS).all():
        remarks.append(remark_on("code_numbers", facts, cells, numbers.read))
    if may_be_short_dates(facts):
        remarks.append(remark_on("maybe_dates", facts, cells, numbers.read))
    return remarks if numbers.marked.any() else [*remarks, *_codes_read(facts), *_merged(facts)]


def _codes_read(facts: Facts) -> list[Remark]:
    """Return the remarks on plain numbers that may be codes: 1E3, and 007."""
    forms = [("powers", _POWER), ("leading_zeros", _LEADING_ZERO)]
    if facts.solid.distinct <= MOST_JERSEYS and _stand_twice(facts.solid):
        forms[1] = ("leading_zeros", _ZEROS)
    found = ((code, facts.solid.matches(form, SIGNS_AND_DIGITS)) for code, form in forms)
    return [remark_on(code, facts, facts.solid, mask) for code, mask in found if mask.any()]


def _stand_twice(cells: Cells) -> bool:
    """Tell whether a number stands with a zero before it and without one: 00 and 0, 07 and 7 are different shirts."""
    texts = set(cells.texts.to_pylist())
    return any(text[0] == "0" and text[1:] in texts for text in texts if len(text) == len("07"))


def _merged(facts: Facts) -> list[Remark]:
    """Return the remark on numbers of which several are one but for zeros at their end: 1.1 and 1.10 may be codes."""
    texts = facts.solid.texts
    if len(texts) > MOST_TEXTS or not (mask := merged_zeros(texts.to_pylist())).any():
        return []
    return [remark_on("merged_numbers", facts, facts.solid, mask, shown=4)]


def yes_or_nothing(facts: Facts, origin: str) -> list[Remark]:
    """Return the remark on a column that holds a mark or a word for yes, or nothing, as forms for ticking write it."""
    if origin != "one_value_or_nothing" or facts.sure_count or not says_yes(facts.cells.texts):
        return []
    return [remark_on("yes_or_nothing", facts, facts.cells, np.ones(1, dtype=bool))]


def letters_of_yes(facts: Facts, kind: Kind) -> list[Remark]:
    """Return the remark on two letters that may be yes and no, or were read so: S and N are south and north as well."""
    texts, every = facts.solid.texts, np.ones(facts.solid.distinct, dtype=bool)
    if kind == "boolean" and are_foreign_letters(texts):
        return [remark_on("letters_as_yes_no", facts, facts.solid, every)]
    if kind in TEXTS and are_open_letters(texts) and not facts.named_like_direction:
        return [remark_on("maybe_yes_no", facts, facts.solid, every)]
    return []


def times_in_digits(facts: Facts, kind: Kind) -> list[Remark]:
    """Return the remark on digits that may be times of day: 930 and 1745 under the name of a time."""
    cells = facts.solid
    if kind == "date" or not facts.named_like_clock or not cells.matches(_TIME_DIGITS).all():
        return []
    hours = cells.matches(_HOURS_IN_DIGITS)
    least = 2 if cells.matches(_PADDED_TIME).all() and cells.matches("^0").any() else LEAST_TIMES
    if hours.sum() < least or cells.share(hours) < MOSTLY_SHARE or not (hours & ~cells.matches("00$")).any():
        return []
    return [remark_on("maybe_times", facts, cells, np.ones(cells.distinct, dtype=bool))]


def days_of_spreadsheets(facts: Facts, kind: Kind) -> list[Remark]:
    """Return the remark on a few days among other texts: 2-Sep among genes, 4-May among spans of years."""
    if (
        kind not in TEXTS
        or facts.named_like_date
        or not (found := facts.cells.matches(_SPREADSHEET_DAY, _DAY_BEGINS)).any()
    ):
        return []
    return [remark_on("spreadsheet_days", facts, facts.cells, found)] if facts.cells.share(found) < MOSTLY_SHARE else []


def damaged(facts: Facts) -> tuple[Remark, ...]:
    """Return the remark on long codes that a spreadsheet wrote as 1.23457E+17."""
    damaged = facts.cells.matches(_DAMAGED, DIGITS)
    if facts.cells.share(damaged) <= DAMAGED_SHARE:
        return ()
    return (remark_on("damaged_codes", facts, facts.cells, damaged),)


def mostly(facts: Facts, origin: str) -> tuple[Remark, ...]:
    """Return the remark on a category most of whose values read as numbers or dates."""
    if origin not in ("mostly_numbers", "mostly_dates"):
        origin = _mostly_read(facts) if origin in _BY_TEXTS else ""
    if not origin:
        return ()
    read = facts.numbers.read if origin == "mostly_numbers" else facts.dates.read
    return (remark_on(origin, facts, facts.solid, ~read),)


def _mostly_read(facts: Facts) -> str:
    """Return whether most texts of a column of few rows or values are numbers or dates: 12, 14, abc."""
    cells = facts.solid
    if facts.named_like_identifier or facts.named_like_part or cells.distinct < LEAST_TEXTS:
        return ""
    for origin, read in (("mostly_numbers", facts.numbers.read), ("mostly_dates", facts.dates.read)):
        if cells.share(read) < MOSTLY_SHARE or read.sum() < max(2, MOSTLY_SHARE * cells.distinct):
            continue
        if cells.distinct < LEAST_VALUES and origin == "mostly_numbers" and not _are_amounts(cells, read):
            continue
        if int((cells.matches(_SHORT_CODE) & ~read).sum()) < LEAST_CODES:
            return origin
    return ""


def _are_amounts(cells: Cells, read: NDArray[np.bool_]) -> bool:
    """Tell whether all numbers among few texts have a fraction, three digits or a clock, and the others no digits of their own.

    1, 2 and 3+ are labels, and 1:80 beside 1:160 is reported as what it is.
    """
    return bool(cells.matches(_AMOUNT)[read].all()) and not any(holds(cells) for _, holds in _UNREAD)


def other_calendar(facts: Facts, kind: Kind) -> list[Remark]:
    """Return the remark on dates that are not read because their calendar is not known."""
    cells = facts.solid
    if kind not in ("category", "text", "identifier") or facts.dates.calendar != "other":
        return []
    return [remark_on("other_calendar", facts, cells, np.ones(cells.distinct, dtype=bool))]


def remarks_on_labels(facts: Facts, kind: Kind, origin: str) -> list[Remark]:
    """Return the remarks on spellings of one label, and on cells that hold lists."""
    cells, remarks = facts.cells, []
    if kind == "category" and (variants := variants_among(cells)).any():
        remarks.append(remark_on("label_variants", facts, cells, variants, shown=6))
    if kind in ("category", "boolean") and cells.joined:
        labels = np.isin(cells.texts.to_pylist(), cells.joined)
        remarks += [remark_on("joined_blanks", facts, cells, labels)] if labels.any() else []
    if kind in TEXTS and hold_lists(cells):
        remarks.append(remark_on("lists", facts, cells, np.ones(cells.distinct, dtype=bool), shown=2))
    elif kind in TEXTS and origin not in _TOLD and not mostly(facts, origin):
        codes = (code for code, holds in _UNREAD if holds(cells))
        remarks += [remark_on(code, facts, cells, np.ones(cells.distinct, dtype=bool)) for code in islice(codes, 1)]
    return remarks


def remark_on(code: str, facts: Facts, cells: Cells, mask: NDArray[np.bool_], shown: int = 3) -> Remark:
    """Return the remark of a code on the texts in a mask, with the first few of them."""
    texts = tuple(cells.texts.filter(mask).slice(0, shown).to_pylist()) if mask.any() else ()
    return Remark(code, facts.name, cells.count(mask), texts, cells.first_row(mask) + 1 if mask.any() else 0)
