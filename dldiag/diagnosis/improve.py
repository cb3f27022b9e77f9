"""The loop idea → experiment → idea: apply the fix that helped most, diagnose again, until nothing helps.

When no single remedy helps, the settings are searched once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dldiag.core.i18n import Message, Value
from dldiag.core.settings import Settings
from dldiag.core.types import (
    Dataset,
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
from dldiag.diagnosis.diagnose import Case, prepare_case, run_case
from dldiag.diagnosis.openings import Opener
from dldiag.diagnosis.recommend import settled
from dldiag.diagnosis.remedies import SEARCH
from dldiag.diagnosis.search import planned_fits, search
from dldiag.diagnosis.test_set import LIBRARY, open_test
from dldiag.diagnosis.verdict import agreeing
from dldiag.experiments.fit import FitResult
from dldiag.experiments.models import Model, changed

STOPPED = Message("Stopped by hand. What had been applied by then is below.")
MOST_STEPS = 6  # adoptions before the loop ends by itself


@dataclass(frozen=True)
class LoopStep:
    """One turn of the loop: what was found, what was changed, and what that did to the dev error."""

    problem: str
    remedy: str
    title: Message
    change: Mapping[str, Any]
    effect: Estimate
    dev_error: Estimate


@dataclass(frozen=True, eq=False)
class Improvement:
    """The whole path: its steps, where it started and ended, and how many models the dev sets have compared."""

    steps: tuple[LoopStep, ...]
    start: Model
    winner: Model
    report: Report
    ended: Message
    test: TestResult | None = None
    stopped: bool = False  # by hand: `report` is then of the model before the last step

    @property
    def dev_uses(self) -> int:
        """How many settings of the model were compared on the dev sets."""
        return self.report.compared

    @property
    def change(self) -> dict[str, Any]:
        """The settings that all steps together have changed, with their last values."""
        return {name: value for step in self.steps for name, value in step.change.items()}


def best_trial(recommendations: Sequence[Recommendation]) -> Recommendation | None:
    """Return the recommendation whose trial helped most, None when none did."""
    helped = [r for r in recommendations if r.trial is not None and r.trial.settings and _is_worth_it(r.trial)]
    return min(helped, key=lambda r: r.trial.change.value if r.trial else 0.0, default=None)


def _is_worth_it(trial: Trial) -> bool:
    """A single change must help, or gain for sure if not for sure what matters; a search, which ends the loop, a little less."""
    if trial.remedy == SEARCH:
        return trial.change.surely_below < 0
    return trial.verdict == "helped" or trial.is_likely_help


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
    the loop and what was adopted is returned.
    """
    case = prepare_case(dataset, model, settings, n_jobs=n_jobs, should_stop=should_stop)
    start, searched = case.model, False
    steps: list[LoopStep] = []
    ended = Message("Stopped after {steps} steps, the maximum.", {"steps": most_steps})
    while True:
        tell = _turn_teller(len(steps) + 1, on_progress)
        try:
            report, searched = _turn(case, searched, tell)
        except Stopped:
            if not steps:
                raise
            report = replace(report, compared=case.compared)
            return Improvement(tuple(steps), start, case.model, report, STOPPED, stopped=True)
        best = best_trial(report.recommendations)
        if best is None or best.trial is None:
            ended = Message("None of the fixes we tested lowers the dev error any further.")
            break
        if len(steps) == most_steps:
            break
        steps.append(_step(best, report))
        case = replace(case, model=changed(case.model, best.trial.settings))
    return Improvement(tuple(steps), start, case.model, report, ended)


def _turn(case: Case, searched: bool, tell: OnProgress) -> tuple[Report, bool]:
    """Diagnose, and search the settings once where no remedy helps; return the report and whether that was done by now."""
    report = run_case(case, tell)
    if searched or best_trial(report.recommendations) is not None:
        return report, searched
    return _searched(case, report, tell), True


def _turn_teller(turn: int, on_progress: OnProgress) -> OnProgress:
    """Return what tells the progress of one diagnosis as a turn of the loop."""
    if on_progress is None:
        return None

    def tell(progress: Progress) -> None:
        values: dict[str, Value] = {"turn": turn, "stage": progress.stage}
        on_progress(replace(progress, stage=Message("Turn {turn}: {stage}", values), report=None))

    return tell


def _searched(case: Case, report: Report, tell: OnProgress) -> Report:
    """Search the settings where that is recommended; return the report with what came of it."""
    done = [0]

    def count(_: FitResult) -> None:
        done[0] += 1
        if tell is not None:
            tell(Progress(Message("Searching the settings"), done[0], planned_fits(SEARCH, case.effort)))

    def tried(one: Recommendation) -> Recommendation:
        if one.remedy != SEARCH:
            return one
        return replace(
            one, trial=search(case.fits, case.model, material=report.delta, effort=case.effort, on_result=count)
        )

    recommendations = settled([tried(one) for one in report.recommendations], report.delta)
    verdict = agreeing(report.verdict, recommendations)
    return replace(report, recommendations=recommendations, verdict=verdict, compared=case.compared)


def _step(best: Recommendation, report: Report) -> LoopStep:
    assert best.trial is not None
    return LoopStep(
        best.problem,
        best.remedy,
        best.title,
        dict(best.trial.settings),
        best.trial.change,
        report.evidence["dev_error"],
    )


def finish(dataset: Dataset, settings: Settings, found: Improvement, opener: Opener = LIBRARY) -> Improvement:
    """Open the sealed test set, once, with the winner and the starting model side by side; the report says so, too."""
    if found.test is not None:
        raise ValueError("the test set has been opened already")
    test = open_test(dataset, found.start, found.winner, settings, dev_uses=found.dev_uses, opener=opener)
    report = replace(found.report, test=test, split=replace(found.report.split, sealed=False))
    return replace(found, test=test, report=report)
