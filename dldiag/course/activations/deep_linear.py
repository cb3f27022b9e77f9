"""Why activations must be nonlinear: a linear network of any depth draws the line of logistic regression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.statistics import t_interval
from dldiag.core.types import Array, Estimate, OnProgress, ShouldStop
from dldiag.course.activations.functions import Collapse, collapse
from dldiag.course.shared.activation_race import suited_init
from dldiag.course.shared.instrumented import Recipe, moments_of, reporting
from dldiag.course.shared.planes import (
    MOVING_STEPS,
    PlanePredictions,
    plane_of_points,
    predictions_over_time,
    prepared_plane,
)
from dldiag.course.shared.problem import BinaryProblem, PlotMarks, marks_of, sigmoid
from dldiag.course.shared.snapshots import Layers, layer_outputs, train_snapshots
from dldiag.nn.activations import ACTIVATIONS

_DEV_SHARE = 0.3  # Share of the rows that are dev rows in every repeat.
_GRID = 60  # Points along each side of the drawn plane.
LINEAR = "identity"
NO_DIFFERENCE = 0.01  # Error rates closer than this count as equal.
BENT = {row.name: row.label for name, row in ACTIVATIONS.items() if name == row.name and name != LINEAR}


@dataclass(frozen=True)
class DeepLinearSettings:
    """Settings of the deep linear network."""

    depth: int = param(10, "Layers", "Layers with weights of the deep networks.", low=2, high=12)
    units: int = param(8, "Units per layer", "Of every hidden layer.", low=2, high=32)
    bend: str = param("tanh", "The bend", "The activation of the network that may bend.", choices=BENT)
    steps: int = param(500, "Steps", "Mini-batches of training.", low=50, high=2000)
    repeats: int = param(5, "Repeats", "Random splits into training and dev rows.", low=3, high=20)


@dataclass(frozen=True)
class ModelOnPlane:
    """One model: its dev error on every repeat, and its predictions on the plane, probabilities[i][j] at (x[j], y[i])."""

    key: str
    layers: int
    activation: str
    dev_errors: tuple[float, ...]
    probabilities: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class DeepLinear:
    """Logistic regression, linear networks of one and many layers, and a deep nonlinear one, on the same rows.

    against_logistic: dev error minus that of logistic regression, by model, with 90% intervals (paired, corrected for
    overlapping repeats). line: (w1, w2, b) of logistic regression of the first repeat. moving: the predictions of the
    deep linear and the nonlinear network while they train, (2, T, MOVING_GRID, MOVING_GRID) probabilities before `steps` (T,).
    """

    names: tuple[str, str]
    event: Message
    x: tuple[float, ...]
    y: tuple[float, ...]
    marks: PlotMarks
    models: tuple[ModelOnPlane, ...]
    against_logistic: tuple[Estimate, ...]
    line: tuple[float, float, float]
    collapsed: Collapse
    steps: tuple[int, ...] = ()
    moving: tuple[PlanePredictions, ...] = ()


def deep_linear(
    problem: BinaryProblem,
    settings: DeepLinearSettings | None = None,
    *,
    seed: int = 0,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> DeepLinear:
    """Train the four models on two columns and compare boundaries and errors; problem has exactly two features."""
    if len(problem.names) != 2:
        raise ValueError(f"a plane has two columns, not {len(problem.names)}")
    chosen = settings or DeepLinearSettings()
    data = prepared_plane(problem)
    pools, devs = _partitions(len(problem.y), chosen.repeats, seed)
    recipes = [
        _recipe(LINEAR, 1, chosen),
        _recipe(LINEAR, chosen.depth, chosen),
        _recipe(chosen.bend, chosen.depth, chosen),
    ]
    moments = moments_of(chosen.steps, MOVING_STEPS)
    networks: list[list[list[Layers]]] = []
    for number, recipe in enumerate(recipes):
        on_step = reporting(number, len(recipes), chosen.steps, on_progress, should_stop)
        networks.append(train_snapshots(data, recipe, pools, moments=moments, seed=seed, on_step=on_step))
    result = _assemble(problem, recipes, [network[-1] for network in networks], pools, devs)
    pairs = list(zip(recipes, networks, strict=True))[1:]
    moving = tuple(
        predictions_over_time(problem, one.activation, [at[0] for at in snapshots]) for one, snapshots in pairs
    )
    return replace(result, steps=tuple(moments), moving=moving)


def _recipe(activation: str, layers: int, settings: DeepLinearSettings) -> Recipe:
    return Recipe(
        activation=activation,
        init=suited_init(activation),
        hidden_layers=layers - 1,
        units=settings.units,
        optimizer="adam",
        rates=(0.01 if layers > 1 else 0.1,),
    )


def _partitions(n_rows: int, repeats: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return training rows (repeats, n) and dev rows (repeats, m)."""
    rng = np.random.default_rng(seed)
    order = np.stack([rng.permutation(n_rows) for _ in range(repeats)])
    n_dev = max(1, round(_DEV_SHARE * n_rows))
    return order[:, n_dev:], order[:, :n_dev]


