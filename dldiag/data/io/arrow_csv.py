"""Parse regular text with PyArrow; text that it might read differently is left to the strict parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from dldiag.data.io.dialect import SPACES, Dialect, quoted_record
from dldiag.data.io.raw_table import raw_table
from dldiag.data.io.repair_rows import Account, Gatherer

LEAST_CHARS = 200_000  # Below this size the strict parser is as fast.
_BLOCK_BYTES = 1 << 20  # Such a block stays in the cache and is parsed three times as fast as one of 16 MiB.
_BLOCK_ROWS = 100  # A wide table's blocks cost by column, so a block has at least this many rows.
_MOST_BLOCK_BYTES = 16 << 20  # A block of a wide table has no more bytes, unless a row is longer.
_LOOK_BYTES = 1 << 16  # Bytes searched at once: what is made of them stays in the cache.
CHUNK_CHARS = 4 << 20  # Size of the chunks of a text that is not regular as a whole; regular chunks are read fast.
MOST_BOUNDARY_LINES = 500  # A place to cut is looked for in this many lines.
NEWLINE = 10
_HEAD_CHARS = 4096  # Characters at the beginning in which a ruled line below the header is looked for.
_RULES = re.compile(r"(?:\A|\n)[\s|+:=_,;-]*[-=_]{3}[\s|+:=_,;-]*\n|(?:\A|\n)--+(?:[,;\t|]--+)+\n")


def read_body(
    body: str | memoryview, dialect: Dialect, width: int, first_line: int, header: Sequence[str] | None
) -> tuple[pa.Table, Account]:
    """Read a table's lines, a text or its UTF-8: fast where they are regular, strictly line by line where they are not."""
    whole = read_regular(body, dialect, width, header)
    if whole is not None:
        return whole
    body = body if isinstance(body, str) else str(body, "utf-8")
    tables, account, line = [], Account(), first_line
    for chunk in chunks_of(body, dialect, width):
        part = read_regular(chunk, dialect, width, header) if len(chunk) < len(body) else None
        if part is None:
            tables.append(raw_table(Gatherer(chunk, dialect, width, line, header, account).rows(), width))
        else:
            tables.append(part[0])
            account.merge(part[1])
        line += chunk.count("\n")
    return pa.concat_tables(tables), account


def chunks_of(body: str, dialect: Dialect, width: int) -> Iterator[str]:
    """Cut a text between plain rows: lines that have the width by themselves, so that no quoted cell is cut."""
    begin = 0
    while len(body) - begin > 2 * CHUNK_CHARS:
        end = _boundary(body, begin + CHUNK_CHARS, dialect, width)
        if end < 0:
            break
        yield body[begin:end]
        begin = end
    yield body[begin:]


def _boundary(body: str, position: int, dialect: Dialect, width: int) -> int:
    plain = 0
    start = body.find("\n", position) + 1
    for _ in range(MOST_BOUNDARY_LINES):
        end = body.find("\n", start)
        if start == 0 or end < 0:
            return -1
        line = body[start:end]
        cells = quoted_record(line, 0, dialect)[0] if dialect.quote and dialect.quote in line else dialect.split(line)
        plain = plain + 1 if cells is not None and len(cells) == width and line.strip() else 0
        if plain == 2:
            return start
        start = end + 1
    return -1


def read_regular(
    body: str | memoryview, dialect: Dialect, width: int, header: Sequence[str] | None
) -> tuple[pa.Table, Account] | None:
    """Return the table and the account of its lines, or None when the text is not regular.

    Regular is: a one-byte delimiter, quotes only around whole cells and doubled within, every row of the same width,
    no row without values, no repeated header.
    """
    if len(body) < LEAST_CHARS or not _plain(dialect) or width < 2:
        return None
    data = body.encode("utf-8", errors="surrogatepass") if isinstance(body, str) else body
    quoted = _quotes_in_order(data, dialect)
    ends = _places_of(NEWLINE, np.frombuffer(data, np.uint8))
    head = str(data[: 4 * _HEAD_CHARS], "utf-8", "ignore")
    if quoted is None or _blank_row(data, ends, dialect) or _RULES.search(head, 0, _HEAD_CHARS):
        return None
    # A text may hold halves of characters; the bytes of a file were found to be UTF-8.
    parse = partial(_parsed, data, dialect, width, has_quotes=bool(quoted.size), check=isinstance(body, str))
    table = parse(block := _block_bytes(data, ends))
    if table is None and quoted.size and (larger := _block_bytes(data, _outside(ends, quoted))) > block:
        table = parse(larger)  # A record over several lines may be longer than any line.
    return None if table is None or _repeats_header(table, header) else (table, _account(data, ends, quoted, table))


