"""One column as distinct texts and their counts: every decision about a column is made on these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.arrays import ArrowExtensionArray

from dldiag.data.typing.patterns import found_in, substituted

_TO_LAST_DIGIT = r"(?s)^.*[0-9]"
# Of all bytes blanks of ASCII come first; what lies beyond ASCII, blanks as well, begins with later ones.
_BYTES, _LAST_BLANK, _BEYOND_ASCII = 256, 32, 128
DIGITS, SIGNS_AND_DIGITS = b"0123456789", b"+-0123456789"
_SHOWN_JOINED = 5  # One of them may be the empty text.
_FEW_TAILS = 20  # More different endings take longer one by one than the pattern takes.


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one column, trimmed: `texts[codes[row]]`, code −1 where the cell is empty.

    `counts` is the number of cells of each distinct text; texts stand in the order in which they first occur.
    """

    texts: pa.Array
    counts: NDArray[np.int64]
    codes: NDArray[np.int64]
    joined: tuple[str, ...] = ()  # Some of the texts that stood in the file with different blanks around them.

    @property
    def rows(self) -> int:
        """Number of cells, empty ones included."""
        return len(self.codes)

    @property
    def present(self) -> int:
        """Number of cells that hold something."""
        return int(self.counts.sum())

    @property
    def distinct(self) -> int:
        """Number of distinct texts."""
        return len(self.texts)

    def share(self, mask: NDArray[np.bool_]) -> float:
        """Return the share of the present cells whose text is in the mask."""
        return float(self.counts[mask].sum() / max(self.present, 1))

    def count(self, mask: NDArray[np.bool_]) -> int:
        """Return the number of cells whose text is in the mask."""
        return int(self.counts[mask].sum())

    def matches(self, pattern: str, first: bytes = b"") -> NDArray[np.bool_]:
        """Return which distinct texts match a regular expression (RE2, searched); `first` as for `matching`."""
        return matching(self.texts, pattern, first) if first else found_in(self.texts, pattern)

    def examples(self, n: int = 3) -> tuple[str, ...]:
        """Return the n most frequent texts."""
        left, order = self.counts.copy(), []
        for _ in range(min(n, len(left))):  # Sorting all of many texts takes longer.
            order.append(int(left.argmax()))
            left[order[-1]] = -1
        return tuple(self.texts.take(pa.array(order, pa.int64())).to_pylist())

    def spread(self, values: NDArray[Any], empty: Any) -> NDArray[Any]:
        """Return one value per cell from one value per distinct text."""
        out = np.append(values, np.array([empty], dtype=values.dtype))
        return np.asarray(out[self.codes])

    def first_row(self, mask: NDArray[np.bool_]) -> int:
        """Return the first row (from 0) whose text is in the mask; there must be one."""
        return int(np.argmax(np.isin(self.codes, np.flatnonzero(mask))))

    def without(self, mask: NDArray[np.bool_]) -> Cells:
        """Return the same column with the masked texts taken as empty."""
        if not mask.any():
            return self
        new = np.append(np.cumsum(~mask) - 1, -1)
        new[:-1][mask] = -1
        return Cells(self.texts.filter(pa.array(~mask)), self.counts[~mask], new[self.codes], self.joined)


def matching(texts: pa.Array, pattern: str, first: bytes) -> NDArray[np.bool_]:
    """Return which texts match a pattern of which every match begins the text, with one of these bytes or one beyond ASCII.

    The first byte alone says of most texts that they do not match.

    >>> matching(pa.array(["7", "x7", ""], pa.large_string()), r"^\\d$", b"0123456789").tolist()
    [True, False, False]
    """
    found = beginning_with(texts, first)
    if found.any():
        found[found] = found_in(texts.filter(pa.array(found)), pattern)
    return found


def beginning_with(texts: pa.Array, first: bytes) -> NDArray[np.bool_]:
    """Return which texts begin with one of these bytes, or with one beyond ASCII."""
    letters, starts = letters_of(texts)
    found = starts[1:] > starts[:-1]
    if len(letters):
        found &= _begins(first)[letters[np.minimum(starts[:-1], len(letters) - 1)]]
    return found


@cache
def _begins(first: bytes) -> NDArray[np.bool_]:
    return np.isin(np.arange(_BYTES), [*first, *range(_BEYOND_ASCII, _BYTES)])


def without_tails(texts: pa.Array, mask: NDArray[np.bool_], pattern: str, replacement: str) -> pa.Array:
    """Replace a pattern that takes something from behind the last digit, in the texts of a mask, each of which matches it whole.

    What becomes of a text depends on what stands behind its last digit alone, which is the same in most texts of a column.
    """
    chosen = texts.filter(pa.array(mask))
    tails = substituted(chosen, _TO_LAST_DIGIT, "").dictionary_encode()
    if len(tails.dictionary) > _FEW_TAILS:
        return substituted(texts, pattern, replacement)
    codes, found = tails.indices.to_numpy(zero_copy_only=False), chosen
    for code, tail in enumerate(tails.dictionary.to_pylist()):
        here = pa.array(codes == code)
        left = substituted(pa.array(["1" + tail], texts.type), pattern, replacement)[0].as_py()[1:]
        cut = pc.utf8_slice_codeunits(chosen.filter(here), 0, -len(tail)) if tail else chosen.filter(here)
        parts = _joined(cut, left) if left else cut
        found = pc.replace_with_mask(found, here, parts)
    return pc.replace_with_mask(texts, pa.array(mask), found)


