"""Scales of the features, extreme values, and the tail of a numeric target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import skew

from dldiag.core.types import Dataset

IQR_OF_NORMAL = 1.349  # A normal column's interquartile range is this many standard deviations.
# Extreme values are this many robust standard deviations from the median; long natural tails stay below (own choice).
EXTREME = 20.0
EXTREME_SHARE = 0.01  # If a larger share of the rows is that far out, they are a tail and no outliers (own choice).
LONG_TAIL = 2.0  # From this skewness of the target on a logarithm is offered (1 is commonly called high).
TAIL_CURED = 0.5  # Share of the skewness that the logarithm must remove.


@dataclass(frozen=True)
class Outlier:
    """A column with a few extreme values: how many cells, and how far the furthest is from the median.

    `deviations` is in robust standard deviations (interquartile range / 1.349).
    """

    column: str
    cells: int
    deviations: float
    example: float


@dataclass(frozen=True)
class Scales:
    """How differently the number columns are scaled, before any standardizing."""

    ratio: float  # The largest standard deviation divided by the smallest.
    largest: str  # The column with the largest standard deviation.
    smallest: str
    furthest: float  # The largest absolute value.
    numbers: int  # How many columns were compared.


def scales(dataset: Dataset) -> Scales:
    """Return the scales of the number columns."""
    deviations = {name: float(np.nanstd(values)) for name, values in _numbers(dataset).items()}
    varying = {name: value for name, value in deviations.items() if value > 0 and np.isfinite(value)}
    if not varying:
        return Scales(1.0, "", "", 0.0, 0)
    largest, smallest = max(varying, key=lambda n: varying[n]), min(varying, key=lambda n: varying[n])
    furthest = max(float(np.nanmax(np.abs(values))) for values in _numbers(dataset).values())
    return Scales(varying[largest] / varying[smallest], largest, smallest, furthest, len(varying))


def outliers(dataset: Dataset) -> tuple[Outlier, ...]:
    """Return the columns with a few extreme values, the most extreme first."""
    found = [_outlier(name, values) for name, values in _numbers(dataset).items()]
    return tuple(sorted((one for one in found if one), key=lambda one: -one.deviations))


def tail(dataset: Dataset) -> tuple[float, bool]:
    """Return the skewness of a numeric target, and whether its logarithm would cure a long tail."""
    if dataset.task != "regression":
        return 0.0, False
    skewness = float(skew(dataset.y))
    if skewness < LONG_TAIL or dataset.y.min() < 0:
        return skewness, False
    logged = np.log1p(dataset.y) if dataset.y.min() == 0 else np.log(dataset.y)
    return skewness, bool(abs(float(skew(logged))) < TAIL_CURED * skewness)


def _numbers(dataset: Dataset) -> dict[str, NDArray[np.float64]]:
    return {c.name: dataset.X[c.name].to_numpy(dtype=float) for c in dataset.columns if c.kind == "number"}


def _outlier(name: str, values: NDArray[np.float64]) -> Outlier | None:
    present = values[np.isfinite(values)]
    low, middle, high = np.quantile(present, [0.25, 0.5, 0.75]) if len(present) else (0.0, 0.0, 0.0)
    if high <= low:
        return None
    distance = np.abs(present - middle) / ((high - low) / IQR_OF_NORMAL)
    cells = int((distance > EXTREME).sum())
    if not 0 < cells <= EXTREME_SHARE * len(present):
        return None
    return Outlier(name, cells, float(distance.max()), float(present[int(distance.argmax())]))
