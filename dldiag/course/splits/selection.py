"""Choose a model on the test set, many times, and measure how much better the best of k looks than it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from dldiag.core.i18n import Message, Value

_DRAWS = 400  # Number of random test sets; a model is chosen on each.
SINGLE_CHOICE = (5.0, 95.0)  # Percentiles of the gap that one person who chooses once may meet.
# Below this part of the closed form, the difference is put down to differences in true quality.
_CLOSE_TO_CLOSED_FORM = 0.7
CLEAR_STANDARD_ERRORS = 2.0  # In standard errors; a mean gap that lies farther above zero is called a gap.


@dataclass(frozen=True)
class Selection:
    """The error promised by the winner of k models on the test set, and its error on fresh rows, by k.

    `low` and `high` hold 90% of the gaps of a single choice; `standard_error` is that of the mean gap; `expected` is
    the closed form for k equally good models whose errors are correlated as measured. In the unit of the errors.
    """

    ks: tuple[int, ...]
    promised: tuple[float, ...]
    fresh: tuple[float, ...]
    gap: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    standard_error: tuple[float, ...]
    expected: tuple[float, ...]
    correlation: float
    n_test: int
    n_fresh: int
    draws: int
    unit: str


def expected_maximum(k: int) -> float:
    """Return the expected largest of k independent standard normals, by integrating x·k·φ(x)·Φ(x)^(k−1).

    >>> [round(expected_maximum(k), 4) for k in (1, 2, 3)]
    [0.0, 0.5642, 0.8463]
    """
    x = np.linspace(-12.0, 12.0, 8001)
    density = k * np.exp(-(x**2) / 2 + (k - 1) * log_ndtr(x)) / math.sqrt(2 * math.pi)
    return float(np.sum(x * density) * (x[1] - x[0]))


def choose_on_test(
    losses: NDArray[np.floating],
    *,
    n_test: int,
    unit: str = "rate",
    is_root: bool = False,
    draws: int = _DRAWS,
    seed: int = 0,
) -> Selection:
    """Choose the best of k models on a random test set, `draws` times, for k = 1, 2, 4 … all models.

    losses: (models, rows), the loss of each model on each row that it was not trained on: 0 or 1, another influence on a
    metric, or the squared residual divided by the variance of the target (is_root: the error is the root of the mean). Each
    time `n_test` of the rows are the test set and all the others are fresh.
    """
    n_models, n_rows = losses.shape
    if not 0 < n_test < n_rows:
        raise ValueError(f"a test set of {n_test} rows cannot be drawn from {n_rows} rows and leave fresh ones")
    rng = np.random.default_rng(seed)
    test, fresh = _draw_errors(losses, n_test, draws, rng)
    ks = _powers_of_two(n_models)
    promised, real = _winners(_to_error(test, is_root), _to_error(fresh, is_root), ks, rng)
    correlation = _mean_correlation(losses)
    return Selection(
        ks=ks,
        promised=_numbers(promised.mean(axis=0)),
        fresh=_numbers(real.mean(axis=0)),
        **_gap_over_draws(real - promised),
        expected=_numbers(_closed_form(losses, ks, n_test, correlation, is_root)),
        correlation=correlation,
        n_test=n_test,
        n_fresh=n_rows - n_test,
        draws=draws,
        unit=unit,
    )


def _gap_over_draws(gap: NDArray[np.float64]) -> dict[str, tuple[float, ...]]:
    """Return the mean gap (draws, k), its standard error, and the range of single choices, as fields of a Selection."""
    low, high = np.percentile(gap, SINGLE_CHOICE, axis=0)
    return {
        "gap": _numbers(gap.mean(axis=0)),
        "low": _numbers(low),
        "high": _numbers(high),
        "standard_error": _numbers(gap.std(axis=0, ddof=1) / math.sqrt(len(gap))),
    }


def guessing_losses(y: NDArray[np.generic], models: int, *, task: str, seed: int = 0) -> NDArray[np.float64]:
    """Return the losses (models, rows) of models that guess: each predicts the target of a random row."""
    rng = np.random.default_rng(seed)
    guesses = np.stack([rng.permutation(y) for _ in range(models)])
    return candidate_losses(y, guesses, task=task)


def candidate_losses(
    y: NDArray[np.generic], predictions: NDArray[np.generic], *, task: str, scale: float | None = None
) -> NDArray[np.float64]:
    """Return the loss of each prediction: 0 or 1, or the squared residual over the variance of the target.

    y: (rows,), predictions: (models, rows); `scale` is std(y) unless given.
    """
    if task == "classification":
        return np.asarray(predictions != y, dtype=np.float64)
    sd = (float(np.std(y.astype(np.float64))) if scale is None else scale) or 1.0
    return ((predictions.astype(np.float64) - y.astype(np.float64)) / sd) ** 2


def describe_selection(result: Selection) -> Message:
    """Say how far the promise of the winner is from the truth, and whether this run shows it."""
    last = len(result.ks) - 1
    values: dict[str, Value] = {"k": result.ks[last], "n": result.n_test, "unit": result.unit}
    values |= {"promised": result.promised[last], "fresh": result.fresh[last], "gap": result.gap[last]}
    values |= {"expected": result.expected[last]}
    if result.gap[last] <= CLEAR_STANDARD_ERRORS * result.standard_error[last]:
        return Message(
            "This run does not show the effect. The best of {k} models has an error of {promised:error} on its test rows, {fresh:error} on fresh ones. Try fewer test rows or more models.",
            values,
        )
    if result.gap[last] < _CLOSE_TO_CLOSED_FORM * result.expected[last]:
        return Message(
            "The best of {k} models has an error of {promised:error} on the {n:,} test rows that chose it. On fresh rows it is {fresh:error}: a gap of {gap:gap}. Equally good models would give {expected:gap}. These truly differ, so only the gap is luck.",
            values,
        )
    return Message(
        "The best of {k} models has an error of {promised:error} on the {n:,} test rows that chose it. On fresh rows it is {fresh:error}. The gap of {gap:gap} is luck: for equally good models the formula gives {expected:gap}.",
        values,
    )


def fewer_rows(result: Selection, wanted_rows: int) -> Message | None:
    """Warn that the table gives fewer test rows than were asked for; None where it gives enough."""
    if result.n_test >= wanted_rows:
        return None
    return Message(
        "{asked:,} test rows were asked for; this table gives {n:,}, so that as many fresh rows remain.",
        {"asked": wanted_rows, "n": result.n_test},
    )


def _draw_errors(
    losses: NDArray[np.floating], n_test: int, draws: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean losses (draws, models) on random test rows and on the rows left over."""
    n_models, n_rows = losses.shape
    total = losses.sum(axis=1)
    sums = np.empty((draws, n_models))
    for d in range(draws):
        sums[d] = losses[:, rng.permutation(n_rows)[:n_test]].sum(axis=1)
    return sums / n_test, (total - sums) / (n_rows - n_test)


