"""The loop idea → experiment → idea: apply the fix that helped most, diagnose again, until nothing helps.

When no single remedy helps, the settings are searched once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from dldiag.core.i18n import Message, Value
from dldiag.core.settings import Settings
from dldiag.core.types import (
    DataError,
    Dataset,
    DatasetSummary,
    Estimate,
    OnProgress,
    Progress,
    Recommendation,
    Report,
    ShouldStop,
    Stopped,
    TestResult,
    Trial,
)
from dldiag.diagnosis.case import Case, prepare_case
from dldiag.diagnosis.diagnose import run_case
from dldiag.diagnosis.openings import Opener
from dldiag.diagnosis.recommend import settled
from dldiag.diagnosis.remedies import SEARCH
from dldiag.diagnosis.search import planned_fits, search
from dldiag.diagnosis.summaries import summary_of
from dldiag.diagnosis.test_set import LIBRARY, open_test
from dldiag.diagnosis.verdict import agreeing
from dldiag.diagnosis.winners_curse import shifted
from dldiag.experiments.estimates import counted_error, dev_error, paired_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.models import Model, changed

STOPPED = Message("Stopped by hand. What had been applied by then is below.")
MOST_STEPS = 6  # Applied fixes after which the loop ends.


@dataclass(frozen=True)
class LoopStep:
    """One turn of the loop: what was found, what was changed, and what that did to the dev error.

    dev_error: before the step, as its effect counts it: where a repeat is worse than the baseline, the baseline's.
    optimism: by how much the effect looked better than it is shown, because the step was picked for it.
    """

    problem: str
    remedy: str
    title: Message
    change: Mapping[str, Any]
    effect: Estimate
    dev_error: Estimate
    optimism: float = 0.0


@dataclass(frozen=True)
class Total:
    """The effect of all steps: the dev error at the start and its change, corrected for the choice of every step."""

    before: Estimate
    change: Estimate


@dataclass(frozen=True, eq=False)
class Improvement:
    """The whole path: its steps, where it started and ended, what that did, and how many models the dev sets have compared."""

    steps: tuple[LoopStep, ...]
    start: Model
    winner: Model
    report: Report
    ended: Message
    dev_uses: int  # Settings of the model that were compared on the dev sets.
    total: Total | None = None  # None where no step was taken or the loop was stopped by hand.
    test: TestResult | None = None
    stopped: bool = False  # Stopped by hand; `report` is then of the model before the last step.

    @property
    def change(self) -> dict[str, Any]:
        """The settings that all steps together have changed, with their last values."""
        return {name: value for step in self.steps for name, value in step.change.items()}


def best_trial(recommendations: Sequence[Recommendation]) -> Recommendation | None:
    """Return the recommendation whose trial helped most, None when none did."""
    helped = [r for r in recommendations if r.trial is not None and r.trial.settings and _is_worth_it(r.trial)]
    return min(helped, key=lambda r: r.trial.change.value if r.trial else 0.0, default=None)


def _is_worth_it(trial: Trial) -> bool:
    """A change must help, or lower the error over its whole interval; a search, which ends the loop, with 90% confidence."""
    if trial.remedy == SEARCH:
        return trial.change.surely_below < 0
    return trial.verdict == "helped" or (trial.is_likely_help and trial.change.high < 0)


def improve(
    dataset: Dataset,
    model: Any = None,
    settings: Settings = Settings(),  # noqa: B008 — frozen
    *,
    most_steps: int = MOST_STEPS,
    on_progress: OnProgress = None,
    should_stop: ShouldStop = None,
    n_jobs: int = 1,
) -> Improvement:
    """Apply the best fix and diagnose again, until neither a fix nor a search helps or `most_steps` were taken.

    The test set stays sealed; `finish` opens it. Raises what `diagnose` raises; but once a step was taken, Stopped ends
    the loop and what was applied is returned.
    """
    case = prepare_case(dataset, model, settings, n_jobs=n_jobs, should_stop=should_stop)
    return improve_case(case, most_steps=most_steps, on_progress=on_progress)


def improve_case(
    case: Case, known: Report | None = None, *, most_steps: int = MOST_STEPS, on_progress: OnProgress = None
) -> Improvement:
    """Go through the loop with a prepared case, as `improve` does.

    known: the report of a diagnosis of this case, where there is one: the loop starts from it, and nothing of it is fitted
    again. Raises DataError for a report of something else.
    """
    _check_known(known, case)
    start, report, given, searched = case.model, known, known, False
    steps: list[LoopStep] = []
    ended = Message("Stopped after {steps} steps, the maximum.", {"steps": most_steps})
    while True:
        try:
            report, searched = _turn(case, given, searched, _turn_reporter(len(steps) + 1, on_progress))
        except Stopped:
            if not steps or report is None:
                raise
            uses = _compared(case, known)
            return Improvement(tuple(steps), start, case.model, report, STOPPED, uses, stopped=True)
        best = best_trial(report.recommendations)
        if best is None or best.trial is None:
            ended = Message("None of the fixes we tested lowers the dev error any further.")
            break
        if len(steps) == most_steps:
            break
        steps.append(_step(best, report))
        case, given = replace(case, model=changed(case.model, _settings_of(best.trial))), None
    total = _total(case, start, steps)
    return Improvement(tuple(steps), start, case.model, report, ended, _compared(case, known), total)


def _check_known(known: Report | None, case: Case) -> None:
    """Raise DataError for a report of another model, another table or other settings."""
    if known is not None and not belongs_to_case(known, case):
        raise DataError(
            Message("The report to start from is of another table, another model or other settings."),
            Message("Diagnose this model with these settings first, or leave the report out."),
        )


def belongs_to_case(report: Report, case: Case) -> bool:
    """Tell whether a report is of a case's table, model and settings; a setting that the report does not know is not compared."""
    pairs = (
        (report.model.get("parameters", {}), case.model.parameters),
        (report.settings, asdict(case.settings)),
    )
    same = (_plain({name: now[name] for name in then if name in now}) == _plain(then) for then, now in pairs)
    return _table(report.dataset) == _table(summary_of(case.fits.encoded)) and all(same)


