"""Lines whose quotes do not follow the dialect: cut loosely to look at them, or at least cost to a known width."""

from __future__ import annotations

import re
from functools import lru_cache

from dldiag.data.io.dialect import SPACES, Dialect

BARE_QUOTE_COST = 1  # a quote in the middle of a cell without quotes
LITERAL_QUOTE_COST = 3  # a cell that begins with a quote and is taken as it stands
CLOSING_QUOTE_COST = 3  # a cell without quotes that ends with one, and not as 5" does
STRAY_QUOTE_COST = 2  # a quote within quotes that is not doubled
GLUED_COST = 3  # two cells without a delimiter between them, one of them in quotes
MOST_STARTS = 1500  # delimiters in a line above which no repair is tried
MOST_CLOSERS = 12  # ends that are tried for one quoted cell


def loose_cells(line: str, dialect: Dialect) -> list[str]:
    """Cut a line at fault: a quoted cell ends at the first odd run of quotes before a delimiter, others are bare."""
    if not dialect.delimiter or dialect.delimiter == SPACES:
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
        cells.append(line[position:stop].strip(" ").strip(dialect.quote))
        position = stop + len(mark)
    return cells


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
        for left in range(1, width + 1):  # cells still to come
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
