"""Files of text beyond memory: in one pass over the file, records are drawn at random from all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dldiag.data.reading.compression import compression_of
from dldiag.data.reading.decide import decide
from dldiag.data.reading.formats import typed_format
from dldiag.data.reading.limits import MIB, Limits
from dldiag.data.reading.notices import notice
from dldiag.data.reading.source import load
from dldiag.language import Message
from dldiag.types import DataError, Notice, ReadPlan

HEAD_BYTES = 4 * MIB  # of a large file: from them it is decided where its rows begin and how they end
BLOCK_BYTES = 16 * MIB
FILL = 0.98  # of the bytes allowed: the expected size of the draw, so that chance does not exceed them
LINE_END = ord("\n")


@dataclass(frozen=True)
class Taken:
    """The bytes to be read; of a large file those of the records drawn, and how many it has in all."""

    data: bytes
    rows_in_file: int | None = None
    notices: tuple[Notice, ...] = ()


def take(source: str | Path | bytes, limits: Limits, plan: ReadPlan | None = None, **choices: Any) -> Taken:
    """Return the bytes of a source, or of a file of text above `max_text_bytes` a random draw of its records.

    The lines above the first row are kept. Every record has the same chance; their order stays. Raises DataError for a
    source that cannot be read, is too large, or has no line ends.
    """
    path = None if isinstance(source, bytes | bytearray | memoryview) else Path(source)
    size = _size(path)
    if path is None or size <= limits.max_text_bytes:
        return Taken(load(source, limits))
    plan = plan or _plan_of_head(path, limits, choices)
    if plan is None:
        return Taken(load(path, limits))
    share = FILL * limits.max_text_bytes / size
    with path.open("rb") as file:
        data, kept, rows = _draw(file, plan, share, limits)
    told = notice("drawn_from_file", kept=kept, rows=rows, size=size // MIB, seed=limits.seed)
    return Taken(data, rows, (told,))


def _size(path: Path | None) -> int:
    """Return the size of a file; 0 where `load` says better what is wrong."""
    try:
        return path.stat().st_size if path is not None else 0
    except (OSError, ValueError):
        return 0


def _plan_of_head(path: Path, limits: Limits, choices: dict[str, Any]) -> ReadPlan | None:
    """Return how the beginning of a file is read; None when it is not text of one record after the other."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    head = head[: head.rfind(b"\n") + 1] or head
    if compression_of(head) or typed_format(head):
        return None
    plan = decide(head, limits=limits, **choices)
    one_list = plan.format == "jsonl" and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    return None if one_list or plan.encoding.startswith(("utf-16", "utf-32")) else plan


def _draw(file: BinaryIO, plan: ReadPlan, share: float, limits: Limits) -> tuple[bytes, int, int]:
    """Return the lines above the first row with the records drawn, how many were drawn, and how many there are."""
    rng = np.random.default_rng(limits.seed)
    parts = [b"".join(file.readline(limits.max_cell_chars) for _ in range(plan.first_row))]
    kept = rows = 0
    quote = ord(plan.quote) if plan.quote.isascii() and plan.quote else None
    for block, ends in _blocks(file, quote, limits):
        chosen = np.flatnonzero(rng.random(len(ends)) < share)
        starts = np.concatenate([[0], ends[:-1]])
        bounds = zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True)
        parts.append(b"".join([block[start:end] for start, end in bounds]))
        kept, rows = kept + len(chosen), rows + len(ends)
    return b"".join(parts), kept, rows


def _blocks(file: BinaryIO, quote: int | None, limits: Limits) -> Iterator[tuple[bytes, NDArray[np.intp]]]:
    """Yield blocks of whole records with the places where these end."""
    rest = b""
    while block := file.read(BLOCK_BYTES):
        block = rest + block
        ends = _record_ends(block, quote)
        if not len(ends) or len(block) - ends[-1] > limits.max_cell_chars:
            ends = _record_ends(block, None)  # a quote that nobody closes: every line is a record
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


def _record_ends(block: bytes, quote: int | None) -> NDArray[np.intp]:
    """Return the offsets after the line ends that no quotes enclose, when the block begins with a record."""
    codes = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(codes == LINE_END)
    if quote is not None:
        before = np.searchsorted(np.flatnonzero(codes == quote), ends)
        ends = ends[before % 2 == 0]
    return ends + 1