def _table(summary: DatasetSummary) -> tuple[Any, ...]:
    return summary.fingerprint, summary.rows, summary.features, summary.target, summary.task


def _plain(value: Any) -> Any:
    """Return a value as JSON would give it back: lists in the place of tuples."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _compared(case: Case, known: Report | None) -> int:
    """Count the settings that were compared on the dev rows, those of the report that the loop started from among them."""
    return case.compared + (known.compared - 1 if known is not None else 0)


def _total(case: Case, start: Model, steps: Sequence[LoopStep]) -> Total | None:
    """Measure the effect of all steps, paired on all repeats and corrected for the choice of each."""
    if not steps:
        return None
    size, repeats = case.sizes[-1], case.all_repeats
    case.fits.fit([start, case.model], [size], repeats)
    before, after = (case.fits.get(one, size, repeats) for one in (start, case.model))
    change = shifted(paired_change(before, after), sum(step.optimism for step in steps))
    return Total(counted_error(before) or dev_error(before), change)


def _turn(case: Case, known: Report | None, searched: bool, on_progress: OnProgress) -> tuple[Report, bool]:
    """Diagnose; where no remedy helps, search the settings once. Return the report and whether a search has been made."""
    report = run_case(case, on_progress) if known is None else known
    if searched or best_trial(report.recommendations) is not None:
        return report, searched
    return _searched(case, report, on_progress), True


def _turn_reporter(turn: int, on_progress: OnProgress) -> OnProgress:
    """Return a callback that reports the progress of one diagnosis as a turn of the loop."""
    if on_progress is None:
        return None

    def in_turn(progress: Progress) -> None:
        values: dict[str, Value] = {"turn": turn, "stage": progress.stage}
        on_progress(replace(progress, stage=Message("Turn {turn}: {stage}", values), report=None))

    return in_turn


def _searched(case: Case, report: Report, on_progress: OnProgress) -> Report:
    """Search the settings where that is recommended; return the report with what came of it."""
    done = [0]

    def count(_: FitResult) -> None:
        done[0] += 1
        if on_progress is not None:
            on_progress(Progress(Message("Searching the settings"), done[0], planned_fits(SEARCH, case.effort)))

    def tried(recommendation: Recommendation) -> Recommendation:
        if recommendation.remedy != SEARCH:
            return recommendation
        return replace(
            recommendation,
            trial=search(case.fits, case.model, material=report.delta, effort=case.effort, on_result=count),
        )

    recommendations = settled([tried(recommendation) for recommendation in report.recommendations], report.delta)
    verdict = agreeing(report.verdict, recommendations, report.delta)
    return replace(report, recommendations=recommendations, verdict=verdict, compared=case.compared)


def _step(best: Recommendation, report: Report) -> LoopStep:
    assert best.trial is not None
    change, seen = best.trial.change, best.trial.seen
    return LoopStep(
        best.problem,
        best.remedy,
        best.title,
        _settings_of(best.trial),
        change,
        report.evidence.get("counted_error", report.evidence["dev_error"]),
        0.0 if seen is None else max(0.0, change.value - seen.value),
    )


def _settings_of(trial: Trial) -> dict[str, Any]:
    """Return what a trial set; lists of a report that went through JSON are tuples again."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in trial.settings.items()}


def finish(dataset: Dataset, settings: Settings, improvement: Improvement, opener: Opener = LIBRARY) -> Improvement:
    """Open the sealed test set, once, with the winner and the starting model side by side; the report says so, too."""
    if improvement.test is not None:
        raise ValueError("the test set has been opened already")
    test = open_test(
        dataset, improvement.start, improvement.winner, settings, dev_uses=improvement.dev_uses, opener=opener
    )
    report = replace(improvement.report, test=test, split=replace(improvement.report.split, sealed=False))
    return replace(improvement, test=test, report=report)
