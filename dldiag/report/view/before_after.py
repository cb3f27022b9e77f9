"""Before and after a change: both runs side by side, what changed, and the path so far."""

from __future__ import annotations

from dataclasses import replace

from dldiag.core.i18n import PRINTED, Message, rounded, tr
from dldiag.core.types import Estimate, Parent, Report, exactly
from dldiag.report.view.changes import parent_text
from dldiag.report.view.effects import range_text
from dldiag.report.view.labels import change_text, error_text, unit_of

SURE_BETTER = Message("{gain:gap} better ({low:bare} to {high:bare}), measured on the same rows")
SURE_WORSE = Message("{loss:gap} worse ({low:bare} to {high:bare}), measured on the same rows")
UNSURE = Message("not decided: {range}, measured on the same rows")
EXPECTED_TO_HOLD = Message("expected to hold: {said}")
MAY_BE_CHANCE = Message("the difference is {seen:points}, which may be chance: {range}, measured on the same rows")
NOT_PAIRED = Message("the two runs did not use the same rows, so the difference may be chance")
STEP = Message("Step", context="of a path")  # A schedule of the learning rate has the same name.
ROUNDING = 1.1 * 10**-PRINTED  # Two errors that are one apart in the last printed digit differ by rounding alone.
NEAR = 0.15  # Part of an interval's half width; two changes that are closer than that say the same.


def applied_line(report: Report) -> str:
    """Say in a sentence what was changed and what that did to the dev error; "" for a first run."""
    parent = report.parent
    if parent is None or parent.after is None:
        return ""
    return tr(
        "Applied: {change}. Dev error {before:error} → {after:error}; {effect}.",
        change=parent_text(parent, report),
        before=parent.before.value,
        after=parent.after.value,
        unit=unit_of(report),
        effect=effect_words(parent.effect, unit_of(report), printed_change(parent.before, parent.after)),
    )


def printed_change(before: Estimate, after: Estimate) -> float:
    """Return the difference of two errors as they are printed."""
    return rounded(rounded(after.value) - rounded(before.value))


def effect_words(effect: Estimate | None, unit: str, seen: float | None = None) -> Message:
    """Say how much better or worse the second run is, or why that is not known.

    seen: the plain difference of the errors that are printed beside it; where the effect is another, picking the best or
    other repeats made the difference look different.
    """
    shown = effect if effect is None or seen is None else _as_seen(effect, seen)
    if effect is None or seen is None or shown is not None:
        return _effect_words(shown, unit)
    if effect.low <= 0 <= effect.high:
        return MAY_BE_CHANCE.filled(seen=seen, range=range_text(effect, unit), unit=unit)
    return EXPECTED_TO_HOLD.filled(said=_effect_words(effect, unit))


def _as_seen(effect: Estimate, seen: float) -> Estimate | None:
    """Return an effect whose value is the difference that is printed beside it; None where that says something else."""
    if seen == rounded(effect.value):
        return effect
    # A difference that looks better than the effect does not stand for it: the effect allows for picking what looked best.
    near = max(NEAR * (effect.high - effect.low) / 2, ROUNDING)
    is_near = 0 <= seen - rounded(effect.value) <= near
    return replace(effect, value=seen) if is_near and effect.low <= seen <= effect.high else None


def undo_line(report: Report) -> str:
    """Say that a change which looks worse can be undone; "" where it does not."""
    parent = report.parent
    if parent is None or parent.after is None:
        return ""
    effect = parent.effect or exactly(printed_change(parent.before, parent.after))
    if rounded(effect.value) <= 0:
        return ""
    if parent.effect is not None and effect.low > 0:
        return tr("The change made the model worse. Undo goes back to the run before it.")
    return tr("The change may have made the model worse. Undo goes back to the run before it.")


WHY_TWO_NUMBERS = Message(
    "The first number is the plain difference of the two errors. The second comes from the test of the change, in which "
    "the two models met the same rows; it allows for picking the change that looked best."
)


def side_by_side_note(report: Report) -> str:
    """Say why the change of the dev error is written as two numbers, where it is; "" elsewhere."""
    parent = report.parent
    if parent is None or parent.after is None or not is_corrected(parent.before, parent.after, parent.effect):
        return ""
    return str(WHY_TWO_NUMBERS)


def is_corrected(before: Estimate, after: Estimate, effect: Estimate | None) -> bool:
    """Tell whether the effect of a change says something else than the difference of the two errors as they are printed."""
    return effect is not None and _as_seen(effect, printed_change(before, after)) is None


def _effect_words(effect: Estimate | None, unit: str) -> Message:
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
            tr("Change"): change_between(before, after, effect, unit),
        }
        for name, before, after, effect in rows
        if before is not None and after is not None
    ]


def change_between(before: Estimate, after: Estimate, effect: Estimate | None, unit: str) -> str:
    """Write the plain difference of two errors, and beside it what is expected to hold where that is another number."""
    seen = printed_change(before, after)
    change = change_text(exactly(seen), unit)
    if effect is None:
        return change
    shown = _as_seen(effect, seen)
    if shown is not None:
        return change_text(shown, unit)
    return tr("{seen}; expected to hold: {effect}", seen=change, effect=change_text(effect, unit))


def steps_so_far(report: Report) -> list[dict[str, str]]:
    """Return the changes from the first run to this one, the first of them first."""
    parent = report.parent
    if parent is None:
        return []
    unit = unit_of(report)
    return [
        {
            str(STEP): str(number),
            tr("Applied"): parent_text(one, report),
            tr("Dev error before"): error_text(one.before, unit),
            tr("Effect"): "" if one.effect is None else change_text(one.effect, unit),
        }
        for number, one in enumerate(_path(parent), 1)
    ]


def _path(parent: Parent) -> tuple[Parent, ...]:
    return (*parent.earlier, parent)
