"""Counting over all rows of a file, part by part: missing cells, ranges, values and rows that are equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.core.types import ColumnTotals, FileTotals

MOST_VALUES = 100  # A column with more different values is no class, and they are not counted.
# Equal rows are found by this many hashes, 256 MB; beyond, a random part of the hashes stands for the rest.
MOST_HASHES = 1 << 25
HASH_KEY = "dldiag row hash!"  # Pandas asks for 16 characters.
_MIX, _STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)  # Odd constants of SplitMix64 and xxHash.
_HALF = np.uint64(32)
_NOTHING = np.uint64(0x27D4EB2F165667C5)  # It stands for a missing cell.

Hashes = NDArray[np.uint64]


class RepeatedRows:
    """Counts rows that are equal to an earlier one, by their hashes. A class because it sees them in parts.

    Of more than MOST_HASHES hashes a half is kept, then a quarter …: which ones is decided by the hash itself, so that
    equal rows stay together and the count is that of the part times its inverse share.
    """

    def __init__(self) -> None:
        self._parts: list[Hashes] = []
        self._kept, self._halvings = 0, 0

    @property
    def is_exact(self) -> bool:
        """Whether all rows were counted."""
        return self._halvings == 0

    def add(self, hashes: Hashes) -> None:
        """Look at the hashes of the next rows."""
        self._parts.append(self._part_of(hashes))
        self._kept += len(self._parts[-1])
        while self._kept > MOST_HASHES:
            self._halvings += 1
            self._parts = [self._part_of(part) for part in self._parts]
            self._kept = sum(map(len, self._parts))

    def count(self) -> int:
        """Return how many rows are equal to an earlier one."""
        if not self._parts:
            return 0
        hashes = np.concatenate(self._parts)
        self._parts = []
        hashes.sort()
        return int((hashes[1:] == hashes[:-1]).sum()) << self._halvings

    def _part_of(self, hashes: Hashes) -> Hashes:
        return hashes[hashes & np.uint64((1 << self._halvings) - 1) == 0] if self._halvings else hashes


class ColumnCount:
    """What one column holds, counted in parts."""

    def __init__(self) -> None:
        self.missing = 0
        self.low, self.high = np.inf, -np.inf
        self.is_number = self.is_mixed = False  # A mixed column has numbers in some parts and texts in others.
        self.values: Counter[str] | None = Counter()

    def add(self, cells: pa.Array) -> None:
        """Look at the next cells."""
        self.missing += cells.null_count
        if _is_numeric(cells.type):
            self._add_range(cells)
        elif self.is_number:
            self.is_mixed = True
        if self.values is not None:
            self._add_values(cells)

    def _add_range(self, cells: pa.Array) -> None:
        self.is_number = True
        if pa.types.is_floating(cells.type):
            self.missing += pc.sum(pc.is_nan(cells)).as_py() or 0
        ends = pc.min_max(cells)
        if ends["min"].is_valid:
            self.low = min(self.low, float(ends["min"].as_py()))
            self.high = max(self.high, float(ends["max"].as_py()))

    def _add_values(self, cells: pa.Array) -> None:
        if pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_decode()
        found = pc.value_counts(cells)
        if len(found) > MOST_VALUES + 1 or pa.types.is_nested(cells.type):
            self.values = None
            return
        for one in found.to_pylist():
            if one["values"] is not None and one["values"] == one["values"]:
                self.values[written(one["values"])] += one["counts"]  # type: ignore[index]
        if self.values is not None and len(self.values) > MOST_VALUES:
            self.values = None

    def totals(self, name: str) -> ColumnTotals:
        """Return what was counted."""
        ranged = self.is_number and not self.is_mixed and self.low <= self.high
        low, high = (self.low, self.high) if ranged else (None, None)
        values = dict(sorted(self.values.items())) if self.values else None
        return ColumnTotals(name, self.missing, low, high, values)


def written(value: Any) -> str:
    """Return a value as a table's cell has it: whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


class FileCounts:
    """Counts over all rows of a file. A class because it sees them in parts."""

    def __init__(self, columns: int) -> None:
        self._columns = [ColumnCount() for _ in range(columns)]
        self._repeated = RepeatedRows()
        self.rows = 0
        self.uncounted = 0

    def add(self, cells: Sequence[pa.Array], hashes: Hashes) -> None:
        """Look at the next rows: their cells by column, and a hash of each row."""
        self.rows += len(hashes)
        self._repeated.add(hashes)
        for count, column in zip(self._columns, cells, strict=True):
            count.add(column)

    def add_uncut(self, hashes: Hashes) -> None:
        """Look at rows that could not be cut into cells."""
        self.rows += len(hashes)
        self.uncounted += len(hashes)
        self._repeated.add(hashes)

    def totals(self, names: Sequence[str], drawn_by: str = "") -> FileTotals:
        """Return what was counted; names: of the columns, none where they are not known."""
        columns = [one.totals(name) for one, name in zip(self._columns, names, strict=False)]
        exact = self._repeated.is_exact
        return FileTotals(self.rows, self._repeated.count(), tuple(columns), exact, self.uncounted, drawn_by)


def hash_rows(columns: Sequence[pa.Array]) -> Hashes:
    """Return a hash of 64 bits of every row: (rows,)."""
    found = np.zeros(len(columns[0]), dtype=np.uint64)
    for cells in columns:
        mixed = hash_cells(cells)
        mixed *= _MIX
        mixed ^= mixed >> _HALF
        found *= _STEP
        found += mixed
    found ^= found >> _HALF
    found *= _MIX
    found ^= found >> _HALF
    return found


def hash_cells(cells: pa.Array) -> Hashes:
    """Return 64 bits for every cell, the same for equal ones: the bits of a number, a hash of anything else."""
    kind = cells.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        wide = cells.cast(_widest(kind))
        bits = wide.fill_null(0).to_numpy(zero_copy_only=False)
        bits = bits + 0.0 if bits.dtype.kind == "f" else bits.copy()  # This makes −0 equal to 0.
        found: Hashes = bits.view(np.uint64)
        if cells.null_count:
            found[cells.is_null().to_numpy(zero_copy_only=False)] = _NOTHING
        return found
    return _hash_values(cells)


def _widest(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_floating(kind):
        return pa.float64()
    return pa.int64() if pa.types.is_signed_integer(kind) else pa.uint64()


def _hash_values(cells: pa.Array) -> Hashes:
    """Hash the different values once each."""
    if pa.types.is_nested(cells.type):
        cells = pa.array([None if one is None else str(one) for one in cells.to_pylist()], pa.large_string())
    coded = cells if pa.types.is_dictionary(cells.type) else cells.dictionary_encode()
    values = np.array([_as_text(one) for one in coded.dictionary.to_pylist()], dtype=object)
    known = np.append(pd.util.hash_array(values, hash_key=HASH_KEY, categorize=False), _NOTHING)
    return np.asarray(known[coded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)], dtype=np.uint64)


def _as_text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _is_numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
