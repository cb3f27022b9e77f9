"""What a larger dev set would decide: the same values, with the intervals that more dev rows would leave.

Only the noise that comes from the dev rows shrinks; that of training sets and initial weights stays. This is checked on
the past: half of the dev rows forecast the interval of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dldiag.core.settings import Settings
from dldiag.core.types import DevSetOutlook, DevSetSize, Estimate, Finding, Recommendation, Report
from dldiag.diagnosis.evidence.gather import Measurements, gather
from dldiag.diagnosis.recommend import FEW_DEV_ROWS, decide_order
from dldiag.diagnosis.remedies import LARGER_DEV_SET, REMEDIES
from dldiag.diagnosis.rules import RULES
from dldiag.diagnosis.rules.engine import apply_rule
from dldiag.experiments.estimates import dev_error, distinct_dev_rows, paired_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import Model, changed

TIMES = (2, 4, 10)  # Multiples of the dev rows for which the report says what they would decide.
LEAST_NARROWER = (
    0.1  # Share by which the interval shrinks at least where a larger dev set is worth its rows (own choice).
)
LEAST_HALF = 20  # Least dev rows in each half, to forecast anything.

Results = Sequence[FitResult]
# The effect that is shown, and the fits before and after the change.
OpenTest = tuple[Estimate, Results, Results]


def with_larger_dev_set(
    report: Report, measurements: Measurements, fits: FitCache, model: Model, settings: Settings
) -> Report:
    """Return the report with what a larger dev set would decide; nothing is fitted.

    It is stated where a larger dev set is recommended, which is left out where it would decide and narrow nothing, and where the dev set is too small and some size would decide an open test:
    then the fix is added, after all others.
    """
    is_listed = any(recommendation.remedy == LARGER_DEV_SET for recommendation in report.recommendations)
    small = next((finding for finding in report.findings if finding.problem in FEW_DEV_ROWS), None)
    tests = dict(_open_tests(report, fits, model))
    if not is_listed and (small is None or not tests):
        return report
    outlook = _outlook(report, measurements, tests, settings)
    others = [one for one in report.recommendations if one.remedy != LARGER_DEV_SET]
    if is_listed and others and not _is_worth_its_rows(outlook):
        return replace(report, recommendations=tuple(replace(one, rank=i) for i, one in enumerate(others, 1)))
    if is_listed:
        return replace(report, larger_dev_set=outlook)
    if small is None or not any(size.decided for size in outlook.sizes):
        return report
    return replace(report, larger_dev_set=outlook, recommendations=(*report.recommendations, _added(small, report)))


def _outlook(
    report: Report, measurements: Measurements, tests: Mapping[str, OpenTest], settings: Settings
) -> DevSetOutlook:
    """Return what each multiple of the dev rows would decide, of the verdict's questions and of the open tests."""
    current, questions = measurements.current, _open_questions(report)
    rows = distinct_dev_rows(current)

    def size(times: int) -> DevSetSize:
        still = _still_open(measurements, settings, questions, times)
        decided = [name for name in questions if name not in still]
        decided += [name for name, run in tests.items() if _decides(*run, report.delta, times)]
        return DevSetSize(times, times * rows, _half_width(dev_error(_as_many(current, times))), tuple(decided))

    return DevSetOutlook(
        rows,
        _half_width(dev_error(current)),
        forecast_from_half(current, report.settings["seed"]),
        (*questions, *tests),
        tuple(size(times) for times in TIMES),
    )


def _is_worth_its_rows(outlook: DevSetOutlook) -> bool:
    """Tell whether more dev rows decide a question or narrow the interval: spread between training sets stays as it is."""
    narrowest = outlook.sizes[-1].half_width
    return any(one.decided for one in outlook.sizes) or narrowest < (1 - LEAST_NARROWER) * outlook.half_width


def _added(small: Finding, report: Report) -> Recommendation:
    row = REMEDIES[LARGER_DEV_SET]
    return Recommendation(
        1 + len(report.recommendations), row.key, row.title, row.column, small.message, small.problem or ""
    )


