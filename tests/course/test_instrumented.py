"""What is watched while networks train is true: loss and gradients against PyTorch, shares against closed forms."""

import numpy as np
import pytest

from dldiag.core.types import Stopped
from dldiag.course.activations.dead_units import DeadUnitsSettings
from dldiag.course.shared.instrumented import (
    Recipe,
    bin_edges,
    distance_between_units,
    moments_of,
    record_run,
    record_runs,
    recovered_share,
)
from dldiag.course.shared.prepared import MEASURED_ROWS, Prepared, prepare_lesson, without_test_rows
from dldiag.course.shared.snapshots import layer_outputs, train_recorded
from dldiag.course.shared.toys import TOYS, toy
from dldiag.data.split import make_split

LOSSES = {"moons": "binary_cross_entropy", "blobs": "softmax_cross_entropy", "wave": "squared_error"}
TINY = Recipe(activation="tanh", init="glorot_normal", hidden_layers=2, units=5, batch_size=32, rates=(0.05,))
SHORT = DeadUnitsSettings(seeds=1, steps=5)


def torch_losses(torch, data, layers, activation):
    """Return the loss and each layer's gradient norm of plain layers, by automatic differentiation."""
    weights = [
        (torch.tensor(W, dtype=torch.float64, requires_grad=True), torch.tensor(b, dtype=torch.float64))
        for W, b in layers
    ]
    a = torch.tensor(data.X, dtype=torch.float64)
    for number, (W, b) in enumerate(weights):
        a = a @ W + b
        if number < len(weights) - 1:
            a = getattr(torch, activation)(a)
    y = torch.tensor(data.y)
    functional = torch.nn.functional
    loss = {
        "binary_cross_entropy": lambda: functional.binary_cross_entropy_with_logits(a[:, 0], y.double()),
        "softmax_cross_entropy": lambda: functional.cross_entropy(a, y.long()),
        "squared_error": lambda: 0.5 * functional.mse_loss(a[:, 0], y.double()),
    }[data.loss]()
    loss.backward()
    return loss.item(), [W.grad.norm().item() for W, _ in weights]


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_loss_and_gradients_are_pytorchs(name, activation):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    data = prepare_lesson(toy(name, 200))
    assert data.loss == LOSSES[name]
    recipe = Recipe(activation=activation, hidden_layers=2, units=5, batch_size=32, rates=(0.05,))
    found = record_run(data, recipe, seeds=1, steps=20, checkpoints=4)
    (layers,) = train_recorded(data, recipe, np.arange(data.n_rows)[None], steps=20)
    loss, gradients = torch_losses(torch, data, layers, activation)
    assert found.loss[-1][0] == pytest.approx(loss, rel=1e-4)
    assert found.gradients[-1][0] == pytest.approx(gradients, rel=1e-3)


def test_sgd_with_momentum_takes_pytorchs_steps():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    data = prepare_lesson(toy("moons", 64))
    recipe = Recipe(activation="tanh", init="glorot_normal", hidden_layers=1, units=4, batch_size=64, rates=(0.1,))
    rows = np.arange(64)[None]
    ((W1, b1), (W2, b2)) = train_recorded(data, recipe, rows, steps=0)[0]
    model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)).double()
    for layer, (W, b) in ((model[0], (W1, b1)), (model[2], (W2, b2))):
        layer.weight.data, layer.bias.data = torch.tensor(W.T).double(), torch.tensor(b).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    X, y = torch.tensor(data.X).double(), torch.tensor(data.y).double()
    for _ in range(15):
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(model(X)[:, 0], y).backward()
        optimizer.step()
    ours = layer_outputs(train_recorded(data, recipe, rows, steps=15)[0], data.X, "tanh")
    np.testing.assert_allclose(ours[:, 0], model(X)[:, 0].detach().numpy(), atol=2e-5)


def test_a_member_does_not_depend_on_the_others():
    data = prepare_lesson(toy("moons", 200))
    alone = record_run(data, TINY, seeds=1, steps=30)
    among = record_run(data, Recipe(**{**vars(TINY), "rates": (0.05, 0.2)}), seeds=3, steps=30)
    np.testing.assert_allclose([row[0] for row in among.loss], [row[0] for row in alone.loss], rtol=1e-5)
    assert among.of_rate(0).recipe.rates == (0.05,)
    assert among.of_rate(1).loss[-1] == among.loss[-1][3:]


def test_the_same_seed_gives_the_same_run():
    data = prepare_lesson(toy("blobs", 200))
    first, second = (record_run(data, TINY, seeds=2, steps=10) for _ in range(2))
    assert first.loss == second.loss
    assert record_run(data, TINY, seeds=2, steps=10, seed=5).loss != first.loss


