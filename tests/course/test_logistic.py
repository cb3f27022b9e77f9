"""One unit, checked against finite differences, PyTorch, scikit-learn and closed forms."""

import math
from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from dldiag.core.types import Stopped
from dldiag.course.logistic.graph import computation_graph
from dldiag.course.logistic.regression import (
    DERIVATION,
    SMALLEST_FALL,
    cost_map,
    cross_entropy,
    descend,
    describe_descent,
    forward_backward,
    loss_curve,
    map_words,
    step_to_show,
)
from dldiag.course.shared.problem import binary_problem, sigmoid
from dldiag.course.shared.toys import toy

ROWS = [([0.5, -1.2, 2.0], [0.1, 0.4, -0.3], 0.2, 1.0), ([1.0], [3.0], -1.0, 0.0), ([0.0, 0.0], [5.0, 5.0], 0.0, 1.0)]


@pytest.mark.parametrize("x, w, b, y", ROWS)
def test_backward_derivatives_match_finite_differences(x, w, b, y):
    def loss(x, w, b):
        return float(cross_entropy(np.dot(w, x) + b, y))

    row, step = forward_backward(x, w, b, y), 1e-6
    for j in range(len(x)):
        nudge = step * np.eye(len(x))[j]
        slope_w = (loss(x, np.add(w, nudge), b) - loss(x, np.subtract(w, nudge), b)) / (2 * step)
        slope_x = (loss(np.add(x, nudge), w, b) - loss(np.subtract(x, nudge), w, b)) / (2 * step)
        assert row.dw[j] == pytest.approx(slope_w, abs=1e-8)
        assert row.dx[j] == pytest.approx(slope_x, abs=1e-8)
    assert row.db == pytest.approx((loss(x, w, b + step) - loss(x, w, b - step)) / (2 * step), abs=1e-8)


@pytest.mark.parametrize("x, w, b, y", ROWS)
def test_backward_derivatives_match_pytorch(x, w, b, y):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    inputs, weights, bias = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (x, w, b))
    z = inputs @ weights + bias
    a = torch.sigmoid(z)
    for middle in (z, a):
        middle.retain_grad()
    loss = torch.nn.functional.binary_cross_entropy(a, torch.tensor(y, dtype=torch.float64))
    loss.backward()
    row = forward_backward(x, w, b, y)
    assert (row.z, row.a, row.loss) == pytest.approx((z.item(), a.item(), loss.item()))
    assert (row.dz, row.da, row.db) == pytest.approx((z.grad.item(), a.grad.item(), bias.grad.item()))
    assert row.dw == pytest.approx(weights.grad.tolist())
    assert row.dx == pytest.approx(inputs.grad.tolist())


@pytest.mark.parametrize("z", [-800.0, -40.0, 0.0, 40.0, 800.0])
def test_loss_and_sigmoid_stay_finite_far_out(z):
    assert 0 <= float(sigmoid(z)) <= 1
    assert math.isfinite(float(cross_entropy(z, 1.0)))
    assert float(cross_entropy(z, 0.0)) == pytest.approx(max(z, 0), abs=0.7)


def test_the_loss_curve_is_minus_log():
    curve = loss_curve(99)
    middle = curve.predictions.index(pytest.approx(0.5))
    assert curve.when_yes[middle] == pytest.approx(math.log(2))
    assert curve.when_no[::-1] == pytest.approx(curve.when_yes)


@pytest.mark.parametrize("d", [1, 3, 40])
def test_the_graph_carries_the_forward_values_and_adds_up(d):
    rng = np.random.default_rng(d)
    row = forward_backward(rng.normal(size=d), rng.normal(size=d), 0.3, 1.0)
    graph = computation_graph(row, most=4)
    value = {node.key: node.value for node in graph.nodes}
    into_z = [edge.start for edge in graph.edges if edge.end == "z"]
    assert sum(value[key] for key in into_z) == pytest.approx(row.z)
    assert value["L"] == pytest.approx(-math.log(value["a"]))
    assert len(graph.nodes) <= 3 * 4 + 6
    assert {edge.end for edge in graph.edges} | {edge.start for edge in graph.edges} <= set(value)


def test_each_edge_of_the_graph_carries_the_derivative_of_the_loss_by_its_start():
    x, w, b = [0.7, -0.4], [1.1, 0.6], -0.2
    graph = computation_graph(forward_backward(x, w, b, 0.0))
    edges = {(edge.start, edge.end): edge.derivative for edge in graph.edges}
    step = 1e-6
    moved = {
        ("x1", "p1"): ([0.7 + step, -0.4], w, b),
        ("w2", "p2"): (x, [1.1, 0.6 + step], b),
        ("b", "z"): (x, w, b + step),
        ("p2", "z"): (x, w, b + step),
    }
    start = forward_backward(x, w, b, 0.0).loss
    for edge, (x1, w1, b1) in moved.items():
        assert edges[edge] == pytest.approx((forward_backward(x1, w1, b1, 0.0).loss - start) / step, abs=1e-5)


