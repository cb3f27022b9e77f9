import pytest

from dldiag.evidence.noun import Evidence
from dldiag.language import speaking
from dldiag.rules import RULES, check
from dldiag.types import Estimate, exactly
from dldiag.verdict import BY_ANSWERS, conclude


def evidence(bias, variance, **more):
    """Evidence whose bias and variance are surely there (+), surely not (0) or in between (?)."""
    part = {"+": Estimate(0.1, 0.08, 0.12), "0": Estimate(0.0, -0.004, 0.004), "?": Estimate(0.02, -0.02, 0.06)}
    return Evidence(
        material=exactly(0.02), train_error=exactly(0.15), dev_error=exactly(0.2), achievable=exactly(0.05), n_dev=exactly(500),
        avoidable_bias=part[bias], variance=part[variance], excess=Estimate(0.15, 0.1, 0.2), repeats=exactly(5), **more,
    )  # fmt: skip


def verdict(found):
    return conclude(check(found, RULES), found, "price")


@pytest.mark.parametrize(
    ("bias", "variance", "answers"),
    [
        ("+", "0", ("yes", "no")),
        ("0", "+", ("no", "yes")),
        ("+", "+", ("yes", "yes")),
        ("0", "0", ("no", "no")),
        ("?", "?", ("undecided", "undecided")),
        ("0", "?", ("no", "undecided")),
        ("?", "0", ("undecided", "no")),
    ],
)
def test_the_two_answers_follow_the_two_rules(bias, variance, answers):
    found = verdict(evidence(bias, variance))
    assert (found.bias, found.variance) == answers
    told = {"+": "15.0 %", "0": "20.0 %", "?": "15.0 %"}  # the training error where bias is, else the dev error
    assert told[bias] in str(found.headline)


def test_what_stands_in_the_way_is_said_first_and_the_rest_after_it():
    found = verdict(evidence("+", "0", leak_gain=exactly(0.95), names={"leak_column": "paid_back"}))
    assert "paid_back" in str(found.headline)
    assert "High bias" in str(found.detail)


def test_no_signal_leaves_both_answers_unknown():
    noise = {"better_than_guess": Estimate(0.0, -0.02, 0.02), "guess_error": exactly(0.2)}
    found = verdict(evidence("+", "+", **noise))
    assert (found.bias, found.variance) == ("unknown", "unknown")
    assert "price" in str(found.headline)


def test_every_headline_reads_in_chinese():
    with speaking("zh"):
        for message in BY_ANSWERS.values():
            values = {"train": 0.1, "dev": 0.2, "achievable": 0.05, "n_dev": 500, "unit": "rate"}
            text = str(type(message)(message.template, values))
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_where_chance_may_have_made_the_best_model_neither_bias_nor_variance_is_claimed():
    close = {"better_than_guess": Estimate(0.05, 0.01, 0.09, at_least=-0.01), "guess_error": exactly(0.25)}
    found = verdict(evidence("0", "+", **close))
    assert "Too close to tell whether the columns" in str(found.headline)
    assert (found.bias, found.variance, found.detail) == ("undecided", "undecided", None)
