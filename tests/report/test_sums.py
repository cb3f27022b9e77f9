"""What a report prints adds up, digit by digit: walks every report of the suite, as text and as rows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dldiag.core.i18n import format_error
from dldiag.core.types import Estimate, Parent, Recommendation, TestResult, Trial, exactly
from dldiag.diagnosis.evidence import EVIDENCE, Evidence
from dldiag.diagnosis.rules import RULES, apply_rule
from dldiag.report import to_text, view
from dldiag.report.sample_reports import read_sample_report, reported_samples
from tests.reports import LEVELS, make_report

NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?")
REPORTS = {
    **{f"{case} {task}": make_report(case, task=task) for case in LEVELS for task in ("classification", "regression")},
    **{name: read_sample_report(name) for name in reported_samples()},
}


def uneven(report):
    """Return the report with errors between the digits that are printed: where rounding would not add up."""
    moved = {}
    for step, name in enumerate(("achievable", "train_error", "dev_error", "avoidable_bias", "variance")):
        if name in report.evidence:
            one = report.evidence[name]
            value = max(0.0, one.value) + (0.0006, 0.0004)[step % 2]
            moved[name] = Estimate(value, min(one.low, value), max(one.high, value))
    return replace(report, evidence=dict(report.evidence) | moved)


def tied(report):
    """Return the report with a dev error midway between two printed numbers, as 509 wrong of 2,000 predictions are."""
    one = report.evidence["dev_error"]
    value = (round(2_000 * one.value) // 2 * 2 + 1) / 2_000
    moved = Estimate(value, min(one.low, value), max(one.high, value))
    return replace(report, evidence=dict(report.evidence) | {"dev_error": moved})


ALL = [
    *REPORTS.items(),
    *((f"{name}, uneven", uneven(report)) for name, report in REPORTS.items()),
    *((f"{name}, tied", tied(report)) for name, report in REPORTS.items()),
]
EVERY = pytest.mark.parametrize("report", [report for _, report in ALL], ids=[name for name, _ in ALL])


def numbers(text):
    return [float(found.replace("−", "-").replace(",", "")) for found in NUMBER.findall(text)]


def close(left, right):
    """Tell whether two printed numbers are equal; they are read as decimals, so no rounding is forgiven."""
    return abs(left - right) < 1e-9


@EVERY
def test_the_budget_line_adds_up(report):
    line = view.budget_line(report)
    if line:
        parts, _, whole = line.split(" (")[0].replace("− ", "+ −").partition(" = ")
        assert close(sum(numbers(part)[0] for part in parts.split(" + ")), numbers(whole)[0]), line


@EVERY
def test_the_budget_ends_in_the_dev_error_as_it_is_written_elsewhere(report):
    line = view.budget_line(report)
    if line:
        whole = line.split(" (")[0].partition(" = ")[2]
        assert whole.startswith(format_error(report.evidence["dev_error"].value, view.unit_of(report))), line


@EVERY
def test_the_rows_of_the_budget_add_up_from_top_to_bottom(report):
    total = None
    for row in view.budget(report):
        part, error, _ = row.values()
        value = numbers(error)[0]
        if part.startswith("+ "):
            total += value
        elif part.startswith("= ") and total is not None:
            assert close(total, value), view.budget(report)
        else:
            total = value


@EVERY
def test_an_error_before_a_fix_and_its_effect_give_the_error_after_it(report):
    for one in view.fixes(report):
        said = view.action_text(one, report)
        if "→" not in said or "dev error" not in said or one.effect is None:
            continue
        before, after = numbers(said[said.index("dev error") :])[:2]
        effect = numbers(view.change_text(one.effect, view.unit_of(report)))[0]
        assert close(max(0.0, round(before + effect, 6)), after), said


@EVERY
def test_a_finding_that_writes_two_errors_and_their_difference_is_right(report):
    known = {name: one for name, one in report.evidence.items() if name in EVIDENCE}
    evidence = Evidence(report.dataset.task).with_values(known)
    for rule in RULES:
        finding = apply_rule(rule, evidence)
        if rule.answers and finding.outcome == "fired":
            above, gap, below = numbers(str(finding.message))[:3]
            assert close(round(below + gap, 6), above), str(finding.message)


@EVERY
def test_the_text_prints_what_the_rows_print(report):
    text = re.sub(r"\s+", " ", to_text(report, width=10_000))
    if line := view.budget_line(report):
        assert line in text
    best = view.best_fix(report)
    if best is not None:
        assert view.action_text(best, report) in text
        assert not best.settings or best.change in text, "the value to set is printed"


@EVERY
def test_every_fix_that_is_a_setting_prints_the_value_to_set(report):
    for one in view.fixes(report):
        is_first_of_a_list = one.change.startswith(f"{one.title} ")
        assert not one.settings or "→" in one.change or is_first_of_a_list, one.remedy


@EVERY
def test_before_and_after_differ_by_what_is_printed_between_them(report):
    before = report.evidence["dev_error"]
    after = Estimate(before.value - 0.0373, before.low - 0.0373, before.high)
    for effect in (None, Estimate(-0.0311, -0.05, -0.01), Estimate(-0.0373, -0.05, -0.01)):
        parent = Parent("1", "regularization", report.recommendations[0].title, {}, before, after, effect)
        row = view.side_by_side(replace(report, parent=parent))[-1]
        _, left, right, change = row.values()
        assert close(round(numbers(left)[0] + numbers(change)[0], 6), numbers(right)[0]), row


def test_a_model_worse_than_the_baseline_is_counted_as_the_baseline_beside_its_effect():
    trial = Trial("step_size", "helped", Estimate(-0.222, -0.25, -0.2), 5, 1.0, {"learning_rate_init": 0.01})
    found = Recommendation(
        1, "step_size", make_report().recommendations[0].title, "training", trial.note, "wrong_step", trial=trial
    )
    report = make_report(recommendations=(found,))
    evidence = dict(report.evidence) | {"dev_error": exactly(0.304), "counted_error": exactly(0.245)}
    said = view.action_text(
        view.fixes(replace(report, evidence=evidence))[0], report=replace(report, evidence=evidence)
    )
    assert "24.5% → 2.3%" in said
    assert "(no repeat counts as worse than the baseline)" in said


def test_what_the_opened_test_rows_mean_is_said_first():
    report = make_report()
    test = TestResult(exactly(0.2), exactly(0.217), Estimate(0.017, -0.01, 0.04), 400, 9)
    before = Estimate(report.evidence["dev_error"].value + 0.038, 0.0, 1.0)
    parent = Parent("1", "regularization", report.recommendations[0].title, {}, before, report.evidence["dev_error"])
    opened = replace(report, test=test, parent=parent)
    assert view.test_meaning(opened).startswith("The gain did not hold: −3.8 points on dev rows, +1.7 points")
    assert to_text(opened).startswith("The gain did not hold")
    assert view.gain_meaning(-0.03, replace(test, difference=Estimate(-0.02, -0.03, -0.01)), "rate").startswith(
        "The gain held"
    )
    assert "chance" in view.gain_meaning(-0.03, replace(test, difference=Estimate(-0.02, -0.05, 0.01)), "rate")
    assert view.test_meaning(report) == ""
