"""Files read in parts: every row is counted as pandas counts it, and the rows drawn are like all of them."""

from __future__ import annotations

import bz2
import gzip
import lzma
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from dldiag.core.types import DataError
from dldiag.data.dataset import make_dataset
from dldiag.data.io import Limits, Sampling, read
from dldiag.data.io.large import file_counts, row_groups as groups_module
from dldiag.data.io.large.file_counts import RepeatedRows, hash_rows
from dldiag.data.io.large.row_draw import GroupDraw, RowDraw
from dldiag.data.read_table import read_table

ROWS = 12_000
FEW = Limits(max_large_rows=1_000, max_text_bytes=60_000)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Read files of some hundred KiB in parts, as large ones are."""
    monkeypatch.setattr(groups_module, "BATCH_ROWS", 1_111)
    monkeypatch.setattr(groups_module, "LEAST_BYTES", 1)


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    found = pd.DataFrame(
        {
            "x": rng.normal(size=ROWS),
            "age": rng.integers(0, 90, ROWS).astype(float),
            "city": rng.choice(["Aachen", "Bonn", None], ROWS),
            "who": rng.integers(0, 1_500, ROWS),
            "y": np.where(rng.random(ROWS) < 0.03, "rare", "common"),
        }
    )
    found.loc[::7, "age"] = np.nan
    found.iloc[100:160] = found.iloc[200:260].to_numpy()
    return found.sort_values("y", kind="stable").reset_index(drop=True)  # the shares change along the file


def packed(path, frame):
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd, "csv": bytes}
    path.write_bytes(pack[path.suffix[1:]](frame.to_csv(index=False).encode()))
    return path


def zstd(data):
    return pa.Codec("zstd").compress(data, asbytes=True)


@pytest.mark.parametrize("name", ["t.parquet", "t.csv", "t.csv.gz", "t.csv.bz2", "t.csv.xz", "t.csv.zst"])
def test_all_rows_are_counted_as_pandas_counts_them(tmp_path, frame, name):
    path = tmp_path / name
    if name.endswith("parquet"):
        frame.to_parquet(path)
    else:
        packed(path, frame)
    table = read(path, limits=FEW, sampling=Sampling(target="y"))
    totals = table.totals
    assert (totals.rows, table.rows_in_file) == (ROWS, ROWS)
    assert (totals.repeated, totals.is_exact) == (int(frame.duplicated().sum()), True)
    for column in totals.columns:
        assert column.missing == frame[column.name].isna().sum()
    ages = totals.column("age")
    assert (ages.low, ages.high) == (frame.age.min(), frame.age.max())
    assert totals.column("x").low == pytest.approx(frame.x.min())
    assert totals.column("y").values == frame.y.value_counts().to_dict()
    assert totals.column("x").values is None
    assert {"counted_in_file"} <= {one.code for one in table.notices}


@pytest.mark.parametrize("name", ["t.parquet", "t.csv.gz"])
def test_classes_keep_their_shares_in_a_file_sorted_by_class(tmp_path, frame, name):
    path = tmp_path / name
    frame.to_parquet(path) if name.endswith("parquet") else packed(path, frame)
    drawn = read(path, limits=FEW, sampling=Sampling(target="y")).frame
    share = len(drawn) / ROWS
    wanted = frame.y.value_counts() * share
    assert (drawn.y.value_counts() - wanted).abs().max() <= 1


def test_every_row_has_the_same_chance():
    counts = np.zeros(600)
    for seed in range(300):
        draw = RowDraw(60, seed)
        for begin in range(0, 600, 50):
            place = np.arange(begin, begin + 50)
            draw.add(pa.table({"place": place}), (place > 500).astype(np.int64))
        found = draw.drawn()["place"].to_numpy()
        assert len(found) == 60
        assert (np.diff(found) > 0).all()
        counts[found] += 1
    assert abs(counts.reshape(12, 50).mean(axis=1) - 30).max() < 5 * np.sqrt(30 / 50) * 1.5


def test_a_draw_is_bounded_by_bytes():
    draw = RowDraw(10_000, 0, most_bytes=1_000)
    for begin in range(0, 5_000, 500):
        draw.add(pa.table({"place": np.arange(begin, begin + 500)}), np.zeros(500, np.int64), 5_000)
    assert draw.drawn().num_rows == 100


def test_groups_are_drawn_whole(tmp_path, frame):
    frame.to_parquet(tmp_path / "t.parquet")
    table = read(tmp_path / "t.parquet", limits=FEW, sampling=Sampling(target="y", group="who"))
    drawn = table.frame["who"].astype(int).value_counts()
    assert drawn.to_dict() == frame.who.value_counts().loc[drawn.index].to_dict()
    assert 900 < len(table.frame) <= 1_000
    assert table.totals.drawn_by == "who"


def test_rows_of_few_large_groups_are_drawn_instead():
    draw = GroupDraw(100)
    for _ in range(20):
        draw.add(pa.table({"g": np.arange(100)}), (np.arange(100) % 3).astype(np.uint64))
    assert draw.drawn() is None


def test_a_folder_of_parquet_files_is_one_table(tmp_path, frame):
    folder = tmp_path / "parts"
    (folder / "deeper").mkdir(parents=True)
    frame[:5_000].to_parquet(folder / "a.parquet")
    frame[5_000:].to_parquet(folder / "deeper" / "b.parquet")
    whole = tmp_path / "whole.parquet"
    frame.to_parquet(whole)
    table, one = read_table(folder), read_table(whole)
    assert table.frame.equals(one.frame)
    assert table.rows_in_file == ROWS


def test_a_folder_with_different_schemas_is_refused_in_one_line(tmp_path, frame):
    frame[:10].to_parquet(tmp_path / "a.parquet")
    frame[:10].rename(columns={"x": "z"}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"b\.parquet has other columns than a\.parquet: x \(— / double\)"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (pa.int64(), pa.float64(), "double"),
        (pa.int32(), pa.int64(), "int64"),
        (pa.uint8(), pa.int16(), "int64"),
        (pa.float32(), pa.float64(), "double"),
        (pa.string(), pa.large_string(), "large_string"),
        (pa.dictionary(pa.int8(), pa.string()), pa.string(), "string"),
        (pa.null(), pa.float64(), "double"),
        (pa.timestamp("s"), pa.timestamp("us"), "timestamp[us]"),
    ],
)
def test_types_of_a_folder_that_keep_the_same_values_are_joined_with_a_notice(tmp_path, one, other, joined):
    numbers, texts = list(range(30)), [f"level {i % 3}" for i in range(30)]
    for name, kind in (("a", one), ("b", other)):
        given = [None] * 30 if pa.types.is_null(kind) else texts if "str" in str(kind) else numbers
        cells = (
            pa.array(given, kind.value_type).dictionary_encode()
            if pa.types.is_dictionary(kind)
            else pa.array(given, kind)
        )
        pyarrow.parquet.write_table(pa.table({"x": cells, "y": pa.array(numbers)}), tmp_path / f"{name}.parquet")
    table = read(tmp_path)
    assert table.frame.shape == (60, 2)
    assert table.frame["x"].notna().sum() == (30 if pa.types.is_null(one) else 60)
    told = next(one for one in table.notices if one.code == "joined_types")
    assert told.count == 1
    assert joined in str(told.message)


MOMENTS = [datetime(2021, 1, 1, 12, 5) + timedelta(days=day) for day in range(30)]


def test_moments_of_several_time_zones_in_a_folder_are_read_in_utc(tmp_path):
    """The same moments, in Berlin's zone in one file and in UTC in the other, are the same values."""
    for name, zone in (("a", "Europe/Berlin"), ("b", "UTC")):
        moments = pa.array(MOMENTS, pa.timestamp("us", tz=zone))
        pyarrow.parquet.write_table(pa.table({"when": moments, "x": list(range(30))}), tmp_path / f"{name}.parquet")
    table = read_table(tmp_path)
    when = table.frame["when"].to_numpy()
    assert when[:30].tolist() == when[30:].tolist() == np.array(MOMENTS, "datetime64[us]").tolist()
    assert "joined_types" in {one.code for one in table.notices}


