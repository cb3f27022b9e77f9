"""Before and after a change: both runs side by side, what changed, and the path so far."""

from __future__ import annotations

from dldiag.core.i18n import Message, tr
from dldiag.core.types import Estimate, Parent, Report
from dldiag.report.view.changes import parent_text
from dldiag.report.view.effects import range_text
from dldiag.report.view.labels import change_text, error_text, unit_of

SURE_BETTER = Message("{gain:gap} better ({low:bare} to {high:bare}), measured on the same rows")
SURE_WORSE = Message("{loss:gap} worse ({low:bare} to {high:bare}), measured on the same rows")
UNSURE = Message("not decided: {range}, measured on the same rows")
NOT_PAIRED = Message("the two runs did not use the same rows, so the difference may be chance")


def applied_line(report: Report) -> str:
    """Say in a sentence what was changed and what that did to the dev error; "" for a first run."""
    parent = report.parent
    if parent is None or parent.after is None:
        return ""
    return tr(
        "Applied: {change}. Dev error before: {before}, after: {after}; {effect}.",
        change=parent_text(parent, report),
        before=error_text(parent.before, unit_of(report)),
        after=error_text(parent.after, unit_of(report)),
        effect=effect_words(parent.effect, unit_of(report)),
    )


def effect_words(effect: Estimate | None, unit: str) -> Message:
    """Say how much better or worse the second run is, or why that is not known."""
    if effect is None:
        return NOT_PAIRED
    if effect.high < 0:
        return SURE_BETTER.filled(gain=-effect.value, low=-effect.high, high=-effect.low, unit=unit)
    if effect.low > 0:
        return SURE_WORSE.filled(loss=effect.value, low=effect.low, high=effect.high, unit=unit)
    return UNSURE.filled(range=range_text(effect, unit))


def side_by_side(report: Report) -> list[dict[str, str]]:
    """Return both runs as rows: training and dev error before, after, and the change."""
    parent = report.parent
    if parent is None or parent.after is None:
        return []
    now = {"train": report.evidence.get("train_error"), "dev": parent.after}
    rows = [
        (tr("Training error"), parent.train_before, now["train"], None),
        (tr("Dev error"), parent.before, now["dev"], parent.effect),
    ]
    unit = unit_of(report)
    return [
        {
            tr("Error"): name,
            tr("Before"): error_text(before, unit),
            tr("After"): error_text(after, unit),
            tr("Change"): _change(before, after, effect, unit),
        }
        for name, before, after, effect in rows
        if before is not None and after is not None
    ]


def _change(before: Estimate, after: Estimate, effect: Estimate | None, unit: str) -> str:
    if effect is not None:
        return change_text(effect, unit)
    value = after.value - before.value
    return change_text(Estimate(value, value, value), unit)


def steps_so_far(report: Report) -> list[dict[str, str]]:
    """Return the changes from the first run to this one, the first of them first."""
    parent = report.parent
    if parent is None:
        return []
    unit = unit_of(report)
    return [
        {
            tr("Step"): str(number),
            tr("Applied"): parent_text(one, report),
            tr("Dev error before"): error_text(one.before, unit),
            tr("Effect"): "" if one.effect is None else change_text(one.effect, unit),
        }
        for number, one in enumerate(_path(parent), 1)
    ]


def _path(parent: Parent) -> tuple[Parent, ...]:
    return (*parent.earlier, parent)
