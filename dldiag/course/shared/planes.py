"""Networks on two columns: training rows, and predictions over the plane during training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dldiag.core.types import Array
from dldiag.course.shared.prepared import Prepared
from dldiag.course.shared.problem import BinaryProblem, sigmoid
from dldiag.course.shared.snapshots import Layers, layer_outputs

# Points along each side of a moving picture of the plane, and its moments.
MOVING_GRID, MOVING_STEPS = 32, 24
_ROOM = 0.15  # Part of the range that is drawn around the rows.

PlanePredictions = tuple[tuple[tuple[float, ...], ...], ...]  # Probabilities of shape (T, MOVING_GRID, MOVING_GRID).


def prepared_plane(problem: BinaryProblem) -> Prepared:
    """Return the rows of a binary problem as a network is trained on them."""
    return Prepared(problem.X.astype(np.float32), problem.y.astype(np.float32), 1, "binary_cross_entropy")


def side_of_plane(values: Array, points: int = MOVING_GRID) -> Array:
    """Return the places along one side of the plane: the range of the values with some room around."""
    low, high = float(values.min()), float(values.max())
    room = _ROOM * (high - low)
    return np.linspace(low - room, high + room, points)


def plane_of_points(problem: BinaryProblem, points: int = MOVING_GRID) -> tuple[list[Array], Array]:
    """Return the places along both sides of the plane, and all its points (points², 2), row by row."""
    sides = [side_of_plane(problem.X[:, j], points) for j in (0, 1)]
    return sides, np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)


def predictions_over_time(problem: BinaryProblem, activation: str, taken: Sequence[Layers]) -> PlanePredictions:
    """Return a network's predictions on a coarse plane at each moment; problem has exactly two features."""
    _, plane = plane_of_points(problem)
    predictions = [sigmoid(layer_outputs(one, plane, activation)[:, 0]) for one in taken]
    return tuple(tuple(map(tuple, p.reshape(MOVING_GRID, MOVING_GRID).round(4).tolist())) for p in predictions)
