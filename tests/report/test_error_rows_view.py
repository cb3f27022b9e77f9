"""Where the model is wrong, in words: what is counted, which unit a number has, and how slices relate."""

from dataclasses import replace

from dldiag.core.error_findings import Condition, ErrorDecomposition, ErrorFindings, LabelSuspects, LabelTrial, Slice
from dldiag.core.i18n import Message
from dldiag.core.metric_results import MetricUsed
from dldiag.core.types import Estimate
from dldiag.report import to_html, to_text
from dldiag.report.view.error_rows import error_sections, opening_line, sections_of_report
from tests.reports import make_report

RATE = Estimate(0.026, 0.023, 0.03)


def used(name, label, unit):
    return MetricUsed(name, Message(label), unit, None, "user", Message("You chose it."), 0.5)


def a_slice(column):
    half = Estimate(0.5, 0.4, 0.6)
    return Slice((Condition(column, "==", "a"),), 80, 0.4, 0.64, half, Estimate(0.1, 0.05, 0.15), half, True)


def report_with(errors, metric=None, task="classification"):
    return make_report(task=task, errors=errors, metric=metric)


def test_another_metric_than_the_share_of_wrong_rows_is_said_on_every_screen():
    balanced = used("balanced_error", "Balanced error", "rate")
    found = report_with(ErrorFindings(200, "rate", RATE, (a_slice("x"),)), balanced)
    said = "This part counts wrong rows, each the same whatever its class. The verdict uses another metric: Balanced error."
    assert said in opening_line(found)
    assert said in to_html(found)
    assert said in " ".join(to_text(found).split())
    same = replace(found, metric=used("error", "Error rate", "rate"))
    assert "another metric" not in opening_line(same)
    assert "another metric" not in " ".join(line for one in sections_of_report(same) for line in one.lines)


def test_an_error_of_a_numeric_target_is_given_in_its_own_unit_too():
    found = report_with(ErrorFindings(200, "sd", Estimate(0.5, 0.4, 0.6), (a_slice("x"),)), task="regression")
    found = replace(found, dataset=replace(found.dataset, spread=79_100.0))
    assert "79,100: 0.500 is 39,600." in opening_line(found).replace("\u00a0", " ")
    assert any("0.500 is 39,600." in line for one in sections_of_report(found) for line in one.lines)


def test_shares_of_slices_that_overlap_are_not_said_to_add_up():
    one = error_sections(ErrorFindings(200, "rate", RATE, (a_slice("x"),)))[0]
    two = error_sections(ErrorFindings(200, "rate", RATE, (a_slice("x"), a_slice("y"))))[0]
    assert not any("do not add up" in line for line in one.lines)
    assert any("do not add up" in line for line in two.lines)


def test_the_test_of_labels_has_the_unit_of_the_metric_that_judged_it():
    change = Estimate(-0.05, -0.07, -0.03)
    tried = LabelTrial(change, change, 0.02, 14, "wrong_labels")
    found = ErrorFindings(200, "rate", RATE, suspects=LabelSuspects(RATE, 5, tried))
    by_loss = {one.key: one for one in error_sections(found, "score")}["suspects"]
    assert by_loss.rows[0]["Change of the dev error"] == "−0.050 (−0.070 to −0.030)"


def test_variance_of_a_row_is_told_apart_from_the_gap_of_the_budget():
    found = ErrorFindings(200, "sd", RATE, decomposition=ErrorDecomposition(0.2, 0.19, 0.03, 200, 3.0))
    assert any("something else variance" in line for one in error_sections(found) for line in one.lines)