def test_the_derivation_multiplies_to_its_last_line():
    row = forward_backward(*ROWS[0])
    value = [step.value(row) for step in DERIVATION]
    assert value[3] * value[4] == pytest.approx(value[5])
    assert value[5] * row.x[0] == pytest.approx(value[6])
    assert value[5] == pytest.approx(row.a - row.y)


def test_descent_starts_as_a_coin_and_ends_where_scikit_learn_ends():
    problem = binary_problem(toy("moons", 300), most=2)
    result = descend(problem, learning_rate=4.0, steps=2000)
    reference = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(problem.X, problem.y)
    assert result.steps[0].cost == pytest.approx(math.log(2))
    assert result.steps[-1].cost == pytest.approx(log_loss(problem.y, reference.predict_proba(problem.X)), abs=1e-6)
    np.testing.assert_allclose(result.steps[-1].w, reference.coef_[0], rtol=1e-3)
    assert result.steps[-1].error == pytest.approx(1 - reference.score(problem.X, problem.y))


def test_a_step_moves_against_the_gradient_by_the_learning_rate():
    result = descend(binary_problem(toy("circles")), learning_rate=0.3, steps=2, start=[1.0, 2.0, 3.0])
    before, after = result.steps[:2]
    np.testing.assert_allclose(after.w, np.subtract(before.w, np.multiply(0.3, before.dw)))
    assert after.b == pytest.approx(before.b - 0.3 * before.db)


def test_the_sentence_follows_the_run():
    problem = binary_problem(toy("moons"), most=2)
    assert "never rose" in str(describe_descent(descend(problem, learning_rate=0.5)))
    assert "overshoots" in str(describe_descent(descend(binary_problem(toy("xor")), learning_rate=30.0)))
    still = descend(problem, learning_rate=1e-6)
    assert still.steps[0].cost - still.steps[-1].cost < SMALLEST_FALL
    assert "does not show" in str(describe_descent(still))


def test_rounding_is_no_overshoot():
    """At the bottom of the valley the cost goes up and down in its last digit."""
    still = descend(binary_problem(toy("moons", 300), most=2), steps=50)
    shaken = tuple(replace(step, cost=0.25 + 1e-16 * (-1) ** at) for at, step in enumerate(still.steps))
    assert any(after.cost > before.cost for before, after in pairwise(shaken))
    assert "hardly moved" in str(describe_descent(replace(still, steps=shaken)))


def test_a_unit_that_only_says_no_is_not_praised():
    problem = binary_problem(toy("moons", 300), most=2)
    rare = replace(problem, y=(np.arange(300) < 60).astype(float), X=np.random.default_rng(0).normal(size=(300, 2)))
    found = descend(rare)
    assert found.constant_error == pytest.approx(0.2)
    assert found.steps[-1].error >= found.constant_error
    assert "no fewer than the baseline (20.0%)" in str(describe_descent(found))


def test_a_step_or_row_that_is_not_there_is_said_to_be_the_last():
    problem = binary_problem(toy("moons", 300), most=2)
    found = descend(problem, steps=5)
    assert step_to_show(problem, found, 3, 300).words is None
    beyond = step_to_show(problem, found, 9, 1000)
    assert (beyond.step, beyond.row) == (5, 300)
    assert "There are 5 steps and 300 rows" in str(beyond.words)


def test_the_map_says_what_it_holds_at_its_last_value():
    two, one = (binary_problem(toy("moons"), most=most) for most in (2, 1))
    assert "bias" in str(map_words(cost_map(two, descend(two, steps=3))))
    assert map_words(cost_map(one, descend(one, steps=3))) is None


def test_the_cost_map_holds_the_cost_along_the_path():
    problem = binary_problem(toy("moons"), most=2)
    result = descend(problem, steps=30)
    made = cost_map(problem, result, points=201)
    (u, v), last = made.path[-1], result.steps[-1]
    i, j = np.abs(np.subtract(made.second, v)).argmin(), np.abs(np.subtract(made.first, u)).argmin()
    assert made.costs[i][j] == pytest.approx(last.cost, abs=1e-4)


def test_a_stopped_descent_stops():
    with pytest.raises(Stopped):
        descend(binary_problem(toy("moons")), should_stop=lambda: True)


def test_results_are_plain_json():
    result = descend(binary_problem(toy("moons")), steps=3)
    assert msgspec.json.decode(msgspec.json.encode(result), type=type(result)) == result
