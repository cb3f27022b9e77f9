"""The lessons on training, dev and test sets, and what a run says about the notes' statements 20 to 22."""

from __future__ import annotations

from dldiag.core.i18n import Message, Value
from dldiag.course.shared.lesson import Claim, Lesson, Outcomes, Statement, Topic, claim_verdict, joined_lines
from dldiag.course.splits.selection import CLEAR_STANDARD_ERRORS, Selection, describe_selection
from dldiag.course.splits.sizes import SplitAdvice, describe_split_advice, notes_split, split_name

LARGE_GAP = 0.03  # In the error unit; a larger gap between promise and truth is called large.


def size_outcomes(advice: SplitAdvice) -> Outcomes:
    """Judge statement 21 by our own advice for the same number of rows."""
    theirs = notes_split(advice.rows)
    words = "/".join(f"{100 * share:g}" for share in theirs)
    if advice.advised is None:
        return Outcomes((Claim(21, "not_shown", describe_split_advice(advice)),))
    ours = advice.options[advice.advised]
    same = split_name(ours) == words
    values: dict[str, Value] = {
        "notes": words,
        "ours": split_name(ours),
        "rows": advice.rows,
        "needed": advice.rows_needed,
    }
    compared = Message(
        "For {rows:,} rows the notes and our own count of dev rows agree: {notes}."
        if same
        else "For {rows:,} rows the notes say {notes}, we say {ours}. The {needed:,} dev rows that are needed do not grow with the table, so their share shrinks.",
        values,
    )
    enough = ours.enough
    return Outcomes(
        (Claim(21, claim_verdict(same, enough and not same), joined_lines(compared, describe_split_advice(advice))),),
        words,
    )


def choice_outcomes(selection: Selection) -> Outcomes:
    """Judge statements 20 and 22 by the choice on a test set."""
    last = len(selection.ks) - 1
    gap = selection.gap[last] > CLEAR_STANDARD_ERRORS * selection.standard_error[last]
    values: dict[str, Value] = {
        "models": selection.ks[last],
        "fresh": selection.fresh[last],
        "single": selection.promised[0],
        "unit": selection.unit,
    }
    counted = Message(
        "The best of {models} models was chosen here; two settings with 4 and 8 values make 32 already. One model, measured once, does not look better than it is: {single:error}.",
        values,
    )
    answer = "much" if gap and selection.gap[last] > LARGE_GAP else "little" if gap else "none"
    return Outcomes(
        (Claim(20, claim_verdict(gap), counted), Claim(22, claim_verdict(gap), describe_selection(selection))), answer
    )


SPLIT_LESSONS = Topic(
    "pages/15_Train_dev_and_test_sets.py",
    Message("Training, dev and test sets"),
    Message("Learn on the training set, choose on the dev set, measure once on the test set."),
    (
        Lesson(
            "sizes",
            Message("How large must they be?"),
            Message("As many rows as your table has (German credit: 1,000): which split would you take?"),
            {"60/20/20": Message("60/20/20"), "98/1/1": Message("98/1/1"), "99.5/0.25/0.25": Message("99.5/0.25/0.25")},
            (
                Statement(
                    21,
                    Message("60/20/20 for up to some 10,000 rows, 98/1/1 for a million, 99.5/0.25/0.25 for more."),
                    "size.rows",
                ),
            ),
            Message(
                "A dev set must be large enough to see the difference between two models; the rest is for training."
            ),
            size_outcomes,
            Message("Try it: 30,000 rows, then a million."),
        ),
        Lesson(
            "choice",
            Message("A test set that is used up"),
            Message(
                "32 equally good models, the best chosen on 100 test rows: how far is its error there from the truth?"
            ),
            {
                "none": Message("about right"),
                "little": Message("a little too low"),
                "much": Message("more than 3 points too low"),
            },
            (
                Statement(
                    20,
                    Message(
                        "Every value of a setting that is tried is a model to evaluate. That is what the dev set is for."
                    ),
                    "choice.models",
                ),
                Statement(
                    22,
                    Message("The test set gives an unbiased estimate, as long as nothing is chosen on it."),
                    "choice.test_rows",
                ),
            ),
            Message("Any set you choose on looks better than it is."),
            choice_outcomes,
            Message("Try it: 2 models, or 2,000 test rows."),
        ),
    ),
)
