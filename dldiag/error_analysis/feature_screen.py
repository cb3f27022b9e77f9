"""Screen for features that a model lacks: what its out-of-sample residuals are still associated with.

Nothing is fitted. The residuals of the dev rows are freed of what is linear in the features; then interactions, ratios,
bends and cycles are tested against them, at a level that holds for all of them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dldiag.core.statistics import Z_TWO_SIDED
from dldiag.core.types import Floats
from dldiag.data.encode import Matrix
from dldiag.error_analysis.row_losses import ErrorCase, RowLosses
from dldiag.experiments.added_features import ADDED, KNOTS, period_of

FAMILY_LEVEL = 0.01  # Probability that one feature or more is found by chance.
_MOST_ROWS = 5_000  # Rows screened at most, drawn at random.
_MOST_FEATURES = 200  # Features combined at most, the first ones.
MOST_RATIOS = 25  # Numeric features that are divided by each other.
MOST_FOUND = 4  # Features found at most in one table.
SPLINE_BINS = 8  # Bins whose mean residuals are compared.
LEAST_SCREENED = 100  # Least rows for the screen.
FARTHEST = 5.0  # In standard deviations; values beyond are clipped, so that no single row makes a feature.
CLOSER_LOOKS = 10  # Interactions compared again without their linear part.
MOST_LINEAR = 3  # With fewer rows per known column, residuals are not freed of the linear part.
_LEAST_DISTINCT = 12  # Distinct values a feature needs to be tested for a bend.
_SMALL = 1e-9


@dataclass(frozen=True)
class FoundFeature:
    """A feature that the residuals are associated with: how it is written, by how many standard errors, and how many it took."""

    text: str
    z: float
    cut: float


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A feature that may be found: how it is written, its |z|, and its values (rows, columns)."""

    text: str
    z: float
    values: Floats


def screen_features(
    case: ErrorCase, folded: RowLosses, matrix: Matrix, *, learner: tuple[ErrorCase, RowLosses] | None = None
) -> list[FoundFeature]:
    """Return the features that would explain residuals of the dev rows, the clearest first, each given those before it.

    learner: another model's predictions for the same rows, which may have learned what that of `case` lacks: features that its
    residuals do not go with at 90% confidence are left out, and bends of single features, which it makes for itself.
    """
    if len(folded) < LEAST_SCREENED or not matrix.source:
        return []
    sample = np.sort(np.random.default_rng([case.seed, 8]).permutation(len(folded))[:_MOST_ROWS])
    table = _ScreenedTable.of(matrix, folded.rows[sample], learner is not None)
    residuals = table.freed(_residuals(case, folded)[sample])
    to_learn = None if learner is None else _residuals(*learner)[sample]
    shrink = 1.0 if case.clusters is None else _share_of_different(case.clusters[folded.rows[sample]])
    root = float(np.sqrt(shrink))
    cut = float(stats.norm.isf(FAMILY_LEVEL / 2 / max(1, table.tests * residuals.shape[1])))
    features: dict[FoundFeature, bool] = {}  # Whether the learner, too, lacks it.
    while len(features) < MOST_FOUND:
        clear = [candidate for candidate in table.candidates(residuals) if candidate.z * root > cut]
        best = max(clear, key=lambda one: _explained(table.freed(one.values), residuals), default=None)
        if best is None or best.text in [feature.text for feature in features]:
            break
        z = np.inf if to_learn is None else _z_of_columns(table.freed(best.values), table.freed(to_learn)).max()
        features[FoundFeature(best.text, best.z * root, cut)] = bool(z * root > Z_TWO_SIDED)
        table = table.with_linear(best.values)
        residuals = table.freed(residuals)
    return [feature for feature, is_lacking in features.items() if is_lacking]


def _residuals(case: ErrorCase, folded: RowLosses) -> Floats:
    """Return what the predictions leave: (rows, 1) of numbers or two classes, (rows, K) of more."""
    if case.task == "regression":
        return np.asarray((folded.y - folded.predicted) / case.scale)[:, None]
    classes = np.arange(len(case.classes))
    expected = folded.proba if folded.proba is not None else (folded.predicted[:, None] == classes).astype(float)
    left = (folded.y[:, None] == classes) - expected
    return np.asarray(left[:, 1:] if len(classes) == 2 else left)


