"""Parquet and Feather/Arrow -> texts, batch by batch, with what each column was declared to be."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather
import pyarrow.parquet
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, ReadPlan
from dldiag.data.io.header import unique_names
from dldiag.data.io.limits import Limits, drawn_rows, most_rows
from dldiag.data.io.notices import notice
from dldiag.data.io.raw_table import Lines, TypedTable, check_declared, check_unpacked

_BATCH_ROWS = 65_536
_BATCH_CELLS = 4_000_000


def read_parquet(data: bytes, plan: ReadPlan, limits: Limits) -> TypedTable:
    """Read Parquet: what the metadata declares is checked first."""
    file = pyarrow.parquet.ParquetFile(io.BytesIO(data))
    rows, columns = file.metadata.num_rows, len(file.schema_arrow.names)
    check_declared(rows, columns, limits)
    check_unpacked(sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)), limits)
    keep = drawn_rows(rows, most_rows(columns, limits), limits.seed)
    batches = file.iter_batches(batch_size=max(1, min(_BATCH_ROWS, _BATCH_CELLS // max(1, columns))))
    return texts_of_arrow(_kept(batches, keep, file.schema_arrow), plan, rows, limits)


def read_feather(data: bytes, plan: ReadPlan, limits: Limits) -> TypedTable:
    """Read Feather or an Arrow file, counting what its batches unpack to."""
    if data.startswith(b"FEA1"):
        table = pyarrow.feather.read_table(io.BytesIO(data))
        table.validate(full=True)
        check_declared(table.num_rows, table.num_columns, limits)
        keep = drawn_rows(table.num_rows, most_rows(table.num_columns, limits), limits.seed)
        return texts_of_arrow(table if keep is None else table.take(keep), plan, table.num_rows, limits)
    reader = pa.ipc.open_file(io.BytesIO(data))
    counts, size = [], 0
    for i in range(reader.num_record_batches):
        batch = reader.get_batch(i)
        batch.validate(full=True)
        counts.append(batch.num_rows)
        size += batch.nbytes
        check_unpacked(size, limits)
    rows, columns = sum(counts), len(reader.schema.names)
    check_declared(rows, columns, limits)
    keep = drawn_rows(rows, most_rows(columns, limits), limits.seed)
    batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
    return texts_of_arrow(_kept(batches, keep, reader.schema), plan, rows, limits)


def _kept(batches: Iterator[pa.RecordBatch], keep: NDArray[np.int64] | None, schema: pa.Schema) -> pa.Table:
    """Return the rows to keep as texts, batch by batch, so that the typed whole is never in memory."""
    parts, begin = [], 0
    for batch in batches:
        batch.validate(full=True)
        part = batch
        if keep is not None:
            inside = keep[(keep >= begin) & (keep < begin + batch.num_rows)] - begin
            part = batch.take(pa.array(inside))
        begin += batch.num_rows
        parts.append(part)
    return pa.Table.from_batches(parts, schema=schema)


def texts_of_arrow(table: pa.Table, plan: ReadPlan, rows: int, limits: Limits) -> TypedTable:
    """Return a typed table's cells as texts, with what each column was declared to be; rows: of the whole file."""
    names = unique_names([str(n) for n in table.column_names], table.num_columns)
    texts, typed, kept, binary = [], {}, [], 0
    for name, column in zip(names.names, table.columns, strict=True):
        text = _texts(column)
        if text is None:
            binary += 1
            continue
        kept.append(name)
        texts.append(text)
        declared = _declared(column.type)
        if declared:
            typed[name] = declared
    notices = [notice("left_out_column", count=binary)] if binary else []
    zones = {name: column.type.tz for name, column in zip(names.names, table.columns, strict=True) if _has_zone(column)}
    if len(set(zones.values())) > 1:
        shown = ", ".join(f"{name} ({zone})" for name, zone in zones.items())
        notices.append(notice("several_zones", example=shown))
    if table.num_rows < rows:
        notices.append(notice("sampled", kept=table.num_rows, rows=rows, seed=limits.seed))
        plan = replace(plan, max_rows=table.num_rows)
    if not kept:
        raise DataError(Message("No column of the file can be read as text."), Message("Export the table as CSV."))
    if names.renamed:
        notices.append(notice("renamed", count=len(names.renamed), example=names.names[names.renamed[0]]))
    result = pa.Table.from_arrays(texts, names=[str(j) for j in range(len(texts))])
    lines = Lines(total=rows, read=rows)
    return TypedTable(tuple(kept), result, plan, lines, rows, typed, tuple(notices))


def _has_zone(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_timestamp(column.type) and column.type.tz)


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return the cells as texts; None for binary data."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return None
    if pa.types.is_nested(kind):
        return pa.chunked_array([pa.array([_json(v) for v in column.to_pylist()], pa.large_string())])
    if pa.types.is_float16(kind):
        column = column.cast(pa.float32())
    if pa.types.is_duration(kind):
        return pa.chunked_array([pa.array([_duration(value) for value in column.to_pylist()], pa.large_string())])
    if _has_zone(column):
        return pc.cast(pc.local_timestamp(column), pa.large_string())  # One zone, so the clock of its place tells all.
    return pc.cast(column, pa.large_string())


def _duration(value: timedelta | None) -> str | None:
    """Return a duration as pandas prints it, with the sign before the whole."""
    if value is None:
        return None
    size = abs(value)
    seconds = size - timedelta(days=size.days)
    clock = f"{seconds // timedelta(hours=1):02}:{seconds // timedelta(minutes=1) % 60:02}:{seconds % timedelta(minutes=1) / timedelta(seconds=1):09.6f}"
    return f"{'-' if value < timedelta(0) else ''}{size.days} days {clock}"


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _declared(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_boolean(kind):
        return "bool"
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    return "date" if pa.types.is_temporal(kind) and not pa.types.is_duration(kind) else ""
