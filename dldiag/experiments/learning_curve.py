"""Learning curves: errors against number of training rows, on nested subsets, over repeats."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from reprlib import repr as shortened
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.base import is_classifier
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import check_cv
from sklearn.utils import indexable

from dldiag.core.i18n import Message, english
from dldiag.core.parallel import Processes
from dldiag.core.types import DataError, Dataset, LearningCurve, Rows
from dldiag.data.encode import Matrix
from dldiag.data.target import check_scale
from dldiag.experiments import estimates
from dldiag.experiments.fit import FitResult, fit_all, import_models
from dldiag.experiments.fit_cache import FitKey
from dldiag.experiments.metric_choice import plain_choice
from dldiag.experiments.models import Model, as_model, is_network
from dldiag.experiments.tasks import Encoded, FitTask, with_codes

SMALLEST_SIZE = 10  # A fit on fewer rows shows nothing.
SPAN = 64  # Largest size / smallest size, at most (six doublings).


def curve_sizes(n_train: int, k: int, n_classes: int = 0) -> tuple[int, ...]:
    """Return at most k sizes, evenly spaced in log(rows), up to all training rows.

    >>> curve_sizes(6400, 7)
    (100, 200, 400, 800, 1600, 3200, 6400)
    """
    smallest = min(n_train, max(SMALLEST_SIZE, 2 * n_classes, round(n_train / SPAN)))
    return tuple(int(n) for n in np.unique(np.round(np.geomspace(smallest, n_train, k)).astype(int)))


def as_curve(
    model: Model, sizes: Sequence[int], n_repeats: int, results: Mapping[FitKey, FitResult], unit: str
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
    return LearningCurve(model.key, np.array(sizes, dtype=np.int64), train, dev, english(model.label), unit, seconds)


def with_estimates(
    curve: LearningCurve, model: Model, repeats: Sequence[Sequence[int]], results: Mapping[FitKey, FitResult]
) -> LearningCurve:
    """Return the curve with the estimate of every point, from dev rows and repeats together; repeats: those of each size."""
    points = [_fitted(model, int(size), of_size, results) for size, of_size in zip(curve.sizes, repeats, strict=True)]
    return replace(
        curve,
        train_estimates=tuple(estimates.train_error(point) if point else None for point in points),
        dev_estimates=tuple(estimates.dev_error(point) if point else None for point in points),
    )


def _fitted(model: Model, size: int, repeats: Sequence[int], results: Mapping[FitKey, FitResult]) -> list[FitResult]:
    of_repeats = (results.get((model.identity, size, r)) for r in repeats)
    return [result for result in of_repeats if result is not None and not result.failed]


def clipped(curve: LearningCurve, guess_error: float) -> LearningCurve:
    """Return the curve with no dev error above that of the baseline: what a forecast is to be made from.

    A few diverged fits on few rows say nothing about more rows.
    """
    return replace(curve, dev_errors=np.minimum(curve.dev_errors, guess_error), dev_estimates=())


def learning_curve(  # noqa: PLR0913 — scikit-learn's own arguments
    estimator: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    train_sizes: ArrayLike = (0.1, 0.325, 0.55, 0.775, 1.0),
    cv: Any = None,
    n_jobs: int | None = 1,
    shuffle: bool = True,
    random_state: int | None = 0,
    error_score: float | str = np.nan,
    **others: Any,
) -> LearningCurve:
    """Compute a learning curve with scikit-learn's arguments; the repeats are the folds of cv.

    X: (n, d) and y: (n,), used as they are (our own networks compute in 32 bits). train_sizes: shares of the largest
    training set, or rows. cv: what scikit-learn's own learning_curve takes. shuffle: draw the subsets from all training
    rows, unlike scikit-learn's default, which takes the first: of a file in order of class or time these are no sample.
    random_state: of that draw, and of an estimator whose own is None; one that it has is kept.

    Errors are lower-is-better: error rate, or RMSE / std(y); NaN, with a FitFailedWarning, where a fit failed, unless
    error_score is "raise". verbose and pre_dispatch are taken and change nothing. Raises DataError when no size leaves
    a row to train on, or when no fit succeeds; ValueError for scikit-learn's other arguments at other values than its own.
    """
    _check_others(error_score, others)
    X, y, groups = indexable(X, y, groups)
    model, y = replace(as_model(estimator), raw=True), _one_column(y)
    _check_no_missing(y)
    encoded = _as_given(model, X, y)
    folds = list(check_cv(cv, y, classifier=is_classifier(estimator)).split(X, y, groups))
    sizes = _absolute(np.asarray(train_sizes), min(len(train) for train, _ in folds))
    tasks = _tasks(model, encoded, folds, sizes, rng=np.random.default_rng(random_state), shuffle=shuffle)
    processes = Processes(n_jobs or 1, import_models)
    results = {result.task.key: result for result in fit_all(tasks, encoded, processes=processes)}
    _report_failures(list(results.values()), error_score)
    return as_curve(model, sizes, len(folds), results, encoded.dataset.unit)


def _tasks(
    model: Model,
    encoded: Encoded,
    folds: Sequence[tuple[Rows, Rows]],
    sizes: Sequence[int],
    *,
    rng: np.random.Generator,
    shuffle: bool,
) -> list[FitTask]:
    """Return a fit for every size on every fold, a pair of training and dev rows; the subsets of a fold are nested."""
    coded = with_codes(model, encoded.labels)
    how: dict[str, Any] = {"reseeded": False, "as_given": True}
    tasks = []
    for r, (train, dev) in enumerate(folds):
        rows = rng.permutation(train) if shuffle else train
        seed = int(rng.integers(2**31))
        tasks += [FitTask((model.identity, size, r), coded, rows[:size], dev, seed, **how) for size in sizes]
    return tasks


def _check_no_missing(y: Any) -> None:
    missing = int(pd.isna(np.asarray(y)).sum())
    if missing:
        raise ValueError(f"y has {missing} missing {'value' if missing == 1 else 'values'}: leave those rows out.")


# What scikit-learn's function takes besides: the values at which nothing differs here, and why there are no others.
_OTHERS: dict[str, tuple[tuple[Any, ...], str]] = {
    "scoring": ((None,), "errors are error rates, or RMSE / std(y)"),
    "exploit_incremental_learning": ((False,), "every subset is trained from the start"),
    "return_times": ((False,), "the curve tells its seconds"),
    "params": ((None, {}), "fit gets X and y only"),
    "fit_params": ((None, {}), "fit gets X and y only"),
}
WITHOUT_EFFECT = ("verbose", "pre_dispatch")  # Arguments without effect on the result.


def _check_others(error_score: float | str, others: Mapping[str, Any]) -> None:
    if error_score != "raise" and not (isinstance(error_score, float) and np.isnan(error_score)):
        raise ValueError(f"error_score can be NaN or 'raise' here, not {error_score!r}: a score is no error.")
    for name, value in others.items():
        if name not in _OTHERS and name not in WITHOUT_EFFECT:
            raise TypeError(f"learning_curve takes no argument named {name}.")
        allowed, why = _OTHERS.get(name, ((value,), ""))
        if value not in allowed:
            raise ValueError(f"{name} can only be {allowed[0]!r} here, not {shortened(value)}: {why}.")


def _one_column(y: ArrayLike) -> NDArray[Any]:
    """Return the target as (n,): a column of its own is one; DataError for more of them."""
    values = np.asarray(y)
    if values.size != len(values):
        raise DataError(
            Message("y has {columns} columns.", {"columns": values.size // max(1, len(values))}),
            Message("Give one target at a time."),
        )
    return values.ravel()


def _as_given(model: Model, X: Any, y: NDArray[Any]) -> Encoded:
    """Return rows as a fit takes them, with nothing done to X that its model would not do itself."""
    network, labels = is_network(model), None
    if network:
        inputs = np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=np.float32)
    else:
        inputs = X if hasattr(X, "iloc") or issparse(X) else np.asarray(X)
    if is_classifier(model.estimator):
        labels, codes = np.unique(y, return_inverse=True)
        answers: dict[str, Any] = {"y": codes.astype(np.int64), "task": "classification"}
        answers["classes"], scale = tuple(str(label) for label in labels), 1.0
    else:
        amounts = y.astype(float)
        check_scale(amounts, "y")
        answers, scale = {"y": amounts, "task": "regression"}, float(np.std(amounts)) or 1.0
    dataset = Dataset("arrays", pd.DataFrame(index=range(len(y))), target="y", columns=(), **answers)
    seen: Any = inputs if network else np.empty((len(y), 0))
    matrix, choice = Matrix(seen, (), np.zeros(seen.shape[1], dtype=bool)), plain_choice(dataset.task)
    return Encoded(dataset, matrix, scale, inputs, labels=labels, choice=choice)


def _report_failures(results: Sequence[FitResult], error_score: float | str) -> None:
    """Say that fits failed: NaN alone would be read as "not there yet"."""
    reasons = [result.failed for result in results if result.failed]
    if len(reasons) == len(results) or (reasons and error_score == "raise"):
        raise DataError(
            Message("The model cannot be trained on these rows: {error}.", {"error": reasons[0].rstrip(". ")}),
            Message("Change the model's settings, or prepare X so that it can be fitted."),
        )
    if reasons:
        text = f"{len(reasons)} of {len(results)} fits failed; their errors are NaN. The first: {reasons[0]}"
        warnings.warn(text, FitFailedWarning, stacklevel=3)


def _absolute(train_sizes: NDArray[Any], most: int) -> tuple[int, ...]:
    rows = train_sizes * most if train_sizes.dtype.kind == "f" else train_sizes
    sizes = np.unique(np.asarray(rows, dtype=int))
    if sizes.size == 0 or sizes[0] < 1 or sizes[-1] > most:
        raise DataError(
            Message("train_sizes must lie between 1 and {most} rows (or 0 and 1 as shares).", {"most": most}),
            Message("Give shares of the training rows, such as 0.1 … 1.0, or numbers of rows."),
        )
    return tuple(int(n) for n in sizes)
