from operator import attrgetter

import numpy as np
import pytest

from dldiag.nn.activations import ACTIVATIONS
from dldiag.nn.initializers import INITIALIZERS
from dldiag.nn.losses import LOSSES
from dldiag.nn.optimizers import OPTIMIZERS, Rates
from dldiag.nn.schedules import SCHEDULES, RunProgress

H = 1e-6
Z = np.linspace(-4.03, 4.01, 200)  # not through 0, where rectifiers have a corner

activations = pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=ACTIVATIONS)
losses = pytest.mark.parametrize("row", LOSSES.values(), ids=LOSSES)


def closeness(ours, theirs):
    return np.linalg.norm(ours - theirs) / max(np.linalg.norm(theirs), 1e-12)


# --- activations ---


@activations
def test_activation_gives_its_examples(row):
    for z, expected in row.examples:
        assert row.value(z) == pytest.approx(expected, abs=1e-12)


@activations
@pytest.mark.parametrize("slope", [None, 0.3])
def test_activation_derivative_matches_finite_differences(row, slope):
    difference = (row.value(Z + H, slope) - row.value(Z - H, slope)) / (2 * H)
    assert closeness(row.derivative(Z, slope), difference) < 1e-6


@activations
def test_activation_may_write_over_its_input_unless_it_keeps_it(row):
    z = Z.reshape(2, 4, 25).copy()
    delta, again = np.ones_like(z), z.copy()
    row.forward(again, again, 0.3)
    if not row.keeps_input:
        assert np.array_equal(again, row.value(z, 0.3))
        row.backward(delta, again, again, np.empty_like(z), 0.3)
        assert np.array_equal(delta, row.derivative(z, 0.3))


@activations
def test_activation_survives_the_largest_numbers_in_both_precisions(row):
    for dtype in (np.float32, np.float64):
        z = np.array([-1e30, -100, 0, 100, 1e30], dtype)
        a, delta = np.empty_like(z), np.ones_like(z)
        with np.errstate(all="ignore"):
            row.forward(z, a, dtype(0.1))
            row.backward(delta, z, a, np.empty_like(z), dtype(0.1))
        assert a.dtype == delta.dtype == dtype
        assert np.isfinite(a).all()
        assert np.isfinite(delta).all()


def pytorch(path, below=""):
    """What PyTorch has under a name; skips where PyTorch is not installed or the row names nothing there."""
    torch = pytest.importorskip("torch")
    if not path:
        pytest.skip("nothing in PyTorch is the same")
    return torch, attrgetter(f"{below}.{path}".strip("."))(torch)


@activations
def test_activation_agrees_with_pytorch(row):
    torch, theirs = pytorch(row.torch)
    z = torch.tensor(Z, requires_grad=True)
    a = theirs(z)
    a.sum().backward()
    assert closeness(row.value(Z), a.detach().numpy()) < 1e-9
    assert closeness(row.derivative(Z), z.grad.numpy()) < 1e-9


def test_relu_has_derivative_zero_at_zero():
    assert ACTIVATIONS["relu"].derivative(np.array([0.0])) == 0


# --- losses ---


def some_outputs(row, seed=0, n_rows=40):
    rng = np.random.default_rng(seed)
    n_out = 4
    z = 3 * rng.standard_normal((n_out, n_rows))
    if row.indexed:
        return z, rng.integers(0, n_out, n_rows)
    if row.name == "poisson":
        return z, rng.poisson(2.0, z.shape).astype(float)
    return z, (rng.random(z.shape) < 0.5).astype(float) if row.name.startswith("binary") else rng.standard_normal(
        z.shape
    )


@losses
def test_loss_gradient_matches_finite_differences(row):
    z, y = some_outputs(row)
    gradient, difference = row.gradient(z, y), np.empty_like(z)
    for k in range(len(z)):
        step = np.zeros_like(z)
        step[k] = H
        difference[k] = (row.value(z + step, y) - row.value(z - step, y)) / (2 * H)
    assert closeness(gradient, difference) < 1e-6


