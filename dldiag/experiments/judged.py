"""Target values beside a model's predictions, which every metric reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]

LEVEL = 0.9  # Default precision, recall or quantile of the metrics that hold one.


@dataclass(frozen=True, eq=False)
class Judged:
    """n rows with their target values and predictions.

    y, predicted: (n,) class codes (predicted −1: a class that the dataset does not have), or values. proba: (n, K).
    positive: code of the positive class. costs: (K, K), of predicting the column's class where the row's is true.
    level: the precision or recall that is held, or the quantile. residual: (n,) predicted − y in units of `spread`.
    """

    y: NDArray[Any]
    predicted: NDArray[Any]
    proba: NDArray[Any] | None = None
    positive: int | None = None
    costs: Values | None = None
    level: float = LEVEL
    residual: Values | None = None
    spread: float = 1.0

    @property
    def scaled_error(self) -> Values:
        """Predicted − y, in units of `spread`."""
        if self.residual is not None:
            return self.residual
        return np.asarray((self.predicted - self.y) / self.spread, dtype=float)

    @property
    def classes(self) -> NDArray[np.int64]:
        """The codes of the classes that are in y."""
        return np.flatnonzero(np.bincount(self.y))

    def scores_of(self, code: int) -> Values:
        """Return the probability of a class for every row."""
        assert self.proba is not None
        return np.asarray(self.proba[:, code], dtype=float)


def judge_values(y: ArrayLike, prediction: ArrayLike, level: float = LEVEL) -> Judged:
    """Lay target values beside predicted ones, both (n,); ValueError when they do not match."""
    truth, predicted = np.asarray(y, dtype=float).ravel(), np.asarray(prediction, dtype=float).ravel()
    _check_lengths(truth, predicted)
    return Judged(truth, predicted, level=level)


def judge_classes(
    y: ArrayLike,
    prediction: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    positive: Any = None,
    costs: ArrayLike | None = None,
    level: float = LEVEL,
) -> Judged:
    """Lay labels beside predictions as a user has them.

    prediction: (n,) labels, or (n, K) class probabilities in the order of `classes`, by default the sorted labels of y.
    positive: label of the positive class; of two classes the second where it is not given. Raises ValueError when
    lengths do not match or a label is unknown.
    """
    truth, guesses = np.asarray(y).ravel(), np.asarray(prediction)
    _check_lengths(truth, guesses)
    labels = np.unique(truth if guesses.ndim == 2 else np.concatenate([truth, guesses]))
    index = pd.Index(labels if classes is None else np.asarray(classes))
    proba = guesses if guesses.ndim == 2 else None
    if proba is not None and proba.shape[1] != len(index):
        raise ValueError(f"There are {proba.shape[1]} columns of probabilities for {len(index)} classes.")
    codes = index.get_indexer(pd.Index(truth))
    if (codes < 0).any():
        raise ValueError(f"{truth[codes < 0][0]!r} in y is none of the classes.")
    predicted = index.get_indexer(pd.Index(guesses)) if proba is None else proba.argmax(axis=1)
    table = None if costs is None else np.asarray(costs, dtype=float)
    return Judged(codes, predicted, proba, _code_of(positive, index), table, level)


def _code_of(label: Any, known: pd.Index) -> int | None:
    if label is None:
        return 1 if len(known) == 2 else None
    if label not in known:
        raise ValueError(f"There is no class {label!r}; there are {', '.join(map(repr, known.tolist()))}.")
    return int(known.get_indexer(pd.Index([label]))[0])


def _check_lengths(y: NDArray[Any], prediction: NDArray[Any]) -> None:
    if len(y) != len(prediction) or len(y) == 0:
        raise ValueError(f"y has {len(y)} rows and the prediction {len(prediction)}.")
