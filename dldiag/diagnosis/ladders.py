"""Settings to try on scikit-learn's models: steps up and down from the present value, and towards the default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

from sklearn.base import clone
from sklearn.utils._param_validation import Interval

from dldiag.core.types import Change
from dldiag.experiments.curved_inputs import is_pipeline


@dataclass(frozen=True)
class Ladder:
    """One parameter: the remedy that a larger and a smaller value is, and the factor of one step.

    limits: values to try, larger or smaller by name, where the present one is no number: None, "scale". kinds: the models,
    by the beginning of a module's name; () for all; others: those left out.
    """

    up: str
    down: str
    factor: float
    limits: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


LOOSER, TIGHTER = "weaker_regularization", "regularization"
OTHER_VALUE = "other_value"  # The remedy for a parameter without a row, whose effect is not known.
TREES = ("sklearn.ensemble", "sklearn.tree")
LADDERS: dict[str, Ladder] = {
    "C": Ladder(LOOSER, TIGHTER, 10),
    "alpha": Ladder(TIGHTER, LOOSER, 10, others=TREES),  # The alpha of gradient boosting is a quantile.
    "gamma": Ladder(LOOSER, TIGHTER, 10, {"up": (1.0,), "down": (0.01,)}),
    "l2_regularization": Ladder(TIGHTER, LOOSER, 10, {"up": (1.0, 10.0)}),
    "max_depth": Ladder(LOOSER, TIGHTER, 2, {"down": (6, 3)}),
    "max_leaf_nodes": Ladder(LOOSER, TIGHTER, 4, {"down": (31, 8)}),
    "min_samples_leaf": Ladder(TIGHTER, LOOSER, 5),
    "n_neighbors": Ladder(TIGHTER, LOOSER, 3),
    "n_estimators": Ladder("train_longer", TIGHTER, 4, kinds=("sklearn.ensemble._gb", "sklearn.ensemble._weight")),
    "max_iter": Ladder("train_longer", TIGHTER, 4, kinds=("sklearn.ensemble",)),
    "learning_rate": Ladder("step_size", "step_size", 3, kinds=("sklearn.ensemble",)),
}
# Settings of the steps of a pipeline before its estimator, which limit what reaches it.
STEP_LADDERS: dict[str, Ladder] = {
    "degree": Ladder(LOOSER, TIGHTER, 1.5),
    "n_knots": Ladder(LOOSER, TIGHTER, 2),
    "n_components": Ladder(LOOSER, TIGHTER, 2),
    "k": Ladder(LOOSER, TIGHTER, 2),
    "percentile": Ladder(LOOSER, TIGHTER, 2),
}
MORE_OF = {"n_estimators": 4, "max_iter": 5}  # Of any other model only more trees or iterations can help.
# Choices rather than numbers: the remedy and the values.
SWITCHES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "weights": (LOOSER, ("distance", "uniform")),
    "max_features": (TIGHTER, ("sqrt", 1.0)),
}
# How each kind of model stops early.
_EARLY: dict[str, Change] = {
    "sklearn.ensemble._hist": {"early_stopping": True},
    "sklearn.ensemble._gb": {"n_iter_no_change": 10},
}

# Of a parameter that no ladder knows: the factors of the steps of a number, and that of a whole number.
_FACTORS, _WHOLE_FACTOR = (10.0, 1000.0, 0.1), 2
FROM_ZERO = (0.01, 0.1, 0.5)  # Shares of the way to the upper limit (1 without one), where the value is 0 or None.
MOST_OF_ONE = 4  # Values tried of one parameter.
# Parameters that change how long a fit takes, what it prints or how exactly it is solved, not what is learned.
NOT_LEARNED = frozenset({
    "algorithm", "cache_size", "copy", "copy_X", "eps", "fit_intercept", "leaf_size", "max_iter", "n_init", "n_jobs", "precompute",
    "random_state", "selection", "solver", "store_covariance", "store_cv_results", "tol", "verbose", "warm_start",
})  # fmt: skip


def ladders(estimator: Any) -> list[tuple[str, Change]]:
    """List (remedy, change) for every known setting of an estimator that is not our network; only what it accepts."""
    steps: list[tuple[str, Change]] = []
    rungs = [(prefix, one, _all_rungs(one)) for prefix, one in learners(estimator)]
    rungs += [(prefix, one, _step_rungs(one)) for prefix, one in steps_before(estimator)]
    for prefix, one, changes in rungs:
        for remedy, change in changes:
            settings = {f"{prefix}{name}": value for name, value in change.items()}
            if (remedy, settings) not in steps and _is_accepted(one, change):
                steps.append((remedy, settings))
    return steps


def _all_rungs(one: Any) -> list[tuple[str, Change]]:
    """Return the rungs of the ladders, and where they only lengthen training those within the estimator's own limits."""
    rungs = list(_rungs(one))
    if all(remedy == "train_longer" for remedy, _ in rungs):
        rungs += [(OTHER_VALUE, change) for change in _constrained_rungs(one)]
    return rungs


