"""Apply every rule to the evidence: outcomes, suppressed findings, and the rows that would decide an open one."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from dldiag.core.i18n import Message, Value, rounded
from dldiag.core.types import Estimate, Finding, Outcome
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.evidence.printed import PARTS, in_printed_digits
from dldiag.diagnosis.rules.rule import Rule


def check_rules(evidence: Evidence, rules: Sequence[Rule], muted: Collection[str] = ()) -> tuple[Finding, ...]:
    """Apply every rule; a rule that crashes could not run, and the others go on.

    A fired rule silences the downstream rules that it names: their findings become "suppressed" and say by whom.
    """
    findings = [_muted(rule) if rule.code in muted else _applied(rule, evidence) for rule in rules]
    silencer: dict[str, str] = {}
    for rule, finding in zip(rules, findings, strict=True):
        if finding.outcome == "fired" and rule.code not in silencer:
            spared = _answered(findings, rules) if rule.spares_answers else set[str]()
            silencer |= {code: rule.code for code in silenced_by(rule, rules) if code not in {*silencer, *spared}}
    return tuple(_silenced(finding, silencer.get(finding.code)) for finding in findings)


def _answered(findings: Sequence[Finding], rules: Sequence[Rule]) -> set[str]:
    """Return the rules that answer one of the verdict's two questions with yes, or say that there is no variance.

    A gap needs no other model to be compared with; that there is no bias rests on what the best model here reaches.
    """
    says = {"bias": ("fired",), "variance": ("fired", "passed")}
    return {
        finding.code
        for finding, rule in zip(findings, rules, strict=True)
        if rule.answers is not None and finding.outcome in says[rule.answers]
    }


def silenced_by(rule: Rule, rules: Sequence[Rule]) -> list[str]:
    """Return the codes of the rules that say nothing once this one has fired."""
    return [
        one.code
        for one in rules
        if one.code in rule.silences
        or one.level in rule.silences_levels
        or (rule.silences_conclusions and one.concludes_from_trials)
    ]


def _applied(rule: Rule, evidence: Evidence) -> Finding:
    try:
        return apply_rule(rule, evidence)
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        why = Message("This rule could not run: {error}.", {"error": f"{type(error).__name__}: {error}"})
        return _finding(rule, "could_not_run", why)


def apply_rule(rule: Rule, evidence: Evidence) -> Finding:
    """Apply one rule to evidence."""
    if any(evidence.get(name) is None for name in rule.needs):
        return _finding(rule, "not_applicable", Message("Not measured here."))
    reason = rule.unless(evidence) if rule.unless is not None else None
    if reason is not None:
        return _finding(rule, "not_applicable", reason)
    signal = rule.signal(evidence)
    if signal is None:
        return _finding(rule, "not_applicable", Message("There was nothing to measure."))
    threshold = rule.threshold.at(evidence)
    values = _values(rule, evidence, signal, threshold)
    outcome = compare_with_threshold(signal, threshold)
    if outcome == "fired":
        return _finding(rule, outcome, Message(rule.fired, values), Message(rule.hint, values), rule.problem)
    if outcome == "passed":
        is_nowhere = bool(rule.nowhere) and rounded(signal.high) <= 0
        return _finding(rule, outcome, Message(rule.nowhere if is_nowhere else rule.passed, values))
    return _finding(rule, outcome, _undecided(rule, evidence, signal, threshold))


def compare_with_threshold(signal: Estimate, threshold: float) -> Outcome:
    """Compare a signal's one-sided 90% bounds with a threshold.

    >>> compare_with_threshold(Estimate(0.2, 0.15, 0.25), 0.1), compare_with_threshold(Estimate(0.2, 0.05, 0.35), 0.1)
    ('fired', 'undecided')
    """
    if signal.surely_above > threshold:
        return "fired"
    return "passed" if signal.surely_below <= threshold else "undecided"


def rows_factor_to_decide(signal: Estimate, threshold: float) -> float:
    """Return how many times more rows or repeats would decide: half-widths shrink with the root of their number."""
    distance = abs(signal.value - threshold)
    toward = signal.value - signal.surely_above if signal.value > threshold else signal.surely_below - signal.value
    return math.inf if distance == 0 else max(1.0, (toward / distance) ** 2)


def _undecided(rule: Rule, evidence: Evidence, signal: Estimate, threshold: float) -> Message:
    more = rows_factor_to_decide(signal, threshold)
    values: dict[str, Value] = dict(_values(rule, evidence, signal, threshold))
    if rule.unsure:
        return Message(rule.unsure, values)
    words, limit = _WRITTEN.get(rule.threshold.unit.split()[0], PLAINLY)
    values = values | {"seen": Message(words, values), "limit": Message(limit, values)}
    count = evidence.n_dev if rule.decided_by == "rows" else evidence.repeats
    if count is None or more > MOST_TIMES:
        return Message("{seen} is too close to {limit} to decide.", values)
    values["more"] = math.ceil(count.value * (more - 1)) or 1
    if rule.decided_by == "rows":
        return Message("{seen} against {limit}: about {more:,} more dev rows would decide it.", values)
    return Message(
        "{seen} against {limit}: about one more repeat would decide it.",
        {**values, "n": values["more"]},
        plural="{seen} against {limit}: about {more:,} more repeats would decide it.",
    )


# How a signal and its threshold are written, by the first word of the threshold's unit.
_WRITTEN: Mapping[str, tuple[str, str]] = {
    "error": ("{signal:gap} ({low:bare} to {high:bare})", "{threshold:gap}"),
    "share": ("{signal:.1%} ({low:.1%} to {high:.1%})", "{threshold:.1%}"),
}
PLAINLY = ("{signal:.3g} ({low:.3g} to {high:.3g})", "{threshold:.3g}")
MOST_TIMES = 30.0  # Times the rows; a larger number of rows is out of reach and not named.


def _values(rule: Rule, evidence: Evidence, signal: Estimate, threshold: float) -> dict[str, Value]:
    estimates = evidence.estimates()
    printed = in_printed_digits(estimates)
    part = next((name for name in PARTS if name in estimates and estimates[name] == signal), None)
    return (
        {name: one.value for name, one in printed.items()}
        | dict(evidence.names)
        | {
            "signal": signal.value if part is None else printed[part].value,
            "low": signal.low,
            "high": signal.high,
            "most": max(0.0, signal.high),
            "threshold": threshold,
            "unit": evidence.unit,
        }
        | dict(rule.words(evidence))
    )


def _finding(
    rule: Rule, outcome: Outcome, message: Message, hint: Message | None = None, problem: str | None = None
) -> Finding:
    return Finding(rule.code, rule.level, rule.title, outcome, message, hint, problem)


def _muted(rule: Rule) -> Finding:
    return _finding(rule, "muted", Message("You muted this rule."))


def _silenced(finding: Finding, by: str | None) -> Finding:
    if by is None or finding.outcome not in ("fired", "undecided", "passed"):
        return finding
    why = Message("Not checked until {by} is resolved.", {"by": by})
    return replace(finding, outcome="suppressed", message=why, hint=None, problem=None, suppressed_by=by)
