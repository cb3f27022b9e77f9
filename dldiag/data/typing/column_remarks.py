"""What is noticed in one column while it is read: marks of its numbers, doubts, spellings, labels; one remark each."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dldiag.core.types import Kind
from dldiag.data.typing.column_facts import Facts
from dldiag.data.typing.distinct import Cells
from dldiag.data.typing.kinds import looks_like_excel_days
from dldiag.data.typing.labels import hold_lists, hold_numbers, variants_among
from dldiag.data.typing.missing import sentinel
from dldiag.data.typing.notices import Remark

# What a text bears that was read from it, beside other marks in the same column.
_MARK_OF = {
    "decimal_comma": "[,，]",
    "percent": "[%％]|(?i)p(?:er ?cent|ct|rozent)",
    "bounds": r"[<>≤≥~≈*+±†‡§¶⁰¹²³⁴-⁹()\[\]]|[A-Za-z]",
    "hours": ".",
    "quantities": ".",
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
_NUMERALS, _DIGITS = re.compile(r"[\d.,\s+-]+"), re.compile(r"[\d\s+-]+")
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
    return remarks


def damaged(facts: Facts) -> tuple[Remark, ...]:
    """Return the remark on long codes that a spreadsheet wrote as 1.23457E+17."""
    damaged = facts.cells.matches(_DAMAGED)
    if facts.cells.share(damaged) <= DAMAGED_SHARE:
        return ()
    return (remark_on("damaged_codes", facts, facts.cells, damaged),)


def mostly(facts: Facts, origin: str) -> tuple[Remark, ...]:
    """Return the remark on a category most of whose values read as numbers or dates."""
    if origin not in ("mostly_numbers", "mostly_dates"):
        return ()
    read = facts.numbers.read if origin == "mostly_numbers" else facts.dates.read
    return (remark_on(origin, facts, facts.solid, ~read),)


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
    if kind in ("category", "text", "identifier") and hold_lists(cells):
        remarks.append(remark_on("lists", facts, cells, np.ones(cells.distinct, dtype=bool), shown=2))
    elif kind in ("category", "text", "identifier") and origin not in _TOLD and hold_numbers(cells):
        remarks.append(remark_on("numbers_in_texts", facts, cells, np.ones(cells.distinct, dtype=bool)))
    return remarks


def remark_on(code: str, facts: Facts, cells: Cells, mask: NDArray[np.bool_], shown: int = 3) -> Remark:
    """Return the remark of a code on the texts in a mask, with the first few of them."""
    texts = tuple(cells.texts.filter(mask).slice(0, shown).to_pylist()) if mask.any() else ()
    return Remark(code, facts.name, cells.count(mask), texts, cells.first_row(mask) + 1 if mask.any() else 0)
