"""Costs of mistakes as people write them: fn=500,fp=10, or a table of true against predicted class."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from io import StringIO

from dldiag.core.i18n import Message
from dldiag.core.types import DataError

CostTable = tuple[tuple[float, ...], ...]

# Whether a row is positive, and whether it is called positive.
_KINDS = {"fn": (1, 0), "fp": (0, 1), "tp": (1, 1), "tn": (0, 0)}
SEPARATORS = re.compile("[;\n]")


def read_costs(text: str, classes: Sequence[str], positive: int | None) -> CostTable:
    """Return what predicting each column's class costs where the row's is true, in the order of `classes`.

    A table may have the class names in its first row and column; then they may stand in any order. Raises DataError.

    >>> read_costs("fn=5,fp=1", ["no", "yes"], 1)
    ((0.0, 1.0), (5.0, 0.0))
    >>> read_costs("0,1;5,0", ["no", "yes"], 1)
    ((0.0, 1.0), (5.0, 0.0))
    """
    costs = _of_kinds(text, classes, positive) if "=" in text else _of_table(text, classes)
    if not any(map(any, costs)):
        raise DataError(
            Message("All costs are 0, so no prediction is worse than another."), Message("Give one above 0.")
        )
    return costs


def _of_table(text: str, classes: Sequence[str]) -> CostTable:
    rows = [row for row in csv.reader(StringIO(SEPARATORS.sub("\n", text.strip()))) if any(map(str.strip, row))]
    cells = [[cell.strip() for cell in row] for row in rows]
    is_named = len(cells) == len(classes) + 1 and any(name in classes for row in cells for name in (row[0], *cells[0]))
    table = _by_name(cells, classes) if is_named else cells
    if len(table) != len(classes) or any(len(row) != len(classes) for row in table):
        size = {"n": len(classes), "rows": len(table), "columns": max(map(len, table), default=0)}
        raise DataError(
            Message(
                "The costs must be {n} × {n} numbers, one row and one column per class, not {rows} × {columns}.", size
            ),
            Message(
                "Rows are the true classes, columns the predicted ones: {classes}.",
                {"classes": ", ".join(classes[:20])},
            ),
        )
    return tuple(tuple(_cost(cell) for cell in row) for row in table)


def _of_kinds(text: str, classes: Sequence[str], positive: int | None) -> CostTable:
    if positive is None or len(classes) != len(_KINDS) // 2:
        raise DataError(
            Message("fn= and fp= are for two classes; there are {n}.", {"n": len(classes)}),
            Message("Give a table of costs: rows are the true classes, columns the predicted ones."),
        )
    table = [[0.0, 0.0], [0.0, 0.0]]
    for part in filter(str.strip, re.split("[,;\n]", text)):
        kind, _, value = (piece.strip() for piece in part.partition("="))
        if kind.lower() not in _KINDS:
            raise DataError(
                Message("{kind} is no cost that is known.", {"kind": f'"{kind}"'}),
                Message("Write fn= (a missed positive) and fp= (a false alarm), for instance fn=500,fp=10."),
            )
        row, column = (positive if side else 1 - positive for side in _KINDS[kind.lower()])
        table[row][column] = _cost(value)
    return tuple(map(tuple, table))


def _by_name(cells: list[list[str]], classes: Sequence[str]) -> list[list[str]]:
    """Return the table without its names, in the order of the classes."""
    heads = cells[0][1:] if len(cells[0]) == len(classes) + 1 else cells[0]
    costs = {row[0]: dict(zip(heads, row[1:], strict=False)) for row in cells[1:]}
    missing = [name for name in classes if name not in costs or name not in heads]
    if missing:
        raise DataError(
            Message('The costs say nothing of the class "{label}".', {"label": missing[0]}),
            Message("Name each class in the first row and the first column, or none."),
        )
    return [[costs[true].get(predicted, "") for predicted in classes] for true in classes]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _cost(text: str) -> float:
    value = _number(text)
    if value is None or value < 0:
        raise DataError(
            Message("{text} is no cost.", {"text": f'"{text}"'}), Message("Costs are numbers of at least 0.")
        )
    return value
