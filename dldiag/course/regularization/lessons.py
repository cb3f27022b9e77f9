"""The lessons on the L2 penalty and dropout, and what a run says about the notes' statement 30."""

from __future__ import annotations

from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate
from dldiag.course.regularization.penalties import Regularized
from dldiag.course.shared.lesson import Lesson, Outcomes, Statement, Topic, claim_verdict, joined_lines, one_claim


def penalty_outcomes(result: Regularized) -> Outcomes:
    """Judge statement 30 by the dev errors: does the penalty help, and do more rows?"""
    says = joined_lines(_gap_line(result), _change_line(result, result.change), _more_line(result))
    is_shown = result.change.high < 0 and result.of_more.high < 0
    against = result.change.low > 0 or result.of_more.low > 0
    return one_claim(30, claim_verdict(is_shown, against), says, _answer(result.change))


def dropout_outcomes(result: Regularized) -> Outcomes:
    """Say whether dropout lowered the dev error."""
    says = joined_lines(_gap_line(result), _change_line(result, result.change))
    return one_claim(0, claim_verdict(result.change.high < 0, result.change.low > 0), says, _answer(result.change))


def _answer(change: Estimate) -> str:
    return "lower" if change.high < 0 else "higher" if change.low > 0 else "same"


def _gap_line(result: Regularized) -> Message:
    values: dict[str, Any] = {
        "train": float(np.mean(result.plain.train_error)),
        "dev": float(np.mean(result.plain.dev_error)),
        "rows": result.compared.rows[0],
        "unit": result.compared.unit,
    }
    return Message("On {rows} training rows the error is {train:error}, on dev rows {dev:error}.", values)


def _change_line(result: Regularized, change: Estimate) -> Message:
    values: dict[str, Any] = {
        "how": result.treated.label,
        "strength": result.strength,
        "train": float(np.mean(result.treated.train_error)),
        "dev": float(np.mean(result.treated.dev_error)),
        "low": change.low,
        "high": change.high,
        "unit": result.compared.unit,
    }
    return Message(_LOWER if change.high < 0 else _HIGHER if change.low > 0 else _OPEN, values)


_LOWER = "{how} ({strength:g}): training error {train:error}, dev error {dev:error} (change with 90% confidence {low:bare} to {high:points})."
_HIGHER = "{how} ({strength:g}) it got worse: training error {train:error}, dev error {dev:error} (change with 90% confidence {low:bare} to {high:points}). So strong a treatment underfits."
_OPEN = "{how} ({strength:g}) there is no clear difference here. Training error {train:error}, dev error {dev:error} (change with 90% confidence {low:bare} to {high:points})."


def _more_line(result: Regularized) -> Message:
    change = result.of_more
    dev = float(np.mean(result.more.dev_error))
    values: dict[str, Any] = {"dev": dev, "low": change.low, "high": change.high, "unit": result.compared.unit}
    return Message(_MORE if change.high < 0 else _MORE_WORSE if change.low > 0 else _MORE_OPEN, values)


_MORE = "Twice the rows: dev error {dev:error} (change with 90% confidence {low:bare} to {high:points})."
_MORE_OPEN = "Twice the rows made no clear difference: dev error {dev:error} (change with 90% confidence {low:bare} to {high:points})."
_MORE_WORSE = (
    "Twice the rows made it worse: dev error {dev:error} (change with 90% confidence {low:bare} to {high:points})."
)


REGULARIZATION_LESSONS = Topic(
    "pages/20_Dropout_and_L2.py",
    Message("Dropout and L2"),
    Message("A large network on few rows memorizes them. Two ways to hold it back, and what they cost."),
    (
        Lesson(
            "l2",
            Message("L2 penalty"),
            Message("A large network on 60 rows: what does an L2 penalty of 1 do to the dev error?"),
            {
                "lower": Message("it falls"),
                "same": Message("no clear difference"),
                "higher": Message("it rises"),
            },
            (
                Statement(
                    30,
                    Message("Against high variance: regularization, or more training data."),
                    "penalty.alpha",
                ),
            ),
            Message("A penalty raises the training loss a little; what counts is whether the dev error falls."),
            penalty_outcomes,
            Message("Try it: a penalty of 20. The boundary becomes too plain."),
        ),
        Lesson(
            "dropout",
            Message("Dropout"),
            Message("Three of ten hidden units are left out in every step: what happens to the dev error?"),
            {
                "lower": Message("it falls"),
                "same": Message("no clear difference"),
                "higher": Message("it rises"),
            },
            (
                Statement(
                    0,
                    Message(
                        "Dropout leaves out hidden units at random in every step, so that no unit can rely on another."
                    ),
                    "dropout.dropout",
                ),
            ),
            Message("Dropout is for training only: predictions use all units."),
            dropout_outcomes,
            Message("Try it: a dropout of 0.7, or 300 rows."),
        ),
    ),
)
