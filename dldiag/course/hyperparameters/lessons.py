"""The lessons on hyperparameters, and what a run says about the notes' statements 23 and 24."""

from __future__ import annotations

from dldiag.core.i18n import Message
from dldiag.course.hyperparameters.guided import GUIDED_SURE, SearchComparison, describe_searches
from dldiag.course.hyperparameters.validation_curve import ValidationGrid, describe_validation
from dldiag.course.shared.lesson import Lesson, Outcomes, Statement, Topic, claim_verdict, one_claim


def validation_outcomes(grid: ValidationGrid) -> Outcomes:
    """Judge statement 23 by the validation curve."""
    differs = len(grid.ties) < len(grid.tried)
    present = grid.present in grid.ties or grid.present == grid.best
    answer = "" if grid.present is None else "present" if present else "other"
    return one_claim(23, claim_verdict(differs), describe_validation(grid), answer)


def searches_outcomes(comparison: SearchComparison) -> Outcomes:
    """Judge statement 24 by the two searches."""
    better, worse = comparison.guided_wins >= GUIDED_SURE, comparison.guided_wins <= 1 - GUIDED_SURE
    answer = "guided" if better else "random" if worse else "alike"
    return one_claim(24, claim_verdict(better, worse), describe_searches(comparison), answer)


HYPERPARAMETER_LESSONS = Topic(
    "pages/16_Hyperparameters_and_the_loop.py",
    Message("Hyperparameters and the loop"),
    Message(
        "A hyperparameter is set by hand and decides which parameters training finds. Only experiments show what is good."
    ),
    (
        Lesson(
            "values",
            Message("Which value is best?"),
            Message("L2 penalty: is your present value already as good as the best of those tried?"),
            {"present": Message("yes"), "other": Message("no, another value is clearly better")},
            (
                Statement(
                    23,
                    Message("Hyperparameters decide which parameters W and b training ends with."),
                    "search.first",
                ),
            ),
            Message("The training set chooses the parameters, the dev set the hyperparameters."),
            validation_outcomes,
            Message("Try it: the learning rate, or two hyperparameters at once."),
        ),
        Lesson(
            "loop",
            Message("The loop: idea, experiment, next idea"),
            Message("Eight settings each: which search finds the lower dev error?"),
            {
                "guided": Message("the one that reads both errors after every try"),
                "alike": Message("no clear difference"),
                "random": Message("drawing settings at random"),
            },
            (
                Statement(
                    24,
                    Message(
                        "Finding good values is empirical: idea, code, experiment, again and again, each result giving the "
                        "next idea."
                    ),
                    "guided.budget",
                ),
            ),
            Message("Read training and dev error after every experiment: they say what to try next."),
            searches_outcomes,
            Message("Try it: start from a network that is far too small, in your model's settings."),
        ),
    ),
)
