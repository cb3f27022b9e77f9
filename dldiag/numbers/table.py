"""A learning curve from a table: rows, training and dev error per line, from any framework."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.data.ingest import read_table
from dldiag.language import Message
from dldiag.types import DataError, LearningCurve

Floats = NDArray[np.float64]

# What people and frameworks call these columns: in lower case, every other character read as "_".
NAMES: dict[str, tuple[str, ...]] = {
    "rows": (
        "rows", "train_rows", "training_rows", "n", "n_train", "train_size", "train_sizes", "size", "samples", "n_samples",
        "examples", "training_examples",
    ),
    "train_error": ("train_error", "training_error", "train_err", "error_train"),
    "dev_error": (
        "dev_error", "val_error", "valid_error", "validation_error", "dev_err", "val_err", "error_dev", "error_val",
        "cv_error", "test_error", "test_err",
    ),
    "train_score": ("train_score", "training_score", "train_acc", "train_accuracy", "training_accuracy", "accuracy"),
    "dev_score": (
        "dev_score", "val_score", "validation_score", "dev_accuracy", "dev_acc", "val_acc", "val_accuracy",
        "validation_accuracy", "cv_score", "test_score", "test_accuracy",
    ),
    "repeat": ("repeat", "seed", "fold", "split", "run", "cv"),
    "model": ("model", "estimator", "learner"),
    "unit": ("unit",),
}  # fmt: skip
UNITS = ("rate", "sd")


def read_curve_table(source: str | Path | bytes, name: str = "", unit: str = "rate") -> LearningCurve:
    """Read a learning curve from a CSV (or any table that dldiag reads).

    Columns: rows, train_error, dev_error, optionally repeat; the names of common frameworks are known too, scores
    (accuracy, R²) are turned into errors, and of several models the first is taken. unit: "rate" or "sd", unless the
    table has a column for it. Raises DataError when a column is missing or an error cannot be one.
    """
    table = read_table(source, name=name)
    columns = _columns(table.frame)
    kept = _first_model(table.frame, columns)
    unit = _unit(kept, columns, unit)
    rows, repeat = _numbers(kept, columns["rows"]), _repeats(kept, columns)
    train, dev = _errors(kept, columns, "train", unit), _errors(kept, columns, "dev", unit)
    known = np.isfinite(rows) & (np.isfinite(train) | np.isfinite(dev))
    if not known.any() or not np.isfinite(dev).any():
        raise DataError(Message("The table has no line with a number of rows and a dev error."))
    if (rows[known] <= 0).any():
        raise DataError(Message("The number of training rows must be above 0 on every line."))
    label = str(kept[columns["model"]].iloc[0]) if "model" in columns else table.name
    return _laid_out(rows[known], repeat[known], train[known], dev[known], label, unit)


def _columns(frame: pd.DataFrame) -> dict[str, str]:
    """Return {what it is: name of the column}."""
    plain = {re.sub(r"\W+", "_", str(name).strip().lower()).strip("_"): str(name) for name in frame.columns}
    found = {what: next((plain[n] for n in names if n in plain), None) for what, names in NAMES.items()}
    columns = {what: name for what, name in found.items() if name is not None}
    missing = [w for w in ("rows", "train", "dev") if not {w, f"{w}_error", f"{w}_score"} & set(columns)]
    if missing:
        raise DataError(
            Message("A learning curve needs the columns rows, train_error and dev_error; the table has {names}.",
                    {"names": ", ".join(map(str, frame.columns[:20]))}),
            Message("Rename the columns; a column repeat tells several runs at one number of rows apart."),
        )  # fmt: skip
    return columns


def _first_model(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    if "model" not in columns:
        return frame
    models = frame[columns["model"]]
    first: pd.DataFrame = frame.loc[models == models.iloc[0]]
    return first


def _unit(frame: pd.DataFrame, columns: dict[str, str], unit: str) -> str:
    told = str(frame[columns["unit"]].iloc[0]) if "unit" in columns else unit
    return told if told in UNITS else unit


def _repeats(frame: pd.DataFrame, columns: dict[str, str]) -> NDArray[np.int64]:
    """Number the lines of one size: by the repeat column, or in their order."""
    if "repeat" in columns:
        return np.asarray(pd.factorize(frame[columns["repeat"]].astype(str), sort=True)[0], dtype=np.int64)
    return np.asarray(frame.groupby(columns["rows"]).cumcount(), dtype=np.int64)


def _errors(frame: pd.DataFrame, columns: dict[str, str], part: str, unit: str) -> Floats:
    if f"{part}_error" in columns:
        errors = _numbers(frame, columns[f"{part}_error"])
    else:
        errors = 1 - _numbers(frame, columns[f"{part}_score"])
    known = errors[np.isfinite(errors)]
    worst = known.max(initial=0.0) if known.min(initial=0.0) >= 0 else known.min()
    if worst < 0 or (unit == "rate" and worst > 1):
        raise DataError(
            Message("An error of {worst} cannot be a share of wrong rows.", {"worst": f"{worst:g}"}),
            Message("Write errors as shares between 0 and 1 (0.15 for 15 %); for a regression choose that task."),
        )
    return errors


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    column = frame[name]
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    unread = column.notna().to_numpy() & np.isnan(numbers)
    if unread.any():
        example = str(column[unread].iloc[0])[:40]
        raise DataError(
            Message("{value} in column {name} is not a number.", {"value": repr(example), "name": name}),
            Message("Leave unknown values empty."),
        )
    return numbers


def _laid_out(
    rows: Floats, repeat: NDArray[np.int64], train: Floats, dev: Floats, label: str, unit: str
) -> LearningCurve:
    """Put lines into (size, repeat) arrays; what is not there is NaN, and of a line given twice the last counts."""
    sizes = np.unique(rows)
    shape = (len(sizes), int(repeat.max()) + 1)
    at = (np.searchsorted(sizes, rows), repeat)
    train_errors, dev_errors = np.full(shape, np.nan), np.full(shape, np.nan)
    train_errors[at], dev_errors[at] = train, dev
    return LearningCurve("table", sizes.astype(np.int64), train_errors, dev_errors, label=label, unit=unit)
