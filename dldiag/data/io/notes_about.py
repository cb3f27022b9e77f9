"""Lines about a table that are as wide as it: its names stand below them, and a balance below its rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from dldiag.data.io.cell_kind import kind_of
from dldiag.data.io.dialect import Record
from dldiag.data.io.header import is_typed

SAMPLE_ROWS = 200
LEAST_SAMPLE_ROWS = 10
FILLED_SHARE = 0.5  # A line above the table that fills a smaller share of the usual cells is a title.
MOST_NOTES = 20  # At most this many lines about the table, as wide as it, stand above its names.
# Lines about a table that are filled up to its width hold something in at most this share of the cells.
FILLED_UP_SHARE = 0.75
LEAST_NAMED = 2  # Names below filled-up lines head so many rows,
NAMED_SHARE = 0.6  # and in one column such a share of numbers or dates.


def below_notes(filled: Sequence[Record], start: int, width: int) -> int:
    """Return the index of the names below lines that are as wide as the table but say something about it: Latitude,59.9.

    All of them begin with a word, and the first column holds numbers or dates from then on.
    """
    above = list(islice(filled, start, start + MOST_NOTES))
    words = next((i for i, r in enumerate(above) if r.fault or len(r.cells) != width or not _begins_with_word(r)), 0)
    below = [r.cells for r in filled[start + words :][:SAMPLE_ROWS] if len(r.cells) == width]
    if words < 2 or len(below) < LEAST_SAMPLE_ROWS or not is_typed([row[0] for row in below]):
        return start
    names, notes = above[words - 1].cells, above[: words - 1]
    typed = any(kind_of(c) in {"number", "when"} for r in notes for c in r.cells)
    return start + words - 1 if typed and all(kind_of(c) == "word" for c in names) else start


def below_gap(filled: Sequence[Record], start: int, width: int) -> int:
    """Return the index of names that a blank line sets apart from lines about the table that are as wide as it."""
    for i in range(start + 1, min(start + MOST_NOTES, len(filled) - LEAST_SAMPLE_ROWS)):
        before, names = filled[i - 1], filled[i]
        if kind_of(before.cells[0]) not in {"word", "code"}:
            return start
        if names.line == before.line + before.lines or len(names.cells) != width:
            continue
        below = [r.cells for r in filled[i + 1 : i + 1 + SAMPLE_ROWS] if len(r.cells) == width]
        if below and is_typed([row[0] for row in below]) and all(kind_of(c) in {"word", "code"} for c in names.cells):
            return i
    return start


def below_filled_up(filled: Sequence[Record], start: int, width: int) -> int:
    """Return the index of the first line that fills all cells with different words, above numbers or dates.

    Programs fill up the lines about a table with delimiters to its width: Account;123;;;.
    """
    for i in range(start, min(start + MOST_NOTES, len(filled) - LEAST_NAMED)):
        record = filled[i]
        if record.fault or len(record.cells) != width:
            return start
        if record.filled <= FILLED_UP_SHARE * width:
            continue
        if record.filled < width:
            return start
        words = [c.strip() for c in record.cells]
        below = [r.cells for r in islice(filled, i + 1, i + 1 + SAMPLE_ROWS) if len(r.cells) == width]
        typed = sum(_share_typed([row[j] for row in below]) >= NAMED_SHARE for j in range(width))
        are_names = len(set(words)) == width and all(kind_of(c) in {"word", "code"} for c in words)
        return i if i > start and width > 2 and typed and are_names else start
    return start


def _share_typed(cells: Sequence[str]) -> float:
    """Return the share of the filled cells that are numbers or dates."""
    kinds = [kind for c in cells if (kind := kind_of(c)) not in {"empty", "missing"}]
    return sum(kind in {"number", "when"} for kind in kinds) / max(len(kinds), 1)


def before_balance(filled: Sequence[Record], start: int, end: int) -> int:
    """Return the index of a last line that fills the same few cells as one above the names, the first of them with words: a balance."""
    if end - start <= LEAST_NAMED:
        return end
    last, header = _places(filled[end - 1]), filled[start].filled
    above = any(_places(r) == last for r in filled[:start])
    is_balance = above and 1 < len(last) < FILLED_SHARE * header and _begins_with_word(filled[end - 1])
    return end - 1 if is_balance and not _begins_with_word(filled[start + 1]) else end


def _places(record: Record) -> tuple[int, ...]:
    return tuple(j for j, cell in enumerate(record.cells) if cell.strip())


def _begins_with_word(record: Record) -> bool:
    return kind_of(record.cells[0]) == "word"
