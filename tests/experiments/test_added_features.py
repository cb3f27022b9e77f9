"""Added features learn from training rows alone, and models may lack columns or weigh rows."""

import numpy as np
import pandas as pd
import pytest

from dldiag.core.types import DataError
from dldiag.data.dataset import make_dataset
from dldiag.data.encode import encode
from dldiag.data.split import make_split
from dldiag.experiments.added_features import ADDED, TableRows, input_columns, kept_features
from dldiag.experiments.models import build_model, changed, reference_model
from dldiag.experiments.preparation import learn_preparation
from dldiag.experiments.tasks import encode_dataset

TRAIN, NEW = np.arange(60), np.arange(60, 80)


def table(seed=0, rows=80):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"a": rng.normal(size=rows), "b": rng.uniform(1, 2, rows), "when": rng.integers(0, 24, rows)})
    frame["city"] = rng.choice(list("uvw"), rows)
    return frame.assign(y=frame.a + rng.normal(size=rows)).rename(columns={"when": "sold (hour)"})


@pytest.fixture
def data():
    return make_dataset(table(), "y")


def of(data, *texts):
    return input_columns(encode(data), data, TRAIN, texts, ())


def added(data, text, rows, **shuffled):
    """The values of one added feature alone."""
    matrix = encode(data)
    return of(data, text).of(TableRows(matrix, data, rows, **shuffled))[:, matrix.n_features :]


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("a * b", 1),
        ("a / b", 1),
        ("spline(a)", 5),
        ("cycle(sold (hour))", 2),
        ("frequency(city)", 1),
        ("target(city)", 1),
    ],
)
def test_every_kind_can_be_made_and_does_not_look_at_other_rows(data, text, width):
    found = added(data, text, NEW)
    assert found.shape == (len(NEW), width)
    assert np.isfinite(found).all()
    other = make_dataset(table().assign(y=lambda f: np.where(f.index < 60, f.y, 9.0)), "y")
    assert np.array_equal(found, added(other, text, NEW))


def test_the_examples_cover_the_table():
    assert set(ADDED) == {"product", "ratio", "spline", "cycle", "frequency", "target"}


def test_a_training_row_does_not_see_its_own_target(data):
    before = added(data, "target(city)", TRAIN)
    one = make_dataset(table().assign(y=lambda f: np.where(f.index == 7, f.y + 100, f.y)), "y")
    after = added(one, "target(city)", TRAIN)
    assert after[7] == pytest.approx(before[7])
    assert not np.allclose(after, before)


def test_a_shuffled_column_shuffles_what_is_made_of_it(data):
    order = np.random.default_rng(1).permutation(len(NEW))
    city = [one.name for one in data.columns].index("city")
    moved = added(data, "frequency(city)", NEW, moved=(city,), order=order)
    assert np.array_equal(moved, added(data, "frequency(city)", NEW)[order])
    assert np.array_equal(added(data, "a * b", NEW, moved=(city,), order=order), added(data, "a * b", NEW))


@pytest.mark.parametrize("text", ["a * nothing", "target(a * b)", "spline(city)", "exec(a)", ""])
def test_what_cannot_be_made_is_refused(data, text):
    with pytest.raises(DataError, match="no added feature"):
        of(data, text)


def test_dropped_columns_leave_and_unknown_ones_are_refused(data):
    matrix = encode(data)
    kept = kept_features(matrix, data, ("city", "a"))
    assert [name for name, stays in zip(matrix.names, kept, strict=True) if stays] == ["b", "sold (hour)"]
    with pytest.raises(DataError, match="no column q"):
        kept_features(matrix, data, ("q",))
    with pytest.raises(DataError, match="No column is left"):
        input_columns(matrix, data, TRAIN, (), tuple(one.name for one in data.columns))


def test_a_model_gets_exactly_the_features_it_asks_for(data):
    model = changed(build_model("regression", key="linear"), {"new_features": ["a * b"], "drop_columns": ["city"]})
    matrix = encode(data)
    prepared = learn_preparation(matrix, data, TRAIN, model)
    assert prepared.inputs(NEW).shape == (len(NEW), prepared.n_features) == (len(NEW), matrix.n_features - 3 + 1)
    assert model.identity != build_model("regression", key="linear").identity


def test_rows_of_the_other_kind_weigh_less_or_stay_out():
    frame = table(rows=200)
    data = make_dataset(frame.assign(kind=np.where(np.arange(200) % 2, "yes", "no")), "y", domain=("kind", "yes"))
    encoded = encode_dataset(data, make_split(data, 1, 0))
    rows = np.arange(200)
    usual = build_model("regression", key="linear")
    assert encoded.weights(usual, rows) is None
    less, none = (changed(usual, {"reweight_rows": weight}) for weight in (0.3, 0.0))
    assert np.array_equal(encoded.weights(less, rows), np.where(data.domain, 1.0, 0.3))
    assert np.array_equal(encoded.training_rows(none, rows), np.flatnonzero(data.domain))


@pytest.mark.parametrize(
    "changes", [{}, {"drop_columns": ("b",)}, {"scale_inputs": False}, {"new_features": ("a * b",)}]
)
def test_shuffling_prepared_inputs_gives_what_preparing_shuffled_rows_gives(changes):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60), "c": rng.choice(["x", "y", "z"], 60)})
    frame.loc[::7, "a"] = np.nan
    frame["y"] = rng.choice(["no", "yes"], 60)
    dataset = make_dataset(frame, "y")
    matrix, train, dev = encode(dataset), np.arange(40), np.arange(40, 60)
    prepared = learn_preparation(matrix, dataset, train, build_model("classification", changes))
    for group in ((), (0,), (0, 2), (2,)):
        rows = TableRows(matrix, dataset, dev, group, rng.permutation(20))
        assert np.array_equal(prepared.moved_inputs(rows, prepared.inputs(dev)), prepared.inputs_of(rows))


def test_only_on_a_wide_table_does_boosting_as_a_reference_get_few_bins():
    narrow, wide = (reference_model("classification", "boosting", columns) for columns in (100, 101))
    assert narrow.identity == build_model("classification", key="boosting").identity
    assert (narrow.estimator.max_bins, wide.estimator.max_bins) == (255, 64)
    assert reference_model("regression", "linear", 101).identity == build_model("regression", key="linear").identity


def test_a_cycle_of_what_is_no_part_of_a_date_is_refused():
    found = make_dataset(table(), "y")
    with pytest.raises(DataError, match="no part of a date"):
        input_columns(encode(found), found, TRAIN, ("cycle(a)",), ())
