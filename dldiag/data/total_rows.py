"""Find rows that hold totals of other rows, as spreadsheets leave them among the data."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import Notice

MOST_TOTALS = 0.25  # Share of the rows; a word on more of them is an ordinary value of its column (own choice).
ADDS_UP = 1e-3  # Totals are rounded, so they may differ from the sum of their rows by this share.
LEAST_SUMS, LEAST_SUMMED = 2, 3  # An unnamed row needs this many sums, and more rows than this above it.
LEAST_SUMMED_BY_NAME = 6  # A row whose name says nothing sums up at least five others exactly (own choice).
EXACT_SUM = 1e-9
MOST_ROWS = 100_000  # Nobody sums up a longer table in its last row.
LEAST_ADDED = 2  # A total sums up at least this many rows.
_NAME_TOO = re.compile(r"(?:min|max|media|média|sd|cv|count)", re.IGNORECASE)  # Alone, these may name a row: Max.
MOST_SUMMARIES = 8  # Rows at the end that are looked at.
_SUMMARY = re.compile(
    r"(?:mean|average|avg\.?|median|std\.?(?: ?dev\.?)?|sd|s\.d\.|stdev|min(?:imum)?|max(?:imum)?|count|variance|rsd|%?cv|durchschnitt"
    r"|mittelwert|moyenne|promedio|media|média|ortalama|среднее|平均|平均值|평균)\s*:?",
    re.IGNORECASE,
)
_SHOWN = 5  # Row numbers shown in the notice.


def total_rows(raw: pd.DataFrame, frame: pd.DataFrame, named_so: Mapping[str, NDArray[np.int64]]) -> tuple[Notice, ...]:
    """Return a notice that names the rows of totals: rows whose numbers add up others, and the last row.

    `named_so` are the rows, by column, whose cells name a total.
    """
    most = max(1.0, MOST_TOTALS * len(raw))
    named = {int(row): name for name, rows in named_so.items() if len(rows) <= most for row in rows}
    rows = _totals(frame, np.array(sorted(named), dtype=np.int64))
    if rows:
        return (_notice(rows, str(raw[named[rows[-1]]].iloc[rows[-1]]).strip()),)
    if not named and (_ends_with_sums(frame) or _ends_with_named_sums(frame)):
        return (_notice([len(frame) - 1], ", ".join(str(cell) for cell in raw.iloc[-1] if str(cell or "").strip())),)
    return ()


def summary_rows(raw: pd.DataFrame) -> tuple[Notice, ...]:
    """Return a notice on the last rows where they begin with the name of a summary, as mean or max, and no other row does."""
    first = raw.iloc[:, 0] if raw.shape[1] > 1 else pd.Series(dtype=object)
    count = 0
    while count < min(MOST_SUMMARIES, len(first)) and _SUMMARY.fullmatch(str(first.iloc[-1 - count] or "").strip()):
        count += 1
    if count == 1 and _NAME_TOO.fullmatch(str(first.iloc[-1]).strip()):
        return ()
    if not count or len(first) < LEAST_SUMMED * count or first.iloc[:-count].isin(set(first.iloc[-count:])).any():
        return ()
    text = Message(
        "The last row seems to be a summary of the others: {example}.",
        {"count": count, "example": str(first.iloc[-count]).strip()},
        plural="The last {count:,} rows seem to be summaries of the others, such as {example}.",
    )
    hint = Message("Take these rows out of the file: a model would learn from them as from the others.")
    return (Notice("summary_rows", text, count, str(first.iloc[-count]).strip(), hint),)


def _ends_with_sums(frame: pd.DataFrame) -> bool:
    """Whether the last row has no name, and all its numbers, two at least, are the sums of the columns above."""
    if len(frame) <= LEAST_SUMMED:
        return False
    last, numbers = frame.iloc[-1], frame.select_dtypes("float64")
    named = frame.columns.difference(numbers.columns)
    if not len(named) or last[named].notna().any() or numbers.iloc[-1].notna().sum() < LEAST_SUMS:
        return False
    sums = numbers.iloc[:-1].sum().to_numpy()
    ends = numbers.iloc[-1].to_numpy()
    near = np.abs(ends - sums) <= ADDS_UP * np.abs(sums)
    return bool((near | np.isnan(ends)).all())


def _ends_with_named_sums(frame: pd.DataFrame) -> bool:
    """Whether the last row has a name that no other row has, and all its numbers, whatever the name means, are exact sums of those above."""
    if not LEAST_SUMMED_BY_NAME <= len(frame) <= MOST_ROWS or frame.dtypes.iloc[0].kind != "O":
        return False
    numbers = frame.select_dtypes("float64")
    above, ends = numbers.iloc[:-1], numbers.iloc[-1].to_numpy()
    first = frame.iloc[:, 0]
    if not first.iloc[-1] or (first.iloc[:-1] == first.iloc[-1]).any() or not np.isfinite(ends).any():
        return False
    summed = np.isfinite(ends)
    sums, highest = above.sum().to_numpy()[summed], above.max().to_numpy()[summed]
    near = np.abs(ends[summed] - sums) <= EXACT_SUM * np.abs(sums)
    return bool(near.all() and (sums > highest).all() and (above.nunique().to_numpy()[summed] >= LEAST_SUMMED).any())


def _totals(frame: pd.DataFrame, named: NDArray[np.int64]) -> list[int]:
    """Return the rows named as totals that add up, and the last row when no other row is named like it."""
    if not len(named):
        return []
    numbers = np.nan_to_num(frame.select_dtypes("float64").to_numpy())
    parts = numbers.copy()
    parts[named] = 0
    above = np.cumsum(parts, axis=0)[named]
    since = np.diff(above, axis=0, prepend=0)
    added = np.diff(named, prepend=-1) - 1
    adds_up = _equal(numbers[named], above) | (_equal(numbers[named], since) & (added >= LEAST_ADDED))
    adds_up |= (len(named) == 1) & (named == len(frame) - 1)
    if named[0] == 0 and len(frame) > LEAST_ADDED:  # YouTube writes the total first.
        adds_up[0] |= _equal(numbers[:1], parts.sum(axis=0)[None])[0]
    return [int(row) for row in named[adds_up]]


def _equal(totals: NDArray[np.float64], sums: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return in which rows a number is the sum of the others."""
    near = np.abs(totals - sums) <= ADDS_UP * np.abs(sums)
    return np.asarray((near & (sums != 0)).any(axis=1))


def _notice(rows: list[int], example: str) -> Notice:
    shown = ", ".join(str(row + 1) for row in rows[:_SHOWN]) + (" …" if len(rows) > _SHOWN else "")
    hint = Message("Take these rows out of the file: a model would learn from them as from the others.")
    text = Message(
        "{count:,} row seems to hold totals of other rows, such as {example}: row {rows}.",
        {"count": len(rows), "example": example, "rows": shown},
        plural="{count:,} rows seem to hold totals of other rows, such as {example}: rows {rows}.",
    )
    return Notice("total_rows", text, len(rows), example, hint)
