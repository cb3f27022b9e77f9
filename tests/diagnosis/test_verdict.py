from dataclasses import replace

import pytest

from dldiag.core.i18n import Message, speaking
from dldiag.core.types import Estimate, Recommendation, Trial, exactly
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.recommend import recommend
from dldiag.diagnosis.rules import RULES, check_rules
from dldiag.diagnosis.verdict import BY_ANSWERS, CANNOT_TELL, agreeing, conclude, is_promising

DELTA = 0.02


def evidence(bias, variance, **more):
    """Evidence whose bias and variance are surely there (+), surely not (0) or in between (?)."""
    part = {"+": Estimate(0.1, 0.08, 0.12), "0": Estimate(0.0, -0.004, 0.004), "?": Estimate(0.02, -0.02, 0.06)}
    return Evidence(
        material=exactly(0.02), train_error=exactly(0.15), dev_error=exactly(0.2), achievable=exactly(0.05), n_dev=exactly(500),
        avoidable_bias=part[bias], variance=part[variance], excess=Estimate(0.15, 0.1, 0.2), repeats=exactly(5), **more,
    )  # fmt: skip


def verdict(found):
    return conclude(check_rules(found, RULES), found, "price")


def outcomes(found):
    return {finding.code: finding.outcome for finding in check_rules(found, RULES)}


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
    told = {"+": "15.0%", "0": "20.0%", "?": "15.0%"}  # the training error where bias is, else the dev error
    assert told[bias] in str(found.headline)


def test_what_stands_in_the_way_is_said_first_and_the_rest_after_it():
    found = verdict(evidence("+", "0", leak_gain=exactly(0.95), names={"leak_column": "paid_back"}))
    assert "paid_back" in str(found.headline)
    assert "high bias" in str(found.detail)


def test_that_some_starts_do_not_train_is_said_before_the_mean_over_all_of_them():
    found = verdict(evidence("?", "?", stuck_share=exactly(0.1)))
    assert "random start" in str(found.headline) and "10%" in str(found.headline)
    assert (found.bias, found.variance, found.problem) == ("undecided", "undecided", "uneven_start")
    assert "can't yet tell" in str(found.detail)


@pytest.mark.parametrize(
    ("answers", "known", "open_question"),
    [(("0", "?"), "No underfitting", "overfitting"), (("?", "0"), "No overfitting", "underfitting")],
)
def test_an_undecided_headline_asks_only_what_is_undecided(answers, known, open_question):
    found = verdict(evidence(*answers))
    assert found.code == "undecided"
    assert str(found.headline).startswith(known)
    assert f"whether {open_question} matters" in str(found.headline)


def test_no_signal_is_said_first_and_leaves_unknown_what_is_not_shown_by_itself():
    noise = {"better_than_guess": Estimate(0.0, -0.02, 0.02), "guess_error": exactly(0.2)}
    found = verdict(evidence("?", "+", **noise))
    assert (found.bias, found.variance, found.code) == ("unknown", "yes", "no_signal")
    assert "price" in str(found.headline)


def test_every_headline_reads_in_chinese():
    with speaking("zh"):
        for message in (*BY_ANSWERS.values(), CANNOT_TELL):
            values = {"train": 0.1, "dev": 0.2, "achievable": 0.05, "judged": "x", "unit": "rate", "goal": "x"}
            text = str(type(message)(message.template, values))
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text)


def test_a_gap_shown_by_its_own_bounds_does_not_wait_for_the_question_whether_the_columns_say_anything():
    close = {"better_than_guess": Estimate(0.05, 0.01, 0.09, at_least=-0.01), "guess_error": exactly(0.25)}
    found = outcomes(evidence("0", "+", **close))
    assert (found["D9"], found["B1"], found["V1"]) == ("undecided", "passed", "fired")
    assert verdict(evidence("0", "+", **close)).code == "high_variance"


def test_while_no_skill_is_shown_the_verdict_says_so_first_whatever_follows():
    close = {"better_than_guess": Estimate(0.05, -0.01, 0.11, at_least=-0.03), "guess_error": exactly(0.25)}
    found = verdict(evidence("0", "+", **close))
    assert str(found.headline).startswith("No model clearly beats always predicting the commonest class yet")
    assert "Overfitting" in str(found.headline)
    keep = Recommendation(1, "leave_it", Message("t"), "data", Message("b"), "nothing", exactly(0.0))
    kept = agreeing(found, [keep], DELTA)
    assert str(kept.headline).startswith("No model clearly beats") and "Keep the model as it is" in str(kept.headline)
    assert agreeing(kept, [replace(keep, remedy="regularization")], DELTA) == found
    shown = verdict(evidence("0", "+", better_than_guess=Estimate(0.1, 0.08, 0.12), guess_error=exactly(0.3)))
    assert "No model clearly beats" not in str(shown.headline)


def test_a_model_worse_than_the_baseline_is_called_that():
    worse = {"worse_than_guess": Estimate(0.1, 0.05, 0.15), "guess_error": exactly(0.1)}
    found = verdict(evidence("+", "0", **worse))
    assert "worse than the baseline" in str(found.headline) and "10.0%" in str(found.headline)
    assert (found.bias, found.code) == ("yes", "worse_than_baseline")


