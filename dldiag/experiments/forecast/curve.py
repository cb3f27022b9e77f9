"""One learning curve as the forecast sees it: a mean error per size, its noise, and how well it behaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dldiag.core.types import Floats

RECENT = 4.0  # Noise is measured on the sizes within this factor of the largest, where the forecast starts.
RISEN = 0.01  # Error unit: how far the last error must lie above an earlier one to count as a rise.
RISEN_IN_NOISE = 1.5  # The same in standard errors of a difference (chosen on LCDB, docs/forecast.md).
HUMP = 0.05  # Error unit: how far the error must rise and fall again to count as a hump.
HUMP_IN_NOISE = 2.0  # The same in standard errors of a difference.
SMALLEST_NOISE = 1e-4  # Error unit: no curve is known more precisely.


@dataclass(frozen=True, eq=False)
class Curve:
    """Mean errors on increasing sizes.

    sizes, dev: (k,); train: (k,) or None when unknown. `noise` is the standard error of one mean dev error, from the
    repeats when there are two or more, else from the roughness of the curve.
    """

    sizes: Floats
    dev: Floats
    train: Floats | None
    repeats: int
    noise: float

    @property
    def rows(self) -> float:
        """The largest number of training rows with a known error."""
        return float(self.sizes[-1])

    @property
    def last(self) -> float:
        """The dev error at the largest size."""
        return float(self.dev[-1])


def read_curve(
    sizes: ArrayLike, dev_errors: ArrayLike, train_errors: ArrayLike | None = None, highest: float = np.inf
) -> Curve:
    """Average the repeats of each size, leaving out what is not known, in increasing order of size.

    sizes: (k,) above 0, where one that comes twice is a repeat; dev_errors, train_errors: (k,) or (k, repeats), NaN where
    unknown. Raises ValueError when the shapes disagree, a size is not above 0, or an error is not from 0 to `highest`.
    """
    rows = np.asarray(sizes, dtype=float)
    if rows.ndim != 1 or not np.all((rows > 0) & np.isfinite(rows)):
        raise ValueError("sizes must be one row of numbers above 0")
    dev = _by_size(rows, _two_dimensional(dev_errors, len(rows), highest))
    train = None if train_errors is None else _by_size(rows, _two_dimensional(train_errors, len(rows), highest))
    finite: NDArray[np.bool_] = np.asarray(np.isfinite(dev).any(axis=1))
    rows, dev = np.unique(rows)[finite], dev[finite]
    means = _mean_by_row(dev)
    return Curve(
        sizes=rows,
        dev=means,
        train=None if train is None else _train_means(train[finite]),
        repeats=int(np.isfinite(dev).sum(axis=1).max(initial=0)),
        noise=_noise(rows, dev, means),
    )


def rises(curve: Curve) -> str | None:
    """Say how the error rises with more rows: "now" (it is above where it was), "before" (it went up and down) or None.

    A rise counts when it is material and beyond the noise of a difference of two errors.
    """
    rise = curve.dev - np.minimum.accumulate(curve.dev)
    in_noise = rise / (np.sqrt(2) * curve.noise)
    if rise[-1] > RISEN and in_noise[-1] > RISEN_IN_NOISE:
        return "now"
    return "before" if rise.max() > HUMP and in_noise.max() > HUMP_IN_NOISE else None


def check_errors(errors: Floats, highest: float) -> None:
    """Raise ValueError for an impossible error: below 0, infinite, or above the highest possible. NaN is unknown."""
    wrong = errors[(errors < 0) | np.isinf(errors) | (errors > highest)]
    if wrong.size and highest == 1:
        raise ValueError(f"an error rate is between 0 and 1, not {wrong[0]:g}; write 15% as 0.15, or say unit='sd'")
    if wrong.size:
        raise ValueError(f"an error is a number not below 0, not {wrong[0]:g}")


def _two_dimensional(errors: ArrayLike, sizes: int, highest: float) -> Floats:
    table = np.asarray(errors, dtype=float)
    if table.ndim not in (1, 2) or len(table) != sizes:
        raise ValueError(f"errors of shape {table.shape} do not go with {sizes} sizes")
    check_errors(table, highest)
    return table[:, None] if table.ndim == 1 else table


def _by_size(rows: Floats, table: Floats) -> Floats:
    """Return the errors of each different size, increasing, on one row: those of a size that comes twice side by side."""
    groups = [table[rows == size].ravel() for size in np.unique(rows)]
    most = max(map(len, groups), default=0)
    filled = [np.pad(errors, (0, most - len(errors)), constant_values=np.nan) for errors in groups]
    return np.array(filled).reshape(len(groups), most)


def _mean_by_row(table: Floats) -> Floats:
    finite = np.isfinite(table)
    return np.asarray(np.where(finite, table, 0.0).sum(axis=1) / np.maximum(finite.sum(axis=1), 1))


def _train_means(train: Floats) -> Floats | None:
    return _mean_by_row(train) if np.isfinite(train).any(axis=1).all() else None


def _noise(rows: Floats, dev: Floats, means: Floats) -> float:
    recent = rows >= rows.max(initial=0.0) / RECENT
    counts = np.isfinite(dev).sum(axis=1)
    usable = recent & (counts >= 2)
    if usable.any():
        squares = np.nansum((dev[usable] - means[usable, None]) ** 2, axis=1) / (counts[usable] - 1)
        return max(float(np.sqrt(np.mean(squares / counts[usable]))), SMALLEST_NOISE)
    return max(_roughness(rows, means), SMALLEST_NOISE)


def _roughness(rows: Floats, means: Floats) -> float:
    """Return the spread of each point about the line through its neighbors, in log rows."""
    if len(rows) < 3:
        return 0.0
    x = np.log(rows)
    share = (x[1:-1] - x[:-2]) / np.maximum(x[2:] - x[:-2], 1e-12)
    away = means[1:-1] - (1 - share) * means[:-2] - share * means[2:]
    return float(np.sqrt(np.mean(away**2 / (1 + share**2 + (1 - share) ** 2))))
