import itertools
from dataclasses import replace

import pytest

from dldiag.core.types import Estimate, exactly
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.rules import PROBLEMS, RULES, apply_rule, check_rules
from dldiag.diagnosis.rules.engine import times_more

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
    assert times_more(near, 0.10) == pytest.approx(4 * times_more(far, 0.10))


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
