import itertools
from dataclasses import replace

import pytest

from dldiag.core.types import Estimate, exactly
from dldiag.diagnosis.evidence.evidence import Evidence, Probe
from dldiag.diagnosis.rules import PROBLEMS, RULES, apply_rule, check_rules
from dldiag.diagnosis.rules.bias_variance import something_gains
from dldiag.diagnosis.rules.engine import rows_factor_to_decide

EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=lambda x: getattr(x, "code", None))
def test_every_example_of_a_rule_comes_out_as_it_says(rule, example):
    finding = apply_rule(rule, example.evidence)
    assert finding.outcome == example.outcome
    assert str(finding.message)
    if finding.hint is not None:
        assert str(finding.hint)


def test_codes_are_unique_and_every_rule_shows_itself_firing_and_passing():
    assert len({rule.code for rule in RULES}) == len(RULES)
    for rule in RULES:
        shown = {example.outcome for example in rule.examples}
        assert {"fired", "passed"} <= shown, rule.code


def test_rules_name_problems_that_exist_and_silence_rules_that_exist():
    codes = {rule.code for rule in RULES}
    for rule in RULES:
        assert rule.problem is None or rule.problem in PROBLEMS
        assert set(rule.silences) <= codes


def test_a_crashing_rule_could_not_run_and_the_others_go_on():
    broken = RULES[0].__class__(**{**vars(RULES[0]), "signal": lambda e: 1 / 0, "needs": ()})
    outcomes = [finding.outcome for finding in check_rules(Evidence(), [broken, *RULES])]
    assert outcomes[0] == "could_not_run"
    assert len(outcomes) == len(RULES) + 1


def test_no_signal_silences_what_is_not_shown_by_itself_and_says_so():
    evidence = Evidence(
        better_than_guess=Estimate(0.0, -0.02, 0.02), guess_error=exactly(0.5), train_error=exactly(0.3),
        dev_error=exactly(0.5), variance=Estimate(0.2, 0.15, 0.25),
    )  # fmt: skip
    found = {finding.code: finding for finding in check_rules(evidence, RULES)}
    assert found["D9"].outcome == "fired"
    assert found["V1"].outcome == "fired", "a gap that its own bounds show is there all the same"
    unsure = replace(evidence, variance=Estimate(0.05, -0.05, 0.15))
    found = {finding.code: finding for finding in check_rules(unsure, RULES)}
    assert (found["V1"].outcome, found["V1"].suppressed_by) == ("suppressed", "D9")


BELOW = [(rule, example) for rule, example in EXAMPLES if rule.level in ("bias_variance", "process")]


@pytest.mark.parametrize(("rule", "example"), BELOW, ids=lambda x: getattr(x, "code", None))
def test_rows_that_belong_together_silence_the_verdict_and_everything_about_the_process(rule, example):
    names = {**example.evidence.names, "structure": "patient"}
    evidence = replace(example.evidence, split_misleads=exactly(1), names=names)
    found = {finding.code: finding for finding in check_rules(evidence, RULES)}
    assert found[rule.code].outcome in ("suppressed", "not_applicable")


def test_a_muted_rule_neither_fires_nor_silences():
    evidence = Evidence(
        better_than_guess=Estimate(0.0, -0.02, 0.02), guess_error=exactly(0.5), train_error=exactly(0.3),
        dev_error=exactly(0.5), variance=Estimate(0.2, 0.15, 0.25),
    )  # fmt: skip
    found = {finding.code: finding for finding in check_rules(evidence, RULES, muted={"D9"})}
    assert found["D9"].outcome == "muted"
    assert found["V1"].outcome == "fired"


def test_half_the_distance_needs_four_times_the_rows():
    near, far = Estimate(0.11, 0.06, 0.16), Estimate(0.12, 0.07, 0.17)
    assert rows_factor_to_decide(near, 0.10) == pytest.approx(4 * rows_factor_to_decide(far, 0.10))


PAIRS = {  # Ng's five textbook pairs: human, train, dev -> high bias, high variance
    (0.0, 0.01, 0.11): (False, True),
    (0.0, 0.15, 0.16): (True, False),
    (0.0, 0.15, 0.30): (True, True),
    (0.0, 0.005, 0.01): (False, False),
    (0.15, 0.15, 0.16): (False, False),
}


