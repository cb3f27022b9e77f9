"""Read typed formats in a process with limits on time and memory, so that a damaged file ends in one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import pyarrow as pa

from dldiag.core.i18n import Message
from dldiag.core.isolated import Bounds, CrashError, OutOfTimeError, call_isolated
from dldiag.core.types import DataError, FileTotals, Notice, ReadPlan
from dldiag.data.io.formats.registry import ReadChoices, read_typed
from dldiag.data.io.large.row_groups import files_of, read_row_groups
from dldiag.data.io.limits import MIB, Limits, Sampling
from dldiag.data.io.raw_table import Lines, TypedTable

READER_TARGET = "dldiag.data.io.bounded:answer_request"
BASE_SECONDS, SECONDS_PER_MIB = 6.0, 3.0  # A packed MiB takes openpyxl 2 to 3 s, and Arrow a hundredth of that.
# These bounds are for files that are read in parts (own choice).
PART_SECONDS, PART_SECONDS_PER_MIB, PART_BYTES = 60.0, 2.0, 3072 * MIB
BASE_BYTES, BYTES_PER_BYTE = 768 * MIB, 16  # Texts and their copy take 4 to 10 times the packed bytes in memory.


@dataclass(frozen=True)
class _Question:
    plan: ReadPlan
    limits: Limits
    choices: dict[str, Any] | None
    path: str = ""  # The file or folder that the other process reads in parts.
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True)
class _Answer:
    """A TypedTable without its cells, which follow as an Arrow stream; or what is wrong with the file."""

    names: tuple[str, ...] = ()
    plan: ReadPlan | None = None
    lines: Lines | None = None
    rows_in_file: int = 0
    typed: Mapping[str, str] | None = None
    notices: tuple[Notice, ...] = ()
    totals: FileTotals | None = None
    identity: str = ""
    error: Message | None = None
    hint: Message | None = None


def read_bounded(data: bytes, plan: ReadPlan, limits: Limits, choices: ReadChoices = None) -> TypedTable:
    """Read a Parquet, Feather or Excel file as `read_typed` does, in a process of its own.

    Raises DataError when the file is damaged, too large, or takes more time or memory than its size allows.
    """
    question = _Question(plan, limits, None if choices is None else dict(choices))
    return _answer_to(question, data, bounds_of(len(data), limits))


def read_bounded_parts(path: Path, plan: ReadPlan, limits: Limits, sampling: Sampling) -> TypedTable:
    """Read a Parquet or Feather file, or a folder of such files, as `read_row_groups` does, in a process of its own.

    Its time grows with the file, its memory does not. Raises DataError when a file is damaged or the schemas differ.
    """
    return _answer_to(_Question(plan, limits, None, str(path.resolve()), sampling), b"", part_bounds_of(path))


def _answer_to(question: _Question, data: bytes, bounds: Bounds) -> TypedTable:
    try:
        answer = call_isolated(READER_TARGET, msgspec.json.encode(question) + b"\n" + data, bounds)
    except (OutOfTimeError, MemoryError, CrashError, OSError) as error:
        raise refusal_of(error, bounds) from error
    return _table_of(answer)


def refusal_of(error: Exception, bounds: Bounds) -> DataError:
    """Say in one sentence how reading ended."""
    text, hint = next(texts for kind, texts in _REFUSALS.items() if isinstance(error, kind))
    seconds, size = round(bounds.seconds), bounds.memory_bytes // MIB
    return DataError(text.filled(seconds=seconds, size=size, reason=str(error)), hint)


AS_CSV = Message("Save the table as CSV, or take a part of its rows.")
_REFUSALS: dict[type[Exception], tuple[Message, Message]] = {
    OutOfTimeError: (
        Message("Reading the file takes more than {seconds:,} seconds, unusual for its size."),
        AS_CSV,
    ),
    MemoryError: (Message("Reading the file takes more than {size:,} MiB of memory."), AS_CSV),
    CrashError: (
        Message("The file is damaged: it cannot be read to its end."),
        Message("Save it again, or export the table as CSV."),
    ),
    OSError: (Message("This machine cannot start a process to read the file: {reason}."), AS_CSV),
}


def bounds_of(size: int, limits: Limits) -> Bounds:
    """Return the time and memory for reading a file of this many bytes."""
    return Bounds(
        min(limits.max_reader_seconds, BASE_SECONDS + SECONDS_PER_MIB * size / MIB),
        min(limits.max_reader_bytes, BASE_BYTES + BYTES_PER_BYTE * size),
    )


def part_bounds_of(path: Path) -> Bounds:
    """Return the time and memory for a file, or a folder of files, that is read in parts."""
    size = sum(one.stat().st_size for one in files_of(path)[1]) / MIB if path.is_dir() else path.stat().st_size / MIB
    return Bounds(PART_SECONDS + PART_SECONDS_PER_MIB * size, PART_BYTES)


def _table_of(answer: bytearray) -> TypedTable:
    end = answer.index(b"\n")
    found = msgspec.json.decode(answer[:end], type=_Answer)
    if found.error is not None:
        raise DataError(found.error, found.hint or "")
    assert found.plan is not None and found.lines is not None and found.typed is not None
    with pa.ipc.open_stream(pa.py_buffer(memoryview(answer)[end + 1 :])) as stream:
        cells = stream.read_all()
    return TypedTable(
        found.names, cells, found.plan, found.lines, found.rows_in_file, found.typed, found.notices, found.totals,
        found.identity,
    )  # fmt: skip


def answer_request(request: bytes, out: BinaryIO) -> None:
    """Read the file of a request and write the table; runs in the other process."""
    end = request.index(b"\n")
    asked = msgspec.json.decode(request[:end], type=_Question)
    try:
        found = _read_asked(asked, request[end + 1 :])
    except DataError as error:
        out.write(msgspec.json.encode(_Answer(error=error.message, hint=error.hint), enc_hook=number_in_json) + b"\n")
        return
    head = _Answer(
        found.names, found.plan, found.lines, found.rows_in_file, found.typed, found.notices, found.totals,
        found.identity,
    )  # fmt: skip
    out.write(msgspec.json.encode(head, enc_hook=number_in_json) + b"\n")
    found.table.validate(full=True)
    with pa.ipc.new_stream(out, found.table.schema) as stream:
        stream.write_table(found.table)


def _read_asked(asked: _Question, data: bytes) -> TypedTable:
    if asked.path:
        return read_row_groups(Path(asked.path), asked.plan, asked.limits, asked.sampling)
    return read_typed(data, asked.plan, asked.limits, as_given(asked.choices))


def as_given(choices: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return choices as they were before JSON: lists are tuples again."""
    if choices is None:
        return None
    return {name: tuple(value) if isinstance(value, list) else value for name, value in choices.items()}


def number_in_json(value: Any) -> Any:
    """Return a NumPy number as Python's, for msgspec."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(type(value).__name__)
