"""Turn everything measured on a dataset and a model into Evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dldiag.core.i18n import Message, Value
from dldiag.core.settings import Settings
from dldiag.core.statistics import Z_95, Z_TWO_SIDED, delta_of, difference, estimate, t_interval
from dldiag.core.types import Estimate, LearningCurve, Task, exactly
from dldiag.data.audit.audit import TableAudit
from dldiag.diagnosis.evidence.evidence import Evidence, Probe, with_achievable
from dldiag.diagnosis.evidence.signals import signals
from dldiag.diagnosis.ladders import learners
from dldiag.diagnosis.winners_curse import correlation_of, picked
from dldiag.experiments import estimates
from dldiag.experiments.fit import FitResult
from dldiag.experiments.forecast import expected_gain
from dldiag.experiments.learning_curve import SPAN

# Models whose module name begins so are trees, which do not mind the scale of their inputs.
SCALE_FREE = ("sklearn.tree", "sklearn.ensemble")
FITS_ANYTHING = ("RandomForest", "ExtraTrees")  # Models whose class name begins so grow until they fit.
FILE_ORDER = Message("the order of the rows in the file")
# One-sided. The best of several models is compared with the baseline, so chance gets several tries.
SIGNAL_LEVEL = 0.99


@dataclass(frozen=True, eq=False)
class Measurements:
    """The fits that evidence is made of, all at the full number of training rows.

    current, guess: one result per repeat; references: {key: results}. table: evidence about the table itself, by name.
    """

    task: Task
    current: Sequence[FitResult]
    guess: Sequence[FitResult]
    references: Mapping[str, Sequence[FitResult]]
    labels: Mapping[str, Message]
    curve: LearningCurve
    probes: Mapping[str, Probe] = field(default_factory=dict)
    table: Mapping[str, Estimate | None] = field(default_factory=dict)
    names: Mapping[str, Value] = field(default_factory=dict)
    scaled_inputs: bool = True
    training_dev: Sequence[FitResult] = ()  # The model scored on held-out rows like its training rows.
    references_training_dev: Mapping[str, Sequence[FitResult]] = field(default_factory=dict)

    @property
    def alike(self) -> Sequence[FitResult]:
        """The fits scored on unseen rows like the training rows; bias and variance come from these."""
        return self.training_dev or self.current


def gather(measurements: Measurements, settings: Settings) -> Evidence:
    """Turn fits into evidence: what every row of MEASURERS finds, and the parts of the dev error that follow from it."""
    names = {**measurements.names, "reference": _best_label(measurements)}
    evidence = Evidence(measurements.task, measurements.current[0].unit, probes=measurements.probes, names=names)
    for measure in MEASURERS.values():
        evidence = evidence.with_values(measure(measurements, settings))
    return with_achievable(evidence)


def _of_settings(measurements: Measurements, settings: Settings) -> dict[str, Estimate | None]:
    return {"target_error": None if settings.target_error is None else exactly(settings.target_error)}


def _errors(measurements: Measurements, settings: Settings) -> dict[str, Estimate | None]:
    """Return the errors and their gaps; the training-dev error and data mismatch (Ng, ch. 41) where dev rows are of another kind."""
    dev = estimates.dev_error(measurements.current)
    training_dev = estimates.dev_error(measurements.training_dev) if measurements.training_dev else None
    return {
        "material": exactly(material_of(measurements.current, settings.material)),
        "train_error": estimates.train_error(measurements.current),
        "dev_error": dev,
        "counted_error": estimates.counted_error(measurements.current),
        "variance": estimates.gap(measurements.alike),
        "training_dev_error": training_dev,
        "mismatch": None if training_dev is None else difference(dev, training_dev),
    }


def _of_curve(measurements: Measurements, settings: Settings) -> dict[str, Estimate | None]:
    """Estimate the gain from more rows; None for a model that is not better than the baseline."""
    curve, gain = measurements.curve, None
    if estimates.paired_change(measurements.guess, measurements.current, clipped=False).surely_below <= 0:
        gain = expected_gain(curve.sizes, curve.dev_errors, train_errors=curve.train_errors)
    return {"more_data_gain": gain, "curve_rise": _rise(curve)}


def _of_model(measurements: Measurements, settings: Settings) -> dict[str, Estimate | None]:
    """Tell whether inputs are scaled and whether the initialization is automatic; None where that is not known.

    A model may prepare its inputs itself, and trees do not mind their scale.
    """
    models = [result.task.model for result in measurements.current]
    unseen = any(model.raw or type(model.estimator).__module__.startswith(SCALE_FREE) for model in models)
    start = models[0].parameters.get("init") if models else None
    return {
        "scaled_inputs": None if unseen else exactly(float(measurements.scaled_inputs)),
        "automatic_start": None if start is None else exactly(float(start == "auto")),
        "memorizes": exactly(float(all(fits_by_construction(model.estimator) for model in models))),
    }


def fits_by_construction(estimator: Any) -> bool:
    """Tell whether a model fits any training rows perfectly: full-grown forests and trees, the nearest neighbor."""
    last = ([one for _, one in learners(estimator)] or [estimator])[-1]
    name, params = type(last).__name__, last.get_params(deep=False)
    if name.startswith("KNeighbors"):
        return bool(params["n_neighbors"] == 1 or params["weights"] == "distance")
    grown = name.startswith((*FITS_ANYTHING, "DecisionTree", "ExtraTree"))
    held_back = params.get("max_depth") or params.get("max_leaf_nodes") or params.get("min_samples_leaf", 1) != 1
    return bool(grown and not held_back)


def material_of(results: Sequence[FitResult], smallest: float) -> float:
    """Return δ, the smallest difference that matters: a share of the dev error, at most of the baseline's."""
    return delta_of(float(np.mean([result.useful_error for result in results])), smallest)


