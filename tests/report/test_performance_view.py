"""How well the models predict, in words: every metric beside the chosen one, classes, thresholds, calibration, residuals."""

from dataclasses import replace

import pytest

from dldiag.core.i18n import Message
from dldiag.core.metric_results import MetricUsed
from dldiag.core.performance import Band, Confusion
from dldiag.core.types import Estimate
from dldiag.report import to_html, to_text
from dldiag.report.figures import FIGURES
from dldiag.report.view import judged_line, metric_why
from dldiag.report.view.performance import (
    brief_sections,
    calibration_line,
    listed_thresholds,
    performance_sections,
    threshold_text,
)
from tests.reports import make_report

BY_AUC = MetricUsed("roc_auc", Message("ROC AUC"), "score", "yes", "user", Message("You chose it."), 0.5, True, 0.9)


def sections(**changes):
    return {one.key: one for one in performance_sections(make_report(**changes))}


def test_every_metric_of_every_model_stands_beside_the_chosen_one():
    part = sections(metric=BY_AUC)["metrics"]
    assert list(part.rows[0].values()) == ["ROC AUC ↑ (chosen)", "0.830 (0.800 to 0.860)", "0.830 (0.800 to 0.860)"]
    assert part.rows[1]["Metric"] == "Error rate"
    said = " ".join(part.lines)
    assert "Judged by: ROC AUC. You chose it." in said or "You chose it." in part.lines
    assert any("0.500" in line for line in part.lines)


def test_metrics_of_a_numeric_target_are_in_its_own_unit():
    report = make_report(task="regression")
    own = replace(report.performance[0], metrics={"mae": Estimate(5270.4, 4940.0, 5600.0)})
    (row,) = performance_sections(replace(report, performance=(own,)))[0].rows
    assert row["Neural network"] == "5,270 (4,940 to 5,600)"


def test_every_class_has_its_rows_recall_and_precision_for_every_model():
    rows = sections()["classes"].rows
    assert [row["Metric"].split(" (")[0] for row in rows] == [
        'Recall of "no"', 'Precision of "no"', 'Recall of "yes"', 'Precision of "yes"',
    ]  # fmt: skip
    assert all("%" in row["Neural network"] and "%" in row["Logistic regression"] for row in rows)
    first, *_ = make_report().performance[0].per_class
    assert rows[0]["Metric"].endswith(f"({first.rows:,} dev rows)")


def test_of_many_classes_only_the_diagnosed_model_is_listed():
    report = make_report()
    many = tuple(replace(one, per_class=one.per_class * 4) for one in report.performance)
    part = next(one for one in performance_sections(replace(report, performance=many)) if one.key == "classes")
    assert [list(row) for row in part.rows] == [["Class", "Dev rows", "Recall", "Precision"]] * 8


def test_the_classes_that_count_as_one_are_not_said_to_be_a_class():
    report = make_report()
    found = Confusion(("a", "b", "…"), ((5, 1, 9), (2, 5, 0), (9, 9, 5)), 1, True)
    own = replace(report.performance[0], confusion=found, per_class=report.performance[0].per_class * 3)
    part = next(one for one in performance_sections(replace(report, performance=(own,))) if one.key == "classes")
    assert [line.split(":")[0] for line in part.lines[:2]] == ['"b" predicted as "a"', '"a" predicted as "b"']
    assert part.lines[2].startswith("In the figure the 4 rarest classes count as one")
    drawn = FIGURES["confusion"].draw(replace(report, performance=(own,)), "light")
    assert drawn.data[0].y[-1] == "others"


def test_the_listed_thresholds_hold_the_present_one_and_rise():
    found = make_report().performance[0].thresholds
    places = listed_thresholds(found)
    assert found.now in places and places == sorted(places)
    assert any("(now)" in row["Threshold"] for row in sections()["thresholds"].rows)


def test_every_step_of_the_slider_moves_the_line_and_the_words():
    drawn = FIGURES["thresholds"].draw(make_report(), "light")
    found = make_report().performance[0].thresholds
    (slider,) = drawn.layout.sliders
    assert [step.args[0]["x"][0][0] for step in slider.steps] == list(found.at)
    assert len({step.args[1]["annotations[0].text"] for step in slider.steps}) > len(found.at) / 2
    assert (
        slider.active == found.now
        and drawn.layout.annotations[0].text == slider.steps[found.now].args[1]["annotations[0].text"]
    )
    assert drawn.data[slider.steps[0].args[2][0]].name == "Threshold"


def test_a_probability_that_does_not_hold_is_said():
    good = Band((0.1, 0.9), (0.12, 0.88), (0.05, 0.8), (0.2, 0.95), (100, 100))
    off = Band((0.1, 0.9), (0.12, 0.6), (0.05, 0.5), (0.2, 0.7), (100, 100))
    assert "agree" in calibration_line(good)
    assert "says 90%, 60.0% (50.0 to 70.0) is observed" in calibration_line(off)


@pytest.mark.parametrize(("at", "text"), [(0.5, "50%"), (0.012, "1.2%"), (0.00034, "0.034%")])
def test_small_thresholds_keep_their_digits(at, text):
    assert threshold_text(at) == text


def test_text_tells_of_the_diagnosed_model_only():
    text = to_text(make_report(metric=BY_AUC))
    assert "How well it predicts" in text and "ROC AUC" in text
    assert "Logistic regression" not in "".join(str(one.rows) for one in brief_sections(make_report()))


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_every_figure_of_a_part_stands_in_the_html(task):
    report = make_report(task=task)
    html = to_html(report)
    named = [name for one in performance_sections(report) for name in one.figures]
    assert named and all(f'id="chart-{name}"' in html for name in named)


def test_a_report_without_it_says_nothing():
    assert performance_sections(make_report(performance=())) == []
    assert "How well it predicts" not in to_text(make_report(performance=()))


def test_a_training_curve_is_named_by_what_training_counts():
    title = FIGURES["training_curve"].draw(make_report(metric=BY_AUC), "light").layout.yaxis.title.text
    assert title == "Error (share of wrong rows)"


def test_the_line_below_the_verdict_names_the_metrics_value_in_its_own_direction():
    report = make_report(metric=BY_AUC, metrics={"roc_auc": Estimate(0.958, 0.94, 0.97)})
    assert judged_line(report).startswith("metric: ROC AUC 0.958 (0.940 to 0.970), baseline 0.500 · ")


def test_the_verdict_says_why_a_metric_was_chosen_that_is_not_the_usual_one():
    why = Message("Only 3.3% of the rows are rare.")
    chosen = replace(BY_AUC, name="balanced_error", chosen="auto", why=why)
    assert metric_why(make_report(metric=chosen)) == str(why)
    assert metric_why(make_report(metric=BY_AUC)) == "", "the user knows why"
    assert metric_why(make_report(metric=replace(chosen, name="error"))) == ""


def test_a_text_lists_the_classes_of_lowest_recall_where_there_are_many():
    report = make_report()
    first = report.performance[0]
    one = first.per_class[0]
    many = tuple(replace(one, label=f"k{i}", recall=Estimate(i / 100, 0.0, 1.0)) for i in range(60, 0, -1))
    section = next(
        part
        for part in brief_sections(replace(report, performance=(replace(first, per_class=many),)))
        if part.key == "classes"
    )
    assert [row["Class"] for row in section.rows] == [f"k{i}" for i in range(20, 0, -1)]
    assert "40 others are in the JSON and HTML reports." in section.lines[-1]
