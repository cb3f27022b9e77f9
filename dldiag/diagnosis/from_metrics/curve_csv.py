"""A learning curve from a table, rows with training and dev error per line, from any framework; or a training history."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Floats, LearningCurve, Table
from dldiag.diagnosis.from_metrics.history import TrainingHistory
from dldiag.diagnosis.from_metrics.history_table import history_of_json, history_of_table, is_history, plain_name
from dldiag.experiments.forecast import HIGHEST

# What people and frameworks call these columns: in lower case, every other character read as "_".
_NAMES: dict[str, tuple[str, ...]] = {
    "rows": (
        "rows", "train_rows", "training_rows", "n", "n_train", "train_size", "train_sizes", "train_sizes_abs", "size", "samples",
        "n_samples", "examples", "training_examples", "training_size", "training_sizes", "training_samples", "n_training",
        "num_samples", "num_examples", "sample_size",
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
    "train_r2": ("train_r2", "training_r2", "r2_train", "r2"),
    "dev_r2": ("dev_r2", "val_r2", "validation_r2", "r2_dev", "r2_val", "cv_r2", "test_r2"),
    "model": ("model", "estimator", "learner"),
    "unit": ("unit",),
}  # fmt: skip
MOST_BYTES = 16 << 20  # Most bytes of a curve or a history; thousands of epochs take less than 1 MB.
_NAMES_OF_ROWS = frozenset(_NAMES["rows"])
# What users of scikit-learn call the mean over folds.
_MEAN = re.compile(r"^(?:mean|avg|average)_|_(?:mean|avg|average)$")
_PLURAL = re.compile(r"(?<=score|error)s$")  # The results of scikit-learn's learning_curve are named train_scores.
_SPACED_K = re.compile(r"\d\s+[kK]$")  # Of a number of rows, 2 K is 2,000; elsewhere a blank before K makes it Kelvin.
# The first of these columns that is there tells lines of one size apart.
REPEATS = ("repeat", "seed", "fold", "split", "run", "cv")


def read_curve_table(
    source: str | Path | bytes, name: str = "", unit: str = "rate", *, read_rows: Callable[..., Table] | None = None
) -> LearningCurve | TrainingHistory:
    """Read a learning curve, or a training history, from a CSV (or any table that dldiag reads, or the JSON of a history).

    A history has losses or metrics by epoch, as Keras and Lightning write them (`history_table`). Columns of a learning curve: rows, train_error, dev_error, optionally repeat; the names of common frameworks are known too, scores
    are turned into errors (1 − accuracy, or √(1 − R²) = RMSE / std(y)), and of several models the first is taken. unit:
    "rate" or "sd", unless the table has a column for it. Raises DataError when a column is missing, an error cannot be
    one, a number of rows is none, or two lines of one size cannot be told apart.
    """
    from dldiag.data.io import Limits  # keeps start-up short
    from dldiag.data.io.source import load  # keeps start-up short
    from dldiag.data.read_table import read_table  # keeps start-up short

    data = source if isinstance(source, bytes) else load(source, Limits(max_bytes=MOST_BYTES))
    if data.lstrip()[:1] in (b"{", b"[") and (history := history_of_json(data, name)) is not None:
        return history
    table = (read_rows or read_table)(source, name=name)
    if not _NAMES_OF_ROWS & _plain_names(table.frame).keys() and is_history(list(map(str, table.frame.columns))):
        return history_of_table(table)
    columns = _columns(table.frame)
    frame = _first_model(table.frame, columns)
    unit = _unit(frame, columns, unit)
    rows = _numbers(frame, columns["rows"]) * _rows_in(table, columns["rows"])
    train, dev = _errors(frame, columns, "train", unit), _errors(frame, columns, "dev", unit)
    finite = np.isfinite(rows) & (np.isfinite(train) | np.isfinite(dev))
    if not finite.any() or not np.isfinite(dev).any():
        raise DataError(Message("The table has no line with a number of rows and a dev error."))
    _check_rows(rows[finite])
    frame, rows, train, dev = frame[finite], rows[finite], train[finite], dev[finite]
    label = str(frame[columns["model"]].iloc[0]) if "model" in columns else table.name
    return _laid_out(rows, _repeats(frame, rows), train, dev, label, unit)


def _rows_in(table: Table, name: str) -> int:
    """Return what the numbers of rows count: thousands where each has a K after a blank, which is Kelvin to a table."""
    if table.raw is None or name not in table.raw.columns:
        return 1
    texts = table.raw[name].dropna().astype(str).str.strip()
    return 1000 if len(texts) and all(map(_SPACED_K.search, texts)) else 1


def _check_rows(rows: Floats) -> None:
    if (rows <= 0).any():
        raise DataError(Message("The number of training rows must be above 0 on every line."))
    parts = rows[rows != np.floor(rows)]
    if parts.size:
        raise DataError(
            Message("{value} is no number of training rows.", {"value": f"{parts[0]:g}"}),
            Message("Write how many rows there were, not which share of them."),
        )


def _plain_names(frame: pd.DataFrame) -> dict[str, str]:
    """Return {name in lower case, every other character as "_", without plural and mean: name of the column}.

    A name that is written so itself goes before one that becomes it.
    """
    exact = {plain_name(name): str(name) for name in frame.columns}
    return {_PLURAL.sub("", _MEAN.sub("", plain)): name for plain, name in exact.items()} | exact


def _columns(frame: pd.DataFrame) -> dict[str, str]:
    """Return {what it is: name of the column}."""
    plain = _plain_names(frame)
    by_role = {what: next((plain[n] for n in names if n in plain), None) for what, names in _NAMES.items()}
    columns = {what: name for what, name in by_role.items() if name is not None}
    missing = [w for w in ("rows", "train", "dev") if not {w, f"{w}_error", f"{w}_score", f"{w}_r2"} & set(columns)]
    if missing:
        raise DataError(
            Message("A learning curve needs the columns rows, train_error and dev_error; the table has {names}.",
                    {"names": ", ".join(map(str, frame.columns[:20]))}),
            Message("Rename the columns. Of several runs with as many rows, each has its own number in a column named repeat."),
        )  # fmt: skip
    return columns


def _first_model(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    if "model" not in columns:
        return frame
    models = frame[columns["model"]]
    first: pd.DataFrame = frame.loc[models == models.iloc[0]]
    return first


def _unit(frame: pd.DataFrame, columns: dict[str, str], unit: str) -> str:
    """Return the unit that the table holds, or else the one given."""
    units = [str(value).strip() for value in frame[columns["unit"]].dropna()] if "unit" in columns else []
    other = next((unit for unit in units if unit not in HIGHEST), None)
    if other is not None:
        raise DataError(
            Message("{value} is no unit of errors.", {"value": repr(other[:40])}),
            Message("Write rate (share of wrong rows) or sd (RMSE / std of the target), or leave the column out."),
        )
    return units[0] if units else unit


def _repeats(frame: pd.DataFrame, rows: Floats) -> NDArray[np.int64]:
    """Number the lines of one size: by the column that tells them apart, by all such together, or in their order."""
    plain = _plain_names(frame)
    names = [plain[name] for name in REPEATS if name in plain]
    if not names:
        return np.asarray(pd.Series(rows).groupby(rows).cumcount(), dtype=np.int64)
    for chosen in (*([name] for name in names), names):
        labels = pd.Series(list(map(tuple, frame[chosen].astype(str).to_numpy()))).to_numpy()
        twice = pd.DataFrame({"rows": rows, "repeat": labels}).duplicated()
        if not twice.any():
            return np.asarray(pd.factorize(labels, sort=True)[0], dtype=np.int64)
    size = int(rows[twice][0])
    raise DataError(
        Message("Two lines are about {rows:,} rows and the same {repeat}.", {"rows": size, "repeat": ", ".join(names)}),
        Message("Number the runs of one size apart, or leave the column out: lines are then numbered in their order."),
    )


def _errors(frame: pd.DataFrame, columns: dict[str, str], part: str, unit: str) -> Floats:
    kind = next(kind for kind in ("error", "score", "r2") if f"{part}_{kind}" in columns)
    name = columns[f"{part}_{kind}"]
    values = _numbers(frame, name)
    if kind == "error":
        _check_errors(values, unit)
        return values
    if kind == "r2" and unit == "rate":
        raise DataError(
            Message("Column {name} holds R², which only a regression has.", {"name": name}),
            Message("Choose regression as the task."),
        )
    _check_scores(values, name, unit, is_train=part == "train")
    errors: Floats = 1 - values if unit == "rate" else np.sqrt(1 - values)  # This is RMSE / std(y).
    return errors


def _check_errors(errors: Floats, unit: str) -> None:
    wrong = errors[(errors < 0) | (errors > HIGHEST[unit])]
    if wrong.size:
        raise DataError(
            Message("An error of {worst} cannot be a share of wrong rows.", {"worst": f"{wrong[0]:g}"}),
            Message("Write errors as shares between 0 and 1 (0.15 for 15%); for a regression choose that task."),
        )


def _check_scores(scores: Floats, name: str, unit: str, *, is_train: bool) -> None:
    """Refuse what is neither accuracy nor R²; R² below 0 wherever a model was trained is another score, such as −RMSE."""
    wrong = scores[(scores > 1) | ((scores < 0) & (unit == "rate"))]
    finite = scores[np.isfinite(scores)]
    if is_train and finite.size and finite.max() < 0:
        wrong = finite
    if wrong.size:
        raise DataError(
            Message(
                "A score of {worst} in column {name} is neither accuracy nor R².",
                {"worst": f"{wrong[0]:g}", "name": name},
            ),
            Message("Write accuracy as a share between 0 and 1 (0.85 for 85%); other scores as errors."),
        )


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
    """Put lines into (size, repeat) arrays; what is not there is NaN."""
    sizes = np.unique(rows)
    shape = (len(sizes), int(repeat.max()) + 1)
    at = (np.searchsorted(sizes, rows), repeat)
    train_errors, dev_errors = np.full(shape, np.nan), np.full(shape, np.nan)
    train_errors[at], dev_errors[at] = train, dev
    return LearningCurve("table", sizes.astype(np.int64), train_errors, dev_errors, label=label, unit=unit)
