"""How the size of a network, its regularization and its rows move bias, variance and noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message, Value, format_error, tr
from dldiag.core.params import param
from dldiag.core.statistics import difference
from dldiag.core.types import Dataset, Estimate, OnProgress, Progress, ShouldStop
from dldiag.course.bias_variance.decomposition import ErrorParts
from dldiag.course.bias_variance.pictures import Picture, draw_fits
from dldiag.course.bias_variance.resampling import Problem, predict_after_each, table_problem, toy_problem
from dldiag.course.shared.toys import TOYS
from dldiag.experiments.models import Model, build_model, changed

# A flexible network: wide, with steep starting weights, no penalty, trained to the end.
START: Mapping[str, Any] = {
    "hidden_layer_sizes": (32,),
    "activation": "tanh",
    "init_scale": 3.0,
    "alpha": 0.0,
    "learning_rate_init": 0.03,
    "batch_size": 10,
    "max_iter": 500,
    "tol": 0.0,
    "n_iter_no_change": 500,
}
# Enough noise to see its part of the error.
_NOISE: Mapping[str, float] = {"wave": 0.6, "line": 0.6, "moons": 0.35, "circles": 0.25, "xor": 0.25}
ROWS_OF_TOY, ROWS_OF_TABLE = 20, 200  # Rows of one training set by default.


@dataclass(frozen=True)
class Axis:
    """One setting that is varied: the values it takes, and how a value changes the model or the number of rows.

    start: what a toy's network has otherwise than START, so that the effect of this axis is not hidden by another.
    """

    label: Message
    values: tuple[float, ...]
    change: Callable[[float], Mapping[str, Any]]
    rows: Callable[[float, int], int]
    start: Mapping[str, Any] = field(default_factory=dict)


AXES: dict[str, Axis] = {
    "units": Axis(
        Message("Units in the hidden layer"),
        (1, 2, 3, 4, 8, 16, 64),
        lambda v: {"hidden_layer_sizes": (round(v),)},
        lambda v, rows: rows,
        {"init_scale": 1.0, "learning_rate_init": 0.05},  # Steep starting weights trap a network of one or two units.
    ),
    "layers": Axis(
        Message("Hidden layers"),
        (1, 2, 3, 4, 6),
        lambda v: {"hidden_layer_sizes": (16,) * round(v)},
        lambda v, rows: rows,
    ),
    "alpha": Axis(
        Message("L2 regularization"),
        (0.0, 0.01, 0.1, 1.0, 10.0, 100.0),
        lambda v: {"alpha": float(v)},
        lambda v, rows: rows,
    ),
    "rows": Axis(Message("Training rows"), (10, 20, 40, 80, 160), lambda v: {}, lambda v, rows: round(v)),
}


@dataclass(frozen=True)
class SweepSettings:
    """Which setting is varied, and how many training sets of how many rows each value gets."""

    axis: str = param(
        "alpha",
        "What to turn",
        "The setting whose effect on bias and variance is measured.",
        choices={
            "units": "network size",
            "layers": "network depth",
            "alpha": "regularization",
            "rows": "training rows",
        },
    )
    rows: int | None = param(
        None,
        "Training rows",
        "Rows of each training set; empty: few on a toy problem, more on a table.",
        kind=int,
        low=10,
        high=2000,
        optional=True,
    )
    noise: float | None = param(
        None,
        "Noise",
        "Of a toy problem; empty: enough to see overfitting.",
        kind=float,
        low=0.01,
        high=3.0,
        optional=True,
    )
    draws: int = param(20, "Training sets", "More give narrower intervals.", low=5, high=60)
    seed: int = param(0, "Seed", "Same settings and seed, same numbers.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Sweep:
    """Bias, variance and noise at each value of an axis; `best` is the place of the least total.

    unit: "rate" (share of wrong rows) or "squares" (squared error / variance of the target). `noise_known` is False on
    a table, where noise is inside the bias. `pictures` go with the values, empty where nothing can be drawn.
    """

    axis: str
    values: tuple[float, ...]
    parts: tuple[ErrorParts, ...]
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
    settings: SweepSettings,
    *,
    start: Mapping[str, Any] | None = None,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Sweep:
    """Train networks on many fresh training sets of a toy problem, for each value of an axis, and decompose the error."""
    rows = settings.rows or ROWS_OF_TOY
    noise = settings.noise or _NOISE.get(name, TOYS[name].noise)
    problem = toy_problem(name, _most_rows(settings.axis, rows), settings.draws, noise, settings.seed)
    model = build_model(TOYS[name].task, {**START, **AXES[settings.axis].start, **(start or {})})
    return _sweep(problem, model, replace(settings, rows=rows), on_progress, should_stop)


def sweep_table(
    dataset: Dataset,
    model: Model,
    settings: SweepSettings,
    *,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> Sweep:
    """Decompose the error along an axis on a table, where bias includes the noise; the test rows stay sealed."""
    rows = settings.rows or ROWS_OF_TABLE
    problem = table_problem(dataset, _most_rows(settings.axis, rows), settings.draws, settings.seed)
    return _sweep(problem, model, replace(settings, rows=rows), on_progress, should_stop)


def describe_sweep(sweep: Sweep) -> Message:
    """Say how bias and variance move along the axis, and where underfitting and overfitting begin."""
    first, last, best = sweep.parts[0], sweep.parts[-1], sweep.parts[sweep.best]
    values: dict[str, Value] = {"axis": AXES[sweep.axis].label, "best": f"{sweep.values[sweep.best]:g}"}
    values |= {"first": f"{sweep.values[0]:g}", "last": f"{sweep.values[-1]:g}"}
    values["total"] = _written(best.total.value, sweep.unit)
    values["bias"] = _move(_name_of_bias(sweep), first.bias, last.bias, sweep.unit)
    values["variance"] = _move(Message("variance"), first.variance, last.variance, sweep.unit)
    worse = worse_ends(sweep)
    if len(worse) == 2:
        values |= {"left": _what_ends_in(first, best), "right": _what_ends_in(last, best)}
        return Message(_BOTH_ENDS, values)
    if worse:
        values |= {"end": f"{sweep.values[worse[0]]:g}", "what": _what_ends_in(sweep.parts[worse[0]], best)}
        return Message(_BEST_AT_AN_END if _best_is_an_end(sweep) else _ONE_END, values)
    if trades_bias_for_variance(sweep):
        return Message(_TRADED_AT_AN_END if _best_is_an_end(sweep) else _TRADED, values)
    return Message(
        "This run does not show the effect. From {first} to {last} ({axis}), {bias} and {variance}, but the error at the ends is not clearly above the least. Try more training sets, fewer rows or more noise.",
        values,
    )


_BOTH_ENDS = "From {first} to {last} ({axis}), {bias} and {variance}. The expected error is least at {best} ({total}) and clearly larger at both ends. At {first} the model {left}, at {last} it {right}."
_ONE_END = (
    "From {first} to {last} ({axis}), {bias} and {variance}. The expected error is least at {best} ({total}). "
    "At {end} the model {what}; the other end is not clearly worse in this run."
)
_BEST_AT_AN_END = (
    "From {first} to {last} ({axis}), {bias} and {variance}. The expected error is least at {best} ({total}), an end of "
    "what was tried: it may lie beyond. At the other end, {end}, the model {what}."
)
_TRADED = "From {first} to {last} ({axis}), {bias} and {variance}: one is traded for the other. Their sum is least at {best} ({total}), but not clearly below the ends."
_TRADED_AT_AN_END = "From {first} to {last} ({axis}), {bias} and {variance}: one is traded for the other. Their sum is least at {best} ({total}), an end of what was tried, but not clearly below the other end."


def worse_ends(sweep: Sweep) -> list[int]:
    """Return the places of the ends whose expected error is clearly larger than the least."""
    least = sweep.parts[sweep.best].total
    return [place for place in (0, -1) if _is_clear(sweep.parts[place].total, least)]


def trades_bias_for_variance(sweep: Sweep) -> bool:
    """Tell whether bias and variance clearly move against each other."""
    first, last = sweep.parts[0], sweep.parts[-1]
    one = _is_clear(first.bias, last.bias) and _is_clear(last.variance, first.variance)
    return one or (_is_clear(last.bias, first.bias) and _is_clear(first.variance, last.variance))


def _best_is_an_end(sweep: Sweep) -> bool:
    return sweep.best in (0, len(sweep.values) - 1)


def caution(sweep: Sweep) -> Message:
    """Say what the numbers rest on, and what they cannot tell."""
    values: dict[str, Value] = {"draws": sweep.draws, "rows": sweep.rows}
    if sweep.noise_known:
        return Message(
            "Each value: {draws} networks on {draws} fresh training sets of a problem whose truth is known. Bars are 90% intervals. For your model, choose your own table above.",
            values,
        )
    if sweep.overlapping:
        return Message(
            "Each value: {draws} networks trained on {draws} random subsets of {rows} training rows. The truth behind a table is unknown, so noise stays inside the bias. The subsets share rows, so variance looks smaller than it is. Bars hold 90%.",
            values,
        )
    return Message(
        "Each value: {draws} networks trained on {draws} separate subsets of {rows} training rows. The truth behind a table is unknown, so noise stays inside the bias. Bars hold 90%.",
        values,
    )


def below_zero(sweep: Sweep) -> Message | None:
    """Say what a variance below 0 means for shares of wrong rows; None where there is none."""
    if sweep.unit != "rate" or all(parts.variance.value >= 0 for parts in sweep.parts):
        return None
    return Message(
        "A variance below 0 is no mistake. Where most networks are wrong, the few that disagree are right, so their spread lowers the share of wrong rows. Squared errors cannot do this."
    )


def pictures_to_show(sweep: Sweep) -> tuple[tuple[Message, Picture], ...]:
    """Return the pictures of the first, the best and the last value, each with its words; none without a drawing."""
    if not sweep.pictures:
        return ()
    places = sorted({0, sweep.best, len(sweep.values) - 1})
    return tuple((_words(sweep, place), sweep.pictures[place]) for place in places)


def picture_key(sweep: Sweep) -> Message:
    """Say what the lines or colors of the pictures stand for."""
    if sweep.pictures and sweep.pictures[0].y:
        return Message(
            "Color: the share of the networks that vote for the second class (in between: half of them). Marks: the rows of one training set."
        )
    return Message(
        "Thick line: the mean of all fits; thin lines: single fits; band: 90% of them. Dashes: the truth. Dots: the rows of one training set."
    )


def _words(sweep: Sweep, place: int) -> Message:
    at, best = sweep.parts[place], sweep.parts[sweep.best]
    values: dict[str, Value] = {"axis": AXES[sweep.axis].label, "value": f"{sweep.values[place]:g}"}
    if place == sweep.best:
        return Message("{axis} {value}: least error", values)
    if _is_clear(at.total, best.total):
        return Message("{axis} {value}: {what}", values | {"what": _what_it_does(at, best)})
    return Message("{axis} {value}: not clearly worse than the best", values)


def sweep_rows(sweep: Sweep) -> tuple[dict[str, str], ...]:
    """Return the parts at each value as rows of texts."""
    return tuple(
        {
            str(AXES[sweep.axis].label): f"{value:g}",
            str(_name_of_bias(sweep)): _with_interval(parts.bias, sweep.unit),
            tr("variance"): _with_interval(parts.variance, sweep.unit),
            tr("noise"): _written(parts.noise, sweep.unit) if parts.noise is not None else "–",
            tr("expected error (the sum)"): _with_interval(parts.total, sweep.unit),
            tr("measured on noisy rows"): _written(measured, sweep.unit),
        }
        for value, parts, measured in zip(sweep.values, sweep.parts, sweep.measured, strict=True)
    )


def _with_interval(part: Estimate, unit: str) -> str:
    return f"{_written(part.value, unit)} ({_written(part.low, unit)} – {_written(part.high, unit)})"


def best_change(sweep: Sweep) -> dict[str, Any]:
    """Return the settings of the best value where both ends are clearly worse; empty otherwise.

    Empty where the axis is the number of rows, which is no setting.
    """
    if len(worse_ends(sweep)) < 2:
        return {}
    return dict(AXES[sweep.axis].change(sweep.values[sweep.best]))


def _what_ends_in(end: ErrorParts, best: ErrorParts) -> Message:
    """Say whether an end of the axis is worse than the best for its bias or for its variance."""
    if _underfits(end, best):
        return Message("underfits (the excess is mostly bias)")
    return Message("overfits (the excess is mostly variance)")


def _what_it_does(end: ErrorParts, best: ErrorParts) -> Message:
    """Say the same in one word, so that pictures beside each other begin at one height."""
    return Message("underfits") if _underfits(end, best) else Message("overfits")


def _underfits(end: ErrorParts, best: ErrorParts) -> bool:
    return end.bias.value - best.bias.value > end.variance.value - best.variance.value


def _name_of_bias(sweep: Sweep) -> Message:
    return Message("bias") if sweep.noise_known else Message("bias with noise")


def _move(what: Message, first: Estimate, last: Estimate, unit: str) -> Message:
    values: dict[str, Value] = {"what": what, "first": _written(first.value, unit), "last": _written(last.value, unit)}
    if _is_clear(last, first):
        return Message("{what} rises from {first} to {last}", values)
    if _is_clear(first, last):
        return Message("{what} falls from {first} to {last}", values)
    return Message("{what} does not clearly change ({first}, {last})", values)


def _is_clear(larger: Estimate, smaller: Estimate) -> bool:
    return difference(larger, smaller).low > 0


def _written(value: float, unit: str) -> str:
    """Write a part; that of squared errors is below 0 only by the chance of its estimate."""
    # Adding 0.0 turns −0 into 0.
    return format_error(round(value if unit == "rate" else max(value, 0.0), 3) + 0.0, unit)


def _most_rows(axis: str, rows: int) -> int:
    return max(AXES[axis].rows(value, rows) for value in AXES[axis].values)


def _sweep(
    problem: Problem, model: Model, settings: SweepSettings, on_progress: OnProgress, should_stop: ShouldStop
) -> Sweep:
    axis, most = AXES[settings.axis], len(problem.training_sets[0])
    rows = min(settings.rows or most, most)
    values = tuple(value for value in axis.values if axis.rows(value, 0) <= most)
    points = []
    for done, value in enumerate(values):
        if on_progress is not None:
            on_progress(Progress(Message("Training networks"), done, len(values)))
        size = min(axis.rows(value, rows), most)
        points.append(_at(problem, changed(model, axis.change(value)), size, settings.seed, should_stop))
    parts = tuple(point.parts for point in points)
    return Sweep(
        axis=settings.axis,
        values=tuple(float(v) for v in values),
        parts=parts,
        measured=tuple(point.measured for point in points),
        best=int(np.argmin([p.total.value for p in parts])),
        unit="rate" if problem.dataset.task == "classification" else "squares",
        draws=len(problem.training_sets),
        rows=rows,
        noise_known=problem.noise_known,
        overlapping=problem.overlapping,
        problem=problem.name,
        pictures=tuple(point.picture for point in points if point.picture is not None),
    )


@dataclass(frozen=True)
class _Found:
    parts: ErrorParts
    measured: float
    picture: Picture | None


def _at(problem: Problem, model: Model, size: int, seed: int, should_stop: ShouldStop) -> _Found:
    sets = [rows[:size] for rows in problem.training_sets]
    new_rows = np.concatenate([problem.test_rows, problem.grid_rows])
    predictions = predict_after_each(problem.dataset, model, sets, new_rows, seed, should_stop)
    on_test, on_grid = np.split(predictions, [len(problem.test_rows)], axis=1)
    y = problem.dataset.y[problem.test_rows]
    measured = np.mean(on_test != y) if y.dtype.kind in "iu" else np.mean((on_test - y) ** 2) / (y.var() or 1.0)
    return _Found(problem.parts(on_test), float(measured), draw_fits(problem, on_grid, sets[0]))
