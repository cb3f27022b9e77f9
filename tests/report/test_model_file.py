"""A saved model predicts for raw rows after loading, and a file that could do harm is refused."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from skops import io as skops_io

import dldiag
from dldiag.core.types import DataError
from dldiag.data.samples import load_sample, sample_bytes
from dldiag.experiments.models import MODELS

SETTINGS = dldiag.Settings(budget="quick", repeats=3, trials=0)
SHORT = {"mlp": {"max_iter": 3}, "boosting": {"max_iter": 3}, "forest": {"n_estimators": 3}}


@pytest.fixture(scope="module")
def datasets():
    named = {"classification": ("german_credit", "class"), "regression": ("concrete", "strength")}
    return {task: dldiag.make_dataset(load_sample(key), target) for task, (key, target) in named.items()}


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("key", [key for key in MODELS if key != "guess"])
def test_every_model_predicts_the_same_after_loading(key, task, datasets, tmp_path):
    model = dldiag.fitted(datasets[task], dldiag.build_model(task, SHORT.get(key), key), SETTINGS)
    dldiag.save_model(model, tmp_path / "model.skops")
    again = dldiag.load_model(tmp_path / "model.skops")
    content = sample_bytes("german_credit" if task == "classification" else "concrete")
    expected = model.predict(content)
    np.testing.assert_array_equal(again.predict(content), expected)
    assert len(set(expected.tolist())) > 1


def test_a_file_a_table_and_a_data_frame_are_read_alike(datasets, tmp_path):
    content = sample_bytes("german_credit")
    (tmp_path / "rows.csv").write_bytes(content)
    model = dldiag.fitted(datasets["classification"], dldiag.build_model("classification", {}, "linear"), SETTINGS)
    expected = model.predict(content)
    for rows in (tmp_path / "rows.csv", dldiag.read_table(content), pd.read_csv(tmp_path / "rows.csv")):
        np.testing.assert_array_equal(model.predict(rows), expected)
    proba = model.predict_proba(content)
    np.testing.assert_array_equal(model.classes_[proba.argmax(axis=1)], expected)
    single = pd.read_csv(tmp_path / "rows.csv").iloc[[7]].drop(columns="class")
    assert model.predict(single).tolist() == expected[[7]].tolist()


def test_values_come_back_in_the_unit_of_the_target(tmp_path):
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 5, 200)
    frame = pd.DataFrame({"x": x, "y": np.exp(x)})
    for log_target in (False, True):
        dataset = dldiag.make_dataset(frame, "y", log_target=log_target)
        found = dldiag.fitted(dataset, dldiag.build_model("regression", {}, "boosting"), SETTINGS).predict(frame)
        assert np.median(np.abs(found / frame["y"] - 1)) < 0.2


def test_missing_columns_and_new_values(datasets):
    model = dldiag.fitted(datasets["classification"], dldiag.build_model("classification", {}, "linear"), SETTINGS)
    frame = load_sample("german_credit").raw.copy()
    with pytest.raises(DataError, match="lack"):
        model.predict(frame.drop(columns="purpose"))
    frame["purpose"] = "never seen"
    assert len(model.predict(frame)) == len(frame)


def test_the_types_of_the_trained_rows_do_not_depend_on_the_new_ones():
    frame = pd.DataFrame(
        {"code": ["1", "2", "3", "x"] * 20, "when": ["2021-03-04", "2022-05-06"] * 40, "y": [0, 1] * 40}
    )
    dataset = dldiag.make_dataset(frame, "y")
    model = dldiag.fitted(dataset, dldiag.build_model("classification", {}, "linear"), SETTINGS)
    rows = pd.DataFrame({"code": [1.0, 2.0], "when": pd.to_datetime(["2021-03-04", "2022-05-06"])})
    assert model.predict(rows).tolist() == [0, 1]


def test_other_files_are_refused(tmp_path, datasets):
    path = tmp_path / "model.skops"
    for content in (b"", b"not a model", pickle.dumps({"a": 1}), skops_io.dumps(LogisticRegression())):
        path.write_bytes(content)
        with pytest.raises(DataError, match="not a model that dldiag saved"):
            dldiag.load_model(path)


class Unknown:
    """A type of somebody else."""

    def __init__(self):
        self.value = 1


def test_an_unknown_type_is_refused_unless_it_is_trusted(tmp_path):
    path = tmp_path / "model.skops"
    path.write_bytes(skops_io.dumps(Unknown()))
    with pytest.raises(DataError, match="does not know"):
        dldiag.load_model(path)