@pytest.mark.parametrize("answers", [("+", "0"), ("0", "+"), ("+", "+")])
def test_the_verdict_and_the_list_agree_on_keeping_the_model(answers):
    said = verdict(evidence(*answers))
    keep = Recommendation(1, "leave_it", Message("x"), "data", Message("x"), "nothing")
    fix = Recommendation(1, "regularization", Message("x"), "variance", Message("x"), "high_variance")
    kept = agreeing(said, [keep, replace(fix, rank=2)], DELTA)
    assert (kept.code, kept.bias, kept.variance) == ("keep", said.bias, said.variance)
    assert "Keep the model" in str(kept.headline)
    assert agreeing(kept, [fix, replace(keep, rank=2)], DELTA) == said
    assert agreeing(said, [fix, replace(keep, rank=2)], DELTA) == said


def test_there_is_something_to_fix_where_a_test_showed_that_a_fix_helps():
    """The short runs showed no gain, so the gap seemed harmless; the test with all repeats did."""
    keep = Recommendation(2, "leave_it", Message("x"), "data", Message("x"), "nothing")
    fix = Recommendation(1, "regularization", Message("x"), "variance", Message("x"), "high_variance")
    helps = Trial("regularization", "helped_little", Estimate(-0.02, -0.03, -0.01), 10, 0.0, {"alpha": 1.0})
    harmless = verdict(replace(evidence("0", "+"), excess=Estimate(0.0, -0.01, 0.005)))
    assert "nothing we tested is clearly better" in str(harmless.headline)
    found = agreeing(harmless, [replace(fix, trial=helps), keep], DELTA)
    assert (found.code, found.problem) == ("high_variance", "high_variance")
    assert "nothing we tested" not in str(found.headline)
    assert agreeing(harmless, [fix, keep], DELTA) == harmless, "nothing was tested"
    small = verdict(replace(evidence("0", "0"), excess=Estimate(0.0, -0.01, 0.005)))
    found = agreeing(small, [replace(fix, trial=helps), keep], DELTA)
    assert "a fix that we tested lowers it" in str(found.headline)


def kept(change, trial=None):
    """A list that keeps the model, with a change behind it that is expected to do this."""
    keep = Recommendation(1, "leave_it", Message("x"), "data", Message("x"), "nothing", exactly(0.0))
    title = Message("Another activation function")
    relu = Recommendation(
        2, "other_activation", title, "training", Message("x"), "bad_activation", change, {"activation": "relu"}, trial
    )
    return [keep, relu]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (replace(evidence("0", "+"), excess=Estimate(0.0, -0.01, 0.005)), "harmless_gap"),
        (evidence("0", "+"), "keep"),
        (replace(evidence("0", "0"), excess=Estimate(0.0, -0.01, 0.005)), "nothing_to_fix"),
    ],
)
def test_a_change_that_is_better_by_more_than_matters_is_not_called_nothing(said, code):
    found = agreeing(verdict(said), kept(Estimate(-0.12, -0.29, 0.02)), DELTA)
    assert found.code == code and is_promising(found)
    text = str(found.headline)
    assert (
        '"Another activation function" looks promising, though: 12.0 points better so far (90% interval −2.0 to 29.0)'
        in text
    )
    assert "Nothing to fix" not in text and "Test it" in text
    small = agreeing(found, kept(Estimate(-0.015, -0.05, 0.02)), DELTA)
    assert small == agreeing(verdict(said), kept(exactly(0.0)), DELTA) and not is_promising(small)


def test_a_promising_change_that_was_tested_waits_for_rows_and_one_that_did_not_help_is_not_named():
    harmless = verdict(replace(evidence("0", "+"), excess=Estimate(0.0, -0.01, 0.005)))
    before = agreeing(harmless, kept(Estimate(-0.12, -0.29, 0.02)), DELTA)
    still = Trial("other_activation", "undecided", Estimate(-0.1, -0.22, 0.02), 20, 0.0, {"activation": "relu"})
    after = agreeing(before, kept(Estimate(-0.12, -0.29, 0.02), still), DELTA)
    assert "10.0 points better when tested" in str(after.headline) and "More dev rows" in str(after.headline)
    none = replace(still, verdict="no_effect", change=Estimate(-0.03, -0.05, -0.01))
    assert agreeing(after, kept(Estimate(-0.12, -0.29, 0.02), none), DELTA) == harmless
    close = {"better_than_guess": Estimate(0.05, -0.01, 0.11, at_least=-0.03), "guess_error": exactly(0.25)}
    doubted = agreeing(verdict(evidence("0", "+", **close)), kept(Estimate(-0.12, -0.29, 0.02)), DELTA)
    assert str(doubted.headline).startswith("No model clearly beats") and str(doubted.headline).count("promising") == 1


