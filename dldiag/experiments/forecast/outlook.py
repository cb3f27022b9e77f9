"""Features of a learning curve, the fitted constants, and the distribution of the drop in error that they foresee."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtri

from dldiag.core.types import Floats
from dldiag.experiments.forecast.curve import Curve
from dldiag.experiments.forecast.families import FAMILIES, extrapolate

CONSTANTS = Path(__file__).with_name("constants.json")
LATER_SHARE = 0.7  # Beyond 10x, each doubling gains at most this share of the one before, as a power law n^-0.5 does.
WITHOUT_TRAIN = ("last", "fell_over_2", "fell_over_4", "fell_over_16", "pow4", "mmf4")
WITH_TRAIN = (*WITHOUT_TRAIN, "gap", "train_rose_over_4", "train_rose_over_16")
SPREAD = ("last", "root", "noise", "drop")
ROOT_OF = 0.02  # The term `root` is √(last · 2 points): rates spread less than in proportion to their size.


@dataclass(frozen=True, eq=False)
class Outlook:
    """What is foreseen at the fitted factors of the rows.

    factors: (f,), increasing from 1; drop: (f,) fall of the error below the last one seen; drop_quantiles and
    gain_quantiles: (f, levels), of that fall and of the fall below the true error at the last size.
    """

    factors: Floats
    drop: Floats
    levels: Floats
    drop_quantiles: Floats
    gain_quantiles: Floats

    def at(self, factor: float) -> tuple[float, Floats, Floats]:
        """Return drop, drop quantiles and gain quantiles at any factor of the rows, 1 or more."""
        return (
            float(_between(self.factors, self.drop[:, None], factor)[0]),
            _between(self.factors, self.drop_quantiles, factor),
            _between(self.factors, self.gain_quantiles, factor),
        )


@cache
def constants() -> dict[str, Any]:
    """Read the constants that `python -m bench.forecast --fit` wrote."""
    return dict(json.loads(CONSTANTS.read_text(encoding="utf-8")))


def look_ahead(curve: Curve, fitted: dict[str, Any] | None = None) -> Outlook:
    """Return what the fitted constants foresee for this curve."""
    fitted = fitted or constants()
    table = fitted["outlooks"][_variant(curve)]
    factors = np.array([float(key) for key in table])
    rows = list(table.values())
    features = describe(curve, factors)
    drop = np.array([sum(w * features[name][j] for name, w in row["drop"].items()) for j, row in enumerate(rows)])
    scale = np.sum(spread_terms(curve, drop) * [list(row["spread"].values()) for row in rows], axis=1)
    quantiles = [
        drop[:, None] + scale[:, None] * np.array([row[kind] for row in rows])
        for kind in ("drop_residuals", "gain_residuals")
    ]
    levels = np.array(fitted["levels"])
    return Outlook(
        np.concatenate([[1.0], factors]),
        np.maximum.accumulate(np.concatenate([[0.0 if drop[0] > 0 else drop[0]], drop])),
        levels,
        *(_from_now(q, curve.noise, levels) for q in quantiles),
    )


def _variant(curve: Curve) -> str:
    parts = ["train"] * (curve.train is not None) + ["repeats"] * (curve.repeats > 1)
    return ", ".join(parts)


def _from_now(quantiles: Floats, noise: float, levels: Floats) -> Floats:
    """Put the quantiles at factor 1 in front: nothing but the noise of the last error."""
    return np.concatenate([noise * ndtri(levels)[None], quantiles])


def _between(factors: Floats, values: Floats, factor: float) -> Floats:
    """Interpolate rows of values in log factor; beyond the last, go on at LATER_SHARE per doubling."""
    x, doublings_known = np.log2(factor), np.log2(factors)
    if x <= doublings_known[-1]:
        right = min(max(int(np.searchsorted(doublings_known, x)), 1), len(doublings_known) - 1)
        share = (x - doublings_known[right - 1]) / (doublings_known[right] - doublings_known[right - 1])
        return np.asarray(values[right - 1] + share * (values[right] - values[right - 1]))
    slope = (values[-1] - values[-2]) / (doublings_known[-1] - doublings_known[-2])
    doublings = (1 - LATER_SHARE ** (x - doublings_known[-1])) / -np.log(LATER_SHARE)
    return np.asarray(values[-1] + slope * doublings)


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
