"""Typed columns to one matrix of numbers: the part of the encoding that learns nothing from the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

from dldiag.core.types import Column, Dataset

TEXT_FEATURES = 128  # hashed word features per free-text column


@dataclass(frozen=True, eq=False)
class Matrix:
    """values: (rows, features) float64, NaN where missing; `measured`: (features,) True where a feature has a scale.

    source: (features,) position of the column that each feature was made of; () where nobody knows.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]
    measured: NDArray[np.bool_]
    source: tuple[int, ...] = ()

    @property
    def n_features(self) -> int:
        """Number of features after encoding."""
        return int(self.values.shape[1])


def encode(dataset: Dataset) -> Matrix:
    """Encode a dataset's columns: numbers as they are, categories by their declared levels, texts hashed.

    Nothing here depends on which rows are for training, so it is done once; what does (medians, means, spreads) is
    refitted on each training subset.
    """
    blocks = [_ENCODERS[column.kind](dataset.X[column.name], column) for column in dataset.columns]
    return Matrix(
        np.hstack([values for values, _, _ in blocks]),
        tuple(name for _, names, _ in blocks for name in names),
        np.concatenate([np.full(values.shape[1], measured) for values, _, measured in blocks]),
        tuple(j for j, (values, _, _) in enumerate(blocks) for _ in range(values.shape[1])),
    )


Block = tuple[NDArray[np.float64], list[str], bool]


def _number(cells: pd.Series, column: Column) -> Block:
    values = cells.to_numpy(dtype=float, na_value=np.nan)[:, None]
    values = np.where(np.isfinite(values), values, np.nan)
    missing = np.isnan(values)
    if not missing.any():
        return values, [column.name], True
    return np.hstack([values, missing]), [column.name, f"{column.name} missing"], True


def _category(cells: pd.Series, column: Column) -> Block:
    levels = column.levels or tuple(sorted(cells.dropna().astype(str).unique()))
    codes = pd.Categorical(cells, categories=list(levels)).codes
    if len(levels) <= 2 and not (codes < 0).any():
        return (codes == 1).astype(float)[:, None], [f"{column.name} = {levels[-1]}"], False
    values = (codes[:, None] == np.arange(len(levels))).astype(float)
    return values, [f"{column.name} = {level}" for level in levels], False


def _text(cells: pd.Series, column: Column) -> Block:
    hashed = HashingVectorizer(n_features=TEXT_FEATURES, alternate_sign=True).transform(cells.fillna("").astype(str))
    return hashed.toarray(), [f"{column.name} word {i}" for i in range(TEXT_FEATURES)], False


_ENCODERS = {"number": _number, "boolean": _number, "date": _number, "category": _category, "text": _text}
