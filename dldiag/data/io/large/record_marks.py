"""Where the records of a text end: at the line ends that no quotes enclose, for all of a block at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dldiag.core.types import ReadPlan
from dldiag.data.io.dialect import SPACES

LINE_END, RETURN, SPACE = ord("\n"), ord("\r"), ord(" ")
MOST_BLANKS = 8  # More blanks between a delimiter and a quote are not skipped.


@dataclass(frozen=True)
class SampleMarks:
    """The bytes of a dialect that decide which quotes enclose a cell; a dialect without a quote has none."""

    quote: int | None = None
    before: tuple[int, ...] = (LINE_END,)  # A quote that opens a cell stands behind one of these.
    after: tuple[int, ...] = (LINE_END, RETURN)
    escape: int | None = None
    blanks: bool = False  # Blanks may stand between a delimiter and a quote.

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
    codes = np.frombuffer(b"\n" + block + b"\n", np.uint8)  # Every byte then has neighbors.
    first, last = _runs(np.flatnonzero(codes == marks.quote))
    opens = _stands_by(codes, first, -1, marks.before, marks.blanks)
    closes = _stands_by(codes, last, 1, marks.after, marks.blanks)
    able = (opens | closes) & ((last - first) % 2 == 0)
    if marks.escape is not None:
        able &= codes[first - 1] != marks.escape
    at, opens, closes = last[able] - 1, opens[able], closes[able]
    order = np.arange(len(at))
    # The place of the last quote that leaves no choice.
    sure = np.maximum.accumulate(np.where(opens & closes, -1, order))
    turns = order - sure  # Each quote after it that could open or close did the opposite of the one before.
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
