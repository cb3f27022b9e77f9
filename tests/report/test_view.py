"""The tables say what the report holds, in words that agree everywhere."""

import re
from dataclasses import replace

import numpy as np
import pytest

from dldiag.core.i18n import Message, speaking
from dldiag.core.metric_results import MetricUsed
from dldiag.core.types import Estimate, LearningCurve, Notice, exactly
from dldiag.diagnosis.evidence.evidence import EVIDENCE, Evidence
from dldiag.diagnosis.remedies import OF_OTHERS, REMEDIES
from dldiag.experiments.metrics import METRICS
from dldiag.report import view
from dldiag.report.view.before_after import change_between
from tests.reports import make_curves, make_report

TABLES = [
    view.budget,
    view.evidence,
    view.findings,
    view.remedies,
    view.curves,
    view.forecast_rows,
    view.notices,
    view.facts,
]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("case", ["bias", "undecided"])
def test_all_rows_of_a_table_have_the_same_headers(table, case):
    rows = table(make_report(case))
    assert all(row.keys() == rows[0].keys() for row in rows)
    assert all(isinstance(text, str) for row in rows for text in row.values())


def test_every_number_of_the_evidence_is_shown_once():
    report = make_report()
    assert len(view.evidence(report)) == len(report.evidence)


def test_the_budget_line_adds_up_as_it_is_written():
    for case in ("bias", "variance", "neither"):
        line = view.budget_line(make_report(case)).split(" (")[0]  # what is achievable may stand behind it
        *parts, total = (float(text) for text in re.findall(r"(-?[\d.]+)%", line.replace("− ", "-")))
        assert sum(parts) == pytest.approx(total, abs=0.11)  # four numbers of one decimal


def test_a_mismatch_is_a_fourth_part_of_the_budget():
    report = make_report()
    evidence = dict(report.evidence) | {"mismatch": exactly(0.02), "training_dev_error": exactly(0.163)}
    assert "2.0% data mismatch" in view.budget_line(replace(report, evidence=evidence))
    assert "+ Data mismatch" in [row["Part"] for row in view.budget(replace(report, evidence=evidence))]


def test_errors_of_numbers_are_told_in_the_unit_of_the_target_too():
    report = make_report(task="regression")
    known = replace(report, dataset=replace(report.dataset, spread=50.0))
    own = report.evidence["dev_error"].value * 50
    assert f"is {own:.3g}." in view.unit_line(known)
    logarithm = Notice("log_target", Message("The logarithm of {target} is predicted.", {"target": "spend"}))
    assert "log(spend)" in view.unit_line(replace(known, dataset=replace(known.dataset, notices=(logarithm,))))
    assert view.unit_line(make_report()) == ""


def test_an_incomplete_budget_has_no_line():
    assert view.budget_line(make_report(evidence={"dev_error": exactly(0.1)})) == ""


def test_regression_errors_are_not_written_as_percent():
    report = make_report(task="regression", curves=make_curves("bias", "sd"))
    assert "%" not in view.budget_line(report)
    assert not any("%" in row["Dev error"] for row in view.curves(report))


def test_findings_come_first_when_something_was_found():
    outcomes = [row["Outcome"] for row in view.findings(make_report())]
    assert outcomes[0] == "needs attention"
    assert outcomes.index("undecided") < outcomes.index("fine") < outcomes.index("not applicable")


def test_only_the_outcomes_asked_for_are_listed():
    assert [row["Rule"] for row in view.findings(make_report(), ["undecided"])] == ["C1"]


def test_the_mean_of_a_point_is_numpys_mean_of_the_known_repeats():
    curve = make_report().curves[2]
    for point, errors in zip(view.points(curve), curve.dev_errors, strict=True):
        assert point.dev is not None
        assert point.dev.value == pytest.approx(np.nanmean(errors))
        assert point.repeats == np.isfinite(errors).sum()


def test_a_size_without_any_result_has_no_point():
    nothing = np.full((1, 3), np.nan)
    (point,) = view.points(LearningCurve("mlp", np.array([100]), nothing, nothing))
    assert (point.train, point.dev, point.repeats) == (None, None, 0)


def test_the_interval_of_a_point_is_never_below_zero():
    errors = np.array([[0.0, 0.001, 0.2]])
    (point,) = view.points(LearningCurve("mlp", np.array([100]), errors, errors))
    assert point.dev is not None
    assert point.dev.low == 0.0


def test_the_remedy_table_holds_the_whole_menu_and_lights_what_is_recommended():
    report = make_report()
    table = view.remedy_table(report)
    assert {cell.remedy for cells in table.values() for cell in cells} == set(REMEDIES) - set(OF_OTHERS)
    lit = [cell for cells in table.values() for cell in cells if cell.lit]
    assert {cell.remedy for cell in lit} == {one.remedy for one in view.fixes(report) if one.is_recommended}
    assert lit


