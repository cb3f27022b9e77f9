"""What a fit gives is what scikit-learn's own fit of the same model on the same rows gives."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from dldiag.models import as_model, build_model
from dldiag.settings import Settings
from dldiag.trials import diagnosis_split
from dldiag.workbench import Workbench
from tests.problems import dataset


def far_from_zero(n=400):
    """A target whose mean and spread are far from 0 and 1."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 4))
    return dataset(X, 1000 + 100 * X[:, 0] + 50 * X[:, 1] + 10 * rng.normal(size=n), "regression")


def bench_of(data):
    return Workbench(data, diagnosis_split(data, Settings()))


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
    bench, model = bench_of(data), as_model(estimator)
    bench.fit([model], [200], range(2))
    X = data.X if model.raw else data.X.to_numpy()
    for r, (ours, repeat) in enumerate(zip(bench.get(model, 200, range(2)), bench.split.repeats, strict=False)):
        assert not ours.failed
        seeds = {n: repeat.seed for n in estimator.get_params() if n.split("__")[-1] == "random_state"}
        rows, dev = repeat.train_rows[:200], repeat.dev_rows
        theirs = clone(estimator).set_params(**seeds)
        theirs.fit(X.iloc[rows] if model.raw else X[rows], data.y[rows])
        predicted = theirs.predict(X.iloc[dev] if model.raw else X[dev])
        error = np.sqrt(np.mean((predicted - data.y[dev]) ** 2)) / bench.encoded.y_scale
        assert ours.dev_error == pytest.approx(error, rel=1e-3), r


def test_a_row_of_our_table_learns_a_standardized_target():
    data = far_from_zero()
    bench, network = bench_of(data), build_model("regression", {"max_iter": 300})
    bench.fit([network], [bench.split.n_train], range(2))
    assert max(r.dev_error for r in bench.get(network, bench.split.n_train, range(2))) < 0.3


class Wild(LinearRegression):
    """Predicts numbers that no target has."""

    def predict(self, X):
        return np.where(np.arange(len(X)) % 2, np.inf, 1e30)


def test_hopeless_predictions_of_a_users_own_model_count_as_a_hundred_spreads_off():
    data = far_from_zero()
    bench, model = bench_of(data), as_model(Wild())
    bench.fit([model], [200], [0])
    assert bench.get(model, 200, [0])[0].dev_error == pytest.approx(100, rel=0.02)
