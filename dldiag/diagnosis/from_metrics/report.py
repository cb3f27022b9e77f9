"""diagnose_numbers: numbers, or a learning curve from elsewhere, to the same report as a diagnosis gives."""

from __future__ import annotations

import time
from dataclasses import asdict

from dldiag.core.i18n import Message, english
from dldiag.core.types import DatasetSummary, Forecast, LearningCurve, Notice, Report, SplitSummary
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.from_metrics.evidence import evidence_of
from dldiag.diagnosis.from_metrics.metrics import MEMORIZING, GivenNumbers, check_numbers
from dldiag.diagnosis.from_metrics.remedies import remedies_for
from dldiag.diagnosis.from_metrics.rules import ASSUMED, READS_TRAINING, number_rules, verdict_of
from dldiag.diagnosis.rules import check_rules
from dldiag.experiments.forecast import forecast

_LABEL = Message("a model known by its numbers")
NO_HUMAN = Notice(
    "no_human_error",
    ASSUMED,
    hint=Message("Give what people reach, or the best error you know of; on a noisy task this changes the verdict."),
)
BELOW_HUMAN = Notice(
    "below_human_error",
    Message("The training error is below the human-level error: people no longer show what is achievable."),
    hint=Message("What is achievable lies lower; the rules see no avoidable bias up to the human-level error."),
)
NO_ROWS = Notice(
    "no_dev_rows",
    Message("No number of dev rows was given: the dev error is taken as exact."),
    hint=Message("Give the number of dev rows to see how sure each answer is."),
)


def diagnose_numbers(numbers: GivenNumbers, curve: LearningCurve | None = None) -> Report:
    """Apply the rules and remedies of a diagnosis to numbers measured elsewhere.

    numbers: training and dev error at least, unless the curve gives them; where both do, numbers count. Intervals come
    from row counts (Wilson's for a rate) or from the curve's repeats; without either, numbers are taken as exact.
    Raises SettingError when an error is missing or cannot be one.
    """
    started = time.perf_counter()
    check_numbers(numbers, curve)
    evidence = evidence_of(numbers, curve)
    memorizes = numbers.model == MEMORIZING
    findings = check_rules(evidence, number_rules(), READS_TRAINING if memorizes else ())
    return Report(
        dataset=_dataset(numbers, curve, evidence),
        split=_split(numbers, curve),
        model={"key": "numbers", "label": english(_LABEL), "parameters": {}},
        settings=asdict(numbers),
        curves=() if curve is None else (curve,),
        evidence=evidence.estimates(),
        findings=findings,
        recommendations=remedies_for(findings, evidence),
        verdict=verdict_of(findings, evidence, assumed=numbers.human_error is None, memorizes=memorizes),
        forecast=_forecast(numbers, curve),
        seconds=time.perf_counter() - started,
    )


def _forecast(numbers: GivenNumbers, curve: LearningCurve | None) -> Forecast:
    if curve is None:
        return Forecast(
            abstains=Message("A forecast needs a learning curve: errors at several numbers of training rows.")
        )
    return forecast(
        curve.sizes,
        curve.dev_errors,
        train_errors=curve.train_errors,
        target_error=numbers.human_error,
        unit=numbers.unit,
    )


def _dataset(numbers: GivenNumbers, curve: LearningCurve | None, evidence: Evidence) -> DatasetSummary:
    split = _split(numbers, curve)
    name = english(_LABEL) if curve is None else curve.label or curve.model
    task = evidence.task
    return DatasetSummary(
        name, split.train + split.dev + split.test, 0, task, "", (), "", notices_on(numbers, curve, evidence)
    )


def notices_on(numbers: GivenNumbers, curve: LearningCurve | None, evidence: Evidence) -> tuple[Notice, ...]:
    """Return what was assumed and what is odd about the numbers."""
    found = []
    if numbers.human_error is None:
        found.append(NO_HUMAN)
    elif evidence.avoidable_bias is not None and evidence.avoidable_bias.surely_below < -evidence.delta:
        found.append(BELOW_HUMAN)
    if numbers.dev_rows is None and (curve is None or numbers.dev_error is not None or curve.dev_errors.shape[1] < 2):
        found.append(NO_ROWS)
    return tuple(found)


def _split(numbers: GivenNumbers, curve: LearningCurve | None) -> SplitSummary:
    train = numbers.train_rows or (0 if curve is None else int(curve.sizes[-1]))
    repeats = 1 if curve is None else curve.dev_errors.shape[1]
    sealed = numbers.test_error is None
    return SplitSummary(train, numbers.dev_rows or 0, numbers.test_rows or 0, sealed, "given", repeats)