def _counts(measurements: Measurements, settings: Settings) -> dict[str, Estimate | None]:
    results = measurements.current
    return {
        "n_train": exactly(len(results[0].task.train_rows)),
        "n_dev": exactly(estimates.distinct_dev_rows(results)),
        "repeats": exactly(len(results)),
        "dev_half_width": exactly(Z_95 * float(np.sqrt(estimates.dev_part(results).in_mean))),
    }


def _against_references(measurements: Measurements, settings: Settings) -> dict[str, Estimate | None]:
    """Compare with the baseline, the linear model and the best reference, each paired by repeat and row."""
    candidates = {"current": measurements.current, **measurements.references}
    best = min(candidates.values(), key=_mean_dev)
    evidence: dict[str, Estimate | None] = {
        "guess_error": exactly(_mean_dev(measurements.guess)),
        "better_than_guess": estimates.paired_change(best, measurements.guess, clipped=False, one_sided=SIGNAL_LEVEL),
    }
    evidence["worse_than_guess"] = estimates.paired_change(measurements.guess, measurements.current, clipped=False)
    if measurements.references:
        reference = min(measurements.references.values(), key=_mean_dev)
        evidence["reference_error"] = estimates.dev_error(reference)
        evidence["reference_lead"] = _lead_of_the_best(measurements)
    if "linear" in measurements.references:
        evidence["simple_lead"] = estimates.paired_change(measurements.references["linear"], measurements.current)
    return evidence


def _lead_of_the_best(measurements: Measurements) -> Estimate:
    """Estimate how far the best reference model is ahead, corrected for being the best of several."""
    pairs = [(measurements.current, results) for results in measurements.references.values()]
    rows = 1 + max(int(result.task.dev_rows.max()) for result in measurements.current)
    changes = [estimates.paired_change(*pair) for pair in pairs]
    best = min(range(len(pairs)), key=lambda k: _mean_dev(pairs[k][1]))
    return -picked(changes, correlation_of(pairs, rows), measurements.current[0].task.seed)[best].expected


def _best_label(measurements: Measurements) -> Value:
    """Return the name of the best reference model; "" without any."""
    best = min(measurements.references, key=lambda key: _mean_dev(measurements.references[key]), default="")
    return measurements.labels.get(best, "")


def _mean_dev(results: Sequence[FitResult]) -> float:
    return float(np.mean([result.dev_error for result in results]))


def _achievable(measurements: Measurements, settings: Settings) -> Estimate:
    """Return E*: the user's target, else the least that any model here reaches with 90% confidence.

    An upper bound: some other model may reach less. Its source says which model that is. Where the dev rows are of
    another kind, it is that on new rows like the training rows: only there can it be held against the training error.
    """
    if settings.target_error is not None:
        return exactly(settings.target_error, Message("your target"))
    candidates = [estimates.dev_error(measurements.alike, Message("the model itself"))]
    if not measurements.training_dev:
        candidates.append(estimates.dev_error(measurements.guess, Message("the baseline")))
    references = measurements.references_training_dev if measurements.training_dev else measurements.references
    for key, results in references.items():
        candidates.append(estimates.dev_error(results, Message("{model}", {"model": measurements.labels[key]})))
    if measurements.training_dev:
        return min(candidates, key=lambda e: e.surely_below)
    # The changes of probes are counted from this error.
    before = estimates.dev_error(min(measurements.current, measurements.guess, key=_mean_dev))
    candidates += [_after(probe, before) for probe in measurements.probes.values()]
    return min(candidates, key=lambda e: e.surely_below)


