"""Learning curves: errors against number of training rows, on nested subsets, over repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils import indexable

from dldiag.data.matrix import Matrix
from dldiag.fit import Encoded, FitResult, FitTask, fit_all
from dldiag.language import Message
from dldiag.models import Model, as_model
from dldiag.types import Column, DataError, Dataset, LearningCurve
from dldiag.workbench import Point

SMALLEST_SIZE = 10  # rows; below it a fit says nothing
SPAN = 64  # the largest size is at most so many times the smallest (six doublings)


def curve_sizes(n_train: int, k: int, n_classes: int = 0) -> tuple[int, ...]:
    """Return at most k sizes, evenly spaced in log(rows), up to all training rows.

    >>> curve_sizes(6400, 7)
    (100, 200, 400, 800, 1600, 3200, 6400)
    """
    smallest = min(n_train, max(SMALLEST_SIZE, 2 * n_classes, round(n_train / SPAN)))
    return tuple(int(n) for n in np.unique(np.round(np.geomspace(smallest, n_train, k)).astype(int)))


def as_curve(
    model: Model, sizes: Sequence[int], n_repeats: int, results: Mapping[Point, FitResult], unit: str
) -> LearningCurve:
    """Lay results out as (size × repeat); what is not there yet is NaN."""
    train, dev = (np.full((len(sizes), n_repeats), np.nan) for _ in range(2))
    seconds = 0.0
    for i, size in enumerate(sizes):
        for r in range(n_repeats):
            result = results.get((model.identity, size, r))
            if result is not None:
                train[i, r], dev[i, r] = result.train_error, result.dev_error
                seconds += result.seconds
    return LearningCurve(model.key, np.array(sizes, dtype=np.int64), train, dev, str(model.label), unit, seconds)


def clipped(curve: LearningCurve, guess_error: float) -> LearningCurve:
    """Return the curve with no dev error above that of the plainest guess: what a forecast is to be made from.

    How far a few fits on few rows blew up says nothing about more rows.
    """
    return replace(curve, dev_errors=np.minimum(curve.dev_errors, guess_error))


def learning_curve(  # noqa: PLR0913 — scikit-learn's own arguments
    estimator: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    train_sizes: ArrayLike = (0.1, 0.325, 0.55, 0.775, 1.0),
    cv: Any = None,
    n_jobs: int = 1,
    shuffle: bool = True,
    random_state: int | None = 0,
) -> LearningCurve:
    """Compute a learning curve with scikit-learn's arguments; the repeats are the folds of cv.

    X: (n, d) numbers, used as they are. train_sizes: shares of the largest training set, or rows. cv: what
    scikit-learn's own learning_curve takes. Errors are lower-is-better: error rate, or RMSE / std(y).
    Raises DataError when no size leaves a row to train on.
    """
    X, y, groups = indexable(X, y, groups)
    dataset, matrix = _as_is(np.asarray(X, dtype=float), np.asarray(y), is_classifier(estimator))
    folds = list(check_cv(cv, y, classifier=is_classifier(estimator)).split(X, y, groups))
    sizes = _absolute(np.asarray(train_sizes), min(len(train) for train, _ in folds))
    model = _unprepared(as_model(estimator))
    rng = np.random.default_rng(random_state)
    tasks = []
    for r, (train, dev) in enumerate(folds):
        rows = rng.permutation(train) if shuffle else train
        seed = int(rng.integers(2**31))
        tasks += [FitTask((model.identity, size, r), model, rows[:size], dev, seed) for size in sizes]
    encoded = Encoded(dataset, matrix, float(np.std(dataset.y)) or 1.0 if dataset.task == "regression" else 1.0)
    results = {result.task.key: result for result in fit_all(tasks, encoded, n_jobs=n_jobs)}
    return as_curve(model, sizes, len(folds), results, dataset.unit)


def _as_is(X: NDArray[np.float64], y: NDArray[Any], classify: bool) -> tuple[Dataset, Matrix]:
    import pandas as pd

    names = tuple(f"x{i}" for i in range(X.shape[1]))
    columns = tuple(Column(name, "number", Message("given as a number")) for name in names)
    if not classify:
        dataset = Dataset("arrays", pd.DataFrame(X, columns=list(names)), y.astype(float), "regression", "y", columns)
    else:
        classes, codes = np.unique(y, return_inverse=True)
        labels = tuple(str(label) for label in classes)
        dataset = Dataset(
            "arrays",
            pd.DataFrame(X, columns=list(names)),
            codes.astype(np.int64),
            "classification",
            "y",
            columns,
            labels,
        )
    return dataset, Matrix(X, names, np.zeros(len(names), dtype=bool))


def _unprepared(model: Model) -> Model:
    return Model(model.key, model.label, model.estimator, scale_inputs=False, raw=False)


def _absolute(train_sizes: NDArray[Any], most: int) -> tuple[int, ...]:
    rows = train_sizes * most if train_sizes.dtype.kind == "f" else train_sizes
    sizes = np.unique(np.asarray(rows, dtype=int))
    if sizes.size == 0 or sizes[0] < 1 or sizes[-1] > most:
        raise DataError(
            Message("train_sizes must lie between 1 and {most} rows (or 0 and 1 as shares).", {"most": most}),
            Message("Give shares of the training rows, such as 0.1 … 1.0, or numbers of rows."),
        )
    return tuple(int(n) for n in sizes)
