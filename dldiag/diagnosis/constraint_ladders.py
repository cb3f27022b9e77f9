"""Settings to try on an estimator that no ladder knows: numbers inside the limits that it declares for its parameters."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

from sklearn.utils._param_validation import Interval

from dldiag.core.types import Change

_FACTORS, _WHOLE_FACTOR = (10.0, 1000.0, 0.1), 2  # of the steps of a number, and of one of a whole number
FROM_ZERO = (0.01, 0.1, 0.5)  # of the way to the upper limit (of 1 without one), where the present value is 0 or None
MOST_OF_ONE = 4  # values tried of one parameter
# Parameters that change how long a fit takes, what it prints or how exactly it is solved, not what is learned.
NOT_LEARNED = frozenset({
    "algorithm", "cache_size", "copy", "copy_X", "eps", "fit_intercept", "leaf_size", "max_iter", "n_init", "n_jobs", "precompute",
    "random_state", "selection", "solver", "store_covariance", "store_cv_results", "tol", "verbose", "warm_start",
})  # fmt: skip


def constrained_rungs(estimator: Any) -> Iterator[Change]:
    """Yield one changed number at a time, within the limits of `_parameter_constraints`; nothing for an estimator without."""
    limits = getattr(estimator, "_parameter_constraints", {})
    for name, value in estimator.get_params(deep=False).items():
        allowed = limits.get(name, [])
        intervals = [one for one in allowed if isinstance(one, Interval)] if isinstance(allowed, list) else []
        if intervals and name not in NOT_LEARNED and not isinstance(value, bool):
            yield from ({name: rung} for rung in _rungs_within(intervals, value)[:MOST_OF_ONE])


def _rungs_within(intervals: list[Interval], value: Any) -> list[Any]:
    """Return values above and below the present one that its intervals hold; a whole number stays one."""
    if isinstance(value, int):
        tried: list[Any] = [value * _WHOLE_FACTOR, max(1, value // _WHOLE_FACTOR)]
    elif isinstance(value, float) and value > 0:
        tried = [float(f"{value * factor:.6g}") for factor in _FACTORS]
    elif value is None or value == 0:
        tried = [share * _upper(one) for one in intervals if one.type is not Integral for share in FROM_ZERO]
    else:
        return []
    return [one for one in dict.fromkeys(tried) if one != value and any(one in interval for interval in intervals)]


def _upper(interval: Interval) -> float:
    return 1.0 if interval.right is None else float(interval.right)
