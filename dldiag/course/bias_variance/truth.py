"""The best possible prediction at each point of a toy problem."""

from __future__ import annotations

import numpy as np

from dldiag.core.types import Array
from dldiag.course.shared.toys import TOYS

CENTERS = 4000  # Points without noise that stand for the shapes of the classes.
_MOST_COLUMNS = 2  # Of a toy whose density the centers cover.


def _columns(name: str) -> int:
    return int(TOYS[name].points(2, np.random.default_rng(0))[0].shape[1])


# The toys whose best possible prediction can be computed.
KNOWN = tuple(name for name in TOYS if _columns(name) <= _MOST_COLUMNS)


def posterior(name: str, X: Array, noise: float, *, seed: int = 0) -> Array:
    """Return the probability of each class at each point of a toy of classes: (n, d) -> (n, classes).

    A toy of classes is a shape per class plus normal noise on the features, each class as frequent as the next: the
    density of a class is the mean normal density around the points of its shape.
    """
    points, which = TOYS[name].points(CENTERS, np.random.default_rng(seed))
    classes = np.arange(len(TOYS[name].classes))
    density = np.column_stack([_density(X, points[which == k], noise) * np.mean(which == k) for k in classes])
    return np.asarray(density / density.sum(axis=1, keepdims=True))


def _density(X: Array, centers: Array, noise: float) -> Array:
    squares = ((X**2).sum(axis=1)[:, None] - 2 * X @ centers.T) + (centers**2).sum(axis=1)
    return np.asarray(np.exp(-squares / (2 * noise**2)).mean(axis=1)) + np.finfo(float).tiny
