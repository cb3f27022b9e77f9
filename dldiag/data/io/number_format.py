"""How numbers and missing values are written in a file: decimal mark, thousands mark, spellings of missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dldiag.data.io.cell_kind import kind_of

_SAMPLE_CELLS = 50_000
_LEAST_ROWS = 20
NUMBER_SHARE = 0.5  # Odd words in a column spell missing values if this share of its filled cells are numbers.
SPELLINGS = (
    "NA", "N/A", "n/a", "na", "#N/A", "NaN", "nan", "NULL", "null", "Null", "None", "none", "NIL", "nil", "-", "--", "—", "–", "?",
    ".", "..", "...", "missing", "Missing", "MISSING", "\\N", "#NULL!", "#VALUE!", "#DIV/0!", "#REF!", "unknown", "缺失", "无", "空", "空值",
    "暂无", "欠損", "결측", "*", "x", "n.a.", "N.A.", "n.d.", "nd", "ND", "s.d.", "nr", "NR", ":", "no data", "No data",
)  # fmt: skip
_SPELLINGS = frozenset(SPELLINGS)
# A decimal mark that can be nothing else.
_ONE_MARK = re.compile(r"[+-]?(?:0?([.,])\d+|[1-9]\d*([.,])(?:\d{1,2}|\d{4,}))")
_BOTH = re.compile(r"\d{1,3}(?:([.,'  ])\d{3})+([.,])\d+")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,'  ])\d{3})+")
_DECIMAL = re.compile(r"(?:0|[1-9]\d*|)([.,])\d+(?:[eE][-+]?\d+)?")
_CORE = re.compile(r"[^\d.,'  eE+-]+")


@dataclass(frozen=True)
class Marks:
    """The marks of a file; `ambiguous` is a number that could be read in two ways."""

    decimal: str = "."
    thousands: str = ""
    missing: tuple[str, ...] = ("",)
    ambiguous: str = ""


def decide_marks(rows: Sequence[Sequence[str | None]], width: int, delimiter: str = "") -> Marks:
    """Decide the marks from a sample of rows.

    Between semicolons, which stand where the comma is the decimal mark, 12,345 has three decimals if no number of its column lacks the comma.
    """
    rows = rows[: max(_LEAST_ROWS, _SAMPLE_CELLS // max(1, width))]
    decimals, groups, doubtful, missing = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    always = 0  # Columns whose numbers all have one comma, before three digits.
    for j in range(width):
        cells = [s for r in rows if j < len(r) and (c := r[j]) and (s := c.strip())]
        kinds = list(map(kind_of, cells))
        numbers = [c for c, kind in zip(cells, kinds, strict=True) if kind == "number"]
        if len(numbers) >= NUMBER_SHARE * len(cells):
            before = doubtful[","]
            for cell in numbers:
                if not cell.isdecimal():  # Digits alone tell nothing about marks.
                    _count(cell, decimals, groups, doubtful)
            always += doubtful[","] - before == len(numbers) >= _LEAST_ROWS
        known = [kind for c, kind in zip(cells, kinds, strict=True) if c not in _SPELLINGS]
        if known and known.count("number") + known.count("when") >= NUMBER_SHARE * len(known):
            missing.update(c for c in cells if c in _SPELLINGS)
        missing.update(c for c in cells if c == "?")
    if always and delimiter == ";" and not decimals and not groups:
        decimals[","] += 1
    return _marks(decimals, groups, doubtful, missing, rows)


def _count(cell: str, decimals: Counter[str], groups: Counter[str], doubtful: Counter[str]) -> None:
    if simple := _ONE_MARK.fullmatch(cell):
        decimals[simple.group(1) or simple.group(2)] += 1
        return
    core = _CORE.sub("", cell).strip("+- ")
    if both := _BOTH.fullmatch(core):
        if both.group(1) != both.group(2):
            groups[both.group(1)] += 1
            decimals[both.group(2)] += 1
    elif grouped := _GROUPED.fullmatch(core):
        mark = grouped.group(1)
        (groups if core.count(mark) > 1 or mark not in ".," else doubtful)[mark] += 1
    elif plain := _DECIMAL.fullmatch(core):
        decimals[plain.group(1)] += 1


def _marks(
    decimals: Counter[str],
    groups: Counter[str],
    doubtful: Counter[str],
    missing: Counter[str],
    rows: Sequence[Sequence[str | None]],
) -> Marks:
    comma = decimals[","] > decimals["."] or (not decimals and groups["."] > groups[","])
    decimal = "," if comma else "."
    thousands = max(groups, key=lambda m: groups[m], default="")
    ambiguous = ""
    if not decimals and not groups and doubtful:
        ambiguous = _example(rows, max(doubtful, key=lambda m: doubtful[m]))
    if not thousands and doubtful["," if decimal == "." else "."]:
        thousands = "," if decimal == "." else "."
    found = tuple(s for s, _ in missing.most_common())
    return Marks(decimal, "" if thousands == decimal else thousands, ("", *found), ambiguous)


def _example(rows: Sequence[Sequence[str | None]], mark: str) -> str:
    cells = (c for r in rows for c in r if c and mark in c and kind_of(c) == "number")
    return next(cells, "")