def _after(probe: Probe, before: Estimate) -> Estimate:
    """Return the dev error after a probed remedy, from the error before it and the paired change."""
    half = float(np.hypot(before.high - before.value, probe.dev.high - probe.dev.value))
    value = max(0.0, before.value + probe.dev.value)
    one = float(np.hypot(before.surely_below - before.value, probe.dev.surely_below - probe.dev.value))
    return Estimate(
        value,
        max(0.0, value - half),
        value + half,
        max(0.0, value - one),
        value + one,
        Message("a short run of a fix"),
    )


def _rise(curve: LearningCurve) -> Estimate | None:
    """Return the largest paired rise of the dev error from one size to the next.

    The interval is as wide as the square root of the number of steps asks for, among which the largest was chosen: wider
    than Bonferroni's from five steps on. Sizes that only an early verdict asked for say nothing of more rows than all.
    """
    errors = curve.dev_errors[(curve.sizes + 1) * SPAN >= curve.sizes[-1]]
    # The largest size may have more repeats than the others.
    has_smaller_sizes = np.isfinite(errors[:-1]).any(axis=0)
    steps = np.diff(errors[:, has_smaller_sizes], axis=0)
    steps = steps[np.isfinite(steps).all(axis=1)]
    if len(steps) == 0 or steps.shape[1] < 3:
        return None
    worst = steps[int(np.argmax(steps.mean(axis=1)))]
    low, high = t_interval(worst, rho=1.0)
    widened = (high - low) / 2 * float(np.sqrt(len(steps)))
    return estimate(float(worst.mean()), (widened / Z_TWO_SIDED) ** 2)


def table_evidence(audit: TableAudit) -> dict[str, Estimate | None]:
    """Return the evidence about the table, by name."""
    leak = audit.leaky_columns[0] if audit.leaky_columns else None
    computed = audit.computed_target
    cells = max(1, audit.rows * max(1, audit.scales.numbers))
    return {
        "n_features": exactly(audit.features),
        "n_classes": exactly(audit.classes) if audit.classes else None,
        "duplicate_share": exactly(0.0 if audit.copies.are_chance else audit.copies.share),
        "conflict_floor": audit.copies.error_floor,
        "conflict_ratio": None if audit.copies.disagreement is None else exactly(audit.copies.disagreement),
        "leak_gain": exactly(leak.removed if leak is not None else 0.0),
        "computed_share": exactly(computed.explained if computed is not None else 0.0),
        "majority_share": exactly(audit.majority_share) if audit.classes else None,
        "rarest_class_rows": exactly(audit.rarest_class_rows) if audit.classes else None,
        "scale_ratio": exactly(audit.scales.ratio),
        "group_suspicion": exactly(float(audit.groups is not None)),
        "time_suspicion": exactly(float(audit.order.suspected)),
        "split_misleads": exactly(float(audit.split_misleads)),
        "outlier_share": exactly(sum(outlier.cells for outlier in audit.outliers) / cells),
    }


def table_names(audit: TableAudit) -> dict[str, Value]:
    """Return the column names that rules about the table mention."""
    return {
        "leak_column": audit.leaky_columns[0].column if audit.leaky_columns else "",
        "formula": audit.computed_target.formula if audit.computed_target is not None else "",
        "group_column": audit.groups.column if audit.groups is not None else "",
        "time_column": audit.order.column,
        "structure": audit.groups.column if audit.groups is not None else audit.order.column or FILE_ORDER,
        "outlier_column": audit.outliers[0].column if audit.outliers else "",
    }


Measure = Callable[[Measurements, Settings], Mapping[str, Estimate | None]]
# Who measures evidence, by the name that rows of EVIDENCE give. "parts" follow from others, "test_set" comes later.
MEASURERS: dict[str, Measure] = {
    "settings": _of_settings,
    "table": lambda measured, settings: measured.table,
    "model": _of_model,
    "counts": _counts,
    "errors": _errors,
    "references": _against_references,
    "achievable": lambda measured, settings: {"achievable": _achievable(measured, settings)},
    "curve": _of_curve,
    "health": lambda measured, settings: signals(measured.current),
}
