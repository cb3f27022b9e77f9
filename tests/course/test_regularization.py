"""A penalty and dropout against the network as it is: losses against scikit-learn, intervals, claims and pictures."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import log_loss

from dldiag.core.types import Estimate
from dldiag.course.bias_variance.bias_remedies import CapacitySettings, grow, size_that_helped
from dldiag.course.bias_variance.lessons import capacity_outcomes
from dldiag.course.regularization.lessons import penalty_outcomes
from dldiag.course.regularization.penalties import (
    DropoutSettings,
    PenaltySettings,
    penalty_to_use,
    regularize,
)
from dldiag.course.shared.prepared import prepare_lesson
from dldiag.course.shared.problem import yes_no
from dldiag.course.shared.toys import toy
from dldiag.course.shared.treatment_figures import treated_figure, treated_moving, treated_rows
from dldiag.course.shared.treatments import judge_outputs

QUICK = PenaltySettings(steps=100, repeats=3)


def of_toy(name, settings, rows=600):
    made = toy(name, rows)
    return regularize(yes_no(made, most=2), prepare_lesson(made), settings)


@pytest.fixture(scope="module")
def found():
    return of_toy("twist", QUICK)


def test_the_log_loss_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(50, 1)), rng.integers(0, 2, 50)
    losses, mistakes = judge_outputs(z, y, "binary_cross_entropy")
    assert losses.mean() == pytest.approx(log_loss(y, 1 / (1 + np.exp(-z[:, 0]))))
    assert mistakes.mean() == np.mean((z[:, 0] > 0) != (y == 1))


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
    assert len(treated_moving(both, both.plane).frames) == len(both.plane.steps) + 1, "the end first"
    assert len(treated_figure(both, found.treated, theme="dark").data) == 4
    assert len(treated_rows(both)) == 3


def test_more_units_lower_the_training_error_of_a_network_that_is_too_small():
    made = toy("circles", 1000)
    found = grow(yes_no(made, most=2), prepare_lesson(made), CapacitySettings(repeats=4))
    assert found.train_changes[0].high < 0
    assert capacity_outcomes(found).claims[0].statement == 28
    assert size_that_helped(found, CapacitySettings()) == {"hidden_layer_sizes": (32,)}