@losses
def test_loss_agrees_with_pytorch_up_to_a_constant(row):
    torch, theirs = pytorch(row.torch, "nn.functional")
    z, y = some_outputs(row)

    def value(outputs):
        by_unit = theirs(outputs.T if row.indexed else outputs, torch.tensor(y), reduction="none")
        return row.torch_factor * (by_unit if row.indexed else by_unit.sum(0))

    z_torch = torch.tensor(z, requires_grad=True)
    loss, at_zero = value(z_torch), value(torch.zeros_like(z_torch)).numpy()
    loss.sum().backward()
    assert closeness(row.value(z, y) - row.value(np.zeros_like(z), y), loss.detach().numpy() - at_zero) < 1e-9
    assert closeness(row.gradient(z, y), z_torch.grad.numpy()) < 1e-9


@losses
def test_loss_of_hopeless_outputs_is_large_and_not_infinite(row):
    z, y = some_outputs(row)
    value = row.value(1e4 * z, y)
    assert np.isfinite(value).all()
    assert value.max() > 1e3


def test_cross_entropy_of_equal_outputs_is_the_logarithm_of_the_number_of_classes():
    assert LOSSES["softmax_cross_entropy"].value(np.zeros((5, 3)), [0, 1, 4]) == pytest.approx(np.log(5))


@losses
def test_floor_is_the_loss_of_the_best_constant_answer(row):
    _, y = some_outputs(row, n_rows=4001)
    targets = y if row.indexed else y.T
    if row.indexed:
        constant = np.log(np.bincount(y) / len(y))
    elif row.name.startswith("binary"):
        share = targets.mean(axis=0)
        constant = np.log(share / (1 - share))
    else:
        constant = np.median(targets, axis=0) if row.name == "huber" else targets.mean(axis=0)
        constant = np.log(constant) if row.name == "poisson" else constant
    z = np.repeat(constant[:, None], len(targets), axis=1)
    assert row.floor(targets) == pytest.approx(row.value(z, y).mean(), rel=1e-6)


@losses
def test_errors_count_wrong_classes_or_square_residuals(row):
    z, y = some_outputs(row)
    delta, losses = row.gradient(z, y)[None], row.value(z, y)[None]
    if row.indexed:
        expected = z.argmax(axis=0) != y
    elif row.squares:
        expected = np.square((np.exp(z) if row.name == "poisson" else z) - y).sum(axis=0)
        if row.name == "huber":  # known only for a single output
            delta, losses = row.gradient(z[:1], y[:1])[None], row.value(z[:1], y[:1])[None]
            expected = np.square(z[0] - y[0])
    else:
        expected = ((z > 0) != (y > 0.5)).any(axis=0)
    assert np.allclose(row.errors(delta, losses)[0], expected)


# --- initializers ---


@pytest.mark.parametrize("row", INITIALIZERS.values(), ids=INITIALIZERS)
def test_initializer_draws_the_spread_it_states_and_the_same_for_the_same_seed(row):
    def draw(scale=1.0):
        return row.draw(np.random.RandomState(3), 300, 200, scale, ACTIVATIONS["relu"])

    W, b = draw()
    assert W.shape == (300, 200)
    assert b.shape == (200,)
    assert np.array_equal(W, draw()[0])
    assert np.allclose(2 * W, draw(2.0)[0])
    if row.deviation is not None:
        assert W.std() == pytest.approx(row.deviation(300, 200), rel=0.02)
        assert abs(W.mean()) < 0.02 * W.std()
        assert not b.any()


@pytest.mark.parametrize("row", INITIALIZERS.values(), ids=INITIALIZERS)
def test_initializer_draws_from_the_distribution_of_pytorchs(row):
    torch, theirs = pytorch(row.torch, "nn.init")
    torch.manual_seed(0)
    W = row.draw(np.random.RandomState(3), 300, 200, 1.0, ACTIVATIONS["relu"])[0].T
    other = theirs(torch.empty(200, 300), **row.torch_settings).numpy()
    shares = [0.0, 0.01, 0.25, 0.5, 0.75, 0.99]
    spread = max(other.std(), 1e-12)
    assert np.abs(np.quantile(W, shares[1:]) - np.quantile(other, shares[1:])).max() <= 0.03 * spread + 1e-7


