"""The main flow, from a dataset and a model to a report: what is wrong, how sure that is, and what to do. Start reading here."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from dldiag.core.i18n import Message, Value
from dldiag.core.params import check_all
from dldiag.core.settings import Settings
from dldiag.core.types import (
    DataError,
    Dataset,
    LearningCurve,
    OnProgress,
    Repair,
    Report,
    ShouldStop,
    Split,
    SplitSummary,
)
from dldiag.data.audit.audit import TableAudit, audit_table
from dldiag.data.dataset import rows_of
from dldiag.data.split import rows_fingerprint
from dldiag.diagnosis.checks import check_muted, check_target, check_task, check_types
from dldiag.diagnosis.effort import LEAST_REPEATS, Effort, diagnosis_split, effort_for, verdict_repeats
from dldiag.diagnosis.evidence import Evidence, Probe
from dldiag.diagnosis.evidence.gather import Measured, gather, table_evidence, table_names
from dldiag.diagnosis.evidence.signals import mean_training_curve
from dldiag.diagnosis.forecast_or_abstain import forecast_or_abstain
from dldiag.diagnosis.judged_by import (
    check_possible,
    in_losses,
    judged_by_metrics,
    metric_demands,
    names_of_demands,
    rare_class_gain,
)
from dldiag.diagnosis.label_trial import with_label_trial
from dldiag.diagnosis.larger_dev_set import with_larger_dev_set
from dldiag.diagnosis.probes import probe, probe_plan
from dldiag.diagnosis.progress import ProgressMeter
from dldiag.diagnosis.rare_rows import names_of, rare_rows
from dldiag.diagnosis.recommend import recommend, settled
from dldiag.diagnosis.rules import RULES, check_rules
from dldiag.diagnosis.summaries import summary_of, versions
from dldiag.diagnosis.trials import try_remedies
from dldiag.diagnosis.verdict import agreeing, conclude
from dldiag.error_analysis.of_fits import analyze_fits, where_wrong
from dldiag.experiments.estimates import dev_error
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.learning_curve import as_curve, clipped, curve_sizes, with_estimates
from dldiag.experiments.metric_choice import choose_metric
from dldiag.experiments.model_code import described_model
from dldiag.experiments.models import Model, as_model, build_model, reference_model

EARLY_ROWS = 2_500  # Most training rows of the first verdict, reported while larger sizes are still being fitted.
EARLY_POINTS = 3  # Least sizes of the curve for a first verdict.
EARLY_TIMES = 2  # Multiple of those rows in all; with fewer, the whole curve is soon done.
EARLY = Message(
    "A first verdict, from {rows:,} of {all:,} training rows. It is refined while the larger sizes are computed."
)


@dataclass(frozen=True, eq=False)
class Case:
    """What one diagnosis is about: the memoized fits, the model, what it is compared with, and how hard to try."""

    fits: FitCache
    model: Model
    guess: Model
    references: tuple[Model, ...]
    settings: Settings
    effort: Effort
    sizes: tuple[int, ...]
    table: Mapping[str, Any]
    names: Mapping[str, Value]
    repairs: tuple[Repair, ...]
    is_early: bool = False  # True while only the smaller sizes have been fitted.

    @property
    def repeats(self) -> range:
        """The repeats of the learning curve."""
        return range(min(self.settings.repeats, len(self.fits.split.repeats)))

    @property
    def all_repeats(self) -> range:
        """The repeats with all training rows, on which the verdict rests: more than the curve has where fits are cheap.

        With five, the verdict on tables of some hundred rows depended on the seed (docs/decisions.md).
        """
        if self.is_early:
            return self.repeats
        return verdict_repeats(self.settings, self.fits.split, len(self.fits.dataset.columns))

    def repeats_at(self, size: int) -> range:
        """Return the repeats at one size of the curve."""
        return self.all_repeats if size == self.sizes[-1] else self.repeats

    def points(self, models: Sequence[Model], sizes: Sequence[int]) -> list[tuple[Model, int, int]]:
        """List the fits of models at sizes of the curve, the smallest first."""
        return [(one, size, r) for size in sizes for one in models for r in self.repeats_at(size)]

    @property
    def trials(self) -> int:
        """The largest number of remedies to test."""
        return self.effort.trials if self.settings.trials is None else self.settings.trials

    @property
    def compared(self) -> int:
        """The number of settings that were compared on the dev rows so far."""
        others = {one.identity for one in (self.guess, *self.references)}
        return len(self.fits.judged() - others)


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
    """Diagnose a prepared case: curves, probes, verdict, trials."""
    started = time.perf_counter()
    progress = _progress_of(case, on_progress)

    _fit_curves(case, progress, started)
    progress.enter(Message("Short runs of every remedy"))
    analysis = analyze_fits(case.fits, case.model, case.settings.seed)
    probes = probe(
        case.fits, case.model, case.effort, smallest=case.settings.material, found=analysis, on_result=progress.advance
    )
    report, evidence = verdict_on(case, case.references, probes, started)
    wrong = where_wrong(case.fits, (case.model, *case.references), case.all_repeats, analysis, report.metrics)
    report = replace(report, verdict=agreeing(report.verdict, report.recommendations), **wrong)
    progress.first(lambda: report)
    progress.enter(Message("Trying the recommended remedies"))
    for tried in try_remedies(
        case.fits, case.model, report, evidence, effort=case.effort, most=case.trials, on_result=progress.advance
    ):  # fmt: skip
        recommendations = settled(tried, evidence.delta)
        report = replace(report, recommendations=recommendations, verdict=agreeing(report.verdict, recommendations))
        progress.first(lambda: report)  # noqa: B023 — called at once
    report = with_label_trial(report, case.fits, case.model)
    losses = in_losses(case.settings, case.fits.encoded.choice)
    report = with_larger_dev_set(report, _measured(case, case.references, probes), case.fits, case.model, losses)
    return replace(report, compared=case.compared, seconds=time.perf_counter() - started)


def _fit_curves(case: Case, progress: ProgressMeter, started: float) -> None:
    """Fit the learning curves, the quick reference first, and report a first verdict before the slow ones."""
    quick, slow = case.references[:1], case.references[1:]
    progress.enter(Message("Learning curves"))
    for sizes in curve_stages(case.sizes):
        points = case.points([case.guess, case.model, *quick], sizes)
        case.fits.fit_points(points, on_result=progress.advance, watched=sizes[-1:])
        if sizes[-1] != case.sizes[-1]:
            progress.first(lambda: early_report(case, quick, started))
    progress.first(lambda: report_on(case, quick, started))
    case.fits.fit_points(case.points(slow, case.sizes), on_result=progress.advance)


def early_size(sizes: Sequence[int]) -> int | None:
    """Return the size of the learning curve at which a first verdict is reported; None where the whole curve is soon done.

    >>> early_size((312, 565, 1022, 1849, 3345, 6050, 10946, 20000)), early_size((100, 400, 1600, 3200))
    (1849, None)
    """
    small = [size for size in sizes if size <= EARLY_ROWS]
    return small[-1] if len(small) >= EARLY_POINTS and sizes[-1] > EARLY_TIMES * EARLY_ROWS else None


def curve_stages(sizes: Sequence[int]) -> list[Sequence[int]]:
    """Cut the sizes of the curve into stages: up to the first verdict, and the rest.

    >>> curve_stages((312, 565, 1022, 1849, 3345, 6050)), curve_stages((100, 400, 1600))
    ([(312, 565, 1022, 1849), (3345, 6050)], [(100, 400, 1600)])
    """
    early = early_size(sizes)
    n = len(sizes) if early is None else sizes.index(early) + 1
    return [part for part in (sizes[:n], sizes[n:]) if part]


def early_report(case: Case, references: Sequence[Model], started: float) -> Report:
    """Make a first report from the sizes up to `early_size`; its verdict says that it is early."""
    size = early_size(case.sizes)
    early = replace(case, sizes=tuple(n for n in case.sizes if size is None or n <= size), is_early=True)
    report = report_on(early, references, started)
    detail = EARLY.filled(rows=early.sizes[-1], all=case.fits.split.n_train)
    return replace(report, verdict=replace(report.verdict, detail=detail))


def prepare_case(
    dataset: Dataset, model: Any, settings: Settings, *, n_jobs: int = 1, should_stop: ShouldStop = None
) -> Case:
    """Split first, check the table, and choose the models to compare."""
    check_types(dataset, settings)
    check_all(settings)
    check_muted(settings)
    width = len(dataset.columns)
    effort = effort_for(settings.budget, width)
    own = build_model(dataset.task) if model is None else as_model(model)
    check_task(dataset, own)
    check_target(dataset, own)
    references = tuple(reference_model(dataset.task, key, width) for key in settings.baselines if key != own.key)
    split = diagnosis_split(dataset, settings)
    choice = choose_metric(dataset, settings)
    check_possible(choice, dataset, split, own, settings)
    found = audit_open_rows(dataset, settings, split)
    sizes = curve_sizes(split.n_train, settings.sizes, len(dataset.classes))
    early = early_size(sizes)
    fits = FitCache(
        dataset,
        split,
        choice=choice,
        kept_sizes=[min(effort.probe_rows, split.n_train), *([] if early is None else [early])],
        n_jobs=n_jobs,
        should_stop=should_stop,
    )
    return Case(
        fits, own, build_model(dataset.task, key="guess"), references, settings, effort, sizes,
        table_evidence(found), table_names(found), found.repairs,
    )  # fmt: skip


def audit_open_rows(dataset: Dataset, settings: Settings = Settings(), split: Split | None = None) -> TableAudit:  # noqa: B008 — frozen
    """Look at the table before training, at the rows that a diagnosis with these settings does not seal."""
    split = diagnosis_split(dataset, settings) if split is None else split
    return audit_table(open_rows(dataset, split), settings.seed)


def open_rows(dataset: Dataset, split: Split) -> Dataset:
    """Return the dataset without its sealed test rows."""
    return rows_of(dataset, np.setdiff1d(np.arange(dataset.n_rows), split.test_rows))


def report_on(case: Case, references: Sequence[Model], started: float) -> Report:
    """Make a report from what has been measured so far, before any remedy was tested."""
    waiting = tuple(rule.code for rule in RULES if rule.concludes_from_trials)
    return verdict_on(case, references, {}, started, muted=waiting)[0]


def verdict_on(
    case: Case, references: Sequence[Model], probes: Mapping[str, Probe], started: float, *, muted: tuple[str, ...] = ()
) -> tuple[Report, Evidence]:
    """Gather the evidence, apply the rules, order the remedies, and conclude."""
    dataset, settings = case.fits.dataset, case.settings
    curves = tuple(_curve(case, one) for one in (case.model, *references))
    measured = _measured(case, references, probes)
    evidence = gather(measured, in_losses(settings, case.fits.encoded.choice))
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
        verdict=conclude(findings, evidence, dataset.target, measured.alike, settings.seed),
        forecast=forecast_or_abstain(
            measured.curve, in_losses(settings, case.fits.encoded.choice), findings, dev_error(measured.current)
        ),
        training_curve=mean_training_curve(measured.current),
        repairs=case.repairs,
        compared=case.compared,
        seconds=time.perf_counter() - started,
        versions=versions(),
        **judged_by_metrics(case.fits, case.model, measured.current, measured.guess),
    )
    return report, evidence


def _measured(case: Case, references: Sequence[Model], probes: Mapping[str, Probe]) -> Measured:
    n, repeats = case.sizes[-1], case.all_repeats
    # A first verdict does not wait for these fits.
    rare = rare_rows(case.fits, case.model, repeats) if probes else None
    every_repeat = as_curve(case.model, case.sizes, len(repeats), case.fits.results, case.fits.encoded.choice.unit)
    current, guess = (case.fits.get(one, n, repeats) for one in (case.model, case.guess))
    _check_fitted(current)
    worked = [one for one in references if _worked(case.fits.get(one, n, repeats))]
    return Measured(
        case.fits.dataset.task,
        current,
        guess,
        {one.key: case.fits.get(one, n, repeats) for one in worked},
        {one.key: one.label for one in references},
        clipped(every_repeat, float(np.mean([result.dev_error for result in guess]))),
        probes,
        {
            **case.table,
            **rare_class_gain(case.fits, case.model, probes, case.effort),
            **metric_demands(
                case.fits, case.model, [current, *(case.fits.get(one, n, repeats) for one in worked)], guess
            ),
            **({} if rare is None else rare.numbers()),
        },
        {**case.names, **names_of(rare, case.fits.dataset.classes), **names_of_demands(case.fits)},
        case.model.scale_inputs,
        case.fits.training_dev(case.model, n, repeats),
        {one.key: case.fits.training_dev(one, n, repeats) for one in worked},
    )


def _worked(results: Sequence[FitResult]) -> bool:
    return not any(result.failed for result in results)


def _check_fitted(results: Sequence[FitResult]) -> None:
    failed = next((result.failed for result in results if result.failed), "")
    if failed:
        raise DataError(
            Message("The model cannot be trained on these rows: {error}", {"error": failed}),
            Message("Change the model's settings, or diagnose another model."),
        )


def _curve(case: Case, model: Model) -> LearningCurve:
    curve = as_curve(model, case.sizes, len(case.repeats), case.fits.results, case.fits.encoded.choice.unit)
    return with_estimates(curve, model, [case.repeats_at(size) for size in case.sizes], case.fits.results)


def _split_summary(case: Case) -> SplitSummary:
    split, sealed = case.fits.split, rows_fingerprint(case.fits.dataset, case.fits.split.test_rows)
    return SplitSummary(split.n_train, split.n_dev, len(split.test_rows), True, split.method, len(case.repeats), sealed)


def _progress_of(case: Case, on_progress: OnProgress) -> ProgressMeter:
    """Weigh the planned fits, so that the remaining time can be estimated."""
    models = [case.guess, case.model, *case.references]
    weights = [(one, size) for one in models for size in case.sizes for _ in case.repeats_at(size)]
    probe_size = min(case.effort.probe_rows, case.sizes[-1])
    weights += [(one, probe_size) for _, _, one in probe_plan(case.model) for _ in range(LEAST_REPEATS)]
    weights += [(case.model, case.sizes[-1])] * (2 * LEAST_REPEATS * case.trials)

    # Intervals from rows take a while and this is called often, so the curves come without them.
    def curves() -> tuple[LearningCurve, ...]:
        models = (case.model, *case.references)
        laid = (
            as_curve(one, case.sizes, len(case.repeats), case.fits.results, case.fits.encoded.choice.unit)
            for one in models
        )
        return tuple(laid)

    return ProgressMeter(weights, curves, on_progress)