def learners(estimator: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what learns, with the prefix of its settings: a pipeline's last step, and an estimator inside another."""
    settings = estimator.get_params(deep=False)
    if is_pipeline(estimator):
        name, last = estimator.steps[-1]
        yield from learners(last, f"{prefix}{name}__") if hasattr(last, "get_params") else ()
        return
    yield prefix, estimator
    inner = settings.get("estimator")
    if hasattr(inner, "get_params"):
        yield from learners(inner, f"{prefix}estimator__")


def steps_before(estimator: Any) -> Iterator[tuple[str, Any]]:
    """Yield the steps of a pipeline before its last one, with the prefix of their settings."""
    steps = estimator.steps[:-1] if is_pipeline(estimator) else []
    yield from ((f"{name}__", step) for name, step in steps if hasattr(step, "get_params"))


def _step_rungs(step: Any) -> list[tuple[str, Change]]:
    usual = _defaults(step)
    return [
        (remedy, {name: rung})
        for name, value in step.get_params(deep=False).items()
        if name in STEP_LADDERS
        for remedy, rung in _steps(STEP_LADDERS[name], value, usual.get(name))
    ]


def _rungs(one: Any) -> Iterator[tuple[str, Change]]:
    module, now, usual = type(one).__module__, one.get_params(deep=False), _defaults(one)
    for name, value in now.items():
        row = LADDERS.get(name)
        if (
            row is not None
            and (not row.kinds or module.startswith(row.kinds))
            and not module.startswith(row.others or ("-",))
        ):
            yield from ((remedy, {name: rung}) for remedy, rung in _steps(row, value, usual.get(name)))
        elif name in MORE_OF and _is_number(value):
            yield "train_longer", {name: value * MORE_OF[name]}
        if name in SWITCHES and module.startswith("sklearn."):
            remedy, values = SWITCHES[name]
            yield from ((remedy, {name: other}) for other in values if other != value)
    for kind, change in _EARLY.items():
        if module.startswith(kind) and any(now.get(name) != value for name, value in change.items()):
            yield "early_stopping", change


def _defaults(one: Any) -> dict[str, Any]:
    try:
        defaults: dict[str, Any] = type(one)().get_params(deep=False)
    except TypeError:  # The class needs arguments.
        return {}
    return defaults


def _steps(row: Ladder, value: Any, usual: Any) -> Iterator[tuple[str, Any]]:
    """Yield one step up and one down, and where the default lies further on, the default and one step beyond it."""
    if not _is_number(value):
        for way, limits in row.limits.items():
            yield from ((row.up if way == "up" else row.down, rung) for rung in limits)
        return
    for remedy, factor in ((row.up, row.factor), (row.down, 1 / row.factor)):
        rungs: list[Any] = [_scaled(value, factor)]
        if _is_number(usual) and (usual > value) == (factor > 1) and usual != value:
            rungs += [usual, _scaled(usual, factor)]
        elif usual is None and factor > 1 and remedy == LOOSER:
            rungs.append(None)
        yield from ((remedy, rung) for rung in dict.fromkeys(rungs) if rung != value)


def _scaled(value: float, factor: float) -> float:
    """Scale a value, to two digits; a whole number stays one."""
    return max(1, round(value * factor)) if isinstance(value, int) else float(f"{value * factor:.2g}")


def _constrained_rungs(estimator: Any) -> Iterator[Change]:
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
        values: list[Any] = [value * _WHOLE_FACTOR, max(1, value // _WHOLE_FACTOR)]
    elif isinstance(value, float) and value > 0:
        values = [float(f"{value * factor:.6g}") for factor in _FACTORS]
    elif value is None or value == 0:
        values = [
            share * _upper(interval) for interval in intervals if interval.type is not Integral for share in FROM_ZERO
        ]
    else:
        return []
    return [one for one in dict.fromkeys(values) if one != value and any(one in interval for interval in intervals)]


def _upper(interval: Interval) -> float:
    return 1.0 if interval.right is None else float(interval.right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_accepted(one: Any, change: Change) -> bool:
    """Check a change against the estimator's own parameter constraints; without any, everything is accepted."""
    try:
        candidate = clone(one).set_params(**change)
        if hasattr(candidate, "_parameter_constraints"):  # Estimators from elsewhere inherit the check without them.
            candidate._validate_params()
    except (ValueError, TypeError):
        return False
    return True
