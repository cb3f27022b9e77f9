"""Profiles of columns, learned from well-formed rows; align rows with too few or too many cells to them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dldiag.data.io.cell_kind import kind_of, shape_of

_SAMPLE_ROWS = 400
_SURE_MARGIN = 1.0  # A reading of a row is believed if it fits better than the second best by this many nats.
POOR_FIT = 5.0  # A cell that fits worse than this many nats does not belong to its column.
MOST_SHIFT = 6  # A row with more cells too few or too many is not repaired.
MOST_LACKING = 0.45  # More than this share of the cells of a row may not be lacking.
DROP_EMPTY_COST = 1.0
SPLIT_COST = 1.0
RUN_SPLIT_COST = 1.5  # Cost of two merged cells that are cut within a number or a word.
QUOTE_SPLIT_COST = 0.5  # Cutting is cheap where a quote stands in the place of the missing delimiter.
MOST_QUOTE_SPLITS = 4
BLUR_COST = 4.0  # Cost of two merged cells that cannot be separated.
MERGE_COST = 2.0
PAD_COST = 0.7  # Cost of a missing cell at the end of the row.
GAP_COST = 3.0  # Cost of a missing cell elsewhere.
STRANGE_SHAPE_COST = 2.5
FEW_SHAPES = 12
NUMBER_MARKS = ".,:/-+"
LONGEST_SPLIT = 80  # Cells with more characters are not cut in two.
_WIDEST = 200  # Rows with more columns are not realigned.


class ColumnProfile(NamedTuple):
    """How often each kind and shape of cell was seen in one column."""

    kinds: Counter[str]
    shapes: Counter[str]
    rows: int

    def misfit(self, cell: str) -> float:
        """Return how surprising a cell is here, in nats."""
        cost = -math.log((self.kinds[kind_of(cell)] + 0.1) / (self.rows + 0.8))
        strange = len(self.shapes) <= FEW_SHAPES and cell.strip() and shape_of(cell) not in self.shapes
        return cost + (STRANGE_SHAPE_COST if strange else 0.0)


def profiles(rows: Sequence[Sequence[str]], width: int) -> list[ColumnProfile]:
    """Learn the columns from rows of the right width."""
    sound = [r for r in rows if len(r) == width][:_SAMPLE_ROWS]
    columns = [[r[j] for r in sound] for j in range(width)]
    return [
        ColumnProfile(Counter(map(kind_of, c)), Counter(shape_of(x) for x in c if x.strip()), len(c)) for c in columns
    ]


class Fit(NamedTuple):
    """One way to lay a row on the columns."""

    cost: float
    cells: tuple[str | None, ...]


def fit_row(
    cells: Sequence[str], columns: Sequence[ColumnProfile], delimiter: str, most_shift: int = MOST_SHIFT
) -> list[str | None] | None:
    """Return the row laid on the columns when one way is clearly the best, else None.

    A missing delimiter is put back where both parts fit; where they cannot be separated both cells are left out.
    """
    width = len(columns)
    if not columns or columns[0].rows < 3 or width > _WIDEST or not 0 < abs(len(cells) - width) <= most_shift:
        return None
    if len(cells) < width * (1 - MOST_LACKING):
        return None
    ways = _lay(tuple(cells), columns, delimiter)
    if not ways or ways[0].cost > POOR_FIT * max(3.0, width * 0.5):
        return None
    if len(ways) > 1 and ways[1].cost - ways[0].cost < _SURE_MARGIN:
        return _agreement(ways, _SURE_MARGIN)
    return list(ways[0].cells)


def _agreement(ways: Sequence[Fit], margin: float) -> list[str | None] | None:
    """Return the cells that all near-best ways agree on; None when they disagree on more than two."""
    near = [w.cells for w in ways if w.cost - ways[0].cost < margin]
    merged = [c[0] if len(set(c)) == 1 else None for c in zip(*near, strict=True)]
    doubtful = sum(len(set(c)) > 1 for c in zip(*near, strict=True))
    return merged if doubtful <= 2 else None


def _lay(cells: tuple[str, ...], columns: Sequence[ColumnProfile], delimiter: str) -> list[Fit]:
    """Return the best few ways, best first: a search over (cells used, columns filled) that keeps the best of each."""
    keep = 4
    table: dict[tuple[int, int], list[Fit]] = {(0, 0): [Fit(0.0, ())]}
    reach = abs(len(cells) - len(columns)) + 1
    for i in range(len(cells) + 1):
        for j in range(max(0, i - reach), min(len(columns), i + reach) + 1):
            here = _best(table.pop((i, j), []), keep)
            if (i, j) == (len(cells), len(columns)):
                return here
            for di, dj, cost, put in _moves(cells, i, j, columns, delimiter) if here else ():
                ways = table.setdefault((i + di, j + dj), [])
                ways += [Fit(w.cost + cost, w.cells + put) for w in here]
    return []


def _best(ways: list[Fit], keep: int) -> list[Fit]:
    seen: dict[tuple[str | None, ...], Fit] = {}
    for way in sorted(ways, key=lambda w: w.cost):
        seen.setdefault(way.cells, way)
    return list(seen.values())[:keep]


def _moves(
    cells: tuple[str, ...], i: int, j: int, columns: Sequence[ColumnProfile], delimiter: str
) -> Iterator[tuple[int, int, float, tuple[str | None, ...]]]:
    """Yield (cells used, columns filled, cost, what is put there) for every way on from here."""
    short = len(cells) < len(columns)
    if i < len(cells) and j < len(columns):
        yield 1, 1, columns[j].misfit(cells[i]), (cells[i],)
    if short and j < len(columns):
        yield 0, 1, _gap_cost(columns[j], i == len(cells)), ("" if columns[j].kinds["empty"] else None,)
    if short and i < len(cells) and j + 1 < len(columns):
        yield from _splits(cells[i], columns[j], columns[j + 1])
    if not short and i < len(cells) and not cells[i].strip():
        yield 1, 0, DROP_EMPTY_COST, ()
    if not short and j < len(columns):
        for n in range(2, min(len(cells) - len(columns) + 1, len(cells) - i) + 1):
            merged = delimiter.join(cells[i : i + n])
            if kind_of(merged) != "word":
                break
            yield n, 1, MERGE_COST + 0.5 * n + columns[j].misfit(merged), (merged,)


def _gap_cost(column: ColumnProfile, at_end: bool) -> float:
    empties = -math.log((column.kinds["empty"] + 0.1) / (column.rows + 0.8))
    return (PAD_COST if at_end else GAP_COST) + min(empties, 3.0) * (0.3 if at_end else 1.0)


def _splits(
    cell: str, left: ColumnProfile, right: ColumnProfile
) -> Iterator[tuple[int, int, float, tuple[str | None, ...]]]:
    yield 1, 2, BLUR_COST, (None, None)
    for k in [k for k, c in enumerate(cell) if c == '"'][:MOST_QUOTE_SPLITS]:
        a, b = cell[:k], cell[k + 1 :]
        yield 1, 2, QUOTE_SPLIT_COST + left.misfit(a) + right.misfit(b), (a, b)
    if 1 < len(cell) <= LONGEST_SPLIT:
        for k in range(1, len(cell)):
            a, b = cell[:k], cell[k:]
            cost = left.misfit(a) + right.misfit(b)
            if cost < BLUR_COST:
                yield 1, 2, SPLIT_COST + cost + RUN_SPLIT_COST * _within_run(a[-1], b[0]), (a, b)


def _within_run(before: str, after: str) -> bool:
    """Tell whether two neighbors belong to one number or one word; a capital after a small letter begins a word."""
    if before.isalpha() and after.isalpha():
        return not (before.islower() and after.isupper())
    return all(c.isdigit() or c in NUMBER_MARKS for c in (before, after))
