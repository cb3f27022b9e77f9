"""The lessons on bias and variance, and what a run says about the notes' statements 25 to 28."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dldiag.core.i18n import Message
from dldiag.course.bias_variance.number_pairs import PairReading, describe_number_pairs
from dldiag.course.bias_variance.sweep import Sweep, describe_sweep, trades_bias_for_variance, worse_ends
from dldiag.course.shared.lesson import (
    Claim,
    Lesson,
    Outcomes,
    Statement,
    Topic,
    claim_verdict,
    joined_lines,
    one_claim,
)
from dldiag.course.shared.treatments import SetupComparison

# Outcomes of the rules on bias and on variance, in the order of the course's examples.
EXPECTED = (("passed", "fired"), ("fired", "passed"), ("fired", "fired"), ("passed", "passed"))


def sweep_outcomes(sweep: Sweep) -> Outcomes:
    """Judge statement 25 by the parts of the error."""
    ends, trades = worse_ends(sweep), trades_bias_for_variance(sweep)
    answer = "middle" if len(ends) == 2 else "end" if sweep.best in (0, len(sweep.values) - 1) else ""
    return one_claim(25, claim_verdict(trades or len(ends) == 2), describe_sweep(sweep), answer)


def pairs_outcomes(readings: Sequence[PairReading], rows: int) -> Outcomes:
    """Judge statements 26 and 27 by the rules' readings of the textbook's pairs."""
    answers = tuple((reading.bias, reading.has_variance) for reading in readings[:4])
    agree = sum(ours == theirs for ours, theirs in zip(answers, EXPECTED, strict=True))
    values = {"agree": agree, "pairs": len(EXPECTED), "rows": rows}
    says = Message("The rules read {agree} of the {pairs} pairs as the notes do, on {rows:,} dev rows.", values)
    people = readings[1].bias == "fired" and readings[4].bias == "passed"
    claims = (
        Claim(26, claim_verdict(agree == len(EXPECTED)), says),
        Claim(27, claim_verdict(people), describe_number_pairs(readings, rows)),
    )
    answer = "none" if people else "bias" if readings[4].bias == "fired" else ""
    return Outcomes(claims, answer)


def capacity_outcomes(comparison: SetupComparison) -> Outcomes:
    """Judge statement 28 by the training errors of the larger network and of longer training."""
    larger, longer = comparison.train_changes
    parts = [_remedy_line(comparison, number) for number in (1, 2)]
    values: dict[str, Any] = {"train": _mean(comparison.ways[0].train_error), "unit": comparison.unit}
    first = Message("The small network gets a training error of {train:error}.", values)
    is_shown = larger.high < 0 and longer.high < 0
    answer = (
        "larger" if larger.high < min(0.0, longer.value) else "longer" if longer.high < min(0.0, larger.value) else ""
    )
    against = larger.low > 0 or longer.low > 0
    return one_claim(28, claim_verdict(is_shown, against), joined_lines(first, *parts), answer)


def _remedy_line(comparison: SetupComparison, number: int) -> Message:
    change, way = comparison.train_changes[number - 1], comparison.ways[number]
    values: dict[str, Any] = {
        "way": way.label,
        "train": _mean(way.train_error),
        "dev": _mean(way.dev_error),
        "low": change.low,
        "high": change.high,
        "unit": comparison.unit,
    }
    return Message(_FELL if change.high < 0 else _ROSE if change.low > 0 else _NO_CHANGE, values)


_FELL = "{way}: training error {train:error} (change with 90% confidence {low:bare} to {high:points}), dev error {dev:error}."
_ROSE = "{way} made it worse: training error {train:error} (change with 90% confidence {low:bare} to {high:points}), dev error {dev:error}."
_NO_CHANGE = "{way} made no clear difference: training error {train:error} (change with 90% confidence {low:bare} to {high:points}), dev error {dev:error}."


def _mean(errors: Sequence[float]) -> float:
    return sum(errors) / len(errors)


BIAS_VARIANCE_LESSONS = Topic(
    "pages/17_Bias_and_variance.py",
    Message("Bias and variance"),
    Message(
        "The error of a model is bias plus variance plus noise. What lowers one of the first two often raises the other."
    ),
    (
        Lesson(
            "sweep",
            Message("Underfitting, just right, overfitting"),
            Message("From no L2 penalty to a very large one: where is the expected error least?"),
            {"middle": Message("in between"), "end": Message("at one of the ends")},
            (
                Statement(
                    25,
                    Message(
                        "A model that is too simple underfits (high bias), one that is too flexible overfits (high variance)."
                    ),
                    "sweep.axis",
                ),
            ),
            Message(
                "Bias falls and variance rises as a model gets more flexible; the best lies where their sum is least."
            ),
            sweep_outcomes,
            Message("Try it: turn the training rows, or the network's size."),
        ),
        Lesson(
            "pairs",
            Message("Two errors, one diagnosis"),
            Message("15% training error, 16% dev error, and people get 15% wrong, too: what is the problem?"),
            {"bias": Message("high bias"), "variance": Message("high variance"), "none": Message("neither")},
            (
                Statement(
                    26,
                    Message("1%/11% is high variance, 15%/16% high bias, 15%/30% both, 0.5%/1% neither."),
                    "pairs.dev_rows",
                ),
                Statement(
                    27,
                    Message(
                        "Bias is measured against the best error possible: where people get 15% wrong, 15% is not high."
                    ),
                    "own.human",
                ),
            ),
            Message("Training error against the best possible: bias. Dev error against training error: variance."),
            pairs_outcomes,
            Message("Try it: 100 dev rows. The same numbers then say less."),
        ),
        Lesson(
            "capacity",
            Message("Against high bias"),
            Message("A network of two hidden units: what lowers its training error more, more units or more steps?"),
            {"larger": Message("a larger network"), "longer": Message("longer training")},
            (
                Statement(
                    28,
                    Message("Against high bias: a bigger network, or longer training."),
                    "capacity.units",
                ),
            ),
            Message("High bias shows in the training error: that is the number that must fall first."),
            capacity_outcomes,
            Message("Try it: 500 steps. Training longer has then nothing left to gain; more units still do."),
        ),
    ),
)
