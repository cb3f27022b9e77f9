"""The lessons on mini-batches and optimizers, and what a run says about the notes' statement 29."""

from __future__ import annotations

from dldiag.core.i18n import Message, Value
from dldiag.course.optimization.descents import OptimizerComparison
from dldiag.course.shared.activation_race import LEAST_FALL
from dldiag.course.shared.lesson import Lesson, Outcomes, Statement, Topic, claim_verdict, joined_lines, one_claim


def batch_outcomes(comparison: OptimizerComparison) -> Outcomes:
    """Say whether mini-batches ended lower after as many passes."""
    answer = "mini" if comparison.ratio.high < 1 else "all" if comparison.ratio.low > 1 else "same"
    values: dict[str, Value] = {"steps": comparison.ways[-1].steps, "rows": comparison.batch_rows}
    cost = Message("One pass is {steps} steps of {rows} rows in place of one step.", values)
    return _outcomes(0, comparison, answer, cost)


def optimizer_outcomes(comparison: OptimizerComparison) -> Outcomes:
    """Judge statement 29 by the losses at the end."""
    answer = "lower" if comparison.ratio.high < 1 else "higher" if comparison.ratio.low > 1 else "same"
    return _outcomes(29, comparison, answer)


def _outcomes(number: int, comparison: OptimizerComparison, answer: str, more: Message | None = None) -> Outcomes:
    first, last = comparison.ways[0], comparison.ways[-1]
    learned = min(way.loss.mean[-1] for way in comparison.ways) < (1 - LEAST_FALL) * comparison.baseline
    lower, higher = learned and comparison.ratio.high < 1, learned and comparison.ratio.low > 1
    values: dict[str, Value] = {
        "passes": comparison.passes,
        "first": first.label,
        "last": last.label,
        "first_loss": first.loss.mean[-1],
        "last_loss": last.loss.mean[-1],
        "first_rate": first.rate,
        "last_rate": last.rate,
        "ratio": comparison.ratio.value,
        "low": comparison.ratio.low,
        "high": comparison.ratio.high,
        "baseline": comparison.baseline,
    }
    says = joined_lines(
        Message(_LOWER if lower else _HIGHER if higher else _OPEN if learned else _NOTHING, values), more
    )
    return one_claim(number, claim_verdict(lower, higher), says, answer if learned else "")


_LOWER = "After {passes} passes “{last}” ended at a loss of {last_loss:.3f}, “{first}” at {first_loss:.3f}. That is {ratio:.2f} times as much (90% interval {low:.2f} to {high:.2f})."
_HIGHER = "Here it is the other way round. After {passes} passes “{last}” ended at a loss of {last_loss:.3f}, “{first}” at {first_loss:.3f}. That is {ratio:.2f} times as much (90% interval {low:.2f} to {high:.2f})."
_OPEN = "No clear difference here. After {passes} passes “{last}” ended at a loss of {last_loss:.3f}, “{first}” at {first_loss:.3f}. That is {ratio:.2f} times as much (90% interval {low:.2f} to {high:.2f})."
_NOTHING = "No way got clearly below the baseline's loss ({baseline:.3f}) in {passes} passes, so there is nothing to compare. Take another table or more passes."

OPTIMIZATION_LESSONS = Topic(
    "pages/19_Mini_batches_momentum_and_Adam.py",
    Message("Mini-batches, momentum and Adam"),
    Message("The same network and the same rows: how the steps are taken decides how far a pass gets."),
    (
        Lesson(
            "batches",
            Message("Mini-batches"),
            Message("Twenty passes over the rows: what ends lower, one step per pass or one per mini-batch?"),
            {
                "mini": Message("a step for every mini-batch"),
                "all": Message("a step for all rows together"),
                "same": Message("about the same"),
            },
            (
                Statement(
                    0,
                    Message(
                        "With mini-batches one pass over the rows is many steps: noisier ones, but far more of them."
                    ),
                    "batches.batch_rows",
                ),
            ),
            Message("A step need not be exact: many rough steps get farther than one exact step."),
            batch_outcomes,
            Message("Try it: mini-batches of 4 rows, and watch the way become ragged."),
        ),
        Lesson(
            "optimizers",
            Message("Momentum and Adam"),
            Message(
                "Four hidden layers, each way with its own best learning rate: does Adam end lower than plain gradient descent?"
            ),
            {
                "lower": Message("yes"),
                "same": Message("no clear difference"),
                "higher": Message("no, it ends higher"),
            },
            (
                Statement(
                    29,
                    Message("Against high bias, another optimization method can lower the training error further."),
                    "optimizers.method",
                ),
            ),
            Message("Momentum goes on where it was going; Adam gives every weight its own step length."),
            optimizer_outcomes,
            Message("Try it: one hidden layer, or two circles. What is left of the difference?"),
        ),
    ),
)
