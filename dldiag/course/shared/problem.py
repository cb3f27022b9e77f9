"""A dataset as a binary problem on standardized numbers, for one logistic unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import Array, Column, DataError, Dataset
from dldiag.course.shared.lesson import joined_lines
from dldiag.course.shared.prepared import without_test_rows

LEVELS_SHOWN = 3  # The most frequent values of a category, each of which becomes a yes-or-no feature.
NANOSECONDS_PER_DAY = 86_400e9
ROWS_DRAWN = 400
CROWDED = 0.5  # Marks cover each other when fewer than this share of the drawn rows have places of their own.
FEW_VALUES = 10  # The marks of a column with no more values lie on lines.
JITTER = 0.12  # Part of the usual gap between two values, to each side: marks stay nearest to their own value.


@dataclass(frozen=True, eq=False)
class BinaryProblem:
    """Rows of a binary problem.

    X: (n, d) features with mean 0 and standard deviation 1; y: (n,) labels 0.0 or 1.0; names: (d,);
    centers, scales: (d,) with original value = X * scale + center. `event` says in words what y = 1 means.
    """

    X: Array
    y: Array
    names: tuple[str, ...]
    centers: Array
    scales: Array
    event: Message

    def __post_init__(self) -> None:
        if self.X.shape != (len(self.y), len(self.names)):
            raise ValueError(f"X is {self.X.shape}, y has {len(self.y)} rows and there are {len(self.names)} names")


def binary_problem(
    dataset: Dataset,
    columns: Sequence[str] | None = None,
    *,
    positive: str | None = None,
    most: int = 3,
    max_rows: int = 2000,
    seed: int = 0,
) -> BinaryProblem:
    """Turn a dataset into a binary problem.

    With classes the event is `positive` (default: the most frequent class but one, or the second class of two) against
    the rest; with a number it is "above the median". `columns` chooses features by name (see `feature_names`); without
    them the `most` that correlate most with the label are taken. Missing values become the column's mean. Of more
    than `max_rows` rows a random sample is used. Raises DataError when the table has no number to learn from.
    """
    rows = _sample(dataset.n_rows, max_rows, seed)
    labels, event = _labels(dataset, positive)
    y = labels[rows]
    features = _features(dataset, rows)
    if not features:
        raise DataError(
            Message("No column of {name} has values that vary and can be used as numbers.", {"name": dataset.name}),
            Message("Pick a toy problem, or a table with number or category columns."),
        )
    known = [name for name in columns or () if name in features]
    names = tuple(known) or _strongest(features, y, most)
    values = np.column_stack([features[name] for name in names])
    centers, scales = values.mean(axis=0), values.std(axis=0)
    return BinaryProblem((values - centers) / scales, y, names, centers, scales, event)


def plane_of(dataset: Dataset, columns: Sequence[str] | None, positive: str | None) -> BinaryProblem:
    """Return the open rows of a dataset on two columns; None lets `binary_problem` choose."""
    return binary_problem(without_test_rows(dataset), columns, positive=positive, most=2)


@dataclass(frozen=True)
class PlotMarks:
    """Rows to draw on a plane of two columns, (x, y, label).

    moved: whether they were moved a little to be seen; event: what the label 1 means.
    """

    rows: tuple[tuple[float, float, float], ...]
    moved: bool
    event: Message


def marks_of(problem: BinaryProblem, seed: int = 0) -> PlotMarks:
    """Return random rows as marks on the plane of two features; where many share a place they are spread around it.

    A column of a few values is spread, too: its marks would lie on as many lines.
    """
    kept = _sample(len(problem.y), ROWS_DRAWN, seed)
    X, y = problem.X[kept], problem.y[kept]
    crowded = len(np.unique(X, axis=0)) < CROWDED * len(X)
    spread = np.array([crowded or len(np.unique(column)) <= FEW_VALUES for column in X.T])
    gaps = np.array([np.median(np.diff(np.unique(column))) if np.ptp(column) else 0.0 for column in X.T])
    X = X + JITTER * gaps * spread * np.random.default_rng(seed).uniform(-1, 1, X.shape)
    rows = tuple((float(u), float(v), float(one)) for (u, v), one in zip(X, y, strict=True))
    return PlotMarks(rows, bool(spread.any()), problem.event)


def marks_words(marks: PlotMarks) -> Message:
    """Explain the marks, the line and the shades of a plane, and whether marks were moved."""
    key = Message(
        "Squares: {event}. Circles: all other rows. On the thick line the model says 50%; the stronger the color, the surer it is.",
        {"event": marks.event},
    )
    moved = Message(
        "Many rows share one place on these columns; their marks are moved a little so that all can be seen."
    )
    return joined_lines(key, moved if marks.moved else None)


def feature_names(dataset: Dataset, limit: int = 200) -> tuple[str, ...]:
    """Return the names that `binary_problem` accepts as columns, at most `limit`."""
    rows = _sample(dataset.n_rows, 2000, 0)
    return tuple(name for name, _ in zip(_features(dataset, rows), range(limit), strict=False))


def _sample(n_rows: int, most: int, seed: int) -> NDArray[np.int64]:
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(seed).choice(n_rows, most, replace=False))


def _labels(dataset: Dataset, positive: str | None) -> tuple[Array, Message]:
    values = {"target": dataset.target}
    if dataset.task == "regression":
        middle = float(np.median(dataset.y))
        event = Message("{target} is above its median {middle:.4g}", {**values, "middle": middle})
        return (dataset.y > middle).astype(np.float64), event
    label = positive if positive in dataset.classes else default_positive(dataset)
    event = Message("{target} is “{level}”", {**values, "level": label})
    return (dataset.y == dataset.classes.index(label)).astype(np.float64), event


def default_positive(dataset: Dataset) -> str:
    """Return the class taken for "yes": the second of two, the most frequent of more."""
    if len(dataset.classes) == 2:
        return dataset.classes[1]
    return dataset.classes[int(np.bincount(dataset.y, minlength=len(dataset.classes)).argmax())]


def _features(dataset: Dataset, rows: NDArray[np.int64]) -> dict[str, Array]:
    frame = dataset.X.iloc[rows]
    features: dict[str, Array] = {}
    for column in dataset.columns:
        for name, values in _numbers(column, frame[column.name]):
            finite = np.isfinite(values)
            if finite.any() and values[finite].std() > 0:
                features[name] = np.where(finite, values, values[finite].mean())
    return features


def _numbers(column: Column, values: pd.Series[float]) -> Iterator[tuple[str, Array]]:
    if pd.api.types.is_datetime64_any_dtype(values):
        days = values.astype("datetime64[ns]").astype("int64").to_numpy() / NANOSECONDS_PER_DAY
        yield column.name, np.asarray(np.where(values.isna(), np.nan, days), dtype=np.float64)
    elif pd.api.types.is_numeric_dtype(values):
        yield column.name, np.asarray(values.to_numpy(np.float64, na_value=np.nan))
    elif column.kind in ("category", "boolean"):
        levels = column.levels[:LEVELS_SHOWN] or tuple(values.value_counts().index[:LEVELS_SHOWN])
        for level in levels[: 1 if len(column.levels) == 2 else None]:
            yield f"{column.name} = {level}", np.asarray(values == level, dtype=np.float64)


def _strongest(features: dict[str, Array], y: Array, most: int) -> tuple[str, ...]:
    side = y - y.mean()
    strength = {name: abs(float(side @ (x - x.mean()))) / (x.std() * len(y)) for name, x in features.items()}
    return tuple(sorted(strength, key=lambda name: -strength[name])[:most])


def sigmoid(z: Array | float) -> Array:
    """Return 1 / (1 + exp(−z)) without overflow."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -np.asarray(z, dtype=np.float64))))