@pytest.mark.parametrize("shape", [(30, 20), (20, 30)])
def test_orthogonal_initialization_is_orthogonal(shape):
    W, _ = INITIALIZERS["orthogonal"].draw(np.random.RandomState(0), *shape, 1.0, ACTIVATIONS["tanh"])
    product = W.T @ W if shape[0] >= shape[1] else W @ W.T
    assert np.allclose(product, np.eye(20))


# --- optimizers ---


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_two_hundred_steps_agree_with_pytorch(name):
    torch, theirs_of = pytorch(OPTIMIZERS[name].torch, "optim")
    rng = np.random.default_rng(0)
    start = rng.standard_normal(30)
    gradients = rng.standard_normal((200, 30)) * np.logspace(-6, 0, 30)
    theirs = torch.tensor(start, requires_grad=True)
    decay = {"weight_decay": 0.1} if OPTIMIZERS[name].decouples_decay else {}
    optimizer = theirs_of([theirs], lr=0.01, **OPTIMIZERS[name].torch_settings, **decay)
    row, ours = OPTIMIZERS[name], start[None].copy()
    state = [np.zeros_like(ours) for _ in range(row.slots)]
    rates = Rates(np.array([[0.01]]), decay=np.full_like(ours, 0.1) if row.decouples_decay else 0.0)
    for t, gradient in enumerate(gradients, start=1):
        theirs.grad = torch.tensor(gradient)
        optimizer.step()
        row.update(ours, gradient[None].copy(), state, rates, t, np.empty_like(ours))
    assert np.abs(ours[0] - theirs.detach().numpy()).max() < 1e-5 * np.abs(ours[0] - start).max()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_finds_the_lowest_point_of_a_parabola(name):
    row, p = OPTIMIZERS[name], np.array([[3.0, -2.0]])
    state = [np.zeros_like(p) for _ in range(row.slots)]
    for t in range(1, 2001):
        row.update(p, p * [1.0, 4.0], state, Rates(np.array([[0.01]])), t, np.empty_like(p))
    assert np.abs(p).max() < 0.02


# --- schedules ---


@pytest.mark.parametrize("row", SCHEDULES.values(), ids=SCHEDULES)
def test_schedule_never_raises_the_rate(row):
    factors = [row.factor(RunProgress(epoch, 100, 50 * epoch, plateaus=epoch // 30)) for epoch in range(101)]
    assert factors[0] == pytest.approx(1.0)
    assert np.all(np.diff(factors) <= 0)
    assert factors[-1] >= 0


def test_schedules_follow_their_formulas():
    assert SCHEDULES["invscaling"].factor(RunProgress(3, 10, 99, power_t=0.5)) == pytest.approx(0.1)
    assert SCHEDULES["adaptive"].factor(RunProgress(3, 10, 99, plateaus=2)) == pytest.approx(1 / 25)
    assert SCHEDULES["cosine"].factor(RunProgress(5, 10, 0)) == pytest.approx(0.5)
    assert SCHEDULES["step"].factor(RunProgress(4, 10, 0)) == pytest.approx(0.25)


@pytest.mark.parametrize("row", SCHEDULES.values(), ids=SCHEDULES)
def test_schedule_agrees_with_pytorch(row):
    torch, theirs = pytorch(row.torch, "optim.lr_scheduler")
    epochs = 20
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    schedule = theirs(optimizer, **row.torch_settings(epochs))
    for epoch in range(epochs):
        assert row.factor(RunProgress(epoch, epochs, 10 * epoch)) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("table", [ACTIVATIONS, LOSSES, OPTIMIZERS, INITIALIZERS, SCHEDULES])
def test_most_rows_of_every_table_name_their_counterpart_in_pytorch(table):
    named = [row for row in table.values() if row.torch]
    assert len(named) >= len(table) - 2
