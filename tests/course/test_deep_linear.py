"""A deep linear network is logistic regression, checked against scikit-learn; a hidden layer is its unit repeated."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dldiag.core.types import Estimate, Stopped
from dldiag.course.activations.deep_linear import DeepLinear, DeepLinearSettings, deep_linear, describe_deep_linear
from dldiag.course.logistic.hidden_layer import describe_widths, layer_to_use, train_widths, unit_by_unit
from dldiag.course.shared.problem import binary_problem
from dldiag.course.shared.toys import toy

QUICK = DeepLinearSettings(depth=6, steps=300, repeats=3)


@pytest.fixture(scope="module")
def moons():
    return deep_linear(binary_problem(toy("moons"), most=2), QUICK)


def test_the_collapse_is_exact_whatever_was_learned(moons):
    assert moons.collapsed.exact_difference == 0.0
    assert len(moons.collapsed.shapes) == 6


def test_the_matrix_points_where_logistic_regression_points(moons):
    (w1,), (w2,) = moons.collapsed.W
    cosine = (w1 * moons.line[0] + w2 * moons.line[1]) / (np.hypot(w1, w2) * np.hypot(*moons.line[:2]))
    assert cosine > 0.99


def test_linear_networks_of_any_depth_err_like_logistic_regression(moons):
    for gap in moons.against_logistic[:2]:
        assert abs(gap.value) < 0.02
    assert moons.against_logistic[2].high < 0
    assert "cannot be told from" in str(describe_deep_linear(moons))
    assert "boundary bends" in str(describe_deep_linear(moons))


def test_the_drawn_probabilities_are_scikit_learns(moons):
    problem = binary_problem(toy("moons"), most=2)
    plane = np.stack(np.meshgrid(moons.x, moons.y), axis=-1).reshape(-1, 2)
    z = plane @ np.array(moons.line[:2]) + moons.line[2]
    np.testing.assert_allclose(np.ravel(moons.models[0].probabilities), 1 / (1 + np.exp(-z)), atol=1e-4)
    reference = LogisticRegression(C=np.inf).fit(problem.X, problem.y)
    assert np.dot(moons.line[:2], reference.coef_[0]) > 0


def test_where_a_line_is_enough_the_sentence_says_so():
    found = deep_linear(binary_problem(toy("two_blobs"), most=2), QUICK)
    assert "boundary bends:" not in str(describe_deep_linear(found))


def test_results_survive_json(moons):
    assert msgspec.json.decode(msgspec.json.encode(moons), type=DeepLinear) == moons


def test_one_column_is_refused_and_a_stop_is_heard():
    with pytest.raises(ValueError, match="two columns"):
        deep_linear(binary_problem(toy("line")))
    with pytest.raises(Stopped):
        deep_linear(binary_problem(toy("moons")), should_stop=lambda: True)


def test_a_layer_is_its_units_side_by_side():
    rng = np.random.default_rng(0)
    assert unit_by_unit(rng.normal(size=(2, 7)), rng.normal(size=7), rng.normal(size=(100, 2))) < 1e-14


def test_no_hidden_unit_is_logistic_regression_and_more_units_bend_the_boundary():
    problem = binary_problem(toy("circles"), most=2)
    found = train_widths(problem, units=(0, 8))
    single, layer = found.widths
    reference = LogisticRegression(C=np.inf).fit(problem.X, problem.y)
    best = np.mean(np.logaddexp(0, reference.decision_function(problem.X) * (1 - 2 * problem.y)))
    assert single.cost == pytest.approx(best, abs=0.01)
    assert layer.error < 0.05 < single.error
    assert "draws one line" in str(describe_widths(found))
    assert layer_to_use(found, 2) == {"activation": "logistic", "hidden_layer_sizes": (8,)}
    assert layer.fewer.low <= layer.fewer.value == pytest.approx(single.error - layer.error)
    few = replace(found, widths=(single, replace(layer, fewer=Estimate(0.02, -0.01, 0.05))))
    assert "may be chance" in str(describe_widths(few)), "two points, but the interval holds 0"
    assert layer_to_use(found, 5) == {}, "two columns of five say nothing about the whole table"


def test_two_clouds_need_one_unit_only():
    found = train_widths(binary_problem(toy("two_blobs"), most=2), units=(0, 2))
    assert "One line is enough" in str(describe_widths(found))
    assert layer_to_use(found, 2) == {}


def test_layers_that_only_say_no_are_not_praised():
    problem = binary_problem(toy("two_blobs", 300), most=2)
    rare = replace(problem, y=(np.arange(300) < 30).astype(float), X=np.random.default_rng(0).normal(size=(300, 2)))
    found = replace(train_widths(rare, units=(0, 2)), constant_error=0.0)
    assert "no better than the baseline" in str(describe_widths(found))
    assert layer_to_use(found, 2) == {}
