"""Many training sets of one problem, and what the same network says after each of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from dldiag import nn
from dldiag.core.parallel import one_thread
from dldiag.core.types import Array, Dataset, Rows, ShouldStop, Split
from dldiag.course.bias_variance.decomposition import ErrorParts, squared_parts, zero_one_parts
from dldiag.course.bias_variance.truth import posterior
from dldiag.course.shared.toys import TOYS, toy
from dldiag.data.split import make_split
from dldiag.experiments.models import Model
from dldiag.experiments.tasks import Encoded, encode_dataset
from dldiag.nn.training import stop_if_asked

TEST_ROWS = 600  # The parts of the error are means over this many fresh rows.
GRID_1D, GRID_2D = 161, 41  # Points of a picture along one axis.
GRID_MARGIN = 0.15  # Part of the range of the inputs that is added on every side of a picture.
# A training set takes at most this share of a table's training rows, so that the sets differ.
SHARE_OF_ROWS = 0.5


@dataclass(frozen=True, eq=False)
class Problem:
    """Training sets, dev rows and grid points to draw in one dataset; `parts` decomposes the error.

    noise_known is False on a table: its noise is inside the bias. overlapping: the training sets share rows, which
    makes variance look smaller than it is.
    """

    dataset: Dataset
    training_sets: tuple[Rows, ...]
    test_rows: Rows
    grid_rows: Rows
    parts: Callable[[NDArray[Any]], ErrorParts]
    name: str
    noise_known: bool
    overlapping: bool = False


def toy_problem(name: str, most: int, draws: int, noise: float, seed: int) -> Problem:
    """Make disjoint training sets, fresh test rows and grid points of a toy; errors are those of its known truth."""
    dataset = toy(name, most * draws + TEST_ROWS, noise=noise, seed=seed)
    frame = dataset.X.to_numpy(float)
    grid = _grid(frame)
    data = replace(
        dataset,
        X=pd.concat([dataset.X, pd.DataFrame(grid, columns=dataset.X.columns)], ignore_index=True),
        y=np.concatenate([dataset.y, np.zeros(len(grid), dtype=dataset.y.dtype)]),
    )
    n = dataset.n_rows
    test = np.arange(n - TEST_ROWS, n)
    blocks = tuple(np.arange(i * most, (i + 1) * most) for i in range(draws))
    parts = _known_parts(name, frame[test], noise)
    return Problem(data, blocks, test, np.arange(n, n + len(grid)), parts, name, noise_known=True)


def _known_parts(name: str, X: Array, noise: float) -> Callable[[NDArray[Any]], ErrorParts]:
    truth = TOYS[name].truth
    if truth is None:
        probabilities = posterior(name, X, noise)
        return lambda p: zero_one_parts(p, probabilities)
    answers = truth(X)
    scale = float(np.sqrt(answers.var() + noise**2))
    return lambda p: squared_parts(p / scale, answers / scale, (noise / scale) ** 2, sampled=True)


def table_problem(dataset: Dataset, most: int, draws: int, seed: int) -> Problem:
    """Draw training sets from the training rows of a table and judge on its dev rows; the test rows stay sealed."""
    rng = np.random.default_rng(seed)
    repeat = make_split(dataset, 1, seed).repeats[0]
    size = max(2, min(most, int(SHARE_OF_ROWS * len(repeat.train_rows))))
    overlapping = size * draws > len(repeat.train_rows)
    pool = rng.permutation(repeat.train_rows)
    if overlapping:
        blocks = tuple(rng.permutation(pool)[:size] for _ in range(draws))
    else:
        blocks = tuple(pool[i * size : (i + 1) * size] for i in range(draws))
    test = rng.permutation(repeat.dev_rows)[:TEST_ROWS]
    parts = _unknown_parts(dataset, test)
    empty = np.empty(0, dtype=np.int64)
    return Problem(dataset, blocks, test, empty, parts, dataset.name, noise_known=False, overlapping=overlapping)


def _unknown_parts(dataset: Dataset, test: Rows) -> Callable[[NDArray[Any]], ErrorParts]:
    y = dataset.y[test]
    if dataset.task == "classification":
        targets = np.eye(len(dataset.classes))[y]
        return lambda p: zero_one_parts(p, targets, known=False)
    scale = float(np.std(y)) or 1.0
    return lambda p: squared_parts(p / scale, y / scale, None, sampled=True)


def _grid(X: Array) -> Array:
    low, high = X.min(axis=0), X.max(axis=0)
    margin = GRID_MARGIN * (high - low)
    count = GRID_1D if X.shape[1] == 1 else GRID_2D
    axes = [np.linspace(a, b, count) for a, b in zip(low - margin, high + margin, strict=True)]
    return np.stack([axis.ravel() for axis in np.meshgrid(*axes)], axis=1)


def predict_after_each(
    dataset: Dataset, model: Model, sets: Sequence[Rows], new_rows: Rows, seed: int, should_stop: ShouldStop
) -> NDArray[Any]:
    """Train one network per training set and return (sets, new rows) predictions; raises Stopped.

    Sets that hold equally many classes are trained as one stack; a set of one class can only ever predict that class.
    """
    stop_if_asked(should_stop)
    encoded = encode_dataset(dataset, Split(np.empty(0, dtype=np.int64), (), "given"))
    predictions = np.empty((len(sets), len(new_rows)), dtype=dataset.y.dtype)
    for stack in _stacks(dataset, sets):
        if dataset.task == "classification" and len(np.unique(dataset.y[sets[stack[0]]])) == 1:
            predictions[stack] = [[dataset.y[sets[i][0]]] for i in stack]
            continue
        rows = [sets[i] for i in stack]
        predictions[stack] = _train_stack(encoded, model, rows, new_rows, [seed + i for i in stack], should_stop)
    return predictions


def _stacks(dataset: Dataset, sets: Sequence[Rows]) -> list[list[int]]:
    """Group the places of training sets by the number of classes in them."""
    stacks: dict[int, list[int]] = {}
    for place, rows in enumerate(sets):
        classes = len(np.unique(dataset.y[rows])) if dataset.task == "classification" else 1
        stacks.setdefault(classes, []).append(place)
    return list(stacks.values())


def _train_stack(
    encoded: Encoded, model: Model, sets: Sequence[Rows], new_rows: Rows, seeds: Sequence[int], should_stop: ShouldStop
) -> NDArray[Any]:
    prepared = [encoded.preparation(rows, model) for rows in sets]
    inputs = [preparation.inputs(rows) for preparation, rows in zip(prepared, sets, strict=True)]
    targets, undo = zip(*(_centered(encoded.dataset, rows) for rows in sets), strict=True)
    networks = [clone(model.estimator).set_params(random_state=seed) for seed in seeds]
    with one_thread("blas"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Training that stopped early shows in the bias.
        nn.fit_stack(networks, inputs, list(targets), should_stop=should_stop)
        return np.stack(
            [
                back(net.predict(preparation.inputs(new_rows)))
                for net, preparation, back in zip(networks, prepared, undo, strict=True)
            ]
        )


def _centered(dataset: Dataset, rows: Rows) -> tuple[NDArray[Any], Callable[[NDArray[Any]], NDArray[Any]]]:
    """Return the targets of a training set as the network learns them, and how to undo that."""
    y = dataset.y[rows]
    if dataset.task == "classification":
        return y, lambda predicted: predicted
    mean, spread = float(y.mean()), float(y.std()) or 1.0
    return (y - mean) / spread, lambda predicted: predicted.astype(np.float64) * spread + mean