def _explained(columns: Floats, residuals: Floats) -> float:
    """Return how much of the residuals' squares these columns explain, less what as many columns of noise would."""
    U, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    U = U[:, sizes > _SMALL * max(float(sizes[0]), _SMALL)]
    gained = np.square(U.T @ residuals).sum(axis=0) - U.shape[1] * np.square(residuals).mean(axis=0)
    return float(gained.max())


def _share_of_different(clusters: NDArray[np.int64]) -> float:
    return len(np.unique(clusters)) / len(clusters)


@dataclass(frozen=True, eq=False)
class _ScreenedTable:
    """Standardized features of the screened rows; raw: their values; linear: an intercept and all columns that are known."""

    names: tuple[str, ...]
    source: NDArray[np.int64]
    measured: NDArray[np.bool_]
    raw: Floats
    Z: Floats
    linear: Floats
    only_pairs: bool

    @classmethod
    def of(cls, matrix: Matrix, rows: NDArray[np.int64], only_pairs: bool) -> _ScreenedTable:
        raw = matrix.values[rows][:, :_MOST_FEATURES]
        Z = _standardized(raw)
        used = np.flatnonzero(Z.std(axis=0) > _SMALL)
        intercept = np.ones((len(rows), 1))
        return cls(
            tuple(matrix.names[j] for j in used), np.array(matrix.source)[used], matrix.measured[used], raw[:, used],
            Z[:, used], np.hstack([intercept, Z[:, used]]), only_pairs,
        )  # fmt: skip

    def with_linear(self, columns: Floats) -> _ScreenedTable:
        """Return the table with more columns whose linear effect is known."""
        linear = np.hstack([self.linear, _standardized(columns)])
        return replace(self, linear=linear)

    @cached_property
    def _basis(self) -> Floats | None:
        """Orthonormal columns that span what is linear; None where columns are too many to be freed of it."""
        if MOST_LINEAR * self.linear.shape[1] > len(self.linear):
            return None
        U, sizes, _ = np.linalg.svd(self.linear, full_matrices=False)
        return np.asarray(U[:, sizes > _SMALL * sizes[0]])

    def freed(self, columns: Floats) -> Floats:
        """Return columns without what is linear in the known ones."""
        if self._basis is None:
            return np.asarray(columns - columns.mean(axis=0))
        return np.asarray(columns - self._basis @ (self._basis.T @ columns))

    @property
    def tests(self) -> int:
        """How many candidates are tested."""
        d, r, bent = len(self.names), len(self._divided()), len(self._bent())
        return d * (d - 1) // 2 + r * len(self._divisors()) + bent

    def candidates(self, residuals: Floats) -> Iterator[_Candidate]:
        """Yield the clearest candidate of every kind."""
        if len(self.names) == 0:
            return
        yield from self._products(residuals)
        yield from self._ratios(residuals)
        yield from self._bends(residuals)

    def _products(self, residuals: Floats) -> Iterator[_Candidate]:
        mean = self.Z.T @ self.Z / len(self.Z)
        z = np.max([_z_of_products(self.Z, mean, residuals[:, k]) for k in range(residuals.shape[1])], axis=0)
        z[(self.source[:, None] == self.source) | np.tri(len(z), dtype=bool)] = 0.0
        i, j = np.unravel_index(np.argsort(-z, axis=None)[:CLOSER_LOOKS], z.shape)
        products = self.Z[:, i] * self.Z[:, j]
        exact = _z_of_columns(self.freed(products), residuals)
        for k in range(len(i)):
            text = ADDED["product"].written(self.names[i[k]], self.names[j[k]])
            yield _Candidate(text, float(exact[k]), products[:, [k]])

    def _divided(self) -> list[int]:
        """Return the features with a scale that may be divided, without those that tell what is missing."""
        numbers = [j for j in np.flatnonzero(self.measured) if not self.names[j].endswith(" missing")]
        return [int(j) for j in numbers[:MOST_RATIOS]]

    def _divisors(self) -> list[int]:
        """Return the features that have one sign and stay away from 0."""
        return [j for j in self._divided() if np.nanmin(self.raw[:, j]) > 0 or np.nanmax(self.raw[:, j]) < 0]

    def _ratios(self, residuals: Floats) -> Iterator[_Candidate]:
        above, features = self._divided(), []
        for j in self._divisors():
            ratios = _standardized(self.raw[:, above] / self.raw[:, [j]])
            z = _z_of_columns(self.freed(ratios), residuals)
            z[np.array(above) == j] = 0.0
            i = int(z.argmax())
            features.append(
                _Candidate(ADDED["ratio"].written(self.names[above[i]], self.names[j]), float(z[i]), ratios[:, [i]])
            )
        yield from features

    def _bent(self) -> list[int]:
        if self.only_pairs:
            return []
        return [int(j) for j in np.flatnonzero(self.measured) if len(np.unique(self.Z[:, j])) >= _LEAST_DISTINCT]

    def _bends(self, residuals: Floats) -> Iterator[_Candidate]:
        for j in self._bent():
            values = self.Z[:, j]
            period = period_of(self.names[j])
            if period:
                angle = 2 * np.pi * np.nan_to_num(self.raw[:, j]) / period
                basis = np.column_stack([np.sin(angle), np.cos(angle)])
                yield _Candidate(ADDED["cycle"].written(self.names[j]), _z_of_basis(basis, residuals), basis)
                continue
            bins = np.searchsorted(np.unique(np.quantile(values, np.arange(1, SPLINE_BINS) / SPLINE_BINS)), values)
            steps = (bins[:, None] == np.unique(bins)[1:]).astype(float)
            hinges = np.maximum(values[:, None] - np.quantile(values, KNOTS), 0.0)
            yield _Candidate(ADDED["spline"].written(self.names[j]), _z_of_basis(steps, residuals), hinges)


