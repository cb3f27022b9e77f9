"""How the size of a network, its regularization and its rows move bias, variance and noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dldiag.course.decomposition import Parts
from dldiag.course.pictures import Picture, draw
from dldiag.course.resampling import Problem, predict_after_each, table_problem, toy_problem
from dldiag.course.toys import TOYS
from dldiag.intervals import difference
from dldiag.knobs import knob
from dldiag.language import Message, Value
from dldiag.models import Model, build_model, changed
from dldiag.types import Dataset, Estimate, Progress

OnProgress = Callable[[Progress], None] | None
ShouldStop = Callable[[], bool] | None

# A network that can bend as far as it likes: no penalty, and long enough training for small ones to finish.
START: Mapping[str, Any] = {"alpha": 0.0, "max_iter": 400, "learning_rate_init": 0.01, "activation": "tanh"}


@dataclass(frozen=True)
class Axis:
    """One thing that is turned: the values it takes, and how a value changes the model or the number of rows."""

    label: Message
    values: tuple[float, ...]
    change: Callable[[float], Mapping[str, Any]]
    rows: Callable[[float, int], int]


AXES: dict[str, Axis] = {
    "units": Axis(
        Message("Units in the hidden layer"),
        (1, 2, 4, 8, 16, 64, 256),
        lambda v: {"hidden_layer_sizes": (round(v),)},
        lambda v, rows: rows,
    ),
    "layers": Axis(
        Message("Hidden layers"),
        (1, 2, 3, 4, 6),
        lambda v: {"hidden_layer_sizes": (16,) * round(v)},
        lambda v, rows: rows,
    ),
    "alpha": Axis(
        Message("L2 regularization"),
        (0.0, 0.001, 0.01, 0.1, 1.0, 10.0),
        lambda v: {"alpha": float(v)},
        lambda v, rows: rows,
    ),
    "rows": Axis(Message("Training rows"), (12, 25, 50, 100, 200, 400), lambda v: {}, lambda v, rows: round(v)),
}


@dataclass(frozen=True)
class SweepSettings:
    """What is turned, and how many training sets of how many rows each value gets."""

    axis: str = knob(
        "units",
        "What to turn",
        "The setting whose effect on bias and variance is measured.",
        choices={
            "units": "network size",
            "layers": "network depth",
            "alpha": "regularization",
            "rows": "training rows",
        },
    )
    rows: int = knob(40, "Training rows", "Rows of each training set.", low=10, high=2000)
    draws: int = knob(20, "Training sets", "More of them, narrower intervals.", low=5, high=60)
    seed: int = knob(0, "Seed", "Same settings and seed, same numbers.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Sweep:
    """Bias, variance and noise at each value of an axis; `best` is the place of the least total.

    unit: "rate" (share of wrong rows) or "squares" (squared error / variance of the target). `noise_known` is False on
    a table, where noise is inside the bias. `pictures` go with the values, empty where nothing can be drawn.
    """

    axis: str
    values: tuple[float, ...]
    parts: tuple[Parts, ...]
    measured: tuple[float, ...]
    best: int
    unit: str
    draws: int
    rows: int
    noise_known: bool
    overlapping: bool
    problem: str
    pictures: tuple[Picture, ...] = ()


def sweep_toy(
    name: str,
    asked: SweepSettings,
    *,
    noise: float | None = None,
    start: Mapping[str, Any] | None = None,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Sweep:
    """Train networks on many fresh training sets of a toy problem, for each value of an axis, and take error apart."""
    spread = TOYS[name].noise if noise is None else noise
    problem = toy_problem(name, _most_rows(asked), asked.draws, spread, asked.seed)
    model = build_model(TOYS[name].task, {**START, **(start or {})})
    return _sweep(problem, model, asked, on_progress, should_stop)


def sweep_table(
    dataset: Dataset,
    model: Model,
    asked: SweepSettings,
    *,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Sweep:
    """Do the same with a table, whose truth nobody knows: bias and noise stay together. The test rows stay sealed."""
    problem = table_problem(dataset, _most_rows(asked), asked.draws, asked.seed)
    return _sweep(problem, model, asked, on_progress, should_stop)


def read_sweep(sweep: Sweep) -> Message:
    """Say what to look at: how bias and variance move along the axis, and where under- and over-fitting begin."""
    first, last, best = sweep.parts[0], sweep.parts[-1], sweep.parts[sweep.best]
    values: dict[str, Value] = {"axis": AXES[sweep.axis].label, "best": f"{sweep.values[sweep.best]:g}"}
    values |= {"first": f"{sweep.values[0]:g}", "last": f"{sweep.values[-1]:g}", "total": _written(best.total.value)}
    values["bias"] = _move(_name_of_bias(sweep), first.bias, last.bias)
    values["variance"] = _move(Message("variance"), first.variance, last.variance)
    if _is_clear(first.total, best.total) and _is_clear(last.total, best.total):
        return Message(
            "From {first} to {last} ({axis}), {bias} and {variance}. The expected error is least at {best} ({total}): "
            "to both sides of it the error is clearly larger, under-fitting on one and over-fitting on the other.",
            values,
        )
    if _is_clear(first.total, best.total) or _is_clear(last.total, best.total):
        return Message(
            "From {first} to {last} ({axis}), {bias} and {variance}. The expected error is least at {best} ({total}), "
            "and this run shows only one side of it: the other end is not clearly worse.",
            values,
        )
    return Message(
        "This run does not show the effect: from {first} to {last} ({axis}), {bias} and {variance}, and no value is "
        "clearly better than the ends. More training sets, fewer rows or more noise make it visible.",
        values,
    )


def _name_of_bias(sweep: Sweep) -> Message:
    return Message("bias") if sweep.noise_known else Message("bias with noise")


def _move(what: Message, first: Estimate, last: Estimate) -> Message:
    values: dict[str, Value] = {"what": what, "first": _written(first.value), "last": _written(last.value)}
    if _is_clear(last, first):
        return Message("{what} rises from {first} to {last}", values)
    if _is_clear(first, last):
        return Message("{what} falls from {first} to {last}", values)
    return Message("{what} does not clearly change ({first}, {last})", values)


def _is_clear(larger: Estimate, smaller: Estimate) -> bool:
    return difference(larger, smaller).low > 0


def _written(value: float) -> str:
    return f"{max(value, 0.0):.3f}"


def _most_rows(asked: SweepSettings) -> int:
    axis = AXES[asked.axis]
    return max(axis.rows(value, asked.rows) for value in axis.values)


def _sweep(
    problem: Problem, model: Model, asked: SweepSettings, on_progress: OnProgress, should_stop: ShouldStop
) -> Sweep:
    axis, most = AXES[asked.axis], len(problem.training_sets[0])
    values = tuple(value for value in axis.values if axis.rows(value, 0) <= most)
    found = []
    for done, value in enumerate(values):
        if on_progress is not None:
            on_progress(Progress(Message("Training networks"), done, len(values)))
        size = min(axis.rows(value, asked.rows), most)
        found.append(_at(problem, changed(model, axis.change(value)), size, asked.seed, should_stop))
    parts = tuple(one.parts for one in found)
    return Sweep(
        axis=asked.axis,
        values=tuple(float(v) for v in values),
        parts=parts,
        measured=tuple(one.measured for one in found),
        best=int(np.argmin([p.total.value for p in parts])),
        unit="rate" if problem.dataset.task == "classification" else "squares",
        draws=len(problem.training_sets),
        rows=min(asked.rows, most),
        noise_known=problem.noise_known,
        overlapping=problem.overlapping,
        problem=problem.name,
        pictures=tuple(one.picture for one in found if one.picture is not None),
    )


@dataclass(frozen=True)
class _Found:
    parts: Parts
    measured: float
    picture: Picture | None


def _at(problem: Problem, model: Model, size: int, seed: int, should_stop: ShouldStop) -> _Found:
    sets = [rows[:size] for rows in problem.training_sets]
    asked = np.concatenate([problem.test_rows, problem.grid_rows])
    predictions = predict_after_each(problem.dataset, model, sets, asked, seed, should_stop)
    on_test, on_grid = np.split(predictions, [len(problem.test_rows)], axis=1)
    y = problem.dataset.y[problem.test_rows]
    measured = np.mean(on_test != y) if y.dtype.kind in "iu" else np.mean((on_test - y) ** 2) / (y.var() or 1.0)
    return _Found(problem.parts(on_test), float(measured), draw(problem, on_grid, sets[0]))
