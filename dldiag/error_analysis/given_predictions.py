"""Predictions of any model, of any framework, checked and laid out: labels to codes, probabilities to columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message, Value
from dldiag.core.types import DataError, Task
from dldiag.error_analysis.row_losses import ErrorCase
from dldiag.experiments.predictions import Predictions

MANY_VALUES = 20  # Most distinct numbers of a classification target; more, or fractions, mean regression.
SUM_OFF = 0.01  # How far the probabilities of a row may sum from 1, for rounding.
_LEAST_ROWS = 10  # Least rows for an analysis.


def error_case(
    y_true: Any,
    y_pred: Any,
    X: Any = None,
    proba: Any = None,
    *,
    classes: Sequence[Any] | None = None,
    task: str = "auto",
) -> ErrorCase:
    """Check given predictions and lay them out; DataError says in one line what cannot be read."""
    y, predicted = _flat(y_true, "y_true"), _flat(y_pred, "y_pred")
    _check_length("y_pred", len(predicted), len(y))
    y, predicted = _as_numbers_beside_numbers(y, predicted), _as_numbers_beside_numbers(predicted, y)
    table = as_table(X, len(y))
    present = np.asarray(~(pd.isna(y) | pd.isna(predicted)), dtype=bool)
    if present.sum() < _LEAST_ROWS:
        values = {"rows": int(present.sum()), "least": _LEAST_ROWS}
        raise DataError(
            Message("Only {rows:,} rows have a target and a prediction; {least} are needed.", values),
            Message("Give more rows."),
        )
    kind = _task_of(y[present], predicted[present]) if task == "auto" else task
    rows = np.flatnonzero(present)
    if kind == "regression":
        return _of_numbers(y[present], predicted[present], table, rows)
    return _of_classes(y[present], predicted[present], table, rows, _proba(proba, len(y), rows), classes)


def as_table(X: Any, rows: int) -> pd.DataFrame:
    """Return the columns as a table with plain row numbers; None is a table without columns."""
    if X is None:
        return pd.DataFrame(index=range(rows))
    if isinstance(X, pd.DataFrame):
        table = X.reset_index(drop=True)
    else:
        values = np.asarray(X)
        values = values[:, None] if values.ndim == 1 else values
        if values.ndim != 2:
            raise DataError(Message("X must have rows and columns, not {n} dimensions.", {"n": values.ndim}))
        table = pd.DataFrame(values, columns=[f"column {j + 1}" for j in range(values.shape[1])])
    _check_length("X", len(table), rows)
    return table


def _flat(values: Any, name: str) -> NDArray[Any]:
    flat = values.to_numpy() if isinstance(values, pd.Series) else np.asarray(values)
    flat = flat[:, 0] if flat.ndim == 2 and flat.shape[1] == 1 else flat
    if flat.ndim != 1:
        raise DataError(Message("{name} must be one column.", {"name": name}))
    return np.asarray(flat, dtype=object) if flat.dtype.kind in "US" else flat


def _as_numbers_beside_numbers(values: NDArray[Any], others: NDArray[Any]) -> NDArray[Any]:
    """Return True and False as 1 and 0 where the values beside them are numbers."""
    return values.astype(np.int64) if values.dtype == bool and others.dtype.kind in "iuf" else values


def _check_length(name: str, n_rows: int, rows: int) -> None:
    if n_rows != rows:
        raise DataError(
            Message(
                "{name} has {found:,} rows, the target has {rows:,}.", {"name": name, "found": n_rows, "rows": rows}
            ),
            Message("Give one entry for each row, in the same order."),
        )


def _task_of(y: NDArray[Any], predicted: NDArray[Any]) -> Task:
    """Decide between classes and numbers: fractions, or many distinct numbers, are numbers."""
    try:
        numbers, values = y.astype(float), predicted.astype(float)
    except (TypeError, ValueError):
        return "classification"
    whole = (numbers == np.round(numbers)).all()
    few = len(np.unique(numbers)) <= MANY_VALUES
    if len(np.unique(numbers)) <= 2 or (whole and few and (values == np.round(values)).all()):
        return "classification"
    return "classification" if few and not (set(values.tolist()) - set(numbers.tolist())) else "regression"


def _of_numbers(y: NDArray[Any], predicted: NDArray[Any], table: pd.DataFrame, rows: NDArray[np.int64]) -> ErrorCase:
    values = []
    for name, one in (("y_true", y), ("y_pred", predicted)):
        try:
            values.append(one.astype(float))
        except (TypeError, ValueError):
            raise DataError(
                Message("{name} holds values that are not numbers.", {"name": name}),
                Message("For classes, give labels in both."),
            ) from None
        if not np.isfinite(values[-1]).all():
            raise DataError(Message("{name} holds infinite values.", {"name": name}))
    scale = float(np.std(values[0])) or 1.0
    return ErrorCase(Predictions(rows, 0 * rows, values[0], values[1]), table, "regression", scale=scale)


def _of_classes(
    y: NDArray[Any],
    predicted: NDArray[Any],
    table: pd.DataFrame,
    rows: NDArray[np.int64],
    proba: NDArray[np.float64] | None,
    classes: Sequence[Any] | None,
) -> ErrorCase:
    (labels, label_codes), (guesses, guess_codes) = labels_and_codes(y), labels_and_codes(predicted)
    order = None if classes is None else [_label(label) for label in classes]
    names = tuple(order or sorted(set(labels), key=_order))
    _check_labels(labels, guesses, names)
    index = pd.Index(names)
    laid = None if proba is None else _laid_out(proba, names)
    codes, predicted_codes = (
        index.get_indexer(pd.Index(one))[at] for one, at in ((labels, label_codes), (guesses, guess_codes))
    )
    predictions = Predictions(rows, 0 * rows, codes, predicted_codes, laid, has_probabilities=laid is not None)
    return ErrorCase(predictions, table, "classification", names)


def labels_and_codes(values: NDArray[Any]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the different labels as texts, and which of them each value is: 1 and 1.0 are the same class.

    >>> [labels_and_codes(np.array(one, dtype=object))[0] for one in ([1.0, 0.5], ["a", 1, 1.0])]
    [['1', '0.5'], ['a', '1']]
    """
    codes, distinct = pd.factorize(values)
    return [_label(one) for one in distinct], codes


