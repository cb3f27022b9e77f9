"""Gradients fade with depth as the slopes say, and silent units wake only where the slope is not 0."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from dldiag.core.types import Estimate
from dldiag.course.activations.dead_units import (
    DeadUnitsRun,
    DeadUnitsSettings,
    dead_units,
    describe_dead_units,
    slope_to_use,
)
from dldiag.course.activations.lessons import dead_units_outcomes
from dldiag.course.shared.instrumented import Recipe
from dldiag.course.shared.prepared import prepare_lesson
from dldiag.course.shared.signal_flow import (
    Flow,
    FlowSettings,
    activation_to_use,
    describe_flow,
    flow,
    log_band,
    ratio_through,
)
from dldiag.course.shared.toys import toy


@pytest.fixture(scope="module")
def data():
    return prepare_lesson(toy("moons", 400))


@pytest.fixture(scope="module")
def found(data):
    return flow(data, FlowSettings(functions=("logistic", "relu"), hidden_layers=5, steps=80, seeds=3))


def test_the_sigmoid_starves_the_first_layer_and_relu_does_not(found):
    sigmoid, relu = found.layers
    assert sigmoid.through.high < 0.01
    assert relu.through.low > 0.05
    assert list(np.argsort(sigmoid.start.mean)) == sorted(range(6), key=lambda i: sigmoid.start.mean[i])
    assert "with Sigmoid, 0.2 with ReLU" in str(describe_flow(found))
    assert activation_to_use(found) == {"activation": "relu"}
    there, runs = sum(sigmoid.runner.arrived), len(sigmoid.runner.arrived)
    assert there == runs or f"Sigmoid {there} of {runs}" in str(describe_flow(found))


def test_shares_by_depth_end_at_the_share_at_the_chosen_depth(found):
    for one in found.layers:
        assert one.by_depth.mean[-1] == pytest.approx(one.through.value)
        assert one.by_depth.x == (1, 2, 3, 4, 5)


def test_a_gradient_through_sigmoids_is_at_most_a_quarter_per_layer_times_the_weights(data):
    """‖dW1‖ / ‖dWL‖, per weight, of sigmoid layers against the product of ¼ and the largest singular values."""
    recipe = Recipe("logistic", "orthogonal", hidden_layers=4, units=8)
    share = ratio_through(data, recipe, seeds=3, seed=0) * np.sqrt(data.n_features)
    size = np.sqrt((data.X[:256] ** 2).sum(axis=1).mean()) / np.sqrt(8 * 0.5**2)
    assert (share < 0.25**4 * 1.0 * size * 20).all()
    assert (share > 0).all()


def test_shallow_networks_do_not_show_it_and_the_sentence_says_so(data):
    shallow = flow(data, FlowSettings(functions=("tanh", "relu"), hidden_layers=1, steps=50, seeds=3))
    assert "does not show" in str(describe_flow(shallow))
    assert activation_to_use(shallow) == {}


def test_one_activation_is_not_compared_with_itself(data):
    alone = flow(data, FlowSettings(functions=("relu",), hidden_layers=1, steps=50, seeds=3))
    assert "choose two" in str(describe_flow(alone))
    assert activation_to_use(alone) == {}


def test_the_ratio_of_gradients_does_not_depend_on_how_many_inputs_there_are(data):
    """The same column written many times (its weights as much smaller) has the same gradient in every weight."""
    many = replace(data, X=np.repeat(data.X, 8, axis=1) / np.sqrt(8))
    few, wide = (ratio_through(one, Recipe("tanh", "glorot_normal"), 20, 0).mean() for one in (data, many))
    assert few / np.sqrt(8) == pytest.approx(wide, rel=0.3)


def test_a_band_of_logarithms_has_the_geometric_mean():
    made = log_band([1], [[0.01, 1.0, 100.0]])
    assert made.mean[0] == pytest.approx(1.0)
    assert made.low[0] < 1 < made.high[0]


def test_results_survive_json(found, data):
    assert msgspec.json.decode(msgspec.json.encode(found), type=Flow) == found
    slept = dead_units(data, DeadUnitsSettings(steps=50, seeds=3))
    assert msgspec.json.decode(msgspec.json.encode(slept), type=DeadUnitsRun) == slept


def test_leaky_units_wake_and_the_network_learns(data):
    slept = dead_units(data, DeadUnitsSettings())
    assert slept.leaky.recovered > slept.plain.recovered
    assert slept.loss_change.high < 0
    assert "recovered" in str(describe_dead_units(slept))
    assert slope_to_use(slept) == {"activation": "leaky_relu"}


def test_where_nobody_sleeps_the_sentence_says_so(data):
    awake = dead_units(data, DeadUnitsSettings(start_bias=0.0, learning_rate=0.01, steps=50, seeds=3))
    assert "none could recover" in str(describe_dead_units(awake))
    assert slope_to_use(awake) == slope_to_use(replace(awake, loss_change=Estimate(-1, -2, -0.5))) == {}


def test_a_leaky_slope_that_did_not_surely_pay_is_not_recommended(data):
    slept = dead_units(data, DeadUnitsSettings(steps=50, seeds=3))
    assert slope_to_use(replace(slept, loss_change=Estimate(-0.1, -0.3, 0.1))) == {}
    assert slope_to_use(replace(slept, loss_change=Estimate(-0.005, -0.007, -0.003))) == {}, "sure, but next to nothing"
    tiny = replace(slept, loss_change=Estimate(-0.001, -0.002, -0.0005))
    assert dead_units_outcomes(tiny).claims[0].verdict == "not_shown"
    assert "no difference that matters" in str(describe_dead_units(tiny))
