"""The way through the loop as texts: its steps, and what the sealed test rows say of both ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dldiag.core.i18n import Message, tr
from dldiag.core.types import Estimate, Report, TestResult
from dldiag.report.view.before_after import STEP, printed_change
from dldiag.report.view.changes import known_params, pairs_text
from dldiag.report.view.effects import before_after
from dldiag.report.view.labels import change_text, error_text, unit_of

if TYPE_CHECKING:
    from dldiag.diagnosis.improve import LoopStep, Total


def path(steps: Sequence[LoopStep], unit: str) -> list[dict[str, str]]:
    """Return a row per step: what was applied, the dev error before and after it, its measured effect."""
    return [_row(number, step, unit) for number, step in enumerate(steps, 1)]


def total_line(total: Total | None, unit: str) -> str:
    """Say from where to where the dev error went in all; "" when no step was taken."""
    if total is None:
        return ""
    return tr(
        "In all: dev error {arrow}, {change}. The first and the last model were compared on the same rows. What "
        "picking the best makes look better is taken off.",
        arrow=before_after(total.before, total.change, unit),
        change=change_text(total.change, unit),
    )


def _row(number: int, step: LoopStep, unit: str) -> dict[str, str]:
    changed = pairs_text({name: (None, value) for name, value in step.change.items()}, known_params())
    title = str(step.title)
    effect = change_text(step.effect, unit)
    return {
        str(STEP): str(number),
        tr("Applied"): f"{title} ({changed.removeprefix(title).strip()})",
        tr("Dev error"): before_after(step.dev_error, step.effect, unit),
        tr("Effect"): effect if step.effect.high < 0 else tr("{effect}, likely but not certain", effect=effect),
    }


def test_line(test: TestResult, unit: str) -> str:
    """Say how the starting model and the present one do on the test rows."""
    if test.start == test.winner:
        return tr(
            "On {rows:,} test rows that nothing had touched before, the error is {error}.",
            rows=test.rows,
            error=error_text(test.winner, unit),
        )
    line = tr(
        "On {rows:,} test rows that nothing had touched before: starting model {start}, present model {winner}, "
        "change {change}.",
        rows=test.rows,
        start=error_text(test.start, unit),
        winner=error_text(test.winner, unit),
        change=change_text(test.difference, unit),
    )
    return f"{line} {_reading(test.difference)}"


def test_meaning(report: Report) -> str:
    """Say what the opened test rows mean for what was chosen on the dev rows; "" while they are sealed."""
    test, dev, unit = report.test, report.evidence.get("dev_error"), unit_of(report)
    if test is None or dev is None:
        return ""
    if test.start == test.winner or report.parent is None:
        holds = test.winner.low <= dev.value
        meaning = HELD_ERROR if holds else HIGHER
        return str(meaning.filled(test=error_text(test.winner, unit), dev=dev.value, unit=unit))
    first = (*report.parent.earlier, report.parent)[0].before
    return gain_meaning(printed_change(first, dev), test, unit)


def gain_meaning(dev: float, test: TestResult, unit: str) -> str:
    """Say whether a gain on dev rows held on the test rows."""
    meaning = NOT_HELD if test.difference.value >= 0 else HELD if test.difference.high < 0 else LESS_SURE
    return str(meaning.filled(dev=dev, test=test.difference.value, unit=unit))


HELD = Message("The gain held: {dev:points} on dev rows, {test:points} on the sealed test rows.")
LESS_SURE = Message(
    "The gain is smaller than it looked, or chance: {dev:points} on dev rows, {test:points} on the sealed test rows."
)
NOT_HELD = Message(
    "The gain did not hold: {dev:points} on dev rows, {test:points} on the sealed test rows. Keep the model you started with."
)
HELD_ERROR = Message("The error held: {dev:error} on dev rows, {test} on the sealed test rows.")
HIGHER = Message(
    "The error on the sealed test rows is {test}, above the {dev:error} on dev rows: expect the higher one on unseen rows."
)


def _reading(change: Estimate) -> str:
    if change.high < 0:
        return tr("The present model is better.")
    return tr("The present model is worse.") if change.low > 0 else tr("Neither is better with 90% confidence.")
