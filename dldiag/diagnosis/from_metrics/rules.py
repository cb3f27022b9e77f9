"""The rules of a diagnosis on numbers measured elsewhere, and the verdict, in words that do not speak of trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dldiag.core.i18n import Message
from dldiag.core.types import Answer, Finding, Verdict
from dldiag.diagnosis import verdict
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.rules import RULES, Headline, Rule

HINTS = {
    "C2": "Measure the training error again with dropout and augmentation off; then look for easier dev rows and duplicates."
}
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
                "Keep the model as it is. Training and dev error differ ({train:error} and {dev:error}), but the dev "
                "error is about what is achievable ({achievable:error})."
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
IF_LESS_BELOW = Message(
    "Underfitting (high bias), if much less than {train:error} is achievable. The dev error is lower than the training error: {dev:error}."
)
# Where there are unseen rows like the training rows, they tell how far the model overfits; the dev rows hold the mismatch, too.
IF_LESS_ALIKE = Message(
    "Underfitting (high bias), if much less than {train:error} is achievable: the training error is nearly the error on unseen rows "
    "like the training rows ({training_dev:error})."
)
IF_LESS_OPEN = Message(
    "Underfitting (high bias), if much less than {train:error} is achievable. With {judged} we can't yet tell whether overfitting "
    "matters, too."
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
    ("yes", "yes"): IF_LESS_TOO, ("yes", "no"): IF_LESS, ("no", "no"): IF_NONE, ("yes", "undecided"): IF_LESS_OPEN,
}  # fmt: skip
DEV_BELOW = Message(
    "The dev error is below the training error. Often that means nothing. Dropout and data augmentation make training"
    " harder. An epoch's training error is a mean taken while the model was still learning."
)
FEW_DEV = Message(
    "With {n:,} dev row, a dev error this far below the training error can be chance.",
    plural="With {n:,} dev rows, a dev error this far below the training error can be chance.",
)
NO_GAP = Message(
    "No overfitting: the error is {train:error} on training rows and {dev:error} on unseen ones. Whether underfitting is a problem is "
    "not known without a human-level or target error."
)
GAP_OPEN = Message(
    "The error is {train:error} on training rows and {dev:error} on unseen ones. With {judged} we can't yet tell whether that is "
    "overfitting."
)
NO_DEV = Message(
    "Nothing was recorded on dev rows, so overfitting cannot be seen. Record it (validation_data in Keras, validation_step in Lightning)."
)
MEMORIZES = Message(
    "Random forests and 1-nearest-neighbor fit their training rows almost perfectly by design, so a training error of {train:error} "
    "says little. Compare dev errors instead: this one is {dev:error}."
)
LARGE_BESIDE = 0.5  # Times the variance (own choice).
# These rules say nothing where the training error says nothing.
READS_TRAINING = ("B1", "V1", "V2", "N1", "C2")


def number_rules() -> list[Rule]:
    """Return the rules in words that do not speak of trials."""
    worded = [
        replace(rule, fired=FIRED.get(rule.code, rule.fired), hint=HINTS.get(rule.code, rule.hint)) for rule in RULES
    ]
    return [replace(rule, headlines=HEADLINES[rule.code]) if rule.code in HEADLINES else rule for rule in worded]


def verdict_of(
    findings: Sequence[Finding],
    evidence: Evidence,
    *,
    assumed: bool = False,
    memorizes: bool = False,
    rules: Sequence[Rule] | None = None,
    remarks: Sequence[Message] = (),
) -> Verdict:
    """Conclude as a diagnosis does, in words that do not speak of trials.

    assumed: the achievable error is an assumption; the verdict then says so, and does not add bias that nothing shows to
    a variance that something does. memorizes: the training error is near 0 by construction. rules: that findings come from.
    remarks: what else is to be said, first of all what the numbers are.
    """
    by_answers = {**verdict.BY_ANSWERS, ("no", "no"): NEITHER, **(WITHOUT_HUMAN if assumed else {})}
    if assumed and evidence.variance is not None and evidence.variance.value < -evidence.delta:
        by_answers |= {("yes", "no"): IF_LESS_BELOW}
    elif assumed and evidence.training_dev_error is not None:
        by_answers |= {("yes", "no"): IF_LESS_ALIKE}
    conclusion = verdict.conclude(
        findings, evidence, "", rules=number_rules() if rules is None else rules, by_answers=by_answers
    )
    values, details = conclusion.headline.values, [*remarks, conclusion.detail]
    is_judged = (conclusion.bias, conclusion.variance) != ("unknown", "unknown")
    if assumed and is_judged and not memorizes:
        details.append(ASSUMED)
    conclusion = replace(conclusion, detail=verdict.joined([one for one in details if one is not None]))
    if memorizes:
        return replace(conclusion, headline=MEMORIZES.filled(**values), code="training_error_says_little")
    if evidence.achievable is None:
        return _without_bias(conclusion, evidence)
    if assumed and (conclusion.bias, conclusion.variance) == ("yes", "yes") and not _is_large(evidence):
        headline = NOT_KNOWN.filled(**values) if conclusion.code == "both" else conclusion.headline
        code = "high_variance_bias_unknown" if conclusion.code == "both" else conclusion.code
        return replace(conclusion, headline=headline, bias="unknown", problem="high_variance", code=code)
    return conclusion


# Used where nothing tells what is achievable.
BY_VARIANCE: Mapping[Answer, tuple[Message, str]] = {
    "yes": (NOT_KNOWN, "high_variance_bias_unknown"),
    "no": (NO_GAP, "no_variance_bias_unknown"),
    "undecided": (GAP_OPEN, "undecided"),
}


def _without_bias(conclusion: Verdict, evidence: Evidence) -> Verdict:
    """Say what the gap alone tells: as the headline, or below that of a rule that speaks first."""
    if evidence.dev_error is None:
        if conclusion.code != "not_judged":
            return conclusion
        sentence, code = NO_DEV, "no_dev_error"
    elif conclusion.variance in BY_VARIANCE:
        sentence, code = BY_VARIANCE[conclusion.variance]
    else:
        return conclusion
    sentence = sentence.filled(**conclusion.headline.values)
    if conclusion.code == "not_judged":
        problem = "high_variance" if conclusion.variance == "yes" else None
        return replace(conclusion, headline=sentence, code=code, problem=problem)
    return replace(
        conclusion, detail=verdict.joined([sentence, *([] if conclusion.detail is None else [conclusion.detail])])
    )


def _is_large(evidence: Evidence) -> bool:
    """Tell whether a training error is so large beside the variance that bias is worth a question even without a target."""
    bias, variance = evidence.avoidable_bias, evidence.variance
    return bias is not None and variance is not None and bias.value >= LARGE_BESIDE * variance.value
