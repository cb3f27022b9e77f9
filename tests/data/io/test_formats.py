"""Parquet, Feather, Excel and JSON lines are known by their content and come out as exact texts."""

import io
import json
import os

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pytest

from dldiag.core.types import DataError
from dldiag.data.io import Limits, read
from dldiag.data.read_table import read_table
from tests.data.binary_files import parquet, workbook

TABLE = pa.table(
    {
        "id": pa.array([2**62 + 1, 7, None], pa.int64()),
        "ratio": [0.1, 2.5, -1e-9],
        "name": ["x", None, "z, w"],
        "good": [True, False, None],
        "day": pa.array([0, 1, 20_000], pa.date32()),
        "kind": pa.array(["a", "b", "a"]).dictionary_encode(),
    }
)


def feather(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pyarrow.feather.write_feather(table, out)
    return out.getvalue()


@pytest.mark.parametrize("pack", [parquet, feather])
def test_typed_columns_come_out_as_exact_texts(pack):
    table = read(pack(TABLE), name="wrong.csv")
    assert table.frame["id"].tolist()[:2] == [str(2**62 + 1), "7"]
    assert table.frame["id"].isna().tolist() == [False, False, True]
    assert [float(x) for x in table.frame["ratio"]] == [0.1, 2.5, -1e-9]
    assert table.frame["day"].tolist() == ["1970-01-01", "1970-01-02", "2024-10-04"]
    assert table.typed == {"id": "number", "ratio": "number", "good": "bool", "day": "date"}
    assert [n.code for n in table.notices] == ["wrong_name"]


def test_binary_columns_are_left_out_and_told():
    table = read(parquet(TABLE.append_column("raw", pa.array([b"1", b"2", b"3"], pa.binary()))))
    assert "raw" not in table.header
    assert "left_out_column" in {n.code for n in table.notices}


def test_a_parquet_that_declares_very_many_rows_is_refused_from_its_metadata():
    many = parquet(pa.table({"x": pa.array([0] * 1000, pa.int8())}))
    with pytest.raises(DataError, match="limit"):
        read(many, limits=Limits(max_unpacked_bytes=10))


def test_rows_of_a_typed_file_are_sampled_within_the_limit():
    table = read(parquet(pa.table({"x": list(range(1000))})), limits=Limits(max_rows=50))
    assert (len(table.frame), table.rows_in_file, table.plan.max_rows) == (50, 1000, 50)


@pytest.mark.parametrize("pack", [parquet, feather])
@pytest.mark.parametrize("cut", [5, 40, 200])
def test_cut_off_typed_files_are_refused(pack, cut):
    with pytest.raises(DataError, match="damaged"):
        read(pack(TABLE)[:-cut])


def test_a_workbook_named_csv_is_read_with_its_title_left_out():
    rows = [[i, i + 0.5, f"c{i}"] for i in range(10)]
    data = workbook(["Annual report"], [], ["id", "price", "city"], *rows, sheets=2)
    table = read(data, name="export.csv")
    assert table.plan.format == "excel"
    assert table.header == ("id", "price", "city")
    assert table.frame.iloc[3].tolist() == ["3", "3.5", "c3"]
    assert {"preamble", "sheet"} <= {n.code for n in table.notices}


def test_a_sheet_can_be_chosen():
    assert read(workbook(["a", "b"], [1, 2], sheets=2), sheet="Sheet").frame.shape == (1, 2)
    with pytest.raises(DataError, match="no sheet named"):
        read(workbook(["a", "b"], [1, 2]), sheet="nothing")


NUMBERS = [[10 * i, i] for i in range(5)]


@pytest.mark.parametrize(
    ("choices", "header", "rows"),
    [
        ({"header_row": None}, ("column_1", "column_2"), 7),
        ({"header_row": 1}, ("c", "d"), 5),
        ({"header_row": 0, "header_rows": 2}, ("a c", "b d"), 5),
        ({"header_row": 0, "first_row": 3}, ("a", "b"), 4),
        ({"header_row": 0, "first_row": 2, "footer_rows": 2}, ("a", "b"), 3),
    ],
)
def test_where_the_table_stands_in_a_sheet_can_be_chosen(choices, header, rows):
    table = read(workbook(["a", "b"], ["c", "d"], *NUMBERS), **choices)
    assert (table.header, len(table.frame)) == (header, rows)
    assert read(workbook(["a", "b"], ["c", "d"], *NUMBERS), plan=table.plan).frame.equals(table.frame)


def test_what_is_done_to_the_names_and_rows_of_a_sheet_is_told_as_for_a_text():
    rows = [[i, i * 0.5, i * 2] for i in range(8)]
    table = read(workbook(["time", "speed", "speed"], ["s", "m/s", "m/s"], *rows[:4], [], *rows[4:]))
    assert table.header == ("time s", "speed m/s", "speed m/s (2)")
    assert {n.code: n.count for n in table.notices} == {"joined_header": 2, "renamed": 1, "blank_end": 1}


def test_a_header_beyond_the_sheet_is_refused_in_words():
    with pytest.raises(DataError, match="7 rows"):
        read(workbook(["a", "b"], ["c", "d"], *NUMBERS), header_row=99)


def test_a_word_that_means_missing_can_be_named_for_a_sheet():
    found = read_table(workbook(["x", "y"], *[["gone" if i == 3 else i, i] for i in range(9)]), missing=("gone",))
    assert found.frame["x"].isna().tolist() == [i == 3 for i in range(9)]


def test_pandas_reads_the_same_from_a_workbook():
    data = workbook(["a", "b"], [1, "x"], [2, None], [3, "z"])
    theirs = pd.read_excel(io.BytesIO(data), dtype=str, keep_default_na=False)
    assert read(data).frame.to_numpy().tolist() == theirs.to_numpy().tolist()


def test_json_lines_keep_every_digit_and_absent_cells():
    lines = [{"id": 1, "x": 0.1}, {"id": 2, "y": "a"}, {"id": 3, "x": None, "z": [1, 2]}]
    data = "\n".join(json.dumps(o) for o in lines).replace('"id": 1', '"id": 1234567890123456789012').encode()
    table = read(data)
    assert table.header == ("id", "x", "y", "z")
    assert table.frame["id"].tolist() == ["1234567890123456789012", "2", "3"]
    assert table.frame["x"].isna().tolist() == [False, True, True]
    assert table.frame["z"].iloc[2] == "[1, 2]"
    assert table.typed["id"] == "number"


def test_a_list_of_objects_is_read_too():
    assert read(b'[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]').frame.shape == (2, 2)


def test_json_lines_that_are_none_are_set_aside():
    table = read(b'{"a": 1}\nnonsense\n\n{"a": 2}\n')
    assert (len(table.frame), table.lines.set_aside, table.lines.blank) == (2, 1, 1)


def test_half_a_character_in_json_is_shown_as_one_that_could_not_be_decoded():
    table = read(b'{"a":1,"b":"\\ud83dx"}\n{"a":2,"b":"y","c\\udc00":["\\ud83d\\ude00"]}\n')
    assert table.header == ("a", "b", "c\ufffd")
    assert table.frame["b"].tolist() == ["\ufffdx", "y"]
    assert table.frame["c\ufffd"].iloc[1] == '["\U0001f600"]'
    told = next(n for n in table.notices if n.code == "bad_characters")
    assert (told.count, told.example) == (2, "\ufffdx")


def test_a_file_name_that_is_no_utf8_makes_a_title_that_can_be_written():
    table = read(b"a,b\n1,2\n", name=os.fsdecode(b"b\xffd.csv"))
    assert table.name.encode() == b"b\xef\xbf\xbdd.csv"
