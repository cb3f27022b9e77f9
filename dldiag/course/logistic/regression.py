"""Logistic regression as one unit of a network: its loss, its derivatives, its descent, and the layer made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.types import Array, OnProgress, Progress, ShouldStop
from dldiag.course.shared.problem import BinaryProblem, sigmoid
from dldiag.nn.training import stop_if_asked

SMALLEST_FALL = 0.001  # In nats; a smaller fall of the cost does not count as progress.
ROUNDING = 1e-9  # In nats; a smaller rise of the cost is the rounding of 64-bit numbers, not too long a step.
STEPS_LOOKED_AT = 25  # Steps between two checks whether to stop.


@dataclass(frozen=True)
class UnitPass:
    """One row through one unit and back.

    Forward: z = w·x + b, a = sigmoid(z), loss (nats). Backward: the derivative of the loss with respect to each.
    """

    names: tuple[str, ...]
    x: tuple[float, ...]
    w: tuple[float, ...]
    b: float
    y: float
    z: float
    a: float
    loss: float
    da: float
    dz: float
    dw: tuple[float, ...]
    dx: tuple[float, ...]
    db: float


def cross_entropy(z: Array | float, y: Array | float) -> Array:
    """Return −y log a − (1 − y) log(1 − a) with a = sigmoid(z), in nats, finite for every finite z."""
    return np.asarray(np.logaddexp(0.0, z) - np.asarray(y) * z)


def forward_backward(x: Sequence[float], w: Sequence[float], b: float, y: float, names: Sequence[str] = ()) -> UnitPass:
    """Return the forward and backward pass of one row through a unit; x, w (d,)."""
    z = float(np.dot(w, x) + b)
    a, rest = float(sigmoid(z)), float(sigmoid(-z))  # 1 − a would lose its digits where a is near 1.
    dz = -rest if y == 1 else a
    return UnitPass(
        names=tuple(names) or tuple(f"x{j + 1}" for j in range(len(x))),
        x=tuple(map(float, x)),
        w=tuple(map(float, w)),
        b=float(b),
        y=float(y),
        z=z,
        a=a,
        loss=float(cross_entropy(z, y)),
        da=-1 / a if y == 1 else 1 / rest,
        dz=dz,
        dw=tuple(dz * float(value) for value in x),
        dx=tuple(dz * float(weight) for weight in w),
        db=dz,
    )


@dataclass(frozen=True)
class UnitSettings:
    """Settings of the unit and its descent."""

    row: int = param(1, "Row", "The example that is sent through the unit; counted from 1.", low=1)
    learning_rate: float = param(
        0.5, "Learning rate", "Length of a step, times the slope.", low=0.0001, high=1000, log=True
    )
    steps: int = param(50, "Steps", "Steps of gradient descent over all rows.", low=1, high=500)
    step: int = param(1, "Step looked at", "Everything below shows the unit before this step.", low=0, high=500)


# --- the derivation -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DerivationStep:
    """One line of the derivation: what is done, the formula (LaTeX), and its value on a row."""

    says: Message
    formula: str
    value: Callable[[UnitPass], float]


DERIVATION: tuple[DerivationStep, ...] = (
    DerivationStep(
        Message("The unit adds up its weighted inputs."),
        r"z = w_1 x_1 + \dots + w_d x_d + b",
        lambda row: row.z,
    ),
    DerivationStep(
        Message("The sigmoid turns the sum into a probability."),
        r"a = \sigma(z) = \frac{1}{1 + e^{-z}}",
        lambda row: row.a,
    ),
    DerivationStep(
        Message("The loss is small where the label was predicted as likely, and grows without limit where it was not."),
        r"\mathcal{L}(a, y) = -y \log a - (1 - y) \log (1 - a)",
        lambda row: row.loss,
    ),
    DerivationStep(
        Message("Backwards, first the loss itself: how it changes with the prediction."),
        r"\frac{\partial \mathcal{L}}{\partial a} = -\frac{y}{a} + \frac{1 - y}{1 - a}",
        lambda row: row.da,
    ),
    DerivationStep(
        Message("The slope of the sigmoid, written with its own value."),
        r"\frac{da}{dz} = a (1 - a)",
        lambda row: row.a * float(sigmoid(-row.z)),
    ),
    DerivationStep(
        Message("The chain rule multiplies the two, and almost everything cancels: prediction minus label is left."),
        r"\frac{\partial \mathcal{L}}{\partial z} = \left(-\frac{y}{a} + \frac{1 - y}{1 - a}\right) a (1 - a) = a - y",
        lambda row: row.dz,
    ),
    DerivationStep(
        Message("The slope of each weight is dz times its own input."),
        r"\frac{\partial \mathcal{L}}{\partial w_1} = x_1 \frac{\partial \mathcal{L}}{\partial z} = x_1 (a - y)",
        lambda row: row.dw[0],
    ),
    DerivationStep(
        Message("The bias is a weight whose input is always 1."),
        r"\frac{\partial \mathcal{L}}{\partial b} = a - y",
        lambda row: row.db,
    ),
)


# --- the loss of one example --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LossCurve:
    """The loss of one example against its prediction, for both labels, in nats."""

    predictions: tuple[float, ...]
    when_yes: tuple[float, ...]
    when_no: tuple[float, ...]


def loss_curve(points: int = 199) -> LossCurve:
    """Return −log a and −log(1 − a) on a grid of predictions inside 0…1."""
    a = np.linspace(0, 1, points + 2)[1:-1]
    return LossCurve(tuple(a.tolist()), tuple((-np.log(a)).tolist()), tuple((-np.log1p(-a)).tolist()))


# --- gradient descent ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GraphStep:
    """Where gradient descent stands before its next step: weights, cost J (nats), error rate, and the gradient."""

    w: tuple[float, ...]
    b: float
    cost: float
    error: float
    dw: tuple[float, ...]
    db: float


@dataclass(frozen=True)
class Descent:
    """Gradient descent on all rows; steps[0] is the start. constant_error: of the baseline, the majority class."""

    names: tuple[str, ...]
    learning_rate: float
    steps: tuple[GraphStep, ...]
    constant_error: float


def descend(
    problem: BinaryProblem,
    *,
    learning_rate: float = 0.5,
    steps: int = 50,
    start: Sequence[float] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Descent:
    """Run gradient descent on the cost J = mean loss, `steps` times over all rows.

    `start` is (d + 1,): weights, then bias; zeros when not given, which is fine for a single unit. Raises Stopped.
    """
    w, b = _split_start(start, len(problem.names))
    record = [_step(problem, w, b)]
    for number in range(steps):
        if number % STEPS_LOOKED_AT == 0:
            _report(number, steps, on_progress, should_stop)
        w = w - learning_rate * np.asarray(record[-1].dw)
        b = b - learning_rate * record[-1].db
        record.append(_step(problem, w, b))
    return Descent(problem.names, learning_rate, tuple(record), constant_error(problem))


def constant_error(problem: BinaryProblem) -> float:
    """Return the error of the baseline, the majority class."""
    yes = float(problem.y.mean())
    return min(yes, 1 - yes)


def _split_start(start: Sequence[float] | None, d: int) -> tuple[Array, float]:
    values = np.zeros(d + 1) if start is None else np.asarray(start, dtype=np.float64)
    return values[:d], float(values[d])


def _report(done: int, total: int, on_progress: OnProgress, should_stop: ShouldStop) -> None:
    stop_if_asked(should_stop)
    if on_progress is not None:
        on_progress(Progress(Message("Gradient descent"), done, total))


def _step(problem: BinaryProblem, w: Array, b: float) -> GraphStep:
    z = problem.X @ w + b
    dz = sigmoid(z) - problem.y
    dw = problem.X.T @ dz / len(dz)
    return GraphStep(
        w=tuple(w.tolist()),
        b=float(b),
        cost=float(cross_entropy(z, problem.y).mean()),
        error=float(np.mean((z > 0) != (problem.y == 1))),
        dw=tuple(dw.tolist()),
        db=float(dz.mean()),
    )


@dataclass(frozen=True)
class ShownStep:
    """The step and the row (counted from 1) that a page shows, and a remark where others were asked for."""

    step: int
    row: int
    words: Message | None = None


def step_to_show(problem: BinaryProblem, descent: Descent, step: int, row: int) -> ShownStep:
    """Return the step and row asked for, or the last ones where there are fewer."""
    last, rows = len(descent.steps) - 1, len(problem.y)
    words: Message | None = None
    if step > last or row > rows:
        values: dict[str, Any] = {"step": min(step, last), "row": min(row, rows), "last": last, "rows": rows}
        words = Message("There are {last} steps and {rows:,} rows: step {step}, row {row:,} is shown.", values)
    return ShownStep(min(step, last), min(row, rows), words)


def pass_at(problem: BinaryProblem, descent: Descent, at: int, row: int) -> UnitPass:
    """Send one row (counted from 1) through the unit as it stands before a step."""
    step, index = descent.steps[at], row - 1
    return forward_backward(problem.X[index], step.w, step.b, float(problem.y[index]), problem.names)


def describe_descent(result: Descent) -> Message:
    """Say what this run of gradient descent shows, or that it shows a step that is too long."""
    values = _values_of(result)
    if values["rises"]:
        return Message(
            "The cost rose in {rises} of {steps} steps: a learning rate of {rate:g} overshoots the valley. This run does not show a steady descent. Try a smaller learning rate.",
            values,
        )
    if values["first"] - values["last"] < SMALLEST_FALL:
        return Message(
            "The cost hardly moved in {steps} steps ({first:.4f} to {last:.4f}). The learning rate {rate:g} is very small, or these columns do not predict the label. This run does not show the effect.",
            values,
        )
    if values["after"] >= values["constant"]:
        return Message(
            "In {steps:,} steps the cost fell from {first:.4f} to {last:.4f} and never rose. But the unit gets {after:error} of the rows wrong, no fewer than the baseline ({constant:error}).",
            values,
        )
    return Message(
        "In {steps:,} steps the cost fell from {first:.4f} to {last:.4f} and never rose. The unit gets {after:error} of the rows wrong, the baseline {constant:error}.",
        values,
    )


def _values_of(result: Descent) -> dict[str, Any]:
    costs = [step.cost for step in result.steps]
    return {
        "first": costs[0],
        "last": costs[-1],
        "steps": len(costs) - 1,
        "rate": result.learning_rate,
        "rises": sum(after - before > ROUNDING for before, after in pairwise(costs)),
        "after": result.steps[-1].error,
        "constant": result.constant_error,
        "unit": "rate",
    }


# --- the cost as a landscape --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CostMap:
    """The cost J over two weights, the others held at their last value: costs[i][j] at (first[j], second[i]).

    held: how many weights are held, the bias among them.
    """

    names: tuple[str, str]
    held: int
    first: tuple[float, ...]
    second: tuple[float, ...]
    costs: tuple[tuple[float, ...], ...]
    path: tuple[tuple[float, float], ...]


def cost_map(problem: BinaryProblem, descent: Descent, points: int = 41) -> CostMap:
    """Return the cost over the first two weights (the weight and the bias when there is one) around the path."""
    walk = np.asarray([[*step.w, step.b] for step in descent.steps])
    names = (*problem.names, "b")
    inputs = np.column_stack([problem.X, np.ones(len(problem.y))])
    grids = [_around(walk[:, j], points) for j in (0, 1)]
    fixed = inputs[:, 2:] @ walk[-1, 2:]
    costs = [
        [float(cross_entropy(fixed + inputs[:, 0] * u + inputs[:, 1] * v, problem.y).mean()) for u in grids[0]]
        for v in grids[1]
    ]
    return CostMap(
        names=(names[0], names[1]),
        held=len(names) - 2,
        first=tuple(grids[0].tolist()),
        second=tuple(grids[1].tolist()),
        costs=tuple(map(tuple, costs)),
        path=tuple((float(u), float(v)) for u, v in walk[:, :2]),
    )


def map_words(cost_map: CostMap) -> Message | None:
    """Say what the map leaves out; None when it holds every weight."""
    if not cost_map.held:
        return None
    return Message(
        "The map holds all other weights and the bias at their last values. Earlier steps had other values, so the path need not run straight downhill here."
    )


def _around(values: Array, points: int) -> Array:
    low, high = float(values.min()), float(values.max())
    room = max(0.5 * (high - low), 0.5)
    return np.linspace(low - room, high + room, points)