def _label(value: Any) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    text = str(value)
    return text.partition(".")[0] if _WHOLE_FLOAT.fullmatch(text) else text


_WHOLE_FLOAT = re.compile(r"-?[1-9]\d{0,17}\.0+|0\.0+")  # A whole number written as a float.


def _order(name: str) -> tuple[int, float, str]:
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)


def _check_labels(labels: Sequence[str], guesses: Sequence[str], names: tuple[str, ...]) -> None:
    unknown = sorted(set(guesses) - set(names))
    if not set(guesses) & set(names):
        values = {"predicted": ", ".join(unknown[:3]), "labels": ", ".join(names[:3])}
        raise DataError(
            Message("No prediction is a label of the target: predicted {predicted}, labels {labels}.", values),
            Message("Give predictions in the target's own labels."),
        )
    if missing := sorted(set(labels) - set(names)):
        raise DataError(
            Message("The target has labels that `classes` lacks: {names}.", {"names": ", ".join(missing[:3])})
        )


def _proba(proba: Any, n: int, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
    if proba is None:
        return None
    try:
        values = np.asarray(proba, dtype=float)
    except (TypeError, ValueError):
        raise DataError(Message("Probabilities must be numbers.")) from None
    values = values[:, None] if values.ndim == 1 else values
    _check_length("proba", len(values), n)
    return np.asarray(values[rows])


def _laid_out(proba: NDArray[np.float64], names: tuple[str, ...]) -> NDArray[np.float32]:
    """Return (rows, classes); a single column is the probability of the second of two classes."""
    _check_columns(proba.shape[1], names)
    outside = ~np.isfinite(proba).all(axis=1) | ((proba < -SUM_OFF) | (proba > 1 + SUM_OFF)).any(axis=1)
    _refuse(
        outside,
        Message("The probabilities of {bad:,} of {rows:,} rows are not between 0 and 1, row {row:,} for one."),
    )
    if proba.shape[1] == 1:
        proba = np.column_stack([1 - proba[:, 0], proba[:, 0]])
    _refuse(
        np.abs(proba.sum(axis=1) - 1) > SUM_OFF,
        Message("The probabilities of {bad:,} of {rows:,} rows do not sum to 1, row {row:,} for one."),
    )
    return np.asarray(np.clip(proba, 0, 1), dtype=np.float32)


def _check_columns(columns: int, names: tuple[str, ...]) -> None:
    if len(names) == 1:
        raise DataError(
            Message("The target has a single class, {name}: class probabilities say nothing.", {"name": names[0]}),
            Message("Give rows of every class, or leave the probabilities out."),
        )
    if columns != len(names) and (columns, len(names)) != (1, 2):
        values: dict[str, Value] = {"columns": columns, "classes": len(names), "names": ", ".join(names[:5])}
        raise DataError(
            Message("There are {columns} columns of probabilities for {classes} classes ({names}).", values),
            Message("Give one column per class in this order, or one column for the second of two classes."),
        )


def _refuse(bad: Any, what: Message) -> None:
    """Raise DataError where some rows are bad; bad: (rows,) of truth values."""
    if bad.any():
        message = what.filled(bad=int(bad.sum()), rows=len(bad), row=int(np.flatnonzero(bad)[0]) + 1)
        raise DataError(message, Message("Give probabilities between 0 and 1, one per class."))
