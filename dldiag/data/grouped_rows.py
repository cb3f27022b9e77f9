"""Find groups of rows that are written for the eye: headings above their rows, and cells filled in their first row only."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import Column, Notice

LEAST_COLUMNS, LEAST_HEADINGS = 3, 2  # Of a narrower table, or a single row, nothing can be said.
MOST_HEADINGS = 0.25  # Share of the rows; more rows with one cell are a table with gaps (own choice).
_WORD = re.compile(r"[^\W\d_]")
_SHOWN = 5  # Row numbers shown in the notice.
LEAST_GROUPS = 2  # A single filled cell may be a note (own choice).
LEAST_GAPS = 0.4  # Share of the cells that are missing (own choice).
FOLLOWED_SHARE = 0.8  # This share of the filled cells has a missing one below it (own choice).


def heading_rows(raw: pd.DataFrame, frame: pd.DataFrame) -> tuple[Notice, ...]:
    """Return a notice on rows that hold a text in the first column, which no other row has, and nothing else."""
    holds_texts = frame.shape[1] >= LEAST_COLUMNS and frame.dtypes.iloc[0].kind == "O"
    rows = _with_first_cell_only(frame) if holds_texts else []
    if not LEAST_HEADINGS <= len(rows) <= MOST_HEADINGS * len(frame):
        return ()
    first = raw.iloc[:, 0]
    texts = set(first.iloc[rows])
    headings = [str(text or "").strip() for text in texts]
    cells = (cell for _, cell in raw.iloc[rows, 1:].items())
    if any(str(text or "").strip() for cell in cells for text in cell.dropna()):
        return ()  # NA and the like were written there: the rows lack their values.
    if not all(map(_WORD.search, headings)) or first.drop(index=first.index[rows]).isin(texts).any():
        return ()
    shown = ", ".join(str(row + 1) for row in rows[:_SHOWN]) + (" …" if len(rows) > _SHOWN else "")
    example = str(first.iloc[rows[0]]).strip()
    text = Message(
        "Rows {rows} hold a text in {column} and nothing else, such as {example}: they may be headings.",
        {"column": str(frame.columns[0]), "example": example, "rows": shown},
    )
    hint = Message("Take these rows out of the file, or make a column of them.")
    return (Notice("heading_rows", text, len(rows), example, hint),)


def _with_first_cell_only(frame: pd.DataFrame) -> list[int]:
    """Return the rows of which all cells but the first are missing; the last columns of numbers, quickest to ask, rule most out."""
    rows = np.arange(len(frame))
    kinds = [dtype.kind for dtype in frame.dtypes]
    for j in sorted(range(1, len(kinds)), key=lambda j: (kinds[j] == "O", -j)):
        rows = rows[frame.iloc[:, j].iloc[rows].isna().to_numpy()]
        if not len(rows):
            return []
    return [int(row) for row in rows[frame.iloc[rows, 0].notna().to_numpy()]]


def gaps_down(frame: pd.DataFrame, columns: Sequence[Column]) -> tuple[Notice, ...]:
    """Return a notice on leading columns of texts whose cells stand for the empty ones below them, too."""
    if frame.shape[1] < 2:
        return ()
    found = []
    for j in range(frame.shape[1] - 1):
        if columns[j].missing < LEAST_GAPS * len(frame) or not _is_filled_first(frame.iloc[:, j]):
            break
        found.append(str(frame.columns[j]))
    if not found:
        return ()
    first = frame.iloc[:, 0]
    text = Message(
        "{columns}: filled only in the first row of each group, such as {example}; the cells below count as missing.",
        {"columns": ", ".join(found), "example": str(first.iloc[0])},
    )
    hint = Message("Fill the cells down in the file: merged cells are exported so.")
    return (Notice("gaps_down", text, int(first.isna().sum()), str(first.iloc[0]), hint, tuple(found)),)


def _is_filled_first(values: pd.Series) -> bool:
    """Tell whether a column of different texts begins with one, and most of them have an empty cell below."""
    if values.dtype != object or not len(values) or values.iloc[0] is None:
        return False
    filled = values.notna().to_numpy()
    count = int(filled.sum())
    if count < LEAST_GROUPS or 1 - filled.mean() < LEAST_GAPS or values[filled].nunique() < count:
        return False
    followed = filled[:-1] & ~filled[1:]
    return bool(followed.sum() >= FOLLOWED_SHARE * np.count_nonzero(filled[:-1]))
