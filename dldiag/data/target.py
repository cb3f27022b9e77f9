"""Which column may be meant to be predicted, and whether that is a classification or a regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dldiag.data.cells import as_arrow
from dldiag.data.numbers import read_numbers
from dldiag.data.words import word_set, words_of
from dldiag.language import Message, Value
from dldiag.types import Column, Table, Task

# Names of columns by how surely such a column is the one to be predicted (own choice, lower case).
TARGET_NAMES = word_set(
    "target targets label labels class y outcome response 目标 标签 类别 结果 分类"
)  # the whole name
TARGET_WORDS = word_set("target label outcome groundtruth")  # one word of the name
OUTCOME_WORDS = word_set(
    "price churn churned survived default defaulted species quality diagnosis fraud approved attrition admitted sales "
    "revenue salary rings mpg cnt delay strength tip result 价格 房价 销量 等级 是否流失"
)
POSSIBLE_WORDS = word_set("income rating score grade count demand cost value status area load yield risk 评分 收入")
POINTS = {"name": 7.0, "word": 6.0, "outcome": 3.0, "possible": 1.5, "last": 2.0, "first": 0.5, "few_values": 0.5}
LEAST_POINTS = 2.0  # below this no column stands out

MANY_CLASSES = 20  # different whole numbers; more are amounts unless they are about equally frequent
MOST_CLASSES = 100  # different whole numbers; more are always amounts
BALANCED = 0.3  # rows of the rarest value / mean rows per value, from which many values are still classes
ROWS_PER_CLASS = 5  # fewer rows per different whole number speak for an amount
RATED = word_set("quality rating score grade stars count age rings price points year")
LEAST_STEPS = 5  # different whole numbers, at least, to see the bell shape of a rating
RARE_ENDS = 0.15  # rows of the lowest and highest value / rows of the most frequent, at most, in a bell shape


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
    if column.kind in ("category", "boolean", "text") or not read_numbers(as_arrow(column.examples)).read.all():
        return "classification", Message("{target} holds names, not amounts.", {"target": target})
    if column.kind != "number":
        told: dict[str, Value] = {"target": target, "distinct": column.distinct}
        return "regression", Message("{target} holds {distinct:,} different values.", told)
    numbers = table.frame[target].to_numpy(dtype=float)
    different, counts = np.unique(numbers[np.isfinite(numbers)], return_counts=True)
    values: dict[str, Value] = {"target": target, "distinct": len(different)}
    if _are_classes(different, counts, target):
        text = "{target} holds {distinct:,} different whole numbers, which look like classes."
        return "classification", Message(text, values)
    return "regression", Message("{target} holds {distinct:,} different numbers, which look like amounts.", values)


def _are_classes(different: NDArray[np.float64], counts: NDArray[np.int64], name: str) -> bool:
    if len(different) == 2:
        return True
    if len(different) > MOST_CLASSES or (different != np.round(different)).any():
        return False
    if RATED & set(words_of(name)) or _is_bell_shaped(different, counts):
        return False
    if len(different) > MANY_CLASSES:
        return bool(counts.min() >= max(ROWS_PER_CLASS, BALANCED * counts.mean()))
    return bool(counts.mean() >= ROWS_PER_CLASS)


def _is_bell_shaped(different: NDArray[np.float64], counts: NDArray[np.int64]) -> bool:
    """Whether whole numbers without a gap rise to one peak and fall again, as marks out of ten do."""
    if len(different) < LEAST_STEPS or np.ptp(different) != len(different) - 1:
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
    told = {"name": column.name}
    if name in TARGET_NAMES and not is_coordinate:
        return points + POINTS["name"], Message("its name, {name}, says so", told)
    if words & TARGET_WORDS:
        return points + POINTS["word"], Message("its name, {name}, says so", told)
    for kind, those in (("outcome", OUTCOME_WORDS), ("possible", POSSIBLE_WORDS)):
        if words & those or name in those:
            return points + POINTS[kind], Message("{name} is often what is predicted", told)
    return points, Message("it is the last column")
