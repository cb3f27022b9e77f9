"""Pictures of underfitting and overfitting: predictions of many networks trained on different rows, point by point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.course.bias_variance.resampling import Problem
from dldiag.course.shared.toys import TOYS

SINGLE_FITS = 8  # Number of fits drawn as single lines.
ROWS_SHOWN = 300  # Most training rows drawn on a picture.
MIDDLE = (5, 95)  # 90% of the fits lie between these percentiles.


@dataclass(frozen=True)
class Picture:
    """Predictions of many networks trained on different rows of one problem, at the points of a grid.

    One feature: `mean`, `low`, `high` (90% of the fits) and some `singles` along `x`, with the truth. Two features:
    `mean` is the share of fits that vote for the second class at (x, y) in row order, and `singles` is empty.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    truth: tuple[float, ...]
    singles: tuple[tuple[float, ...], ...]
    row_x: tuple[float, ...]
    row_y: tuple[float, ...]
    row_class: tuple[int, ...]


def draw_fits(problem: Problem, on_grid: NDArray[Any], rows: NDArray[np.int64]) -> Picture | None:
    """Return the picture of predictions (fits, grid points), with the training rows of one fit; None without a grid."""
    if on_grid.shape[1] == 0:
        return None
    return (_line if problem.dataset.X.shape[1] == 1 else _plane)(problem, on_grid, rows[:ROWS_SHOWN])


def _line(problem: Problem, on_grid: NDArray[Any], rows: NDArray[np.int64]) -> Picture:
    X, y = problem.dataset.X.to_numpy(float), problem.dataset.y
    grid, truth = X[problem.grid_rows], TOYS[problem.name].truth
    low, high = np.percentile(on_grid, MIDDLE, axis=0)
    return Picture(
        x=_numbers(grid[:, 0]),
        y=(),
        mean=_numbers(on_grid.mean(axis=0)),
        low=_numbers(low),
        high=_numbers(high),
        truth=_numbers(truth(grid)) if truth is not None else (),
        singles=tuple(_numbers(one) for one in on_grid[:SINGLE_FITS]),
        row_x=_numbers(X[rows, 0]),
        row_y=_numbers(y[rows]),
        row_class=(),
    )


def _plane(problem: Problem, on_grid: NDArray[Any], rows: NDArray[np.int64]) -> Picture | None:
    if len(problem.dataset.classes) > 2:
        return None
    X, y = problem.dataset.X.to_numpy(float), problem.dataset.y
    grid = X[problem.grid_rows]
    return Picture(
        x=_numbers(grid[:, 0]),
        y=_numbers(grid[:, 1]),
        mean=_numbers(on_grid.mean(axis=0)),
        low=(),
        high=(),
        truth=(),
        singles=(),
        row_x=_numbers(X[rows, 0]),
        row_y=_numbers(X[rows, 1]),
        row_class=tuple(int(k) for k in y[rows]),
    )


def _numbers(values: NDArray[Any]) -> tuple[float, ...]:
    return tuple(round(float(v), 5) for v in values)
