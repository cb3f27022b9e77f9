"""On few rows: does the learner matter more, or the preprocessing of its inputs?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, QuantileTransformer, StandardScaler
from sklearn.svm import SVC, SVR
from threadpoolctl import threadpool_limits

from dldiag.core.i18n import Message, format_error, listed
from dldiag.core.params import param
from dldiag.core.statistics import t_interval
from dldiag.core.types import Array, Dataset, Estimate, OnProgress, Progress, ShouldStop, Task
from dldiag.course.shared.judge import judge_of
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.metrics import VALUES
from dldiag.nn.training import stop_if_asked
from dldiag.report.figures.theme import MARKERS, THEMES, ThemeName, error_axis, figure

_MOST_FEATURES = 12  # Most inputs of the table that squares and products are made of.
_TREES = 30
NEIGHBORS = 5
_Maker = Callable[[Task], Any]


@dataclass(frozen=True)
class Variant:
    """One bar of the comparison: a learner on standardized inputs, or a preprocessing before the linear model."""

    label: Message
    kind: str  # Is "learner" or "preparation".
    make: _Maker
    has_probabilities: bool = True


def _linear(task: Task) -> Any:
    return LogisticRegression(max_iter=500) if task == "classification" else Ridge()


def _after(step: Callable[[], Any]) -> _Maker:
    return lambda task: make_pipeline(step(), StandardScaler(), _linear(task))


def _either(classifier: Callable[[], Any], regressor: Callable[[], Any]) -> _Maker:
    return lambda task: make_pipeline(StandardScaler(), classifier() if task == "classification" else regressor())


VARIANTS: Mapping[str, Variant] = {
    "linear": Variant(Message("Linear model"), "learner", lambda task: make_pipeline(StandardScaler(), _linear(task))),
    "neighbors": Variant(
        Message("k nearest neighbors"),
        "learner",
        _either(lambda: KNeighborsClassifier(NEIGHBORS), lambda: KNeighborsRegressor(NEIGHBORS)),
    ),
    "svm": Variant(Message("Support vector machine"), "learner", _either(SVC, SVR), has_probabilities=False),
    "forest": Variant(
        Message("Random forest"),
        "learner",
        _either(
            lambda: RandomForestClassifier(_TREES, random_state=0),
            lambda: RandomForestRegressor(_TREES, random_state=0),
        ),
    ),
    "plain": Variant(Message("columns as they are"), "preparation", _after(StandardScaler)),
    "squares": Variant(Message("with squares"), "preparation", lambda task: make_pipeline(_Squares(), _linear(task))),
    "products": Variant(
        Message("with squares and products"), "preparation", _after(lambda: PolynomialFeatures(2, include_bias=False))
    ),
    "ranks": Variant(
        Message("as ranks"), "preparation", _after(lambda: QuantileTransformer(n_quantiles=20, random_state=0))
    ),
}


class _Squares(StandardScaler):  # type: ignore[misc]
    """Standardized inputs with their squares beside them."""

    def transform(self, X: Any, copy: Any = None) -> Any:
        scaled = super().transform(X, copy)
        return np.column_stack([scaled, scaled**2])


@dataclass(frozen=True)
class PreprocessingSettings:
    """On how many rows, and how often."""

    rows: int = param(50, "Training rows", "Few, as on the left of the notes' figure.", low=20, high=500)
    repeats: int = param(8, "Repeats", "Random training sets; more give narrower intervals.", low=3, high=30)
    seed: int = param(0, "Seed", "Same settings and seed, same numbers.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class MeasuredLearner:
    """One variant's dev error over repeats, with its 90% interval."""

    key: str
    error: Estimate


@dataclass(frozen=True)
class PreprocessingComparison:
    """Dev errors of all variants, and the spread (worst − best) among learners and among preprocessings."""

    rows: int
    unit: str
    measured: tuple[MeasuredLearner, ...]
    learners: Estimate
    preparations: Estimate
    difference: Estimate


