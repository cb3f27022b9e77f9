import numpy as np
import pytest

from dldiag.nn import MLPClassifier, fit_stack
from dldiag.nn.regularizers import REGULARIZERS

RNG = np.random.default_rng(0)
X = RNG.standard_normal((400, 10))
Y = (X[:, 0] + 0.5 * RNG.standard_normal(400) > 0).astype(int)
BASE = {"hidden_layer_sizes": (20,), "max_iter": 150, "learning_rate_init": 0.01, "batch_size": 50, "random_state": 0}


def fitted(**settings):
    base = BASE if settings.get("solver") != "lbfgs" else {name: BASE[name] for name in BASE if name != "batch_size"}
    model = MLPClassifier(**base | {"alpha": 0.0, "record_health": True, "tol": 0.0} | settings)
    fit_stack([model], [X], [Y])
    return model


@pytest.mark.parametrize("row", REGULARIZERS.values(), ids=REGULARIZERS)
def test_penalty_pulls_by_the_derivative_of_what_it_costs(row):
    p, strength = RNG.standard_normal((3, 7)), np.array([[0.7]] * 3) * np.array([1, 1, 1, 1, 1, 0, 0])

    def cost(at):
        pulled = np.empty_like(at)
        row.pull(at, strength, pulled)
        return row.cost(at, strength, pulled)

    pulled = np.empty_like(p)
    row.pull(p, strength, pulled)
    for column in range(7):
        step = np.zeros(7)
        step[column] = 1e-6
        assert np.allclose((cost(p + step) - cost(p - step)) / 2e-6, pulled[:, column], atol=1e-7)
    assert not pulled[:, 5:].any()  # biases have strength 0
    assert (cost(p) > 0).all()


@pytest.mark.parametrize("solver", ["adam", "adamw", "lbfgs"])
@pytest.mark.parametrize("row", REGULARIZERS.values(), ids=REGULARIZERS)
def test_penalty_makes_the_fitted_weights_smaller(row, solver):
    without, with_it = fitted(solver=solver), fitted(solver=solver, penalty=row.name, alpha=10.0)
    assert MEASURES["weights"](with_it) < 0.7 * MEASURES["weights"](without)


def test_alpha_of_the_l1_penalty_is_the_setting_l1():
    by_row, by_setting = fitted(penalty="l1", alpha=1.0), fitted(l1=1.0)
    assert all(np.array_equal(a, b) for a, b in zip(by_row.coefs_, by_setting.coefs_, strict=True))
    assert by_row.loss_curve_ == by_setting.loss_curve_


MEASURES = {
    "weights": lambda m: np.sqrt(sum(np.square(W).sum() for W in m.coefs_)),
    "many_weights": lambda m: sum((np.abs(W) > 0.01).sum() for W in m.coefs_),
    "gradient": lambda m: 0.01 * m.health_.update_ratio[0][0] if m.solver == "sgd" else 0.0,
    "epochs": lambda m: m.n_iter_,
}


@pytest.mark.parametrize(
    ("settings", "weakens"),
    [
        ({"alpha": 10.0}, "weights"),
        ({"l1": 1.0}, "many_weights"),
        ({"clip_norm": 0.01}, "gradient"),
        ({"early_stopping": True, "n_iter_no_change": 3}, "epochs"),
    ],
    ids=str,
)
def test_setting_makes_smaller_what_it_is_for(settings, weakens):
    solver = {"solver": "sgd", "momentum": 0.0} if weakens == "gradient" else {}
    without, with_it = fitted(**solver), fitted(**solver, **settings)
    assert MEASURES[weakens](with_it) < 0.7 * MEASURES[weakens](without)


def test_dropout_leaves_out_its_share_and_keeps_the_mean():
    from dldiag.nn.stack import Stack

    model = MLPClassifier((400,), dropout=0.3, batch_size=200, random_state=0)
    stack = Stack([model.begin(X, Y)], model._plan(len(X)))
    (keep,) = stack._draw_dropout(stack.space(200), stack.dropout)
    assert (keep == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert keep.mean() == pytest.approx(1.0, abs=0.01)


def test_clipped_gradients_are_never_longer_than_the_limit():
    from dldiag.nn.stack import Stack

    model = MLPClassifier((20,), clip_norm=0.01, solver="sgd", momentum=0.0, learning_rate_init=1.0, random_state=0)
    stack = Stack([model.begin(X, Y)], model._plan(len(X)))
    stack.shuffle()
    before = stack.flat.copy()
    stack.step(0, 200)
    assert np.linalg.norm(stack.flat - before) == pytest.approx(0.01, rel=1e-4)
