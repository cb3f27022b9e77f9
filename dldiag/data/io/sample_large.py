"""Files of text beyond memory: in one pass over the file, records are drawn at random from all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Notice, ReadPlan
from dldiag.data.io.compression import compression_of
from dldiag.data.io.dialect import SPACES
from dldiag.data.io.limits import MIB, Limits
from dldiag.data.io.notices import notice
from dldiag.data.io.sniff import decide_plan
from dldiag.data.io.source import load, typed_format

HEAD_BYTES = 4 * MIB  # of a large file: from them and its end it is decided where its rows begin and end, and how
TAIL_BYTES = MIB >> 4
_BLOCK_BYTES = 16 * MIB
FILL = 0.98  # of the bytes allowed: the expected size of the draw, so that chance does not exceed them


@dataclass(frozen=True)
class Taken:
    """The bytes to be read; of a large file those of the records drawn, and how many rows and bytes it has in all."""

    data: bytes
    rows_in_file: int | None = None
    size: int = 0

    def told(self, kept: int, limits: Limits) -> list[Notice]:
        """Tell how many of how many rows were drawn."""
        if self.rows_in_file is None:
            return []
        size = self.size // MIB
        return [notice("drawn_from_file", kept=kept, rows=self.rows_in_file, size=size, seed=limits.seed)]


def take(source: str | Path | bytes, limits: Limits, plan: ReadPlan | None = None, **choices: Any) -> Taken:
    """Return the bytes of a source, or of a file of text above `max_text_bytes` a random draw of its records.

    The lines above the first row and below the last are kept. Every record has the same chance; their order stays.
    Raises DataError for a source that cannot be read, is too large, or has no line ends.
    """
    path = None if isinstance(source, bytes | bytearray | memoryview) else Path(source)
    size = _size(path)
    if path is None or size <= limits.max_text_bytes:
        return Taken(load(source, limits))
    plan = plan or _plan_of_ends(path, size, limits, choices)
    if plan is None:
        return Taken(load(path, limits))
    share = FILL * limits.max_text_bytes / size
    with path.open("rb") as file:
        data, rows = _draw(file, plan, share, limits)
    return Taken(data, rows, size)


def _size(path: Path | None) -> int:
    """Return the size of a file; 0 where `load` says better what is wrong."""
    try:
        return path.stat().st_size if path is not None else 0
    except (OSError, ValueError):
        return 0


def _plan_of_ends(path: Path, size: int, limits: Limits, choices: dict[str, Any]) -> ReadPlan | None:
    """Return how a file is read by its beginning and its end; None when it is not text of one record after the other."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        head = head[: head.rfind(b"\n") + 1] or head
        file.seek(max(len(head), size - TAIL_BYTES))
        whole = file.tell() == len(head)
        tail = file.read()
    if compression_of(head) or typed_format(head):
        return None
    plan = decide_plan(head + (tail if whole else tail[tail.find(b"\n") + 1 :]), limits=limits, **choices)
    one_list = plan.format == "jsonl" and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    return None if one_list or plan.encoding.startswith(("utf-16", "utf-32")) else plan


def _draw(file: BinaryIO, plan: ReadPlan, share: float, limits: Limits) -> tuple[bytes, int]:
    """Return the lines above the first row, the records drawn and the lines below; and how many rows there are."""
    rng = np.random.default_rng(limits.seed)
    below = _last_lines(file, plan.footer_rows)
    end = file.seek(0, SEEK_END) - len(below)
    file.seek(0)
    parts = [b"".join(file.readline(limits.max_cell_chars) for _ in range(plan.first_row))]
    rows = 0
    for block, ends in _blocks(file, end, SampleMarks.of(plan), limits):
        starts = np.concatenate([[0], ends[:-1]])
        filled = np.maximum.reduceat(np.frombuffer(block, np.uint8)[: ends[-1]], starts) > SPACE
        chosen = np.flatnonzero(filled & (rng.random(len(ends)) < share))
        bounds = zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True)
        parts.append(b"".join([block[start:stop] for start, stop in bounds]))
        rows += int(filled.sum())
    return b"".join([*parts, below]), rows


def _last_lines(file: BinaryIO, lines: int) -> bytes:
    file.seek(max(0, file.seek(0, SEEK_END) - TAIL_BYTES))
    return b"".join(file.read().splitlines(keepends=True)[-lines:]) if lines else b""


