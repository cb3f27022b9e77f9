"""How a rule decides, what it silences and clouds, what excuses a signal, and how many more rows would decide it."""

import math
from dataclasses import replace

import pytest

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, exactly
from dldiag.diagnosis.evidence import Evidence, Probe
from dldiag.diagnosis.rules import RULES, Rule, Threshold, apply_rule, check_rules
from dldiag.diagnosis.rules.bias_variance import something_gains
from dldiag.diagnosis.rules.engine import MOST_TIMES, compare_with_threshold, rows_factor_to_decide
from dldiag.diagnosis.rules.rule import is_likely
from dldiag.diagnosis.rules.training import SMALL_GRADIENT, VANISHING

HALF = Threshold("HALF", 0.5, "error", "made for this test")


def rule(code="X1", **more):
    given = {
        "level": "training", "title": Message("x"), "signal": lambda e: e.dev_error, "threshold": HALF, "fired": "f",
        "passed": "p", "hint": "h", "problem": "few_rows",
    }  # fmt: skip
    return Rule(code, **(given | more))


def of(value, low, high, *bounds, **more):
    return Evidence(dev_error=Estimate(value, low, high, *bounds), **more)


@pytest.mark.parametrize(
    ("bounds", "outcome"),
    [
        ((0.51, 0.9), "fired"), ((0.5, 0.9), "undecided"), ((0.1, 0.5), "passed"), ((0.1, 0.51), "undecided"),
    ],
)  # fmt: skip
def test_a_rule_reads_the_one_sided_bounds_and_a_signal_at_the_threshold_has_not_passed_it(bounds, outcome):
    signal = Estimate(sum(bounds) / 2, 0.0, 1.0, *bounds)  # the two-sided interval decides nothing
    assert compare_with_threshold(signal, 0.5) == outcome


def test_more_rows_are_counted_from_the_bound_toward_the_threshold():
    above = Estimate(0.6, 0.0, 1.0, 0.4, 0.61)
    below = Estimate(0.4, 0.0, 1.0, 0.39, 0.6)
    assert rows_factor_to_decide(above, 0.5) == pytest.approx(4.0)
    assert rows_factor_to_decide(below, 0.5) == pytest.approx(4.0)
    assert rows_factor_to_decide(Estimate(0.5, 0.4, 0.6), 0.5) == math.inf
    assert rows_factor_to_decide(Estimate(0.9, 0.85, 0.95), 0.5) == 1.0


@pytest.mark.parametrize(("by", "word", "n"), [("rows", "rows", 300), ("repeats", "repeats", 15)])
def test_an_undecided_rule_says_how_many_more_would_tell(by, word, n):
    evidence = of(0.6, 0.0, 1.0, 0.4, 0.7, n_dev=exactly(100), repeats=exactly(5))
    found = apply_rule(rule(decided_by=by), evidence)
    assert found.outcome == "undecided"
    assert found.message.values["more"] == n
    assert word in str(found.message)


def test_beyond_so_many_times_the_rows_no_number_is_said():
    far = 0.5 + 0.2 / math.sqrt(MOST_TIMES + 1)
    near = 0.5 + 0.2 / math.sqrt(MOST_TIMES - 1)
    for value, is_said in ((far, False), (near, True)):
        found = apply_rule(rule(), of(value, 0.0, 1.0, value - 0.2, 0.9, n_dev=exactly(100)))
        assert ("more" in found.message.values) == is_said
    assert "more" not in apply_rule(rule(), of(near, 0.0, 1.0, near - 0.2, 0.9)).message.values


def test_a_rule_without_what_it_needs_or_with_a_reason_or_without_a_signal_does_not_apply():
    evidence = of(0.9, 0.8, 1.0)
    assert apply_rule(rule(needs=("variance",)), evidence).outcome == "not_applicable"
    assert apply_rule(rule(needs=("dev_error",)), evidence).outcome == "fired"
    assert apply_rule(rule(unless=lambda e: Message("because")), evidence).outcome == "not_applicable"
    assert apply_rule(rule(signal=lambda e: None), evidence).outcome == "not_applicable"
    (crashed,) = check_rules(evidence, [rule(signal=lambda e: 1 / 0)])
    assert crashed.outcome == "could_not_run"