def _half_width(estimate: Estimate) -> float:
    """Return how far the upper bound is: the lower one may be cut at 0."""
    return estimate.high - estimate.value


def _as_many(results: Results, times: float) -> list[FitResult]:
    """Return results whose intervals are those that as many times the dev rows would leave."""
    return [replace(result, dev_times=times) for result in results]


def _open_questions(report: Report) -> list[str]:
    """Return which of the verdict's two questions, high bias and high variance, is undecided."""
    undecided = {finding.code for finding in report.findings if finding.outcome == "undecided"}
    return [rule.answers for rule in RULES if rule.answers and rule.code in undecided]


def _still_open(measurements: Measurements, settings: Settings, questions: Sequence[str], times: float) -> list[str]:
    if not questions:
        return []
    evidence = gather(_measured_as_many(measurements, times), settings)
    rules = [rule for rule in RULES if rule.answers in questions]
    return [str(rule.answers) for rule in rules if apply_rule(rule, evidence).outcome == "undecided"]


def _measured_as_many(measurements: Measurements, times: float) -> Measurements:
    def of_each(results: Mapping[str, Results]) -> dict[str, Results]:
        return {key: _as_many(result, times) for key, result in results.items()}

    return replace(
        measurements,
        current=_as_many(measurements.current, times),
        guess=_as_many(measurements.guess, times),
        references=of_each(measurements.references),
        training_dev=_as_many(measurements.training_dev, times),
        references_training_dev=of_each(measurements.references_training_dev),
    )


def _open_tests(report: Report, fits: FitCache, model: Model) -> Iterator[tuple[str, OpenTest]]:
    """Yield the fixes whose test is undecided, each with its effect and its fits."""
    for recommendation in report.recommendations:
        trial = recommendation.trial
        if trial is None or trial.verdict != "undecided" or not trial.settings:
            continue
        repeats, size = range(trial.repeats), fits.split.n_train
        before, after = (fits.get(each, size, repeats) for each in (model, changed(model, trial.settings)))
        if len(before) == len(after) == trial.repeats:
            yield recommendation.remedy, (trial.change, before, after)


def _decides(shown: Estimate, before: Results, after: Results, delta: float, times: float) -> bool:
    """Tell whether the test of a fix would be decided if the shown value stayed and its interval shrank."""
    now, then = (paired_change(_as_many(before, one), after) for one in (1.0, times))
    shrunk = (then.high - then.low) / max(now.high - now.low, np.finfo(float).tiny)
    low, high = (shown.value + shrunk * (bound - shown.value) for bound in (shown.low, shown.high))
    return decide_order(Estimate(shown.value, low, high), delta) != "undecided"


def forecast_from_half(results: Results, seed: int) -> float | None:
    """Return half of the interval that half of the dev rows forecast for all of them; None for too few rows."""
    labels = [result.task.dev_rows if result.dev_clusters is None else result.dev_clusters.labels for result in results]
    different = np.unique(np.concatenate(labels))
    half = np.random.default_rng([seed, 10]).permutation(different)[: len(different) // 2]
    halves = [_on_rows(result, np.isin(of_row, half)) for result, of_row in zip(results, labels, strict=True)]
    if len(half) < LEAST_HALF or any(result is None for result in halves):
        return None
    return _half_width(dev_error([replace(result, dev_times=2.0) for result in halves if result is not None]))


def _on_rows(result: FitResult, kept: NDArray[np.bool_]) -> FitResult | None:
    """Return a result as some of its dev rows judge it; None without any."""
    if not kept.any():
        return None
    clusters = result.dev_clusters
    return replace(
        result,
        task=replace(result.task, dev_rows=result.task.dev_rows[kept]),
        influence=result.influence[kept],
        dev_error=result.dev_error + float(result.influence[kept].mean() - result.influence.mean()),
        dev_clusters=None if clusters is None else clusters.of(np.flatnonzero(kept)),
    )
