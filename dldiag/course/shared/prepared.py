"""A Dataset as the plain arrays a network is trained on, prepared as in the diagnosis, test rows left sealed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dldiag.core.types import Array, Dataset
from dldiag.data.dataset import rows_of
from dldiag.data.encode import encode
from dldiag.data.split import LEAST_ROWS, make_split
from dldiag.experiments.added_features import InputColumns
from dldiag.experiments.preparation import fitted_preparation

# The first rows, on which loss, gradients and activations are measured at every checkpoint.
MEASURED_ROWS = 256


@dataclass(frozen=True, eq=False)
class Prepared:
    """X: (n, d) float32 standardized; y: (n,) class numbers or standardized values; loss: a key of LOSSES."""

    X: Array
    y: Array
    n_outputs: int
    loss: str

    @property
    def baseline(self) -> float:
        """The least loss of a constant prediction on the measured rows: entropy of the classes, or half the variance."""
        y = self.y[:MEASURED_ROWS].astype(np.float64)
        if self.loss == "squared_error":
            return float(y.var() / 2)
        shares = np.unique(y, return_counts=True)[1] / len(y)
        return float(-(shares * np.log(shares)).sum())

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.X.shape[0])

    @property
    def rows(self) -> Array:
        """All row numbers."""
        return np.arange(self.n_rows)

    @property
    def n_features(self) -> int:
        """Number of inputs of the network."""
        return int(self.X.shape[1])


def without_test_rows(dataset: Dataset, seed: int = 0) -> Dataset:
    """Return the dataset without its sealed test rows (the same ones that a diagnosis with this seed sets aside)."""
    if dataset.n_rows < LEAST_ROWS:
        return dataset
    keep = np.setdiff1d(np.arange(dataset.n_rows), make_split(dataset, 1, seed).test_rows)
    return rows_of(dataset, keep)


def prepare_lesson(dataset: Dataset, *, max_rows: int = 1000, seed: int = 0) -> Prepared:
    """Encode and standardize at most `max_rows` open rows of a dataset, in random order."""
    rows = np.random.default_rng(seed).permutation(dataset.n_rows)[:max_rows]
    matrix = encode(dataset)
    every = InputColumns(np.ones(matrix.n_features, dtype=bool))
    X = fitted_preparation(matrix, dataset, every, rows, scale=True).inputs(rows)
    if dataset.task == "regression":
        values = dataset.y[rows].astype(np.float64)
        y = (values - values.mean()) / (values.std() or 1.0)
        return Prepared(X, y.astype(np.float32), 1, "squared_error")
    classes, codes = np.unique(dataset.y[rows], return_inverse=True)
    if len(classes) <= 2:
        return Prepared(X, codes.astype(np.float32), 1, "binary_cross_entropy")
    return Prepared(X, codes.astype(np.float32), len(classes), "softmax_cross_entropy")


def prepare_open_rows(dataset: Dataset, max_rows: int = 1000) -> Prepared:
    """Encode and standardize at most `max_rows` open rows of a dataset for training; its test rows stay sealed."""
    return prepare_lesson(without_test_rows(dataset), max_rows=max_rows)
