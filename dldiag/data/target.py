"""Which column may be meant to be predicted, and whether that is a classification or a regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dldiag.data.words import word_set, words_of
from dldiag.language import Message
from dldiag.types import Column, Table, Task

# Words of column names, by how often such a column is the one to be predicted (own choice, lower case).
NAMED_TARGET = word_set(
    "target label labels class y outcome response dependent groundtruth ground_truth 目标 标签 类别 结果 分类"
)
NAMED_OUTCOME = word_set(
    "price salary income churn churned survived default species quality rating score grade diagnosis fraud status "
    "result approved defaulted cost revenue sales demand count cnt rings mpg strength delay tip admitted attrition "
    "价格 房价 是否 销量 评分 等级"
)
POINTS = {"named": 6.0, "outcome": 3.0, "last": 2.0, "first": 0.5, "few_values": 0.5, "derived": -2.0}
LEAST_POINTS = 2.0  # below this no column stands out

MANY_CLASSES = 20  # whole numbers with more different values are amounts (own choice; letters have 26: named by text)
RATED = word_set("quality rating score grade stars count age rings price points year")
ROWS_PER_CLASS = 5  # fewer rows per different whole number speak for an amount


@dataclass(frozen=True)
class Suggestion:
    """A column that may be the target, the task it would make, and why."""

    name: str
    task: Task
    why: Message


def suggest_target(table: Table) -> Suggestion | None:
    """Suggest the column to predict, with the reason; None when no column stands out. Never chosen silently."""
    scored = [(*_points(column, place, len(table.columns)), column) for place, column in enumerate(table.columns)]
    possible = [(points, why, column) for points, why, column in scored if _can_be_target(column)]
    if not possible or len(table.columns) < 2:
        return None
    points, why, column = max(possible, key=lambda one: one[0])
    if points < LEAST_POINTS:
        return None
    return Suggestion(column.name, infer_task(table, column.name)[0], why)


def infer_task(table: Table, target: str) -> tuple[Task, Message]:
    """Return the task that the target's values suggest, and why."""
    column = table.column(target)
    if column.kind in ("category", "boolean", "text"):
        return "classification", Message("{target} holds names, not amounts.", {"target": target})
    if column.kind != "number":
        return "regression", Message(
            "{target} holds {distinct:,} different values.", {"target": target, "distinct": column.distinct}
        )
    values = table.frame[target].to_numpy(dtype=float)
    different = np.unique(values[np.isfinite(values)])
    few: dict[str, str | int] = {"target": target, "distinct": len(different)}
    if _are_class_numbers(different, len(values), target):
        return "classification", Message(
            "{target} holds {distinct:,} different whole numbers, which look like classes.", dict(few)
        )
    return "regression", Message("{target} holds {distinct:,} different numbers, which look like amounts.", dict(few))


def _are_class_numbers(different: np.ndarray[tuple[int], np.dtype[np.float64]], rows: int, name: str) -> bool:
    if len(different) == 2:
        return True
    if len(different) > MANY_CLASSES or (different != np.round(different)).any():
        return False
    if RATED & set(words_of(name)):
        return False
    return len(different) * ROWS_PER_CLASS <= rows


def _can_be_target(column: Column) -> bool:
    return column.kind in ("number", "category", "boolean") and column.distinct > 1


def _points(column: Column, place: int, columns: int) -> tuple[float, Message]:
    words, name = set(words_of(column.name)), column.name.lower()
    last = POINTS["last"] * (place == columns - 1) + POINTS["first"] * (place == 0)
    last += POINTS["few_values"] * (column.kind in ("boolean", "category"))
    if name in NAMED_TARGET:
        return last + POINTS["named"] + 1, Message("its name, {name}, says so", {"name": column.name})
    if words & NAMED_TARGET:
        return last + POINTS["named"], Message("its name, {name}, says so", {"name": column.name})
    if words & NAMED_OUTCOME:
        return last + POINTS["outcome"], Message("{name} is often what is predicted", {"name": column.name})
    return last, Message("it is the last column")
