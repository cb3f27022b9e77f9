"""The fixes as one ranked list, the one action of the verdict, and why the others are not recommended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from dldiag.core.i18n import Message, labeled, listed, sentences, tr
from dldiag.core.types import Column_, Estimate, Finding, Recommendation, Report, TrialVerdict
from dldiag.diagnosis.recommend import REFUTED, change_with_cost, shows_help
from dldiag.diagnosis.remedies import (
    LARGER_DEV_SET,
    LEAVE_IT,
    MORE_DATA,
    OF_NETWORKS,
    OF_OTHERS,
    OTHER_MODEL,
    RARE_ROWS,
    REMEDIES,
    SEARCH,
)
from dldiag.diagnosis.rules import RULES
from dldiag.diagnosis.verdict import KEEP, SO_FAR, is_promising
from dldiag.report.view.changes import changed_model, changed_rare_rows, changed_rows, changed_settings
from dldiag.report.view.dev_set import dev_set_change, dev_set_gain, dev_set_note
from dldiag.report.view.effects import before_after, before_change, effect_text, range_text
from dldiag.report.view.labels import COLUMNS, unit_of

REPAIR_TABLE, NETWORK = "repair_table", "mlp"
BLOCKING = ("leak", "misleading_split", "no_signal")  # Problems that no change of the model removes.

FixKind = Literal["good", "keep", "act", "stop", "open"]
_NOT_GOOD: dict[str, FixKind] = {SO_FAR: "open", "little_signal": "keep"}  # Neither bias nor variance is high, and yet.
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
    return next((fix for fix in fixes(report) if fix.is_recommended), None)


def verdict_kind(report: Report) -> FixKind:
    """Tell how a verdict is to be shown: good news, no fix found, something to do, the data first, or open."""
    verdict = report.verdict
    if verdict.problem in BLOCKING:
        return "stop"
    best = best_fix(report)
    if best is not None and (best.can_apply or "yes" in (verdict.bias, verdict.variance)):
        return "act"
    if (verdict.bias, verdict.variance) == ("no", "no"):
        return _NOT_GOOD.get(verdict.code, "good")
    is_high = "yes" in (verdict.bias, verdict.variance)
    if (
        verdict.problem == "harmless_gap"
        or verdict.code == KEEP
        or (is_high and best is None and short_runs_in_vain(report))
    ):
        return "keep"
    return "act" if is_high else "open"


def what_may_help(report: Report) -> str:
    """Say what is expected to lower the error although no fix that was tested does; "" where that is not known, or said already."""
    if verdict_kind(report) != "keep" or is_promising(report.verdict):
        return ""
    open_ = (fix for fix in fixes(report) if fix.verdict not in REFUTED and fix.effect is not None)
    best = next((one for one in open_ if one.effect is not None and one.effect.value < 0), None)
    return (
        "" if best is None else tr("What may help: {change} ({effect}).", change=change_words(best), effect=best.words)
    )


def is_recommended(recommendation: Recommendation, report: Report) -> bool:
    """Tell whether a fix is recommended: its test helped, or it stands before keeping the model as it is."""
    if shows_help(recommendation.trial):
        return recommendation.remedy != LEAVE_IT
    return recommendation.rank < rank_of_keeping(report) and not _is_refuted(recommendation)


def rank_of_keeping(report: Report) -> int:
    """Return the rank of keeping the model as it is; after all others where it is not in the list."""
    last = len(report.recommendations) + 1
    return next(
        (recommendation.rank for recommendation in report.recommendations if recommendation.remedy == LEAVE_IT), last
    )


def _is_refuted(recommendation: Recommendation) -> bool:
    return recommendation.trial is not None and recommendation.trial.verdict in REFUTED


def _order(recommendation: Recommendation, report: Report) -> tuple[int, float, int]:
    """What comes before any model first, then what was tested, by what it gains less what another model costs."""
    trial, rank = recommendation.trial, recommendation.rank
    if _is_refuted(recommendation):
        return 4, 0.0, rank
    if recommendation.problem in BLOCKING and is_recommended(recommendation, report):
        return 0, 0.0, rank
    if trial is not None and trial.verdict == "helped":
        worth = change_with_cost(recommendation.remedy, trial.change.value, report.delta)
        return (1, worth, rank) if recommendation.remedy != MORE_DATA else (2, 0.0, rank)
    return 2 if is_recommended(recommendation, report) else 3, 0.0, rank


def _fix(recommendation: Recommendation, report: Report) -> Fix:
    remedy, trial, expected = recommendation.remedy, recommendation.trial, recommendation.expected
    settings = dict(trial.settings if trial is not None and trial.settings else recommendation.change)
    model = better_model(report, recommendation) if remedy == OTHER_MODEL else ""
    if expected is not None and expected.value == 0:
        expected = None
    words = effect_text(recommendation, unit_of(report))
    note = "" if trial is None or trial.note is None else str(trial.note)
    outlook = report.larger_dev_set if remedy == LARGER_DEV_SET else None
    if outlook is not None:
        words, note = dev_set_gain(outlook, unit_of(report)), dev_set_note(outlook, unit_of(report))
    return Fix(
        remedy, str(recommendation.title), recommendation.column, _change(recommendation, report, settings, model),
        settings, model, expected if trial is None else trial.change, words, None if trial is None else trial.verdict,
        is_recommended(recommendation, report), _because(recommendation), note,
    )  # fmt: skip


def _change(recommendation: Recommendation, report: Report, settings: Mapping[str, Any], model: str) -> str:
    """Name what a fix changes, from what to what; "" where it changes nothing that has a name or a number."""
    if recommendation.remedy == LARGER_DEV_SET and report.larger_dev_set is not None:
        return dev_set_change(report.larger_dev_set)
    if recommendation.remedy == RARE_ROWS:
        return changed_rare_rows(report, str(recommendation.because.values.get("rare_class", "")))
    if recommendation.remedy == REPAIR_TABLE:
        return _repairs_of(recommendation.problem, report)
    if recommendation.remedy == MORE_DATA:
        return changed_rows(report)
    if model:
        return changed_model(report, model)
    return changed_settings(report, settings) if settings else ""


def _repairs_of(problem: str, report: Report) -> str:
    """Name the repairs that remove a problem of the data setup."""
    kind = "exclude_" if problem == "leak" else "split_"
    return listed([str(repair.title) for repair in report.repairs if repair.code.startswith(kind)])


def _because(recommendation: Recommendation) -> str:
    row, trial = REMEDIES[recommendation.remedy], recommendation.trial
    tested_without_cause = trial is not None and trial.settings and recommendation.problem == row.specific
    return str(row.why if tested_without_cause else recommendation.because)


def better_model(report: Report, recommendation: Recommendation) -> str:
    """Return the reference model that "another model" means: the linear one where it wins, else the best of all."""
    others = [curve for curve in report.curves[1:] if np.isfinite(curve.dev_errors[-1]).any()]
    if recommendation.problem == "simple_model_wins" or not others:
        return "linear" if any(curve.model == "linear" for curve in others) else ""
    return min(others, key=lambda curve: float(np.nanmean(curve.dev_errors[-1]))).model


def action_text(fix: Fix, report: Report) -> str:
    """Say what a fix changes, and what that does to the dev error: before → after, with the interval."""
    return listed(part for part in (change_words(fix), action_effect(fix, report)) if part)


def change_words(fix: Fix) -> str:
    """Say what a fix changes, by name and value; settings need no title beside them."""
    if not fix.change or fix.model or fix.settings:
        return fix.change or fix.title
    return fix.change if fix.change.startswith(fix.title) else labeled(fix.title, fix.change)


def _may_as_well_hurt(fix: Fix) -> bool:
    """Tell whether a test left open what a fix does and saw no gain: an error after it would only mislead."""
    return fix.verdict == "undecided" and fix.effect is not None and fix.effect.value >= 0


def action_effect(fix: Fix, report: Report) -> str:
    """Say what a fix does to the dev error: before → after, with the interval."""
    before = before_change(report)
    if fix.effect is None or before is None or fix.verdict is None or _may_as_well_hurt(fix):
        return fix.words
    arrow = before_after(before, fix.effect, unit_of(report))
    counted = "counted_error" in report.evidence
    at_most = tr("dev error {arrow} (no repeat counts as worse than the baseline)", arrow=arrow)
    text = at_most if counted else tr("dev error {arrow}", arrow=arrow)
    return listed([text, fix.words]) if fix.words else text


# --- why not the others -------------------------------------------------------------------------------------------


def short_runs_in_vain(report: Report) -> list[Fix]:
    """Return the fixes whose short run did not help, the best of them first."""
    probes = {key: probe for key in _unlisted(report) if (probe := report.evidence.get(f"probe_{key}")) is not None}
    unit = unit_of(report)
    fixes_in_vain = [
        Fix(key, str(REMEDIES[key].title), REMEDIES[key].column, effect=probe, words=str(range_text(probe, unit)))
        for key, probe in probes.items()
    ]
    return sorted(fixes_in_vain, key=lambda one: probes[one.remedy].value)


def not_recommended(report: Report) -> list[dict[str, str]]:
    """Return the rest of the menu, without a short run, and the reason why each is not recommended."""
    keys = [key for key in _unlisted(report) if f"probe_{key}" not in report.evidence]
    return [_reason(key, _why_not(key, report)) for key in keys]


def all_not_recommended(report: Report) -> list[dict[str, str]]:
    """Return the rest of the menu with the reason against each, what its short run did among them."""
    in_vain = [
        _reason(fix.remedy, tr("A short run did not help: {range}.", range=fix.words))
        for fix in short_runs_in_vain(report)
    ]
    return in_vain + not_recommended(report)


def _reason(key: str, why: str) -> dict[str, str]:
    row = REMEDIES[key]
    return {tr("Fix"): str(row.title), tr("Against"): str(COLUMNS[row.column]), tr("Why not"): why}


def _unlisted(report: Report) -> list[str]:
    ranked = {recommendation.remedy for recommendation in report.recommendations}
    return [key for key in REMEDIES if key not in ranked and key != LEAVE_IT and suits_model(key, report)]


def suits_model(key: str, report: Report) -> bool:
    """Tell whether a remedy has a meaning for the report's model: a tree has no units and no initialization."""
    return key not in (OF_OTHERS if report.model.get("key", "") in ("", NETWORK) else OF_NETWORKS)


def _why_not(key: str, report: Report) -> str:
    checked = [one for one in _causes(key, report) if one.outcome in ("passed", "undecided", "suppressed")]
    if checked:
        first = min(checked, key=lambda one: ("passed", "undecided", "suppressed").index(one.outcome))
        title = str(first.title)
        return sentences([title, str(first.message)]) if title[-1:] in "?？" else labeled(title, str(first.message))
    return tr("Nothing measured here calls for it.")


def _causes(key: str, report: Report) -> list[Finding]:
    """Return what the rules said whose problems a remedy treats."""
    codes = {rule.code for rule in RULES if rule.problem in REMEDIES[key].treats}
    return [finding for finding in report.findings if finding.code in codes]
