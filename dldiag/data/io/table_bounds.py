"""Where the table stands among the lines: title lines above it, its header, its rows, footnotes below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from statistics import median
from typing import Any

from dldiag.core.i18n import Message, Value
from dldiag.core.types import Notice, ReadPlan
from dldiag.data.io.cell_kind import kind_of
from dldiag.data.io.dialect import SPACES, Record
from dldiag.data.io.dialect_choice import TRUST, narrowing
from dldiag.data.io.header import Names, counts_up, has_header, is_typed, with_group_names
from dldiag.data.io.notes_about import (
    FILLED_SHARE,
    LEAST_NAMED,
    LEAST_SAMPLE_ROWS,
    SAMPLE_ROWS,
    before_balance,
    below_filled_up,
    below_gap,
    below_notes,
)
from dldiag.data.io.notices import notice
from dldiag.data.io.raw_table import Lines

_SAMPLE_CELLS = 100_000
MOST_HEADER_LINES = 4
LEAST_GROUP_NAMES = 2  # A line above the names names groups of columns if this many of its cells are filled.
MOST_FOOTNOTES_SHARE = 0.34  # If more rows look like footnotes, they are a second table or sparse rows.
SPARSE_SHARE = 0.05  # If more rows of the table itself look like footnotes, all of them are rows.
LEAST_ROWS_OF_NEXT_TABLE = 2
_COUNTS_ROWS = re.compile(
    r"\(?\d[\d,.]* (?:rows?|records?)(?: (?:affected|selected|returned|in set)\b.*)?[.)]*", re.IGNORECASE
)


# What begins so below a table is no row of it, however many commas it has.
_SAYS_SOURCE = re.compile(
    r"(?:data )?(?:sources?|notes?|quellen?|fuentes?|notas?|fontes?|anmerkung(?:en)?|hinweise?|legend|copyright|disclaimer|stand|źródło|zdroj|kaynak"
    r"|kilde|källa|lähde|bron|источник|примечание|注|备注|资料来源|数据来源|出典|資料|출처|자료)\s*[:：]|©|\(c\)\s*\d{4}"
    r"|(?:\*+ ?)?(?:EOF|end of (?:file|report|data|list|table))\b",
    re.IGNORECASE,
)


# In few rows these are values in a column of other marks: $1.2M, true.
_MAY_BE_VALUE = re.compile(r"\d|^\s*(?:true|false|yes|no|[yntf]|on|off)\s*$", re.IGNORECASE)
_COMMENT = re.compile(r"\s*(?:#|//|%)\s*\w")


@dataclass(frozen=True)
class Region:
    """The table's place, in lines of the text: names from `header_row` on, values from `first_row` on."""

    header_row: int | None
    header_rows: int
    first_row: int
    footer_rows: int
    width: int


