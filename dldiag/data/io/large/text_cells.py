"""Counting over the records of a text: PyArrow cuts them into cells, block by block."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from dldiag.core.types import FileTotals, ReadPlan
from dldiag.data.io.dialect import SPACES
from dldiag.data.io.large.file_counts import FileCounts, Hashes, hash_rows
from dldiag.data.io.large.row_draw import Strata

_Cells = list[pa.Array] | None


class TextCounts:
    """What all records of a text hold. A class because it sees them in blocks, and learns from the first what is a number."""

    def __init__(self, plan: ReadPlan) -> None:
        self._plan = plan
        self._types: dict[str, pa.DataType] = {}  # Each name here stands for the place of a column.
        self._counts: FileCounts | None = None
        self._strata = Strata()

    def add(self, block: bytes, found: pa.ChunkedArray) -> _Cells:
        """Look at the next records, as one block and one by one; return their cells by column, None where they do not fit."""
        cells = self._cut(block, len(found))
        if self._counts is None:
            self._counts = FileCounts(0 if cells is None else len(cells))
        if cells is None:
            self._counts.add_uncut(hash_records(found))
        else:
            self._counts.add(cells, hash_rows(cells))
        return cells

    def strata(self, cells: _Cells, target: int, rows: int) -> NDArray[np.int64]:
        """Return the stratum of every record by its target: (rows,)."""
        known = cells is not None and 0 <= target < len(cells)
        return self._strata.of(cells[target] if known and cells is not None else None, rows)

    def groups(self, cells: _Cells, group: int, found: pa.Table, seed: int) -> Hashes:
        """Return a hash of every record's group: (rows,); a record that cannot be cut is a group of its own."""
        if cells is None or group >= len(cells):
            return hash_records(found.column(0))
        return hash_rows([cells[group], pa.array(np.full(len(cells[group]), seed))])

    def totals(self, drawn_by: str) -> FileTotals:
        """Return what was counted; columns are named by their places."""
        counts = self._counts or FileCounts(0)
        return counts.totals([*self._types], drawn_by)

    def _cut(self, block: bytes, rows: int) -> _Cells:
        """Return the cells by column; None where records have other numbers of cells, or cannot be cut this way."""
        if not _can_be_cut(self._plan):
            return None
        try:
            table = self._parsed(block)
        except pa.ArrowInvalid:
            table = self._parsed_as_text(block)
        if table is None or table.num_rows != rows or (self._types and table.num_columns != len(self._types)):
            return None
        if not self._types:
            self._types = {name: _kept_type(table.schema.field(name).type) for name in table.column_names}
        cells = []
        for name, kind in self._types.items():
            column = table.column(name).combine_chunks()
            column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
            cells.append(column if column.type == kind else column.cast(kind))
        return cells

    def _parsed(self, block: bytes) -> pa.Table:
        plan = self._plan
        return pyarrow.csv.read_csv(
            pa.BufferReader(block),
            read_options=pyarrow.csv.ReadOptions(
                use_threads=False, block_size=len(block) + 1, encoding=plan.encoding.removesuffix("-sig"),
                column_names=[*self._types] or None, autogenerate_column_names=not self._types,
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=plan.delimiter, quote_char=plan.quote or False, escape_char=plan.escape or False,
                newlines_in_values=True,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=self._types or None, strings_can_be_null=True, quoted_strings_can_be_null=True,
                null_values=["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", *plan.missing],
                decimal_point=plan.decimal,
            ),
        )  # fmt: skip

    def _parsed_as_text(self, block: bytes) -> pa.Table | None:
        """Parse once more where a column of numbers holds something else from here on: it is a column of texts."""
        known, self._types = self._types, dict.fromkeys(self._types, pa.string())
        try:
            table = self._parsed(block) if known else None
        except pa.ArrowInvalid:
            table = None
        self._types = known
        if table is not None:
            self._types = {
                name: kind if _casts(table.column(name), kind) else pa.string() for name, kind in known.items()
            }
        return table


def _can_be_cut(plan: ReadPlan) -> bool:
    marks = (plan.quote, plan.escape)
    one_byte = len(plan.delimiter) == 1 and plan.delimiter.isascii() and plan.delimiter != SPACES
    return plan.format == "csv" and one_byte and all(len(mark) <= 1 and mark.isascii() for mark in marks)


def _kept_type(kind: pa.DataType) -> pa.DataType:
    return pa.float64() if pa.types.is_integer(kind) or pa.types.is_floating(kind) else pa.string()


def _casts(column: pa.ChunkedArray, kind: pa.DataType) -> bool:
    try:
        column.cast(kind)
    except pa.ArrowInvalid:
        return False
    return True


def hash_records(found: pa.ChunkedArray) -> Hashes:
    """Return a hash of the bytes of every record: (rows,)."""
    digests = (hashlib.blake2b(one.strip(), digest_size=8).digest() for one in found.to_pylist())
    return np.frombuffer(b"".join(digests), np.uint64).copy()
