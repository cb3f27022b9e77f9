"""The two estimators beside scikit-learn's, and on data nobody hopes for."""

import inspect
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier as TheirClassifier, MLPRegressor as TheirRegressor

from dldiag.core.params import SettingError, check
from dldiag.nn import CLASSIFIER_PARAMS, MLP_PARAMS, REGRESSOR_PARAMS, MLPClassifier, MLPRegressor, fit_stack
from docs.catalog import translations

DIGITS = load_digits(return_X_y=True)
DIGITS = DIGITS[0] / 16, DIGITS[1]
DIABETES = load_diabetes(return_X_y=True)
DIABETES = DIABETES[0] * 20, (DIABETES[1] - 150) / 77

not_converged = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


# --- the same as scikit-learn ---


@pytest.mark.parametrize(("ours", "theirs"), [(MLPClassifier, TheirClassifier), (MLPRegressor, TheirRegressor)])
def test_every_parameter_of_scikit_learn_exists_with_its_default_and_order(ours, theirs):
    own = inspect.signature(ours).parameters
    for name, parameter in inspect.signature(theirs).parameters.items():
        assert own[name].default == parameter.default
        assert own[name].kind == parameter.kind
    positional = [name for name, p in own.items() if p.kind == p.POSITIONAL_OR_KEYWORD]
    assert positional == [
        name for name, p in inspect.signature(theirs).parameters.items() if p.kind == p.POSITIONAL_OR_KEYWORD
    ]


@not_converged
@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "sgd", "learning_rate_init": 0.1},
        {"solver": "sgd", "activation": "logistic", "momentum": 0.5, "nesterovs_momentum": False, "alpha": 1.0},
        {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.5, "activation": "tanh"},
        {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.05, "n_iter_no_change": 1, "max_iter": 25},
        {"solver": "sgd", "early_stopping": True, "n_iter_no_change": 2, "learning_rate_init": 0.2},
        {"solver": "sgd", "shuffle": False, "batch_size": 33, "hidden_layer_sizes": (20, 10)},
        {"solver": "adam", "epsilon": 1e-13, "alpha": 0.0, "max_iter": 3},
        {"solver": "lbfgs", "max_iter": 20},
    ],
    ids=str,
)
def test_same_seed_gives_the_weights_of_scikit_learn(settings):
    settings = {"max_iter": 12, "random_state": 3} | settings
    ours = MLPClassifier(dtype="float64", **settings).fit(*DIGITS)
    theirs = TheirClassifier(**settings).fit(*DIGITS)
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.loss_ == pytest.approx(theirs.loss_, rel=1e-6)
    for a, b in zip(ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True):
        assert np.allclose(a, b, atol=1e-6)
    assert np.allclose(ours.predict_proba(DIGITS[0]), theirs.predict_proba(DIGITS[0]), atol=1e-5)


@not_converged
@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "sgd"},
        {"solver": "lbfgs", "max_iter": 50},
        {"loss": "poisson"},
        {"loss": "poisson", "solver": "lbfgs", "max_iter": 50},
    ],
    ids=str,
)
def test_regression_gives_the_weights_of_scikit_learn(settings):
    settings = {"max_iter": 30, "random_state": 3, "hidden_layer_sizes": (10,), "early_stopping": False} | settings
    X, y = DIABETES
    y = y - y.min() if settings.get("loss") == "poisson" else y
    ours = MLPRegressor(dtype="float64", **settings).fit(X, y)
    theirs = TheirRegressor(**settings).fit(X, y)
    assert np.allclose(ours.predict(X), theirs.predict(X), atol=1e-5)


@not_converged
def test_partial_fit_and_warm_start_go_on_as_scikit_learn_does():
    X, y = DIGITS
    ours, theirs = (m(solver="sgd", random_state=0) for m in (MLPClassifier, TheirClassifier))
    ours.set_params(dtype="float64")
    for start in (0, 600, 1200, 0):
        for model in (ours, theirs):
            model.partial_fit(X[start : start + 600], y[start : start + 600], classes=range(10))
    assert np.allclose(ours.coefs_[0], theirs.coefs_[0], atol=1e-10)
    for model in (ours, theirs):
        model.set_params(warm_start=True, max_iter=3).fit(X, y).fit(X, y)
    assert np.allclose(ours.coefs_[0], theirs.coefs_[0], atol=1e-10)


