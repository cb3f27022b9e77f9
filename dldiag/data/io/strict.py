"""Text -> records, strictly by the dialect: what does not follow it is told as a fault, never guessed here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dldiag.data.io.dialect import SPACES, Dialect

SWALLOWED_SHARE = 0.6  # of the lines within a cell that look like rows, above which its quote was never meant
LEAST_INNER_LINES = 2
MOST_INNER_LINES = 1000
LONGEST_RECORD = 10 << 20  # characters within one quoted cell; a quote that closes later was never meant as one


class Record(NamedTuple):
    """One record: where it stands (0-based line, number of lines), its cells, and whether its quotes are at fault."""

    line: int
    lines: int
    cells: list[str]
    fault: bool = False

    @property
    def filled(self) -> int:
        """Number of cells that are not blank."""
        return sum(1 for c in self.cells if c and not c.isspace())

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(c and not c.isspace() for c in self.cells)


def records(text: str, dialect: Dialect, first_line: int = 0, width: int | None = None) -> Iterator[Record]:
    """Yield the records of a text whose lines end in \\n. A record at fault holds its one line as one cell.

    With a known width, quotes that swallow line ends are believed only where they make a row of that width.
    """
    position, number, size, quote = 0, first_line, len(text), dialect.quote
    while position < size:
        end = text.find("\n", position)
        end = size if end < 0 else end
        line = text[position:end]
        cells, stop = (None, end) if quote and quote in line else (dialect.split(line), end)
        if cells is None:
            cells, stop = quoted_record(text, position, dialect)
            if cells is not None and stop > end and not _believable(text[position:stop], cells, dialect, width):
                cells = None
        if cells is None:
            yield Record(number, 1, [line], fault=True)
            position, number = end + 1, number + 1
        else:
            lines = 1 + text.count("\n", position, stop)
            yield Record(number, lines, cells)
            position, number = stop + 1, number + lines


def _believable(swallowed: str, cells: list[str], dialect: Dialect, width: int | None) -> bool:
    """Tell whether a cell over several lines was meant: the row has the width, its lines are no rows by themselves."""
    if width is None:
        return True
    if len(cells) != width:
        return False
    inner = swallowed.split("\n")[1:-1][:MOST_INNER_LINES]
    rows = sum(line.count(dialect.delimiter) == width - 1 for line in inner) if dialect.delimiter else 0
    return width < 2 or len(inner) < LEAST_INNER_LINES or rows < SWALLOWED_SHARE * len(inner)


def quoted_record(text: str, start: int, dialect: Dialect) -> tuple[list[str] | None, int]:
    """Return the cells of the record at `start` and where it ends; None when its quotes do not follow the dialect."""
    cells: list[str] = []
    position, size, match = start, len(text), dialect.field.match
    while True:
        if dialect.delimiter == SPACES:
            position = _after_blanks(text, position)
        field = match(text, position)
        if field is None or field.end() - position > LONGEST_RECORD:
            return None, position
        inner = field.group(1)
        cells.append(_bare(field.group(2), dialect) if inner is None else dialect.unquote(inner))
        position = field.end()
        if dialect.delimiter == SPACES:
            position = _after_blanks(text, position)
        if position >= size or text[position] == "\n":
            return cells, position
        position += 0 if dialect.delimiter == SPACES else len(dialect.delimiter)


def _bare(cell: str, dialect: Dialect) -> str:
    return cell.lstrip(" ") if dialect.skip_space else cell


def _after_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] != "\n" and text[position].isspace():
        position += 1
    return position
