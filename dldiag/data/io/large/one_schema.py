"""One type for every column of a folder's files: types that differ only in how they keep the same values are joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Notice
from dldiag.data.io.notices import notice

_UNITS = ("s", "ms", "us", "ns")
_IN_ONE_TYPE = Message("Write this column in one type in all files.")


def one_schema(files: Sequence[Path], schemas: Sequence[pa.Schema]) -> pa.Schema:
    """Return the columns that all files have, in the order of the first; DataError for a file with others."""
    first = schemas[0]
    for file, schema in zip(files, schemas, strict=True):
        joined = _joined(first, schema)
        if joined is None:
            raise DataError(
                Message(
                    "{file} has other columns than {first}: {difference}.",
                    {"file": file.name, "first": files[0].name, "difference": _difference(schema, first)},
                ),
                Message("Put files with the same columns into one folder."),
            )
        first = joined
    return first


def joined_types(schemas: Sequence[pa.Schema], joined: pa.Schema) -> tuple[Notice, ...]:
    """Report the columns whose types differ between files."""
    kinds = {name: {str(one.field(name).type) for one in schemas} for name in set(joined.names)}
    mixed = [name for name in joined.names if len(kinds[name]) > 1]
    if not mixed:
        return ()
    example = f"{mixed[0]} ({', '.join(sorted(kinds[mixed[0]]))} → {joined.field(mixed[0]).type})"
    return (notice("joined_types", count=len(mixed), example=example),)


def as_joined(batch: pa.RecordBatch, joined: pa.Schema, file: Path) -> pa.RecordBatch:
    """Return the rows of one file in the types of all; DataError where a value does not fit."""
    if batch.schema.equals(joined):
        return batch
    columns = []
    for field in joined:
        column = batch.column(batch.schema.get_field_index(field.name))
        try:
            columns.append(column if column.type == field.type else column.cast(field.type))
        except pa.ArrowInvalid as error:
            values = {"file": file.name, "column": field.name, "type": str(column.type), "joined": str(field.type)}
            text = "In {file}, values of {column} ({type}) do not fit {joined}, the type that the files share, exactly."
            raise DataError(Message(text, values), _IN_ONE_TYPE) from error
    return pa.RecordBatch.from_arrays(columns, schema=joined)


def _joined(first: pa.Schema, other: pa.Schema) -> pa.Schema | None:
    if first.equals(other):
        return first
    names = set(first.names)
    if names != set(other.names) or len(names) < len(first.names) or len(first.names) != len(other.names):
        return None
    kinds = [(field.name, joined_type(field.type, other.field(field.name).type)) for field in first]
    return None if any(kind is None for _, kind in kinds) else pa.schema(kinds)


def joined_type(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """Return the type that keeps the values of both; None where they are of different kinds."""
    one, other = (kind.value_type if pa.types.is_dictionary(kind) else kind for kind in (one, other))
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    return next((join(one, other) for are, join in _JOINS if are(one) and are(other)), None)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _finer(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """Return the moment with the finer unit, in UTC where time zones differ; None where only one has a zone."""
    finer: pa.DataType = max(one, other, key=lambda kind: _UNITS.index(kind.unit))
    if one.tz == other.tz:
        return finer
    return pa.timestamp(finer.unit, "UTC") if one.tz and other.tz else None


def _is_day_or_moment(kind: pa.DataType) -> bool:
    return bool(pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and not kind.tz))


def _moment(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """Return the moments that hold days as well: midnight, in the unit of the moments."""
    return one if pa.types.is_timestamp(one) else other


# Which types are of one kind, and what they become together. Whole numbers beyond 2^53 do not fit a double; `as_joined` says so.
_JOINS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.DataType, pa.DataType], pa.DataType | None]], ...] = (
    (pa.types.is_integer, lambda *_: pa.int64()),
    (_is_number, lambda *_: pa.float64()),
    (_is_text, lambda *_: pa.large_string()),
    (pa.types.is_timestamp, _finer),
    (pa.types.is_date, lambda *_: pa.timestamp("ms")),
    (_is_day_or_moment, _moment),
)


def _difference(schema: pa.Schema, first: pa.Schema) -> str:
    """Return the first column in which two schemas differ beyond what can be joined, with both types."""
    for name in [*first.names, *schema.names]:
        kinds = [one.field(name).type if one.names.count(name) == 1 else None for one in (schema, first)]
        if None in kinds or joined_type(kinds[0], kinds[1]) is None:
            return f"{name} ({' / '.join('—' if kind is None else str(kind) for kind in kinds)})"
    return ", ".join(schema.names[:3])
