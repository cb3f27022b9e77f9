"""Excel workbooks (.xlsx) -> texts: the first sheet with cells, its table found as in a text file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Notice, ReadPlan
from dldiag.data.io.dialect import Record
from dldiag.data.io.header import unique_names, with_group_names
from dldiag.data.io.limits import MIB, Limits, drawn_rows, most_rows
from dldiag.data.io.notices import notice
from dldiag.data.io.raw_table import Lines, TypedTable, check_unpacked, raw_table
from dldiag.data.io.table_bounds import Parts, find_region, given_region, name_notices, region_notices

EXACT_INTEGERS = 1e15  # Whole floats below it are written without a point.
MOST_RATIO = 100  # A packed byte of a real workbook unpacks to 4 to 20.
FREE_BYTES = 64 * MIB  # The ratio does not matter where fewer bytes are unpacked.
_STYLES, _ZEROS = "xl/styles.xml", re.compile(rb'formatCode="00+"')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
WIDE_COLUMNS = 1000  # A sheet with more columns must be filled.
LEAST_FILLED_SHARE = 0.01  # A wide sheet that is filled to a smaller share holds a stray cell far to the right.


def _openpyxl() -> Any:
    """Return the library for Excel files: loaded when one comes, and not installed everywhere."""
    try:
        return import_module("openpyxl")
    except ModuleNotFoundError as error:
        what = Message("Excel files need the package openpyxl, which is not installed.")
        raise DataError(
            what, Message("Install it (pip install 'dldiag[excel]'), or export the table as CSV.")
        ) from error


def read_excel(data: bytes, plan: ReadPlan, limits: Limits, choices: Mapping[str, Any] | None = None) -> TypedTable:
    """Read a sheet; DataError when there is none like that or it has too many cells.

    choices: what was chosen by hand, when the plan does not say yet where the table stands; None when it does.
    """
    openpyxl = _openpyxl()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_packing(sum(i.file_size for i in archive.infolist()), len(data), limits)
        padded = _STYLES in archive.namelist() and _ZEROS.search(archive.read(_STYLES)) is not None
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets = [s for s in book.worksheets if s.sheet_state == "visible"] or list(book.worksheets)
    sheet, rows = _chosen_sheet(sheets, plan.sheet, limits, padded)
    merged = _fill_merged(rows, _merged_down(data, next(s for s in sheets if s.title == sheet)))
    rows = _without_empty_left(rows)
    if not rows or not rows[0]:
        raise DataError(Message("The sheet {sheet} is empty.", {"sheet": sheet}), Message("Choose another sheet."))
    plan = replace(plan if choices is None else _placed(plan, rows, choices), sheet=sheet)
    _check_place(plan, len(rows))
    notices = [notice("sheet", count=len(sheets), sheet=sheet)] if len(sheets) > 1 else []
    notices += [notice("merged_cells", count=merged)] if merged else []
    return _from_sheet(rows, plan, len(rows[0]), limits, notices)


def _check_packing(size: int, packed: int, limits: Limits) -> None:
    check_unpacked(size, limits)
    if size > FREE_BYTES and size > MOST_RATIO * packed:
        raise DataError(
            Message(
                "The workbook unpacks to {size:,} MiB from {packed:,} bytes.", {"size": size // MIB, "packed": packed}
            ),
            Message("Export the table as CSV."),
        )


def _placed(plan: ReadPlan, rows: list[list[str]], choices: Mapping[str, Any]) -> ReadPlan:
    """Decide where the table stands among the rows, as far as that was not chosen by hand."""
    found = find_region([Record(i, 1, r) for i, r in enumerate(rows)], len(rows))
    region = given_region(found, choices)
    place = {
        "header_row": region.header_row,
        "header_rows": region.header_rows or 1,
        "first_row": region.first_row,
        "footer_rows": region.footer_rows,
    }
    return replace(plan, **{name: choices.get(name, value) for name, value in place.items()})


def _check_place(plan: ReadPlan, n_rows: int) -> None:
    last = max(plan.first_row, 0 if plan.header_row is None else plan.header_row + max(1, plan.header_rows))
    if last + plan.footer_rows > n_rows:
        raise DataError(
            Message("The sheet has {rows:,} rows; header and footnotes take more.", {"rows": n_rows}),
            Message("Rows are counted from 0; choose a header row within the sheet."),
        )


def _chosen_sheet(sheets: Sequence[Any], wanted: str, limits: Limits, padded: bool) -> tuple[str, list[list[str]]]:
    """Return the sheet asked for, else the first with two columns and two rows, else the first that is not empty."""
    names = [s.title for s in sheets]
    if wanted and wanted not in names:
        raise DataError(
            Message("The workbook has no sheet named {sheet}.", {"sheet": wanted}),
            Message("Its sheets are: {names}.", {"names": ", ".join(names)[:300]}),
        )
    written: tuple[str, list[list[str]]] | None = None  # The first sheet that holds a note.
    for sheet in sheets:
        if wanted in ("", sheet.title):
            rows = _sheet_rows(sheet, limits, padded)
            if wanted or (len(rows) > 1 and len(rows[0]) > 1):
                return sheet.title, rows
            written = written or ((sheet.title, rows) if rows else None)
    if written:
        return written
    raise DataError(Message("The workbook is empty."), Message("Take a workbook that has rows."))


def _sheet_rows(sheet: Any, limits: Limits, padded: bool) -> list[list[str]]:
    """Return the cells of a sheet as texts; padded: some cells may be shown with zeros before them, as codes are."""
    rows: list[list[str]] = []
    cells = 0
    for values in sheet.iter_rows(values_only=not padded):
        row = [_shown_text(v) for v in values] if padded else [_excel_text(v) for v in values]
        cells += len(row)
        if cells > limits.max_cells or len(row) > limits.max_columns:
            raise DataError(
                Message("The sheet has more than {most:,} cells.", {"most": limits.max_cells}),
                Message("Export the table as CSV or Parquet, which are read in samples."),
            )
        rows.append(row)
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((j + 1 for r in rows for j, c in enumerate(r) if c), default=0)
    _check_filled(rows, width)
    return [(r + [""] * width)[:width] for r in rows]


def _merged_down(data: bytes, sheet: Any) -> list[tuple[int, int, int]]:
    """Return the column, the first and the last row (from 0) of every cell that is merged with those below it, as the file says."""
    path = getattr(sheet, "_worksheet_path", "")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if path not in archive.namelist() or archive.getinfo(path).file_size > FREE_BYTES:
            return []
        found = _MERGED.findall(archive.read(path))
    places = [(_column_of(first), int(top) - 1, int(bottom) - 1) for first, top, last, bottom in found if first == last]
    return [place for place in places if place[1] < place[2]]


def _column_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _fill_merged(rows: list[list[str]], merged: Sequence[tuple[int, int, int]]) -> int:
    """Write the text of a merged cell into the rows that it covers, and return how many cells were filled."""
    count = 0
    for column, top, bottom in merged:
        if top < len(rows) and column < len(rows[top]) and rows[top][column]:
            for row in rows[top + 1 : bottom + 1]:
                if not row[column]:
                    row[column], count = rows[top][column], count + 1
    return count


def _without_empty_left(rows: list[list[str]]) -> list[list[str]]:
    """Return rows without the empty columns to the left of a table that begins further right."""
    first = min((j for row in rows for j, cell in enumerate(row) if cell), default=0)
    return [row[first:] for row in rows] if first else rows


def _check_filled(rows: list[list[str]], width: int) -> None:
    filled = sum(1 for r in rows for c in r if c) if width >= WIDE_COLUMNS else 0
    if width >= WIDE_COLUMNS and filled < LEAST_FILLED_SHARE * width * len(rows):
        raise DataError(
            Message(
                "The sheet is {width:,} columns wide, but only {filled:,} of its {cells:,} cells are filled.",
                {"width": width, "filled": filled, "cells": width * len(rows)},
            ),
            Message("Delete the stray cell on the far right and save the file again."),
        )


def _excel_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_INTEGERS:
        return str(int(value))
    text = str(value)
    return text.removesuffix(" 00:00:00") if hasattr(value, "year") else text


def _shown_text(cell: Any) -> str:
    """Return the text of a cell, a whole number with the zeros that its format, 00000, shows before it."""
    text = _excel_text(cell.value)
    is_whole = isinstance(cell.value, int | float) and text.isdecimal()
    return text.zfill(len(cell.number_format)) if is_whole and set(cell.number_format) == {"0"} else text


def _from_sheet(rows: list[list[str]], plan: ReadPlan, width: int, limits: Limits, notices: list[Notice]) -> TypedTable:
    end = len(rows) - plan.footer_rows
    body = [r for r in rows[plan.first_row : end] if any(r)]
    before = plan.first_row if plan.header_row is None else plan.header_row
    header = _sheet_header(rows, plan)
    names = unique_names(header or [], width)
    lines = Lines(
        total=len(rows),
        header=plan.first_row - before,
        preamble=before,
        footnote=plan.footer_rows,
        blank=max(0, end - plan.first_row) - len(body),
        read=len(body),
    )
    notices = [*notices, *region_notices(_parts(rows, plan), plan, lines), *name_notices(names, header)]
    notices += [notice("blank_end", count=lines.blank)] if lines.blank else []
    keep = drawn_rows(len(body), most_rows(width, limits), limits.seed)
    kept = body if keep is None else [body[i] for i in keep]
    if keep is not None:
        notices.append(notice("sampled", kept=len(kept), rows=len(body), seed=limits.seed))
    return TypedTable(names.names, raw_table(kept, width), plan, lines, len(body), {}, tuple(notices))


def _sheet_header(rows: list[list[str]], plan: ReadPlan) -> list[str] | None:
    if plan.header_row is None:
        return None
    above = with_group_names(rows[plan.header_row : plan.header_row + max(1, plan.header_rows)])
    return [" ".join(dict.fromkeys(c.strip() for c in column if c.strip())) for column in zip(*above, strict=True)]


def _parts(rows: list[list[str]], plan: ReadPlan) -> Parts:
    """Return the rows by what they are, as texts that can be shown; of the body the first one."""
    first = plan.first_row
    before, end = first if plan.header_row is None else plan.header_row, len(rows) - plan.footer_rows
    return Parts(
        _lines(rows[:before]), _lines(rows[before:first]), _lines(rows[first : first + 1]), _lines(rows[end:]), first
    )


def _lines(rows: list[list[str]]) -> str:
    return "".join(_shown(row) + "\n" for row in rows)


def _shown(row: list[str]) -> str:
    return " | ".join(c for c in row if c)
