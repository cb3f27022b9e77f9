"""The store of dev predictions, held against scikit-learn's own fit of the same model on the same rows."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from dldiag.core.settings import Settings
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import as_model, build_model
from dldiag.experiments.predictions import Predictions, PredictionStore, pooled
from tests.problems import dataset, line, two_blobs


def fitted(data, model, repeats=3):
    fits = FitCache(data, diagnosis_split(data, Settings()))
    fits.fit([model], [50, fits.split.n_train], range(repeats))
    return fits


def three_classes(n=400):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(n, 3)), rng.integers(3, size=n)
    return dataset(X + y[:, None], y)


def test_probabilities_of_a_users_own_model_are_those_of_its_own_fit():
    data, own = three_classes(), make_pipeline(StandardScaler(), LogisticRegression())
    fits = fitted(data, as_model(own))
    found = fits.predictions(as_model(own))
    assert found.repeats == (0, 1, 2) and found.has_probabilities
    for r in found.repeats:
        one, repeat = found.of_repeat(r), fits.split.repeats[r]
        theirs = clone(own).fit(
            data.X.iloc[repeat.train_rows[: fits.split.n_train]], data.y[repeat.train_rows[: fits.split.n_train]]
        )
        assert np.array_equal(one.rows, repeat.dev_rows)
        assert np.array_equal(one.y, data.y[repeat.dev_rows])
        assert one.proba == pytest.approx(theirs.predict_proba(data.X.iloc[one.rows]), abs=1e-6)
        assert np.array_equal(one.predicted, theirs.predict(data.X.iloc[one.rows]))


@pytest.mark.parametrize("key", ["mlp", "linear", "boosting", "forest", "guess"])
def test_the_likeliest_class_is_the_one_predicted(key):
    model = build_model("classification", {"max_iter": 5} if key == "mlp" else {}, key)
    found = fitted(three_classes(), model).predictions(model)
    assert found.has_probabilities and found.proba.dtype == np.float32
    assert found.proba.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert np.mean(found.proba.argmax(axis=1) == found.predicted) > 0.99  # but for ties


def test_a_model_without_probabilities_is_kept_as_its_labels():
    model = as_model(LinearSVC())
    found = fitted(two_blobs(), model).predictions(model)
    assert not found.has_probabilities
    assert np.array_equal(found.proba.argmax(axis=1), found.predicted)
    assert np.array_equal(np.unique(found.proba), [0, 1])


@pytest.mark.parametrize("key", ["mlp", "linear"])
def test_values_are_in_the_targets_own_unit(key):
    data = line()
    data = dataset(data.X.to_numpy(), 1000 + 50 * data.y, "regression")
    model = build_model("regression", {"max_iter": 300} if key == "mlp" else {}, key)
    fits = fitted(data, model)
    found = fits.predictions(model)
    assert found.proba is None
    for r, result in enumerate(fits.get(model, fits.split.n_train, range(3))):
        one = found.of_repeat(r)
        rmse = float(np.sqrt(np.mean((one.predicted - one.y) ** 2)))
        assert result.dev_error * fits.encoded.y_scale == pytest.approx(rmse, rel=1e-9)


def test_errors_do_not_depend_on_what_is_kept():
    model = build_model("classification", key="linear")
    fits = fitted(two_blobs(distance=1), model)
    (result,) = fits.get(model, fits.split.n_train, [0])
    found = fits.predictions(model, [0])
    assert result.dev_error == np.mean(found.predicted != found.y)


def test_what_is_beyond_the_memory_bound_is_read_back_from_disk():
    store, arrays = PredictionStore(most=1000), [np.full((50, 4), i, dtype=np.float32) for i in range(4)]
    kept = [store.keep(one) for one in arrays]
    assert [isinstance(one.base, np.memmap) for one in kept] == [False, True, True, True]
    assert all(np.array_equal(a, b) for a, b in zip(arrays, kept, strict=True))


def test_predictions_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="one length"):
        Predictions(np.arange(3), np.zeros(3, int), np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match="no predictions"):
        pooled([])
