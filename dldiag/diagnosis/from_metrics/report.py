"""diagnose_numbers: numbers, or a learning curve from elsewhere, to the same report as a diagnosis gives."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict

from dldiag.core.i18n import Message, english
from dldiag.core.types import DatasetSummary, Finding, Forecast, LearningCurve, Notice, Report, SplitSummary
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.from_metrics.evidence import evidence_of, evidence_without_dev
from dldiag.diagnosis.from_metrics.given_metrics import AUTO, GUESSING_AUC, LOSS
from dldiag.diagnosis.from_metrics.history import TrainingHistory, signals_of
from dldiag.diagnosis.from_metrics.history_rules import (
    EPOCH_RULES,
    RISE,
    SOFTER,
    at_last_epoch,
    only_probabilities_worsen,
    with_epochs,
)
from dldiag.diagnosis.from_metrics.metrics import MEMORIZING, GivenNumbers, as_errors, check_numbers
from dldiag.diagnosis.from_metrics.remedies import remedies_for
from dldiag.diagnosis.from_metrics.rules import ASSUMED, DEV_BELOW, FEW_DEV, READS_TRAINING, number_rules, verdict_of
from dldiag.diagnosis.rules import check_rules
from dldiag.experiments.forecast import forecast

_LABEL = Message("a model known by its numbers")
_TARGET = Message("the target")
SEVERAL_RUNS = Message("The log holds {runs} runs, one after the other; the last was read.")
FIRST_SET = Message(
    "{name} was taken for the training rows and the next set for the dev rows: no name says which is which."
)
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
IN_SPREADS = Message(
    "The numbers were read as multiples of the target's standard deviation, where 1 is always predicting the mean. If they are in the "
    "target's own unit, give its standard deviation, too."
)
IN_OWN_UNIT = Message(
    "The numbers were read as RMSE in the target's own unit. As multiples of the target's standard deviation they would be worse than "
    "always predicting the mean, which is 1."
)
OWN_UNIT_ONLY = Message(
    "Give the target's standard deviation to see whether the model beats always predicting the mean."
)
REVERSED = Message("An AUC below 0.5 often means that the scores or the labels are the wrong way round.")
# With fewer dev rows, a dev error under the training error may be chance (own choice).
FEW_ROWS = 200


def diagnose_numbers(numbers: GivenNumbers, curve: LearningCurve | TrainingHistory | None = None) -> Report:
    """Apply the rules and remedies of a diagnosis to numbers measured elsewhere.

    numbers: training and dev error at least, unless the curve gives them; where both do, numbers count. Intervals come
    from row counts (Wilson's for a rate) or from the curve's repeats; without either, numbers are taken as exact. A training
    history is read at its last epoch, and its shape by rules of its own.
    Raises SettingError when an error is missing or cannot be one.
    """
    started = time.perf_counter()
    check_numbers(numbers, curve)
    history = curve if isinstance(curve, TrainingHistory) else None
    by_rows = curve if isinstance(curve, LearningCurve) else None
    errors = as_errors(numbers) if history is None else at_last_epoch(as_errors(numbers), history)
    evidence = _evidence(errors, by_rows, history)
    rules = number_rules() if history is None else [*EPOCH_RULES, *number_rules()]
    memorizes = numbers.model == MEMORIZING
    findings = check_rules(evidence, rules, READS_TRAINING if memorizes else ())
    return Report(
        dataset=_dataset(errors, curve, evidence),
        split=_split(errors, by_rows),
        model={"key": "numbers", "label": english(_LABEL), "parameters": {}},
        settings=asdict(numbers),
        curves=() if by_rows is None else (by_rows,),
        evidence=evidence.estimates(),
        findings=findings,
        recommendations=remedies_for(findings, evidence),
        verdict=verdict_of(
            findings,
            evidence,
            assumed=errors.human_error is None and evidence.achievable is not None,
            memorizes=memorizes,
            rules=rules,
            remarks=_remarks_on(numbers, errors, evidence, findings),
        ),
        forecast=_forecast(errors, by_rows),
        training_curve=None if history is None else history.as_training_curve(),
        metric=None if errors.metric == AUTO else errors.given_metric.used(errors.spread),
        seconds=time.perf_counter() - started,
    )


def _evidence(errors: GivenNumbers, curve: LearningCurve | None, history: TrainingHistory | None) -> Evidence:
    if history is None:
        return evidence_of(errors, curve)
    plain = evidence_without_dev(errors) if errors.dev_error is None else evidence_of(errors)
    return with_epochs(plain, history, signals_of(history))


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


def _dataset(
    numbers: GivenNumbers, curve: LearningCurve | TrainingHistory | None, evidence: Evidence
) -> DatasetSummary:
    by_rows = curve if isinstance(curve, LearningCurve) else None
    split = _split(numbers, by_rows)
    name = english(_LABEL) if curve is None or not curve.label else curve.label
    notices = notices_on(numbers, by_rows, evidence)
    if isinstance(curve, TrainingHistory) and curve.runs > 1:
        notices = (Notice("several_runs", SEVERAL_RUNS.filled(runs=curve.runs), count=curve.runs), *notices)
    if isinstance(curve, TrainingHistory) and curve.first_set:
        notices = (Notice("first_set", FIRST_SET.filled(name=curve.first_set)), *notices)
    rows = split.train + split.dev + split.test
    target = "" if numbers.spread is None else english(_TARGET)
    return DatasetSummary(name, rows, 0, evidence.task, target, (), "", notices, spread=numbers.spread)


def notices_on(numbers: GivenNumbers, curve: LearningCurve | None, evidence: Evidence) -> tuple[Notice, ...]:
    """Return what was assumed and what is odd about the numbers."""
    notices = []
    if numbers.human_error is None and evidence.achievable is not None:
        notices.append(NO_HUMAN)
    elif (
        evidence.avoidable_bias is not None
        and numbers.human_error is not None
        and evidence.avoidable_bias.surely_below < -evidence.delta
    ):
        notices.append(BELOW_HUMAN)
    if numbers.dev_rows is None and (curve is None or numbers.dev_error is not None or curve.dev_errors.shape[1] < 2):
        notices.append(NO_ROWS)
    return tuple(notices)


def _remarks_on(
    numbers: GivenNumbers, errors: GivenNumbers, evidence: Evidence, findings: Sequence[Finding]
) -> list[Message]:
    """Return what is said beside the verdict, in the order in which it is read."""
    fired = {finding.code for finding in findings if finding.outcome == "fired"}
    metric, remarks = errors.given_metric, []
    if numbers.metric != AUTO or (errors.metric not in (AUTO, LOSS, "rmse") and metric.unit != "rate"):
        remarks.append(metric.meaning)
    if numbers.metric == AUTO and numbers.task == "regression" and numbers.spread is None:
        remarks += [IN_OWN_UNIT] if metric.name == "rmse" else [IN_SPREADS] if "T16" in fired else []
    if metric.spread_unit is not None and errors.spread is None:
        remarks.append(OWN_UNIT_ONLY)
    if metric.name == "roc_auc" and evidence.dev_error is not None and evidence.dev_error.value > 1 - GUESSING_AUC:
        remarks.append(REVERSED)
    rise = evidence.others.get("rise")
    if rise is not None and rise.surely_above > RISE.at(evidence) and only_probabilities_worsen(evidence) is not None:
        remarks.append(SOFTER.filled(**evidence.names))
    return [*remarks, *_on_dev_below(evidence, fired)]


def _on_dev_below(evidence: Evidence, fired: set[str]) -> list[Message]:
    variance, rows = evidence.variance, evidence.n_dev
    if variance is None or variance.value >= -evidence.delta:
        return []
    few = rows is not None and (rows.value < FEW_ROWS or "C2" not in fired)
    return [DEV_BELOW, FEW_DEV.filled(n=int(rows.value))] if few and rows is not None else [DEV_BELOW]


def _split(numbers: GivenNumbers, curve: LearningCurve | None) -> SplitSummary:
    train = numbers.train_rows or (0 if curve is None else int(curve.sizes[-1]))
    repeats = 1 if curve is None else curve.dev_errors.shape[1]
    sealed = numbers.test_error is None
    return SplitSummary(train, numbers.dev_rows or 0, numbers.test_rows or 0, sealed, "given", repeats)
