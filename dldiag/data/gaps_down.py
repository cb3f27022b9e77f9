"""Find columns that are filled only in the first row of each group, as merged cells are exported."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import Notice

LEAST_GROUPS = 3  # Fewer filled cells may be notes (own choice).
LEAST_GAPS = 0.4  # Share of the cells that are missing (own choice).
FOLLOWED_SHARE = 0.8  # This share of the filled cells has a missing one below it (own choice).


def gaps_down(frame: pd.DataFrame) -> tuple[Notice, ...]:
    """Return a notice on leading columns of texts whose cells stand for the empty ones below them, too."""
    if frame.shape[1] < 2:
        return ()
    found = []
    for j in range(frame.shape[1] - 1):
        if not _is_filled_first(frame.iloc[:, j]):
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