def outcomes(rules, evidence, muted=()):
    return {one.code: (one.outcome, one.suppressed_by) for one in check_rules(evidence, rules, muted)}


def test_a_fired_rule_silences_by_code_by_level_and_what_concludes_from_trials():
    evidence = of(0.9, 0.8, 1.0)
    others = [rule("X2"), rule("X3", level="process"), rule("X4", concludes_from_trials=True), rule("X5")]
    found = outcomes(
        [rule(silences=("X2",), silences_levels=("process",), silences_conclusions=True), *others], evidence
    )
    assert {code for code, (outcome, by) in found.items() if (outcome, by) == ("suppressed", "X1")} == {
        "X2",
        "X3",
        "X4",
    }
    assert found["X5"] == ("fired", None)
    muted = outcomes([rule(silences=("X2",)), rule("X2")], evidence, muted=("X1",))
    assert (muted["X1"][0], muted["X2"][0]) == ("muted", "fired")


def test_a_silenced_rule_silences_nobody_and_only_the_first_is_named():
    evidence = of(0.9, 0.8, 1.0)
    found = outcomes(
        [rule("X1", silences=("X2", "X3")), rule("X2", silences=("X3", "X4")), rule("X3"), rule("X4")], evidence
    )
    assert found["X3"] == ("suppressed", "X1")
    assert found["X4"] == ("fired", None)


def test_an_undecided_rule_silences_nothing():
    evidence = replace(of(0.5, 0.1, 0.9), variance=Estimate(0.9, 0.8, 1.0))
    found = outcomes([rule(silences=("X3",)), rule("X3", signal=lambda e: e.variance)], evidence)
    assert (found["X1"][0], found["X3"][0]) == ("undecided", "fired")


@pytest.mark.parametrize(("question", "no"), [("bias", "suppressed"), ("variance", "passed")])
def test_a_rule_that_spares_answers_silences_only_that_there_is_no_bias(question, no):
    evidence = replace(of(0.9, 0.8, 1.0), variance=Estimate(0.1, 0.0, 0.2))
    spares = rule(silences=("X2", "X3", "X4"), spares_answers=True)
    yes, denied = rule("X2", answers=question), rule("X3", answers=question, signal=lambda e: e.variance)
    found = outcomes([spares, yes, denied, rule("X4")], evidence)
    assert (found["X2"][0], found["X3"][0], found["X4"][0]) == ("fired", no, "suppressed")


@pytest.mark.parametrize(
    ("dev", "likely"),
    [
        ((-0.006, -0.009, -0.001), True),
        ((-0.004, -0.006, -0.001), False),
        ((-0.006, -0.02, 0.001), False),
        ((-0.006, -0.02, 0.001, None, -0.0005), True),
    ],
)
def test_a_gain_is_likely_when_it_is_half_of_what_matters_and_surely_above_zero(dev, likely):
    evidence = Evidence(material=exactly(0.01))
    assert is_likely(Probe(Estimate(*dev), exactly(0.0)), evidence) is likely


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.code)
def test_every_rule_fires_just_above_its_threshold_and_not_at_it(one):
    """Rules whose signal is one number of the evidence, read as it is."""
    evidence = next((example.evidence for example in one.examples if example.outcome == "fired"), Evidence())
    limit = one.threshold.at(evidence)
    assert apply_rule(replace(one, signal=lambda e: exactly(limit + 1e-9)), evidence).outcome == "fired"
    assert apply_rule(replace(one, signal=lambda e: exactly(limit)), evidence).outcome == "passed"


@pytest.mark.parametrize("part", ["avoidable_bias", "variance"])
def test_what_is_left_looks_like_noise_where_neither_part_is_shown_to_matter(part):
    open_, none = Estimate(0.0, -0.05, 0.05), Estimate(0.0, -0.001, 0.001)
    shown = Estimate(0.05, 0.03, 0.07)
    (n1,) = [one for one in RULES if one.code == "N1"]
    given = {"avoidable_bias": none, "variance": none, "achievable": exactly(0.1), "material": exactly(0.01)}
    assert apply_rule(n1, Evidence(**given | {part: open_})).outcome == "fired"
    assert apply_rule(n1, Evidence(**given | {part: shown})).outcome == "passed"


