"""Parse a text by its plan: header, rows, an account of every line, and the notices about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Notice, ReadPlan
from dldiag.data.io.arrow_csv import read_body
from dldiag.data.io.dialect import SPACES, Dialect, loose_cells, records
from dldiag.data.io.header import Names, may_be_row, unique_names, with_group_names
from dldiag.data.io.header_fit import fit_header, join_cut_column, with_lacking
from dldiag.data.io.limits import Limits, drawn_rows, most_rows
from dldiag.data.io.notices import notice
from dldiag.data.io.raw_table import Lines
from dldiag.data.io.repair_rows import REPAIRS, Account
from dldiag.data.io.sniff import dialect_of
from dldiag.data.io.source import Text
from dldiag.data.io.table_bounds import Parts, name_notices, region_notices

WIDTH_RECORDS = 1000
DOUBT_ROWS = 200  # The first line is compared with so many rows.
LOOKED_AT_CHARS = 1 << 22  # The width of a body and the fit of its header are found from its first characters.
HEADER_WIDTH_SHARE = 0.3  # The header's width is the table's if this share of the rows has it.
LEAST_WIDE_ROWS = 3  # The header's width is also the table's if this many rows have it and none is wider.
# A table has columns of fixed width if this share of the cells of its single column holds runs of blanks.
FIXED_SHARE = 0.5
_MARKED_NAME = re.compile(r"[#%] ?([^\W\d]\S*)")  # "# of peaks" is a name.
UNEVEN_SHARE = 0.8  # The delimiter is doubted if a smaller share of the rows is sound.


@dataclass(frozen=True, eq=False)
class Gathered:
    """A table of texts with its names, its account of lines and its notices."""

    names: tuple[str, ...]
    table: pa.Table
    lines: Lines
    notices: tuple[Notice, ...]
    rows_in_file: int


@dataclass(frozen=True, eq=False)
class CutText:
    """The parts of a text, its whole body, and its size: what is read of it, so that the text itself need not be kept."""

    parts: Parts
    body: str | memoryview
    lines: int
    chars: int


def cut_text(text: Text, plan: ReadPlan) -> CutText:
    """Cut a text into its parts by a plan. DataError when the plan's header does not stand in it."""
    _check_header(text, plan)
    parts = split_parts(text.text, plan, LOOKED_AT_CHARS if text.source else 0)
    return CutText(parts, _whole_body(text, parts), text.lines, len(text.text))


def gather_rows(text: CutText, plan: ReadPlan, limits: Limits) -> Gathered:
    """Read a text strictly by its plan."""
    dialect, parts = dialect_of(plan), text.parts
    header = header_cells(parts.header, dialect)
    odd = _odd_quotes(parts.header, dialect)
    width = body_width(parts, dialect, header)
    _check_width(max(width, len(header or ())), limits)
    fit = fit_header(header, width, parts, dialect)
    header, notices = fit.names, fit.notices
    table, account = read_body(text.body, dialect, fit.width or width, parts.first_line, header)
    table = with_lacking(join_cut_column(table, fit.cut_column, dialect), len(header or ()))
    width = table.num_columns
    _check_rows(text, table, account)
    _check_cells(text, table, limits)
    names = unique_names(header or [], width)
    names, table, dropped = drop_empty_columns(names, table)
    lines, rows = account_lines(text, parts, account), table.num_rows
    keep = drawn_rows(rows, most_rows(table.num_columns, limits), limits.seed)
    if keep is not None:
        table = table.take(pa.array(keep))
        notices += (notice("sampled", kept=len(keep), rows=rows, seed=limits.seed),)
    doubts = _doubted_header(header, table, plan) + _fixed_width(table) + odd
    notices += doubts + name_notices(names, header) + dropped + account_notices(account)
    return Gathered(names.names, table, lines, (*region_notices(parts, plan, lines), *notices), rows)


def _doubted_header(header: Sequence[str] | None, table: pa.Table, plan: ReadPlan) -> tuple[Notice, ...]:
    """Report names that may be a row of words like those below them."""
    if header is None or plan.header_rows != 1 or table.num_columns < 2 or plan.header_row:
        return ()
    rows = list(zip(*(c.to_pylist() for c in table.slice(0, DOUBT_ROWS).columns), strict=True))
    doubted = may_be_row(header, [[cell or "" for cell in row] for row in rows])
    return (notice("doubted_header", example=", ".join(header)),) if doubted else ()


