"""The rules of a diagnosis on numbers measured elsewhere, and the verdict, in words that do not speak of trials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dldiag.evidence import Evidence
from dldiag.language import Message, Value
from dldiag.rules import RULES, Rule
from dldiag.types import Finding, Verdict
from dldiag.verdict import conclude

V1_FIRED = (
    "The training-dev error {training_dev_error:error} is {signal:gap} above the training error {train_error:error}: "
    "what the model learnt does not carry over to new rows of the same kind."
)
V1_PASSED = "The training-dev error {training_dev_error:error} is at most {most:gap} above the training error {train_error:error}."
FIRED = {
    "N1": "Training error, dev error and achievable error lie together.",
    "V2": "Training and dev error differ by {variance:error}, but the dev error is about what is achievable, "
    "{achievable:error}.",
}

MISMATCH = Message(
    "Data mismatch: the model is wrong by {training_dev:error} on new rows like its training rows, but by {dev:error} on "
    "the dev rows. They come from elsewhere."
)
MISMATCH_TOO = Message(
    "On top of that comes data mismatch: {training_dev:error} on new rows like the training rows, {dev:error} on the dev rows."
)
NEITHER = Message(
    "Neither high bias nor high variance: the model is wrong by {dev:error} on new rows, where about {achievable:error} is "
    "achievable."
)
HARMLESS = Message(
    "Leave it: training and dev error differ ({train:error} and {dev:error}), but the dev error is about what is achievable "
    "({achievable:error})."
)
ASSUMED = Message("No human-level error was given: 0 is assumed to be achievable.")


def rules_for(evidence: Evidence) -> tuple[Rule, ...]:
    """Return the catalogue in words that fit numbers: nothing was tried; variance may end at the training-dev error."""
    by_training_dev = evidence.training_dev_error is not None
    return tuple(_reworded(rule, by_training_dev) for rule in RULES)


def _reworded(rule: Rule, by_training_dev: bool) -> Rule:
    if rule.code == "V1" and by_training_dev:
        return replace(rule, fired=V1_FIRED, passed=V1_PASSED)
    return replace(rule, fired=FIRED[rule.code]) if rule.code in FIRED else rule


def verdict_of(findings: Sequence[Finding], evidence: Evidence, *, assumed: bool = False) -> Verdict:
    """Conclude as a diagnosis does, in words that do not speak of trials, and with data mismatch as a third answer.

    assumed: the achievable error is an assumption; the verdict then says so.
    """
    fired = {finding.code for finding in findings if finding.outcome == "fired"}
    verdict, values = conclude(findings, evidence, ""), _values(evidence)
    details = [verdict.detail] if verdict.detail is not None else []
    if "V2" in fired and verdict.bias != "yes":
        verdict = replace(verdict, headline=Message(HARMLESS.template, values))
    elif (verdict.bias, verdict.variance) == ("no", "no") and "D7" in fired:
        verdict = replace(verdict, headline=Message(MISMATCH.template, values), problem="mismatch")
    elif (verdict.bias, verdict.variance) == ("no", "no"):
        verdict = replace(verdict, headline=Message(NEITHER.template, values))
    if "D7" in fired and verdict.problem != "mismatch":
        details.append(Message(MISMATCH_TOO.template, values))
    if assumed:
        details.append(ASSUMED)
    return replace(verdict, detail=_joined(details))


def _joined(sentences: Sequence[Message]) -> Message | None:
    if len(sentences) < 2:
        return sentences[0] if sentences else None
    return Message("{one} {two}", {"one": sentences[0], "two": _joined(sentences[1:])})


def _values(evidence: Evidence) -> dict[str, Value]:
    names = {
        "train": "train_error",
        "dev": "dev_error",
        "training_dev": "training_dev_error",
        "achievable": "achievable",
    }
    found = {short: getattr(evidence, name) for short, name in names.items()}
    return {"unit": evidence.unit} | {name: e.value for name, e in found.items() if e is not None}
