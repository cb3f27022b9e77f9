"""What a fit gives is what scikit-learn's own fit of the same model on the same rows gives."""

from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier

from dldiag import MLPClassifier, learning_curve, nn
from dldiag.core.settings import Settings
from dldiag.core.types import DataError
from dldiag.data.split import make_split
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.experiments.fit import fit_all, fitted_estimator
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.model_outputs import ModelOutputs, is_constant
from dldiag.experiments.models import as_model, build_model, changed
from dldiag.experiments.tasks import FitTask, encode_dataset, prepare_inputs
from tests.problems import dataset, two_blobs


def far_from_zero(n=400):
    """A target whose mean and spread are far from 0 and 1."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 4))
    return dataset(X, 1000 + 100 * X[:, 0] + 50 * X[:, 1] + 10 * rng.normal(size=n), "regression")


def cache_of(data):
    return FitCache(data, diagnosis_split(data, Settings()))


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(StandardScaler(), Lasso(alpha=1.0)),
        make_pipeline(StandardScaler(), SVR()),
        TransformedTargetRegressor(make_pipeline(ElasticNet()), func=np.log, inverse_func=np.exp),
        LinearRegression(),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_a_users_own_regressor_gets_the_target_as_it_is(estimator):
    data = far_from_zero()
    fits, model = cache_of(data), as_model(estimator)
    fits.fit([model], [200], range(2))
    X = data.X if model.raw else data.X.to_numpy()
    for r, (ours, repeat) in enumerate(zip(fits.get(model, 200, range(2)), fits.split.repeats, strict=False)):
        assert not ours.failed
        seeds = {n: repeat.seed for n in estimator.get_params() if n.split("__")[-1] == "random_state"}
        rows, dev = repeat.train_rows[:200], repeat.dev_rows
        theirs = clone(estimator).set_params(**seeds)
        theirs.fit(X.iloc[rows] if model.raw else X[rows], data.y[rows])
        predicted = theirs.predict(X.iloc[dev] if model.raw else X[dev])
        error = np.sqrt(np.mean((predicted - data.y[dev]) ** 2)) / fits.encoded.y_scale
        assert ours.dev_error == pytest.approx(error, rel=1e-3), r


def test_a_row_of_our_table_learns_a_standardized_target():
    data = far_from_zero()
    fits, network = cache_of(data), build_model("regression", {"max_iter": 300})
    fits.fit([network], [fits.split.n_train], range(2))
    assert max(r.dev_error for r in fits.get(network, fits.split.n_train, range(2))) < 0.3


class Wild(LinearRegression):
    """Predicts numbers that no target has."""

    def predict(self, X):
        return np.where(np.arange(len(X)) % 2, np.inf, 1e30)


def test_hopeless_predictions_of_a_users_own_model_count_as_a_hundred_spreads_off():
    data = far_from_zero()
    fits, model = cache_of(data), as_model(Wild())
    fits.fit([model], [200], [0])
    assert fits.get(model, 200, [0])[0].dev_error == pytest.approx(100, rel=0.02)


def gaps_in_some_folds():
    X = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    y = (X[:, 0] > 0).astype(int)
    X[0, 0] = np.nan
    return X, y


def test_what_fails_does_not_depend_on_who_shares_the_stack():
    X, y = gaps_in_some_folds()
    folds = list(KFold(4).split(X))
    with pytest.warns(FitFailedWarning, match="fits failed"):
        together = learning_curve(MLPClassifier(max_iter=3), X, y, train_sizes=[20], cv=folds, random_state=0)
    with_the_gap = [0 in dev for _, dev in folds]
    rng = np.random.default_rng(0)
    drawn = []
    for train, _ in folds:
        drawn.append(rng.permutation(train)[:20])
        rng.integers(2**31)
    with_the_gap = [gap or 0 in rows for gap, rows in zip(with_the_gap, drawn, strict=True)]
    assert np.isnan(together.dev_errors[0]).tolist() == with_the_gap
    assert 0 < sum(with_the_gap) < 4


def test_networks_of_one_call_on_the_same_rows_hold_them_once(monkeypatch):
    monkeypatch.setattr("dldiag.experiments.preparation.REMEMBERED", 0)  # as if inputs were too large to remember
    seen = []
    fit = nn.fit_stack
    monkeypatch.setattr(
        "dldiag.experiments.fit.nn.fit_stack",
        lambda models, Xs, ys, **how: (seen.extend(Xs), fit(models, Xs, ys, **how)),
    )
    fits, base = cache_of(two_blobs()), build_model("classification", {"max_iter": 2})
    fits.fit([changed(base, {"alpha": alpha}) for alpha in (1e-4, 0.1, 1.0, 10.0)], [100], range(4))
    assert len(seen) == 16
    assert len({id(X) for X in seen}) == 4


def test_two_models_that_would_learn_the_same_are_fitted_once():
    fits, base = cache_of(two_blobs()), build_model("classification", {"max_iter": 2})
    seen = []
    fits.fit([base, changed(base, {})], [100], range(2), on_result=seen.append)
    assert len(seen) == 2


def test_fits_judged_on_rows_like_the_training_rows_are_remembered(monkeypatch):
    own = np.arange(900) < 300
    data = dataset(np.random.default_rng(0).normal(size=(900, 3)), np.arange(900) % 2, domain=own)
    fits, model = cache_of(data), build_model("classification", {"max_iter": 2})
    first = fits.training_dev(model, 100, range(3))
    monkeypatch.setattr(
        "dldiag.experiments.fit_cache.fit_all", lambda tasks, encoded, **how: iter(pytest.fail() for _ in tasks)
    )
    again = fits.training_dev(model, 100, range(3))
    assert [r.dev_error for r in again] == [r.dev_error for r in first]
    assert len(first) == 3
    assert not fits.judged()


BY_NAME = make_pipeline(make_column_transformer((StandardScaler(), ["x0", "x1"])), LogisticRegression())


@pytest.mark.parametrize(
    "model",
    [BY_NAME, GridSearchCV(BY_NAME, {"logisticregression__C": [0.1, 1]}, cv=3), VotingClassifier([("a", BY_NAME)])],
)
def test_a_pipeline_gets_its_columns_by_name_whoever_holds_it(model):
    data = two_blobs()
    fits, own = cache_of(data), as_model(model)
    fits.fit([own], [200], [0])
    (ours,) = fits.get(own, 200, [0])
    rows, dev = fits.split.repeats[0].train_rows[:200], fits.split.repeats[0].dev_rows
    theirs = clone(model).fit(data.X.iloc[rows], data.y[rows])
    assert not ours.failed
    assert ours.dev_error == pytest.approx(1 - theirs.score(data.X.iloc[dev], data.y[dev]))


def test_nothing_is_said_of_the_scale_of_inputs_that_a_users_pipeline_prepares():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2)) * [1, 1e6]
    report = diagnose(
        dataset(X, (X[:, 0] > 0).astype(int)),
        make_pipeline(KNeighborsClassifier()),
        Settings(budget="quick", trials=0, sizes=2, repeats=3, baselines=()),
    )
    assert next(finding.outcome for finding in report.findings if finding.code == "D8") == "not_applicable"
    assert "scaled_inputs" not in report.evidence


@pytest.mark.parametrize("names", [["no", "yes"], ["1", "2"], ["0.5", "1"], ["False", "true"], ["01", "02"]], ids=str)
def test_a_users_own_classifier_learns_the_class_names_as_pandas_reads_them(names):
    data = replace(two_blobs(distance=1), classes=tuple(names))
    as_texts = names[0] in ("01", "0.5")  # other than for pandas: names, and no classes for scikit-learn
    labels = names if as_texts else pd.read_csv(StringIO("y\n" + "\n".join(names)))["y"].tolist()
    model = DummyClassifier(strategy="constant", constant=[labels[1]])  # refuses a label that is not in y
    fits = cache_of(data)
    fits.fit([as_model(model)], [100], [0])
    (ours,) = fits.get(as_model(model), 100, [0])
    rows, dev = fits.split.repeats[0].train_rows[:100], fits.split.repeats[0].dev_rows
    X, y = data.X.to_numpy(), np.array(labels)[data.y]
    theirs = clone(model).fit(X[rows], y[rows])
    assert not ours.failed
    assert ours.dev_error == pytest.approx(1 - theirs.score(X[dev], y[dev]))
    assert ours.train_error == pytest.approx(1 - theirs.score(X[rows], y[rows]))


class Raiser(ClassifierMixin, BaseEstimator):
    """Raises whatever it was told to, as some libraries do."""

    def __init__(self, error=None, predicts=False):
        self.error, self.predicts = error, predicts

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        if not self.predicts:
            raise self.error
        return self

    def predict(self, X):
        raise self.error


ERRORS = (
    ValueError("said"), RuntimeError("said"), KeyError("said"), AttributeError("said"), IndexError("said"),
    AssertionError("said"), NotImplementedError("said"),
)  # fmt: skip


@pytest.mark.parametrize("predicts", [False, True], ids=["fit", "predict"])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_a_users_own_model_raises_is_told_as_the_models_word(error, predicts):
    data = two_blobs()
    with pytest.raises(DataError, match=r"cannot be trained on these rows.*said"):
        learning_curve(Raiser(error, predicts), data.X.to_numpy(), data.y, cv=3)


def test_a_diagnosis_of_a_model_that_raises_says_what_it_said():
    with pytest.raises(DataError, match=r"cannot be trained.*RuntimeError: no GPU"):
        diagnose(two_blobs(), Raiser(RuntimeError("no GPU")), Settings(budget="quick", trials=0, sizes=2, repeats=3))


class Twice(LinearRegression):
    """Predicts two numbers for each row."""

    def predict(self, X):
        return np.zeros((len(X), 2))


def test_a_model_that_predicts_two_numbers_a_row_is_refused():
    data = far_from_zero()
    with pytest.raises(DataError, match=r"shape \(\d+, 2\)"):
        learning_curve(Twice(), data.X.to_numpy(), data.y, cv=3)


@pytest.mark.parametrize(
    "model", [LogisticRegression, "mlp", 3, StandardScaler()], ids=["class", "str", "int", "scaler"]
)
def test_what_is_no_estimator_is_a_type_error_in_one_sentence(model):
    data = two_blobs()
    for ask in (lambda: diagnose(data, model), lambda: learning_curve(model, data.X.to_numpy(), data.y)):
        with pytest.raises(TypeError, match=r"^The model [^\n]*\.$"):
            ask()


def test_what_is_no_dataset_or_no_settings_is_a_type_error_in_one_sentence():
    with pytest.raises(TypeError, match="make_dataset"):
        diagnose(two_blobs().X)
    with pytest.raises(TypeError, match="Settings"):
        diagnose(two_blobs(), None, {"budget": "quick"})


class OnlyNumbers(ClassifierMixin, BaseEstimator):
    """Refuses labels other than 0 … k−1, as XGBoost does; learns the commonest."""

    def __init__(self, class_weight=None):
        self.class_weight = class_weight

    def fit(self, X, y):
        present = np.unique(y)
        if list(present) != list(range(len(present))):
            raise ValueError(f"Invalid classes inferred from unique values of `y`, got {present}")
        self.commonest_ = np.bincount(y).argmax()
        return self

    def predict(self, X):
        return np.full(len(X), self.commonest_)


def _labelled(model, codes):
    data = two_blobs(n=len(codes))
    data = replace(data, classes=("amber", "blue", "coral"), y=np.array(codes))
    fits = FitCache(data, diagnosis_split(data, Settings()))
    rows = np.arange(len(codes))
    task = replace(fits._task(as_model(model), 5, 0, False), train_rows=rows, dev_rows=rows)
    (result,) = fit_all([task], fits.encoded)
    return result


@pytest.mark.parametrize("codes", [[0] * 30 + [1] * 60 + [2] * 30, [0] * 40 + [2] * 80])
def test_a_classifier_that_refuses_names_learns_numbers_in_their_place(codes):
    result = _labelled(OnlyNumbers(), codes)
    assert not result.failed
    assert result.dev_error == pytest.approx(1 - np.bincount(codes).max() / len(codes))


def test_numbers_never_stand_in_for_names_that_a_setting_may_name():
    result = _labelled(OnlyNumbers(class_weight={0: 1.0, 1: 5.0}), [0] * 30 + [1] * 60 + [2] * 30)
    assert "Invalid classes" in result.failed


@pytest.mark.parametrize(
    ("choice", "theirs"),
    [(MetricChoice("balanced_error"), lambda y, t: balanced_accuracy_score(y, t) - 1), (MetricChoice("error"), None)],
)
def test_early_stopping_goes_by_the_metric_of_the_diagnosis(choice, theirs):
    data = two_blobs(400, 1.0)
    model = build_model("classification", {"early_stopping": True, "max_iter": 12, "hidden_layer_sizes": (8,)})
    rows = np.arange(300)
    encoded = encode_dataset(data, make_split(data, 3, 0), choice)
    task = FitTask(("", 300, 0), model, rows, np.arange(300, 400), 0)
    network, _ = fitted_estimator(task, prepare_inputs([task], encoded)[0])
    assert (network.validation_score is None) == (theirs is None)
    if theirs is None:
        assert all(0 <= score <= 1 for score in network.validation_scores_)
        return
    proba = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])
    y = np.array([0, 0, 1])
    assert network.validation_score(y, proba, np.array([0, 1])) == pytest.approx(theirs(y, proba.argmax(axis=1)))
    assert all(-1 <= score <= 0 for score in network.validation_scores_)


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("rows", [12, 31, 39, 40])
def test_on_rows_too_few_for_a_split_one_tree_predicts_what_fifty_do(task, rows):
    data = two_blobs(n=300) if task == "classification" else far_from_zero(300)
    fits, model = cache_of(data), build_model(task, key="boosting")
    fits.fit([model], [rows], range(1))
    (found,) = fits.get(model, rows, range(1))
    (inputs,) = prepare_inputs([found.task], fits.encoded)
    usual = clone(model.estimator).set_params(random_state=found.task.seed).fit(inputs.X, inputs.y)
    fitted, _ = fitted_estimator(found.task, inputs)
    assert (fitted.n_iter_, usual.n_iter_) == (1 if rows < 40 else 50, 50)
    guess = "predict_proba" if task == "classification" else "predict"
    assert np.array_equal(getattr(fitted, guess)(inputs.X_dev), getattr(usual, guess)(inputs.X_dev))


@pytest.mark.parametrize(
    ("model", "memorizes"),
    [(SVC(C=1e-3), False), (DummyRegressor(), False), (DecisionTreeClassifier(), True)],
)
def test_a_model_that_predicts_every_row_alike_has_no_variance_on_few_rows_too(model, memorizes):
    rng, task = np.random.default_rng(0), "regression" if isinstance(model, DummyRegressor) else "classification"
    target = rng.normal(size=200) ** 3 if task == "regression" else (rng.random(200) < 0.2).astype(int)
    report = diagnose(dataset(rng.normal(size=(200, 4)), target, task), model, Settings(trials=0))
    assert report.verdict.variance == ("yes" if memorizes else "no")


@pytest.mark.parametrize(
    ("counts", "is_known"), [((80, 20), True), ((52, 48), False), ((6, 5, 5, 4), False), ((9,), True)]
)
def test_a_class_that_leads_by_luck_was_learned_from_the_training_rows(counts, is_known):
    y, always_first = np.repeat(np.arange(len(counts)), counts), ModelOutputs(np.zeros(sum(counts)), np.zeros(5))
    assert is_constant(always_first, y) == is_known