@not_converged
def test_numbers_of_32_bits_cost_no_accuracy():
    scores = []
    for dtype in ("float32", "float64"):
        scores.append(
            [
                MLPClassifier((30,), max_iter=15, random_state=s, dtype=dtype).fit(*DIGITS).score(*DIGITS)
                for s in range(5)
            ]
        )
    assert abs(np.mean(scores[0]) - np.mean(scores[1])) < 0.005


# --- a good citizen ---


@not_converged
def test_labels_may_be_texts_and_columns_have_names():
    X, y = pd.DataFrame(DIGITS[0]).add_prefix("pixel "), np.array(list("abcdefghij"))[DIGITS[1]]
    model = MLPClassifier(max_iter=20, random_state=0).fit(X, y)
    assert model.feature_names_in_.tolist() == X.columns.tolist()
    assert set(model.predict(X)) <= set("abcdefghij")
    assert model.score(X, y) > 0.9
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))


@not_converged
@pytest.mark.parametrize("settings", [{}, {"batch_norm": True}])
def test_partial_fit_goes_on_after_pickling(settings):
    X, y = DIGITS
    model = MLPClassifier(random_state=0, **settings).partial_fit(X, y, classes=range(10))
    copy = pickle.loads(pickle.dumps(model))
    assert np.array_equal(model.partial_fit(X, y).coefs_[0], copy.partial_fit(X, y).coefs_[0])


@not_converged
def test_several_labels_and_several_numbers_at_once():
    X, y = DIGITS
    labels = np.stack([y % 2, y > 4], axis=1).astype(int)
    model = MLPClassifier(max_iter=30, random_state=0).fit(X, labels)
    assert model.score(X, labels) > 0.85
    numbers = MLPRegressor(max_iter=30, random_state=0).fit(X, labels)
    assert numbers.predict(X).shape == labels.shape


