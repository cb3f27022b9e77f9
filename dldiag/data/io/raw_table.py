"""A table as it stands in the file: raw cell texts, how they were read, and an account of every line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice

import pandas as pd
import pyarrow as pa

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, FileTotals, Notice, ReadPlan
from dldiag.data.io.limits import MIB, Limits


@dataclass(frozen=True)
class Lines:
    """What became of every line of the file; a sum that does not match `total` is an error."""

    total: int = 0
    header: int = 0
    preamble: int = 0
    footnote: int = 0
    blank: int = 0
    read: int = 0
    repaired: int = 0
    set_aside: int = 0

    def __post_init__(self) -> None:
        counted = sum(getattr(self, f.name) for f in fields(self)) - self.total
        if counted != self.total:
            raise DataError(
                Message(
                    "{counted:,} of {total:,} lines of the file are accounted for.",
                    {"counted": counted, "total": self.total},
                ),
                Message("This is a fault of the reader; please report it with the file."),
            )


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table of raw texts.

    `header` holds unique, non-empty names. `frame` has one column of str per name; a missing value stays as its text,
    a cell that the file does not have is None. `typed` tells what a typed format declared: number, date or bool.
    """

    header: tuple[str, ...]
    frame: pd.DataFrame
    plan: ReadPlan
    notices: tuple[Notice, ...] = ()
    rows_in_file: int = 0
    fingerprint: str = ""
    name: str = ""
    lines: Lines = field(default_factory=Lines)
    typed: Mapping[str, str] = field(default_factory=dict)
    totals: FileTotals | None = None  # Counts over the whole file, where only some of its rows are here.

    def __post_init__(self) -> None:
        if list(self.frame.columns) != list(self.header):
            raise ValueError("the frame's columns must be the header")
        if len(set(self.header)) != len(self.header) or not all(self.header):
            raise ValueError("names must be unique and not empty")


_MANY_ROWS = 50_000
BLOCK_CELLS = 2_000_000


def raw_table(rows: Iterable[Sequence[str | None]], width: int) -> pa.Table:
    """Return a table of strings with columns "0", "1" …; None is an absent cell."""
    names = [str(j) for j in range(width)]
    blocks, iterator = [], iter(rows)
    while block := list(islice(iterator, max(1, BLOCK_CELLS // max(1, width)))):
        arrays = [pa.array(column, pa.large_string()) for column in zip(*block, strict=True)]
        blocks.append(pa.Table.from_arrays(arrays, names=names))
    if not blocks:
        return pa.Table.from_arrays([pa.array([], pa.large_string()) for _ in names], names=names)
    return pa.concat_tables(blocks)


def frame_of(table: pa.Table, names: Sequence[str]) -> pd.DataFrame:
    """Return a pandas frame of str columns; absent cells are missing (isna)."""
    if table.num_columns < table.num_rows < _MANY_ROWS:
        table = table.combine_chunks()  # A long table stays in pieces: a second one would take as much memory again.
    frame: pd.DataFrame = table.to_pandas(
        types_mapper={pa.large_string(): pd.StringDtype("pyarrow", na_value=float("nan"))}.get
    )
    frame.columns = pd.Index(list(names), dtype="str")
    return frame


MOST_DECLARED_ROWS = 50_000_000  # A file that declares more is refused before anything is unpacked.


@dataclass(frozen=True, eq=False)
class TypedTable:
    """Texts of a typed file, with the completed plan and the notices."""

    names: tuple[str, ...]
    table: pa.Table
    plan: ReadPlan
    lines: Lines
    rows_in_file: int
    typed: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    totals: FileTotals | None = None
    identity: str = ""  # The identity of all rows of the file, where its bytes are not hashed.


def check_declared(rows: int, columns: int, limits: Limits) -> None:
    """Raise DataError for more rows or columns than are read, before anything is unpacked."""
    if rows > MOST_DECLARED_ROWS:
        raise DataError(
            Message(
                "The file declares {rows:,} rows; at most {most:,} are read.",
                {"rows": rows, "most": MOST_DECLARED_ROWS},
            ),
            Message("Give the path of the file instead: a file on disk is read in parts."),
        )
    check_columns(columns, limits)


def check_columns(columns: int, limits: Limits) -> None:
    """Raise DataError for more columns than are read, or for none."""
    if columns > limits.max_columns:
        raise DataError(
            Message(
                "The table has {width:,} columns; the limit is {limit:,}.",
                {"width": columns, "limit": limits.max_columns},
            ),
            Message("Leave columns out, or raise the limit."),
        )
    if columns == 0:
        raise DataError(Message("The table has no columns."), Message("Upload a table with columns."))


def check_unpacked(size: int, limits: Limits) -> None:
    """Raise DataError for more bytes than the limits allow."""
    if size > limits.max_unpacked_bytes:
        raise DataError(
            Message(
                "The table unpacks to {size:,} MiB; the limit is {limit:,} MiB.",
                {"size": size // MIB, "limit": limits.max_unpacked_bytes // MIB},
            ),
            Message("Upload a part of the rows or columns, or raise the limit on unpacked files."),
        )