@pytest.mark.parametrize(("pair", "expected"), PAIRS.items())
def test_the_textbook_pairs_read_as_in_the_textbook(pair, expected):
    human, train, dev = pair
    width = 0.002

    def around(x):
        return Estimate(x, x - width, x + width)

    evidence = Evidence(
        material=exactly(max(0.01, 0.1 * dev)), train_error=exactly(train), dev_error=exactly(dev),
        achievable=exactly(human), avoidable_bias=around(train - human), variance=around(dev - train),
    )  # fmt: skip
    fired = {finding.code for finding in check_rules(evidence, RULES) if finding.outcome == "fired"}
    assert ("B1" in fired, "V1" in fired) == expected


def test_no_two_rules_have_the_same_title():
    for a, b in itertools.combinations(RULES, 2):
        assert str(a.title) != str(b.title)


QUIET = Evidence(  # nothing is wrong, and nothing gains: N1 concludes that what is left is noise
    material=exactly(0.02), avoidable_bias=Estimate(0.0, -0.01, 0.005), variance=Estimate(0.0, -0.004, 0.006),
    achievable=exactly(0.1), train_error=exactly(0.1), dev_error=exactly(0.1), guess_error=exactly(0.4),
)  # fmt: skip
CAUSES = {  # each is seen in the table or in the training, so nobody may conclude that nothing is left to do
    "D7": {"mismatch": Estimate(0.09, 0.07, 0.11)},
    "D8": {"scale_ratio": exactly(1e5), "scaled_inputs": exactly(0)},
    "D9": {"better_than_guess": Estimate(0.0, -0.03, 0.03)},
    "D13": {"split_misleads": exactly(1), "names": {"structure": "patient"}},
    "D14": {"rare_class_gain": Estimate(0.12, 0.09, 0.15)},
    "T3": {"symmetry": exactly(0.0)},
    "T6": {"nonfinite_share": exactly(0.4)},
    "T12": {"past_minimum": Estimate(0.05, 0.03, 0.07)},
    "T15": {"stuck_share": exactly(0.1)},
    "T16": {"worse_than_guess": Estimate(0.1, 0.05, 0.15)},
    "T17": {"still_falling": Estimate(0.05, 0.03, 0.07)},
}
UNDER_BIAS = {  # the same, of signals that count only where the training error is high
    "T1": {"initial_loss_ratio": exactly(8)},
    "T4": {"spread_ratio": exactly(1e-4)},
    "T5": {"gradient_ratio": exactly(1e-5), "first_gradient": exactly(1e-6)},
    "T7": {"dead_share": exactly(0.9)},
    "T8": {"saturated_share": exactly(0.8)},
}


def outcomes_of(evidence):
    return {finding.code: finding for finding in check_rules(evidence, RULES)}


def test_where_nothing_is_wrong_what_is_left_is_called_noise():
    assert outcomes_of(QUIET)["N1"].outcome == "fired"


@pytest.mark.parametrize("code", [*CAUSES, *UNDER_BIAS])
def test_a_cause_that_shows_itself_keeps_every_conclusion_from_being_drawn(code):
    bias = {} if code in CAUSES else {"avoidable_bias": Estimate(0.2, 0.15, 0.25)}
    found = outcomes_of(replace(QUIET, **(CAUSES | UNDER_BIAS)[code], **bias))
    assert found[code].outcome == "fired"
    assert (found["N1"].outcome, found["N1"].suppressed_by) == ("suppressed", code)


@pytest.mark.parametrize("code", ["B1b", "T9", "T15", "T17", "C1"])
def test_what_mixes_rows_with_steps_or_starts_silences_the_gain_from_rows(code):
    lines = CAUSES | {
        "B1b": {"probes": {"train_longer": Probe(Estimate(-0.08, -0.1, -0.06), exactly(0.0))}},
        "T9": {"probes": {"step_size": Probe(Estimate(-0.08, -0.1, -0.06), exactly(0.0))}},
        "C1": {"curve_rise": Estimate(0.03, 0.01, 0.05)},
    }
    more = Estimate(0.06, 0.03, 0.08)
    assert outcomes_of(replace(QUIET, more_data_gain=more))["V1c"].outcome == "fired"
    silenced = outcomes_of(replace(QUIET, more_data_gain=more, **lines[code]))["V1c"]
    assert (silenced.outcome, silenced.suppressed_by) == ("suppressed", code)