def _winners(
    test: NDArray[np.float64], fresh: NDArray[np.float64], ks: tuple[int, ...], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the promised and fresh errors (draws, k) of the best on test among k models taken at random."""
    order = np.argsort(rng.random(test.shape), axis=1)
    test, fresh = np.take_along_axis(test, order, axis=1), np.take_along_axis(fresh, order, axis=1)
    best = np.stack([test[:, :k].argmin(axis=1) for k in ks], axis=1)
    return np.take_along_axis(test, best, axis=1), np.take_along_axis(fresh, best, axis=1)


def _closed_form(
    losses: NDArray[np.floating], ks: tuple[int, ...], n_test: int, correlation: float, is_root: bool
) -> NDArray[np.float64]:
    """Return E[max of k normals] · σ/sqrt(n) · sqrt(1−ρ), with σ the spread of one row's loss.

    What all the models share (ρ) cannot make one of them win, so only the rest is selected on.
    """
    sigma = math.sqrt(float(losses.var(axis=1).mean()) / n_test * max(1 - correlation, 0.0))
    mean = float(losses.mean())
    per_loss = 1.0 if not is_root else 0.5 / math.sqrt(mean) if mean > 0 else 0.0  # This is d error / d mean loss.
    return np.array([expected_maximum(k) for k in ks]) * sigma * per_loss


def _mean_correlation(losses: NDArray[np.floating]) -> float:
    """Return the mean correlation of the losses of two models over rows; 0 when they never vary."""
    models = len(losses)
    variance = float(losses.var(axis=1).mean())
    if models < 2 or variance == 0:
        return 0.0
    covariance = (models * float(losses.mean(axis=0).var()) - variance) / (models - 1)
    return covariance / variance


def _powers_of_two(most: int) -> tuple[int, ...]:
    """Return 1, 2, 4 … and `most` itself."""
    return tuple(sorted({2**i for i in range(most.bit_length()) if 2**i <= most} | {most}))


def _to_error(mean_loss: NDArray[np.float64], is_root: bool) -> NDArray[np.float64]:
    return np.sqrt(mean_loss) if is_root else mean_loss


def _numbers(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