def test_what_comes_after_leaving_it_might_help_but_is_not_lit():
    first, second, _ = make_report().recommendations
    leave = replace(make_report("neither").recommendations[0], rank=2)
    report = make_report(recommendations=(first, leave, replace(second, rank=3)))
    cells = {cell.remedy: cell for cells in view.remedy_table(report).values() for cell in cells}
    assert [cells[key].lit for key in ("bigger_network", "leave_it", "train_longer")] == [True, False, False]
    assert cells["train_longer"].rank == 2


def test_an_untried_remedy_says_what_is_expected():
    one = make_report(trials=False).recommendations[0]
    assert view.effect_text(one, "rate").startswith("not tested; expected 3.3 to 8.1 points better")


def test_every_number_that_rules_can_read_has_words():
    assert Evidence.__dataclass_fields__.keys() - {"task", "measured_in", "probes", "names", "others"} == set(EVIDENCE)


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.171, 0.165, 0.177), "17.1% (16.5 to 17.7)"),
        (exactly(0.05), "5.0%"),
        (Estimate(0.1, -np.inf, np.inf), "10.0% (interval unknown)"),
        (Estimate(-0.01, -0.02, 0.0), "−1.0% (−2.0 to 0.0)"),
    ],
)
def test_errors_are_written_with_their_interval(estimate, text):
    assert view.error_text(estimate, "rate") == text


def test_tables_speak_the_readers_language():
    with speaking("zh"):
        assert "错误" in "".join(view.budget(make_report())[0]) or "误差" in "".join(view.budget(make_report())[0])


def test_a_training_error_below_achievable_leaves_no_negative_bias_in_the_budget_line():
    report = make_report("bias")
    evidence = dict(report.evidence) | {
        "train_error": exactly(0.01), "achievable": exactly(0.2), "avoidable_bias": exactly(-0.19),
        "variance": exactly(0.24), "dev_error": exactly(0.25),
    }  # fmt: skip
    evidence.pop("mismatch", None)
    beyond = replace(report, evidence=evidence)
    assert view.budget_line(beyond) == "1.0% training error + 24.0% variance = 25.0% dev error (20.0% is achievable)"
    assert not any("bias" in row["Part"] for row in view.budget(beyond))


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("seed", range(30))
def test_the_parts_of_the_error_budget_add_up_as_they_are_printed(task, seed):
    achievable, bias, variance = np.random.default_rng(seed).uniform(0, 0.2, 3)
    train, dev = achievable + bias, achievable + bias + variance
    values = {
        "achievable": achievable,
        "avoidable_bias": bias,
        "train_error": train,
        "variance": variance,
        "dev_error": dev,
    }
    evidence = {name: Estimate(value, value - 0.01, value + 0.01) for name, value in values.items()}
    line = view.budget_line(make_report("bias", task=task, evidence=evidence))
    *parts, total = (float(one) for one in re.findall(r"[0-9.]+(?=%| )", line))
    assert sum(parts) == pytest.approx(total, abs=1e-9), line


@pytest.mark.parametrize(("after", "are_two_numbers"), [(0.180, False), (0.181, False), (0.179, True), (0.190, True)])
def test_a_difference_stands_for_an_effect_only_where_it_looks_no_better(after, are_two_numbers):
    text = change_between(exactly(0.2), exactly(after), Estimate(-0.02, -0.04, -0.001), "rate")
    assert ("expected to hold" in text) == are_two_numbers


def test_a_difference_that_rounding_alone_sets_apart_from_its_effect_is_one_number():
    text = change_between(exactly(0.284), exactly(0.267), Estimate(-0.018, -0.022, -0.014), "sd")
    assert text == "−0.017 (−0.022 to −0.014)"
    assert "expected to hold" in change_between(exactly(0.284), exactly(0.268), Estimate(-0.018, -0.022, -0.014), "sd")


def test_only_errors_in_the_unit_of_the_target_are_put_in_it():
    report = make_report(task="regression")
    known = replace(report, dataset=replace(report.dataset, spread=50.0))

    def line(name):
        metric = METRICS[name]
        used = MetricUsed(name, metric.label, metric.unit, None, "user", None, 0.0, metric.higher_is_better, None)
        return view.unit_line(replace(known, metric=used))

    assert "standard deviation" in line("mae") and line("rmsle") == ""
    assert line("r2") == "Errors are 1 − R²."


def test_a_list_that_begins_empty_is_written_as_what_is_done():
    report = make_report()
    assert view.changed_settings(report, {"drop_columns": ("a", "b")}) == "Drop columns a, b"
    assert view.changed_settings(report, {"new_features": ("a * b",)}) == "Add features a × b"


def test_the_budget_says_of_a_target_that_it_is_one():
    report = make_report("variance")
    given = replace(report, evidence={**report.evidence, "target_error": exactly(0.3), "achievable": exactly(0.3)})
    assert view.budget_line(given).endswith("(30.0% is your target)")


def test_an_achievable_error_that_the_model_is_below_does_not_stand_behind_the_budget():
    report = make_report("variance")
    worse = exactly(report.evidence["dev_error"].value + 0.05)
    evidence = {**report.evidence, "achievable": worse, "avoidable_bias": exactly(-0.05)}
    assert not view.budget_line(replace(report, evidence=evidence)).endswith("is achievable)")
