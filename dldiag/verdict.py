"""The verdict: one sentence that says what is wrong and how sure that is, from findings and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dldiag.evidence.noun import Evidence
from dldiag.fit import FitResult
from dldiag.language import Message, Value
from dldiag.types import Answer, Finding, Outcome, Verdict

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
)

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
        "achievable. Whether variance adds to it cannot be told with {n_dev:,} rows to judge with."
    ),
    ("undecided", "yes"): Message(
        "High variance: wrong by {train:error} on the rows it learnt from and by {dev:error} on new rows. Whether bias adds "
        "to it cannot be told with {n_dev:,} rows to judge with."
    ),
}
# Also where one of the two is known not to be high: that half comes and goes with the split; it stands below the sentence.
CANNOT_TELL = Message(
    "Too close to tell with {n_dev:,} rows to judge with: training error {train:error}, error on new rows {dev:error}, "
    "achievable about {achievable:error}."
)
NOT_ASKED = Message(
    "Bias or variance was not judged, because a rule is muted or does not apply: training error {train:error}, error on new "
    "rows {dev:error}, achievable about {achievable:error}."
)
HARMLESS = Message(
    "Leave it: training and dev error differ ({train:error} and {dev:error}), but nothing tried here is shown to do better on "
    "new rows."
)


def conclude(
    findings: Sequence[Finding], evidence: Evidence, target: str, results: Sequence[FitResult] = (), seed: int = 0
) -> Verdict:
    """Return the verdict: the first thing that stands in the way, else the two answers about bias and variance."""
    by_code = {finding.code: finding for finding in findings}
    bias, variance = answer(by_code.get("B1")), answer(by_code.get("V1"))
    if "D9" in by_code and by_code["D9"].outcome == "undecided":
        bias = variance = "undecided"  # where chance may have made the best model, it may have made the gap
    values = _values(evidence, target)
    first = next(
        ((code, text) for code, outcome, text in FIRST if code in by_code and by_code[code].outcome == outcome), None
    )
    answers = NOT_ASKED if "unknown" in (bias, variance) else BY_ANSWERS.get((bias, variance), CANNOT_TELL)
    detail: Message | None = None
    if first is not None:
        silent = bias == "unknown" or first[0] == "D9"
        headline, detail = first[1], None if silent else Message(answers.template, values)
    elif "V2" in by_code and by_code["V2"].outcome == "fired" and bias != "yes":
        headline = HARMLESS
    else:
        headline = answers
    problem = by_code[first[0]].problem if first is not None else _problem(bias, variance)
    return Verdict(
        Message(headline.template, values), bias, variance, detail, stability(results, evidence, seed), problem
    )


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
    return {
        "train": value("train_error"), "dev": value("dev_error"), "achievable": value("achievable"),
        "better": value("better_than_guess"), "n_dev": None if n_dev is None else int(n_dev), "unit": evidence.unit, "target": target, **evidence.names,
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