@pytest.mark.parametrize(
    ("code", "name", "limit", "more"),
    [  # as their sources say, see docs/rules.md
        ("D3", "duplicate_share", 0.01, {}),
        ("D5", "leak_gain", 0.0, {}),
        ("D6", "majority_share", 0.8, {}),
        ("D8", "scale_ratio", 100.0, {"scaled_inputs": exactly(0)}),
        ("D10", "group_suspicion", 0.5, {}),
        ("D11", "time_suspicion", 0.5, {}),
        ("D12", "outlier_share", 0.001, {}),
        ("D13", "split_misleads", 0.5, {}),
        ("D14", "rare_class_gain", 0.05, {}),
        ("T1", "initial_loss_ratio", 1.5, {}),
        ("T4", "spread_ratio", 10.0, {}),
        ("T6", "nonfinite_share", 0.0, {}),
        ("T7", "dead_share", 0.7, {}),
        ("T8", "saturated_share", 0.5, {}),
        ("T15", "stuck_share", 0.0, {}),
        ("T16", "worse_than_guess", 0.0, {"guess_error": exactly(0.4)}),
        ("V3", "memorizes", 0.5, {}),
        ("C1", "curve_rise", 0.0, {}),
        ("B1", "avoidable_bias", 0.02, {}),
        ("V1", "variance", 0.02, {}),
        ("V1c", "more_data_gain", 0.02, {}),
        ("P3", "test_gap", 0.02, {}),
        ("P4", "simple_lead", 0.01, {}),
        ("P6", "reference_lead", 0.02, {"reference_error": exactly(0.1)}),
        ("T12", "past_minimum", 0.01, {}),
        ("T17", "still_falling", 0.01, {}),
        ("D1", "dev_half_width", 0.02, {"n_dev": exactly(100)}),
        ("D4", "conflict_floor", 0.01, {}),
        ("D7", "mismatch", 0.02, {}),
    ],
)
def test_a_rule_fires_just_above_its_threshold_and_passes_just_below(code, name, limit, more):
    rule = next(one for one in RULES if one.code == code)
    around = replace(QUIET, avoidable_bias=Estimate(0.2, 0.15, 0.25), **more)
    step = 1e-3 * limit + 1e-9
    assert apply_rule(rule, replace(around, **{name: exactly(limit + step)})).outcome == "fired"
    assert apply_rule(rule, replace(around, **{name: exactly(limit - step)})).outcome == "passed"


@pytest.mark.parametrize(("ratio", "outcome"), [(0.0011, "passed"), (0.0009, "fired")])
def test_a_gradient_a_thousand_times_smaller_is_vanishing(ratio, outcome):
    rule = next(one for one in RULES if one.code == "T5")
    small = replace(QUIET, avoidable_bias=Estimate(0.2, 0.15, 0.25), gradient_ratio=exactly(ratio))
    assert apply_rule(rule, replace(small, first_gradient=exactly(0.9e-4))).outcome == outcome
    arrives = apply_rule(rule, replace(small, first_gradient=exactly(1.1e-4))).outcome
    assert arrives == ("passed" if outcome == "passed" else "not_applicable")


@pytest.mark.parametrize(
    ("gain", "outcome"),
    [
        (Estimate(0.019, -0.001, 0.04), "fired"),
        (Estimate(0.02, -0.001, 0.04, at_least=-0.001), "undecided"),
        (Estimate(0.019, 0.001, 0.04), "passed"),
        (Estimate(0.021, -0.001, 0.04, at_least=0.001), "passed"),
        (Estimate(0.021, -0.001, 0.04, at_least=-0.001), "undecided"),
    ],
)
def test_columns_say_nothing_where_the_interval_holds_0_and_less_than_matters_was_seen(gain, outcome):
    rule = next(one for one in RULES if one.code == "D9")
    assert apply_rule(rule, replace(QUIET, better_than_guess=gain)).outcome == outcome


