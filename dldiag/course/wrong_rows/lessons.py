"""The lessons on error analysis (Machine Learning Yearning, ch. 14 to 18), and what a run says about them."""

from __future__ import annotations

from typing import Any

from dldiag.core.i18n import Message
from dldiag.course.shared.lesson import Lesson, Outcomes, Statement, Topic, claim_verdict, joined_lines, one_claim
from dldiag.course.wrong_rows.categories import COUNTED_ROWS, ROWS_LOOKED_AT, Categories
from dldiag.course.wrong_rows.figures import category_name
from dldiag.course.wrong_rows.wrong_labels import WrongLabels
from dldiag.experiments.metrics import METRICS

# Share of the errors counted; Ng has labels corrected where they are as much of the error (ch. 16).
LARGE_PART = 0.3


def ceiling_outcomes(categories: Categories) -> Outcomes:
    """Say whether the count of some rows tells the share of every category among all of them."""
    if not categories.categories:
        return one_claim(0, "not_shown", Message("No category holds enough of the wrong rows to be counted."), "half")
    first, *others = categories.categories
    counted = first.after(categories.looked)
    inside = all(
        category.after(categories.looked).low <= category.share <= category.after(categories.looked).high
        for category in categories.categories
    )
    decided = not others or counted.low > max(one.after(categories.looked).value for one in others)
    values: dict[str, Any] = {
        "looked": categories.looked,
        "wrong": categories.wrong,
        "name": category_name(first),
        "share": counted.value,
        "gain": counted.value * categories.error,
        "error": categories.error,
        "unit": categories.unit,
    }
    share = Message("{share:error}", {"share": counted.value, "unit": "rate"})
    says = Message(_CEILING if categories.looked < categories.wrong else _CEILING_OF_ALL, values | {"share": share})
    more = None if decided else Message("So few rows do not say for sure that it is the largest.")
    return one_claim(0, claim_verdict(inside and decided), joined_lines(says, _by_metric(categories), more), "half")


def _by_metric(categories: Categories) -> Message | None:
    """Say what fixing the largest category gains by the visitor's metric; None where that is the plain one."""
    if categories.gain is None:
        return None
    row = METRICS[categories.gain.metric]
    values: dict[str, Any] = {"metric": row.label, "before": categories.gain.before, "after": categories.gain.after}
    return Message("By {metric}: {before:error} → {after:error}.", values | {"unit": row.unit})


_CEILING = "Of {looked} wrong rows looked at (of {wrong}), {share} are “{name}”. Fixing all of them takes the error of {error:error} down by {gain:gap} at most."
_CEILING_OF_ALL = "Of all {wrong} wrong rows {share} are “{name}”. Fixing all of them takes the error of {error:error} down by {gain:gap} at most."


def eyeball_outcomes(categories: Categories) -> Outcomes:
    """Say how many wrong rows name the largest category reliably."""
    enough = categories.enough
    shares = dict(categories.right)
    values: dict[str, Any] = {
        "few": COUNTED_ROWS[0],
        "of_few": shares.get(COUNTED_ROWS[0], 1.0),
        "enough": enough or 0,
        "most": categories.right[-1][0] if categories.right else 0,
        "of_most": categories.right[-1][1] if categories.right else 1.0,
        "wrong": categories.wrong,
        "error": categories.error,
        "dev": round(100 / categories.error) if categories.error > 0 else 0,
        "eyeball": categories.rows,
        "blackbox": categories.blackbox_rows,
        "unit": "rate",
    }
    if not shares:
        return one_claim(0, "not_shown", Message("There is one category only: nothing has to be told apart."))
    too_few = not enough and categories.wrong < ROWS_LOOKED_AT
    says = Message(_ENOUGH if enough else _TOO_FEW if too_few else _NEVER, values)
    parts = Message("Eyeball part: {eyeball:,} dev rows; {blackbox:,} stay unseen in the blackbox part.", values)
    answer = "ten" if enough and enough <= 10 else "hundred" if enough and enough <= ROWS_LOOKED_AT else "more"
    answer = "" if too_few else answer
    return one_claim(
        0,
        claim_verdict(bool(enough) and (enough or 0) <= ROWS_LOOKED_AT, not enough and not too_few),
        joined_lines(says, parts),
        answer,
    )


