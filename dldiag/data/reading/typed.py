"""Typed formats (Parquet, Feather/Arrow, Excel, JSON lines) -> texts, with what each column was declared to be."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather
import pyarrow.parquet

from dldiag.data.reading.cells import kind_of
from dldiag.data.reading.columnar import table_of
from dldiag.data.reading.headers import unique_names
from dldiag.data.reading.limits import MIB, Limits
from dldiag.data.reading.notices import notice
from dldiag.data.reading.raw import Lines
from dldiag.data.reading.region import find_region
from dldiag.data.reading.sampling import drawn_rows, most_rows
from dldiag.data.reading.source import Text
from dldiag.data.reading.strict import Record
from dldiag.language import Message
from dldiag.types import DataError, Notice, ReadPlan

MOST_DECLARED_ROWS = 50_000_000  # a file that declares more is refused before anything is unpacked
BATCH_ROWS = 65_536
SHEET_SAMPLE_ROWS = 2000


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


def read_typed(data: bytes, plan: ReadPlan, limits: Limits) -> TypedTable:
    """Read a Parquet, Feather or Excel file; DataError when it is damaged or too large."""
    readers: dict[str, Callable[[bytes, ReadPlan, Limits], TypedTable]] = {
        "parquet": _read_parquet,
        "feather": _read_feather,
        "excel": _read_excel,
    }
    label = {"parquet": "Parquet", "feather": "Feather/Arrow", "excel": "Excel"}[plan.format]
    try:
        return readers[plan.format](data, plan, limits)
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes a parser raise is told as damage
        raise DataError(
            Message("The {format} file is damaged: {reason}", {"format": label, "reason": str(error)[:200]}),
            Message("Save it again, or export the table as CSV."),
        ) from error


def _read_parquet(data: bytes, plan: ReadPlan, limits: Limits) -> TypedTable:
    file = pyarrow.parquet.ParquetFile(io.BytesIO(data))
    rows, columns = file.metadata.num_rows, len(file.schema_arrow.names)
    _check_declared(rows, columns, limits)
    _check_unpacked(sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)), limits)
    keep = drawn_rows(rows, most_rows(columns, limits), limits.seed)
    batches = file.iter_batches(batch_size=max(1, min(BATCH_ROWS, 4_000_000 // max(1, columns))))
    return _from_arrow(_kept(batches, keep, file.schema_arrow), plan, rows, limits)


def _read_feather(data: bytes, plan: ReadPlan, limits: Limits) -> TypedTable:
    if data.startswith(b"FEA1"):
        table = pyarrow.feather.read_table(io.BytesIO(data))
        _check_declared(table.num_rows, table.num_columns, limits)
        keep = drawn_rows(table.num_rows, most_rows(table.num_columns, limits), limits.seed)
        return _from_arrow(table if keep is None else table.take(keep), plan, table.num_rows, limits)
    reader = pa.ipc.open_file(io.BytesIO(data))
    counts, size = [], 0
    for i in range(reader.num_record_batches):
        batch = reader.get_batch(i)
        counts.append(batch.num_rows)
        size += batch.nbytes
        _check_unpacked(size, limits)
    rows, columns = sum(counts), len(reader.schema.names)
    _check_declared(rows, columns, limits)
    keep = drawn_rows(rows, most_rows(columns, limits), limits.seed)
    batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
    return _from_arrow(_kept(batches, keep, reader.schema), plan, rows, limits)


def _kept(batches: Iterator[pa.RecordBatch], keep: np.ndarray | None, schema: pa.Schema) -> pa.Table:
    """Return the rows to keep as texts, batch by batch, so that the typed whole is never in memory."""
    parts, begin = [], 0
    for batch in batches:
        part = batch
        if keep is not None:
            inside = keep[(keep >= begin) & (keep < begin + batch.num_rows)] - begin
            part = batch.take(pa.array(inside))
        begin += batch.num_rows
        parts.append(part)
    return pa.Table.from_batches(parts, schema=schema)


def _check_declared(rows: int, columns: int, limits: Limits) -> None:
    if rows > MOST_DECLARED_ROWS:
        raise DataError(
            Message("The file declares {rows:,} rows; at most {most:,} are read.", {"rows": rows, "most": MOST_DECLARED_ROWS}),
            Message("Upload a part of the rows."),
        )
    if columns > limits.max_columns:
        raise DataError(
            Message("The table has {width:,} columns; the limit is {limit:,}.", {"width": columns, "limit": limits.max_columns}),
            Message("Leave columns out, or raise the limit."),
        )
    if columns == 0:
        raise DataError(Message("The table has no columns."), Message("Upload a table with columns."))


def _check_unpacked(size: int, limits: Limits) -> None:
    if size > limits.max_unpacked_bytes:
        raise DataError(
            Message("The table unpacks to {size:,} MiB; the limit is {limit:,} MiB.", {"size": size // MIB, "limit": limits.max_unpacked_bytes // MIB}),
            Message("Upload a part of the rows or columns, or raise the limit on unpacked files."),
        )


def _from_arrow(table: pa.Table, plan: ReadPlan, rows: int, limits: Limits) -> TypedTable:
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
    told = [notice("left_out_column", count=binary)] if binary else []
    if table.num_rows < rows:
        told.append(notice("sampled", kept=table.num_rows, rows=rows, seed=limits.seed))
        plan = replace(plan, max_rows=table.num_rows)
    if not kept:
        raise DataError(Message("No column of the file can be read as text."), Message("Export the table as CSV."))
    if names.renamed:
        told.append(notice("renamed", count=len(names.renamed), example=names.names[names.renamed[0]]))
    result = pa.Table.from_arrays(texts, names=[str(j) for j in range(len(texts))])
    lines = Lines(total=rows, read=rows)
    return TypedTable(tuple(kept), result, plan, lines, rows, typed, tuple(told))


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
    return pc.cast(column, pa.large_string())


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


# --- Excel --------------------------------------------------------------------------------------------------------


def _read_excel(data: bytes, plan: ReadPlan, limits: Limits) -> TypedTable:
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_unpacked(sum(i.file_size for i in archive.infolist()), limits)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets = [s for s in book.worksheets if s.sheet_state == "visible"] or list(book.worksheets)
    sheet, rows = _chosen_sheet(sheets, plan.sheet, limits)
    records = [Record(i, 1, r) for i, r in enumerate(rows)]
    region = find_region(records, len(records))
    if not region.width:
        raise DataError(Message("The sheet {sheet} is empty.", {"sheet": sheet}), Message("Choose another sheet."))
    plan = replace(plan, sheet=sheet, header_row=region.header_row, first_row=region.first_row,
                   header_rows=region.header_rows or 1, footer_rows=region.footer_rows)  # fmt: skip
    told = [notice("sheet", count=len(sheets), sheet=sheet)] if len(sheets) > 1 else []
    return _from_sheet(rows, plan, region.width, limits, told)


def _chosen_sheet(sheets: Sequence[Any], wanted: str, limits: Limits) -> tuple[str, list[list[str]]]:
    """Return the sheet asked for, else the first that is not empty."""
    names = [s.title for s in sheets]
    if wanted and wanted not in names:
        raise DataError(
            Message("The workbook has no sheet named {sheet}.", {"sheet": wanted}),
            Message("Its sheets are: {names}.", {"names": ", ".join(names)[:300]}),
        )
    for sheet in sheets:
        if wanted in ("", sheet.title):
            rows = _sheet_rows(sheet, limits)
            if rows or wanted:
                return sheet.title, rows
    raise DataError(Message("The workbook is empty."), Message("Upload a workbook that has rows."))


def _sheet_rows(sheet: Any, limits: Limits) -> list[list[str]]:
    rows: list[list[str]] = []
    cells = 0
    for values in sheet.iter_rows(values_only=True):
        row = [_excel_text(v) for v in values]
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
    return [(r + [""] * width)[:width] for r in rows]


def _excel_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = str(value)
    return text.removesuffix(" 00:00:00") if hasattr(value, "year") else text


def _from_sheet(rows: list[list[str]], plan: ReadPlan, width: int, limits: Limits, told: list[Notice]) -> TypedTable:
    header = [] if plan.header_row is None else rows[plan.header_row]
    if plan.header_row is not None and plan.header_rows > 1:
        above = rows[plan.header_row : plan.header_row + plan.header_rows]
        header = [" ".join(c.strip() for c in column if c.strip()) for column in zip(*above, strict=True)]
    end = len(rows) - plan.footer_rows
    body = [r for r in rows[plan.first_row : end] if any(r)]
    blank_body = max(0, end - plan.first_row) - len(body)
    before = plan.first_row if plan.header_row is None else plan.header_row
    names = unique_names(header, width)
    if plan.header_row is None:
        told.append(notice("no_header", example=" | ".join(body[0]) if body else ""))
    if before:
        told.append(notice("preamble", count=before, example=" | ".join(c for c in rows[0] if c)))
    if plan.footer_rows:
        told.append(notice("footnotes", count=plan.footer_rows, example=" | ".join(c for c in rows[end] if c)))
    if names.made_up and plan.header_row is not None:
        told.append(notice("made_up_names", count=len(names.made_up), example=names.names[names.made_up[0]]))
    lines = Lines(total=len(rows), header=0 if plan.header_row is None else plan.first_row - plan.header_row,
                  preamble=before, footnote=plan.footer_rows, blank=blank_body, read=len(body))  # fmt: skip
    keep = drawn_rows(len(body), most_rows(width, limits), limits.seed)
    kept = body if keep is None else [body[i] for i in keep]
    if keep is not None:
        told.append(notice("sampled", kept=len(kept), rows=len(body), seed=limits.seed))
    return TypedTable(names.names, table_of(kept, width), plan, lines, len(body), {}, tuple(told))


# --- JSON lines ---------------------------------------------------------------------------------------------------


def read_json(text: Text, plan: ReadPlan, limits: Limits) -> TypedTable:
    """Read JSON objects, one a line or in one list; lines that are none are set aside."""
    objects, aside, example, total, blank = _json_objects(text)
    names: dict[str, None] = {}
    for one in objects:
        names.update(dict.fromkeys(one))
        if len(names) > limits.max_columns:
            _check_declared(0, len(names), limits)
    if not names or not objects:
        raise DataError(Message("No JSON objects were found in the file."), Message("Put one object on each line."))
    keep = drawn_rows(len(objects), most_rows(len(names), limits), limits.seed)
    kept = objects if keep is None else [objects[i] for i in keep]
    table = table_of(([_json_text(o[n]) if n in o else None for n in names] for o in kept), len(names))
    header = unique_names(list(names), len(names)).names
    told = [notice("set_aside", count=aside, example=example)] if aside else []
    if keep is not None:
        told.append(notice("sampled", kept=len(kept), rows=len(objects), seed=limits.seed))
    typed = {h: t for h, n in zip(header, names, strict=True) if (t := _json_type(kept, n))}
    lines = Lines(total=total, read=total - aside - blank, set_aside=aside, blank=blank)
    return TypedTable(header, table, plan, lines, len(objects), typed, tuple(told))


def _json_objects(text: Text) -> tuple[list[dict[str, Any]], int, str, int, int]:
    """Return (objects, lines set aside, example, lines, blank lines); numbers keep their text."""
    if text.text.lstrip().startswith("["):
        try:
            found = json.loads(text.text, parse_float=_Number, parse_int=_Number)
        except (ValueError, RecursionError) as error:
            raise DataError(
                Message("The JSON file is damaged: {reason}", {"reason": str(error)[:200]}),
                Message("Put one object on each line, or export the table as CSV."),
            ) from error
        objects = [o for o in found if isinstance(o, dict)] if isinstance(found, list) else []
        return objects, 0, "", text.lines, 0
    objects, aside, example, blank = [], 0, "", 0
    for number, line in enumerate(text.text.removesuffix("\n").split("\n")):
        one = _json_object(line)
        if one is not None:
            objects.append(one)
        elif line.strip():
            aside += 1
            example = example or f"{number + 1}: {line[:150]}"
        else:
            blank += 1
    return objects, aside, example, text.lines, blank


def _json_object(line: str) -> dict[str, Any] | None:
    try:
        one = json.loads(line, parse_float=_Number, parse_int=_Number)
    except (ValueError, RecursionError):
        return None
    return one if isinstance(one, dict) else None


class _Number(str):
    """A number as it stands in the file, so that no digit is lost."""

    __slots__ = ()


def _json_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _json_type(objects: Sequence[Mapping[str, Any]], name: str) -> str:
    values = [o[name] for o in objects[:SHEET_SAMPLE_ROWS] if o.get(name) is not None]
    if values and all(isinstance(v, _Number) for v in values):
        return "number"
    if values and all(isinstance(v, bool) for v in values):
        return "bool"
    return "date" if values and all(isinstance(v, str) and kind_of(v) == "when" for v in values) else ""
