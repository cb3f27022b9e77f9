"""The rules of a diagnosis on numbers measured elsewhere, and the verdict, in words that do not speak of trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dldiag.core.i18n import Message
from dldiag.core.types import Finding, Verdict
from dldiag.diagnosis import verdict
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.rules import RULES, Headline, Rule

FIRED = {
    "N1": "Training error, dev error and achievable error lie together.",
    "V2": "Training and dev error differ by {variance:gap}, but the dev error is about what is achievable, "
    "{achievable:error}.",
}

NEITHER = Message(
    "Neither high bias nor high variance: the model is wrong by {dev:error} on new rows, where about {achievable:error} is "
    "achievable."
)
HEADLINES = {
    "V2": (
        Headline(
            Message(
                "Leave it: training and dev error differ ({train:error} and {dev:error}), but the dev error is about what is "
                "achievable ({achievable:error})."
            ),
            instead_of=lambda bias, variance: bias != "yes",
        ),
    )
}
ASSUMED = Message("No human-level error was given: 0 is assumed to be achievable.")


def number_rules() -> list[Rule]:
    """Return the rules in words that do not speak of trials."""
    worded = [replace(rule, fired=FIRED[rule.code]) if rule.code in FIRED else rule for rule in RULES]
    return [replace(rule, headlines=HEADLINES[rule.code]) if rule.code in HEADLINES else rule for rule in worded]


def verdict_of(findings: Sequence[Finding], evidence: Evidence, *, assumed: bool = False) -> Verdict:
    """Conclude as a diagnosis does, in words that do not speak of trials.

    assumed: the achievable error is an assumption; the verdict then says so.
    """
    by_answers = {**verdict.BY_ANSWERS, ("no", "no"): NEITHER}
    found = verdict.conclude(findings, evidence, "", rules=number_rules(), by_answers=by_answers)
    details = [one for one in (found.detail, ASSUMED if assumed else None) if one is not None]
    return replace(found, detail=verdict.joined(details))
