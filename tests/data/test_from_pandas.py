"""A DataFrame is read like a file: the same kinds, the same texts, nothing lost."""

import io

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from dldiag import DataError, Settings, diagnose, make_dataset, read_table
from tests.shared_data import SHARED

ROWS = 60
RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "amount": np.where(np.arange(ROWS) % 7 == 0, np.nan, RNG.normal(size=ROWS).round(3)),
        "count": RNG.integers(0, 50, size=ROWS),
        "color": RNG.choice(["red", "green", "blue"], size=ROWS),
        "paid": RNG.random(ROWS) < 0.5,
        "when": pd.date_range("2024-01-01", periods=ROWS, freq="D"),
    }
)


def test_a_table_comes_out_as_from_the_csv_it_would_be_written_to():
    ours, theirs = read_table(FRAME), read_table(FRAME.to_csv(index=False).encode())
    assert [(c.name, c.kind) for c in ours.columns] == [(c.name, c.kind) for c in theirs.columns]
    pd.testing.assert_frame_equal(ours.frame, theirs.frame)
    assert ours.name == "DataFrame"


@pytest.mark.parametrize(
    "column",
    [
        FRAME["color"].astype("category"),
        FRAME["count"].astype("Int64").where(FRAME.index % 5 > 0),
        pd.arrays.SparseArray(FRAME["count"].to_numpy()),
        pd.Series([1, "a", None, 2.5] * 15),
        FRAME["when"].dt.to_period("M"),
        FRAME["when"].dt.tz_localize("Asia/Shanghai"),
        RNG.normal(size=ROWS) + 1j,
        [(1, 2)] * 30 + [(3, 4)] * 30,
    ],
    ids=lambda column: type(column).__name__,
)
def test_a_column_of_any_type_is_read(column):
    table = read_table(FRAME[["amount"]].assign(x=column))
    assert [one.name for one in table.columns] == ["amount", "x"]
    assert len(table.frame) == ROWS


def test_spans_and_stretches_of_time_and_intervals_keep_what_they_mean():
    frame = pd.DataFrame(
        {
            "cut": pd.cut(np.arange(60.0), 5),
            "between": pd.arrays.IntervalArray.from_breaks(range(61)),
            "quarter": pd.period_range("2000Q1", periods=60, freq="Q"),
            "took": pd.to_timedelta(np.arange(60) * 90, unit="min"),
        }
    )
    frame.loc[3] = [None, frame["between"][3], pd.NaT, pd.NaT]
    table = read_table(frame)
    assert [one.kind for one in table.columns] == ["category", "identifier", "date", "number"]
    assert [one.missing for one in table.columns] == [1, 0, 1, 1]
    assert table.frame["cut"].nunique() == 5
    assert table.frame["quarter"].iloc[1] == pd.Timestamp("2000-04-01")
    assert table.frame["took"].iloc[[0, 1, 59]].tolist() == [0, 1.5, 88.5]


def test_names_may_be_numbers_pairs_or_stand_twice():
    assert [c.name for c in read_table(pd.DataFrame(RNG.normal(size=(9, 2)))).columns] == ["0", "1"]
    pairs = pd.DataFrame(RNG.normal(size=(9, 2)), columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)]))
    assert [c.name for c in read_table(pairs).columns] == ["a 1", "a 2"]
    twice = read_table(pd.DataFrame(RNG.normal(size=(9, 2)), columns=["a", "a"]))
    assert len({c.name for c in twice.columns}) == 2
    assert "renamed" in {one.code for one in twice.notices}


def test_a_pipeline_of_ones_own_is_diagnosed_on_a_frame_of_ones_own():
    frame = pd.concat([FRAME] * 5, ignore_index=True).assign(noise=RNG.normal(size=5 * ROWS))
    frame["bought"] = np.where((frame["color"] == "red") ^ (RNG.random(5 * ROWS) < 0.05), "yes", "no")
    pick = make_column_transformer((OneHotEncoder(), ["color"]))
    report = diagnose(
        make_dataset(read_table(frame), "bought"),
        make_pipeline(pick, LogisticRegression()),
        Settings(budget="quick", sizes=2, repeats=3, trials=0),
    )
    assert report.evidence["dev_error"].value < 0.15


@pytest.mark.skipif(SHARED is None, reason="the shared tables are not here")
def test_a_real_table_in_memory_is_the_table_in_its_file():
    path = SHARED / "data" / "tables" / "titanic.csv"
    ours, theirs = read_table(pd.read_csv(path)), read_table(path)
    assert [(c.name, c.kind) for c in ours.columns] == [(c.name, c.kind) for c in theirs.columns]
    assert len(ours.frame) == len(theirs.frame)


@pytest.mark.parametrize("opened", [lambda text: io.BytesIO(text.encode()), io.StringIO], ids=["bytes", "text"])
def test_an_open_file_is_read_like_its_bytes(opened):
    text = FRAME.to_csv(index=False)
    pd.testing.assert_frame_equal(read_table(opened(text)).frame, read_table(text.encode()).frame)


def test_a_text_that_is_a_table_is_told_from_a_path():
    with pytest.raises(DataError, match="encode"):
        read_table("a,b\n1,2\n3,4\n")
    with pytest.raises(TypeError, match="DataFrame"):
        read_table([[1, 2], [3, 4]])
