"""The list of fixes: its order after every test, the change by name and value, and the one action of the verdict."""

import json
from dataclasses import replace

import pytest

from dldiag.core.types import Estimate, Trial
from dldiag.data.audit.repairs import repair
from dldiag.diagnosis.remedies import MORE_DATA, OF_OTHERS, REMEDIES
from dldiag.report import from_json, to_json, to_text, view
from dldiag.report.interval_bars import BarScale, bar_look, interval_bar, scale_of
from dldiag.report.view.effects import effect_text
from tests.reports import make_report


def with_test(one, verdict, value):
    trial = Trial(one.remedy, verdict, Estimate(value, value - 0.01, value + 0.01), 5, 0.0, dict(one.change))
    return replace(one, trial=trial)


def with_tests(*results):
    recommendations = make_report(trials=False).recommendations
    return make_report(
        recommendations=tuple(with_test(one, *result) for one, result in zip(recommendations, results, strict=True))
    )


def test_a_fix_that_helped_most_comes_first_and_one_that_hurt_comes_last():
    report = with_tests(("hurt", 0.03), ("helped", -0.03), ("helped", -0.05))
    found = view.fixes(report)
    assert [one.remedy for one in found] == [report.recommendations[i].remedy for i in (2, 1, 0)]
    assert [one.is_recommended for one in found] == [True, True, False]


def test_another_model_that_gains_more_than_it_costs_comes_first():
    report = with_tests(("helped", -0.03), ("helped", -0.05), ("hurt", 0.03))
    other = replace(report.recommendations[0], remedy="other_model", problem="reference_wins", change={}, rank=9)
    led = [with_test(other, "helped", -0.05 - report.delta * share) for share in (0.4, 0.6)]
    first = [view.fixes(replace(report, recommendations=(*report.recommendations, one)))[0].remedy for one in led]
    assert first == [report.recommendations[1].remedy, "other_model"]


def test_a_repair_of_the_table_stands_before_what_helped_most_and_is_named():
    report = with_tests(("helped", -0.05), ("helped", -0.03), ("hurt", 0.03))
    setup = replace(report.recommendations[1], remedy="repair_table", problem="leak", change={}, trial=None, rank=1)
    leaking = replace(
        report,
        recommendations=(setup, *(replace(one, rank=one.rank + 1) for one in report.recommendations)),
        verdict=replace(report.verdict, problem="leak"),
        repairs=(repair("exclude_column", "paid"), repair("log_target", "y")),
    )
    first, second, *_ = view.fixes(leaking)
    assert (first.remedy, first.change) == ("repair_table", "Leave out paid")
    assert second.remedy == report.recommendations[0].remedy
    assert view.best_fix(leaking) is None
    assert "Next:" not in to_text(leaking)


def test_the_action_is_the_best_fix_by_name_and_value_with_the_error_before_and_after():
    report = make_report()
    best = view.best_fix(report)
    text = view.action_text(best, report)
    assert "Hidden layers 4 → 64, 64" in text
    assert "18.3% → 11.2%" in text
    assert ", 7.1 points better (5.9 to 8.3)" in text


@pytest.mark.parametrize(
    ("case", "kind"), [("bias", "act"), ("variance", "act"), ("neither", "good"), ("undecided", "open")]
)
def test_good_news_looks_like_good_news(case, kind):
    assert view.verdict_kind(make_report(case)) == kind


def test_a_gap_that_no_fix_closes_is_no_good_news_and_what_may_help_is_named():
    report = make_report("variance")
    rows = replace(report.recommendations[0], remedy=MORE_DATA, rank=2, change={}, trial=Trial(MORE_DATA, "undecided", Estimate(-0.03, -0.079, 0.015), 5, 0.0))  # fmt: skip
    keep = replace(rows, remedy="leave_it", rank=1, trial=None)
    gap = replace(report, verdict=replace(report.verdict, problem="harmless_gap"), recommendations=(keep, rows))
    assert view.verdict_kind(gap) == "keep"
    assert "between 7.9 points better and 1.5 points worse" in view.what_may_help(gap)
    assert view.what_may_help(replace(gap, recommendations=(keep,))) == ""
    assert view.what_may_help(report) == "", "there is a fix to apply"


def test_a_card_without_a_fix_says_that_none_helps_once_they_were_run():
    report = replace(make_report("variance"), recommendations=())
    tried = {**report.evidence, "probe_regularization": Estimate(0.004, -0.006, 0.014)}
    assert view.verdict_kind(report) == "act", "nothing was run yet"
    assert view.verdict_kind(replace(report, evidence=tried)) == "keep"


