"""Two runs side by side: paired where the rows are the same, against numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate, Parent
from dldiag.diagnosis.compare import compare, with_parent
from dldiag.report import from_json, to_json, view
from tests.reports import make_report


def shifted(report, by):
    """Return the report as if every repeat at full size had an error higher by so much, and a little noise."""
    curve, noise = report.curves[0], np.linspace(-0.002, 0.002, report.curves[0].dev_errors.shape[1])
    errors = curve.dev_errors.copy()
    errors[-1] += by + noise
    evidence = {**report.evidence, "dev_error": moved(report.evidence["dev_error"], by)}
    return replace(report, curves=(replace(curve, dev_errors=errors), *report.curves[1:]), evidence=evidence)


def moved(estimate, by):
    return Estimate(estimate.value + by, estimate.low + by, estimate.high + by)


def test_the_paired_change_is_the_mean_difference_and_its_interval_knows_the_shared_rows():
    first = make_report()
    found = compare(first, shifted(first, -0.03))
    assert found.is_paired
    assert found.dev_change.value == pytest.approx(-0.03)
    noise = np.linspace(-0.002, 0.002, 5)
    half = 2.1318 * np.sqrt((1 / 5 + 400 / 1200) * noise.var(ddof=1))  # t of 4 degrees of freedom at 95%
    assert found.dev_change.high - found.dev_change.value == pytest.approx(half, rel=1e-4)


def test_the_change_is_that_of_the_errors_as_they_are_shown_though_the_verdict_rests_on_more_repeats_than_the_curve():
    first = make_report()
    second = shifted(first, -0.03)
    more = replace(second, evidence={**second.evidence, "dev_error": moved(second.evidence["dev_error"], 0.01)})
    found, before = compare(first, more).dev_change, compare(first, second).dev_change
    assert found.value == pytest.approx(more.evidence["dev_error"].value - first.evidence["dev_error"].value)
    assert found.high - found.low == pytest.approx(before.high - before.low)


def test_another_seed_is_not_paired_and_another_target_has_no_change():
    first = make_report()
    other = make_report(settings={**first.settings, "seed": 1})
    assert not compare(first, other).is_paired
    assert compare(first, other).settings == {"settings.seed": (0, 1)}
    elsewhere = replace(other, dataset=replace(other.dataset, target="age"))
    assert compare(first, elsewhere).dev_change is None


def parent_of(report):
    return Parent("abc", "regularization", Message("Regularization"), {"alpha": (0.0001, 1.0)},
                  report.evidence["dev_error"], train_before=report.evidence["train_error"], curve=report.curves[0])  # fmt: skip


def test_a_change_is_said_by_name_and_value_with_before_after_and_effect():
    before = make_report()
    after = with_parent(shifted(before, -0.03), parent_of(before))
    line = view.applied_line(after)
    assert line.startswith("Applied: L2 penalty 0.0001 → 1.")
    assert "3.0 points better" in line
    assert [row["Error"] for row in view.side_by_side(after)] == ["Training error", "Dev error"]


def test_the_run_before_survives_json_and_a_page():
    before = make_report()
    after = with_parent(shifted(before, -0.03), parent_of(before))
    again = from_json(to_json(after))
    assert to_json(again) == to_json(after)
    assert view.applied_line(again) == view.applied_line(after)


def test_the_path_keeps_every_step():
    before = make_report()
    first = parent_of(before)
    second = replace(first, id="def", earlier=(replace(first, curve=None),))
    assert [row["Step"] for row in view.steps_so_far(with_parent(before, second))] == ["1", "2"]


def test_a_comparison_of_a_run_with_the_one_it_was_changed_from_shows_the_effect_that_before_and_after_shows():
    before, effect = make_report(), Estimate(-0.021, -0.04, -0.002)
    after = with_parent(shifted(before, -0.03), replace(parent_of(before), effect=effect))
    assert compare(before, after).dev_change == effect
    assert compare(after, before).dev_change == Estimate(0.021, 0.002, 0.04)
    runs = view.side_by_side_runs({"a": before, "b": after})
    assert view.compared_errors(runs)[1]["Change"] == view.side_by_side(after)[1]["Change"]
    assert "expected to hold: 2.1 points better (0.2 to 4.0)" in view.comparison_lines(runs)[0]
    assert view.comparison_note(runs) == view.side_by_side_note(after) != ""
    assert "the difference is" not in view.applied_line(after), "what stands beside it need not be said"
    plain = with_parent(shifted(before, -0.03), parent_of(before))
    assert view.side_by_side_note(plain) == "", "one number needs no word"
    open_ = replace(after, parent=replace(after.parent, effect=Estimate(0.014, -0.017, 0.038)))
    assert "−3.0 points, which may be chance: between 1.7 points better and 3.8 points worse" in view.applied_line(
        open_
    )


def test_an_effect_that_is_nearly_the_difference_beside_it_is_written_as_that():
    before = make_report()
    near = replace(parent_of(before), effect=Estimate(-0.031, -0.055, -0.004))
    after = with_parent(shifted(before, -0.03), near)
    assert view.side_by_side(after)[1]["Change"] == "−3.0 points (−5.5 to −0.4)"
    assert "3.0 points better (0.4 to 5.5)" in view.applied_line(after)
    assert view.side_by_side_note(after) == ""


def test_a_long_name_of_a_run_stands_once():
    before = make_report()
    name = "2. Neural network, Hidden layers 100, 100, Activation Tanh, Dropout 0.2"
    runs = view.side_by_side_runs({"1. Neural network": before, name: shifted(before, -0.03)})
    assert [row["Run"] for row in view.compared_errors(runs)] == ["1. Neural network", name]
    assert view.comparison_lines(runs)[0].startswith("Run 2")
    assert all(list(row)[1:] == ["Run 1", "Run 2"] for row in view.compared_settings(runs))


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (Estimate(0.03, 0.01, 0.05), "The change made the model worse."),
        (Estimate(0.01, -0.01, 0.03), "The change may have made the model worse."),
        (Estimate(-0.01, -0.03, 0.01), ""),
    ],
)
def test_a_change_that_looks_worse_is_followed_by_the_way_back(effect, said):
    before = make_report()
    after = with_parent(shifted(before, 0.03), replace(parent_of(before), effect=effect))
    assert view.undo_line(after).startswith(said)
    assert bool(view.undo_line(after)) == bool(said)
    assert view.undo_line(before) == ""
