import numpy as np
import pytest

from dldiag.nn import MLPClassifier, fit_stack
from dldiag.nn.regularizers import REGULARIZERS

RNG = np.random.default_rng(0)
X = RNG.standard_normal((400, 10))
Y = (X[:, 0] + 0.5 * RNG.standard_normal(400) > 0).astype(int)
BASE = {"hidden_layer_sizes": (20,), "max_iter": 150, "learning_rate_init": 0.01, "batch_size": 50, "random_state": 0}


def fitted(**settings):
    model = MLPClassifier(**BASE | {"alpha": 0.0, "record_health": True, "tol": 0.0} | settings)
    fit_stack([model], [X], [Y])
    return model


MEASURES = {
    "weights": lambda m: np.sqrt(sum(np.square(W).sum() for W in m.coefs_)),
    "many_weights": lambda m: sum((np.abs(W) > 0.01).sum() for W in m.coefs_),
    "gradient": lambda m: 0.01 * m.health_.update_ratio[0][0] if m.solver == "sgd" else 0.0,
    "epochs": lambda m: m.n_iter_,
}


@pytest.mark.parametrize("row", REGULARIZERS.values(), ids=REGULARIZERS)
def test_regularizer_does_what_it_says(row):
    for example in row.examples:
        solver = {"solver": "sgd", "momentum": 0.0} if row.weakens == "gradient" else {}
        without, with_it = fitted(**solver), fitted(**solver, **example)
        assert not np.array_equal(without.coefs_[0], with_it.coefs_[0])
        if row.weakens:
            assert MEASURES[row.weakens](with_it) < 0.7 * MEASURES[row.weakens](without)


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