def test_histograms_hold_all_activations_and_those_of_tanh_lie_within_one():
    found = record_run(prepare_lesson(toy("moons", 200)), TINY, seeds=1, steps=5)
    shares = np.array(found.histograms)
    np.testing.assert_allclose(shares.sum(axis=2), 1)
    outside = np.array(found.bins[1:]) < -1
    assert shares[:, :, outside].sum() == 0
    assert found.bins == tuple(bin_edges())


def test_saturation_of_large_random_weights_is_the_share_of_the_normal_distribution():
    from scipy.stats import norm

    data = Prepared(np.ones((400, 1), np.float32), np.zeros(400, np.float32), 1, "binary_cross_entropy")
    recipe = Recipe(activation="tanh", init="large_random", hidden_layers=1, units=2000)
    found = record_run(data, recipe, seeds=1, steps=0)
    assert found.saturated[0][0][0] == pytest.approx(2 * norm.sf(3 / 10), abs=0.03)  # z ~ N(0, 10²), |z| > 3


def test_distance_between_units_is_the_closed_form():
    block = np.array([[[3.0, 4.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]])
    np.testing.assert_allclose(distance_between_units(block), [5 / 2.5, 0, 0])


def test_units_that_wake_are_counted():
    dead = np.zeros((3, 2, 1, 4), bool)
    dead[0, 0, 0, :2] = dead[1, 0, 0, :2] = dead[2, 0, 0, 0] = True
    np.testing.assert_allclose(recovered_share(dead), [0.5, np.nan])


def test_a_biased_relu_layer_is_silent_as_computed_by_hand():
    data = prepare_lesson(toy("moons", 200))
    recipe = Recipe(start_bias=-4.0, hidden_layers=1, units=16)
    found = record_run(data, recipe, seeds=1, steps=0)
    ((W, b), _) = train_recorded(data, recipe, np.arange(data.n_rows)[None], steps=0)[0]
    by_hand = ((data.X @ W + b) <= 0).all(axis=0).mean()
    assert found.dead_share[0][0][0] == pytest.approx(by_hand)
    assert by_hand > 0


def test_checkpoints_begin_at_0_and_end_at_the_last_step():
    assert moments_of(7, 100) == list(range(8))
    assert moments_of(300, 40)[0] == 0
    assert moments_of(300, 40)[-1] == 300


def test_a_stopped_run_stops_and_progress_reaches_the_end():
    data, seen = prepare_lesson(toy("moons", 100)), []
    with pytest.raises(Stopped):
        record_runs(data, [TINY], SHORT, should_stop=lambda: True)
    record_runs(data, [TINY, TINY], SHORT, on_progress=seen.append)
    assert [one.done for one in seen] == list(range(12))
    assert seen[-1].total == 12


@pytest.mark.parametrize("name", TOYS)
def test_the_baseline_is_the_loss_of_the_best_constant(name):
    data = prepare_lesson(toy(name, 300))
    zeros = Recipe(init="zeros", hidden_layers=0, rates=(0.5,), batch_size=1000)
    bias_only = Prepared(data.X * 0, data.y, data.n_outputs, data.loss)
    found = record_run(bias_only, zeros, seeds=1, steps=200)
    assert found.loss[-1][0] == pytest.approx(data.baseline, rel=0.03)


def test_sealed_test_rows_stay_out():
    made = toy("blobs", 500)
    left = without_test_rows(made, seed=0)
    sealed = make_split(made, 1, 0).test_rows
    kept = {tuple(row) for row in left.X.to_numpy()}
    assert left.n_rows == 500 - len(sealed)
    assert not kept & {tuple(row) for row in made.X.to_numpy()[sealed]}


@pytest.mark.parametrize("name", ["moons", "blobs", "wave"])
def test_the_constant_guess_is_judged_on_the_rows_that_are_watched(name):
    """No constant gets below the baseline on the watched rows, and the best one reaches it."""
    data = prepare_lesson(toy(name, 1000))
    bias_only = Prepared(data.X[:MEASURED_ROWS] * 0, data.y[:MEASURED_ROWS], data.n_outputs, data.loss)
    recipe = Recipe(hidden_layers=0, init="zeros", rates=(0.1,), batch_size=MEASURED_ROWS)
    lowest = np.min(record_run(bias_only, recipe, seeds=1, steps=300).loss)
    assert lowest == pytest.approx(data.baseline, abs=1e-4)
    assert lowest >= data.baseline - 1e-6