@pytest.mark.parametrize(
    ("change", "gains"),
    [
        ({}, False),
        ({"more_data_gain": Estimate(0.02, 0.011, 0.03)}, True),
        ({"more_data_gain": Estimate(0.02, 0.011, 0.03), "curve_rise": Estimate(0.01, -0.01, 0.03)}, True),
        ({"more_data_gain": Estimate(0.02, 0.011, 0.03), "curve_rise": Estimate(0.03, 0.01, 0.05)}, False),
        ({"more_data_gain": Estimate(0.02, 0.009, 0.03)}, False),
        ({"simple_lead": Estimate(0.02, 0.011, 0.03)}, True),
        ({"reference_lead": Estimate(0.02, 0.011, 0.03)}, True),
        ({"probes": {"a": Probe(Estimate(-0.02, -0.03, -0.011), exactly(0.0))}}, True),
        ({"probes": {"a": Probe(Estimate(-0.02, -0.05, -0.001), exactly(0.0))}}, True),
        ({"probes": {"a": Probe(Estimate(-0.009, -0.03, -0.001), exactly(0.0))}}, False),
        ({"probes": {"a": Probe(Estimate(-0.02, -0.05, 0.001), exactly(0.0))}}, False),
        ({"probes": {"a": Probe(Estimate(-0.02, -0.05, 0.001), exactly(0.0), unsticks=True)}}, True),
    ],
)
def test_something_gains_where_a_fix_more_rows_or_another_model_does(change, gains):
    assert something_gains(replace(QUIET, **change)) == gains
    assert (outcomes_of(replace(QUIET, **change))["N1"].outcome == "fired") != gains


@pytest.mark.parametrize(
    ("variance", "excess", "outcome"),
    [
        (Estimate(0.05, 0.021, 0.08), Estimate(0.03, 0.019, 0.05), "fired"),
        (Estimate(0.05, 0.019, 0.08), Estimate(0.03, 0.019, 0.05), "passed"),
        (Estimate(0.05, 0.021, 0.08), Estimate(0.03, 0.021, 0.05), "passed"),
    ],
)
def test_a_gap_is_harmless_where_it_is_there_and_costs_nothing(variance, excess, outcome):
    assert outcomes_of(replace(QUIET, variance=variance, excess=excess))["V2"].outcome == outcome


@pytest.mark.parametrize(
    ("bias", "variance", "outcome"),
    [(0.019, 0.019, "fired"), (0.021, 0.019, "passed"), (0.019, 0.021, "passed")],
)
def test_what_is_left_is_noise_only_where_both_parts_are_small(bias, variance, outcome):
    parts = {"avoidable_bias": exactly(bias), "variance": exactly(variance)}
    assert outcomes_of(replace(QUIET, **parts))["N1"].outcome == outcome


@pytest.mark.parametrize(("variance", "outcome"), [(-0.019, "not_applicable"), (-0.021, "fired"), (0.001, "passed")])
def test_dev_rows_are_easier_only_by_more_than_matters(variance, outcome):
    rule = next(one for one in RULES if one.code == "C2")
    assert apply_rule(rule, replace(QUIET, variance=exactly(variance))).outcome == outcome
    unsure = Estimate(variance, -0.1, 0.1)  # How far it may lie on either side does not count.
    assert (apply_rule(rule, replace(QUIET, variance=unsure)).outcome == "not_applicable") is (
        outcome == "not_applicable"
    )


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ({"conflict_ratio": exactly(0.69)}, "fired"),
        ({"conflict_ratio": exactly(0.71)}, "not_applicable"),
        ({"duplicate_share": exactly(0.0)}, "not_applicable"),
        ({"duplicate_share": exactly(0.1)}, "fired"),
    ],
)
def test_equal_rows_blame_labels_only_where_they_are_copies(known, outcome):
    rule = next(one for one in RULES if one.code == "D4")
    assert apply_rule(rule, replace(QUIET, conflict_floor=exactly(0.05), **known)).outcome == outcome


def test_the_rows_that_would_decide_grow_with_the_square():
    rule = next(one for one in RULES if one.code == "D1")
    found = apply_rule(rule, replace(QUIET, dev_half_width=exactly(0.04), n_dev=exactly(100)))
    assert "about 400 different dev rows" in str(found.hint)


@pytest.mark.parametrize(
    ("code", "signal", "more"),
    [
        ("B1", "avoidable_bias", {"achievable": exactly(0.2)}),
        ("V1", "variance", {}),
        ("T12", "past_minimum", {}),
        ("P3", "test_gap", {}),
    ],
)
def test_what_lies_below_is_not_said_to_lie_at_most_nothing_above(code, signal, more):
    rule = next(rule for rule in RULES if rule.code == code)
    below = replace(
        QUIET, train_error=exactly(0.15), dev_error=exactly(0.14), **more, **{signal: Estimate(-0.01, -0.03, 0.0004)}
    )
    finding = apply_rule(rule, below)
    assert finding.outcome == "passed"
    assert "0.0 points" not in str(finding.message) and "at most" not in str(finding.message)
    above = replace(below, **{signal: Estimate(-0.01, -0.03, 0.006)})
    assert "at most 0.6 points" in str(apply_rule(rule, above).message)
