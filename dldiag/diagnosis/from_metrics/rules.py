"""The rules of a diagnosis on numbers measured elsewhere, and the verdict, in words that do not speak of trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dldiag.core.i18n import Message
from dldiag.core.types import Answer, Finding, Verdict
from dldiag.diagnosis import verdict
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.rules import RULES, Headline, Rule

FIRED = {
    "N1": "Training error, dev error and achievable error lie together.",
    "V2": "Training and dev error differ by {variance:gap}, but the dev error is about what is achievable, "
    "{achievable:error}.",
}

NEITHER = Message("Nothing to fix: the error on unseen rows is {dev:error}; about {achievable:error} is achievable.")
HEADLINES = {
    "V2": (
        Headline(
            Message(
                "Keep the model as it is: training and dev error differ ({train:error} and {dev:error}), but the dev error is about "
                "what is achievable ({achievable:error})."
            ),
            instead_of=lambda bias, variance: bias != "yes",
        ),
    )
}
# Without a human-level error nothing is known to be achievable: a training error above 0 may be all that can be had.
NOT_KNOWN = Message(
    "Overfitting (high variance): the error is {train:error} on training rows, but {dev:error} on unseen ones. Whether underfitting "
    "adds to it is not known without a human-level or target error."
)
IF_LESS = Message(
    "Underfitting (high bias), if much less than {train:error} is achievable: the training error is nearly the dev error "
    "({dev:error})."
)
IF_LESS_TOO = Message(
    "Overfitting (high variance): the error is {train:error} on training rows, but {dev:error} on unseen ones. It is underfitting, too, "
    "if much less than {train:error} is achievable."
)
IF_NONE = Message(
    "No overfitting and little to gain: the training error is {train:error} and the error on unseen rows {dev:error}."
)
ASSUMED = Message("No human-level or target error was given, so underfitting is judged as if 0 were achievable.")
WITHOUT_HUMAN: Mapping[tuple[Answer, Answer], Message] = {
    ("yes", "yes"): IF_LESS_TOO, ("yes", "no"): IF_LESS, ("no", "no"): IF_NONE,
}  # fmt: skip
MEMORIZES = Message(
    "Random forests and 1-nearest-neighbor fit their training rows almost perfectly by design, so a training error of {train:error} "
    "says little. Compare dev errors instead: this one is {dev:error}."
)
LARGE_BESIDE = 0.5  # times the variance (own choice)
READS_TRAINING = ("B1", "V1", "V2", "N1", "C2")  # rules that say nothing where the training error says nothing


def number_rules() -> list[Rule]:
    """Return the rules in words that do not speak of trials."""
    worded = [replace(rule, fired=FIRED[rule.code]) if rule.code in FIRED else rule for rule in RULES]
    return [replace(rule, headlines=HEADLINES[rule.code]) if rule.code in HEADLINES else rule for rule in worded]


def verdict_of(
    findings: Sequence[Finding], evidence: Evidence, *, assumed: bool = False, memorizes: bool = False
) -> Verdict:
    """Conclude as a diagnosis does, in words that do not speak of trials.

    assumed: the achievable error is an assumption; the verdict then says so, and does not add bias that nothing shows to
    a variance that something does. memorizes: the training error is near 0 by construction.
    """
    by_answers = {**verdict.BY_ANSWERS, ("no", "no"): NEITHER, **(WITHOUT_HUMAN if assumed else {})}
    found = verdict.conclude(findings, evidence, "", rules=number_rules(), by_answers=by_answers)
    if memorizes:
        return replace(found, headline=MEMORIZES.filled(**found.headline.values), code="training_error_says_little")
    details = [one for one in (found.detail, ASSUMED if assumed else None) if one is not None]
    found = replace(found, detail=verdict.joined(details))
    if assumed and (found.bias, found.variance) == ("yes", "yes") and not _is_large(evidence):
        headline, code = NOT_KNOWN.filled(**found.headline.values), "high_variance_bias_unknown"
        return replace(found, headline=headline, bias="unknown", problem="high_variance", code=code)
    return found


def _is_large(evidence: Evidence) -> bool:
    """Tell whether a training error is so large beside the variance that bias is worth a question even without a target."""
    bias, variance = evidence.avoidable_bias, evidence.variance
    return bias is not None and variance is not None and bias.value >= LARGE_BESIDE * variance.value