def test_days_beside_moments_in_a_folder_are_midnight(tmp_path):
    for name, days in (
        ("a", pa.array([m.date() for m in MOMENTS], pa.date32())),
        ("b", pa.array(MOMENTS, pa.timestamp("ms"))),
    ):
        pyarrow.parquet.write_table(pa.table({"when": days, "x": list(range(30))}), tmp_path / f"{name}.parquet")
    table = read_table(tmp_path)
    assert table.column("when").kind == "date"
    assert (
        table.frame["when"].to_numpy()[:30].tolist() == np.array([m.date() for m in MOMENTS], "datetime64[us]").tolist()
    )
    assert table.frame["when"].to_numpy()[30:].tolist() == np.array(MOMENTS, "datetime64[us]").tolist()


def test_a_parquet_file_keeps_days_and_the_clock_of_each_column_s_zone(tmp_path):
    kinds = {
        "berlin": pa.timestamp("us", tz="Europe/Berlin"), "utc": pa.timestamp("ns", tz="UTC"), "bare": pa.timestamp("s"),
    }  # fmt: skip
    columns = {name: pa.array(MOMENTS, kind) for name, kind in kinds.items()}
    days = {
        "day32": pa.array([m.date() for m in MOMENTS], pa.date32()),
        "day64": pa.array([m.date() for m in MOMENTS], pa.date64()),
    }
    pyarrow.parquet.write_table(pa.table(columns | days), tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert {column.kind for column in table.columns} == {"date"}
    hour = np.timedelta64(1, "h")
    assert (table.frame["berlin"] - table.frame["utc"] == hour).all()  # It is winter in Berlin.
    assert (table.frame["bare"] == table.frame["utc"]).all()
    assert (table.frame["day32"] == table.frame["day64"]).all()


def test_columns_in_another_order_are_of_one_folder(tmp_path, frame):
    frame[:50].to_parquet(tmp_path / "a.parquet")
    frame[50:100][frame.columns[::-1]].to_parquet(tmp_path / "b.parquet")
    assert read(tmp_path).frame.shape == (100, frame.shape[1])


def test_whole_numbers_that_a_double_cannot_hold_are_refused_by_file_and_column(tmp_path):
    pd.DataFrame({"x": [1.5, 2.5]}).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"x": [1, 2**53 + 1]}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"In b\.parquet, values of x \(int64\) do not fit double"):
        read(tmp_path)
    pd.DataFrame({"x": [1, 2**53 - 1]}).to_parquet(tmp_path / "b.parquet")
    assert len(read(tmp_path).frame) == 4


