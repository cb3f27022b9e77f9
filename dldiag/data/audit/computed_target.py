"""A target that is computed from other columns: their sum, mean or difference, their product or ratio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dldiag.core.types import Dataset
from dldiag.data.features import source_of

SEARCH_ROWS = 4_000  # Rows drawn for the search: half to fit on, half to judge.
MOST_PARTS = (
    4  # Columns a target may be computed from; honest columns together explain a target the more of them there are.
)
MOST_COLUMNS = 200  # Numeric columns searched, the most correlated first.
PRESENT = 0.8  # Share of its cells that a part must have.
ROWS_PER_PART = 10  # Rows of each half for every part, at least.
# Share of the variance that may stay unexplained. Plain weights (+1, −1, 1/2 …) hardly come up by chance, so that rounding
# of the target is allowed for; any other weights must explain it but for the rounding of decimals. Own choices, tried on the
# numeric targets of the shared tables (none found) and on 522 numeric targets of tables from R packages (22 found, each a plausible formula).
PLAIN_LEFT, ANY_LEFT = 1e-3, 1e-5
PLAIN = 0.01  # How far weights may differ from each other, or exponents from whole numbers, and still count as plain.
SAME = 1e-12  # Share of a column's variance below which it says nothing that others do not.
DIGITS = 3  # Significant digits of a weight in the formula.

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class ComputedTarget:
    """Columns that together give the target: how they are joined ("sum" or "product"), their weights or exponents.

    `explained` is the share of the variance (of the logarithms, for a product) that they explain on rows not fitted.
    """

    target: str
    columns: tuple[str, ...]
    weights: tuple[float, ...]
    joined_by: str
    explained: float

    @property
    def formula(self) -> str:
        """Return how the target is computed, without constants.

        >>> ComputedTarget("score", ("reading", "math"), (0.5, 0.5), "sum", 1.0).formula
        'score ≈ 0.5 × reading + 0.5 × math'
        >>> ComputedTarget("bmi", ("weight", "height"), (1.0, -2.0), "product", 1.0).formula
        'bmi ≈ weight / height^2'
        >>> ComputedTarget("net", ("gross", "tax"), (1.0, -1.0), "sum", 1.0).formula
        'net ≈ gross − tax'
        """
        pairs = list(zip(self.columns, self.weights, strict=True))
        if self.joined_by == "product":
            above = " × ".join(_power(name, weight) for name, weight in pairs if weight > 0)
            below = "".join(f" / {_power(name, -weight)}" for name, weight in pairs if weight < 0)
            return f"{self.target} ≈ {above or 1}{below}"
        first, *others = sorted(pairs, key=lambda pair: pair[1] < 0)
        joined = "".join(f" {'−' if weight < 0 else '+'} {_term(name, abs(weight))}" for name, weight in others)
        return f"{self.target} ≈ {'−' if first[1] < 0 else ''}{_term(first[0], abs(first[1]))}{joined}"


def computed_target(dataset: Dataset, seed: int = 0) -> ComputedTarget | None:
    """Return from which two to four numeric columns a numeric target is computed; None where it does not seem to be."""
    if dataset.task != "regression":
        return None
    names, X, y = _complete_rows(dataset, seed)
    if len(names) < 2:
        return None
    computed = _linear(dataset.target, names, X, y, "sum")
    return computed if computed is not None else _product(dataset.target, names, X, y)


def _product(target: str, names: list[str], X: Matrix, y: Matrix) -> ComputedTarget | None:
    """Return the fewest columns whose product or ratio is y: a sum of logarithms, where all of them are above 0."""
    above_zero = X.min(axis=0) > 0
    positive = [name for name, is_above in zip(names, above_zero, strict=True) if is_above]
    if y.min() <= 0 or len(positive) < 2:
        return None
    return _linear(target, positive, np.log(X[:, above_zero]), np.log(y), "product")


def _complete_rows(dataset: Dataset, seed: int) -> tuple[list[str], Matrix, Matrix]:
    """Return the numeric columns with a spread, and rows drawn in which none of their cells is missing."""
    rows = np.random.default_rng(seed).permutation(dataset.n_rows)[:SEARCH_ROWS]
    own = [column.name for column in dataset.columns if column.kind == "number" and source_of(column) == column.name]
    X, y = dataset.X[own].iloc[rows].to_numpy(dtype=float), np.asarray(dataset.y[rows], dtype=float)
    there = np.isfinite(X)
    enough = there.mean(axis=0) >= PRESENT
    if there[:, enough].all(axis=1).mean() < PRESENT / 2:
        enough = there.all(axis=0)
    complete = there[:, enough].all(axis=1)
    X, y, names = X[complete][:, enough], y[complete], [name for name, has in zip(own, enough, strict=True) if has]
    if len(y) < 4 * ROWS_PER_PART or np.ptp(y) == 0:
        return [], X, y
    with np.errstate(over="ignore", invalid="ignore"):  # Numbers near the largest have no finite spread.
        spread = X.std(axis=0)
    varies = np.isfinite(spread) & (spread > 0)
    return [name for name, does in zip(names, varies, strict=True) if does], X[:, varies], y


def _linear(target: str, names: list[str], X: Matrix, y: Matrix, joined_by: str) -> ComputedTarget | None:
    """Return the fewest columns whose linear combination is y, if there are two to four of them."""
    half = len(y) // 2
    center, spread = X.mean(axis=0), X.std(axis=0)
    if y.std() == 0:
        return None
    Z, v = (X - center) / np.where(spread > 0, spread, 1), (y - y.mean()) / y.std()
    most = min(MOST_PARTS, half // ROWS_PER_PART)

    def tried(parts: list[int]) -> ComputedTarget | None:
        weights, left = _fit(Z[:, parts], v, half)
        raw = weights * y.std() / spread[parts]
        if not parts or left > (PLAIN_LEFT if _PLAIN[joined_by](raw) else ANY_LEFT):
            return None
        rounded = tuple(float(f"{weight:.{DIGITS}g}") for weight in raw)
        return ComputedTarget(target, tuple(names[k] for k in parts), rounded, joined_by, 1 - left)

    for order in (_one_by_one(Z[:half], v[:half], most), _largest_of_all(Z[:half], v[:half], most)):
        for count in range(1, len(order) + 1):
            if tried(order[:count]) is not None:
                found = tried(_fewest(order[:count], tried))
                return found if found and len(found.columns) > 1 else None  # One column alone is another finding.
    return None


def _fewest(parts: list[int], tried: Callable[[list[int]], object]) -> list[int]:
    """Leave out the parts without which the others still do, the last first."""
    for one in reversed(parts):
        fewer = [part for part in parts if part != one]
        if tried(fewer) is not None:
            parts = fewer
    return parts


def _one_by_one(Z: Matrix, v: Matrix, most: int) -> list[int]:
    """Choose columns one by one, each the one that explains most of what is left (orthogonal least squares)."""
    order = np.argsort(-np.abs(Z.T @ v), kind="stable")[:MOST_COLUMNS]
    new = Z[:, order].copy()  # What each column says that the chosen ones do not.
    left, chosen = v, list[int]()
    for _ in range(min(most, len(order))):
        lengths = (new**2).sum(axis=0)
        explains = np.where(lengths > SAME * len(v), (new.T @ left) ** 2 / np.maximum(lengths, SAME), -1.0)
        best = int(explains.argmax())
        chosen.append(int(order[best]))
        direction = new[:, best] / np.sqrt(max(lengths[best], SAME))
        left = left - direction * (direction @ left)
        new -= np.outer(direction, direction @ new)
    return chosen


def _largest_of_all(Z: Matrix, v: Matrix, most: int) -> list[int]:
    """Choose the columns with the largest weights in one fit of all: a small difference goes with neither of its parts."""
    if Z.shape[1] > min(MOST_COLUMNS, len(v) // 2):
        return []
    weights = np.linalg.lstsq(Z, v, rcond=None)[0]
    return [int(k) for k in np.argsort(-np.abs(weights), kind="stable")[:most]]


def _fit(Z: Matrix, v: Matrix, half: int) -> tuple[Matrix, float]:
    """Return the weights fitted on the first half, and the share of the variance left on the other."""
    ones = np.ones((len(Z), 1))
    with_ones = np.hstack([Z, ones])
    weights = np.linalg.lstsq(with_ones[:half], v[:half], rcond=None)[0]
    left = v[half:] - with_ones[half:] @ weights
    variance = float(v[half:].var())
    return np.asarray(weights[:-1], dtype=float), float((left**2).mean()) / variance if variance > 0 else 1.0


def _are_equal(weights: Matrix) -> bool:
    """Whether weights are the same but for their signs: a sum, a difference or a mean."""
    sizes = np.abs(weights)
    return bool(sizes.max() - sizes.min() <= PLAIN * sizes.max())


def _are_whole(weights: Matrix) -> bool:
    """Whether exponents are whole numbers other than 0."""
    return bool((np.abs(weights - np.round(weights)) <= PLAIN).all() and (np.round(weights) != 0).all())


_PLAIN: dict[str, Callable[[Matrix], bool]] = {"sum": _are_equal, "product": _are_whole}


def _term(name: str, weight: float) -> str:
    return name if weight == 1 else f"{weight:g} × {name}"


def _power(name: str, exponent: float) -> str:
    return name if exponent == 1 else f"{name}^{exponent:g}"