@pytest.mark.parametrize(
    ("code", "kind"), [("nothing_to_fix", "good"), ("little_signal", "keep"), ("nothing_so_far", "open")]
)
def test_neither_bias_nor_variance_is_good_news_only_where_nothing_is_to_be_fixed(code, kind):
    report = make_report(trials=False)
    verdict = replace(report.verdict, bias="no", variance="no", code=code, problem=None)
    assert view.verdict_kind(replace(report, verdict=verdict, recommendations=())) == kind


def test_a_cell_of_the_remedy_table_says_what_a_run_of_it_showed():
    report = make_report()
    first, *_ = report.recommendations
    probed = {**report.evidence, "probe_regularization": Estimate(0.004, -0.006, 0.014)}
    found = replace(report, recommendations=(with_test(first, "hurt", 0.03),), evidence=probed)
    said = {cell.remedy: cell.outcome for cells in view.remedy_table(found).values() for cell in cells}
    assert said[first.remedy] == said["regularization"] == "did not help here"
    assert {cell.outcome for cells in view.remedy_table(report).values() for cell in cells if cell.lit} == {
        "recommended"
    }


def test_every_remedy_is_a_fix_or_has_a_short_run_in_vain_or_says_why_it_is_neither():
    report = make_report()
    shown = [one.remedy for one in (*view.fixes(report), *view.short_runs_in_vain(report))]
    assert len(shown) == len(set(shown))
    told = len(shown) + len(view.not_recommended(report))
    assert told == len(REMEDIES) - 1 - len(OF_OTHERS), "all but keeping the model, and what no network is offered"
    assert all(row["Why not"] for row in view.not_recommended(report))


def test_the_json_says_from_what_to_what_a_fix_changes_a_setting():
    report = make_report()
    plain = to_json(report)
    assert from_json(plain).recommendations == report.recommendations
    first = json.loads(plain)["recommendations"][0]
    assert first["change"] == {"hidden_layer_sizes": [[4], [64, 64]]}


def test_bars_share_a_scale_that_holds_zero():
    found = view.fixes(make_report())
    scale = scale_of(found)
    assert scale.low < 0 < scale.high
    assert all(scale.low <= one.effect.low and one.effect.high <= scale.high for one in found)
    assert "better" in interval_bar(found[0], scale)


def test_a_place_on_a_scale_is_in_percent():
    assert BarScale(-1.0, 1.0).at(0.0) == 50.0
    assert BarScale(-1.0, 1.0).at(9.0) == 100.0


@pytest.mark.parametrize(
    ("value", "text"),
    [((100,), "100"), (1.0, "1"), (0.0001, "0.0001"), (1e-6, "0.000001"), (False, "off"), (None, "automatic")],
)
def test_values_are_written_as_their_field_shows_them(value, text):
    assert view.value_text(value) == text


def test_a_short_run_in_vain_is_shown_with_its_interval():
    report = make_report()
    probed = replace(report, evidence={**report.evidence, "probe_scale_inputs": Estimate(0.004, -0.006, 0.014)})
    found = {one.remedy: one for one in view.short_runs_in_vain(probed)}["scale_inputs"]
    assert found.words == "between 0.6 points better and 1.4 points worse"
    assert not found.can_apply
    assert found.title not in [row["Fix"] for row in view.not_recommended(probed)]


def test_a_forecast_that_is_open_says_its_range_once():
    report = make_report()
    one = replace(report.recommendations[0], remedy=MORE_DATA)
    open_ = Trial(MORE_DATA, "undecided", Estimate(-0.03, -0.079, 0.015), 5, 0.0)
    text = effect_text(replace(one, trial=open_), "rate")
    assert text == "forecast: between 7.9 points better and 1.5 points worse"


def test_a_change_does_not_repeat_the_title_it_stands_beside():
    fix = view.Fix("class_weights", "Class weights", "bias", "Class weights none → balanced")
    assert fix.beside_title == "none → balanced"
    assert view.Fix("early_stopping", "Train longer", "bias", "Epochs 1 → 2").beside_title == "Epochs 1 → 2"


def test_a_forecast_is_drawn_as_what_was_not_tested():
    effect = Estimate(-0.03, -0.079, 0.015)
    assert (
        bar_look(view.Fix(MORE_DATA, "More training data", "variance", effect=effect, verdict="undecided")) == "guess"
    )
    assert bar_look(view.Fix("dropout", "Regularization", "variance", effect=effect, verdict="undecided")) == "open"


def test_settings_are_named_without_the_title_of_the_fix():
    setting = view.Fix("other", "Another activation function", "bias", "Activation ReLU → Tanh", {"activation": "tanh"})
    assert view.change_words(setting) == "Activation ReLU → Tanh"
    rows = view.Fix(MORE_DATA, "More training data", "variance", "training rows 320 → 1,280")
    assert view.change_words(rows) == "More training data: training rows 320 → 1,280"
