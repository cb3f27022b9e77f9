"""The lessons on why deep learning took off, and what a run says about the notes' statements 1 to 3."""

from __future__ import annotations

from dldiag.core.i18n import Message
from dldiag.course.shared.activation_race import ActivationRace, describe_race
from dldiag.course.shared.lesson import Lesson, Outcomes, Statement, Topic, claim_verdict, one_claim
from dldiag.course.took_off.crossover import Crossover
from dldiag.course.took_off.preprocessing import PreprocessingComparison, describe_preprocessing
from dldiag.course.took_off.scaling import LEARNERS, LearnerComparison, describe_crossover


def learner_outcomes(comparison: LearnerComparison) -> Outcomes:
    """Judge statement 1 by the crossovers."""
    one = comparison.crossings[0] if comparison.crossings else None
    shown = one is not None and one.verdict == "crosses" and LEARNERS[one.second].deep
    turned = one is not None and one.verdict == "crosses" and not LEARNERS[one.second].deep
    return one_claim(1, claim_verdict(shown, turned), describe_crossover(comparison), _ahead(one))


def _ahead(one: Crossover | None) -> str:
    """Return who is ahead on the most rows by the claim itself; "" where it decides nothing."""
    if one is None or one.verdict == "undecided":
        return ""
    last = one.second if one.verdict == "crosses" else one.first
    return "network" if LEARNERS[last].deep else "traditional"


def preprocessing_outcomes(comparison: PreprocessingComparison) -> Outcomes:
    """Judge statement 2 by the two spreads."""
    more, less = comparison.difference.low > 0, comparison.difference.high < 0
    answer = "preparation" if more else "learner" if less else "alike"
    return one_claim(2, claim_verdict(more, less), describe_preprocessing(comparison), answer)


def race_outcomes(race: ActivationRace) -> Outcomes:
    """Judge statement 3 by the race."""
    ratio = race.steps_ratio
    faster = race.learned and ratio is not None and ratio.low > 1
    slower = race.learned and (ratio is None or ratio.high < 1)
    answer = "faster" if faster else "slower" if slower else "same"
    return one_claim(3, claim_verdict(faster, slower), describe_race(race), answer)


TOOK_OFF_LESSONS = Topic(
    "pages/11_Why_deep_learning_took_off.py",
    Message("Why deep learning took off"),
    Message("More rows, larger networks and faster training: each can be measured."),
    (
        Lesson(
            "scale",
            Message("More data"),
            Message("With as many rows as this run allows, which learner has the lowest dev error?"),
            {"network": Message("a network"), "traditional": Message("a traditional learner")},
            (
                Statement(
                    1,
                    Message("With more data, larger networks go on improving where traditional learners level off."),
                    "scale.train_rows",
                ),
            ),
            Message("Networks win with more data and more size together; from how many rows on depends on the data."),
            learner_outcomes,
            Message("Try it: 20,000 rows or more; or the two clouds, where a linear model is enough."),
        ),
        Lesson(
            "few",
            Message("Few rows"),
            Message("With 50 rows, what changes the error more: the learner, or the work on its columns?"),
            {
                "learner": Message("the learner"),
                "preparation": Message("the work on the columns"),
                "alike": Message("about the same"),
            },
            (
                Statement(
                    2,
                    Message("On small data the order of the learners is open: the details of hand work matter more."),
                    "hand.rows",
                ),
            ),
            Message("On few rows, work on the columns can change as much as another learner."),
            preprocessing_outcomes,
            Message("Try it: 300 rows."),
        ),
        Lesson(
            "race",
            Message("Faster algorithms"),
            Message("Four hidden layers: how does ReLU compare with the sigmoid in steps to the same loss?"),
            {
                "faster": Message("ReLU needs fewer"),
                "same": Message("no clear difference"),
                "slower": Message("ReLU needs more"),
            },
            (
                Statement(
                    3,
                    Message("Going from the sigmoid to ReLU made gradient descent much faster."),
                    "race.hidden_layers",
                ),
            ),
            Message("A faster algorithm makes the loop of idea, code and experiment shorter."),
            race_outcomes,
            Message("Try it: one hidden layer, or tanh against ReLU."),
        ),
    ),
)
