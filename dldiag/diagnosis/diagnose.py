"""The main flow, from a dataset and a model to a report: what is wrong, how sure that is, and what to do. Start reading here."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, LearningCurve, OnProgress, Report, ShouldStop, SplitSummary
from dldiag.data.split import rows_fingerprint
from dldiag.diagnosis.case import Case, curve_stages, prepare_case
from dldiag.diagnosis.checks import check_trained
from dldiag.diagnosis.evidence import Evidence, Probe
from dldiag.diagnosis.evidence.gather import Measurements, gather
from dldiag.diagnosis.evidence.signals import mean_training_curve
from dldiag.diagnosis.forecast_or_abstain import forecast_or_abstain
from dldiag.diagnosis.label_trial import with_label_trial
from dldiag.diagnosis.larger_dev_set import with_larger_dev_set
from dldiag.diagnosis.metric_evidence import (
    class_weight_gain,
    metric_demands,
    metric_fields,
    names_of_demands,
    with_target_as_loss,
)
from dldiag.diagnosis.probes import probe
from dldiag.diagnosis.progress import ProgressMeter, meter_of
from dldiag.diagnosis.rare_rows import names_of, rare_rows
from dldiag.diagnosis.recommend import recommend, settled
from dldiag.diagnosis.rules import RULES, check_rules
from dldiag.diagnosis.summaries import described_model, summary_of, versions
from dldiag.diagnosis.trials import try_remedies
from dldiag.diagnosis.verdict import agreeing, before_any_fix, conclude
from dldiag.error_analysis.analysis import ErrorAnalysis
from dldiag.error_analysis.of_fits import analyze_fits, where_wrong
from dldiag.experiments.estimates import dev_error
from dldiag.experiments.fit import FitResult
from dldiag.experiments.learning_curve import as_curve, clipped, with_estimates
from dldiag.experiments.models import Model

EARLY = Message(
    "A first verdict, from {rows:,} of {all:,} training rows. It is refined while the larger sizes are computed."
)


def diagnose(
    dataset: Dataset,
    model: Any = None,
    settings: Settings = Settings(),  # noqa: B008 — frozen
    *,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
    n_jobs: int = 1,
) -> Report:
    """Diagnose a model on a dataset: what is wrong, how sure that is, what to do next, and what that did when tried.

    model: an unfitted scikit-learn estimator, or None for our network with its default settings. An estimator learns the
    class names as pandas reads them (numbers where they are numbers); each repeat sets its random_state, so that what
    is compared differs in nothing else. n_jobs: processes that share the fits, −1 for all cores; the report is the same, and a
    should_stop that can be pickled is asked in them, too. on_progress is called with a Progress after each fit; a first verdict comes with
    it as soon as the model and the linear reference are done. Raises DataError and SettingError for input that cannot be
    used, TypeError for arguments of another type, Stopped when should_stop() says so.
    """
    return run_case(prepare_case(dataset, model, settings, n_jobs=n_jobs, should_stop=should_stop), on_progress)


def run_case(case: Case, on_progress: OnProgress = None) -> Report:
    """Diagnose a prepared case: learning curves, short runs of every remedy, the verdict, and tests of what is recommended."""
    started = time.perf_counter()
    progress = meter_of(case, on_progress)

    _fit_curves(case, progress, started)
    analysis, probes = _probe(case, progress)
    report, evidence = verdict_on(case, case.references, probes, started)
    wrong = where_wrong(case.fits, (case.model, *case.references), case.all_repeats, analysis, report.metrics)
    report = replace(report, verdict=agreeing(report.verdict, report.recommendations, evidence.delta), **wrong)
    progress.show(report)
    report = _test_remedies(case, report, evidence, progress)
    report = with_label_trial(report, case.fits, case.model)
    losses = with_target_as_loss(case.settings, case.fits.encoded.choice)
    report = with_larger_dev_set(report, measurements_of(case, case.references, probes), case.fits, case.model, losses)
    return replace(report, compared=case.compared, seconds=time.perf_counter() - started)


def _fit_curves(case: Case, progress: ProgressMeter, started: float) -> None:
    """Fit the learning curves, the quick reference first, and report a first verdict before the slow ones."""
    quick, slow = case.references[:1], case.references[1:]
    progress.enter(Message("Learning curves"))
    for sizes in curve_stages(case.sizes, case.early):
        points = case.points([case.guess, case.model, *quick], sizes)
        case.fits.fit_points(points, on_result=progress.advance, watched=sizes[-1:])
        if sizes[-1] != case.sizes[-1]:
            progress.report_so_far(lambda: early_report(case, quick, started))
    progress.report_so_far(lambda: report_on(case, quick, started))
    case.fits.fit_points(case.points(slow, case.sizes), on_result=progress.advance)


def _probe(case: Case, progress: ProgressMeter) -> tuple[ErrorAnalysis | None, Mapping[str, Probe]]:
    """Run every remedy briefly; where the model is wrong decides which features are worth a run."""
    progress.enter(Message("Short runs of every fix"))
    analysis = analyze_fits(case.fits, case.model, case.settings.seed)
    smallest = case.settings.material
    probes = probe(
        case.fits,
        case.model,
        case.effort,
        smallest=smallest,
        found=analysis,
        references=case.references,
        on_result=progress.advance,
    )
    return analysis, probes


def _test_remedies(case: Case, report: Report, evidence: Evidence, progress: ProgressMeter) -> Report:
    """Test the recommended remedies with all training rows; each result may change their order, and with it the verdict."""
    progress.enter(Message("Trying the recommended remedies"))
    effort, advance = case.effort, progress.advance
    for tested in try_remedies(
        case.fits, case.model, report, evidence, effort=effort, most=case.trials, on_result=advance
    ):
        recommendations = settled(tested, evidence.delta)
        report = replace(
            report, recommendations=recommendations, verdict=agreeing(report.verdict, recommendations, evidence.delta)
        )
        progress.show(report)
    return report


def early_report(case: Case, references: Sequence[Model], started: float) -> Report:
    """Make a first report from the sizes up to `case.early`; its verdict says that it is early."""
    size = case.early
    early = replace(case, sizes=tuple(n for n in case.sizes if size is None or n <= size), is_early=True)
    report = report_on(early, references, started)
    detail = EARLY.filled(rows=early.sizes[-1], all=case.fits.split.n_train)
    return replace(report, verdict=replace(report.verdict, detail=detail))


def report_on(case: Case, references: Sequence[Model], started: float) -> Report:
    """Make a report from what has been measured so far, before any remedy was tested."""
    waiting = tuple(rule.code for rule in RULES if rule.concludes_from_trials)
    report, _ = verdict_on(case, references, {}, started, muted=waiting)
    return replace(report, verdict=before_any_fix(report.verdict))


def verdict_on(
    case: Case, references: Sequence[Model], probes: Mapping[str, Probe], started: float, *, muted: tuple[str, ...] = ()
) -> tuple[Report, Evidence]:
    """Gather the evidence, apply the rules, order the remedies, and conclude."""
    dataset, settings = case.fits.dataset, case.settings
    curves = tuple(_curve(case, one) for one in (case.model, *references))
    measurements = measurements_of(case, references, probes)
    evidence = gather(measurements, with_target_as_loss(settings, case.fits.encoded.choice))
    findings = check_rules(evidence, RULES, (*settings.muted, *muted))
    report = Report(
        dataset=summary_of(case.fits.encoded),
        split=_split_summary(case),
        model=described_model(case.model),
        settings=asdict(settings),
        curves=curves,
        evidence=evidence.estimates(),
        findings=findings,
        recommendations=recommend(findings, evidence, case.model),
        verdict=conclude(findings, evidence, dataset.target, measurements.alike, settings.seed),
        forecast=forecast_or_abstain(
            measurements.curve,
            with_target_as_loss(settings, case.fits.encoded.choice),
            findings,
            dev_error(measurements.current),
        ),
        training_curve=mean_training_curve(measurements.current),
        repairs=case.repairs,
        compared=case.compared,
        seconds=time.perf_counter() - started,
        versions=versions(),
        **metric_fields(case.fits, case.model, measurements.current, measurements.guess),
    )
    return report, evidence


def measurements_of(case: Case, references: Sequence[Model], probes: Mapping[str, Probe]) -> Measurements:
    """Collect what has been fitted so far; a first verdict, which has no probes yet, does not wait for fits with fewer rare rows."""
    fits, n, repeats, unit = case.fits, case.sizes[-1], case.all_repeats, case.fits.encoded.choice.unit
    rare = rare_rows(fits, case.model, repeats) if probes else None
    curve = as_curve(case.model, case.sizes, len(repeats), fits.results, unit)
    current, guess = (fits.get(model, n, repeats) for model in (case.model, case.guess))
    check_trained(current)
    results = {model.key: fits.get(model, n, repeats) for model in references}
    trained = [model for model in references if _has_trained(results[model.key])]
    results = {model.key: results[model.key] for model in trained}
    return Measurements(
        fits.dataset.task,
        current,
        guess,
        references=results,
        labels={model.key: model.label for model in references},
        curve=clipped(curve, float(np.mean([result.dev_error for result in guess]))),
        probes=probes,
        table={
            **case.table,
            **class_weight_gain(fits, case.model, probes, case.effort),
            **metric_demands(fits, case.model, [current, *results.values()], guess),
            **({} if rare is None else rare.numbers()),
        },
        names={**case.names, **names_of(rare, fits.dataset.classes), **names_of_demands(fits)},
        scaled_inputs=case.model.scale_inputs,
        training_dev=fits.training_dev(case.model, n, repeats),
        references_training_dev={model.key: fits.training_dev(model, n, repeats) for model in trained},
    )


def _has_trained(results: Sequence[FitResult]) -> bool:
    return not any(result.failed for result in results)


def _curve(case: Case, model: Model) -> LearningCurve:
    curve = as_curve(model, case.sizes, len(case.repeats), case.fits.results, case.fits.encoded.choice.unit)
    return with_estimates(curve, model, [case.repeats_at(size) for size in case.sizes], case.fits.results)


def _split_summary(case: Case) -> SplitSummary:
    split, sealed = case.fits.split, rows_fingerprint(case.fits.dataset, case.fits.split.test_rows)
    return SplitSummary(split.n_train, split.n_dev, len(split.test_rows), True, split.method, len(case.repeats), sealed)
