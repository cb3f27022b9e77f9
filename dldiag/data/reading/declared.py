"""What a typed file gave, and the bounds on what it may declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from dldiag.data.reading.limits import MIB, Limits
from dldiag.data.reading.raw import Lines
from dldiag.language import Message
from dldiag.types import DataError, Notice, ReadPlan

MOST_DECLARED_ROWS = 50_000_000  # a file that declares more is refused before anything is unpacked


@dataclass(frozen=True, eq=False)
class TypedTable:
    """Texts of a typed file, with the plan completed and what is told."""

    names: tuple[str, ...]
    table: pa.Table
    plan: ReadPlan
    lines: Lines
    rows_in_file: int
    typed: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def check_declared(rows: int, columns: int, limits: Limits) -> None:
    """Raise DataError for more rows or columns than are read, before anything is unpacked."""
    if rows > MOST_DECLARED_ROWS:
        raise DataError(
            Message(
                "The file declares {rows:,} rows; at most {most:,} are read.",
                {"rows": rows, "most": MOST_DECLARED_ROWS},
            ),
            Message("Upload a part of the rows."),
        )
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
