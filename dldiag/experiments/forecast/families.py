"""Two families of learning curves, each averaged over a grid of shapes by how well the shape fits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dldiag.core.types import Floats

Shapes = Callable[[Floats], Floats]  # Maps rows relative to the largest size (m,) to (shapes, m), falling in rows.

LEAST_LOSS = 1e-6  # In squared error units: no mean error is known to better than a tenth of a point.
ROWS_WEIGHT = 0.5  # A size weighs rows**0.5: large sizes are measured better and matter more.


def _grid(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    one, two = np.meshgrid(first, second)
    return one.reshape(-1, 1), two.reshape(-1, 1)


_SHIFTS, _POWERS = _grid(np.geomspace(1 / 512, 4, 14), np.geomspace(0.05, 3, 20))
_HALFWAYS, _STEEPNESSES = _grid(np.geomspace(1 / 256, 64, 21), np.geomspace(0.15, 3, 14))


def pow4(x: Floats) -> Floats:
    """Return the shifted power laws (x + shift)^−power, POW4 of Viering & Loog (2023)."""
    return np.asarray((x + _SHIFTS) ** -_POWERS)


def mmf4(x: Floats) -> Floats:
    """Return the Morgan–Mercer–Flodin curves 1 / (1 + (x / halfway)^steepness), MMF4 of the same survey."""
    return np.asarray(1 / (1 + (x / _HALFWAYS) ** _STEEPNESSES))


FAMILIES: dict[str, Shapes] = {"pow4": pow4, "mmf4": mmf4}


def extrapolate(shapes: Shapes, sizes: Floats, errors: Floats, factors: Floats) -> Floats:
    """Return the error at `factors` × the largest size: a + b·shape, fitted for every shape and averaged.

    a, b >= 0 by weighted least squares; shapes weigh exp(−(k/2)·(loss / least loss − 1)), k = number of sizes: the
    likelihood with the least loss as noise.
    """
    x = sizes / sizes[-1]
    weights = x**ROWS_WEIGHT / np.sum(x**ROWS_WEIGHT)
    basis = shapes(x)
    a, b, loss = fit_shapes(basis, errors, weights)
    credit = np.exp(-0.5 * len(sizes) * np.clip(loss / max(loss.min(), LEAST_LOSS) - 1, 0, 50))
    return np.asarray(credit @ (a[:, None] + b[:, None] * shapes(factors)) / credit.sum())


def fit_shapes(basis: Floats, errors: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Fit errors ≈ a + b·basis for every row of basis, a and b not below 0; weights add up to 1."""
    middle, mean = basis @ weights, float(errors @ weights)
    away = basis - middle[:, None]
    b = np.maximum(away @ (weights * (errors - mean)) / np.maximum(away**2 @ weights, 1e-12), 0)
    a = mean - b * middle
    through_zero = np.maximum(basis @ (weights * errors) / np.maximum(basis**2 @ weights, 1e-12), 0)
    a, b = np.where(a < 0, 0.0, a), np.where(a < 0, through_zero, b)
    loss = (a[:, None] + b[:, None] * basis - errors) ** 2 @ weights
    return a, b, np.asarray(loss)
