"""The fixes as one ranked list, the one action of the verdict, and why the others are not recommended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from dldiag.core.i18n import Message, labeled, listed, tr
from dldiag.core.types import Column_, Estimate, Finding, Recommendation, Report, TrialVerdict
from dldiag.diagnosis.recommend import HELPFUL, REFUTED, worth_of
from dldiag.diagnosis.remedies import (
    LARGER_DEV_SET,
    LEAVE_IT,
    MORE_DATA,
    OF_NETWORKS,
    OF_OTHERS,
    RARE_ROWS,
    REMEDIES,
    SEARCH,
)
from dldiag.diagnosis.rules import RULES
from dldiag.diagnosis.verdict import KEEP
from dldiag.report.view.changes import changed_model, changed_rare_rows, changed_rows, changed_settings
from dldiag.report.view.dev_set import dev_set_change, dev_set_gain, dev_set_note
from dldiag.report.view.effects import before_after, before_change, effect_text, range_text
from dldiag.report.view.labels import COLUMNS, OUTCOMES, unit_of

OTHER_MODEL, REPAIR_TABLE, NETWORK = "other_model", "repair_table", "mlp"
BLOCKING = ("leak", "misleading_split", "no_signal")  # Problems that no change of the model removes.

FixKind = Literal["good", "keep", "act", "stop", "open"]
FIX_KINDS: dict[FixKind, Message] = {
    "good": Message("Good as it is"),
    "keep": Message("No fix helps so far"),
    "act": Message("Can be improved"),
    "stop": Message("Fix the data first"),
    "open": Message("Not decided yet"),
}


@dataclass(frozen=True)
class Fix:
    """One row of the list: the change, what it did or should do, and what can be done with it."""

    remedy: str
    title: str
    column: Column_
    change: str = ""  # The change by name and value; "" when it is no setting.
    settings: Mapping[str, Any] = field(default_factory=dict)  # The settings that applying it changes.
    model: str = ""  # Key in MODELS of the model that applying it changes to; "" keeps the model.
    effect: Estimate | None = None  # Change in dev error; negative is better.
    words: str = ""
    verdict: TrialVerdict | None = None  # Verdict of its test.
    is_recommended: bool = False
    because: str = ""
    note: str = ""

    @property
    def beside_title(self) -> str:
        """The change as it stands beside the title, which it does not repeat."""
        return self.change.removeprefix(self.title).strip()

    @property
    def can_apply(self) -> bool:
        """Whether one click changes the model."""
        return bool(self.settings or self.model)

    @property
    def can_test(self) -> bool:
        """Whether a test can be run: it was not yet, and there is something to run."""
        return self.verdict is None and (bool(self.settings) or self.remedy == SEARCH)


def fixes(report: Report) -> list[Fix]:
    """Return the fixes in the order to consider them: what helped, what is recommended, what might help, what did not."""
    ranked = sorted(report.recommendations, key=lambda one: _order(one, report))
    return [_fix(one, report) for one in ranked if one.remedy != LEAVE_IT]


def best_fix(report: Report) -> Fix | None:
    """Return the fix that the verdict proposes; None where nothing is recommended, or a repair of the table comes first."""
    if report.verdict.problem in BLOCKING and report.repairs:
        return None
    return next((one for one in fixes(report) if one.is_recommended), None)


def verdict_kind(report: Report) -> FixKind:
    """Tell how a verdict is to be shown: good news, no fix found, something to do, the data first, or open."""
    verdict = report.verdict
    if verdict.problem in BLOCKING:
        return "stop"
    best = best_fix(report)
    if best is not None and (best.can_apply or "yes" in (verdict.bias, verdict.variance)):
        return "act"
    if (verdict.bias, verdict.variance) == ("no", "no"):
        return "good"
    if verdict.problem == "harmless_gap" or verdict.code == KEEP:
        return "keep"
    return "act" if "yes" in (verdict.bias, verdict.variance) else "open"


def what_may_help(report: Report) -> str:
    """Say what is expected to lower the error although no fix that was tested does; "" where that is not known."""
    if verdict_kind(report) != "keep":
        return ""
    open_ = (one for one in fixes(report) if one.verdict not in REFUTED and one.effect is not None)
    best = next((one for one in open_ if one.effect is not None and one.effect.value < 0), None)
    return (
        "" if best is None else tr("What may help: {change} ({effect}).", change=change_words(best), effect=best.words)
    )


def is_recommended(one: Recommendation, report: Report) -> bool:
    """Tell whether a fix is recommended: its test helped, or it stands before keeping the model as it is."""
    if one.trial is not None and (one.trial.verdict in HELPFUL or one.trial.is_likely_help):
        return one.remedy != LEAVE_IT
    return one.rank < rank_of_keeping(report) and not _is_refuted(one)


def rank_of_keeping(report: Report) -> int:
    """Return the rank of keeping the model as it is; after all others where it is not in the list."""
    last = len(report.recommendations) + 1
    return next((one.rank for one in report.recommendations if one.remedy == LEAVE_IT), last)


def _is_refuted(one: Recommendation) -> bool:
    return one.trial is not None and one.trial.verdict in REFUTED


def _order(one: Recommendation, report: Report) -> tuple[int, float, int]:
    """What comes before any model first, then what was tested, by what it gains less what another model costs."""
    if _is_refuted(one):
        return 4, 0.0, one.rank
    if one.problem in BLOCKING and is_recommended(one, report):
        return 0, 0.0, one.rank
    if one.trial is not None and one.trial.verdict == "helped":
        worth = worth_of(one.remedy, one.trial.change.value, report.delta)
        return (1, worth, one.rank) if one.remedy != MORE_DATA else (2, 0.0, one.rank)
    return 2 if is_recommended(one, report) else 3, 0.0, one.rank


def _fix(one: Recommendation, report: Report) -> Fix:
    unit, trial = unit_of(report), one.trial
    settings = dict(trial.settings if trial is not None and trial.settings else one.change)
    model = better_model(report, one) if one.remedy == OTHER_MODEL else ""
    change = changed_settings(report, settings) if settings else ""
    if model:
        change = changed_model(report, model)
    if one.remedy == MORE_DATA:
        change = changed_rows(report)
    if one.remedy == REPAIR_TABLE:
        change = _repairs_of(one.problem, report)
    if one.remedy == RARE_ROWS:
        change = changed_rare_rows(report, str(one.because.values.get("rare_class", "")))
    outlook = report.larger_dev_set if one.remedy == LARGER_DEV_SET else None
    if outlook is not None:
        change = dev_set_change(outlook)
    expected = one.expected if one.expected is not None and one.expected.value != 0 else None
    note = "" if trial is None or trial.note is None else str(trial.note)
    words, note = (
        (effect_text(one, unit), note)
        if outlook is None
        else (dev_set_gain(outlook, unit), dev_set_note(outlook, unit))
    )
    return Fix(
        one.remedy, str(one.title), one.column, change, settings, model,
        expected if trial is None else trial.change, words, None if trial is None else trial.verdict,
        is_recommended(one, report), _because(one), note,
    )  # fmt: skip


def _repairs_of(problem: str, report: Report) -> str:
    """Name the repairs that remove a problem of the data setup."""
    kind = "exclude_" if problem == "leak" else "split_"
    return listed([str(one.title) for one in report.repairs if one.code.startswith(kind)])


def _because(one: Recommendation) -> str:
    tested_without_cause = one.trial is not None and one.trial.settings and one.problem == REMEDIES[one.remedy].specific
    return str(REMEDIES[one.remedy].why if tested_without_cause else one.because)


def better_model(report: Report, one: Recommendation) -> str:
    """Return the reference model that "another model" means: the linear one where it wins, else the best of all."""
    others = [curve for curve in report.curves[1:] if np.isfinite(curve.dev_errors[-1]).any()]
    if one.problem == "simple_model_wins" or not others:
        return "linear" if any(curve.model == "linear" for curve in others) else ""
    return min(others, key=lambda curve: float(np.nanmean(curve.dev_errors[-1]))).model


def action_text(one: Fix, report: Report) -> str:
    """Say what a fix changes, and what that does to the dev error: before → after, with the interval."""
    return listed(part for part in (change_words(one), action_effect(one, report)) if part)


def change_words(one: Fix) -> str:
    """Say what a fix changes, by name and value."""
    if not one.change or one.model:
        return one.change or one.title
    return one.change if one.change.startswith(one.title) else labeled(one.title, one.change)


def _may_as_well_hurt(one: Fix) -> bool:
    """Tell whether a test left open what a fix does and saw no gain: an error after it would only mislead."""
    return one.verdict == "undecided" and one.effect is not None and one.effect.value >= 0


def action_effect(one: Fix, report: Report) -> str:
    """Say what a fix does to the dev error: before → after, with the interval."""
    before = before_change(report)
    if one.effect is None or before is None or one.verdict is None or _may_as_well_hurt(one):
        return one.words
    arrow = before_after(before, one.effect, unit_of(report))
    counted = "counted_error" in report.evidence
    at_most = tr("dev error {arrow}, at most the baseline's", arrow=arrow)
    said = at_most if counted else tr("dev error {arrow}", arrow=arrow)
    return listed([said, one.words]) if one.words else said


# --- why not the others -------------------------------------------------------------------------------------------


def short_runs_in_vain(report: Report) -> list[Fix]:
    """Return the fixes whose short run did not help, the best of them first."""
    probes = {key: probe for key in _unlisted(report) if (probe := report.evidence.get(f"probe_{key}")) is not None}
    unit = unit_of(report)
    found = [
        Fix(key, str(REMEDIES[key].title), REMEDIES[key].column, effect=probe, words=str(range_text(probe, unit)))
        for key, probe in probes.items()
    ]
    return sorted(found, key=lambda one: probes[one.remedy].value)


def not_recommended(report: Report) -> list[dict[str, str]]:
    """Return the rest of the menu, without a short run, and the reason why each is not recommended."""
    keys = [key for key in _unlisted(report) if f"probe_{key}" not in report.evidence]
    return [_reason(key, _why_not(key, report)) for key in keys]


def all_not_recommended(report: Report) -> list[dict[str, str]]:
    """Return the rest of the menu with the reason against each, what its short run did among them."""
    in_vain = [
        _reason(one.remedy, tr("A short run did not help: {range}.", range=one.words))
        for one in short_runs_in_vain(report)
    ]
    return in_vain + not_recommended(report)


def _reason(key: str, why: str) -> dict[str, str]:
    row = REMEDIES[key]
    return {tr("Fix"): str(row.title), tr("Against"): str(COLUMNS[row.column]), tr("Why not"): why}


def _unlisted(report: Report) -> list[str]:
    ranked = {one.remedy for one in report.recommendations}
    return [key for key in REMEDIES if key not in ranked and key != LEAVE_IT and suits_model(key, report)]


def suits_model(key: str, report: Report) -> bool:
    """Tell whether a remedy has a meaning for the report's model: a tree has no units and no initialization."""
    return key not in (OF_OTHERS if report.model.get("key", "") in ("", NETWORK) else OF_NETWORKS)


def _why_not(key: str, report: Report) -> str:
    checked = [one for one in _causes(key, report) if one.outcome in ("passed", "undecided", "suppressed")]
    if checked:
        first = min(checked, key=lambda one: ("passed", "undecided", "suppressed").index(one.outcome))
        return f"{first.title} ({OUTCOMES[first.outcome]}): {first.message}"
    return tr("Nothing measured here calls for it.")


def _causes(key: str, report: Report) -> list[Finding]:
    """Return what the rules said whose problems a remedy treats."""
    codes = {rule.code for rule in RULES if rule.problem in REMEDIES[key].treats}
    return [one for one in report.findings if one.code in codes]
