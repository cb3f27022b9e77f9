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

# Models whose module name begins so are trees, which do not mind the scale of their inputs.
SCALE_FREE = ("sklearn.tree", "sklearn.ensemble")
FITS_ANYTHING = ("RandomForest", "ExtraTrees")  # Models whose class name begins so grow until they fit.
FILE_ORDER = Message("the order of the rows in the file")
# One-sided. The best of several models is compared with the baseline, so chance gets several tries.
SIGNAL_LEVEL = 0.99


@dataclass(frozen=True, eq=False)
class Measured:
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


def gather(measured: Measured, settings: Settings) -> Evidence:
    """Turn fits into evidence: what every row of MEASURERS finds, and the parts of the dev error that follow from it."""
    names = {**measured.names, "reference": _best_label(measured)}
    evidence = Evidence(measured.task, measured.current[0].unit, probes=measured.probes, names=names)
    for measure in MEASURERS.values():
        evidence = evidence.with_values(measure(measured, settings))
    return with_achievable(evidence)


def _of_settings(measured: Measured, settings: Settings) -> dict[str, Estimate | None]:
    return {"target_error": None if settings.target_error is None else exactly(settings.target_error)}


def _errors(measured: Measured, settings: Settings) -> dict[str, Estimate | None]:
    """Return the errors and their gaps; the training-dev error and data mismatch (Ng, ch. 41) where dev rows are of another kind."""
    dev = estimates.dev_error(measured.current)
    training_dev = estimates.dev_error(measured.training_dev) if measured.training_dev else None
    return {
        "material": exactly(material_of(measured.current, settings.material)),
        "train_error": estimates.train_error(measured.current),
        "dev_error": dev,
        "counted_error": estimates.counted_error(measured.current),
        "variance": estimates.gap(measured.alike),
        "training_dev_error": training_dev,
        "mismatch": None if training_dev is None else difference(dev, training_dev),
    }


def _of_curve(measured: Measured, settings: Settings) -> dict[str, Estimate | None]:
    """Estimate the gain from more rows; None for a model that is not better than the baseline."""
    curve, gain = measured.curve, None
    if estimates.paired_change(measured.guess, measured.current, clipped=False).surely_below <= 0:
        gain = expected_gain(curve.sizes, curve.dev_errors, train_errors=curve.train_errors)
    return {"more_data_gain": gain, "curve_rise": _rise(curve)}


def _of_model(measured: Measured, settings: Settings) -> dict[str, Estimate | None]:
    """Tell whether inputs are scaled and whether the initialization is automatic; None where that is not known.

    A model may prepare its inputs itself, and trees do not mind their scale.
    """
    models = [result.task.model for result in measured.current]
    unseen = any(model.raw or type(model.estimator).__module__.startswith(SCALE_FREE) for model in models)
    start = models[0].parameters.get("init") if models else None
    return {
        "scaled_inputs": None if unseen else exactly(float(measured.scaled_inputs)),
        "automatic_start": None if start is None else exactly(float(start == "auto")),
        "memorizes": exactly(float(all(fits_by_construction(model.estimator) for model in models))),
    }


def fits_by_construction(estimator: Any) -> bool:
    """Tell whether a model fits any training rows perfectly: full-grown forests and trees, the nearest neighbor."""
    last = ([one for _, one in learners(estimator)] or [estimator])[-1]
    name, given = type(last).__name__, last.get_params(deep=False)
    if name.startswith("KNeighbors"):
        return bool(given["n_neighbors"] == 1 or given["weights"] == "distance")
    grown = name.startswith((*FITS_ANYTHING, "DecisionTree", "ExtraTree"))
    held_back = given.get("max_depth") or given.get("max_leaf_nodes") or given.get("min_samples_leaf", 1) != 1
    return bool(grown and not held_back)


def material_of(results: Sequence[FitResult], smallest: float) -> float:
    """Return δ, the smallest difference that matters: a share of the dev error, at most of the baseline's."""
    return delta_of(float(np.mean([result.useful_error for result in results])), smallest)


def _counts(measured: Measured, settings: Settings) -> dict[str, Estimate | None]:
    results = measured.current
    return {
        "n_train": exactly(len(results[0].task.train_rows)),
        "n_dev": exactly(estimates.distinct_dev_rows(results)),
        "repeats": exactly(len(results)),
        "dev_half_width": exactly(Z_95 * float(np.sqrt(estimates.dev_part(results).in_mean))),
    }


def _against_references(measured: Measured, settings: Settings) -> dict[str, Estimate | None]:
    """Compare with the baseline, the linear model and the best reference, each paired by repeat and row."""
    candidates = {"current": measured.current, **measured.references}
    best = min(candidates.values(), key=_mean_dev)
    found: dict[str, Estimate | None] = {
        "guess_error": exactly(_mean_dev(measured.guess)),
        "better_than_guess": estimates.paired_change(best, measured.guess, clipped=False, one_sided=SIGNAL_LEVEL),
    }
    found["worse_than_guess"] = estimates.paired_change(measured.guess, measured.current, clipped=False)
    if measured.references:
        reference = min(measured.references.values(), key=_mean_dev)
        found["reference_error"] = estimates.dev_error(reference)
        found["reference_lead"] = _lead_of_the_best(measured)
    if "linear" in measured.references:
        found["simple_lead"] = estimates.paired_change(measured.references["linear"], measured.current)
    return found