def test_a_folder_without_tables_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(DataError, match="no Parquet files"):
        read(tmp_path)


def test_a_packed_file_that_is_cut_off_is_refused(tmp_path, frame):
    path = packed(tmp_path / "t.csv.gz", frame)
    path.write_bytes(path.read_bytes()[:-5_000])
    with pytest.raises(DataError, match="damaged"):
        read(path, limits=FEW)


def test_rows_of_another_width_are_counted_and_told(tmp_path, frame):
    lines = frame.to_csv(index=False).splitlines()
    lines[3_000] += ",more,and more"
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    totals = read(path, limits=FEW).totals
    assert totals.rows == ROWS
    assert totals.uncounted > 0


def test_a_column_that_turns_to_words_keeps_being_counted(tmp_path, frame, monkeypatch):
    from dldiag.data.io import text_records

    monkeypatch.setattr(text_records, "_BLOCK_BYTES", 50_000)
    frame["late"] = [str(i) if i < 9_000 else f"no {i % 5}" for i in range(ROWS)]
    path = tmp_path / "t.csv"
    path.write_bytes(frame.to_csv(index=False).encode())
    totals = read(path, limits=FEW).totals
    assert totals.uncounted == 0
    assert totals.column("late").missing == 0
    assert totals.column("late").low is None


def test_equal_rows_are_found_whatever_their_types():
    columns = [pa.array([1.0, -0.0, 0.0, None, None]), pa.array(["a", "b", "b", None, None]), pa.array([3, 4, 4, 5, 6])]
    hashes = hash_rows(columns)
    assert (hashes[1] == hashes[2], hashes[3] == hashes[4]) == (True, False)


def test_of_too_many_hashes_a_part_stands_for_all(monkeypatch):
    monkeypatch.setattr(file_counts, "MOST_HASHES", 20_000)
    rng = np.random.default_rng(0)
    known = rng.integers(0, 2**63, 50_000).astype(np.uint64)
    repeated = RepeatedRows()
    for part in np.split(rng.permutation(np.concatenate([known, known])), 10):
        repeated.add(part)
    assert not repeated.is_exact
    assert repeated.count() == pytest.approx(50_000, rel=0.1)


def test_the_report_tells_the_classes_of_the_whole_file(tmp_path, frame, monkeypatch):
    monkeypatch.setenv("DLDIAG_MAX_LARGE_ROWS", "800")
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet", sampling=Sampling(target="y"))
    dataset = make_dataset(table, "y")
    assert dataset.totals.column("y").values == frame.y.value_counts().to_dict()
    assert "classes_in_file" in {one.code for one in dataset.notices}
