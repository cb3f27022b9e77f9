"""A header of another width than the rows: names laid on the columns that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from dldiag.core.types import Notice
from dldiag.data.io.column_profile import ColumnProfile, profiles
from dldiag.data.io.dialect import Dialect, cells_at_width, records
from dldiag.data.io.header import name_fit, names_rows, split_glued
from dldiag.data.io.notices import notice
from dldiag.data.io.repair_rows import cells_with_other_delimiter
from dldiag.data.io.table_bounds import Parts

_SAMPLE_RECORDS = 1000
LEAST_NAMED_ROWS = 3  # First cells are names of rows if they differ in at least this many rows.
EVEN_SHARE = 0.8  # Names too many have no cells below them if this share of the rows has one width.
_CUT_SHARE = 0.9  # A cell was cut if its second part begins with a blank in this share of the rows.
_COMMENT_MARKS = ("#", "%", "//", ";")
ROW_NAMES = "row"  # A column of row names gets this name.


@dataclass(frozen=True)
class HeaderFit:
    """Names for the columns as they are read, and which column was cut by a delimiter within its cells (else None)."""

    names: list[str] | None
    notices: tuple[Notice, ...] = ()
    cut_column: int | None = None
    width: int = 0  # Rows of this width are read; 0 takes what most rows have.


def fit_header(header: list[str] | None, width: int, parts: Parts, dialect: Dialect) -> HeaderFit:
    """Lay names on columns where that is certain, and report where it is not."""
    if header is None or len(header) == width or not width:
        return HeaderFit(header)
    found = [r.cells for r in islice(records(parts.body, dialect), _SAMPLE_RECORDS) if not r.fault and not r.blank]
    rows = [r for r in found if len(r) == width]
    if len(header) < width:
        return _too_few_names(header, rows, width, parts, dialect)
    fit = _too_many_names(header, width, parts, dialect)
    are_even = len(rows) >= LEAST_NAMED_ROWS and len(rows) >= EVEN_SHARE * len(found)
    return fit if are_even or len(fit.names or ()) == width else replace(fit, width=len(header))


def _too_many_names(header: list[str], width: int, parts: Parts, dialect: Dialect) -> HeaderFit:
    filled = [c for c in header if c.strip()]
    if not any(c.strip() for c in header[width:]):
        return HeaderFit(header[:width])
    line = parts.header.strip("\n")
    if len(filled) == width + 1 and header[0] in _COMMENT_MARKS:
        return HeaderFit(header[1:], (notice("header_repaired", example=line),))
    if len(filled) == width:
        return HeaderFit(filled, (notice("header_repaired", example=line),))
    joined = _join_after_blank(line.split(dialect.delimiter), dialect.delimiter) if dialect.delimiter else None
    if joined is not None and len(joined) == width:
        return HeaderFit(joined, (notice("header_repaired", example=line),))
    # Quotes that the dialect has read show where to cut.
    by_rules = not dialect.quote or not any(dialect.quote in cell for cell in header)
    recut = None if by_rules and dialect.quote in line else _recut(line, width, dialect)
    return recut or HeaderFit(header, (_unlike(header, width, line),))


def _join_after_blank(cells: Sequence[str], delimiter: str) -> list[str] | None:
    """Return names with the one that begins with a blank joined to the name before it: Price, USD."""
    after = [j for j, c in enumerate(cells) if j and c.startswith(" ") and c.strip()]
    if len(after) != 1 or not cells[after[0] - 1].strip():
        return None
    j = after[0]
    return [*cells[: j - 1], cells[j - 1] + delimiter + cells[j], *cells[j + 1 :]]


def _recut(line: str, width: int, dialect: Dialect) -> HeaderFit | None:
    """Cut the header in another way that gives the rows' width: by its quotes, or by another delimiter."""
    if dialect.quote and dialect.quote in line and (cut := cells_at_width(line, dialect, width)) is not None:
        return HeaderFit(cut, (notice("bare_quotes", count=1, example=line),))
    other = cells_with_other_delimiter(line, dialect, width, None)
    return None if other is None else HeaderFit([c or "" for c in other], (notice("header_repaired", example=line),))


