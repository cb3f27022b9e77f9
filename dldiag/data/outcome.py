"""The target column to y: classes or amounts, rows without a target set aside, rare classes handled in the open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.data.cells import as_arrow, cells_of
from dldiag.data.columns import with_kinds
from dldiag.data.remarks import listed
from dldiag.data.target import infer_task
from dldiag.language import Message, Value
from dldiag.types import DataError, Notice, Table, Task

LEAST_CLASS_ROWS = 5  # rows; fewer cannot be in training, dev and test (three, one and one of 60/20/20)
MERGE_SHARE = 0.05  # of the rows: rare classes that hold more together are merged, not set aside (own choice)
NAMES_SHARE = 0.5  # classes per row from which the target names rows instead of grouping them (own choice)
AMOUNT_SHARE = 0.95  # of the target's values that must be numbers for a regression (own choice)
SMALLEST, LARGEST = 1e-100, 1e100  # spread and size of a target: beyond, 64 bits do not hold the squares of sums
RARE = "(rare)"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What is to be predicted: `rows` of the table that have it, y for these rows, and the names of the classes."""

    rows: NDArray[np.int64]
    y: NDArray[Any]
    task: Task
    classes: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


def outcome_of(table: Table, target: str, task: str = "auto", log_target: bool = False) -> Outcome:
    """Read the target as classes or amounts; DataError says why when it cannot be one."""
    if table.column(target).missing == len(table.frame):
        raise DataError(
            Message("The target {target} has no values.", {"target": target}),
            Message("Pick another column as the target, or fill it in."),
        )
    if table.column(target).kind == "constant" and task != "regression":
        raise _one_class(target, ", ".join(table.column(target).examples))
    chosen = infer_task(table, target)[0] if task == "auto" else task
    if chosen == "classification":
        return _classes(_labels(table, target), target)
    return _amounts(_numbers(table, target), target, log_target)


def _labels(table: Table, target: str) -> NDArray[Any]:
    """Return class names by row, None where missing."""
    kind, values = table.column(target).kind, table.frame[target].to_numpy()
    if kind == "date":
        raise DataError(
            Message("The target {target} holds dates, which are neither classes nor amounts.", {"target": target}),
            Message("Pick another target, or set the kind of this column to category."),
        )
    if kind == "boolean" and table.raw is not None:
        return _spelled_booleans(table, target, values)
    if kind in ("number", "boolean"):
        different, codes = np.unique(values, return_inverse=True)
        names = np.array([None if np.isnan(one) else number_name(one) for one in different], dtype=object)
        return np.asarray(names[codes])
    return values


def number_name(value: float) -> str:
    """Return the name of a class that is a number.

    >>> number_name(3.0), number_name(0.5)
    ('3', '0.5')
    """
    return str(int(value)) if value == int(value) else repr(float(value))


def _spelled_booleans(table: Table, target: str, values: NDArray[np.float64]) -> NDArray[Any]:
    """Name the classes of a yes/no target by their most frequent spellings."""
    assert table.raw is not None
    cells = cells_of(as_arrow(table.raw[target]))
    texts = np.array([*cells.texts.to_pylist(), None], dtype=object)[cells.codes]
    out = np.full(len(values), None, dtype=object)
    for value in (0.0, 1.0):
        rows = values == value
        if rows.any():
            out[rows] = pd.Series(texts[rows]).value_counts().index[0]
    return out


def _classes(labels: NDArray[Any], target: str) -> Outcome:
    codes, names = pd.factorize(pd.Series(labels, dtype=object))
    rows = np.flatnonzero(codes >= 0)
    notices = _without_target(len(labels) - len(rows), target)
    counts = np.bincount(codes[rows], minlength=len(names))
    if len(names) < 2:
        raise _one_class(target, str(names[0]))
    _check_groups_rows(counts, target)
    labels = labels[rows]
    rare = [str(names[i]) for i in np.argsort(counts, kind="stable") if counts[i] < LEAST_CLASS_ROWS]
    if rare:
        labels, kept, notice = _without_rare(labels, rare, target)
        rows, notices = rows[kept], (*notices, notice)
    classes = tuple(sorted(set(labels.tolist()), key=_class_order))
    if len(classes) < 2 and rare:
        raise _too_rare(target, rare)
    if len(classes) < 2:
        raise _one_class(target, str(classes[0]) if classes else "")
    y = pd.Categorical(labels, categories=list(classes)).codes.astype(np.int64)
    return Outcome(rows, y, "classification", classes, notices)


def _check_groups_rows(counts: NDArray[np.int64], target: str) -> None:
    """Raise DataError when the target has a name of its own for most rows."""
    rows = int(counts.sum())
    in_rare = int(counts[counts < LEAST_CLASS_ROWS].sum())
    if len(counts) > NAMES_SHARE * rows or (in_rare > NAMES_SHARE * rows and len(counts) > LEAST_CLASS_ROWS):
        raise DataError(
            Message(
                "The target {target} has {classes:,} different values on {rows:,} rows: it names rows, not classes.",
                {"target": target, "classes": len(counts), "rows": rows},
            ),
            Message("Pick a column whose values repeat, or predict an amount (regression)."),
        )