def _fixed_width(table: pa.Table) -> tuple[Notice, ...]:
    """Report a single column whose cells hold runs of blanks: columns of fixed width, which are not cut."""
    if table.num_columns != 1 or not table.num_rows:
        return ()
    cells = table.column(0).slice(0, WIDTH_RECORDS)
    count = pc.sum(pc.match_substring_regex(cells, r"\S {2,}\S")).as_py() or 0
    return (notice("fixed_width", count=count, total=len(cells)),) if count >= FIXED_SHARE * len(cells) else ()


def _odd_quotes(header: str, dialect: Dialect) -> tuple[Notice, ...]:
    """Report header lines whose quotes do not follow the rules."""
    faulty = [r.cells[0] for r in records(header, dialect) if r.fault]
    return (notice("bare_quotes", count=len(faulty), example=faulty[0]),) if faulty else ()


def _whole_body(text: Text, parts: Parts) -> str | memoryview:
    """Return the lines of the table; where only their beginning was cut out, all of them as they stand in the file."""
    begin, end = parts.place
    if end - begin == len(parts.body):
        return parts.body
    after = len(text.text[end:].encode())
    return memoryview(text.source)[len(text.text[:begin].encode()) : len(text.source) - after]


def split_parts(text: str, plan: ReadPlan, most: int = 0) -> Parts:
    """Cut a text at the lines that the plan names; of a body longer than twice `most` only so much of its beginning."""
    header_at = plan.first_row if plan.header_row is None else plan.header_row
    first = plan.first_row if plan.header_row is None else max(plan.first_row, header_at + 1)
    start = line_offset(text, header_at)
    header_end = (
        start if plan.header_row is None else line_offset(text, header_at + max(1, plan.header_rows), start, header_at)
    )
    body = line_offset(text, first, start, header_at)
    end = max(body, footer_offset(text, plan.footer_rows))
    cut = end if not most or end - body <= 2 * most else text.rfind("\n", body, body + most) + 1 or end
    above = text[:start] + text[header_end:body]
    return Parts(above, text[start:header_end], text[body:cut], text[end:], first, (body, end))


def line_offset(text: str, line: int, position: int = 0, at: int = 0) -> int:
    """Return where a line begins (the end of the text when it has fewer lines)."""
    while at < line:
        position = text.find("\n", position) + 1
        if position == 0:
            return len(text)
        at += 1
    return position


def footer_offset(text: str, lines: int) -> int:
    """Return where the last lines of a text begin."""
    position = len(text) - text.endswith("\n")
    for _ in range(lines):
        position = text.rfind("\n", 0, max(0, position))
        if position < 0:
            return 0
    return len(text) if lines == 0 else position + 1


def header_cells(header: str, dialect: Dialect) -> list[str] | None:
    """Return the names of the header lines, joined column by column; None when there is no header."""
    rows = [r for r in records(header, dialect) if not r.blank and not r.is_rule]
    if not rows:
        return None
    cut = [r.cells if not r.fault else loose_cells(r.cells[0], dialect) for r in rows]
    cut = with_group_names(_without_import_ids(cut))
    columns = [[r[j].strip() for r in cut if j < len(r)] for j in range(max(map(len, cut)))]
    return _without_mark([" ".join(c for c in column if c) for column in columns], dialect)


def _without_mark(names: list[str], dialect: Dialect) -> list[str]:
    """Return names without the mark of a comment before the first, as files for plotting have it between blanks or tabs."""
    if dialect.delimiter in (SPACES, " ", "\t") and names and (found := _MARKED_NAME.fullmatch(names[0])):
        return [found[1], *names[1:]]
    return names


def _without_import_ids(rows: list[list[str]]) -> list[list[str]]:
    """Return the names alone where Qualtrics wrote its questions and the marks of its import below them."""
    return rows[:1] if any(cell.startswith('{"ImportId"') for row in rows[1:] for cell in row) else rows


def body_width(parts: Parts, dialect: Dialect, header: Sequence[str] | None) -> int:
    """Return how many cells a row has: what most rows have, the header's number where enough rows agree."""
    sample = islice(records(parts.body, dialect, 0, None), WIDTH_RECORDS)
    widths = [len(r.cells) for r in sample if not r.blank and not r.fault]
    if not widths:
        faulty = next((r for r in records(parts.body, dialect) if r.fault), None)
        return len(header) if header else len(loose_cells(faulty.cells[0], dialect)) if faulty else 0
    usual = max(set(widths), key=lambda w: (widths.count(w), w))
    if header and widths.count(len(header)) >= HEADER_WIDTH_SHARE * len(widths):
        return len(header)
    if header and max(widths) == len(header) and widths.count(len(header)) >= LEAST_WIDE_ROWS:
        return len(header)  # The other rows are short of cells at their end.
    return usual