@pytest.mark.parametrize(("bias", "variance"), [("?", "?"), ("+", "?"), ("?", "+")])
def test_an_undecided_verdict_reads_without_a_number_of_dev_rows(bias, variance):
    found = replace(evidence(bias, variance), n_dev=None)
    assert "so few repeats" in str(verdict(found).headline)


def test_two_small_parts_whose_sum_matters_are_not_called_as_little_as_can_be_reached():
    left = verdict(evidence("0", "0"))
    assert "add up" in str(left.headline)
    done = verdict(replace(evidence("0", "0"), excess=Estimate(0.0, -0.01, 0.01)))
    assert "the best seen here" in str(done.headline)


def test_rows_from_elsewhere_are_the_verdict_where_neither_bias_nor_variance_is_high():
    found = evidence("0", "0", training_dev_error=exactly(0.06), mismatch=Estimate(0.21, 0.18, 0.24))
    assert verdict(found).problem == "mismatch"
    assert "6.0% on unseen rows like the training rows" in str(verdict(found).headline)
    (told,) = [one for one in check_rules(found, RULES) if one.code == "V1"]
    assert "training-dev error 6.0%" in str(told.message)


def test_rows_from_elsewhere_are_told_beside_high_variance():
    found = verdict(evidence("0", "+", training_dev_error=exactly(0.1), mismatch=Estimate(0.21, 0.18, 0.24)))
    assert "high variance" in str(found.headline)
    assert "data mismatch" in str(found.detail)


def test_a_training_that_blows_up_is_no_rule_that_is_muted():
    found = verdict(evidence("+", "+", nonfinite_share=exactly(0.4)))
    assert "diverges" in str(found.headline)
    assert found.detail is None


def test_a_gap_that_costs_nothing_is_not_the_problem_of_high_variance():
    free = Estimate(0.0, -0.01, 0.005)
    found = verdict(replace(evidence("0", "+"), excess=free))
    assert (found.problem, found.variance) == ("harmless_gap", "yes")


def test_more_rows_are_no_reason_to_go_on_where_the_curve_rises():
    gain, rise = Estimate(0.1, 0.08, 0.12), Estimate(0.03, 0.02, 0.04)
    still = replace(evidence("0", "+"), excess=Estimate(0.0, -0.01, 0.005), more_data_gain=gain)
    assert outcomes(still)["V2"] == "passed"
    assert outcomes(replace(still, curve_rise=rise))["V2"] == "fired"


def saying(gain, variance="0"):
    """Evidence without bias, of models that are better than the baseline by a gain."""
    return replace(
        evidence("0", variance), excess=Estimate(0.0, -0.01, 0.005), better_than_guess=gain, guess_error=exactly(0.204)
    )


LITTLE = Estimate(0.004, 0.002, 0.006)


def test_columns_that_say_little_are_no_good_news_though_neither_bias_nor_variance_is_high():
    found = verdict(saying(LITTLE))
    assert (found.bias, found.variance, found.code) == ("no", "no", "little_signal")
    assert "say little about price" in str(found.headline) and "20.4%" in str(found.headline)
    assert verdict(saying(Estimate(0.3, 0.28, 0.32))).code == "nothing_to_fix"
    assert verdict(saying(LITTLE, "+")).code == "harmless_gap", "there is a gap to speak of"


def test_where_a_test_helps_it_is_said_in_place_of_columns_that_say_little():
    helps = Trial("regularization", "helped", Estimate(-0.02, -0.03, -0.01), 10, 0.0, {"alpha": 1.0})
    fix = Recommendation(1, "regularization", Message("x"), "variance", Message("x"), "high_variance", trial=helps)
    assert agreeing(verdict(saying(LITTLE)), [fix], DELTA).code == "gain_found"


def test_better_features_come_before_keeping_the_model_where_the_columns_say_little():
    found = saying(LITTLE)
    ranked = recommend(check_rules(found, RULES), found)
    assert [one.remedy for one in ranked][:2] == ["better_features", "leave_it"]


def test_a_target_that_the_user_gave_is_not_called_the_best_error_seen():
    found = evidence("?", "?", target_error=exactly(0.05))
    assert "your target is 5.0%" in str(verdict(found).headline)
    fired = {one.code: str(one.message) for one in check_rules(evidence("+", "0", target_error=exactly(0.05)), RULES)}
    assert "above your target (5.0%)" in fired["B1"]
    assert "above the best error seen here (5.0%)" in str(outcome_texts(evidence("+", "0"))["B1"])


def outcome_texts(found):
    return {one.code: str(one.message) for one in check_rules(found, RULES)}


@pytest.mark.parametrize(
    ("reference", "said"), [(0.04, "about 5.0% is achievable"), (0.06, "the best seen here is 5.0%")]
)
def test_what_is_achievable_is_the_best_seen_only_where_no_model_beside_it_errs_less(reference, said):
    found = evidence("?", "?", reference_error=exactly(reference))
    assert said in str(verdict(found).headline)


def test_the_best_seen_is_not_above_the_error_of_the_model_itself():
    found = replace(evidence("?", "?"), dev_error=exactly(0.04))
    assert "about 5.0% is achievable" in str(verdict(found).headline)
