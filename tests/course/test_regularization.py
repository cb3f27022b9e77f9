"""A penalty and dropout against the network as it is: losses against scikit-learn, intervals, claims and pictures."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, log_loss, roc_auc_score

from dldiag.core.types import Estimate
from dldiag.course.bias_variance.bias_remedies import CapacitySettings, compare_capacities, size_that_helped
from dldiag.course.bias_variance.lessons import capacity_outcomes
from dldiag.course.regularization.lessons import penalty_outcomes
from dldiag.course.regularization.penalties import (
    DropoutSettings,
    PenaltySettings,
    compare_regularization,
    penalty_to_use,
)
from dldiag.course.shared.judge import judge_of, judge_outputs, losses_of_outputs
from dldiag.course.shared.prepared import prepare_lesson
from dldiag.course.shared.problem import binary_problem
from dldiag.course.shared.toys import toy
from dldiag.course.shared.treatment_figures import treated_figure, treated_moving, treated_rows
from dldiag.experiments.metric_choice import MetricChoice

QUICK = PenaltySettings(steps=100, repeats=3)


def of_toy(name, settings, rows=600):
    made = toy(name, rows)
    return compare_regularization(binary_problem(made, most=2), prepare_lesson(made), settings)


@pytest.fixture(scope="module")
def found():
    return of_toy("twist", QUICK)


def test_the_log_loss_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(50, 1)), rng.integers(0, 2, 50)
    losses = losses_of_outputs(z, y, "binary_cross_entropy")
    assert losses.mean() == pytest.approx(log_loss(y, 1 / (1 + np.exp(-z[:, 0]))))


def test_errors_are_those_of_the_metric_that_was_chosen():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(80, 1)), (rng.random(80) < 0.2).astype(int)
    wrong = {"error": np.mean((z[:, 0] > 0) != (y == 1)), "roc_auc": 1 - roc_auc_score(y, z[:, 0])}
    wrong["balanced_error"] = 1 - balanced_accuracy_score(y, z[:, 0] > 0)
    for name, expected in wrong.items():
        error, influence = judge_outputs(z, y, "binary_cross_entropy", MetricChoice(name, positive=1))
        assert error == pytest.approx(expected), name
        assert len(influence) == 80


def test_a_metric_that_these_rows_do_not_allow_is_left_for_the_plain_one():
    waves, moons = prepare_lesson(toy("wave", 100)), prepare_lesson(toy("moons", 100))
    assert judge_of(waves, MetricChoice("f1")).name == judge_of(waves, MetricChoice("rmsle")).name == "rmse"
    assert judge_of(waves, MetricChoice("mae")).name == "mae"
    assert judge_of(moons, MetricChoice("f1", positive=1)).name == "f1"
    assert judge_of(moons, MetricChoice("f1", positive=2)).name == "error", "no row has this class"


def test_a_penalty_is_judged_by_the_metric_chosen():
    made = toy("twist", 600)
    rows = binary_problem(made, most=2), prepare_lesson(made)
    plain, by_loss = (compare_regularization(*rows, QUICK, choice=one) for one in (None, MetricChoice("log_loss")))
    assert (plain.compared.unit, by_loss.compared.unit) == ("rate", "loss")
    assert by_loss.plain.train.mean == plain.plain.train.mean, "the same networks"
    assert by_loss.plain.dev_error != plain.plain.dev_error


def test_a_penalty_of_100_leaves_hardly_more_than_a_guess():
    strong = of_toy("twist", replace(QUICK, alpha=100.0))
    assert min(strong.treated.train_error) > 0.3
    assert penalty_outcomes(strong).claims[0].verdict == "contradicted"
    assert penalty_to_use(strong) == {}


def test_without_dropout_nothing_changes():
    same = of_toy("moons", DropoutSettings(dropout=0.0, steps=100, repeats=3))
    assert same.change.value == same.change.low == same.change.high == 0.0


def test_training_and_dev_rows_are_apart_and_a_numeric_target_has_its_own_unit(found):
    assert found.compared.rows[2] + found.compared.dev_rows <= 600
    wave = of_toy("wave", QUICK)
    assert wave.compared.unit == "sd"
    assert wave.compared.plane is None, "one column makes no plane"


def with_changes(found, change, of_more):
    return replace(found, compared=replace(found.compared, dev_changes=(change, of_more)))


def test_the_claim_follows_both_intervals(found):
    less = Estimate(-0.1, -0.2, -0.05)
    both = with_changes(found, less, less)
    assert penalty_outcomes(both).claims[0].verdict == "shown"
    assert penalty_to_use(both) == {"alpha": 1.0}
    assert penalty_outcomes(with_changes(found, Estimate(0.0, -0.1, 0.1), less)).claims[0].verdict == "not_shown"


def test_the_pictures_show_both_ways(found):
    both = found.compared
    moving = treated_moving(both, both.plane)
    assert len(moving.frames) == len(both.plane.steps) == moving.layout.sliders[0].active + 1, "it stands at the end"
    assert len(treated_figure(both, found.treated, theme="dark").data) == 4
    assert len(treated_rows(both)) == 3


def test_more_units_lower_the_training_error_of_a_network_that_is_too_small():
    made = toy("circles", 1000)
    found = compare_capacities(binary_problem(made, most=2), prepare_lesson(made), CapacitySettings(repeats=4))
    assert found.train_changes[0].high < 0
    assert capacity_outcomes(found).claims[0].statement == 28
    assert size_that_helped(found, CapacitySettings(), (16,)) == {"hidden_layer_sizes": (32,)}
    assert not size_that_helped(found, CapacitySettings(), (100,)), "the visitor's network is larger already"
