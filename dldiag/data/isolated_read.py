"""Read a file to a typed table in a separate process with limits; any content gives a table or a DataError."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import cpu_count
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.isolated import Bounds, CrashError, OutOfTimeError, call_isolated
from dldiag.core.params import from_environment
from dldiag.core.types import Column, DataError, FileTotals, Kind, Notice, ReadPlan, Table
from dldiag.data.io import Limits, Sampling, read
from dldiag.data.io.bounded import as_given, bounds_of, number_in_json, part_bounds_of, refusal_of
from dldiag.data.io.compression import compression_of
from dldiag.data.io.large.row_groups import LEAST_BYTES
from dldiag.data.io.raw_table import frame_of
from dldiag.data.io.source import typed_format
from dldiag.data.read_table import read_as_chosen
from dldiag.data.second_file import with_second_file

TABLE_TARGET = "dldiag.data.isolated_read:answer_table_request"
TEXT_PACKS = 10  # Times that a packed text is larger when it is unpacked, at most, for its bounds (own choice).
_FIRST_BYTES = 16  # Bytes that identify the compression of a file.
_PIECE = 1 << 16  # Cells made at once; other threads may run in between.
_at_once = threading.BoundedSemaphore(max(2, cpu_count() or 2))  # Readers beyond the processors only slow each other.


@dataclass(frozen=True)
class FileNamed:
    """A file by its path, with the name that it goes by."""

    path: str
    name: str = ""


@dataclass(frozen=True)
class _Question:
    files: tuple[FileNamed, ...]  # The table's, and that of the rows below it.
    content: bool  # Whether the bytes of the first file follow.
    limits: Limits
    sampling: Sampling
    kinds: dict[str, Kind]
    choices: dict[str, Any]


@dataclass(frozen=True)
class _Answer:
    """A Table without its cells, which follow as two Arrow streams, typed and raw; or what is wrong with the file."""

    name: str = ""
    columns: tuple[Column, ...] = ()
    plan: ReadPlan | None = None
    fingerprint: str = ""
    notices: tuple[Notice, ...] = ()
    rows_in_file: int = 0
    totals: FileTotals | None = None
    raw_names: tuple[str, ...] | None = None
    typed_bytes: int = 0
    error: Message | None = None
    hint: Message | None = None


def read_isolated(
    source: Path | bytes,
    *,
    name: str = "",
    second: FileNamed | None = None,
    kinds: Mapping[str, Kind] | None = None,
    sampling: Sampling = Sampling(),  # noqa: B008 — frozen
    **choices: Any,
) -> Table:
    """Read what `read_table` reads, and a second file below it, in a process with bounds of time and memory.

    Raises DataError as `read_table` does, and when a file takes more than its size allows or ends the process.
    """
    limits, content = from_environment(Limits), source if isinstance(source, bytes) else b""
    first = FileNamed("" if isinstance(source, bytes) else str(source.resolve()), name)
    files = (first,) if second is None else (first, second)
    question = _Question(files, isinstance(source, bytes), limits, sampling, dict(kinds or {}), choices)
    bounds = _bounds(files, content, limits)
    try:
        with _at_once:
            answer = call_isolated(TABLE_TARGET, msgspec.json.encode(question) + b"\n" + content, bounds)
    except (OutOfTimeError, MemoryError, CrashError, OSError) as error:
        raise refusal_of(error, bounds) from error
    return _table_of(answer)


def _bounds(files: Sequence[FileNamed], content: bytes, limits: Limits) -> Bounds:
    """Return the limits for all files together, by their sizes; packed files and files read in parts get more."""
    each = [
        _bounds_of_path(Path(one.path), limits)
        if one.path
        else _bounds_of_bytes(len(content), content[:_FIRST_BYTES], limits)
        for one in files
    ]
    return Bounds(sum(one.seconds for one in each), sum(one.memory_bytes for one in each))


def _bounds_of_bytes(size: int, first: bytes, limits: Limits) -> Bounds:
    # A workbook is a zip file too, and packs no better than its reader expects.
    packed = compression_of(first) not in ("", "zip")
    return bounds_of(size * TEXT_PACKS if packed else size, limits)


def _bounds_of_path(path: Path, limits: Limits) -> Bounds:
    try:
        if path.is_dir():
            return part_bounds_of(path)
        size = path.stat().st_size
        with path.open("rb") as file:
            first = file.read(_FIRST_BYTES)
        whole = _bounds_of_bytes(size, first, limits)
        parts = (
            part_bounds_of(path) if size > (LEAST_BYTES if typed_format(first) else limits.large_text_bytes) else whole
        )
    except (OSError, ValueError, DataError):
        return bounds_of(0, limits)  # The reader says what is wrong with the path.
    return Bounds(max(whole.seconds, parts.seconds), max(whole.memory_bytes, parts.memory_bytes))


def _table_of(answer: bytearray) -> Table:
    end = answer.index(b"\n") + 1
    found = msgspec.json.decode(memoryview(answer)[: end - 1], type=_Answer)
    if found.error is not None:
        raise DataError(found.error, found.hint or "")
    assert found.plan is not None
    cells = memoryview(answer)[end:]
    frame = _frame_of_cells(_unpacked(cells[: found.typed_bytes]), [column.name for column in found.columns])
    raw = None if found.raw_names is None else frame_of(_unpacked(cells[found.typed_bytes :]), found.raw_names)
    return Table(
        found.name, frame, found.columns, found.plan, found.fingerprint, found.notices, found.rows_in_file, raw,
        found.totals,
    )  # fmt: skip


def _unpacked(cells: memoryview) -> pa.Table:
    with pa.ipc.open_stream(pa.py_buffer(cells)) as stream:
        return stream.read_all()


# --- typed cells on their way -------------------------------------------------------------------------------------


def _cells_of_frame(frame: pd.DataFrame) -> pa.Table:
    """Return a typed frame as Arrow columns 0, 1 …: numbers and dates as they are, texts as a dictionary."""
    columns = [_as_cells(values) for _, values in frame.items()]
    kinds = {
        str(j): values.dtype.kind if values.dtype != "str" else "str" for j, (_, values) in enumerate(frame.items())
    }
    return pa.Table.from_arrays(columns, names=list(kinds)).replace_schema_metadata({"rows": str(len(frame)), **kinds})


def _as_cells(values: pd.Series) -> pa.Array:
    if values.dtype.kind in "fM":
        return pa.array(values.to_numpy())
    return pa.array(values.array, pa.large_string(), from_pandas=True).dictionary_encode()


def _frame_of_cells(cells: pa.Table, names: Sequence[str]) -> pd.DataFrame:
    metadata = {key.decode(): value.decode() for key, value in (cells.schema.metadata or {}).items()}
    rows = pd.RangeIndex(int(metadata["rows"]))
    columns = {
        name: pd.Series(
            values := _values_of(cells.column(j)),
            rows,
            dtype="str" if metadata[str(j)] == "str" else values.dtype,
            copy=False,
        )
        for j, name in enumerate(names)
    }
    return pd.DataFrame(columns, index=rows, copy=False)


def _values_of(column: pa.ChunkedArray) -> NDArray[Any]:
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if not isinstance(whole, pa.DictionaryArray):
        return np.asarray(whole.to_numpy(zero_copy_only=False))
    texts = np.empty(len(whole.dictionary) + 1, dtype=object)
    for begin in range(0, len(whole.dictionary), _PIECE):
        texts[begin : min(begin + _PIECE, len(texts) - 1)] = whole.dictionary[begin : begin + _PIECE].to_pylist()
    codes = whole.indices.fill_null(len(whole.dictionary)).to_numpy(zero_copy_only=False)
    found = np.empty(len(codes), dtype=object)
    for begin in range(0, len(codes), _PIECE):
        found[begin : begin + _PIECE] = texts[codes[begin : begin + _PIECE]]
    return found


# --- the other process --------------------------------------------------------------------------------------------


def answer_table_request(request: bytes, out: BinaryIO) -> None:
    """Read the files of a request and write the table; runs in the other process."""
    end = request.index(b"\n")
    asked = msgspec.json.decode(request[:end], type=_Question)
    try:
        table = _read_asked(asked, request[end + 1 :])
    except DataError as error:
        out.write(_head(_Answer(error=error.message, hint=error.hint)))
        return
    typed = _packed(_cells_of_frame(table.frame))
    raw_names = None if table.raw is None else tuple(map(str, table.raw.columns))
    head = _Answer(
        table.name, table.columns, table.plan, table.fingerprint, table.notices, table.rows_in_file, table.totals,
        raw_names, typed.size,
    )  # fmt: skip
    out.write(_head(head))
    out.write(typed)
    if table.raw is not None:
        _write(_raw_cells(table.raw), out)


def _head(answer: _Answer) -> bytes:
    return msgspec.json.encode(answer, enc_hook=number_in_json) + b"\n"


def _packed(cells: pa.Table) -> pa.Buffer:
    out = pa.BufferOutputStream()
    _write(cells, out)
    return out.getvalue()


def _write(cells: pa.Table, out: Any) -> None:
    cells.validate(full=True)
    with pa.ipc.new_stream(out, cells.schema) as stream:
        stream.write_table(cells)


def _raw_cells(raw: pd.DataFrame) -> pa.Table:
    columns = [pa.array(texts, pa.large_string(), from_pandas=True) for _, texts in raw.items()]
    return pa.Table.from_arrays(columns, names=[str(j) for j in range(len(columns))])


def _read_asked(asked: _Question, content: bytes) -> Table:
    first, rest = asked.files[0], asked.files[1:]
    bounded = partial(read, limits=asked.limits, trusted=True)  # This process has bounds itself.
    source = content if asked.content else Path(first.path)
    opened = partial(bounded, source, name=first.name, sampling=asked.sampling)
    table = read_as_chosen(opened, None, asked.kinds, as_given(asked.choices) or {})
    for second in rest:
        table = with_second_file(table, Path(second.path), name=second.name, read_raw=bounded)
    return table


def get_ready() -> None:
    """Read a small table, so that nothing is imported or set up when the first file comes."""
    rows = "".join(f'{k},"a, {k}",{k}.5,2024-01-{k + 1:02},yes,{"xy"[k % 2]}é\n' for k in range(12))
    read_as_chosen(partial(read, ("n,text,x,day,paid,group\n" + rows).encode()), None, {}, {})
