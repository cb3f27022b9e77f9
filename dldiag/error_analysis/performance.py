"""Performance on the dev rows: confusion, curves, thresholds and residuals, from the predictions that fits kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dldiag.core.i18n import english
from dldiag.core.performance import Performance, Ranking
from dldiag.core.types import Clusters, Floats, Task
from dldiag.error_analysis.class_results import class_scores, confusion
from dldiag.error_analysis.judged_rows import JudgedRows, judged_rows
from dldiag.error_analysis.rankings import calibration, ranking, thresholds
from dldiag.error_analysis.residuals import residuals
from dldiag.error_analysis.yes_no_words import in_words
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.metric_estimates import metric_estimates
from dldiag.experiments.models import Model
from dldiag.experiments.predictions import Predictions

MOST_RANKED = 5  # Most classes with a curve each, where none is called positive.
_TWO = 2


@dataclass(frozen=True, eq=False)
class TableFacts:
    """What predictions are of. X: all rows of the table. spread: std of a numeric target. costs: (K, K)."""

    task: Task
    classes: tuple[str, ...]
    X: pd.DataFrame
    spread: float = 1.0
    clusters: Clusters | None = None
    positive: int | None = None
    costs: Floats | None = None


def performances(fits: FitCache, models: Sequence[Model], repeats: range) -> tuple[Performance, ...]:
    """Return how each model does at full size, the diagnosed one first; nothing is fitted.

    Residuals by column are laid out for the first only: they say what that model could still learn.
    """
    return tuple(_of_fits(fits, models, repeats))


def _of_fits(fits: FitCache, models: Sequence[Model], repeats: range) -> Iterator[Performance]:
    facts = table_facts(fits)
    choice, n = fits.encoded.choice, fits.split.n_train
    for model in models:
        predictions = fits.predictions(model, repeats)
        if predictions is None:
            continue
        metrics = metric_estimates(fits.get(model, n, repeats), fits.dataset, choice, facts.spread)
        yield performance_of(Performance(model.key, english(model.label), metrics), predictions, facts)
        facts = replace(facts, X=facts.X.iloc[:, :0])


def table_facts(fits: FitCache) -> TableFacts:
    """Return what the predictions of fits are of."""
    dataset, choice = fits.dataset, fits.encoded.choice
    return TableFacts(
        dataset.task,
        dataset.classes,
        in_words(dataset),
        fits.encoded.y_scale,
        fits.split.clusters,
        choice.positive,
        choice.cost_table,
    )


def performance_of(model: Performance, predictions: Predictions, facts: TableFacts) -> Performance:
    """Fill in how a model does by its predictions: counts, curves and residuals."""
    judged = judged_rows(predictions, facts.clusters)
    if facts.task == "regression":
        return replace(model, residuals=residuals(judged, facts.X, facts.spread))
    counted = replace(model, per_class=class_scores(judged, facts.classes), confusion=confusion(judged, facts.classes))
    return _with_curves(counted, judged, facts) if predictions.has_probabilities else counted


def _with_curves(counted: Performance, judged: JudgedRows, facts: TableFacts) -> Performance:
    positive, is_binary = facts.positive, len(facts.classes) == _TWO
    return replace(
        counted,
        rankings=tuple(_rankings(judged, facts)),
        calibration=calibration(judged, positive),
        thresholds=thresholds(judged, positive, facts.classes[positive], facts.costs)
        if is_binary and positive is not None
        else None,
    )


def _rankings(judged: JudgedRows, facts: TableFacts) -> Iterator[Ranking]:
    every = range(len(facts.classes)) if len(facts.classes) <= MOST_RANKED else ()
    for code in every if facts.positive is None else (facts.positive,):
        curves = ranking(judged, code, facts.classes[code])
        if curves is not None:
            yield curves
