"""Typed columns to one matrix of numbers: the part of the encoding that learns nothing from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

from dldiag.core.types import Column, Dataset, Kind

TEXT_FEATURES = 128  # A column of free text becomes this many features, by hashes of its words.


@dataclass(frozen=True, eq=False)
class Matrix:
    """values: (rows, features) float64, NaN where missing; `measured`: (features,) True where a feature has a scale.

    source: (features,) position of the column that each feature was made of; () where that is not known.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]
    measured: NDArray[np.bool_]
    source: tuple[int, ...] = ()

    @property
    def n_features(self) -> int:
        """Number of features after encoding."""
        return int(self.values.shape[1])


@dataclass(frozen=True)
class FeatureLayout:
    """How one column becomes features, settled on all rows of a dataset.

    source: the table's column that it was made of. marks_gaps: a feature says where a number is missing. is_single: two
    levels in one feature.
    """

    name: str
    kind: Kind
    source: str
    levels: tuple[str, ...] = ()
    marks_gaps: bool = False
    is_single: bool = False


def layouts_of(dataset: Dataset) -> tuple[FeatureLayout, ...]:
    """Return how each column of a dataset becomes features."""
    return tuple(_layout(column, dataset.X[column.name]) for column in dataset.columns)


def encode(dataset: Dataset) -> Matrix:
    """Encode a dataset's columns: numbers as they are, categories by their declared levels, texts hashed.

    Nothing here depends on which rows are for training, so it is done once; what does (medians, means, spreads) is
    refitted on each training subset.
    """
    return encode_frame(dataset.X, layouts_of(dataset))


def encode_frame(frame: pd.DataFrame, layouts: Sequence[FeatureLayout]) -> Matrix:
    """Encode rows by settled layouts; a level that none of them knows counts as missing."""
    blocks = [_ENCODERS[layout.kind](frame[layout.name], layout) for layout in layouts]
    return Matrix(
        np.hstack([values for values, _, _ in blocks]),
        tuple(name for _, names, _ in blocks for name in names),
        np.concatenate([np.full(values.shape[1], measured) for values, _, measured in blocks]),
        tuple(j for j, (values, _, _) in enumerate(blocks) for _ in range(values.shape[1])),
    )


Block = tuple[NDArray[np.float64], list[str], bool]


def _layout(column: Column, cells: pd.Series) -> FeatureLayout:
    source = column.made_of or column.name
    if column.kind == "text":
        return FeatureLayout(column.name, "text", source)
    if column.kind != "category":
        return FeatureLayout(column.name, column.kind, source, marks_gaps=bool(np.isnan(_finite(cells)).any()))
    levels = column.levels or tuple(sorted(cells.dropna().astype(str).unique()))
    is_single = len(levels) <= 2 and not bool((_codes(cells, levels) < 0).any())
    return FeatureLayout(column.name, "category", source, levels, is_single=is_single)


def _finite(cells: pd.Series) -> NDArray[np.float64]:
    values = cells.to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _codes(cells: pd.Series, levels: Sequence[str]) -> NDArray[np.integer]:
    """Return the position of each cell among the levels, −1 where it is missing or none of them."""
    return np.asarray(pd.Index(list(levels), dtype=object).get_indexer(pd.Index(cells.astype(object))))


def _number(cells: pd.Series, layout: FeatureLayout) -> Block:
    values = _finite(cells)[:, None]
    if not layout.marks_gaps:
        return values, [layout.name], True
    return np.hstack([values, np.isnan(values)]), [layout.name, f"{layout.name} missing"], True


def _category(cells: pd.Series, layout: FeatureLayout) -> Block:
    codes, levels = _codes(cells, layout.levels), layout.levels
    if layout.is_single:
        return (codes == 1).astype(float)[:, None], [f"{layout.name} = {levels[-1]}"], False
    values = (codes[:, None] == np.arange(len(levels))).astype(float)
    return values, [f"{layout.name} = {level}" for level in levels], False


def _text(cells: pd.Series, layout: FeatureLayout) -> Block:
    hashed = HashingVectorizer(n_features=TEXT_FEATURES, alternate_sign=True).transform(cells.fillna("").astype(str))
    return hashed.toarray(), [f"{layout.name} word {i}" for i in range(TEXT_FEATURES)], False


_ENCODERS = {"number": _number, "boolean": _number, "date": _number, "category": _category, "text": _text}
