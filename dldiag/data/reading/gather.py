"""Records -> rows of one width: sound ones as they are, the others repaired or set aside, every line counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dldiag.data.reading.dialect import Dialect
from dldiag.data.reading.profile import ColumnProfile, fit_row, profiles
from dldiag.data.reading.quotes import cells_at_width
from dldiag.data.reading.strict import Record, records

Row = Sequence[str | None]
Fate = Literal["read", "blank", "blank_rows", "repeated_header", "bare_quotes", "padded", "extra_empty", "realigned", "set_aside"]
REPAIRS: tuple[Fate, ...] = ("bare_quotes", "padded", "extra_empty", "realigned")
SAMPLE_RECORDS = 600
LONGEST_REPAIRED = 100_000  # characters of a line; longer lines at fault are set aside


@dataclass
class Account:
    """How many lines and records had which fate, and the first example of each."""

    lines: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    multiline: int = 0

    def add(self, fate: str, record: Record) -> None:
        """Count one record; keep it as the example if it is the first of its fate."""
        self.lines[fate] += record.lines
        self.records[fate] += 1
        if fate not in self.examples and fate not in {"read", "blank"}:
            self.examples[fate] = f"{record.line + 1}: " + " | ".join(record.cells)[:200]


class Gatherer:
    """Lays the records of a table's lines on its columns."""

    def __init__(self, text: str, dialect: Dialect, width: int, first_line: int, header: Sequence[str] | None) -> None:
        self.text, self.dialect, self.width, self.first_line = text, dialect, width, first_line
        self.header = None if header is None else [c.strip() for c in header]
        self.account = Account()
        self._columns: list[ColumnProfile] | None = None

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order; `account` is complete when they have all been taken."""
        for record in records(self.text, self.dialect, self.first_line, self.width):
            fate, row = self._lay(record)
            self.account.add(fate, record)
            if row is not None:
                self.account.multiline += record.lines > 1
                yield row

    def _lay(self, record: Record) -> tuple[Fate, Row | None]:
        if record.blank:
            return ("blank_rows" if len(record.cells) > 1 and self.width > 1 else "blank"), None
        if record.fault:
            return self._mend_quotes(record.cells[0])
        cells = record.cells
        if self.header is not None and [c.strip() for c in cells] == self.header:
            return "repeated_header", None
        if len(cells) == self.width:
            return "read", cells
        return self._mend_width(cells)

    def _mend_quotes(self, line: str) -> tuple[Fate, Row | None]:
        if len(line) > LONGEST_REPAIRED:
            return "set_aside", None
        cells = cells_at_width(line, self.dialect, self.width)
        if cells is not None:
            return "bare_quotes", cells
        return self._mend_width(self.dialect.split(line))

    def _mend_width(self, cells: list[str]) -> tuple[Fate, Row | None]:
        if len(cells) > self.width and not any(c.strip() for c in cells[self.width :]):
            return "extra_empty", cells[: self.width]
        if not any(c.strip() for c in cells):
            return "blank_rows", None
        row = fit_row(cells, self.columns, self.dialect.delimiter)
        if row is None:
            return "set_aside", None
        return ("padded" if list(row[: len(cells)]) == cells else "realigned"), row

    @property
    def columns(self) -> list[ColumnProfile]:
        """The columns as the sound rows among the first records show them."""
        if self._columns is None:
            self._columns = profiles([r.cells for r in self._sample() if not r.fault and not r.blank], self.width)
        return self._columns

    def _sample(self) -> Iterator[Record]:
        for count, record in enumerate(records(self.text, self.dialect, self.first_line, self.width)):
            if count >= SAMPLE_RECORDS:
                return
            yield record