def _without_rare(labels: NDArray[Any], rare: list[str], target: str) -> tuple[NDArray[Any], NDArray[np.bool_], Notice]:
    """Merge rare classes when they hold a share of the rows worth keeping; else set their rows aside."""
    is_rare = np.isin(labels.astype(str), rare)
    count = int(is_rare.sum())
    values = {"classes": listed(rare), "target": target, "count": count, "least": LEAST_CLASS_ROWS}
    if len(rare) > 1 and count >= max(LEAST_CLASS_ROWS, MERGE_SHARE * len(labels)):
        merged = np.where(is_rare, RARE, labels).astype(object)
        text = "{classes} of the target {target} have fewer than {least} rows each: merged into one ({count:,} rows)."
        return (
            merged,
            np.ones(len(labels), dtype=bool),
            Notice("rare_classes_merged", Message(text, values), count, rare[0]),
        )
    text = "{classes} of the target {target} have fewer than {least} rows; these {count:,} rows were set aside."
    notice = Notice(
        "rare_classes",
        Message(text, values),
        count,
        rare[0],
        Message("A class needs rows for training, dev and test. Collect more of it, or merge it with another."),
    )
    return labels[~is_rare], ~is_rare, notice


def _class_order(name: str) -> tuple[int, float, str]:
    """Numbers by value, then texts; the merged rare classes last."""
    if name == RARE:
        return (2, 0.0, name)
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)


def _too_rare(target: str, rare: list[str]) -> DataError:
    values: dict[str, Value] = {"target": target, "least": LEAST_CLASS_ROWS, "classes": listed(rare)}
    return DataError(
        Message("Two classes of the target {target} need at least {least} rows each; {classes} have fewer.", values),
        Message("Add rows of these classes, merge them with others, or pick another target."),
    )


def _one_class(target: str, name: str) -> DataError:
    return DataError(
        Message("The target {target} has only one class with enough rows, {name}.", {"target": target, "name": name}),
        Message("There is nothing to learn from one class; pick another target or add rows of another class."),
    )


def _numbers(table: Table, target: str) -> NDArray[np.float64]:
    if table.column(target).kind not in ("number", "boolean"):
        present = len(table.frame) - table.column(target).missing
        table = with_kinds(table, {target: "number"})
        read = len(table.frame) - table.column(target).missing
        if read < AMOUNT_SHARE * present:
            raise DataError(
                Message(
                    "The target {target} holds texts: {read:,} of {present:,} values are numbers.",
                    {"target": target, "read": read, "present": present},
                ),
                Message("Choose classification, or pick a column of numbers for a regression."),
            )
    return table.frame[target].to_numpy(dtype=float)


def _amounts(values: NDArray[np.float64], target: str, log_target: bool) -> Outcome:
    rows = np.flatnonzero(np.isfinite(values))
    y = values[rows]
    if np.ptp(y) == 0:
        raise DataError(
            Message("The target {target} is {value} in every row.", {"target": target, "value": float(y[0])}),
            Message("There is nothing to predict; pick another target."),
        )
    check_scale(y, target)
    notices = _without_target(len(values) - len(rows), target)
    if log_target:
        y = _log(y, target)
        notices = (
            *notices,
            Notice("log_target", Message("The logarithm of {target} is predicted.", {"target": target}), len(y)),
        )
    return Outcome(rows, y, "regression", (), notices)


def check_scale(y: NDArray[np.float64], target: str) -> None:
    """Raise DataError for amounts so small or so large that their squares are not to be computed with."""
    low, high = float(np.min(y)), float(np.max(y))
    if low == high or (high - low >= SMALLEST and max(-low, high) <= LARGEST):
        return
    raise DataError(
        Message(
            "The target {target} goes from {low} to {high}: squares of such numbers cannot be computed with.",
            {"target": target, "low": f"{low:.3g}", "high": f"{high:.3g}"},
        ),
        Message("Write it in another unit, so that its values are nearer to 1."),
    )


def _log(y: NDArray[np.float64], target: str) -> NDArray[np.float64]:
    if y.min() < 0:
        raise DataError(
            Message("The target {target} has negative values, so it has no logarithm.", {"target": target}),
            Message("Predict the target as it is."),
        )
    return np.log1p(y) if y.min() == 0 else np.log(y)


def _without_target(count: int, target: str) -> tuple[Notice, ...]:
    if not count:
        return ()
    text = "{count:,} rows without a value of the target {target} were set aside."
    return (Notice("target_missing", Message(text, {"count": count, "target": target}), count),)