def _assemble(
    problem: BinaryProblem,
    recipes: list[Recipe],
    networks: list[list[Layers]],
    pools: NDArray[np.int64],
    devs: NDArray[np.int64],
) -> DeepLinear:
    sides, plane = plane_of_points(problem, _GRID)
    reference = [_logistic(problem, pool) for pool in pools]
    errors = np.array([_error(problem, dev, one.decision_function) for one, dev in zip(reference, devs, strict=True)])
    models = [_on_plane("logistic", 1, LINEAR, errors, reference[0].decision_function(plane))]
    models += [_drawn_network(problem, *each, devs, plane) for each in zip(recipes, networks, strict=True)]
    rho = devs.shape[1] / pools.shape[1]
    deep, slopes = networks[1][0], reference[0].coef_[0]
    return DeepLinear(
        names=(problem.names[0], problem.names[1]),
        event=problem.event,
        x=tuple(sides[0].tolist()),
        y=tuple(sides[1].tolist()),
        marks=marks_of(problem),
        models=tuple(models),
        against_logistic=tuple(_difference(np.array(model.dev_errors) - errors, rho) for model in models[1:]),
        line=(float(slopes[0]), float(slopes[1]), float(reference[0].intercept_[0])),
        collapsed=collapse([W for W, _ in deep], [b for _, b in deep], problem.X),
    )


def _drawn_network(
    problem: BinaryProblem, recipe: Recipe, members: list[Layers], devs: NDArray[np.int64], plane: NDArray[Any]
) -> ModelOnPlane:
    """Return the dev errors of a network's members, and what the first of them predicts on the plane."""
    name, layers = recipe.activation, recipe.hidden_layers + 1
    errors = [_error(problem, dev, _decision_function(member, name)) for member, dev in zip(members, devs, strict=True)]
    key = f"{'linear' if name == LINEAR else 'bent'}_{layers}"
    return _on_plane(key, layers, name, np.array(errors), layer_outputs(members[0], plane, name)[:, 0])


def _logistic(problem: BinaryProblem, rows: NDArray[np.int64]) -> Any:
    return LogisticRegression(C=np.inf, max_iter=1000).fit(problem.X[rows], problem.y[rows])


def _decision_function(layers: Layers, activation: str) -> Callable[[Array], Array]:
    return lambda X: layer_outputs(layers, X, activation)[:, 0]


def _error(problem: BinaryProblem, rows: NDArray[np.int64], score: Callable[[Array], Array]) -> float:
    return float(np.mean((score(problem.X[rows]) > 0) != (problem.y[rows] == 1)))


def _on_plane(key: str, layers: int, activation: str, errors: Array, z: Array) -> ModelOnPlane:
    table = sigmoid(z).reshape(_GRID, _GRID)
    return ModelOnPlane(key, layers, activation, tuple(map(float, errors)), tuple(map(tuple, table.round(4).tolist())))


def _difference(differences: Array, rho: float) -> Estimate:
    low, high = t_interval(differences, rho)
    return Estimate(float(differences.mean()), low, high)


def is_a_line(result: DeepLinear) -> bool:
    """Say whether the deep linear network's error cannot be told from logistic regression's."""
    gap = result.against_logistic[1]
    return abs(gap.value) < NO_DIFFERENCE or gap.low <= 0 <= gap.high


def describe_deep_linear(result: DeepLinear) -> Message:
    """Say how the linear networks and the nonlinear one compare with logistic regression on these rows."""
    deep, bent = result.models[2], result.models[3]
    line, curve = result.against_logistic[1], result.against_logistic[2]
    values: dict[str, Any] = {
        "layers": deep.layers,
        "exact": result.collapsed.exact_difference,
        "change": line.value,
        "low": line.low,
        "high": line.high,
        "bend": Message(ACTIVATIONS[bent.activation].label),
        "gain": curve.value,
        "gain_low": curve.low,
        "gain_high": curve.high,
        "unit": "rate",
    }
    first = _EQUAL if is_a_line(result) else _NOT_YET
    second = _BENT_BETTER if curve.high < 0 else _BENT_WORSE if curve.low > 0 else _BENT_SAME
    return Message("{first} {second}", {"first": Message(first, values), "second": Message(second, values)})


_EQUAL = "Multiplied out, the {layers} linear layers are one matrix; the difference is exactly {exact:g}. Its error cannot be told from logistic regression's: {change:points} (90% interval {low:bare} to {high:points})."
_NOT_YET = "Multiplied out, the {layers} linear layers are one matrix; the difference is exactly {exact:g}. Training has not reached logistic regression's error yet: {change:points} (90% interval {low:bare} to {high:points}). Give it more steps."
_BENT_BETTER = "With {bend} between the layers the boundary bends, and the error changes by {gain:points} (90% interval {gain_low:bare} to {gain_high:points})."
_BENT_WORSE = "With {bend} between the layers the error is higher here: {gain:points} (90% interval {gain_low:bare} to {gain_high:points}). A line is all this data asks for, or so deep a network did not train."
_BENT_SAME = "With {bend} between the layers the boundary may bend. This run does not show a lower error: {gain:points} (90% interval {gain_low:bare} to {gain_high:points})."
