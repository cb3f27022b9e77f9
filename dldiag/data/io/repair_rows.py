"""Records -> rows of one width: sound ones as they are, the others repaired or set aside, every line counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Literal

from dldiag.data.io.column_profile import POOR_FIT, ColumnProfile, fit_row, profiles
from dldiag.data.io.dialect import Dialect, Record, cells_at_width, loose_cells, records
from dldiag.data.io.dialect_choice import MOST_NARROWINGS

RawRow = Sequence[str | None]
Fate = Literal[
    "read",
    "blank",
    "blank_rows",
    "blank_end",
    "repeated_header",
    "rule",
    "bare_quotes",
    "padded",
    "extra_empty",
    "realigned",
    "other_delimiter",
    "set_aside",
]
REPAIRS: tuple[Fate, ...] = ("bare_quotes", "padded", "extra_empty", "realigned", "other_delimiter")
_SAMPLE_RECORDS = 600
_MOST_WORDS = 16  # A delimiter such as a space may make up to this many cells too many.
_CUT_SHARE = 0.5  # A line with a smaller share of the cells may be cut by another delimiter.
MOST_STRANGERS = 0.25  # If more of the cells so cut fit their columns poorly, the line is no row.
OTHER_DELIMITERS = (";", "\t", "|", ",", " ")
LEAST_SOUND_ROWS = 3  # Short rows are filled up only if this many rows have the full width.
SHORT_SHARE = 0.3  # Rows lack their last cells if one or two smaller numbers of cells occur in this share of them.
EACH_SHORT_SHARE = 0.1  # Each of those smaller numbers of cells occurs in at least this share of the rows.
MOST_COUNTED = 20_000  # At most this many records are counted to find the usual numbers of cells.
LONGEST_REPAIRED = 100_000  # Longer lines at fault are set aside.


@dataclass
class Account:
    """How many lines and records had which fate, and the first example of each."""

    lines: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    multiline: int = 0

    def merge(self, other: Account) -> None:
        """Take in the account of the lines that follow."""
        self.lines.update(other.lines)
        self.records.update(other.records)
        self.examples = {**other.examples, **self.examples}
        self.multiline += other.multiline

    def add(self, fate: str, record: Record) -> None:
        """Count one record; keep it as the example if it is the first of its fate."""
        self.lines[fate] += record.lines
        self.records[fate] += 1
        if fate not in self.examples and fate not in {"read", "blank"}:
            self.examples[fate] = f"{record.line + 1}: " + " | ".join(record.cells)[:200]


class Gatherer:
    """Lays the records of a table's lines on its columns; `account` is that of the lines before, if there are some."""

    def __init__(
        self,
        text: str,
        dialect: Dialect,
        width: int,
        first_line: int,
        header: Sequence[str] | None,
        account: Account | None = None,
    ) -> None:
        self.text, self.dialect, self.width, self.first_line = text, dialect, width, first_line
        self.header = None if header is None else [c.strip() for c in header]
        self.account = account or Account()
        self._columns: list[ColumnProfile] | None = None

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows in order; `account` is complete when they have all been taken."""
        blanks: list[Record] = []
        for record in records(self.text, self.dialect, self.first_line, self.width):
            fate, row = self._lay(record)
            if fate == "blank_rows":
                blanks.append(record)
                continue
            self.account.add(fate, record)
            if row is not None:
                yield from self._blank_rows(blanks)
                self.account.multiline += record.lines > 1
                yield row
        for record in blanks:
            self.account.add("blank_end", record)

    def _blank_rows(self, blanks: list[Record]) -> Iterator[RawRow]:
        """Yield the rows without values that stand between others; those at the end are left out."""
        while blanks:
            self.account.add("blank_rows", blanks.pop(0))
            yield [""] * self.width

    def _lay(self, record: Record) -> tuple[Fate, RawRow | None]:
        if record.blank:
            return ("blank_rows" if len(record.cells) > 1 and self.width > 1 else "blank"), None
        if record.fault:
            return self._mend_quotes(record.cells[0])
        cells = record.cells
        if record.is_rule and self.width > 1 and (len(cells) == 1 or not self.account.records):
            return "rule", None
        if self.account.records and [c.strip() for c in cells] == self.header:  # The first row may look like the names.
            return "repeated_header", None
        if len(cells) == self.width:
            return "read", cells
        return self._mend_width(cells)

    def _mend_quotes(self, line: str) -> tuple[Fate, RawRow | None]:
        if len(line) > LONGEST_REPAIRED:
            return "set_aside", None
        cells = cells_at_width(line, self.dialect, self.width)
        if cells is not None:
            return "bare_quotes", cells
        loose = loose_cells(line, self.dialect)
        if len(loose) <= self.width * _CUT_SHARE:
            other = cells_with_other_delimiter(line, self.dialect, self.width, self.columns)
            if other is not None:
                return "other_delimiter", other
        return self._mend_width(loose)

    def _mend_width(self, cells: list[str]) -> tuple[Fate, RawRow | None]:
        if len(cells) > self.width and not any(c.strip() for c in cells[self.width :]):
            return self._drop_empty(cells)
        if not any(c.strip() for c in cells):
            return "blank_rows", None
        if len(cells) in self.usual_short and self._fits_from_left(cells):
            return "padded", [*cells, *[""] * (self.width - len(cells))]
        row = self._joined_after_blank(cells) or fit_row(cells, self.columns, self.dialect.delimiter)
        if row is None and len(cells) <= self.width * _CUT_SHARE:
            line = self.dialect.delimiter.join(cells)
            other = cells_with_other_delimiter(line, self.dialect, self.width, self.columns)
            return ("set_aside", None) if other is None else ("other_delimiter", other)
        if row is None:
            return "set_aside", None
        return ("padded" if list(row[: len(cells)]) == cells else "realigned"), row

    def _joined_after_blank(self, cells: list[str]) -> RawRow | None:
        """Join the only cell that begins with a blank to the one before it, if all then fit: Smith, John."""
        after = [j for j, cell in enumerate(cells) if j and cell.startswith(" ") and cell.strip()]
        if len(cells) != self.width + 1 or len(after) != 1 or self.dialect.delimiter == " ":
            return None
        j = after[0]
        row = [*cells[: j - 1], cells[j - 1] + self.dialect.delimiter + cells[j], *cells[j + 1 :]]
        others = [k for k in range(self.width) if k != j - 1]
        return row if all(self.columns[k].misfit(row[k]) <= POOR_FIT for k in others) else None

    def _drop_empty(self, cells: list[str]) -> tuple[Fate, RawRow | None]:
        """Leave out empty cells: those at the end, unless the others then stand in columns that they do not fit."""
        cut = cells[: self.width]
        if any(c.misfit(cell) > POOR_FIT for c, cell in zip(self.columns, cut, strict=True)):
            row = fit_row(cells, self.columns, self.dialect.delimiter)
            if row is not None and None not in row and list(row) != cut:
                return "realigned", row
        return "extra_empty", cut

    def _fits_from_left(self, cells: Sequence[str]) -> bool:
        known = self.columns[0].rows >= LEAST_SOUND_ROWS
        return known and all(c.misfit(cell) <= POOR_FIT for c, cell in zip(self.columns, cells, strict=False))

    @cached_property
    def usual_short(self) -> frozenset[int]:
        """The numbers of cells that many rows have and that are less than the width; none when short rows are the exception."""
        found = islice(records(self.text, self.dialect, self.first_line, self.width), MOST_COUNTED)
        widths = Counter(len(r.cells) for r in found if not r.blank and not r.fault)
        short = Counter({w: n for w, n in widths.items() if 1 < w < self.width})
        most = short.most_common(MOST_NARROWINGS)
        if sum(n for _, n in most) < SHORT_SHARE * widths.total():
            return frozenset()
        return frozenset(w for w, n in most if n >= EACH_SHORT_SHARE * widths.total())

    @property
    def columns(self) -> list[ColumnProfile]:
        """The columns as the sound rows among the first records show them."""
        if self._columns is None:
            self._columns = profiles([r.cells for r in self._sample() if not r.fault and not r.blank], self.width)
        return self._columns

    def _sample(self) -> Iterator[Record]:
        for count, record in enumerate(records(self.text, self.dialect, self.first_line, self.width)):
            if count >= _SAMPLE_RECORDS:
                return
            yield record


def cells_with_other_delimiter(
    line: str, dialect: Dialect, width: int, columns: Sequence[ColumnProfile] | None
) -> list[str | None] | None:
    """Return the cells of a line that another delimiter cuts to the width (or, with columns, to what fits them)."""
    for delimiter in OTHER_DELIMITERS:
        if delimiter == dialect.delimiter or delimiter not in line:
            continue
        cells = loose_cells(line, replace(dialect, delimiter=delimiter, skip_space=False))
        if len(cells) == width and (not columns or _fits(cells, columns)):
            return list(cells)
        fitted = fit_row(cells, columns, delimiter, most_shift=_MOST_WORDS) if columns and len(cells) > width else None
        if fitted is not None:
            return fitted
    return None


def _fits(cells: Sequence[str], columns: Sequence[ColumnProfile]) -> bool:
    strangers = sum(c.misfit(cell) > POOR_FIT for c, cell in zip(columns, cells, strict=True))
    return strangers <= MOST_STRANGERS * len(cells)
