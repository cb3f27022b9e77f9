"""The loop idea → experiment → idea: adopt the remedy that helped, diagnose again, until nothing helps any more.

When no single remedy helps, the settings are searched once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dldiag.diagnose import Case, prepare, run
from dldiag.fit import FitResult, ShouldStop
from dldiag.language import Message
from dldiag.models import Model, changed
from dldiag.remedies import SEARCH
from dldiag.sealed import open_test
from dldiag.search import TRIED, planned_fits, search
from dldiag.types import Dataset, Estimate, Progress, Recommendation, Report, Settings, TestResult

MOST_STEPS = 6  # adoptions before the loop ends by itself


@dataclass(frozen=True)
class Step:
    """One turn of the loop: what was found, what was changed, and what that did to the dev error."""

    problem: str
    remedy: str
    title: Message
    change: Mapping[str, Any]
    effect: Estimate
    dev_error: Estimate


@dataclass(frozen=True, eq=False)
class Improvement:
    """The whole path: its steps, where it started and ended, and how often the dev sets were used to choose."""

    steps: tuple[Step, ...]
    start: Mapping[str, Any]
    winner: Mapping[str, Any]
    report: Report
    dev_uses: int
    ended: Message
    test: TestResult | None = None
    key: str = field(default="mlp")


def best_trial(recommendations: Sequence[Recommendation]) -> Recommendation | None:
    """Return the recommendation whose trial helped most, None when none did."""
    helped = [r for r in recommendations if r.trial is not None and r.trial.verdict == "helped" and r.trial.settings]
    return min(helped, key=lambda r: r.trial.change.value if r.trial else 0.0, default=None)


def improve(
    dataset: Dataset,
    model: Any = None,
    settings: Settings = Settings(),  # noqa: B008 — frozen
    *,
    most_steps: int = MOST_STEPS,
    on_progress: Callable[[Progress], None] | None = None,
    on_step: Callable[[Step], None] | None = None,
    should_stop: ShouldStop = None,
) -> Improvement:
    """Adopt the best remedy and diagnose again, until neither one nor a search helps or `most_steps` were taken.

    The test set stays sealed; `finish` opens it. Raises what `diagnose` raises.
    """
    case = prepare(dataset, model, settings, should_stop=should_stop)
    start, uses, searched = case.model, 0, False
    steps: list[Step] = []
    ended = Message("The loop ended after {steps} steps, the most that were allowed.", {"steps": most_steps})
    while True:
        report = run(case, on_progress)
        uses += sum(1 for r in report.recommendations if r.trial is not None)
        best = best_trial(report.recommendations)
        if best is None and not searched:
            best, tried = _searched(case, report, on_progress)
            searched, uses = True, uses + tried
        if best is None or best.trial is None:
            ended = Message("Nothing that was tried lowers the dev error any further.")
            break
        if len(steps) == most_steps:
            break
        steps.append(_step(best, report))
        if on_step is not None:
            on_step(steps[-1])
        case = replace(case, model=changed(case.model, best.trial.settings))
    return Improvement(tuple(steps), start.parameters, case.model.parameters, report, uses, ended, None, case.model.key)


def _searched(
    case: Case, report: Report, on_progress: Callable[[Progress], None] | None
) -> tuple[Recommendation | None, int]:
    """Search the settings when no single remedy helps any more; return what helped, and how many settings were compared."""
    recommended = next((r for r in report.recommendations if r.remedy == SEARCH), None)
    if recommended is None:
        return None, 0
    done = [0]

    def count(_: FitResult) -> None:
        done[0] += 1
        if on_progress is not None:
            on_progress(Progress(Message("Searching the settings"), done[0], planned_fits(SEARCH, case.effort)))

    found = report.evidence.get("material")
    material = found.value if found else case.settings.material
    trial = search(case.bench, case.model, material=material, effort=case.effort, on_result=count)
    return best_trial([replace(recommended, trial=trial)]), TRIED


def _step(best: Recommendation, report: Report) -> Step:
    assert best.trial is not None
    return Step(
        best.problem,
        best.remedy,
        best.title,
        dict(best.trial.settings),
        best.trial.change,
        report.evidence["dev_error"],
    )


def finish(dataset: Dataset, start: Model, winner: Model, settings: Settings, improvement: Improvement) -> Improvement:
    """Open the sealed test set, once, with the winner and the starting model side by side."""
    if improvement.test is not None:
        raise ValueError("the test set has been opened already")
    return replace(improvement, test=open_test(dataset, start, winner, settings, dev_uses=improvement.dev_uses))
