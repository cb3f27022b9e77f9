"""Fit the constants of dldiag.forecast on published curves: least absolute deviations, spread, residual quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from bench.lcdb_curves import FACTORS, Case
from dldiag.experiments.forecast.curve import Curve, read_curve, rises
from dldiag.experiments.forecast.outlook import SPREAD, WITH_TRAIN, WITHOUT_TRAIN, describe, spread_terms

Floats = NDArray[np.float64]

LEVELS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99)
FOLDS = 10
RIDGE = 1e-3
NEAR_ZERO = 2e-3  # residuals below this count alike in the reweighting
ROUNDS = 60
VARIANTS = {  # name: features of the drop, noise from repeats?
    "train, repeats": (WITH_TRAIN, True),
    "train": (WITH_TRAIN, False),
    "repeats": (WITHOUT_TRAIN, True),
    "": (WITHOUT_TRAIN, False),
}


@dataclass(frozen=True, eq=False)
class Rows:
    """Cases as arrays: features {name: (cases, factors)}, what came true, and the dataset of each."""

    features: dict[str, Floats]
    noise: dict[bool, Floats]  # from the repeats (True), or read off the mean curve (False)
    now: Floats
    later: Floats  # (cases, factors)
    last: Floats
    dataset: NDArray[np.int64]


def rows_of(cases: list[Case]) -> Rows:
    """Describe every case whose curve behaves; on the others the forecast abstains."""
    cases = [case for case in cases if rises(case.curve) is None]
    described = [describe(case.curve, np.array(FACTORS)) for case in cases]
    single = [read_curve(c.curve.sizes, c.curve.dev) for c in cases]
    return Rows(
        {name: np.array([d[name] for d in described]) for name in WITH_TRAIN},
        {True: np.array([case.curve.noise for case in cases]), False: np.array([curve.noise for curve in single])},
        np.array([case.now for case in cases]),
        np.array([case.later for case in cases]),
        np.array([case.curve.last for case in cases]),
        np.array([case.dataset for case in cases]),
    )


def fit_constants(rows: Rows) -> dict[str, Any]:
    """Return the constants: per variant and factor the weights of the drop, the spread, and residual quantiles."""
    return {
        "levels": list(LEVELS),
        "outlooks": {
            name: {f"{factor:g}": _fit_one(rows, j, *variant) for j, factor in enumerate(FACTORS)}
            for name, variant in VARIANTS.items()
        },
    }


def _fit_one(rows: Rows, j: int, names: tuple[str, ...], repeats: bool) -> dict[str, Any]:
    known = np.isfinite(rows.later[:, j])
    X = np.stack([rows.features[name][known, j] for name in names], axis=1)
    drop = (rows.last - rows.later[:, j])[known]
    gain = (rows.now - rows.later[:, j])[known]
    fold = fold_of(rows.dataset[known])
    left_out = np.array([least_absolute(X[fold != k], drop[fold != k]) for k in range(FOLDS)])
    predicted = np.sum(X * left_out[fold], axis=1)
    terms = _terms(rows.last[known], rows.noise[repeats][known], predicted)
    spread = _fit_spread(terms, np.abs(drop - predicted))
    scale = terms @ spread
    return {
        "drop": _named(names, least_absolute(X, drop)),
        "spread": _named(SPREAD, spread),
        "drop_residuals": _quantiles((drop - predicted) / scale),
        "gain_residuals": _quantiles((gain - predicted) / scale),
    }


def _terms(last: Floats, noise: Floats, drop: Floats) -> Floats:
    blank = np.empty(0)
    curves = (Curve(blank, np.array([e]), None, 1, s) for e, s in zip(last, noise, strict=True))
    return np.concatenate([spread_terms(curve, np.array([d])) for curve, d in zip(curves, drop, strict=True)])


def fold_of(datasets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the fold of each dataset: all curves of a dataset are left out together."""
    ids = np.unique(datasets)
    folds = np.random.default_rng(0).permutation(len(ids)) % FOLDS
    return folds[np.searchsorted(ids, datasets)]


def least_absolute(X: Floats, y: Floats) -> Floats:
    """Return weights w that minimize sum |y − Xw|, by reweighted least squares with a little ridge."""
    size = X.std(axis=0) ** 2 + 1e-12
    w = np.zeros(X.shape[1])
    for _ in range(ROUNDS):
        weight = 1 / np.maximum(np.abs(y - X @ w), NEAR_ZERO)
        weighted = X * weight[:, None]
        w = np.linalg.solve(weighted.T @ X + RIDGE * len(y) * np.median(weight) * np.diag(size), weighted.T @ y)
    return w


def _fit_spread(terms: Floats, away: Floats) -> Floats:
    """Return c >= 0 so that terms·c is the expected absolute residual, in relative terms."""
    scale = np.full(len(away), away.mean())
    for _ in range(8):
        c, _ = nnls(terms / scale[:, None], away / scale)
        scale = np.maximum(terms @ c, 1e-3)
    return c


def _named(names: tuple[str, ...], values: Floats) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in zip(names, values, strict=True)}


def _quantiles(residuals: Floats) -> list[float]:
    return [round(float(q), 3) for q in np.quantile(residuals, LEVELS)]