def _joined(texts: pa.Array, behind: str) -> pa.Array:
    return pc.binary_join_element_wise(texts, pa.scalar(behind, texts.type), pa.scalar("", texts.type))


def as_arrow(texts: pd.Series | Sequence[str | None]) -> pa.Array:
    """Return texts as one Arrow string array, null where missing."""
    array = pa.array(texts, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def as_chunks(texts: pd.Series) -> pa.ChunkedArray:
    """Return a column of texts in the pieces that it is kept in: nothing is copied."""
    if isinstance(texts.array, ArrowExtensionArray):
        kept = texts.array.__arrow_array__()
        if isinstance(kept, pa.ChunkedArray) and kept.type == pa.large_string():
            return kept
    array = pa.array(texts, type=pa.large_string(), from_pandas=True)
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def lengths_of(texts: pa.Array) -> NDArray[np.int64]:
    """Return how many bytes each text has."""
    return np.diff(letters_of(texts)[1])


def letters_of(texts: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of a large_string array and where each of its texts begins in them; the last number is the end."""
    if not len(texts):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    _, starts_buffer, letters_buffer = texts.buffers()
    starts = np.frombuffer(starts_buffer, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(letters_buffer or b"", np.uint8)[: starts[-1]], starts


def cells_of(texts: pa.Array | pa.ChunkedArray) -> Cells:
    """Return the distinct trimmed texts of a column; blank cells count as empty."""
    whole = texts if isinstance(texts, pa.ChunkedArray) else pa.chunked_array([texts])
    whole = whole if whole.type == pa.large_string() else whole.cast(pa.large_string())
    if (of_letters := _cells_of_letters(whole)) is not None:
        return of_letters
    encoded = whole.dictionary_encode().combine_chunks()
    filled = encoded.indices if not encoded.null_count else pc.fill_null(encoded.indices, -1)
    codes = filled.to_numpy(zero_copy_only=False).astype(np.int64)
    distinct, joined = encoded.dictionary, ()
    if _may_have_blanks(distinct) and not (trimmed := pc.utf8_trim_whitespace(distinct)).equals(distinct):
        again = trimmed.dictionary_encode()
        merged = again.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        codes, distinct = np.append(merged, -1)[codes], again.dictionary
        several = np.bincount(merged, minlength=len(distinct)) > 1
        joined = tuple(filter(None, distinct.filter(pa.array(several)).slice(0, _SHOWN_JOINED).to_pylist()))
    counts = np.bincount(codes[codes >= 0] if encoded.null_count else codes, minlength=len(distinct)).astype(np.int64)
    return Cells(distinct, counts, codes, joined).without(lengths_of(distinct) == 0)


def _may_have_blanks(texts: pa.Array) -> bool:
    """Tell by the first and last byte of each text whether some of them may begin or end with a blank."""
    letters, starts = letters_of(texts)
    filled = starts[1:] > starts[:-1]
    first, end = starts[:-1][filled], starts[1:][filled]
    ends = np.concatenate([letters[first], letters[end - 1]])
    return bool(len(ends)) and bool(ends.min() <= _LAST_BLANK or ends.max() >= _BEYOND_ASCII)


def hold_few_letters(texts: pa.ChunkedArray) -> bool:
    """Whether each cell is empty or a single letter, the same two at most: 0 and 1, or M and F."""
    counts = _counts_of_letters(texts)
    return counts is not None and int(np.count_nonzero(counts)) <= 2


def _counts_of_letters(texts: pa.ChunkedArray) -> NDArray[np.int64] | None:
    """Return how often each byte stands in cells of one byte or none, ASCII and no blank; None where some cell is longer or absent."""
    if texts.null_count:
        return None
    counts = np.zeros(_BYTES, dtype=np.int64)
    for chunk in filter(len, texts.chunks):
        letters, starts = letters_of(chunk)
        if starts[-1] - starts[0] > len(chunk) or (starts[1:] - starts[:-1]).max() > 1:
            return None
        counts += np.bincount(letters[starts[0] :], minlength=_BYTES)
    return None if counts[: _LAST_BLANK + 1].any() or counts[_BEYOND_ASCII:].any() else counts


def _cells_of_letters(texts: pa.ChunkedArray) -> Cells | None:
    """Return the cells of a column of single letters without an empty cell, which tell by themselves what text they are."""
    counts = _counts_of_letters(texts)
    if counts is None or not len(texts) or counts.sum() < len(texts):
        return None
    found = [letters_of(chunk) for chunk in texts.chunks if len(chunk)]
    letters = np.concatenate([each[starts[0] :] for each, starts in found])
    present = np.flatnonzero(counts)
    in_order = present[np.argsort([int(np.argmax(letters == letter)) for letter in present])]
    code_of = np.zeros(_BYTES, dtype=np.int64)
    code_of[in_order] = np.arange(len(in_order))
    return Cells(pa.array(map(chr, in_order.tolist()), texts.type), counts[in_order], code_of[letters])
