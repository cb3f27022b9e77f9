"""TOYS: small problems whose truth is known, for every course page that needs no upload."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.core.i18n import Message
from dldiag.core.types import Array, Column, Dataset, Task

Rng = np.random.Generator

MOON_SHIFT = (0.5, 0.25)  # The lower moon is moved this far right and down, in radii.
INNER_RADIUS = 0.5  # The outer circle has radius 1.
BLOB_CENTERS = ((-1.5, -1.0), (1.5, -1.0), (0.0, 1.5))
TWIST_COLUMNS, TWIST = 16, 0.7  # Four of the columns matter; TWIST is the weight of the product of two of them.
LINE_SLOPE, LINE_START = 2.0, -1.0
WAVE_TURNS = 3.0  # Radians from 0 to the end of the range −1…1.


@dataclass(frozen=True)
class Toy:
    """One toy problem.

    `points(n, rng)` returns the features without noise (n, d) and the true target (n,): class indices or values.
    `truth(X)` is the function behind a regression target, (n, d) -> (n,); None for classes. `noise` is its default:
    the standard deviation added to the features (classes) or to the target (regression).
    """

    label: Message
    task: Task
    points: Callable[[int, Rng], tuple[Array, Array]]
    noise: float
    classes: tuple[str, ...] = ()
    truth: Callable[[Array], Array] | None = None


def toy(name: str, n_rows: int = 400, *, noise: float | None = None, seed: int = 0) -> Dataset:
    """Return a toy problem as a Dataset; KeyError when there is none of this name.

    >>> toy("moons", 100).X.shape
    (100, 2)
    """
    row, rng = TOYS[name], np.random.default_rng(seed)
    spread = row.noise if noise is None else noise
    points, answers = row.points(n_rows, rng)
    if row.task == "classification":
        points, answers = points + rng.normal(0, spread, points.shape), answers.astype(np.int64)
    else:
        answers = answers + rng.normal(0, spread, answers.shape)
    order = rng.permutation(n_rows)
    return _dataset(name, row, points[order], answers[order])


def _dataset(name: str, row: Toy, X: Array, y: NDArray[np.float64]) -> Dataset:
    names = tuple(f"x{j + 1}" for j in range(X.shape[1]))
    why = Message("Made by a formula, so the truth is known.")
    digest = hashlib.sha256(np.ascontiguousarray(np.column_stack([X, y])).tobytes())
    return Dataset(
        name=name,
        X=pd.DataFrame(X, columns=list(names)),
        y=y,
        task=row.task,
        target="y",
        columns=tuple(Column(name, "number", why, distinct=len(X)) for name in names),
        classes=row.classes,
        fingerprint=digest.hexdigest(),
    )


def _halves(n: int) -> Array:
    return (np.arange(n) % 2).astype(np.float64)


def _moons(n: int, rng: Rng) -> tuple[Array, Array]:
    lower, angle = _halves(n), rng.uniform(0, np.pi, n)
    sign = 1 - 2 * lower  # The lower moon is the upper one, turned and shifted.
    across = sign * np.cos(angle) + lower * 2 * MOON_SHIFT[0]
    return np.column_stack([across, sign * np.sin(angle) + lower * 2 * MOON_SHIFT[1]]), lower


def _circles(n: int, rng: Rng) -> tuple[Array, Array]:
    inner, angle = _halves(n), rng.uniform(0, 2 * np.pi, n)
    radius = np.where(inner == 1, INNER_RADIUS, 1.0)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), inner


def _xor(n: int, rng: Rng) -> tuple[Array, Array]:
    points = rng.uniform(-1, 1, (n, 2))
    return points, (points[:, 0] * points[:, 1] < 0).astype(np.float64)


def _blobs(n: int, rng: Rng) -> tuple[Array, Array]:
    which = np.arange(n) % len(BLOB_CENTERS)
    return np.asarray(BLOB_CENTERS)[which], which.astype(np.float64)


def _two_blobs(n: int, rng: Rng) -> tuple[Array, Array]:
    which = _halves(n)
    return np.column_stack([2 * which - 1, np.zeros(n)]), which


def _twist(n: int, rng: Rng) -> tuple[Array, Array]:
    points = rng.normal(0, 1, (n, TWIST_COLUMNS))
    plane, product = points[:, 0] + points[:, 1], points[:, 2] * points[:, 3]
    return points, (plane + TWIST * product > 0).astype(np.float64)


def line_truth(X: Array) -> Array:
    """Return the straight line behind the toy "line"; X (n, 1) -> (n,)."""
    return LINE_START + LINE_SLOPE * X[:, 0]


def wave_truth(X: Array) -> Array:
    """Return the sine behind the toy "wave"; X (n, 1) -> (n,)."""
    return np.asarray(np.sin(WAVE_TURNS * X[:, 0]))


def _along(truth: Callable[[Array], Array]) -> Callable[[int, Rng], tuple[Array, Array]]:
    def points(n: int, rng: Rng) -> tuple[Array, Array]:
        X = rng.uniform(-1, 1, (n, 1))
        return X, truth(X)

    return points


TOYS: dict[str, Toy] = {
    "moons": Toy(Message("Two moons"), "classification", _moons, 0.2, ("upper", "lower")),
    "circles": Toy(Message("Two circles"), "classification", _circles, 0.1, ("outer", "inner")),
    "xor": Toy(Message("Four squares (exclusive or)"), "classification", _xor, 0.05, ("same sign", "opposite sign")),
    "blobs": Toy(Message("Three clouds"), "classification", _blobs, 0.7, ("left", "right", "top")),
    "two_blobs": Toy(Message("Two clouds"), "classification", _two_blobs, 0.8, ("left", "right")),
    "twist": Toy(Message("A plane with a twist (16 columns)"), "classification", _twist, 0.1, ("below", "above")),
    "line": Toy(Message("A line with noise"), "regression", _along(line_truth), 0.5, truth=line_truth),
    "wave": Toy(Message("A wave with noise"), "regression", _along(wave_truth), 0.3, truth=wave_truth),
}