def _parsed(
    data: bytes | memoryview, dialect: Dialect, width: int, block_bytes: int, *, has_quotes: bool, check: bool
) -> pa.Table | None:
    """Return all cells as texts, in one thread, or None where a row has another width or is longer than a block."""
    names = [str(j) for j in range(width)]
    csv = pyarrow.csv
    try:
        return csv.read_csv(
            pa.BufferReader(pa.py_buffer(data)),
            read_options=csv.ReadOptions(column_names=names, block_size=block_bytes, use_threads=False),
            parse_options=csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote if has_quotes else False,
                double_quote=True,
                newlines_in_values=has_quotes,
                ignore_empty_lines=True,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False, check_utf8=check
            ),
            memory_pool=_memory_pool(),
        )
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowKeyError):
        return None


@cache
def _memory_pool() -> pa.MemoryPool:
    """Return the pool that takes least memory for many small pieces; pyarrow is built without it on some systems.

    The default one gives pages back and takes them anew all the time.
    """
    try:
        return pa.jemalloc_memory_pool()
    except NotImplementedError:
        return pa.system_memory_pool()


def _block_bytes(data: bytes | memoryview, ends: NDArray[np.int64]) -> int:
    """Return how many bytes are parsed at once, by the longest row between two ends."""
    longest = int(np.diff(ends, prepend=0, append=len(data)).max())
    return max(_BLOCK_BYTES, min(_MOST_BLOCK_BYTES, longest * _BLOCK_ROWS), longest * 2)


def _places_of(mark: int, raw: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return where a byte stands."""
    blocks = range(0, len(raw), _LOOK_BYTES)
    found = [np.flatnonzero(raw[begin : begin + _LOOK_BYTES] == mark) + begin for begin in blocks]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _plain(dialect: Dialect) -> bool:
    one_byte = len(dialect.delimiter) == 1 and dialect.delimiter.isascii() and dialect.delimiter not in (SPACES, " ")
    return one_byte and not dialect.escape and not dialect.skip_space and len(dialect.quote) <= 1


def _quotes_in_order(data: bytes | memoryview, dialect: Dialect) -> NDArray[np.int64] | None:
    """Return where quotes stand when each opens or closes a whole cell or is doubled within one; else None."""
    if not dialect.quote:
        return np.empty(0, np.int64)
    if not dialect.quote.isascii():
        return np.empty(0, np.int64) if dialect.quote.encode() not in bytes(data) else None
    raw = np.frombuffer(data, np.uint8)
    at = _places_of(ord(dialect.quote), raw)
    if not len(at) or len(at) % 2:
        return None if len(at) else at
    opens, closes = at[0::2], at[1::2]
    delimiter = ord(dialect.delimiter)
    before, after = raw[opens - 1], raw[np.minimum(closes + 1, len(raw) - 1)]
    if opens[0] == 0:
        before[0] = NEWLINE
    if closes[-1] == len(raw) - 1:
        after[-1] = NEWLINE
    doubled = closes[:-1] + 1 == opens[1:]
    good_open = (before == delimiter) | (before == NEWLINE)
    good_open[1:] |= doubled
    good_close = (after == delimiter) | (after == NEWLINE)
    good_close[:-1] |= doubled
    return at if good_open.all() and good_close.all() else None


def _blank_row(data: bytes | memoryview, ends: NDArray[np.int64], dialect: Dialect) -> bool:
    """Tell whether some row has delimiters or blanks but no value; such rows are reported one by one."""
    marks = (dialect.delimiter, " ", "\t")
    first = np.frombuffer(data, np.uint8)[np.minimum(ends + 1, len(data) - 1)]
    if chr(data[0]) not in marks and not any((first == ord(mark)).any() for mark in marks):
        return False
    mark = re.escape(dialect.delimiter.encode())
    return re.search(rb"(?:\A|\n)[ \t%b]+(?:\n|\Z)" % mark, data) is not None


def _repeats_header(table: pa.Table, header: Sequence[str] | None) -> bool:
    """Tell whether some row is the header once more. The longest name comes first: the fewest rows hold it."""
    if header is None or len(header) != table.num_columns:
        return False
    names = [c.strip() for c in header]
    for j in sorted(range(len(names)), key=lambda j: -len(names[j])):
        table = table.filter(pc.match_substring(table.column(j), names[j]))
        if not table.num_rows:
            return False
    return any([c.strip() for c in row] == names for row in zip(*(c.to_pylist() for c in table.columns), strict=True))


def _outside(ends: NDArray[np.int64], quoted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the line ends that stand outside quotes: an even number of quotes stands before them."""
    return ends if not quoted.size else ends[np.searchsorted(quoted, ends) % 2 == 0]


def _account(data: bytes | memoryview, ends: NDArray[np.int64], quoted: NDArray[np.int64], table: pa.Table) -> Account:
    """Count lines: those that end a record right after another end are blank, all others were read.

    Where there are as many lines as rows, each line is a row.
    """
    lines, rows = len(ends) + (len(data) > 0 and data[-1] != NEWLINE), table.num_rows
    blank = int((np.diff(_outside(ends, quoted), prepend=-1) == 1).sum()) if lines != rows else 0
    account = Account()
    account.lines.update({"read": lines - blank, "blank": blank})
    account.records.update({"read": rows, "blank": blank})
    return account
