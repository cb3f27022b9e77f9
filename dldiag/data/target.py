"""Suggest the target column, and decide between classification and regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message, Value
from dldiag.core.types import Column, DataError, Notice, Table, Task
from dldiag.data.name_words import word_set, words_of
from dldiag.data.typing.columns import with_kinds
from dldiag.data.typing.distinct import as_arrow, cells_of
from dldiag.data.typing.notices import first_few

# Points for a column name: how likely such a column is the target (own choice, lower case). The first are whole names.
TARGET_NAMES = word_set("target targets label labels class y outcome response 目标 标签 类别 结果 分类")
TARGET_WORDS = word_set("target label outcome groundtruth")  # The others are words of names.
OUTCOME_WORDS = word_set(
    "price churn churned survived default defaulted species quality diagnosis fraud approved attrition admitted sales "
    "revenue salary rings mpg cnt delay strength tip result 价格 房价 销量 等级 是否流失"
)
POSSIBLE_WORDS = word_set("income rating score grade count demand cost value status area load yield risk 评分 收入")
POINTS = {"name": 7.0, "word": 6.0, "outcome": 3.0, "possible": 1.5, "last": 2.0, "first": 0.5, "few_values": 0.5}
LEAST_POINTS = 2.0  # With fewer points no column stands out.

# Columns of these origins are texts that are numbers.
WHOLE_NUMBERS = (
    "running_number",
    "named_identifier",
    "code_per_row",
    "one_number",
)
MANY_CLASSES = 20  # Distinct whole numbers; more make a numeric target, unless they are about equally frequent.
_MOST_CLASSES = 100  # Distinct whole numbers; more always make a numeric target.
BALANCED = 0.3  # Many values are still classes if the rarest has this share of the mean rows per value.
ROWS_PER_CLASS = 5  # Fewer rows per distinct whole number suggest a numeric target.
RATED = word_set("quality rating score grade stars count age rings price points year")
_LEAST_STEPS = 5  # Least distinct whole numbers to see the bell shape of a rating.
# In a bell shape the lowest and the highest value have at most this share of the most frequent one's rows.
RARE_ENDS = 0.15


@dataclass(frozen=True)
class Suggestion:
    """A column that may be the target, the task it would make, and why."""

    name: str
    task: Task
    why: Message


def suggest_target(table: Table) -> Suggestion | None:
    """Suggest the column to predict, with the reason; None when no column stands out. Never chosen silently."""
    names = {column.name.lower() for column in table.columns}
    scored = [
        (*_points(column, place, len(table.columns), names), column)
        for place, column in enumerate(table.columns)
        if _can_be_target(column)
    ]
    if not scored or len(table.columns) < 2:
        return None
    points, why, column = max(scored, key=lambda one: one[0])
    if points < LEAST_POINTS:
        return None
    return Suggestion(column.name, infer_task(table, column.name)[0], why)


def infer_task(table: Table, target: str) -> tuple[Task, Message]:
    """Return the task that the target's values suggest, and why."""
    column = table.column(target)
    values: dict[str, Value] = {"target": target, "distinct": column.distinct}
    if column.kind != "number" and column.origin not in WHOLE_NUMBERS:
        return "classification", Message(
            "{target} has {distinct:,} different values, so this is classification.", values
        )
    if column.kind != "number":
        return "regression", Message("{target} holds {distinct:,} different values.", values)
    numbers = table.frame[target].to_numpy(dtype=float)
    different, counts = np.unique(numbers[np.isfinite(numbers)], return_counts=True)
    values["distinct"] = len(different)
    if _are_classes(different, counts, target):
        text = "{target} holds {distinct:,} different whole numbers, which look like classes."
        return "classification", Message(text, values)
    return "regression", Message("{target} has {distinct:,} different numbers, so this is regression.", values)


def _are_classes(different: NDArray[np.float64], counts: NDArray[np.int64], name: str) -> bool:
    if len(different) == 2:
        return True
    if len(different) > _MOST_CLASSES or (different != np.round(different)).any():
        return False
    if RATED & set(words_of(name)) or _is_bell_shaped(different, counts):
        return False
    if len(different) > MANY_CLASSES:
        return bool(counts.min() >= max(ROWS_PER_CLASS, BALANCED * counts.mean()))
    return bool(counts.mean() >= ROWS_PER_CLASS)


def _is_bell_shaped(different: NDArray[np.float64], counts: NDArray[np.int64]) -> bool:
    """Whether whole numbers without a gap rise to one peak and fall again, as marks out of ten do."""
    if len(different) < _LEAST_STEPS or np.ptp(different) != len(different) - 1:
        return False
    peak = int(counts.argmax())
    one_peak = (np.diff(counts[: peak + 1]) >= 0).all() and (np.diff(counts[peak:]) <= 0).all()
    return bool(one_peak and max(counts[0], counts[-1]) <= RARE_ENDS * counts[peak])


def _can_be_target(column: Column) -> bool:
    return column.kind in ("number", "category", "boolean") and column.distinct > 1


