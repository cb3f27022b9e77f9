"""Files of text beyond memory, packed or plain: in one pass all records are counted, and some are drawn at random."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from os import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, FileTotals, Notice, ReadPlan
from dldiag.data.io.compression import DAMAGED, compression_of
from dldiag.data.io.dialect import records
from dldiag.data.io.large.record_marks import SPACE, SampleMarks, record_ends
from dldiag.data.io.large.row_draw import GroupDraw, RowDraw
from dldiag.data.io.large.text_cells import TextCounts
from dldiag.data.io.limits import MIB, Limits, Sampling, most_large_rows
from dldiag.data.io.notices import counted_notice, notice
from dldiag.data.io.raw_table import RawTable
from dldiag.data.io.sniff import decide_plan, dialect_of
from dldiag.data.io.source import load, typed_format

HEAD_BYTES = 4 * MIB  # The head and the end of a large file decide where its rows begin and end, and how they are read.
TAIL_BYTES = MIB >> 4
_BLOCK_BYTES = 16 * MIB
FILL = 0.98  # The lines above and below the rows need some of the bytes allowed.
# Text packs 3 to 8 times, so a packed file of more than this part of the bytes allowed is read in parts.
PACKED_TIMES = 8


@dataclass(frozen=True, eq=False)
class Taken:
    """The bytes to be read; of a large file those of the records drawn, and what was counted over all of it."""

    data: bytes
    size: int = 0  # The bytes of a large file on disk.
    compression: str = ""  # What a large file has been unpacked from.
    totals: FileTotals | None = None
    plan: ReadPlan | None = None

    def notices(self, kept: int, limits: Limits) -> list[Notice]:
        """Report how many of how many rows were drawn, and the totals over all of them."""
        if self.totals is None:
            return []
        drawn = notice("drawn_from_file", kept=kept, rows=self.totals.rows, size=self.size // MIB, seed=limits.seed)
        uncut = self.totals.uncounted
        return [drawn, counted_notice(self.totals), *([notice("uncounted", count=uncut)] if uncut else [])]

    def counted(self, table: RawTable) -> RawTable:
        """Return the table that was read from these bytes, with the totals of the whole file by column name."""
        if self.totals is None:
            return table
        columns = self.totals.columns if len(self.totals.columns) == len(table.header) else ()
        named = tuple(replace(one, name=name) for one, name in zip(columns, table.header, strict=False))
        return replace(table, rows_in_file=self.totals.rows, totals=replace(self.totals, columns=named))


def take(
    source: str | Path | bytes,
    limits: Limits,
    plan: ReadPlan | None = None,
    sampling: Sampling = Sampling(),  # noqa: B008 — frozen
    **choices: Any,
) -> Taken:
    """Return the bytes of a source, or of a large file of text a random draw of its records.

    The lines above the first row and below the last are kept. Every record has the same chance; their order stays.
    Raises DataError for a source that cannot be read, is damaged, or has no line ends.
    """
    path = None if isinstance(source, bytes | bytearray | memoryview) else Path(source)
    size = _size(path)
    packed = compression_of(_first_bytes(path)) if path is not None and size else ""
    large = min(limits.large_text_bytes, limits.max_text_bytes)
    if path is None or size <= (large // PACKED_TIMES if packed in _OPENERS and packed else large):
        return Taken(load(source, limits))
    plan = plan or _plan_of_ends(path, size, packed, limits, choices)
    if plan is None:
        return Taken(load(path, limits))
    try:
        with _opened(path, packed) as file:
            data, totals, all_kept = _Draw.of(plan, limits, sampling).run(file, path, packed)
    except DAMAGED as error:
        raise DataError(
            Message("The {compression} file is damaged or cannot be unpacked.", {"compression": packed}),
            Message("Unpack it on your computer and upload the table itself."),
        ) from error
    if all_kept and not packed and size <= limits.max_text_bytes:
        return Taken(load(path, limits))  # The file is read as it is, and every line of it is accounted for.
    return Taken(data, size, packed, totals)


_OPENERS: dict[str, Callable[[Path], Any]] = {
    "": lambda path: path.open("rb"),
    "gzip": gzip.open,
    "bzip2": bz2.open,
    "xz": lzma.open,
    "zstd": lambda path: pa.input_stream(str(path), compression="zstd"),
}


def _opened(path: Path, packed: str) -> Any:
    return _OPENERS[packed](path)


def _size(path: Path | None) -> int:
    """Return the size of a file; 0 where `load` says better what is wrong."""
    try:
        return path.stat().st_size if path is not None and path.is_file() else 0
    except (OSError, ValueError):
        return 0


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(16)
    except OSError:
        return b""


def _plan_of_ends(path: Path, size: int, packed: str, limits: Limits, choices: dict[str, Any]) -> ReadPlan | None:
    """Return how a file is read by its beginning and its end; None when it is not text of one record after the other.

    Of a packed file only the beginning is looked at.
    """
    if packed not in _OPENERS:
        return None
    choices = {name: value for name, value in choices.items() if name != "compression"}
    try:
        with _opened(path, packed) as file:
            head = _read_fully(file, HEAD_BYTES)
            head = head[: head.rfind(b"\n") + 1] or head
            tail = b"" if packed else _tail_after(file, len(head), size)
    except DAMAGED:
        return None
    if compression_of(head) or typed_format(head):
        return None
    plan = decide_plan(head + tail, limits=limits, **choices)
    one_list = plan.format == "jsonl" and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    return None if one_list or plan.encoding.startswith(("utf-16", "utf-32")) else plan


def _read_fully(file: Any, most: int) -> bytes:
    """Read this many bytes, or to the end: a stream of packed bytes may give fewer at once."""
    parts = []
    while most > 0 and (piece := file.read(most)):
        parts.append(bytes(piece))
        most -= len(piece)
    return b"".join(parts)


def _tail_after(file: BinaryIO, begin: int, size: int) -> bytes:
    """Return the last whole lines of a file, none of them from its first `begin` bytes."""
    file.seek(max(begin, size - TAIL_BYTES))
    whole = file.tell() == begin
    tail = file.read()
    return tail if whole else tail[tail.find(b"\n") + 1 :]


@dataclass(eq=False)
class _Draw:
    """One pass over the records of a text: what is counted and what is drawn."""

    plan: ReadPlan
    limits: Limits
    sampling: Sampling
    counts: TextCounts
    rows: RowDraw
    groups: GroupDraw | None

    @classmethod
    def of(cls, plan: ReadPlan, limits: Limits, sampling: Sampling) -> _Draw:
        """Begin a pass."""
        most = most_large_rows(1, limits, sampling)
        rows = RowDraw(most, limits.seed, FILL * limits.max_text_bytes)
        return cls(plan, limits, sampling, TextCounts(plan), rows, None)

    def run(self, file: Any, path: Path, packed: str) -> tuple[bytes, FileTotals, bool]:
        """Return the lines above the rows, the records drawn and the lines below; what all rows hold; whether all were drawn."""
        below = b"" if packed else _last_lines(path, self.plan.footer_rows)
        left = None if packed else _size(path) - len(below)
        above = b"".join(_line(file, self.limits.max_cell_chars) for _ in range(self.plan.first_row))
        target, group = self._places(above)
        left = None if left is None else left - len(above)
        for block, ends in _blocks(file, left, SampleMarks.of(self.plan), self.limits):
            self._add(block, ends, target, group)
        by_group = None if self.groups is None else self.groups.drawn()
        kept = by_group if by_group is not None else self.rows.drawn()
        totals = self.counts.totals(self.sampling.group if by_group is not None else "")
        data = b"".join([above, *(_bytes_of(kept) if kept is not None else []), below])
        return data, totals, kept is None or kept.num_rows == totals.rows

    def _add(self, block: bytes, ends: NDArray[np.intp], target: int, group: int) -> None:
        found = _records_of(block, ends)
        filled = _filled(block, ends)
        whole = block[: ends[-1]] if filled.all() else b"".join(_bytes_of(found.filter(pa.array(filled))))
        found = found if filled.all() else found.filter(pa.array(filled))
        cells = self.counts.add(whole, found.column(0))
        self.rows.add(found, self.counts.strata(cells, target, found.num_rows), ends[-1])
        if group >= 0 and found.num_rows:
            self.groups = self.groups or self._group_draw(ends[-1] / found.num_rows)
            self.groups.add(found, self.counts.groups(cells, group, found, self.limits.seed))

    def _group_draw(self, record_bytes: float) -> GroupDraw:
        """Begin a draw of whole groups that stays within the bytes allowed if all records are as long as the first."""
        most = most_large_rows(1, self.limits, self.sampling)
        return GroupDraw(max(1, min(most, int(FILL * self.limits.max_text_bytes / record_bytes))))

    def _places(self, above: bytes) -> tuple[int, int]:
        """Return which columns give the strata and the groups; −1 for none."""
        if self.plan.header_row is None or self.plan.format == "jsonl":
            return -1, -1
        text = above.decode(self.plan.encoding, errors="replace").removeprefix("\ufeff")
        lines = [r for r in records(text, dialect_of(self.plan)) if r.line == self.plan.header_row]
        names = [cell.strip() for cell in lines[0].cells] if lines else []
        target, group = (names.index(n) if n in names else -1 for n in (self.sampling.target, self.sampling.group))
        return target, group


def _records_of(block: bytes, ends: NDArray[np.intp]) -> pa.Table:
    """Return the records of a block as a table of one column that shares the block's bytes."""
    places = pa.py_buffer(np.concatenate([[0], ends]).astype(np.int64))
    column = pa.Array.from_buffers(pa.large_binary(), len(ends), [None, places, pa.py_buffer(block)])
    return pa.table({"record": column})