def _too_few_names(
    header: list[str], rows: Sequence[Sequence[str]], width: int, parts: Parts, dialect: Dialect
) -> HeaderFit:
    line = parts.header.strip("\n")
    if dialect.quote and dialect.quote in line and (cut := cells_at_width(line, dialect, width)) is not None:
        return HeaderFit(cut, (notice("bare_quotes", count=1, example=line),))
    if len(header) == width - 1 and rows:
        if (fit := _one_name_short(header, rows, width, line)) is not None:
            return fit
        if not any(r[-1].strip() for r in rows):
            example = parts.body.split("\n", 1)[0]
            return HeaderFit(header, (notice("trailing_delimiter", width=len(header), example=example),))
    return _recut(line, width, dialect) or HeaderFit(header, (_unlike(header, width, line),))


def _one_name_short(header: list[str], rows: Sequence[Sequence[str]], width: int, line: str) -> HeaderFit | None:
    """Say which column has no name: the second part of a cut cell, the names of the rows, or one glued to the next."""
    if (cut := _cut_column(rows, width)) is not None:
        example = " | ".join(rows[0])
        return HeaderFit(header, (notice("delimiter_in_cells", name=header[cut], example=example),), cut)
    columns = profiles(rows, width)
    glued = split_glued(header, columns)
    if _are_row_names(header, rows, columns) and (
        glued is None or name_fit(glued, columns) < _shifted(header, columns)
    ):
        return HeaderFit([ROW_NAMES, *header], (notice("row_names", name=ROW_NAMES, example=line),))
    return None if glued is None else HeaderFit(glued, (notice("header_repaired", example=line),))


def _cut_column(rows: Sequence[Sequence[str]], width: int) -> int | None:
    """Return the column whose next one always begins with a blank, as no other does: Smith, John."""
    blank = [sum(r[j].startswith(" ") for r in rows) >= _CUT_SHARE * len(rows) for j in range(width)]
    places = [j for j in range(1, width) if blank[j]]
    return places[0] - 1 if len(places) == 1 and not blank[0] and len(rows) >= LEAST_NAMED_ROWS else None


def _are_row_names(header: list[str], rows: Sequence[Sequence[str]], columns: Sequence[ColumnProfile]) -> bool:
    """Whether the first cells all differ, as R and pandas write row names, and the names fit no better without them.

    A first name that says identifier belongs to the first cells, unless the second ones all differ too.
    """
    first, second = ([r[j].strip() for r in rows] for j in (0, 1))
    if len(rows) < LEAST_NAMED_ROWS or len(set(first)) < len(first) or "" in first:
        return False
    if not any(r[-1].strip() for r in rows):
        return False  # Here every row ends with a delimiter.
    if names_rows(header[0]) and len(set(second)) < len(second):
        return False
    return _shifted(header, columns) >= name_fit(header, columns)


def _shifted(header: Sequence[str], columns: Sequence[ColumnProfile]) -> int:
    return name_fit(["", *header], columns)


def _unlike(header: list[str], width: int, line: str) -> Notice:
    return notice("header_width", header=len(header), width=width, example=line)


def join_cut_column(table: pa.Table, cut: int | None, dialect: Dialect) -> pa.Table:
    """Join a column with the next one: a delimiter within its cells had cut them."""
    if cut is None:
        return table
    mark = pa.scalar(dialect.delimiter, pa.large_string())
    left, right = table.column(cut), table.column(cut + 1)
    both = pc.binary_join_element_wise(left, right, mark)  # Null where one of them is.
    whole = pc.coalesce(both, left, right)
    columns = [*table.columns[:cut], whole, *table.columns[cut + 2 :]]
    return pa.Table.from_arrays(columns, names=[str(j) for j in range(len(columns))])


def with_lacking(table: pa.Table, width: int) -> pa.Table:
    """Add the columns at the end that have a name and no cell in any row."""
    for j in range(table.num_columns, width):
        table = table.append_column(str(j), pa.nulls(table.num_rows, pa.large_string()))
    return table