def compare_preprocessing(
    dataset: Dataset,
    settings: PreprocessingSettings | None = None,
    choice: MetricChoice | None = None,
    *,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
) -> PreprocessingComparison:
    """Fit every variant on random training sets of the open rows and measure it on the others, by a metric these rows allow.

    A learner without probabilities is left out where the metric needs them.
    """
    chosen = settings or PreprocessingSettings()
    data = prepare_open_rows(dataset)
    judge = judge_of(data, choice)
    variants = {
        key: variant.make
        for key, variant in VARIANTS.items()
        if variant.has_probabilities or not judge.needs_probabilities
    }
    X, y = data.X[:, :_MOST_FEATURES].astype(float), data.y
    rows = min(chosen.rows, len(y) // 2)
    errors: dict[str, list[float]] = {key: [] for key in variants}
    with threadpool_limits(1):
        for r in range(chosen.repeats):
            train, dev = _parts(dataset.task, y, rows, chosen.seed + r)
            for key, make in variants.items():
                stop_if_asked(should_stop)
                errors[key].append(_error(make(dataset.task), X, y, (train, dev), judge))
            if on_progress is not None:
                on_progress(Progress(Message("Training learners on growing subsets"), r + 1, chosen.repeats))
    return _summary(errors, rows, judge.unit, rows / max(1, len(y) - rows))


def _parts(task: Task, y: Array, rows: int, seed: int) -> tuple[Array, Array]:
    """Return training and dev rows; every class is in the training set at least once."""
    order = np.random.default_rng(seed).permutation(len(y))
    if task == "classification":
        first = [order[np.flatnonzero(y[order] == label)[0]] for label in np.unique(y)]
        order = np.array([*first, *[i for i in order if i not in set(first)]])
        rows = max(rows, len(first) + 1)
    return order[:rows], order[rows:]


def _error(model: Any, X: Array, y: Array, rows: tuple[Array, Array], judge: MetricChoice) -> float:
    """Return the error of a model fitted on the first rows on the others."""
    train, dev = rows
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Scikit-learn warns of few rows per class, which is the point here.
        predicted, truth = model.fit(X[train], y[train]).predict(X[dev]), y[dev]
    if judge.metric.tasks == VALUES:
        residual = (predicted - truth).astype(float) / (float(truth.std()) or 1.0)
        return judge.metric.loss(judge.judged(truth, predicted, residual=residual))[0]
    proba = model.predict_proba(X[dev]) if judge.needs_probabilities else None
    return judge.metric.loss(judge.judged(truth.astype(np.int64), predicted.astype(np.int64), proba))[0]


def _summary(errors: dict[str, list[float]], rows: int, unit: str, rho: float) -> PreprocessingComparison:
    table = {key: np.array(values) for key, values in errors.items()}
    spreads = {kind: _spread(table, kind) for kind in ("learner", "preparation")}
    return PreprocessingComparison(
        rows,
        unit,
        tuple(MeasuredLearner(key, _estimate(values, rho)) for key, values in table.items()),
        _estimate(spreads["learner"], rho),
        _estimate(spreads["preparation"], rho),
        _estimate(spreads["preparation"] - spreads["learner"], rho),
    )


def _spread(table: dict[str, Array], kind: str) -> Array:
    """Return per repeat the error of the worst variant (by its mean) minus that of the best."""
    kept = [values for key, values in table.items() if VARIANTS[key].kind == kind]
    order = sorted(kept, key=lambda values: float(values.mean()))
    return np.asarray(order[-1] - order[0])


def _estimate(values: Array, rho: float) -> Estimate:
    low, high = t_interval(values, rho)
    return Estimate(float(values.mean()), low, high)


def describe_preprocessing(comparison: PreprocessingComparison) -> Message:
    """Say how far learners and preprocessings lie apart on few rows."""
    values: dict[str, Any] = {
        "rows": comparison.rows,
        "learners": comparison.learners.value,
        "preparations": comparison.preparations.value,
        "difference": comparison.difference.value,
        "low": comparison.difference.low,
        "high": comparison.difference.high,
        "unit": comparison.unit,
    }
    return Message(
        "With {rows} training rows the learners lie {learners:gap} apart, one linear model with four preprocessings {preparations:gap}. Difference: {difference:points} (90% interval {low:bare} to {high:points}).",
        values,
    )


def preprocessing_figure(
    comparison: PreprocessingComparison, *, title: str = "", theme: ThemeName = "light"
) -> go.Figure:
    """Draw the error of every learner and every preprocessing with its interval."""
    fig, look = figure(theme), THEMES[theme]
    names = {"learner": Message("learners"), "preparation": Message("preprocessings of the linear model")}
    for index, (kind, name) in enumerate(names.items()):
        shown = [learner for learner in comparison.measured if VARIANTS[learner.key].kind == kind]
        fig.add_scatter(
            x=[one.error.value for one in shown],
            y=[str(VARIANTS[one.key].label) for one in shown],
            mode="markers",
            name=str(name),
            marker={"symbol": MARKERS[index], "size": 11, "color": look.series[index]},
            error_x={
                "type": "data",
                "array": [one.error.high - one.error.value for one in shown],
                "arrayminus": [one.error.value - one.error.low for one in shown],
                "color": look.series[index],
            },
        )
    fig.update_yaxes(autorange="reversed")
    return fig.update_xaxes(**error_axis(comparison.unit, title))


def alt_preprocessing(comparison: PreprocessingComparison) -> Message:
    """Say the error of each variant."""
    words = listed(
        f"{VARIANTS[learner.key].label} {format_error(learner.error.value, comparison.unit)}"
        for learner in comparison.measured
    )
    return Message("Dev errors with {rows} training rows: {words}.", {"rows": comparison.rows, "words": words})