@not_converged
def test_class_weights_are_sample_weights():
    X, y = DIGITS[0][:400], (DIGITS[1][:400] == 3).astype(int)
    balanced = MLPClassifier((5,), max_iter=10, random_state=0, class_weight="balanced").fit(X, y)
    by_hand = MLPClassifier((5,), max_iter=10, random_state=0).fit(
        X, y, np.where(y, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    )
    assert np.allclose(balanced.coefs_[0], by_hand.coefs_[0])


@not_converged
def test_early_stopping_returns_the_weights_of_the_best_epoch():
    model = MLPClassifier(
        early_stopping=True, max_iter=60, random_state=0, learning_rate_init=0.05, n_iter_no_change=20
    )
    model.fit(*DIGITS)
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert model.best_loss_ is None
    again = clone(model).set_params(max_iter=int(np.argmax(model.validation_scores_)) + 1).fit(*DIGITS)
    assert np.array_equal(again.coefs_[0], model.coefs_[0])


@not_converged
def test_batch_normalization_is_folded_into_the_weights():
    model = MLPClassifier((20,), batch_norm=True, max_iter=20, random_state=0).fit(*DIGITS)
    assert [W.shape for W in model.coefs_] == [(64, 20), (20, 10)]
    assert model.score(*DIGITS) > 0.9


@not_converged
def test_verbose_prints_a_line_per_epoch(capsys):
    MLPClassifier(verbose=True, max_iter=3).fit(*DIGITS)
    assert capsys.readouterr().out.count("Iteration") == 3


# --- settings ---


@pytest.mark.parametrize("model", [MLPClassifier(), MLPRegressor()])
def test_every_param_has_the_default_of_the_constructor(model):
    params = MLP_PARAMS | (CLASSIFIER_PARAMS if isinstance(model, MLPClassifier) else REGRESSOR_PARAMS)
    for name, param in params.items():
        default = model.get_params()[name]
        assert param.default == (None if default == "auto" and param.optional else default)
        check(name, param, default)
    assert set(model.get_params()) - set(params) == {
        "random_state",
        "verbose",
        "warm_start",
        "record_health",
        "validation_score",
    }


def test_every_text_of_a_param_is_translated():
    chinese = translations("zh")
    for param in (MLP_PARAMS | CLASSIFIER_PARAMS | REGRESSOR_PARAMS).values():
        texts = [param.label, param.help, *(param.choices or {}).values(), *([param.unit] if param.unit else [])]
        assert not [text for text in texts if text not in chinese]


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden_layer_sizes": (0,)},
        {"activation": "relax"},
        {"solver": "bfgs"},
        {"alpha": -1},
        {"dropout": 1.0},
        {"batch_size": 0},
        {"solver": "lbfgs", "dropout": 0.5},
        {"learning_rate_init": 0.0},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_used_is_named(settings):
    with pytest.raises(SettingError, match=next(reversed(settings))):
        MLPClassifier(**settings).fit(*DIGITS)


# --- data nobody hopes for ---


def hostile(name):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((300, 4)), rng.integers(0, 3, 300)
    return {
        "diverging": (X, y, {"learning_rate_init": 1e6, "solver": "sgd"}),
        "huge inputs": (X * 1e30, y, {}),
        "beyond 32 bits": (X * 1e300, y, {}),
        "zero columns": (X * [0, 0, 0, 0], y, {}),
        "one-row batches": (X, y, {"batch_size": 1, "batch_norm": True}),
        "a last batch of one row": (X[:201], y[:201], {"batch_size": 100, "batch_norm": True}),
        "a thousand classes": (np.vstack([X] * 8), np.arange(2400) % 1000, {}),
        "one class": (X, np.zeros(300, int), {}),
        "more units than rows": (X[:10], y[:10], {"hidden_layer_sizes": (500,)}),
        "tiny rate": (X, y, {"learning_rate_init": 1e-12}),
        "all weights zero": (X, y, {"init": "zeros"}),
        "large weights": (X, y, {"init": "large_random", "hidden_layer_sizes": (50, 50, 50)}),
    }[name]


HOSTILE = [
    "diverging",
    "huge inputs",
    "beyond 32 bits",
    "zero columns",
    "one-row batches",
    "a last batch of one row",
    "a thousand classes",
    "one class",
    "more units than rows",
    "tiny rate",
    "all weights zero",
    "large weights",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
def test_hostile_data_gives_one_warning_at_most_and_an_answer(name, activation):
    X, y, settings = hostile(name)
    settings = {"max_iter": 4, "random_state": 0, "hidden_layer_sizes": (10,), "activation": activation} | settings
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = MLPClassifier(**settings).fit(X, y)
        predicted = model.predict(X)
    assert [w.category for w in caught] in ([], [ConvergenceWarning])
    assert set(predicted) <= set(y)
    assert all(np.isfinite(W).all() for W in model.coefs_)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit_stack([MLPClassifier(**settings)] * 1, [X], [y], dev=[(X, y)])


def test_divergence_is_said_in_the_warning_and_on_the_model():
    X, y, settings = hostile("diverging")
    with pytest.warns(ConvergenceWarning, match="diverged in epoch"):
        model = MLPRegressor(record_health=True, **settings).fit(X, y)
    assert model.stopped_by_ == "divergence"
    assert model.health_.diverged
    assert not model.health_.finite
    assert np.isfinite(model.predict(X)).all()


@not_converged
@pytest.mark.parametrize("loss", ["squared_error", "huber", "poisson"])
def test_a_constant_target_is_learned(loss):
    X = np.random.default_rng(0).standard_normal((200, 3))
    model = MLPRegressor(loss, record_health=True, learning_rate_init=0.01, random_state=0).fit(X, np.full(200, 2.0))
    assert np.abs(model.predict(X) - 2).max() < 0.3
    assert np.isfinite(model.health_.train_error).all()


def test_counts_are_learned_with_a_log_link_and_negative_ones_are_refused():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((2000, 2))
    y = rng.poisson(np.exp(0.5 * X[:, 0] - 0.3))
    model = MLPRegressor("poisson", (), max_iter=60, random_state=0, learning_rate_init=0.01).fit(X, y)
    assert (model.predict(X) > 0).all()
    assert np.corrcoef(np.log(model.predict(X)), X[:, 0])[0, 1] > 0.99
    with pytest.raises(ValueError, match="negative"):
        MLPRegressor("poisson").fit(X, y - 1)


# --- going on: as scikit-learn does, or a plain sentence ---


@pytest.mark.parametrize("sizes", [(10.5,), "100", ("64", "32"), 7.0, (True,), None, [[3]]], ids=str)
def test_hidden_layers_that_are_no_whole_numbers_are_refused_in_a_sentence(sizes):
    with pytest.raises(
        SettingError, match=r"hidden_layer_sizes = .* must be a whole number, or a list of whole numbers"
    ):
        MLPClassifier(sizes).fit([[0.0], [1.0]], [0, 1])


def test_hidden_layers_may_be_numpys_whole_numbers():
    assert MLPClassifier(np.array([8, 4])).hidden_layers() == (8, 4)
    assert MLPClassifier(np.int64(8)).hidden_layers() == (8,)


@pytest.mark.parametrize("cls", [MLPClassifier, TheirClassifier])
def test_a_second_partial_fit_with_other_classes_is_refused_as_by_scikit_learn(cls):
    X = np.random.default_rng(0).standard_normal((20, 3))
    model = cls((4,)).partial_fit(X, [0, 1] * 10, classes=[0, 1])
    model.partial_fit(X, [0, 1] * 10, classes=[1, 0])
    with pytest.raises(
        ValueError, match=r"`classes=\[0, 1, 2\]` is not the same as on last call to partial_fit, was: "
    ):
        model.partial_fit(X, [0, 1] * 10, classes=[0, 1, 2])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "change", [{"hidden_layer_sizes": (5,)}, {"hidden_layer_sizes": (4, 4)}, {"batch_norm": True}], ids=str
)
def test_warm_start_with_a_network_of_another_shape_is_refused_in_a_sentence(change):
    X, y = np.random.default_rng(0).standard_normal((20, 3)), [0, 1] * 10
    model = MLPClassifier((4,), warm_start=True, max_iter=2).fit(X, y)
    with pytest.raises(
        ValueError, match=r"the network that was fitted before: 3 inputs, hidden layers \(4,\), 1 outputs, not"
    ):
        model.set_params(**change).fit(X, y)
    assert (
        model.set_params(warm_start=False).fit(X, y).coefs_[0].shape[1] == (change.get("hidden_layer_sizes") or (4,))[0]
    )


def test_warm_start_with_another_number_of_targets_is_refused_in_a_sentence():
    X = np.random.default_rng(0).standard_normal((20, 3))
    model = MLPRegressor(hidden_layer_sizes=(4,), solver="lbfgs", warm_start=True).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="1 outputs, not 3 inputs, hidden layers"):
        model.fit(X, X[:, :2])