def _filled(block: bytes, ends: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which records hold more than blanks."""
    codes = np.frombuffer(block, np.uint8)
    firsts = np.concatenate([[0], ends[:-1]])
    filled: NDArray[np.bool_] = codes[firsts] > SPACE
    if not filled.all():
        filled = np.maximum.reduceat(codes[: ends[-1]], firsts) > SPACE
    return filled


def _bytes_of(kept: pa.Table) -> Iterator[bytes]:
    """Yield the bytes of records, part by part, without making an object of each."""
    for part in kept.column(0).chunks:
        if len(part):
            places = np.frombuffer(part.buffers()[1], np.int64)[part.offset : part.offset + len(part) + 1]
            yield part.buffers()[2].slice(places[0], places[-1] - places[0]).to_pybytes()


def _line(file: Any, most: int) -> bytes:
    """Return the next line of a stream; those of pyarrow have no readline of their own."""
    if hasattr(file, "peek") or not isinstance(file, pa.NativeFile):
        return bytes(file.readline(most))
    parts = bytearray()
    while len(parts) < most and (piece := file.read(1)):
        parts += piece
        if piece == b"\n":
            break
    return bytes(parts)


def _last_lines(path: Path, lines: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, SEEK_END) - TAIL_BYTES))
        return b"".join(file.read().splitlines(keepends=True)[-lines:]) if lines else b""


def _blocks(
    file: Any, left: int | None, marks: SampleMarks, limits: Limits
) -> Iterator[tuple[bytes, NDArray[np.intp]]]:
    """Yield blocks of whole records, of the next `left` bytes or of all, with the places where records end."""
    rest = b""
    while block := _read_fully(file, _BLOCK_BYTES if left is None else min(_BLOCK_BYTES, left)):
        left = None if left is None else left - len(block)
        block = rest + block
        ends = record_ends(block, marks)
        if not len(ends) or len(block) - ends[-1] > limits.max_cell_chars:
            ends = record_ends(block, SampleMarks())  # Nobody closes this quote, so every line is a record.
        if not len(ends) and len(block) > limits.max_cell_chars:
            raise DataError(
                Message("The file is larger than is read at once, and has no line ends to draw rows by."),
                Message("Save it with one row on a line, or as Parquet."),
            )
        if len(ends):
            yield block, ends
        rest = block[ends[-1] :] if len(ends) else block
    if rest:
        yield rest, np.array([len(rest)])