def _lead_of_the_best(measured: Measured) -> Estimate:
    """Estimate how far the best reference model is ahead, corrected for being the best of several."""
    pairs = [(measured.current, results) for results in measured.references.values()]
    rows = 1 + max(int(result.task.dev_rows.max()) for result in measured.current)
    changes = [estimates.paired_change(*pair) for pair in pairs]
    best = min(range(len(pairs)), key=lambda k: _mean_dev(pairs[k][1]))
    return -picked(changes, correlation_of(pairs, rows), measured.current[0].task.seed)[best].expected


def _best_label(measured: Measured) -> Value:
    """Return the name of the best reference model; "" without any."""
    best = min(measured.references, key=lambda key: _mean_dev(measured.references[key]), default="")
    return measured.labels.get(best, "")


def _mean_dev(results: Sequence[FitResult]) -> float:
    return float(np.mean([result.dev_error for result in results]))


def _achievable(measured: Measured, settings: Settings) -> Estimate:
    """Return E*: the user's target, else the least that any model here reaches with 90% confidence.

    An upper bound: some other model may reach less. Its source says which model that is. Where the dev rows are of
    another kind, it is that on new rows like the training rows: only there can it be held against the training error.
    """
    if settings.target_error is not None:
        return exactly(settings.target_error, Message("your target"))
    candidates = [estimates.dev_error(measured.alike, Message("the model itself"))]
    if not measured.training_dev:
        candidates.append(estimates.dev_error(measured.guess, Message("the baseline")))
    references = measured.references_training_dev if measured.training_dev else measured.references
    for key, results in references.items():
        candidates.append(estimates.dev_error(results, Message("{model}", {"model": measured.labels[key]})))
    if measured.training_dev:
        return min(candidates, key=lambda e: e.surely_below)
    # The changes of probes are counted from this error.
    before = estimates.dev_error(min(measured.current, measured.guess, key=_mean_dev))
    candidates += [_after(probe, before) for probe in measured.probes.values()]
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
        Message("a short run of a remedy"),
    )


def _rise(curve: LearningCurve) -> Estimate | None:
    """Return the largest paired rise of the dev error from one size to the next.

    The interval is as wide as the square root of the number of steps asks for, among which the largest was chosen: wider
    than Bonferroni's from five steps on.
    """
    drawn = np.isfinite(curve.dev_errors[:-1]).any(axis=0)  # The largest size may have more repeats than the others.
    steps = np.diff(curve.dev_errors[:, drawn], axis=0)
    steps = steps[np.isfinite(steps).all(axis=1)]
    if len(steps) == 0 or steps.shape[1] < 3:
        return None
    worst = steps[int(np.argmax(steps.mean(axis=1)))]
    low, high = t_interval(worst, rho=1.0)
    widened = (high - low) / 2 * float(np.sqrt(len(steps)))
    return estimate(float(worst.mean()), (widened / Z_TWO_SIDED) ** 2)


def table_evidence(found: TableAudit) -> dict[str, Estimate | None]:
    """Return the evidence about the table, by name."""
    leak = found.leaky_columns[0] if found.leaky_columns else None
    computed = found.computed_target
    cells = max(1, found.rows * max(1, found.scales.numbers))
    return {
        "n_features": exactly(found.features),
        "n_classes": exactly(found.classes) if found.classes else None,
        "duplicate_share": exactly(0.0 if found.copies.are_chance else found.copies.share),
        "conflict_floor": found.copies.error_floor,
        "conflict_ratio": None if found.copies.disagreement is None else exactly(found.copies.disagreement),
        "leak_gain": exactly(leak.removed if leak is not None else 0.0),
        "computed_share": exactly(computed.explained if computed is not None else 0.0),
        "majority_share": exactly(found.majority_share) if found.classes else None,
        "rarest_class_rows": exactly(found.rarest_class_rows) if found.classes else None,
        "scale_ratio": exactly(found.scales.ratio),
        "group_suspicion": exactly(float(found.groups is not None)),
        "time_suspicion": exactly(float(found.order.suspected)),
        "split_misleads": exactly(float(found.split_misleads)),
        "outlier_share": exactly(sum(one.cells for one in found.outliers) / cells),
    }


def table_names(found: TableAudit) -> dict[str, Value]:
    """Return the column names that rules about the table mention."""
    return {
        "leak_column": found.leaky_columns[0].column if found.leaky_columns else "",
        "formula": found.computed_target.formula if found.computed_target is not None else "",
        "group_column": found.groups.column if found.groups is not None else "",
        "time_column": found.order.column,
        "structure": found.groups.column if found.groups is not None else found.order.column or FILE_ORDER,
        "outlier_column": found.outliers[0].column if found.outliers else "",
    }


Measure = Callable[[Measured, Settings], Mapping[str, Estimate | None]]
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
