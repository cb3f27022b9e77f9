"""Predictions for dev rows, in one store that metrics, slices and thresholds read."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.core.types import Rows

MOST_IN_MEMORY = 2**28  # In bytes, for one diagnosis; further predictions go to a temporary file.


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions of one model for dev rows, of one fit or pooled over repeats; n rows, K classes.

    rows: (n,) row numbers of the dataset; a row comes once per repeat that has it in its dev set. repeat: (n,) which repeat.
    y: (n,) class codes, or target values in their own unit. predicted: (n,) class codes (−1: a class that the dataset
    does not have) or values. proba: (n, K) float32 in the order of the dataset's classes, None for a numeric target.
    has_probabilities: False where the model gives labels only; `proba` is then 1 for the predicted class.
    """

    rows: Rows
    repeat: Rows
    y: NDArray[Any]
    predicted: NDArray[Any]
    proba: NDArray[np.float32] | None = None
    has_probabilities: bool = False

    def __post_init__(self) -> None:
        lengths = {len(one) for one in (self.rows, self.repeat, self.y, self.predicted)}
        if len(lengths) > 1 or (self.proba is not None and len(self.proba) not in lengths):
            raise ValueError(f"rows, repeat, y, predicted and proba must be of one length, not {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def repeats(self) -> tuple[int, ...]:
        """The repeats that are in here, in order."""
        return tuple(int(r) for r in np.unique(self.repeat))

    def take(self, which: NDArray[Any]) -> Predictions:
        """Return some of the predictions, by position or by mask."""
        proba = None if self.proba is None else self.proba[which]
        return Predictions(
            self.rows[which], self.repeat[which], self.y[which], self.predicted[which], proba, self.has_probabilities
        )

    def of_repeat(self, repeat: int) -> Predictions:
        """Return the predictions of one repeat."""
        return self.take(np.flatnonzero(self.repeat == repeat))


def pooled(parts: Sequence[Predictions]) -> Predictions:
    """Put the predictions of several fits one below the other; ValueError when there are none."""
    if not parts:
        raise ValueError("there are no predictions to pool")
    probas = [part.proba for part in parts if part.proba is not None]
    return Predictions(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.repeat for part in parts]),
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.predicted for part in parts]),
        np.concatenate(probas) if probas else None,
        all(part.has_probabilities for part in parts),
    )


def one_hot(predicted: Rows, n_classes: int) -> NDArray[np.float32]:
    """Return (n, K) with 1 for the predicted class; a code outside 0 … K−1 has none.

    >>> one_hot(np.array([1, -1]), 2).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    return np.asarray(predicted[:, None] == np.arange(n_classes), dtype=np.float32)


class PredictionStore:
    """Keeps arrays in memory up to MOST_IN_MEMORY bytes and the rest on disk, read back as they are asked for.

    A class because it knows how much it holds; its folder goes when it does.
    """

    def __init__(self, most: int = MOST_IN_MEMORY) -> None:
        self._left, self._files = most, 0
        self._folder: Path | None = None

    def keep(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return the array, or the same numbers on disk when memory for them is used up."""
        if array.nbytes <= self._left or array.size == 0:
            self._left -= array.nbytes
            return array
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="dldiag-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / f"{self._files}.npy"
        self._files += 1
        np.save(path, array)
        return np.asarray(np.load(path, mmap_mode="r"))