def test_an_undecided_rule_writes_what_was_seen_with_both_bounds_and_what_it_was_held_against():
    variance = Estimate(0.03, 0.005, 0.055)
    evidence = Evidence(
        material=exactly(0.02), train_error=exactly(0.1), dev_error=exactly(0.13), variance=variance, n_dev=exactly(100)
    )
    rule = next(one for one in RULES if one.code == "V1")
    found = apply_rule(rule, evidence)
    assert found.outcome == "undecided"
    assert str(found.message).startswith("3.0 points (0.5 to 5.5) against 2.0 points: about 525 more dev rows")
    close = apply_rule(rule, replace(evidence, variance=Estimate(0.021, 0.0, 0.042)))
    assert "is too close to" in str(close.message), "four hundred times the rows would be no advice"


@pytest.mark.parametrize(("signal", "most"), [((0.1, -0.2, 0.3), 0.3), ((-0.2, -0.3, -0.1), 0.0)])
def test_a_rule_that_passes_says_by_the_upper_end_how_much_is_left_at_most(signal, most):
    found = apply_rule(rule(), of(*signal))
    assert found.outcome == "passed"
    assert found.message.values["most"] == most


BY_CODE = {rule.code: rule for rule in RULES}
HIGH_BIAS, OPEN_BIAS = Estimate(0.2, 0.15, 0.25), Estimate(0.02, -0.05, 0.09)


def outcome_of(code, **evidence):
    return apply_rule(BY_CODE[code], Evidence(**evidence)).outcome


def test_any_certain_rise_of_the_curve_or_dev_error_below_the_training_error_counts():
    assert outcome_of("C1", curve_rise=Estimate(0.004, 0.002, 0.006)) == "fired"
    below = Estimate(-0.012, -0.018, -0.006)
    assert outcome_of("C2", variance=below, material=exactly(0.01)) == "fired", "though less than δ is certain"
    gain = Estimate(0.1, 0.08, 0.12)
    assert something_gains(Evidence(curve_rise=exactly(0.0), more_data_gain=gain))
    assert not something_gains(Evidence(curve_rise=exactly(0.001), more_data_gain=gain))


def test_a_health_signal_is_excused_only_where_the_training_error_is_certainly_low():
    assert outcome_of("T1", initial_loss_ratio=exactly(8), avoidable_bias=OPEN_BIAS) == "fired"


@pytest.mark.parametrize(("automatic", "expected"), [(0, "fired"), (1, "not_applicable")])
def test_an_initialization_made_for_the_activation_is_no_cause(automatic, expected):
    more = {"automatic_start": exactly(automatic), "avoidable_bias": HIGH_BIAS}
    assert outcome_of("T1", initial_loss_ratio=exactly(8), **more) == expected
    assert outcome_of("T3", symmetry=exactly(0.0), **more) == expected


def test_activations_may_shrink_or_grow_up_to_ten_times():
    for ratio, expected in ((0.12, "passed"), (0.09, "fired"), (9, "passed"), (11, "fired")):
        assert outcome_of("T4", spread_ratio=exactly(ratio), avoidable_bias=HIGH_BIAS) == expected


def test_a_gradient_vanishes_only_where_that_of_the_first_layer_is_below_the_threshold():
    ratio = exactly(0.5 / VANISHING.at(Evidence()))
    for share, expected in ((1, "not_applicable"), (0.99, "fired")):
        first = exactly(share * SMALL_GRADIENT.at(Evidence()))
        assert outcome_of("T5", gradient_ratio=ratio, first_gradient=first, avoidable_bias=HIGH_BIAS) == expected


def test_a_message_tells_the_signal_itself_and_its_bounds():
    said = apply_rule(BY_CODE["P4"], Evidence(simple_lead=Estimate(0.05, 0.03, 0.08))).message.values
    assert [said[name] for name in ("signal", "low", "high", "most")] == [0.05, 0.03, 0.08, 0.08]
