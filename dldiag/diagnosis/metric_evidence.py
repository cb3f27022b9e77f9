"""Evidence about the metric of a diagnosis, and what the report says about it and the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Value
from dldiag.core.metric_results import ClassScores, MetricUsed
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Estimate, exactly
from dldiag.diagnosis.effort import Effort
from dldiag.diagnosis.evidence.evidence import Probe
from dldiag.diagnosis.evidence.gather import SIGNAL_LEVEL
from dldiag.diagnosis.metric_changes import class_demands, favors_classes
from dldiag.error_analysis.class_results import class_scores
from dldiag.error_analysis.judged_rows import judged_rows
from dldiag.experiments.estimates import paired_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.metric_estimates import judged_fit, measured_by, metric_estimates
from dldiag.experiments.metrics import METRICS
from dldiag.experiments.model_outputs import KeptOutputs
from dldiag.experiments.models import Model, changed
from dldiag.experiments.predictions import Predictions

# Share of the baseline's error (own choice): a model that gets fewer rows wrong shows that the columns say something.
CLEARLY = 0.9


def with_target_as_loss(settings: Settings, choice: MetricChoice) -> Settings:
    """Return the settings with the target error as a loss: a wanted AUC of 0.95 is an error of 0.05."""
    if settings.target_error is None or not choice.metric.higher_is_better:
        return settings
    return replace(settings, target_error=1 - settings.target_error)


def metric_fields(
    fits: FitCache, model: Model, current: Sequence[FitResult], guess: Sequence[FitResult]
) -> dict[str, Any]:
    """Return the fields of a report about metrics: the one used, all of them on the dev rows, and each class's scores."""
    dataset, choice, scale = fits.dataset, fits.encoded.choice, fits.encoded.y_scale
    return {
        "metric": _metric_used(dataset, choice, float(np.mean([one.dev_error for one in guess])), scale),
        "metrics": metric_estimates(current, dataset, choice, scale),
        "per_class": _per_class(fits, fits.predictions(model, range(len(current)))),
    }


def _per_class(fits: FitCache, predictions: Predictions | None) -> tuple[ClassScores, ...]:
    if predictions is None or fits.dataset.task != "classification":
        return ()
    return class_scores(judged_rows(predictions, fits.split.clusters), fits.dataset.classes)


def class_weight_gain(
    fits: FitCache, model: Model, probes: Mapping[str, Probe], effort: Effort
) -> dict[str, Estimate | None]:
    """Estimate what class weights gain in balanced error where the metric is the error rate.

    {} where they were not probed: no class is rare, or another metric was chosen.
    """
    probe = probes.get("class_weights")
    if probe is None or fits.encoded.choice.name != "error":
        return {}
    size, repeats = min(effort.probe_rows, fits.split.n_train), range(probe.repeats)
    metric = METRICS["balanced_error"]
    before, after = (
        [measured_by(metric, judged_fit(r, fits.dataset, fits.encoded.choice, 1.0), r) for r in results if r.kept]
        for results in (fits.get(one, size, repeats) for one in (model, changed(model, probe.settings)))
    )
    return {"rare_class_gain": -paired_change(before, after, clipped=False)} if before else {}


def metric_demands(
    fits: FitCache, model: Model, compared: Sequence[Sequence[FitResult]], guess: Sequence[FitResult]
) -> dict[str, Estimate | None]:
    """Say how unequally a metric of decisions weighs classes that the model weighs alike, and how well models rank rows.

    compared: the fits of every model that is judged against guessing. {} for other metrics. A model that weighs the classes alike
    decides where the share of wrong rows is least; of what the columns say its decisions by another metric then tell little, its ranking all.
    Where no model gets more rows right than always the commonest class, the ranking tells whether the columns say nothing.
    """
    errors = [float(np.mean([result.dev_error for result in results])) for results in (*compared, guess)]
    weights = class_demands(fits.open_targets, fits.encoded.choice, 1 - min(errors))
    if not weights:
        in_doubt = fits.encoded.choice.name == "error" and min(errors) > CLEARLY * errors[-1]
        is_ranked = in_doubt and all(one.has_probabilities for one in _outputs_of(guess))
        return {"ranking_gain": _ranking_gain(fits, compared, guess)} if is_ranked else {}
    ratio = 1.0 if favors_classes(model) else max(weights.values()) / min(weights.values())
    demands: dict[str, Estimate | None] = {"weight_ratio": exactly(ratio)}
    if all(one.has_probabilities for one in _outputs_of(guess)):
        demands["ranking_gain"] = _ranking_gain(fits, compared, guess)
    return demands


def names_of_demands(fits: FitCache) -> dict[str, Value]:
    """Return what messages call the classes that the metric weighs most and least; {} for other metrics."""
    weights = class_demands(
        fits.open_targets, fits.encoded.choice, reached=0.5
    )  # Which is heavier does not depend on it.
    if not weights:
        return {}
    heavy, light = (fits.dataset.classes[pick(weights, key=weights.__getitem__)] for pick in (max, min))
    return {"heavy_class": heavy, "light_class": light}


def _outputs_of(results: Sequence[FitResult]) -> list[KeptOutputs]:
    return [result.kept for result in results if result.kept is not None]


def _ranking_gain(
    fits: FitCache, compared: Sequence[Sequence[FitResult]], guess: Sequence[FitResult]
) -> Estimate | None:
    auc = METRICS["roc_auc"]
    ranked = [
        [measured_by(auc, judged_fit(result, fits.dataset, fits.encoded.choice, 1.0), result) for result in results]
        for results in (*compared, guess)
        if all(kept.has_probabilities for kept in _outputs_of(results)) and len(_outputs_of(results)) == len(results)
    ]
    if len(ranked) < 2:
        return None
    best = min(ranked[:-1], key=lambda results: float(np.mean([result.dev_error for result in results])))
    return paired_change(best, ranked[-1], clipped=False, one_sided=SIGNAL_LEVEL)


def _metric_used(dataset: Dataset, choice: MetricChoice, guess_error: float, scale: float) -> MetricUsed:
    metric = choice.metric
    return MetricUsed(
        choice.name,
        metric.label,
        choice.unit,
        None if choice.positive is None else dataset.classes[choice.positive],
        choice.chosen,
        choice.why,
        metric.shown(guess_error) * (scale if metric.spread_powers else 1.0),
        metric.higher_is_better,
        choice.level,
        choice.costs,
    )
