"""Yes/no columns in the words of the table, for whoever reads its rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dldiag.core.types import Column, Dataset


def in_words(dataset: Dataset) -> pd.DataFrame:
    """Return the features with yes/no columns as the file writes them; columns of digits stay numbers."""
    spoken = [column for column in dataset.columns if _has_words(column)]
    return dataset.X.assign(**{column.name: _words_of(dataset.X[column.name], column) for column in spoken})


def _has_words(column: Column) -> bool:
    return column.kind == "boolean" and len(column.levels) == 2 and not any(map(_is_number, column.levels))


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _words_of(values: pd.Series, column: Column) -> pd.Series:
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    no, yes = column.levels
    words = np.where(numbers > 0, yes, no).astype(object)
    words[np.isnan(numbers)] = None
    return pd.Series(words, index=values.index, dtype=object)