def _points(column: Column, place: int, columns: int, names: set[str]) -> tuple[float, Message]:
    words, name = set(words_of(column.name)), column.name.lower()
    points = POINTS["last"] * (place == columns - 1) + POINTS["first"] * (place == 0)
    points += POINTS["few_values"] * (column.kind in ("boolean", "category"))
    is_coordinate = name == "y" and "x" in names and columns > 2
    values = {"name": column.name}
    if name in TARGET_NAMES and not is_coordinate:
        return points + POINTS["name"], Message("its name, {name}, says so", values)
    if words & TARGET_WORDS:
        return points + POINTS["word"], Message("its name, {name}, says so", values)
    for kind, those in (("outcome", OUTCOME_WORDS), ("possible", POSSIBLE_WORDS)):
        if words & those or name in those:
            return points + POINTS[kind], Message("{name} is often what is predicted", values)
    return points, Message("it is the last column")


LEAST_CLASS_ROWS = 5  # Fewer rows cannot be in training, dev and test (three, one and one of 60/20/20).
MERGE_SHARE = 0.05  # Rare classes that hold a larger share of the rows are merged, not set aside (own choice).
NAMES_SHARE = 0.5  # With this many classes per row the target names rows instead of grouping them (own choice).
AMOUNT_SHARE = 0.95  # A regression needs this share of numbers among the target's values (own choice).
_SMALLEST, _LARGEST = 1e-100, 1e100  # Outside these, 64 bits do not hold the squares of sums of numbers.
RARE = "(rare)"


@dataclass(frozen=True, eq=False)
class TargetReading:
    """The target as read: `rows` of the table that have a value, y for these rows, and the names of the classes."""

    rows: NDArray[np.int64]
    y: NDArray[Any]
    task: Task
    classes: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    log_shift: float | None = None  # Added before taking the logarithm; None if it was not taken.


def read_target(table: Table, target: str, task: str = "auto", log_target: bool = False) -> TargetReading:
    """Read the target as classes or numbers; DataError says why it can be neither."""
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
            Message("The target {target} holds dates, which are neither classes nor numbers.", {"target": target}),
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


def _classes(labels: NDArray[Any], target: str) -> TargetReading:
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
    return TargetReading(rows, y, "classification", classes, notices)


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
            Message("Pick a column whose values repeat, or predict numbers (regression)."),
        )


def _without_rare(labels: NDArray[Any], rare: list[str], target: str) -> tuple[NDArray[Any], NDArray[np.bool_], Notice]:
    """Merge rare classes when they hold a share of the rows worth keeping; else set their rows aside."""
    is_rare = np.isin(labels.astype(str), rare)
    count = int(is_rare.sum())
    values = {"classes": first_few(rare), "target": target, "count": count, "least": LEAST_CLASS_ROWS}
    if len(rare) > 1 and count >= max(LEAST_CLASS_ROWS, MERGE_SHARE * len(labels)):
        merged = np.where(is_rare, RARE, labels).astype(object)
        text = "Classes of the target {target} with fewer than {least} rows each were merged into one: {classes} (rows: {count:,})."
        return (
            merged,
            np.ones(len(labels), dtype=bool),
            Notice("rare_classes_merged", Message(text, values), count, rare[0]),
        )
    text = "Classes of the target {target} with fewer than {least} rows were set aside: {classes} (rows: {count:,})."
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
    values: dict[str, Value] = {"target": target, "least": LEAST_CLASS_ROWS, "classes": first_few(rare)}
    return DataError(
        Message(
            "Two classes of the target {target} need at least {least} rows each; these have fewer: {classes}.", values
        ),
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


def _amounts(values: NDArray[np.float64], target: str, log_target: bool) -> TargetReading:
    rows = np.flatnonzero(np.isfinite(values))
    y = values[rows]
    if np.ptp(y) == 0:
        raise DataError(
            Message("The target {target} is {value} in every row.", {"target": target, "value": float(y[0])}),
            Message("There is nothing to predict; pick another target."),
        )
    check_scale(y, target)
    notices = _without_target(len(values) - len(rows), target)
    shift = None
    if log_target:
        y, shift = _log(y, target)
        notices = (
            *notices,
            Notice("log_target", Message("The logarithm of {target} is predicted.", {"target": target}), len(y)),
        )
    return TargetReading(rows, y, "regression", (), notices, shift)


def check_scale(y: NDArray[np.float64], target: str) -> None:
    """Raise DataError for values so small or so large that their squares under- or overflow."""
    if has_squares(y):
        return
    low, high = float(np.min(y)), float(np.max(y))
    raise DataError(
        Message(
            "The target {target} goes from {low} to {high}: squares of such numbers cannot be computed with.",
            {"target": target, "low": f"{low:.3g}", "high": f"{high:.3g}"},
        ),
        Message("Write it in another unit, so that its values are nearer to 1."),
    )


def has_squares(values: NDArray[np.float64]) -> bool:
    """Tell whether squares of numbers and of their spread can be computed with in 64 bits."""
    low, high = float(np.min(values)), float(np.max(values))
    return low == high or (high - low >= _SMALLEST and max(-low, high) <= _LARGEST)


def _log(y: NDArray[np.float64], target: str) -> tuple[NDArray[np.float64], float]:
    """Return the logarithms, and what was added before they were taken."""
    if y.min() < 0:
        raise DataError(
            Message("The target {target} has negative values, so it has no logarithm.", {"target": target}),
            Message("Predict the target as it is."),
        )
    return (np.log1p(y), 1.0) if y.min() == 0 else (np.log(y), 0.0)


def _without_target(count: int, target: str) -> tuple[Notice, ...]:
    if not count:
        return ()
    text = Message(
        "{count:,} row without a value of the target {target} was set aside.",
        {"count": count, "target": target},
        plural="{count:,} rows without a value of the target {target} were set aside.",
    )
    return (Notice("target_missing", text, count),)
