"""Curved inputs for linear models: splines of numeric features, or products of two, put before a linear estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sklearn.base import clone

from dldiag.core.params import Param

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

LINEAR_KINDS = ("sklearn.linear_model",)
LINEAR_CLASSES = ("LinearSVC", "LinearSVR", "LinearDiscriminantAnalysis")
STEP = "curves"  # Name of the inserted pipeline step.
CURVES: Mapping[str, Callable[[], Any]] = {
    "spline": lambda: sklearn_module("preprocessing").SplineTransformer(extrapolation="linear"),
    "polynomial": lambda: sklearn_module("preprocessing").PolynomialFeatures(include_bias=False),
}
CURVES_PARAM = Param(
    "",
    str,
    "Curves in front of a linear model",
    "Splines bend each number; a polynomial multiplies every two. Only for a pipeline that ends in a linear model.",
    choices={"": "none", "spline": "splines", "polynomial": "polynomial of degree 2"},
    group="data",
)
# Parts of the names of transformers whose output has no scale.
_NO_NUMBERS = (
    "Encoder",
    "Vectorizer",
    "Hasher",
    "Binarizer",
)


def sklearn_module(module: str) -> Any:
    """Import and return a module of scikit-learn when it is first needed, which keeps start-up short."""
    return import_module(f"sklearn.{module}")


def is_pipeline(part: Any) -> bool:
    """Tell whether this is a pipeline of scikit-learn."""
    return isinstance(part, sklearn_module("pipeline").Pipeline)


def _is_by_column(part: Any) -> bool:
    return isinstance(part, sklearn_module("compose").ColumnTransformer)


def is_linear(estimator: Any) -> bool:
    """Tell whether an estimator is linear in its inputs."""
    kind = type(estimator)
    return kind.__module__.startswith(LINEAR_KINDS) or kind.__name__ in LINEAR_CLASSES


def can_be_curved(estimator: Any) -> bool:
    """Tell whether an estimator is a pipeline that ends in a linear model, has numbers before it, and no curves yet."""
    if not is_pipeline(estimator) or not is_linear(estimator.steps[-1][1]):
        return False
    kinds = tuple(type(make()) for make in CURVES.values())
    return not any(isinstance(part, kinds) for part in _parts(estimator)) and _curved_steps(estimator, "spline") != []


def with_curves(estimator: Any, kind: str) -> Any:
    """Put curves where a pipeline has prepared its numbers; ValueError for what `can_be_curved` does not accept."""
    if not can_be_curved(estimator):
        raise ValueError("not a pipeline of numbers that ends in a linear model")
    return clone(estimator).set_params(steps=[*_curved_steps(estimator, kind), estimator.steps[-1]])


def _curved_steps(pipeline: Pipeline, kind: str) -> list[tuple[str, Any]]:
    """Return the steps before the last one with the curves among them; none where no step leaves numbers with a scale."""
    before = pipeline.steps[:-1]
    tables = [i for i, (_, step) in enumerate(before) if _is_by_column(step)]
    if not tables:
        return [] if any(_has_no_scale(step) for _, step in before) else [*before, (STEP, CURVES[kind]())]
    i = tables[0]
    name, table = before[i]
    parts = [(part, _curved_part(step, kind), columns) for part, step, columns in table.transformers]
    if all(new is old for (_, new, _), (_, old, _) in zip(parts, table.transformers, strict=True)):
        return []
    return [*before[:i], (name, clone(table).set_params(transformers=parts)), *before[i + 1 :]]


def _curved_part(transformer: Any, kind: str) -> Any:
    """Return one part of a column transformer with curves behind it, or as it is where it leaves no numbers with a scale."""
    if isinstance(transformer, str):
        return CURVES[kind]() if transformer == "passthrough" else transformer
    if _has_no_scale(transformer):
        return transformer
    steps = transformer.steps if is_pipeline(transformer) else [("numbers", transformer)]
    return sklearn_module("pipeline").Pipeline([*steps, (STEP, CURVES[kind]())])


def _has_no_scale(step: Any) -> bool:
    return any(word in type(part).__name__ for part in _parts(step) for word in _NO_NUMBERS)


def _parts(estimator: Any) -> Iterator[Any]:
    """Yield an estimator and everything that it holds."""
    yield estimator
    if is_pipeline(estimator):
        parts = [step for _, step in estimator.steps]
    elif _is_by_column(estimator):
        parts = [step for _, step, _ in estimator.transformers]
    else:
        parts = []
    for part in parts:
        yield from _parts(part)
