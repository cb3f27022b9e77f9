"""How lines are cut into cells: by the rules of a dialect, or, where the quotes of a line break them, at least cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

SPACES = r"\s+"  # The delimiter that stands for runs of blanks is written as pandas writes it.
_RULE = re.compile(r"[\s|+:=_-]*(?:-{3}|={3}|_{3})[\s|+:=_-]*|\s*-{2,}\s*(?:\|\s*-{2,}\s*)+")
SWALLOWED_SHARE = 0.6  # A quote was never meant as one if this share of the lines in its cell looks like rows.
LEAST_INNER_LINES = 2
MOST_INNER_LINES = 1000
LONGEST_RECORD = 10 << 20  # A quote that closes after more characters was never meant as one.
BARE_QUOTE_COST = 1  # Paid for a quote in the middle of a cell without quotes.
LITERAL_QUOTE_COST = 3  # Paid for a cell that begins with a quote and is taken as it stands.
CLOSING_QUOTE_COST = 3  # Paid for a cell without quotes that ends with one, and not as 5" does.
STRAY_QUOTE_COST = 2  # Paid for a quote within quotes that is not doubled.
GLUED_COST = 3  # Paid for two cells without a delimiter between them, one of them in quotes.
MOST_STARTS = 1500  # A line with more delimiters is not repaired.
MOST_CLOSERS = 12  # This many ends are tried for one quoted cell.


@dataclass(frozen=True)
class Dialect:
    """How a line is cut into cells."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    skip_space: bool = False  # Blanks after a delimiter belong to the delimiter.

    @property
    def field(self) -> re.Pattern[str]:
        """Match one well-formed field: group 1 is the text between quotes, group 2 the bare text."""
        return _field(self)

    def split(self, line: str) -> list[str]:
        """Cut a line that holds no quote."""
        if not self.delimiter:
            return [line]
        if self.delimiter == SPACES:
            return line.split()
        cells = line.split(self.delimiter)
        return [c.lstrip(" ") for c in cells] if self.skip_space else cells

    def unquote(self, inner: str) -> str:
        """Return the text of a quoted field."""
        if self.escape:
            inner = inner.replace(self.escape + self.quote, self.quote)
        return inner.replace(self.quote * 2, self.quote)


@lru_cache(maxsize=256)
def _field(dialect: Dialect) -> re.Pattern[str]:
    mark = SPACES if dialect.delimiter == SPACES else re.escape(dialect.delimiter)
    ends = r"(?=[^\S\n]+|\n|\Z)" if dialect.delimiter == SPACES else (rf"(?={mark}|\n|\Z)" if mark else r"(?=\n|\Z)")
    quote, escape = re.escape(dialect.quote), re.escape(dialect.escape)
    lead = r"[ ]*" if dialect.skip_space or dialect.delimiter not in (" ", SPACES, "\t") else ""
    stop = r"\s" if dialect.delimiter == SPACES else mark
    bare = rf"[^{stop}{quote}\n]*"
    if not dialect.quote:
        return re.compile(rf"(?!)()|([^{stop}\n]*){ends}")
    body = rf"(?:[^{quote}{escape}]|{quote}{quote}" + (rf"|{escape}(?:{quote}|)" if escape else "") + ")*+"
    trail = r"[ ]*" if dialect.delimiter not in (" ", SPACES) else ""
    return re.compile(rf"{lead}{quote}({body}){quote}{trail}{ends}|({bare}){ends}")


class Record(NamedTuple):
    """One record: where it stands (0-based line, number of lines), its cells, and whether its quotes are at fault."""

    line: int
    lines: int
    cells: list[str]
    fault: bool = False

    @property
    def is_rule(self) -> bool:
        """Whether it is a line of dashes, as programs print between a header and the rows."""
        return _RULE.fullmatch("|".join(self.cells)) is not None

    @property
    def filled(self) -> int:
        """Number of cells that are not blank."""
        return sum(map(bool, map(str.strip, self.cells)))

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not "".join(self.cells).strip()


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
            lines = 1 + (text.count("\n", position, stop) if stop > end else 0)
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
            position = _after_spaces(text, position)
        field = match(text, position)
        if field is None or field.end() - position > LONGEST_RECORD:
            return None, position
        inner = field.group(1)
        cells.append(_bare(field.group(2), dialect) if inner is None else dialect.unquote(inner))
        position = field.end()
        if dialect.delimiter == SPACES:
            position = _after_spaces(text, position)
        if position >= size or text[position] == "\n":
            return cells, position
        position += 0 if dialect.delimiter == SPACES else len(dialect.delimiter)


def _bare(cell: str, dialect: Dialect) -> str:
    return cell.lstrip(" ") if dialect.skip_space else cell


def _after_spaces(text: str, position: int) -> int:
    while position < len(text) and text[position] != "\n" and text[position].isspace():
        position += 1
    return position


# --- lines whose quotes do not follow the dialect ---------------------------------------------------------------


def loose_cells(line: str, dialect: Dialect) -> list[str]:
    """Cut a line at fault: a quoted cell ends at the first odd run of quotes before a delimiter, others are bare."""
    if not dialect.quote or not dialect.delimiter or dialect.delimiter == SPACES:
        return dialect.split(line)
    closers, mark, cells, position, at = _closers(line, dialect), dialect.delimiter, [], 0, 0
    while position <= len(line):
        start = position if mark == " " else _after_blanks(line, position)
        stop = -1
        if line.startswith(dialect.quote, start):
            while at < len(closers) and not _closes(closers[at], start):
                at += 1
            stop = closers[at][2] if at < len(closers) else -1
        if stop < 0:
            stop = line.find(mark, position)
            stop = len(line) if stop < 0 else stop
        cells.append(_without_quotes(line[position:stop].strip(" "), dialect.quote))
        position = stop + len(mark)
    return cells