@pytest.mark.parametrize("other", ["sgd", "rmsprop", "adamw"])
def test_another_solver_goes_on_with_the_weights_and_begins_its_own_state(other):
    X, y = np.random.default_rng(0).standard_normal((20, 3)), [0, 1] * 10
    model = MLPClassifier((4,), random_state=0).partial_fit(X, y, classes=[0, 1])
    went_on = model.set_params(solver=other).partial_fit(X, y)
    assert went_on.t_ == 40


@pytest.mark.parametrize("missing", [np.nan, None])
def test_a_missing_target_value_is_refused(missing):
    with pytest.raises(ValueError, match=r"Input y contains NaN|missing|None"):
        MLPRegressor().fit([[0.0], [1.0], [2.0]], [1.0, missing, 2.0])


@pytest.mark.parametrize("n_classes", [2, 3])
def test_early_stopping_keeps_the_weights_that_a_score_of_ones_own_likes_best(n_classes):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 4)), rng.integers(n_classes, size=300) + 5
    seen = []

    def minus_log_loss(labels, proba, classes):
        seen.append((metrics.log_loss(labels, proba, labels=classes), proba))
        return -seen[-1][0]

    model = MLPClassifier((16,), max_iter=30, early_stopping=True, random_state=0, learning_rate_init=0.02, tol=0.0)
    model.set_params(validation_score=minus_log_loss, dtype="float64").fit(X, y)
    assert model.validation_scores_ == [-loss for loss, _ in seen]
    best = min(seen, key=lambda one: one[0])[1]
    kept = model.predict_proba(X)
    assert all(np.isclose(kept, row).all(axis=1).any() for row in best)


def test_a_score_of_ones_own_is_for_one_target():
    X, y = np.zeros((40, 2)), np.zeros((40, 2))
    with pytest.raises(ValueError, match="single target"):
        MLPRegressor(hidden_layer_sizes=(4,), early_stopping=True, validation_score=lambda y, p, c: 0.0).fit(X, y)
