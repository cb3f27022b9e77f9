"""Outputs of a lesson's networks judged: the loss of each row, and the error by the visitor's metric."""

from __future__ import annotations

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.types import Array, Task
from dldiag.course.shared.prepared import Prepared
from dldiag.experiments.metric_choice import MetricChoice, plain_choice
from dldiag.experiments.metrics import NONNEGATIVE

_TINY = 1e-12  # Below this probability a log loss grows no more.


def judge_of(data: Prepared, choice: MetricChoice | None) -> MetricChoice:
    """Return the metric that errors are measured by: the one chosen, or the plain one where these rows do not allow it.

    The prepared rows no longer tell whether a target is at least 0, or which classes have no row.
    """
    is_numeric = data.loss == "squared_error"
    plain = MetricChoice("rmse" if is_numeric else "error")
    if choice is None or choice.metric.tasks != plain.metric.tasks or NONNEGATIVE in choice.metric.needs:
        return plain
    classes = [choice.positive or 0, len(choice.costs or ()) - 1]
    return choice if is_numeric or max(classes) <= int(data.y.max()) else plain


def losses_of_outputs(z: Array, y: Array, loss: str) -> Array:
    """Return (n,) losses of outputs z (n, K) against y (n,); loss: a key of LOSSES.

    >>> losses_of_outputs(np.array([[0.0], [2.0]]), np.array([0.0, 0.0]), "squared_error")
    array([0., 2.])
    """
    if loss == "squared_error":
        return np.asarray((z[:, 0] - y) ** 2 / 2)
    z = _two_sided(z, loss)
    losses: Array = np.logaddexp.reduce(z, axis=1) - z[np.arange(len(z)), y.astype(np.int64)]
    return np.asarray(np.minimum(losses, -np.log(_TINY)))


def judge_outputs(z: Array, y: Array, loss: str, judge: MetricChoice) -> tuple[float, Array]:
    """Return the error by a metric, and (n,) each row's influence on it, of outputs z (n, K) against y (n,).

    >>> judge_outputs(np.array([[-1.0], [2.0]]), np.array([0.0, 0.0]), "binary_cross_entropy", MetricChoice("error"))
    (0.5, array([0., 1.]))
    """
    if loss == "squared_error":
        truth, value = y.astype(float), z[:, 0].astype(float)
        return judge.metric.loss(judge.judged(truth, value, residual=value - truth))
    z = _two_sided(z, loss)
    proba = np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])
    return judge.metric.loss(judge.judged(y.astype(np.int64), z.argmax(axis=1), proba))


def _two_sided(z: Array, loss: str) -> Array:
    """Return an output for each class, also where one output stands for two."""
    both: Array = np.column_stack([np.zeros(len(z)), z[:, 0]]) if loss == "binary_cross_entropy" else z
    return both


def metric_words(choice: MetricChoice, task: Task) -> Message | None:
    """Name the metric that errors are measured by; None for the plain one of the task."""
    if choice.name == plain_choice(task).name:
        return None
    return Message("Judged by: {metric}.", {"metric": choice.metric.label})
