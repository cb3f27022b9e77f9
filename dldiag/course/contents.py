"""TOPICS: the pages of the course in the notes' order, with their lessons and statements."""

from __future__ import annotations

from collections.abc import Iterator

from dldiag.course.activations.lessons import ACTIVATION_LESSONS
from dldiag.course.bias_variance.lessons import BIAS_VARIANCE_LESSONS
from dldiag.course.hyperparameters.lessons import HYPERPARAMETER_LESSONS
from dldiag.course.initialization.lessons import INITIALIZATION_LESSONS
from dldiag.course.logistic.lessons import LOGISTIC_LESSONS
from dldiag.course.optimization.lessons import OPTIMIZATION_LESSONS
from dldiag.course.regularization.lessons import REGULARIZATION_LESSONS
from dldiag.course.shared.lesson import Lesson, Statement, Topic
from dldiag.course.splits.lessons import SPLIT_LESSONS
from dldiag.course.took_off.lessons import TOOK_OFF_LESSONS
from dldiag.course.wrong_rows.lessons import WRONG_ROWS_LESSONS

TOPICS: dict[str, Topic] = {
    "took_off": TOOK_OFF_LESSONS,
    "logistic": LOGISTIC_LESSONS,
    "activations": ACTIVATION_LESSONS,
    "initialization": INITIALIZATION_LESSONS,
    "splits": SPLIT_LESSONS,
    "hyperparameters": HYPERPARAMETER_LESSONS,
    "bias_variance": BIAS_VARIANCE_LESSONS,
    "wrong_rows": WRONG_ROWS_LESSONS,
    "optimization": OPTIMIZATION_LESSONS,
    "regularization": REGULARIZATION_LESSONS,
}


def next_topic(topic: Topic) -> Topic | None:
    """Return the topic after this one; None after the last."""
    order = list(TOPICS.values())
    place = order.index(topic) + 1
    return order[place] if place < len(order) else None


def all_lessons() -> Iterator[tuple[Topic, Lesson]]:
    """Yield every lesson with its topic, in order."""
    for topic in TOPICS.values():
        for lesson in topic.lessons:
            yield topic, lesson


def all_statements() -> list[tuple[Topic, Lesson, Statement]]:
    """Return the statements of the notes in the order of their numbers."""
    statements = [
        (topic, lesson, statement)
        for topic, lesson in all_lessons()
        for statement in lesson.statements
        if statement.number
    ]
    return sorted(statements, key=lambda row: row[2].number)
