"""The verdict: one sentence that says what is wrong and how sure that is, from findings and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import Message, Value
from dldiag.core.types import Answer, Finding, Outcome, Verdict
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.experiments.fit import FitResult

RESAMPLES = 200  # of the repeats, for the stability of the verdict

ANSWERS: Mapping[str, Answer] = {"fired": "yes", "passed": "no", "undecided": "undecided"}

# What is said first, before bias and variance, because nothing below it can be trusted: rule, its outcome, the sentence.
FIRST: tuple[tuple[str, Outcome, Message], ...] = (
    (
        "D5",
        "fired",
        Message("The column {leak_column} seems to give the answer away: check it before believing anything else."),
    ),
    (
        "D9",
        "fired",
        Message(
            "No model is shown to beat the plainest guess: the columns may say nothing about {target} that a model could use."
        ),
    ),
    (
        "D9",
        "undecided",
        Message(
            "Too close to tell whether the columns say anything about {target}: the best model beats the plainest guess by "
            "{better:gap}, which chance alone may do."
        ),
    ),
    ("T6", "fired", Message("Training blows up: the loss stops being a number before the model has learnt anything.")),
    (
        "D13",
        "fired",
        Message(
            "Rows belong together by {structure}: split by that first. With rows drawn at random a model is judged on what it "
            "has all but seen, and every error looks too good."
        ),
    ),
    (
        "T15",
        "fired",
        Message(
            "Whether the network trains hangs on the random start: in {stuck:.0%} of the repeats it learns next to nothing, in most "
            "it learns well."
        ),
    ),
)

# What the rows, or else the repeats, that an answer rests on are called in the sentences below.
JUDGED = Message("{n_dev:,} rows to judge with")
JUDGED_BY_REPEATS = Message("so few repeats")

BY_ANSWERS: Mapping[tuple[Answer, Answer], Message] = {
    ("yes", "yes"): Message(
        "Both high bias and high variance: the model gets {train:error} wrong on the rows it learnt from, where about "
        "{achievable:error} is achievable, and {dev:error} on new rows."
    ),
    ("yes", "no"): Message(
        "High bias: the model is too weak or not trained well enough. Even on the rows it learnt from it is wrong by "
        "{train:error}, where about {achievable:error} is achievable."
    ),
    ("no", "yes"): Message(
        "High variance: the model learns its training rows too closely. It is wrong by {train:error} on the rows it learnt "
        "from and by {dev:error} on new rows."
    ),
    ("no", "no"): Message(
        "Neither high bias nor high variance: the model is wrong by {dev:error} on new rows, about as little as anything "
        "tried here reaches ({achievable:error})."
    ),
    ("yes", "undecided"): Message(
        "High bias: even on the rows it learnt from the model is wrong by {train:error}, where about {achievable:error} is "
        "achievable. Whether variance adds to it cannot be told with {judged}."
    ),
    ("undecided", "yes"): Message(
        "High variance: wrong by {train:error} on the rows it learnt from and by {dev:error} on new rows. Whether bias adds "
        "to it cannot be told with {judged}."
    ),
}
# Also where one of the two is known not to be high: that half comes and goes with the split; it stands below the sentence.
CANNOT_TELL = Message(
    "Too close to tell with {judged}: training error {train:error}, error on new rows {dev:error}, "
    "achievable about {achievable:error}."
)
TOGETHER = Message(
    "Neither bias nor variance is high by itself, but the two add up: the model is wrong by {dev:error} on new rows, where "
    "about {achievable:error} is achievable."
)
NOT_ASKED = Message(
    "Bias or variance was not judged, because a rule is muted or does not apply: training error {train:error}, error on new "
    "rows {dev:error}, achievable about {achievable:error}."
)
HARMLESS = Message(
    "High variance that costs nothing we could find: training and dev error differ ({train:error} and {dev:error}), but nothing "
    "tried here is shown to do better on new rows. Leave it."
)
MISMATCH = Message(
    "Data mismatch: the model is wrong by {training_dev:error} on new rows like its training rows, but by {dev:error} on "
    "the dev rows. They come from elsewhere."
)
OVERUSED = Message(
    "The test error is {test_gap:gap} above the dev error: too much was chosen on these dev rows, or too few of them judge."
)
MISMATCH_TOO = Message(
    "On top of that comes data mismatch: {training_dev:error} on new rows like the training rows, {dev:error} on the dev rows."
)


def conclude(
    findings: Sequence[Finding], evidence: Evidence, target: str, results: Sequence[FitResult] = (), seed: int = 0
) -> Verdict:
    """Return the verdict: the first thing that stands in the way, else the two answers about bias and variance.

    results: the fits whose training and dev errors the two answers rest on, for the stability of the verdict.
    """
    by_code = {finding.code: finding for finding in findings}
    fired = {code for code, finding in by_code.items() if finding.outcome == "fired"}
    bias, variance = answer(by_code.get("B1")), answer(by_code.get("V1"))
    first = next(
        ((code, text) for code, outcome, text in FIRST if code in by_code and by_code[code].outcome == outcome), None
    )
    answers, details = _answers(bias, variance, evidence), list[Message]()
    problem = _problem(bias, variance)
    if first is not None:
        headline, problem = first[1], by_code[first[0]].problem
        details = [] if first[0] == "D9" or "unknown" in (bias, variance) else [answers]
    elif "V2" in fired and bias != "yes":
        headline, problem = HARMLESS, "harmless_gap"
    elif "D7" in fired and (bias, variance) == ("no", "no"):
        headline, problem = MISMATCH, "mismatch"
    else:
        headline = answers
    if "D7" in fired and headline is not MISMATCH:
        details.append(MISMATCH_TOO)
    if "P3" in fired:
        details.append(OVERUSED)
    values = _values(evidence, target)
    detail = joined([one.filled(**values) for one in details])
    is_decided = {bias, variance} <= {"yes", "no"}
    share = stability(results, evidence, seed) if is_decided else None
    return Verdict(headline.filled(**values), bias, variance, detail, share, problem)


def joined(sentences: Sequence[Message]) -> Message | None:
    """Return some sentences as one message, None when there are none."""
    if len(sentences) < 2:
        return sentences[0] if sentences else None
    return Message("{one} {two}", {"one": sentences[0], "two": joined(sentences[1:])})


def _answers(bias: Answer, variance: Answer, evidence: Evidence) -> Message:
    """Return the sentence for two answers; two times "no" may still leave a sum that matters."""
    if "unknown" in (bias, variance):
        return NOT_ASKED
    adds_up = evidence.excess is not None and evidence.excess.surely_above > evidence.delta
    if (bias, variance) == ("no", "no") and adds_up and evidence.mismatch is None:
        return TOGETHER
    return BY_ANSWERS.get((bias, variance), CANNOT_TELL)


def answer(finding: Finding | None) -> Answer:
    """Read one finding as yes, no, undecided or unknown (suppressed, muted, not applicable)."""
    return "unknown" if finding is None else ANSWERS.get(finding.outcome, "unknown")


def _problem(bias: Answer, variance: Answer) -> str | None:
    if bias == "yes":
        return "high_bias"
    return "high_variance" if variance == "yes" else None


def _values(evidence: Evidence, target: str) -> dict[str, Value]:
    def value(name: str) -> float | None:
        estimate = getattr(evidence, name)
        return None if estimate is None else estimate.value

    n_dev = value("n_dev")
    judged = JUDGED_BY_REPEATS if n_dev is None else JUDGED.filled(n_dev=int(n_dev))
    return {
        "train": value("train_error"), "dev": value("dev_error"), "training_dev": value("training_dev_error"),
        "achievable": value("achievable"), "better": value("better_than_guess"), "judged": judged,
        "test_gap": value("test_gap"), "stuck": value("stuck_share"),
        "unit": evidence.unit, "target": target, **evidence.names,
    }  # fmt: skip


def stability(results: Sequence[FitResult], evidence: Evidence, seed: int) -> float | None:
    """Return the share of resampled repeats in which bias and variance fall on the same side of δ as in all of them."""
    if len(results) < 3 or evidence.achievable is None or evidence.material is None:
        return None
    train = np.array([result.train_error for result in results])
    dev = np.array([result.dev_error for result in results])
    drawn = np.random.default_rng(seed).integers(len(train), size=(RESAMPLES, len(train)))
    achievable, delta = evidence.achievable.value, evidence.material.value
    whole = _sides(train[None].mean(axis=1), dev[None].mean(axis=1), achievable, delta)
    parts = _sides(train[drawn].mean(axis=1), dev[drawn].mean(axis=1), achievable, delta)
    return float((parts == whole).all(axis=1).mean())


def _sides(train: NDArray[np.float64], dev: NDArray[np.float64], achievable: float, delta: float) -> NDArray[np.bool_]:
    return np.stack([train - achievable > delta, dev - train > delta], axis=1)