def _without_quotes(cell: str, quote: str) -> str:
    """Return a cell without the quotes at its ends; behind a digit one is the sign of inches: size 5"."""
    is_inches = quote == '"' and not cell.startswith(quote) and re.search(r'\d"$', cell)
    return cell if is_inches else cell.strip(quote)


def cells_at_width(line: str, dialect: Dialect, width: int) -> list[str] | None:
    """Return exactly `width` cells at the least cost of quotes taken literally; None when there is no such cut."""
    if not dialect.quote or dialect.delimiter in ("", SPACES) or line.count(dialect.delimiter) > MOST_STARTS:
        return None
    plan = _Cut(line, dialect).best(0, width)
    return None if plan is None else plan[1]


class _Cut:
    """The least costly ways to cut one line, by where it is cut and how many cells are to come."""

    def __init__(self, line: str, dialect: Dialect) -> None:
        self.line, self.dialect, self.closers = line, dialect, _closers(line, dialect)
        self.known: dict[tuple[int, int], tuple[int, list[str]] | None] = {}

    def best(self, start: int, width: int) -> tuple[int, list[str]] | None:
        """Return (cost, cells) of the rest of the line; filled from the far end, so that no recursion runs deep."""
        starts = [0] + [m.end() for m in re.finditer(re.escape(self.dialect.delimiter), self.line)]
        for left in range(1, width + 1):  # This many cells are still to come.
            for begin in reversed(starts):
                self.known[begin, left] = self._step(begin, left)
        return self.known.get((start, width))

    def _step(self, start: int, left: int) -> tuple[int, list[str]] | None:
        ways = []
        for cost, cells, stop in self._cells(start):
            if stop >= len(self.line):
                if left == len(cells):
                    ways.append((cost, cells))
                continue
            rest = self.known.get((stop + len(self.dialect.delimiter), left - len(cells)))
            if rest is not None:
                ways.append((cost + rest[0], cells + rest[1]))
        return min(ways, key=lambda w: w[0], default=None)

    @lru_cache(maxsize=4096)  # noqa: B019 - lives as long as the one line it cuts
    def _cells(self, start: int) -> list[tuple[int, list[str], int]]:
        """Return (cost, cells, end) of every way to read what begins here: mostly one cell, two where one is glued on."""
        stop = self.line.find(self.dialect.delimiter, start)
        stop = len(self.line) if stop < 0 else stop
        quote = self.dialect.quote
        bare = self.line[start:stop]
        ways = [(_bare_cost(bare, quote), [bare], stop)]
        opening = start if self.dialect.delimiter == " " else _after_blanks(self.line, start)
        if self.line.startswith(quote, opening):
            fitting = [c for c in self.closers if _closes(c, opening)][:MOST_CLOSERS]
            ways += [self._quoted(opening, c) for c in fitting]
            ways += self._glued_quotes(opening)
        elif quote in self.line[start:stop]:
            opening = self.line.index(quote, start)
            glued = self.line[opening + 1 : opening + 2].isalnum()
            fitting = [c for c in self.closers if glued and _closes(c, opening)][:1]
            for cost, cells, end in (self._quoted(opening, c) for c in fitting):
                ways.append((cost + GLUED_COST, [self.line[start:opening], *cells], end))
        return ways

    def _glued_quotes(self, opening: int) -> list[tuple[int, list[str], int]]:
        """Read `"a""b"` as two cells whose delimiter is missing."""
        quote = self.dialect.quote
        middle = self.line.find(quote * 2, opening + 1)
        closer = next((c for c in self.closers if middle > 0 and c[1] - 1 > middle + 1), None)
        if closer is None or quote in self.line[middle + 2 : closer[1] - 1]:
            return []
        return [(GLUED_COST, [self.line[opening + 1 : middle], self.line[middle + 2 : closer[1] - 1]], closer[2])]

    def _quoted(self, opening: int, closer: tuple[int, int, int]) -> tuple[int, list[str], int]:
        inner = self.line[opening + 1 : closer[1] - 1]
        stray = inner.replace(self.dialect.escape + self.dialect.quote, "") if self.dialect.escape else inner
        stray = stray.replace(self.dialect.quote * 2, "")
        cost = STRAY_QUOTE_COST if self.dialect.quote in stray else 0
        return cost, [self.dialect.unquote(inner)], closer[2]


def _bare_cost(bare: str, quote: str) -> int:
    """Return the cost of taking a cell's quotes as they stand."""
    if quote not in bare:
        return 0
    if bare.lstrip().startswith(quote):
        return LITERAL_QUOTE_COST
    text = bare.rstrip()
    closes = text.endswith(quote) and not text.rstrip(quote)[-1:].isdigit()
    return CLOSING_QUOTE_COST if closes else BARE_QUOTE_COST


def _closers(line: str, dialect: Dialect) -> list[tuple[int, int, int]]:
    """Return (begin, end) of every run of quotes that stands before a delimiter or the end, and where that stands."""
    quote, mark = re.escape(dialect.quote), re.escape(dialect.delimiter)
    blanks = "" if dialect.delimiter == " " else " *"
    return [(m.start(1), m.end(1), m.end()) for m in re.finditer(rf"({quote}+){blanks}(?={mark}|$)", line)]


def _closes(closer: tuple[int, int, int], opening: int) -> bool:
    """Tell whether a run of quotes can close the cell that opens there: an odd number of them is left."""
    begin, end, _ = closer
    return end > opening + 1 and (end - max(begin, opening + 1)) % 2 == 1


def _after_blanks(line: str, position: int) -> int:
    while position < len(line) and line[position] == " ":
        position += 1
    return position