def find_region(found: Sequence[Record], total_lines: int, width: int | None = None) -> Region:
    """Find the table among all records of a text."""
    width = width or common_width(found)
    filled = [r for r in found if not r.blank and not r.is_rule] or [r for r in found if not r.blank]
    if not filled:
        return Region(None, 0, 0, 0, 0)
    start = below_gap(filled, below_notes(filled, _start(filled, width), width), width)
    start = below_filled_up(filled, start, width)
    end = before_balance(filled, start, _end(filled, start, width))
    body = [r for r in filled[start + 1 : end] if len(r.cells) == width and not r.fault]
    footer = 0 if end == len(filled) else total_lines - filled[end].line
    body = body[: max(LEAST_SAMPLE_ROWS, min(SAMPLE_ROWS, _SAMPLE_CELLS // max(1, width)))]
    first = filled[start]
    if not has_header(first.cells, [r.cells for r in body]):
        return Region(None, 0, first.line, footer, width)
    if _is_upper_header(filled, start, width):
        start, first = start - 1, filled[start - 1]
    rows = 1 + _further_header_rows(filled, start, body, width)
    if rows > 1 and _numbers_columns(first):
        start, first, rows = start + 1, filled[start + 1], rows - 1
    last = filled[start + rows - 1]
    return Region(first.line, last.line + last.lines - first.line, last.line + last.lines, footer, width)


def _numbers_columns(record: Record) -> bool:
    """Tell whether a line above the names counts the columns: 1, 2, 3 …"""
    return counts_up(record.cells) and all(kind_of(c) == "number" for c in record.cells)


def given_region(region: Region, choices: Mapping[str, Any]) -> Region:
    """Move the region to where a person says the header stands."""
    if choices.keys().isdisjoint(("header_row", "header_rows")):
        return region
    found = region.first_row if region.header_row is None else region.header_row
    row, rows = choices.get("header_row", found), choices.get("header_rows", 1)
    if row is None:
        return replace(region, header_row=None, header_rows=0, first_row=found)
    return replace(region, header_row=row, header_rows=rows, first_row=row + rows)


def common_width(found: Sequence[Record]) -> int:
    """Return the number of cells that most records have (ties: the one seen first)."""
    counts = Counter(len(r.cells) for r in found if not r.blank and not r.fault)
    if not counts:
        return max((len(r.cells) for r in found), default=0)
    if (wide := width_that_narrows(found)) is not None:
        return wide
    many = Counter({w: n for w, n in counts.items() if w > 1})
    best = many.most_common(1)[0] if many else (1, 0)
    return best[0] if best[1] >= counts[1] * FILLED_SHARE else 1


def width_that_narrows(found: Sequence[Record]) -> int | None:
    """Return the width of the first lines where later ones, without a gap, only ever have fewer cells; else None."""
    filled = [r for r in found if not r.blank]
    gap = any(b.line > a.line + a.lines for a, b in pairwise(filled))
    return None if gap or any(r.fault for r in filled) else narrowing([len(r.cells) for r in filled])


def _start(filled: Sequence[Record], width: int) -> int:
    """Return the index of the header, or of the first row when there is no header."""
    usual = median([r.filled for r in islice((r for r in filled if len(r.cells) == width), SAMPLE_ROWS)] or [1])
    least = min(width, max(2, FILLED_SHARE * usual))
    for i, record in enumerate(filled):
        if record.fault:
            if i + 1 < len(filled) and len(filled[i + 1].cells) == width:
                return i
            continue
        if _is_comment(filled, i, width):
            continue
        if record.filled < least and not _names_rows_by_nothing(filled, i, width):
            continue
        if len(record.cells) == width or _is_damaged_header(filled, i, width) or _lacks_last(filled, i, width):
            return i
    return 0


def _is_comment(filled: Sequence[Record], i: int, width: int) -> bool:
    """Tell whether a line is marked as a comment, and names without such a mark follow it."""
    if i + 1 >= len(filled) or not _COMMENT.match(filled[i].cells[0]):
        return False
    names, below = filled[i + 1].cells, [r.cells for r in filled[i + 2 : i + 2 + SAMPLE_ROWS] if len(r.cells) == width]
    if not any(is_typed([row[j] for row in below]) for j in range(width)):
        return False  # The mark may stand before the names themselves.
    return len(names) == width and all(kind_of(c) in {"word", "code"} for c in names) and not _COMMENT.match(names[0])


def _names_rows_by_nothing(filled: Sequence[Record], i: int, width: int) -> bool:
    """Tell whether a line names every column but the first, as R writes a column of row names beside a single other.

    A title may stand in the second cell, too: then the names are in the next line, above columns of numbers or dates.
    """
    cells, below = filled[i].cells, [r.cells for r in filled[i + 1 : i + 1 + SAMPLE_ROWS] if len(r.cells) == width]
    if width != 2 or len(cells) != width or cells[0].strip() or not cells[1].strip() or not below:
        return False
    typed = any(is_typed([row[j] for row in below[1:]]) for j in range(width))
    return bool(below[0][0].strip()) and not (typed and has_header(below[0], below[1:]))


def _is_damaged_header(filled: Sequence[Record], i: int, width: int) -> bool:
    """Tell whether a line of the wrong width stands where the header must be: right above rows of values."""
    following = [r for r in filled[i + 1 : i + 1 + SAMPLE_ROWS] if len(r.cells) == width]
    if not following or len(filled[i + 1].cells) != width or width < 2:
        return False
    if any(kind_of(c) in {"number", "when"} for c in filled[i].cells):
        return False
    below = [r.cells for r in following[1:]]
    return not (below and has_header(following[0].cells, below))


def _lacks_last(filled: Sequence[Record], i: int, width: int) -> bool:
    """Tell whether a line of names, and the row below it, lack the delimiter that ends all other rows."""
    if width <= 2 or i + 1 >= len(filled) or {len(r.cells) for r in filled[i : i + 2]} != {width - 1}:
        return False
    below = [r.cells for r in islice(filled, i + 1, i + 1 + SAMPLE_ROWS) if len(r.cells) == width]
    are_names = all(kind_of(c) in {"word", "code"} for c in filled[i].cells)
    return are_names and len(below) >= LEAST_NAMED and not any(row[-1].strip() for row in below)


def _further_header_rows(filled: Sequence[Record], start: int, body: Sequence[Record], width: int) -> int:
    """Count the rows under the header that hold names too: the same again, or words above columns of numbers."""
    few = len(body) <= MOST_HEADER_LINES
    lower = body[-LEAST_NAMED:] if few else body[MOST_HEADER_LINES:]
    typed = [j for j in range(width) if is_typed(_values(lower, j))]
    more = 0
    for record in filled[start + 1 : start + MOST_HEADER_LINES]:
        is_repeated = record.cells == filled[start].cells
        if not _continues_header(record, filled[start], typed, width):
            break
        if not is_repeated and (_recurs(record, body, typed) or (few and any(map(_MAY_BE_VALUE.search, record.cells)))):
            break
        more += 1
    return more if start + more + 1 < len(filled) else 0


def _is_upper_header(filled: Sequence[Record], start: int, width: int) -> bool:
    """Tell whether the line right above repeated names holds, with gaps, what each group of columns is: 2019,,2020,."""
    names = [c.strip() for c in filled[start].cells if c.strip()]
    if start == 0 or len(set(names)) == len(names):
        return False
    above = filled[start - 1]
    if above.line + above.lines != filled[start].line or above.fault or len(above.cells) != width:
        return False
    groups, _ = with_group_names([above.cells, filled[start].cells])
    told_apart = {(g.strip(), c.strip()) for g, c in zip(groups, filled[start].cells, strict=True) if c.strip()}
    return above.filled >= LEAST_GROUP_NAMES and len(told_apart) > len(set(names))


def _continues_header(record: Record, header: Record, typed: Sequence[int], width: int) -> bool:
    if record.fault or len(record.cells) != width:
        return False
    if [c.strip() for c in record.cells] == [c.strip() for c in header.cells]:
        return True
    kinds = [kind_of(c) for c in record.cells]
    if "number" in kinds or "when" in kinds or any(kinds[j] == "missing" for j in typed):
        return False  # A dash above texts says that they have no unit.
    if "missing" in kinds and not all(kinds[j] in {"word", "mark"} for j in typed):
        return False
    return any(kinds[j] in {"word", "mark"} for j in typed)


def _recurs(record: Record, body: Sequence[Record], typed: Sequence[int]) -> bool:
    """Tell whether the words that a line has in columns of numbers stand there again below: they say why there is none."""
    words = [j for j in typed if kind_of(record.cells[j]) in {"word", "mark"}]
    return bool(words) and all(sum(r.cells[j] == record.cells[j] for r in body) > 1 for j in words)


def _values(body: Sequence[Record], j: int) -> list[str]:
    return [r.cells[j] for r in body[:SAMPLE_ROWS] if kind_of(r.cells[j]) not in {"empty", "missing"}]


def _end(filled: Sequence[Record], start: int, width: int) -> int:
    """Return the index of the first record that is no longer part of the table."""
    end = _next_table(filled, start, width)
    notes = end
    while notes > start + 1 and _is_note(filled[notes - 1], width):
        notes -= 1
    rows = notes - start
    sparse = sum(_is_note(r, width) for r in filled[start:notes])
    few = end - notes <= max(3, MOST_FOOTNOTES_SHARE * rows)
    return notes if few and sparse <= SPARSE_SHARE * rows else end


def _is_note(record: Record, width: int) -> bool:
    """Tell whether a record looks like a line of text below a table: one filled cell, the first, or a count of the rows."""
    if width < 2 or record.fault:
        return False
    if _COUNTS_ROWS.fullmatch(" ".join(record.cells).strip()) or _SAYS_SOURCE.match(record.cells[0].strip()):
        return True
    if width == 2:
        return len(record.cells) == 1
    return bool(record.cells[0].strip()) and not "".join(record.cells[1:]).strip()


def _next_table(filled: Sequence[Record], start: int, width: int) -> int:
    """Return where a second table begins: another header like the first, or after a gap rows of another width."""
    names = [c.strip() for c in filled[start].cells]
    last = max(i for i, r in enumerate(filled) if len(r.cells) == width or i == start)
    for i in range(start + MOST_HEADER_LINES, len(filled)):
        record = filled[i]
        if record.cells[0].strip() == names[0] and _begins_like(record.cells, names):
            return i
        gap = record.line > filled[i - 1].line + filled[i - 1].lines
        if gap and i > last and len(filled) - i >= LEAST_ROWS_OF_NEXT_TABLE:
            return i
    return len(filled)


def _begins_like(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Tell whether cells are names of a table that has some columns more or fewer."""
    found = [c.strip() for c in cells]
    common = min(len(found), len(names))
    return found != names and common >= max(2, 0.7 * len(names)) and found[:common] == names[:common]


USUAL_DELIMITERS = {",", ";", "\t", "|"}


@dataclass(frozen=True)
class Parts:
    """The lines of a text by what they are: above the table, its header, its body, below it."""

    above: str
    header: str
    body: str
    below: str
    first_line: int
    # The place of the whole body in the text, of which `body` may be the beginning only.
    place: tuple[int, int] = (0, 0)


def region_notices(parts: Parts, plan: ReadPlan, lines: Lines) -> list[Notice]:
    """Report what was left out above and below the table, and unusual marks."""
    notices = []
    if lines.preamble:
        notices.append(notice("preamble", count=lines.preamble, example=parts.above.strip()))
    if lines.footnote:
        notices.append(notice("footnotes", count=lines.footnote, example=parts.below.strip()))
    if plan.header_row is None:
        notices.append(notice("no_header", example=parts.body.split("\n", 1)[0]))
    elif plan.header_rows > 1 and parts.header.strip().count("\n"):
        notices.append(notice("joined_header", count=plan.header_rows, example=parts.header.strip()))
    if plan.delimiter not in USUAL_DELIMITERS and plan.delimiter in TRUST:
        shown: Value = Message("spaces") if plan.delimiter in {SPACES, " "} else repr(plan.delimiter)
        notices.append(notice("unusual_delimiter", delimiter=shown, example=parts.header or parts.body[:100]))
    if plan.quote not in {'"', ""}:
        notices.append(notice("quote", quote=plan.quote))
    if plan.escape:
        notices.append(notice("escape", escape=repr(plan.escape)[1:-1]))
    return notices


def name_notices(names: Names, header: Sequence[str] | None) -> tuple[Notice, ...]:
    """Report where names were made up or numbered."""
    notices = []
    if header is not None and names.made_up:
        notices.append(notice("made_up_names", count=len(names.made_up), example=names.names[names.made_up[0]]))
    if names.renamed:
        notices.append(notice("renamed", count=len(names.renamed), example=names.names[names.renamed[0]]))
    return tuple(notices)
