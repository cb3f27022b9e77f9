"""Training histories from files: Keras (History.history, CSVLogger), Lightning (metrics.csv), and others of that shape."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import DataError, Floats, Table
from dldiag.diagnosis.from_metrics.given_metrics import GIVEN_METRICS, OWN_UNIT
from dldiag.diagnosis.from_metrics.history import TrainingHistory

# Names are in lower case, every other character read as "_".
_TRAIN = ("train", "training")
_DEV = ("val", "valid", "validation", "dev", "eval", "test")
# The first of these columns that is there counts the lines.
_STEPS = ("epoch", "epochs", "step", "steps", "iteration", "iter", "round")
_LEVELS = ("step", "epoch")  # Lightning's endings: of each step, or of the mean over an epoch.
_LOSS = re.compile(r"(?:.*_)?(?:loss|cross_?entropy|nll)")
# Patterns of names for each row of GIVEN_METRICS, in the order in which metrics are read.
_METRICS: dict[str, re.Pattern[str]] = {
    "accuracy": re.compile(r"(?:.*_)?(?:acc|accuracy)|acc_?1|top_?1"),
    "error": re.compile(r"err|error|error_rate|merror"),
    "roc_auc": re.compile(r"auc|auroc|roc_auc|(?:binary|multiclass)_?auroc"),
    "f1": re.compile(r"f1|f1_score|f1_macro|macro_f1"),
    "r2": re.compile(r"r2|r2_?score|r_squared"),
    "rmse": re.compile(r"rmse|root_mean_squared_error"),
    "mae": re.compile(r"mae|mean_absolute_error|l1"),
    "mse": re.compile(r"mse|mean_squared_error|l2"),
    "log_loss": re.compile(r"log_?loss|mlogloss"),
}
_NUMBERED = re.compile(r"(?:val|valid|validation|eval|test)_\d+")
_NOT_FINITE = {"nan", "-nan", "inf", "+inf", "-inf", "infinity", "-infinity"}
_SHARES_UP_TO = 1.0 + 1e-9  # An accuracy above it was written in percent.
_NESTED = ("log_history", "history")  # A JSON file keeps its history below one of these keys.


@dataclass(frozen=True)
class HistoryColumn:
    """One column of a history: which part of the data it is about ("" where its name does not say), and what it measures."""

    part: str
    measure: str  # "loss", or a row of GIVEN_METRICS.
    base: str  # The name without its part.
    name: str


def is_history(names: list[str], *, in_order: bool = False) -> bool:
    """Tell whether columns are those of a training history: losses or metrics by epoch or step.

    in_order: the values come in lists, which are in the order of the epochs.
    """
    plain = [plain_name(name) for name in names]
    columns = [column for name in names if (column := _series(name)) is not None]
    counted = in_order or any(step in plain for step in _STEPS)
    measured = any(column.measure == "loss" for column in columns) or any(column.part for column in columns)
    return measured and (counted or any(column.measure == "loss" for column in columns))


def plain_name(name: object) -> str:
    """Return a name in lower case, every other character as "_"."""
    return re.sub(r"\W+", "_", str(name).strip().lower()).strip("_")


def history_of_table(table: Table) -> TrainingHistory:
    """Read a history from a table; DataError when no loss and no metric can be read."""
    frame = pd.DataFrame({name: _numbers(table, name) for name in table.frame.columns})
    return history_of_frame(frame, table.name)


def history_of_json(data: bytes, name: str = "") -> TrainingHistory | None:
    """Read {"loss": [...], "val_loss": [...]}, a list of such records, or a file that keeps one; None for anything else."""
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError):
        return None
    frame = _frame_of(parsed)
    if frame is None or not is_history(list(frame.columns), in_order=isinstance(parsed, Mapping)):
        return None
    parts = _numbered_parts(list(map(str, parsed))) if isinstance(parsed, Mapping) else {}
    first = next((key for key, part in parts.items() if part in _TRAIN), "")
    return replace(history_of_frame(frame, name), first_set=first)


def history_of_frame(frame: pd.DataFrame, label: str = "") -> TrainingHistory:
    """Read a history from columns of numbers: NaN where nothing was recorded, infinite where training diverged."""
    frame, runs = _last_run(frame)
    points = _by_epoch(frame)
    series = [one for name in points.columns if (one := _series(str(name))) is not None]
    nothing = np.full(len(points), np.nan)
    losses = _pair(points, series, "loss")
    metric, errors = _errors(points, series)
    train_loss, dev_loss = (nothing if name is None else _column(points, name) for name in losses)
    if metric == "":
        errors = (train_loss, dev_loss)
    if all(np.isnan(one).all() for one in (train_loss, *errors)):
        raise DataError(
            Message(
                "No training history was found: the table has {names}.",
                {"names": ", ".join(map(str, frame.columns[:20]))},
            ),
            Message("Name the columns epoch, loss, val_loss and, for instance, accuracy and val_accuracy."),
        )
    unit = OWN_UNIT if metric == "" else GIVEN_METRICS[metric].unit
    epochs = points.index.to_numpy(dtype=float)
    return TrainingHistory(epochs, train_loss, dev_loss, *errors, metric=metric, unit=unit, label=label, runs=runs)


# --- cells and lines ----------------------------------------------------------------------------------------------


def _numbers(table: Table, name: str) -> Floats:
    """Return a column's numbers; a cell that says NaN or infinity is infinite."""
    typed = pd.to_numeric(table.frame[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if table.raw is None or name not in table.raw:
        return np.asarray(typed)
    texts = table.raw[name]
    read = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    numbers = np.where(np.isfinite(typed), typed, read)
    lost = texts.astype("string").str.strip().str.lower().isin(_NOT_FINITE).to_numpy(dtype=bool, na_value=False)
    return np.where(lost, np.inf, numbers)


def _frame_of(parsed: Any) -> pd.DataFrame | None:
    """Return the columns of a parsed JSON history, None for something else."""
    if isinstance(parsed, Mapping):
        kept = next((parsed[key] for key in _NESTED if isinstance(parsed.get(key), Mapping | list)), None)
        if kept is not None:
            return _frame_of(kept)
        lists = {name: values for name, values in _flat(parsed).items() if isinstance(values, list)}
        columns = {name: [_number(value) for value in values] for name, values in lists.items()}
        longest = max(map(len, columns.values()), default=0)
        return (
            pd.DataFrame({name: v + [np.nan] * (longest - len(v)) for name, v in columns.items()}) if longest else None
        )
    if isinstance(parsed, list) and parsed and all(isinstance(one, Mapping) for one in parsed):
        records = [{str(name): _number(value) for name, value in one.items()} for one in parsed]
        return pd.DataFrame(records).astype(float)
    return None


def _flat(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Join the keys of {"train": {"logloss": [...]}, "eval": {...}}, as boosting libraries write them."""
    flat: dict[str, Any] = {}
    parts = _numbered_parts([str(key) for key, value in parsed.items() if isinstance(value, Mapping)])
    for key, value in parsed.items():
        inner = value.items() if isinstance(value, Mapping) else ()
        flat |= {f"{parts.get(str(key), key)}_{name}": one for name, one in inner} or {str(key): value}
    return flat


def _numbered_parts(keys: list[str]) -> dict[str, str]:
    """Return what part of the data each of validation_0, validation_1 … is: the first is the training rows where no other key says so.

    XGBoost and LightGBM number the sets that they are given; by custom the training rows come first.
    """
    numbered = [key for key in keys if _NUMBERED.fullmatch(plain_name(key))]
    has_train = any(plain_name(key).split("_")[0] in _TRAIN for key in keys)
    if has_train or len(numbered) < 2:
        return dict(zip(numbered, _DEV, strict=False))
    return dict(zip(numbered, (_TRAIN[0], *_DEV), strict=False))


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return np.inf if str(value).strip().lower() in _NOT_FINITE else np.nan
    return float(value) if np.isfinite(value) else np.inf


def _last_run(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the lines of the last run, and how many runs there are: logs that were appended to begin at epoch 0 again."""
    step = _counter(frame)
    if step is None:
        return frame, 1
    counted = frame[step].ffill().to_numpy(dtype=float)
    starts = np.flatnonzero(np.diff(counted) < 0)
    # An epoch that was run again is no new beginning.
    continued = len(starts) and counted[starts[-1] + 1] > counted[0]
    first = 0 if not len(starts) or continued else starts[-1] + 1
    return frame.iloc[first:], 1 + (len(starts) if first else 0)


def _counter(frame: pd.DataFrame) -> str | None:
    plain = {plain_name(name): str(name) for name in frame.columns}
    return next((plain[step] for step in _STEPS if step in plain and frame[plain[step]].notna().any()), None)


def _by_epoch(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one line per epoch: means of what was recorded in it; infinite where nothing finite was."""
    step = _counter(frame)
    if step is None:
        return frame.set_axis(np.arange(1, len(frame) + 1), axis=0)
    counted = frame[step].ffill().to_numpy(dtype=float)
    if (counted != np.floor(counted)).any():  # Lines with parts of epochs between two evaluations belong together.
        counted = np.ceil(counted - 1e-9)
    values = frame.drop(columns=step).apply(pd.to_numeric, errors="coerce")
    means = values.replace([np.inf, -np.inf], np.nan).groupby(counted).mean()
    lost = values.isin([np.inf, -np.inf]).groupby(counted).any()
    by_epoch: pd.DataFrame = means.where(means.notna() | ~lost, np.inf)
    return by_epoch


# --- columns ------------------------------------------------------------------------------------------------------


def _series(name: str) -> HistoryColumn | None:
    """Read a column's name: val_accuracy is the accuracy on dev rows, train_loss_epoch the loss on training rows."""
    words = plain_name(name).split("_")
    while len(words) > 1 and (words[-1] in _LEVELS or words[-1].isdigit()):
        words = words[:-1]
    part = ""
    for at in (0, -1):
        if len(words) > 1 and words[at] in (*_TRAIN, *_DEV):
            part, words = ("train" if words[at] in _TRAIN else "dev"), words[1:] if at == 0 else words[:-1]
            break
    base = "_".join(words)
    measure = next((key for key, known in _METRICS.items() if known.fullmatch(base)), None)
    measure = measure or ("loss" if _LOSS.fullmatch(base) else None)
    return None if measure is None else HistoryColumn(part, measure, base, name)


def _pair(points: pd.DataFrame, columns: list[HistoryColumn], measure: str) -> tuple[str | None, str | None]:
    """Return the names of a measure on training and on dev rows: of the same base where there is one."""
    of_measure = sorted(
        (column for column in columns if column.measure == measure), key=lambda column: column.base != measure
    )
    dev = [column for column in of_measure if column.part == "dev" and points[column.name].notna().any()]
    train = [column for column in of_measure if column.part == "train" and points[column.name].notna().any()]
    bare = [column for column in of_measure if column.part == "" and points[column.name].notna().any()]
    if measure != "loss" and not dev and bare and any(column.part == "train" for column in columns):
        dev, bare = bare, []  # Fastai writes train_loss, valid_loss and accuracy.
    validated = [column for column in dev if not plain_name(column.name).startswith("test")] or dev
    best = next((column for base in [*train, *bare] for column in validated if column.base == base.base), None)
    best = best or next(iter(validated), None)
    candidates = [column for column in [*train, *bare] if best is None or column.base == best.base] or [*train, *bare]
    fullest = max(
        candidates, key=lambda column: (int(points[column.name].notna().sum()), "epoch" in column.name), default=None
    )
    return None if fullest is None else fullest.name, None if best is None else best.name


def _errors(points: pd.DataFrame, series: list[HistoryColumn]) -> tuple[str, tuple[Floats, Floats]]:
    """Return the first metric that was recorded on training and dev rows, and both as errors; "" where there is none."""
    for measure in _METRICS:
        train, dev = _pair(points, series, measure)
        if train is not None and dev is not None:
            return measure, (_as_error(points, train, measure), _as_error(points, dev, measure))
    return "", (np.full(len(points), np.nan), np.full(len(points), np.nan))


def _as_error(points: pd.DataFrame, name: str, measure: str) -> Floats:
    values, row = _column(points, name), GIVEN_METRICS[measure]
    finite = values[np.isfinite(values)]
    if row.high == 1 and measure in ("accuracy", "error") and len(finite) and finite.max() > _SHARES_UP_TO:
        values = values / 100
        finite = finite / 100
    if ((finite < row.low) | (finite > row.high * _SHARES_UP_TO)).any():
        worst = finite[(finite < row.low) | (finite > row.high * _SHARES_UP_TO)][0]
        raise DataError(
            Message(
                "{value} in column {name} cannot be a value of {metric}.",
                {"value": f"{worst:g}", "name": name, "metric": row.label},
            ),
            Message("Rename the column if it is something else."),
        )
    clipped = np.minimum(values, row.high)
    return np.array(
        [row.to_error(value) if np.isfinite(value) else value for value in np.where(np.isinf(values), values, clipped)]
    )


def _column(points: pd.DataFrame, name: str) -> Floats:
    return points[name].to_numpy(dtype=float)
