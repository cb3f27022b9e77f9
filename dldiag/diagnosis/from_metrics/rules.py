"""The rules of a diagnosis on numbers measured elsewhere, and the verdict, in words that do not speak of trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dldiag.core.i18n import Message
from dldiag.core.types import Finding, Verdict
from dldiag.diagnosis import verdict
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.rules import RULES, Rule

FIRED = {
    "N1": "Training error, dev error and achievable error lie together.",
    "V2": "Training and dev error differ by {variance:gap}, but the dev error is about what is achievable, "
    "{achievable:error}.",
}

NEITHER = Message(
    "Neither high bias nor high variance: the model is wrong by {dev:error} on new rows, where about {achievable:error} is "
    "achievable."
)
HARMLESS = Message(
    "Leave it: training and dev error differ ({train:error} and {dev:error}), but the dev error is about what is achievable "
    "({achievable:error})."
)
HEADLINES = {verdict.HARMLESS.template: HARMLESS, verdict.BY_ANSWERS["no", "no"].template: NEITHER}
ASSUMED = Message("No human-level error was given: 0 is assumed to be achievable.")

NUMBER_RULES: tuple[Rule, ...] = tuple(
    replace(rule, fired=FIRED[rule.code]) if rule.code in FIRED else rule for rule in RULES
)


def verdict_of(findings: Sequence[Finding], evidence: Evidence, *, assumed: bool = False) -> Verdict:
    """Conclude as a diagnosis does, in words that do not speak of trials.

    assumed: the achievable error is an assumption; the verdict then says so.
    """
    found = verdict.conclude(findings, evidence, "")
    headline = HEADLINES.get(found.headline.template, found.headline)
    details = [one for one in (found.detail, ASSUMED if assumed else None) if one is not None]
    return replace(found, headline=Message(headline.template, found.headline.values), detail=verdict.joined(details))
