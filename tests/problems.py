"""Small datasets with a known answer, for tests of the main flow."""

import numpy as np
import pandas as pd

from dldiag.core.i18n import Message
from dldiag.core.types import Column, Dataset
from dldiag.data.dataset import make_dataset


def columns(n):
    return tuple(Column(f"x{i}", "number", Message("made")) for i in range(n))


def dataset(X, y, task="classification", **more):
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    classes = tuple(str(c) for c in np.unique(y)) if task == "classification" else ()
    codes = np.unique(y, return_inverse=True)[1] if task == "classification" else np.asarray(y, float)
    return Dataset("made", frame, codes, task, "y", columns(X.shape[1]), classes, **more)


def noise(n=300, d=5, seed=0):
    rng = np.random.default_rng(seed)
    return dataset(rng.normal(size=(n, d)), rng.integers(2, size=n))


def two_blobs(n=400, distance=2.0, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(2, size=n)
    return dataset(rng.normal(size=(n, 4)) + distance * y[:, None] * np.array([1, 1, 0, 0]), y)


def checkerboard(n=900, seed=0):
    """Four by four squares: a linear model is at chance, trees and larger networks are not."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(0, 4, size=(n, 2))
    return dataset(X, (np.floor(X[:, 0]) + np.floor(X[:, 1])).astype(int) % 2)


def line(n=300, noise_sd=0.1, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return dataset(X, X @ np.array([1.0, -2.0, 0.5]) + noise_sd * rng.normal(size=n), "regression")


def interaction(seed=0, rows=500, strength=1.0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(rows, 5)), columns=list("abcde"))
    return make_dataset(frame.assign(y=frame.c + strength * frame.a * frame.b + 0.5 * rng.normal(size=rows)), "y")
