"""Ways down: momentum 0 is plain gradient descent, costs are those of the path, and claims follow the interval."""

from dataclasses import replace

import numpy as np
import pytest

from dldiag.core.types import Estimate
from dldiag.course.logistic.regression import cross_entropy
from dldiag.course.optimization.descents import (
    BatchSettings,
    OptimizerSettings,
    compare_batches,
    compare_optimizers,
    optimizer_to_use,
    steps_per_pass,
)
from dldiag.course.optimization.figures import passes_figure, valley_moving, way_rows
from dldiag.course.optimization.lessons import optimizer_outcomes
from dldiag.course.shared.prepared import prepare_lesson
from dldiag.course.shared.problem import binary_problem, sigmoid
from dldiag.course.shared.toys import toy

QUICK = BatchSettings(passes=5, seeds=3)


@pytest.fixture(scope="module")
def moons():
    made = toy("moons", 200)
    return binary_problem(made, most=2), prepare_lesson(made)


@pytest.fixture(scope="module")
def batches(moons):
    return compare_batches(*moons, QUICK)


def test_all_rows_take_one_step_per_pass_and_mini_batches_many(batches):
    assert [one.steps for one in batches.ways] == [1, steps_per_pass(200, 32)]
    assert [len(one.path) for one in batches.ways] == [6, 6]


def test_the_costs_are_those_of_the_weights_on_the_path_and_a_full_step_is_the_gradient(moons, batches):
    problem, _ = moons
    X = problem.X * np.array([1.0, QUICK.stretch])
    gradient = X.T @ (0.5 - problem.y) / len(problem.y)
    first = np.array(batches.ways[0].path[1])
    rates = first / -gradient
    assert rates[0] == pytest.approx(rates[1], rel=1e-4), "one full step goes straight against the gradient"
    bias = -rates[0] * (sigmoid(np.zeros(1))[0] - problem.y.mean())
    assert batches.ways[0].costs[1] == pytest.approx(cross_entropy(X @ first + bias, problem.y).mean(), rel=1e-4)


def test_the_claim_follows_the_interval_and_nothing_is_recommended_without_it(moons):
    asked = OptimizerSettings(passes=5, seeds=3)
    found = compare_optimizers(*moons, asked)
    for ratio, verdict in ((Estimate(0.5, 0.4, 0.6), "shown"), (Estimate(2.0, 1.5, 3.0), "contradicted")):
        assert optimizer_outcomes(replace(found, ratio=ratio)).claims[0].verdict == verdict
    open_ = replace(found, ratio=Estimate(1.0, 0.8, 1.2))
    assert optimizer_outcomes(open_).claims[0].verdict == "not_shown"
    assert optimizer_to_use(open_, asked) == {}
    assert optimizer_to_use(replace(found, ratio=Estimate(0.5, 0.4, 0.6)), asked)["solver"] == "adam"


def test_the_pictures_hold_a_frame_for_every_pass(batches):
    assert len(valley_moving(batches).frames) == QUICK.passes + 1, "every pass, from the start"
    assert len(passes_figure(batches, theme="dark").data) == 4
    assert len(way_rows(batches)) == 2