def _blocks(file: BinaryIO, end: int, marks: SampleMarks, limits: Limits) -> Iterator[tuple[bytes, NDArray[np.intp]]]:
    """Yield blocks of whole records, up to an offset in the file, with the places where these end."""
    rest = b""
    while block := file.read(max(0, min(_BLOCK_BYTES, end - file.tell()))):
        block = rest + block
        ends = record_ends(block, marks)
        if not len(ends) or len(block) - ends[-1] > limits.max_cell_chars:
            ends = record_ends(block, SampleMarks())  # a quote that nobody closes: every line is a record
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


LINE_END, RETURN, SPACE = ord("\n"), ord("\r"), ord(" ")
MOST_BLANKS = 8  # between a delimiter and a quote


@dataclass(frozen=True)
class SampleMarks:
    """The bytes of a dialect by which it is told which quotes enclose a cell; without a quote none does."""

    quote: int | None = None
    before: tuple[int, ...] = (LINE_END,)  # what a quote that opens a cell stands behind
    after: tuple[int, ...] = (LINE_END, RETURN)
    escape: int | None = None
    blanks: bool = False  # may stand between a delimiter and a quote

    @classmethod
    def of(cls, plan: ReadPlan) -> SampleMarks:
        """Return the marks of a plan."""
        if not plan.quote or not plan.quote.isascii():
            return cls()
        delimiters = [b" ", b"\t"] if plan.delimiter == SPACES else [_encoded(plan.delimiter, plan.encoding)]
        before = (LINE_END, *(d[-1] for d in delimiters if d))
        after = (LINE_END, RETURN, *(d[0] for d in delimiters if d))
        escape = ord(plan.escape) if plan.escape.isascii() and plan.escape else None
        return cls(ord(plan.quote), before, after, escape, plan.delimiter not in (" ", "\t", SPACES))


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding.removesuffix("-sig"), errors="replace")


def record_ends(block: bytes, marks: SampleMarks) -> NDArray[np.intp]:
    """Return the offsets after the line ends that no quotes enclose, when the block begins with a record."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == LINE_END)
    if marks.quote is not None and marks.quote in block:
        at, within = _quotes(block, marks)
        state = np.concatenate([[False], within])
        ends = ends[~state[np.searchsorted(at, ends)]]
    return ends + 1


def _quotes(block: bytes, marks: SampleMarks) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return where quotes stand that can open or close a cell, and whether the text behind each is within one.

    A run of quotes of an even number is doubled quotes or an empty cell. One that only opens begins a cell, if none is
    open; one that only closes ends it; one that can do both does what is due.
    """
    codes = np.frombuffer(b"\n" + block + b"\n", np.uint8)  # so that every byte has neighbors
    first, last = _runs(np.flatnonzero(codes == marks.quote))
    opens = _stands_by(codes, first, -1, marks.before, marks.blanks)
    closes = _stands_by(codes, last, 1, marks.after, marks.blanks)
    able = (opens | closes) & ((last - first) % 2 == 0)
    if marks.escape is not None:
        able &= codes[first - 1] != marks.escape
    at, opens, closes = last[able] - 1, opens[able], closes[able]
    order = np.arange(len(at))
    sure = np.maximum.accumulate(np.where(opens & closes, -1, order))  # the last quote that leaves no choice
    turns = order - sure  # each quote since then that could do both turned it round
    return at, (opens[sure] & (sure >= 0)) ^ (turns % 2 == 1)


def _runs(at: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first and the last place of every run without a gap."""
    gap = np.concatenate([[True], np.diff(at) > 1, [True]])
    return at[gap[:-1]], at[gap[1:]]


def _stands_by(
    codes: NDArray[np.uint8], at: NDArray[np.intp], step: int, neighbors: tuple[int, ...], blanks: bool
) -> NDArray[np.bool_]:
    """Tell whether one of these neighbors stands beside each place."""
    beside = at + step
    for _ in range(MOST_BLANKS if blanks else 0):
        blank = codes[beside] == SPACE
        if not blank.any():
            break
        beside[blank] += step
    wanted = np.zeros(256, dtype=bool)
    wanted[list(neighbors)] = True
    return wanted[codes[beside]]