def _check_width(width: int, limits: Limits) -> None:
    if width > limits.max_columns:
        raise DataError(
            Message(
                "The table has {width:,} columns; the limit is {limit:,}.",
                {"width": width, "limit": limits.max_columns},
            ),
            Message("Choose another delimiter if that is wrong, leave columns out, or raise the limit."),
        )
    if width == 0:
        raise DataError(Message("No table was found in the file."), Message("Check the header line and the delimiter."))


def _check_header(text: Text, plan: ReadPlan) -> None:
    end = 0 if plan.header_row is None else plan.header_row + plan.header_rows
    if end > text.lines:
        raise DataError(
            Message(
                "The file has {rows:,} lines, and its header would end at line {end:,}.",
                {"rows": text.lines, "end": end},
            ),
            Message("Rows are counted from 0; choose a header within the file."),
        )


def _check_cells(text: CutText, table: pa.Table, limits: Limits) -> None:
    if text.chars <= limits.max_cell_chars:
        return
    some = (c for c in table.columns if any(part.nbytes > limits.max_cell_chars for part in c.chunks))
    long = [c for c in some if (pc.max(pc.binary_length(c)).as_py() or 0) > limits.max_cell_chars]
    longest = max((pc.max(pc.utf8_length(c)).as_py() for c in long), default=0)
    if longest > limits.max_cell_chars:
        raise DataError(
            Message(
                "A cell has {longest:,} characters; the limit is {limit:,}.",
                {"longest": longest, "limit": limits.max_cell_chars},
            ),
            Message("A quote may be open, or the delimiter wrong; choose them by hand, or raise the limit."),
        )


def _check_rows(text: CutText, table: pa.Table, account: Account) -> None:
    if table.num_rows == 0 and account.records["set_aside"]:
        raise DataError(
            Message("No line has the number of cells of the header, so there is no table to read."),
            Message("Choose the header line and the delimiter by hand, or upload the table itself."),
        )
    if text.lines <= 1 and table.num_columns == 1:
        raise DataError(Message("The file holds one cell only."), Message("Upload a table with rows and columns."))


def drop_empty_columns(names: Names, table: pa.Table) -> tuple[Names, pa.Table, tuple[Notice, ...]]:
    """Leave out columns that have neither a name nor any value, as lines between bars and doubled delimiters have.

    Those at the edges are as good as none; those between others are reported.
    """
    if len(names.made_up) == len(names.names):
        return names, table, ()
    empty = {j for j in names.made_up if _is_empty(table.column(j))}
    kept = [j for j in range(table.num_columns) if j not in empty]
    if not empty or not kept:
        return names, table, ()
    place = {old: new for new, old in enumerate(kept)}
    made_up, renamed = (tuple(place[j] for j in places if j in place) for places in (names.made_up, names.renamed))
    between = len([j for j in empty if kept[0] < j < kept[-1]])
    reported = between if table.num_rows else len(empty)
    notices = (notice("empty_column_dropped", count=reported),) if reported else ()
    return Names(tuple(names.names[j] for j in kept), made_up, renamed), table.select(kept), notices


def _is_empty(column: pa.ChunkedArray) -> bool:
    filled = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0)
    return not pc.any(filled).as_py()


def account_lines(text: CutText, parts: Parts, account: Account) -> Lines:
    """Count every line of the text by what became of it."""
    above, below = parts.above.split("\n")[:-1], parts.below.removesuffix("\n").split("\n") if parts.below else []
    blank_above = sum(not line.strip() for line in above)
    blank_below = sum(not line.strip() for line in below)
    header = parts.header.count("\n") + (bool(parts.header) and not parts.header.endswith("\n"))
    counts = account.lines
    return Lines(
        total=text.lines,
        header=header,
        preamble=len(above) - blank_above,
        footnote=len(below) - blank_below,
        blank=blank_above + blank_below + counts["blank"] + counts["blank_end"],
        read=counts["read"] + counts["blank_rows"],
        repaired=sum(counts[r] for r in REPAIRS),
        set_aside=counts["set_aside"] + counts["repeated_header"] + counts["rule"],
    )


def account_notices(account: Account) -> tuple[Notice, ...]:
    """Report what was repaired, set aside or left out, each with an example line."""
    codes = (*REPAIRS, "set_aside", "blank_rows", "blank_end", "repeated_header", "rule")
    notices = [
        notice(c, count=account.lines[c], example=account.examples.get(c, "")) for c in codes if account.lines[c]
    ]
    rows = sum(account.records[c] for c in ("read", "set_aside", *REPAIRS))
    if rows and account.records["read"] + account.records["bare_quotes"] < UNEVEN_SHARE * rows:
        notices.append(notice("uneven", count=account.records["read"], total=rows))
    return tuple(notices)