_ENOUGH = (
    "With {few} wrong rows the largest category is named rightly in {of_few:error} of draws; with {enough} in more than 90%. There "
    "are {wrong} wrong rows to look at."
)
_TOO_FEW = (
    "With {few} wrong rows the largest category is named rightly in {of_few:error} of draws, with {most} in {of_most:error}. There "
    "are only {wrong} wrong rows here: too few to reach 90%."
)
_NEVER = "With {few} wrong rows the largest category is named rightly in {of_few:error} of draws. Even {most} do not reach 90%: the two largest are about equal here. Either may be worked on first."


def label_outcomes(result: WrongLabels) -> Outcomes:
    """Say how much of the counted error is that of the labels."""
    one = result.chosen
    values: dict[str, Any] = {
        "share": one.share,
        "own": one.own,
        "counted": one.counted,
        "part": one.part,
        "wrong": one.wrong,
        "suspects": one.suspects,
        "caught": one.caught,
        "unit": "rate",
    }
    counted = Message(
        "With {share:error} wrong labels the dev error reads {counted:error}; measured by the true labels it is {own:error}. Wrong "
        "labels are {part:error} of the errors counted.",
        values,
    )
    caught = Message("The model suspects {suspects} rows; {caught} of the {wrong} wrong labels are among them.", values)
    answer = "most" if one.part > 0.5 else "third" if one.part > LARGE_PART / 2 else "few"
    return one_claim(0, claim_verdict(one.part >= LARGE_PART), joined_lines(counted, caught), answer)


WRONG_ROWS_LESSONS = Topic(
    "pages/18_Error_analysis.py",
    Message("Error analysis"),
    Message(
        "Look at wrong dev rows before you decide what to work on. Counting them takes an hour, a wrong idea a month."
    ),
    (
        Lesson(
            "ceiling",
            Message("Count before you fix"),
            Message(
                "The dev error is 10%; 5 of 100 wrong rows are of one kind. How far can fixing that kind bring it down?"
            ),
            {"half": Message("to 9.5%"), "five": Message("to 5%"), "nine": Message("to 9%")},
            (
                Statement(
                    0,
                    Message("A category's share of the wrong rows is the most that fixing it can gain: its ceiling."),
                    "eyeball.rows",
                ),
            ),
            Message("Count the wrong rows by category first, and work on a large one."),
            ceiling_outcomes,
            Message("Try it: look at 10 rows only. Which category would you have worked on?"),
        ),
        Lesson(
            "eyeball",
            Message("How many rows to look at?"),
            Message("How many wrong rows must you look at until the largest category is right in 9 of 10 draws?"),
            {"ten": Message("10 or fewer"), "hundred": Message("about 20 to 100"), "more": Message("more than 100")},
            (
                Statement(
                    0,
                    Message(
                        "About 100 wrong rows show the largest causes; the rest of the dev set should stay unseen."
                    ),
                    "eyeball.seed",
                ),
            ),
            Message("Look at one part of the dev set and keep the rest unseen: its error stays unbiased."),
            eyeball_outcomes,
            Message("Try it: a table with many classes, where the categories are smaller."),
        ),
        Lesson(
            "labels",
            Message("Wrong labels"),
            Message("One in ten dev labels is wrong. How much of the dev error you count comes from labels?"),
            {
                "few": Message("less than a sixth"),
                "third": Message("a sixth to a half"),
                "most": Message("more than half"),
            },
            (
                Statement(
                    0,
                    Message("Correct dev labels once their mistakes are a large part of the errors you count."),
                    "labels.share",
                ),
            ),
            Message("The better the model, the more of its counted errors are wrong labels."),
            label_outcomes,
            Message("Try it: 2% wrong labels, on an easy table and on a difficult one."),
        ),
    ),
)
