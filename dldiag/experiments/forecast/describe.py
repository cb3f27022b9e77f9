"""Features of a learning curve: differences of errors, so that a forecast scales with the curve."""

from __future__ import annotations

import numpy as np

from dldiag.core.types import Floats
from dldiag.experiments.forecast.curve import Curve
from dldiag.experiments.forecast.families import FAMILIES, extrapolate

WITHOUT_TRAIN = ("last", "fell_over_2", "fell_over_4", "fell_over_16", "pow4", "mmf4")
WITH_TRAIN = (*WITHOUT_TRAIN, "gap", "train_rose_over_4", "train_rose_over_16")
SPREAD = ("last", "root", "noise", "drop")
ROOT_OF = 0.02  # `root` is √(last · 2 points): rates spread less than in proportion to their size


def spread_terms(curve: Curve, drop: Floats) -> Floats:
    """Return the terms that the spread of the forecast is made of, (factors, terms), for the drops foreseen."""
    last = max(curve.last, ROOT_OF / 2)
    same = np.ones_like(drop)
    return np.stack([last * same, np.sqrt(last * ROOT_OF) * same, curve.noise * same, np.maximum(drop, 0)], axis=1)


def describe(curve: Curve, factors: Floats) -> dict[str, Floats]:
    """Return {feature: (factors,)}, each in the error unit.

    `last`: the dev error at the largest size; `fell_over_m`: how much it fell since 1/m of the rows; a family: the fall
    it foresees; `gap`: dev − training error; `train_rose_over_m`: how much the training error rose since 1/m.
    """
    same = np.ones_like(factors)
    features = {"last": curve.last * same}
    for m in (2, 4, 16):
        features[f"fell_over_{m}"] = _change(curve, curve.dev, m) * same
    for name, shapes in FAMILIES.items():
        features[name] = curve.last - extrapolate(shapes, curve.sizes, curve.dev, factors)
    if curve.train is not None:
        features["gap"] = (curve.last - curve.train[-1]) * same
        for m in (4, 16):
            features[f"train_rose_over_{m}"] = -_change(curve, curve.train, m) * same
    return features


def _change(curve: Curve, errors: Floats, m: int) -> float:
    """Return how much the errors fell over the last factor m of rows (since the smallest size if that is later)."""
    earlier = np.interp(np.log(curve.rows / m), np.log(curve.sizes), errors)
    return float(earlier - errors[-1])