def _standardized(values: Floats) -> Floats:
    """Return columns with mean 0 and spread 1, gaps at the median, cut at FARTHEST."""
    with np.errstate(all="ignore"):
        filled = np.where(np.isfinite(values), values, np.nan)
        middle = np.zeros(values.shape[1])
        some = np.isfinite(filled).any(axis=0)
        # Both give the same number; this one is faster.
        median = np.nanmedian if np.isnan(filled[:, some]).any() else np.median
        middle[some] = median(filled[:, some], axis=0)
        filled = np.where(np.isnan(filled), middle, filled)
        Z = np.clip((filled - filled.mean(axis=0)) / np.maximum(filled.std(axis=0), _SMALL), -FARTHEST, FARTHEST)
    return np.asarray(Z - Z.mean(axis=0))


def _z_of_products(Z: Floats, mean: Floats, residual: Floats) -> Floats:
    """Return |z| of the covariance of the residual with every product of two columns: (d, d)."""
    square = np.square(residual)
    total = (Z * residual[:, None]).T @ Z
    first = (Z * square[:, None]).T @ Z
    variance = (np.square(Z) * square[:, None]).T @ np.square(Z) - 2 * mean * first + np.square(mean) * square.sum()
    return np.asarray(np.abs(total - mean * residual.sum()) / np.sqrt(np.maximum(variance, _SMALL)))


def _z_of_columns(columns: Floats, residuals: Floats) -> Floats:
    """Return |z| of the covariance of every column with the residual where it is clearest."""
    variance = np.square(columns).T @ np.square(residuals)
    z: Floats = (np.abs(columns.T @ residuals) / np.sqrt(np.maximum(variance, _SMALL))).max(axis=1)
    return z


def _z_of_basis(basis: Floats, residuals: Floats) -> float:
    """Return |z| as clear as the χ² of the residual on all columns of a basis, for the residual where it is clearest."""
    centered = basis - basis.mean(axis=0)
    per_basis = []
    for residual in residuals.T:
        scores = centered.T @ residual
        spread = (centered * np.square(residual)[:, None]).T @ centered
        per_basis.append(float(scores @ np.linalg.pinv(spread) @ scores))
    rank = int(np.linalg.matrix_rank(centered))
    return _as_z(float(stats.chi2.logsf(max(per_basis), max(rank, 1))))


def _as_z(log_risk: float) -> float:
    """Return the |z| whose two-sided risk has this logarithm."""
    if log_risk < -600:
        return float(np.sqrt(-2 * log_risk))
    return float(stats.norm.isf(np.exp(log_risk) / 2))
