"""Split optimism: score a quick model on random rows and on whole blocks, to see what a random split leaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

from dldiag.core.types import Dataset

ROWS = 1_500  # At most this many rows are used, in whole blocks.
FOLDS = 4
_FORWARD = 0.7  # Share of the rows, in order, that the model trains on when later rows score it.
_TREES = 10
FEATURES = 24  # At most this many columns are used, spread over the table.
NORMAL_95 = float(stats.norm.ppf(0.95))  # A one-sided 95% bound lies this many standard errors away.


@dataclass(frozen=True)
class Optimism:
    """Error of a quick model on random rows and on whole blocks, in the error unit; `baseline` is that of no model."""

    random_error: float
    block_error: float
    baseline: float
    at_least: float  # One-sided 95% lower bound of block error − random error.
    skill_at_least: float  # One-sided 95% lower bound of baseline − random error.

    @property
    def skill_lost(self) -> float:
        """Share of the apparent skill that is lost on whole blocks: 0 none, 1 all of it."""
        return self.lost(self.block_error)

    def lost(self, error: float) -> float:
        """Return the share of the skill that is gone when this is the error; a skill that is not shown cannot be lost."""
        skill = self.baseline - self.random_error
        return float(np.clip((error - self.random_error) / skill, 0.0, 1.0)) if self.skill_at_least > 0 else 0.0


def optimism(
    dataset: Dataset, blocks: NDArray[np.int64], *, left_out: str = "", thin: bool = False, seed: int = 0
) -> Optimism | None:
    """Compare random rows with whole blocks on up to ROWS rows; None when there is nothing to compare with.

    A larger table gives some whole blocks, or, when `thin`, some rows of every block.
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(len(blocks))[:ROWS]) if thin else _whole_blocks(blocks, rng)
    codes = np.unique(blocks[rows], return_inverse=True)[1]
    names = [name for name in dataset.X.columns if name != left_out]
    if not names or codes.max(initial=0) + 1 < 2 * FOLDS:
        return None
    X = _as_numbers(dataset.X[names[:: max(1, len(names) // FEATURES)]].iloc[rows])
    y = dataset.y[rows]
    by_row = _losses(X, y, dataset.task, rng.permutation(len(rows)) % FOLDS, seed)
    by_block = _losses(X, y, dataset.task, (rng.permutation(codes.max() + 1) % FOLDS)[codes], seed)
    return _compared(by_row, by_block, codes, y, dataset.task)


def forward_error(dataset: Dataset, order: NDArray[np.int64], seed: int = 0) -> float:
    """Return the error of a quick model on the last rows of an order, learned from the rows before them."""
    rows = order[:: 1 + len(order) // ROWS]
    names = list(dataset.X.columns)
    X = _as_numbers(dataset.X[names[:: max(1, len(names) // FEATURES)]].iloc[rows])
    y = dataset.y[rows]
    later = np.arange(len(rows)) >= _FORWARD * len(rows)
    answer = _model(dataset.task, seed).fit(X[~later], y[~later]).predict(X[later])
    if dataset.task == "classification":
        return float((answer != y[later]).mean())
    return float(np.sqrt(((answer - y[later]) ** 2).mean())) / (float(np.std(y)) or 1.0)


def _model(task: str, seed: int) -> Any:
    model_class = ExtraTreesClassifier if task == "classification" else ExtraTreesRegressor
    return model_class(_TREES, min_samples_leaf=2, max_features=0.5, random_state=seed, n_jobs=1)


def _whole_blocks(blocks: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return rows of randomly chosen blocks, in the order of the file, up to ROWS."""
    if len(blocks) <= ROWS:
        return np.arange(len(blocks))
    order = rng.permutation(int(blocks.max()) + 1)
    taken = np.cumsum(np.bincount(blocks)[order]) <= ROWS
    return np.flatnonzero(np.isin(blocks, order[taken]))


def _as_numbers(X: pd.DataFrame) -> NDArray[np.float32]:
    """Return a matrix for trees: numbers with missing as the median, texts as codes."""
    columns = []
    for name in X.columns:
        values = X[name]
        numbers = values if values.dtype.kind in "fiu" else pd.Series(pd.factorize(values)[0]).astype(float)
        middle = numbers.median()
        columns.append(numbers.fillna(0.0 if pd.isna(middle) else middle).to_numpy(dtype=float))
    return np.asarray(np.clip(np.column_stack(columns), -1e30, 1e30), dtype=np.float32)


def _losses(
    X: NDArray[np.float32], y: NDArray[Any], task: str, folds: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """Return the loss of each row when its fold was not learned from: 0/1, or squared error."""
    losses = np.zeros(len(y))
    for fold in range(FOLDS):
        held = folds == fold
        if not held.any() or held.all():
            continue
        answer = _model(task, seed).fit(X[~held], y[~held]).predict(X[held])
        losses[held] = answer != y[held] if task == "classification" else (answer - y[held]) ** 2
    return losses


def _compared(
    by_row: NDArray[np.float64], by_block: NDArray[np.float64], blocks: NDArray[np.int64], y: NDArray[Any], task: str
) -> Optimism:
    """Put the losses into the error unit; the interval of a difference takes blocks as the units."""
    by_none = (y != np.bincount(y).argmax()).astype(float) if task == "classification" else (y - y.mean()) ** 2
    lost, skill = _surely_above(by_block - by_row, blocks), _surely_above(by_none - by_row, blocks)
    random_error, block_error, baseline = (float(losses.mean()) for losses in (by_row, by_block, by_none))
    if task == "classification":
        return Optimism(random_error, block_error, baseline, lost, skill)
    scale = float(np.std(y)) or 1.0
    random_error, block_error = (float(np.sqrt(mean)) / scale for mean in (random_error, block_error))

    # Roots differ by the difference of their squares, divided by their sum.
    def of_roots(difference: float, error: float) -> float:
        return difference / (scale * scale * max(random_error + error, 1e-9))

    return Optimism(random_error, block_error, 1.0, of_roots(lost, block_error), of_roots(skill, 1.0))


def _surely_above(differences: NDArray[np.float64], blocks: NDArray[np.int64]) -> float:
    """Return the one-sided 95% bound of a mean difference of losses, blocks being the units."""
    sums, sizes = np.bincount(blocks, weights=differences), np.bincount(blocks)
    mean = float(sums.sum() / sizes.sum())
    return mean - NORMAL_95 * float(np.sqrt(((sums - mean * sizes) ** 2).sum())) / float(sizes.sum())
