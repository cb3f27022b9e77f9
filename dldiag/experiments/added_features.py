"""ADDED: features made from columns; what they need to learn comes from the training rows alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Dataset, Floats, Rows
from dldiag.data.encode import Matrix

KNOTS = (0.1, 0.3, 0.5, 0.7, 0.9)  # Quantiles of the training rows between which a spline is straight.
_PERIODS = {"month": 12.0, "day of month": 31.0, "day of week": 7.0, "hour": 24.0}  # Periods of the parts of a date.
PRIOR_ROWS = 10.0  # The overall mean weighs as much as this many rows in a level's mean (Micci-Barreca 2001).
TARGET_FOLDS = 5  # A training row's level mean comes from the other folds.
MOST_TARGETS = 10  # At most this many classes have their shares encoded.


class NamedRows(Protocol):
    """Rows X with named columns: a dataset, or new rows."""

    @property
    def X(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def columns(self) -> Sequence[NamedColumn]: ...  # noqa: D102


class NamedColumn(Protocol):
    """A column by its name."""

    @property
    def name(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class TableRows:
    """Some rows of an encoded table, as features are made from them; `order` shuffles those of the columns `moved`."""

    matrix: Matrix
    dataset: NamedRows
    rows: Rows
    moved: tuple[int, ...] = ()
    order: Rows | None = None

    def values(self) -> Floats:
        """Return all encoded features of the rows: (rows, features), a copy."""
        values = self.matrix.values[self.rows]
        if self.order is not None:
            columns = np.isin(self.matrix.source, self.moved)
            values[:, columns] = values[self.order][:, columns]
        return values

    def feature(self, name: str) -> Floats:
        """Return one encoded feature, by name."""
        j = self.matrix.names.index(name)
        moved = self.matrix.source[j] if self.matrix.source else -1
        return np.asarray(self.matrix.values[self._of(moved), j])

    def levels(self, name: str) -> NDArray[Any]:
        """Return the levels of a category as texts; a missing one is ""."""
        j = [column.name for column in self.dataset.columns].index(name)
        return np.asarray(self.dataset.X[name].iloc[self._of(j)].fillna("").astype(str), dtype=object)

    def _of(self, column: int) -> Rows:
        return self.rows if self.order is None or column not in self.moved else self.rows[self.order]


_Maker = Callable[[TableRows], Floats]  # Returns (rows, features) for the rows given.
# Takes the training rows, the source columns, and the targets.
Learn = Callable[[TableRows, Sequence[str], NDArray[Any]], _Maker]


@dataclass(frozen=True)
class AddedFeature:
    """One kind of added feature: how it is written, what it is for, and how it is learned from training rows."""

    label: Message
    before: str
    between: str
    after: str
    learn: Learn
    of_category: bool = False

    def written(self, *names: str) -> str:
        """Write a feature as the setting holds it."""
        return f"{self.before}{self.between.join(names)}{self.after}"


def _product(train: TableRows, names: Sequence[str], y: NDArray[Any]) -> _Maker:
    """Multiply deviations from the training mean: uncorrelated with the factors where these are symmetric."""
    a, b = names
    mean_a, mean_b = _mean(train.feature(a)), _mean(train.feature(b))
    return lambda rows: ((rows.feature(a) - mean_a) * (rows.feature(b) - mean_b))[:, None]


def _ratio(train: TableRows, names: Sequence[str], y: NDArray[Any]) -> _Maker:
    a, b = names

    def make(rows: TableRows) -> Floats:
        below = rows.feature(b)
        return (rows.feature(a) / np.where(below == 0, np.nan, below))[:, None]

    return make


def _spline(train: TableRows, names: Sequence[str], y: NDArray[Any]) -> _Maker:
    """Return max(0, x − knot) for every knot: a linear model bends there."""
    (name,) = names
    values = train.feature(name)
    values = values[~np.isnan(values)]
    knots = np.unique(np.quantile(values, KNOTS)) if len(values) else np.zeros(1)
    return lambda rows: np.maximum(rows.feature(name)[:, None] - knots, 0.0)


def _cycle(train: TableRows, names: Sequence[str], y: NDArray[Any]) -> _Maker:
    (name,) = names
    if not period_of(name):
        raise DataError(
            Message("{name} is no part of a date, so it has no cycle.", {"name": name}),
            Message("Write cycle(a) of a part of a date, such as a month or an hour."),
        )
    turn = 2 * np.pi / period_of(name)
    return lambda rows: np.column_stack([np.sin(turn * rows.feature(name)), np.cos(turn * rows.feature(name))])


def period_of(name: str) -> float:
    """Return the period of a part of a date, such as 24 hours; 0 for any other feature.

    >>> period_of("sold (hour)"), period_of("price")
    (24.0, 0.0)
    """
    return next((period for part, period in _PERIODS.items() if name.endswith(f"({part})")), 0.0)


def _frequency(train: TableRows, names: Sequence[str], y: NDArray[Any]) -> _Maker:
    (name,) = names
    levels, counts = np.unique(train.levels(name).astype(str), return_counts=True)
    shares = dict(zip(levels.tolist(), (counts / len(train.rows)).tolist(), strict=True))
    return lambda rows: np.array([[shares.get(level, 0.0)] for level in rows.levels(name)])


def _target(train: TableRows, names: Sequence[str], y: NDArray[Any]) -> _Maker:
    """Return the mean target of a row's level, shrunk to the mean of all; a training row's own fold is left out."""
    (name,) = names
    targets = _as_columns(y)
    fold_of = np.arange(len(y)) % TARGET_FOLDS  # Training rows come in random order.
    levels = train.levels(name)
    position = {int(row): i for i, row in enumerate(train.rows)}
    tables = [_level_means(levels[fold_of != k], targets[fold_of != k]) for k in range(TARGET_FOLDS)]
    tables.append(_level_means(levels, targets))

    def make(rows: TableRows) -> Floats:
        folds = [fold_of[position[int(row)]] if int(row) in position else TARGET_FOLDS for row in rows.rows]
        means = (tables[k].get(level, tables[k][None]) for k, level in zip(folds, rows.levels(name), strict=True))
        return np.array(list(means))

    return make


def _as_columns(y: NDArray[Any]) -> Floats:
    """Return the targets to average: values, or a 0/1 column for every class but the first."""
    if y.dtype.kind not in "iu":
        return np.asarray(y[:, None], dtype=float)
    codes = np.arange(1, max(2, min(int(y.max()) + 1, MOST_TARGETS + 1)))
    return np.asarray(y[:, None] == codes, dtype=float)


def _level_means(levels: NDArray[Any], targets: Floats) -> dict[Any, Floats]:
    """Return the shrunk mean of every level; the key None holds that of an unknown level."""
    mean = targets.mean(axis=0)
    means: dict[Any, Floats] = {None: mean}
    for level in np.unique(levels.astype(str)).tolist():
        inside = targets[levels == level]
        means[level] = (inside.sum(axis=0) + PRIOR_ROWS * mean) / (len(inside) + PRIOR_ROWS)
    return means


ADDED: dict[str, AddedFeature] = {
    "product": AddedFeature(Message("An interaction of two features"), "", " * ", "", _product),
    "ratio": AddedFeature(Message("A ratio of two features"), "", " / ", "", _ratio),
    "spline": AddedFeature(Message("A feature that bends at five places"), "spline(", "", ")", _spline),
    "cycle": AddedFeature(Message("A part of a date as a point on a circle"), "cycle(", "", ")", _cycle),
    "frequency": AddedFeature(Message("How common a category is"), "frequency(", "", ")", _frequency, of_category=True),
    "target": AddedFeature(Message("The mean target of a category"), "target(", "", ")", _target, of_category=True),
}


def read_feature(text: str, features: Collection[str], categories: Collection[str]) -> tuple[AddedFeature, list[str]]:
    """Return the kind of an added feature and the columns it is made of; DataError for an unknown one.

    >>> row, names = read_feature("a * b * c", ["a * b", "c"], [])
    >>> row is ADDED["product"], names
    (True, ['a * b', 'c'])
    """
    for row in ADDED.values():
        columns = categories if row.of_category else features
        for names in _splits(text, row):
            if all(name in columns for name in names):
                return row, names
    raise DataError(
        Message("There is no added feature {text}.", {"text": text}),
        Message("Write a * b, a / b, spline(a) or cycle(a) of features, frequency(a) or target(a) of a category."),
    )


def _splits(text: str, row: AddedFeature) -> Iterator[list[str]]:
    """Yield every way in which a text can be read as this kind of feature; names may hold its signs."""
    if not row.between:
        if text.startswith(row.before) and text.endswith(row.after):
            yield [text[len(row.before) : len(text) - len(row.after)]]
        return
    parts = text.split(row.between)
    for i in range(1, len(parts)):
        yield [row.between.join(parts[:i]), row.between.join(parts[i:])]


@dataclass(frozen=True, eq=False)
class InputColumns:
    """Which features a model gets: `kept` of those encoded (features,), and what makes the added ones."""

    kept: NDArray[np.bool_]
    makers: tuple[_Maker, ...] = ()

    def of(self, rows: TableRows) -> Floats:
        """Return the features of some rows: (rows, features), a copy."""
        values = rows.values()
        if self.kept.all() and not self.makers:
            return values
        return np.hstack([values[:, self.kept], *(make(rows) for make in self.makers)])


def input_columns(
    matrix: Matrix, dataset: Dataset, train_rows: Rows, new: Sequence[str], dropped: Sequence[str]
) -> InputColumns:
    """Learn the features of a model from its training rows; DataError for what cannot be made, or when nothing is left."""
    names = [column.name for column in dataset.columns]
    makers = []
    for text in new:
        row, parts = read_feature(text, matrix.names, names)
        makers.append(row.learn(TableRows(matrix, dataset, train_rows), parts, dataset.y[train_rows]))
    kept = kept_features(matrix, dataset, dropped)
    if not kept.any() and not makers:
        raise DataError(
            Message("No column is left: all of them are dropped."),
            Message("Leave one column at least out of drop_columns."),
        )
    return InputColumns(kept, tuple(makers))


def kept_features(matrix: Matrix, dataset: Dataset, dropped: Sequence[str]) -> NDArray[np.bool_]:
    """Return which encoded features stay when these columns are dropped; a date's name stands for all its parts."""
    if not dropped:
        return np.ones(matrix.n_features, dtype=bool)
    out = [j for j, column in enumerate(dataset.columns) if {column.name, column.made_of} & set(dropped)]
    names = {name for column in dataset.columns for name in (column.name, column.made_of)}
    unknown = [name for name in dropped if name not in names]
    if unknown:
        raise DataError(
            Message("There is no column {name} to drop.", {"name": unknown[0]}),
            Message("Name columns of the table that the model uses."),
        )
    return ~np.isin(np.array(matrix.source), out)


def _mean(values: Floats) -> float:
    present = values[~np.isnan(values)]
    return float(present.mean()) if len(present) else 0.0
