"""Files of text beyond what is read at once: records drawn at random from all of the file, and told."""

from __future__ import annotations

import csv
import io
import json
import random

import numpy as np
import pytest

from dldiag.core.params import SettingError
from dldiag.core.types import DataError, ReadPlan
from dldiag.data.io import Limits, read, text_records as large_module
from dldiag.data.io.large.record_marks import SampleMarks, record_ends

ROWS = 20_000
FEW = Limits(max_text_bytes=200_000)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Let a record stand across the ends of many blocks."""
    monkeypatch.setattr(large_module, "_BLOCK_BYTES", 10_007)


@pytest.fixture
def write(tmp_path):
    def written(text: str, encoding: str = "utf-8"):
        file = tmp_path / "large.csv"
        file.write_bytes(text.encode(encoding))
        return file

    return written


def codes(table):
    return {n.code for n in table.notices}


def test_rows_come_from_all_of_the_file_with_one_chance_and_are_told(write):
    text = "id,name\n" + "".join(f"{i},somebody {i}\n" for i in range(ROWS))
    table = read(write(text), limits=FEW)
    ids = table.frame["id"].astype(int).to_numpy()
    share = len(ids) / ROWS
    assert table.rows_in_file == ROWS
    assert "drawn_from_file" in codes(table)
    assert share == pytest.approx(0.98 * FEW.max_text_bytes / len(text), rel=0.05)
    assert (np.diff(ids) > 0).all()
    tenths = np.bincount(ids * 10 // ROWS, minlength=10)
    expected = len(ids) / 10
    assert np.abs(tenths - expected).max() < 5 * np.sqrt(expected)
    assert [f"somebody {i}" for i in ids] == table.frame["name"].tolist()


def test_the_draw_is_that_of_the_seed(write):
    file = write("id,x\n" + "".join(f"{i},{i % 7}\n" for i in range(ROWS * 2)))
    first = read(file, limits=FEW)
    assert first.frame.equals(read(file, limits=FEW).frame)
    assert first.fingerprint == read(file, limits=FEW).fingerprint
    assert not first.frame.equals(read(file, limits=Limits(max_text_bytes=200_000, seed=1)).frame)


def test_lines_above_the_table_and_line_ends_within_quotes_are_kept_whole(write):
    body = "".join(f'{i},"a note\nof two lines, {i}",{i % 3}\n' for i in range(ROWS))
    table = read(write("A title\n\nid,note,class\n" + body), limits=FEW)
    assert table.header == ("id", "note", "class")
    assert table.rows_in_file == ROWS
    assert table.frame["note"].tolist() == [f"a note\nof two lines, {i}" for i in table.frame["id"]]
    assert "set_aside" not in codes(table)


def test_a_quote_that_nobody_closes_does_not_swallow_the_file(write):
    body = "".join(f'{i},"text {i}"\n' for i in range(ROWS))
    broken = body.replace('"text 100"', '"text 100', 1)
    table = read(write("id,text\n" + broken), limits=Limits(max_text_bytes=200_000, max_cell_chars=30_000))
    assert len(table.frame) > 0.8 * ROWS * 200_000 / len(broken)


def told_rows(table):
    told = next(n for n in table.notices if n.code == "drawn_from_file").message.values
    return told["kept"], told["rows"]


def test_quotes_that_enclose_nothing_keep_the_draw_even_and_its_counts_right(write):
    inches = "".join(f"{i},{i % 30}{chr(34) + ' screen' if i % 50 == 0 else ''},{i % 2}\n" for i in range(ROWS * 2))
    table = read(write("a,b,c\n" + inches), limits=FEW)
    assert told_rows(table) == (len(table.frame), ROWS * 2)
    share = np.bincount(table.frame["a"].astype(int) % 50, minlength=50) / (ROWS * 2 / 50)
    assert share.min() > share.mean() / 2
    assert share.max() < share.mean() * 1.5


@pytest.mark.parametrize("blank", ["\n", " \n"], ids=repr)
def test_blank_lines_are_no_rows(write, blank):
    table = read(write("a,b\n" + "".join(f"{i},{i % 7} of them\n{blank}" for i in range(ROWS))), limits=FEW)
    assert told_rows(table) == (len(table.frame), ROWS)


@pytest.mark.parametrize("head", [large_module.HEAD_BYTES, 100_000])
def test_lines_below_the_table_are_kept_and_no_rows(write, head, monkeypatch):
    monkeypatch.setattr(large_module, "HEAD_BYTES", head)
    body = "".join(f"{i},{i % 7},somebody\n" for i in range(ROWS))
    table = read(write("a,b,c\n" + body + "Source: own survey\nAll rights reserved\n"), limits=FEW)
    assert told_rows(table) == (len(table.frame), ROWS)
    assert table.lines.footnote == 2
    assert table.frame["a"].str.isdigit().all()


CELLS = ["x", "", 'said "no"', "a,b", "two\nlines", '"', ' "lead', 'tail" ', "1", ",", '",', ',"', '"\n"', "\n"]


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("mark", [",", ";", "\t", " "], ids=repr)
def test_records_end_where_the_csv_module_ends_them(mark, quoting):
    rng, out, ends = random.Random(0), io.StringIO(newline=""), []
    writer = csv.writer(out, delimiter=mark, quoting=quoting, lineterminator="\n")
    for _ in range(500):
        writer.writerow(rng.choices(CELLS, k=4))
        ends.append(out.tell())
    marks = SampleMarks.of(ReadPlan(delimiter=mark))
    assert record_ends(out.getvalue().encode(), marks).tolist() == ends


def test_an_escaped_quote_ends_no_cell():
    text = '1,"a \\", b\n c"\n2,x\n'
    assert record_ends(text.encode(), SampleMarks.of(ReadPlan(escape="\\"))).tolist() == [15, len(text)]


def test_json_lines_are_drawn_as_well(write):
    table = read(write("".join(json.dumps({"id": i, "x": "y" * 20}) + "\n" for i in range(ROWS))), limits=FEW)
    assert table.header == ("id", "x")
    assert table.rows_in_file == ROWS
    assert 0 < len(table.frame) < ROWS / 2


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "gb18030"])
def test_other_encodings_are_read_whole_or_drawn(write, encoding):
    city = "Bogotá" if encoding != "gb18030" else "北京"
    text = "id,city\n" + "".join(f"{i},{city}\n" for i in range(ROWS))
    table = read(write(text, encoding), limits=FEW)
    assert set(table.frame["city"]) == {city}
    assert table.rows_in_file == ROWS


def test_a_large_file_of_one_line_is_refused_in_words(write):
    with pytest.raises(DataError):
        read(write("id,x\n1,2\n" + "7" * 300_000), limits=Limits(max_text_bytes=200_000, max_cell_chars=50_000))


def test_limits_are_set_through_the_environment(write, monkeypatch):
    file = write("id,x\n" + "".join(f"{i},{i % 7}\n" for i in range(1000)))
    monkeypatch.setenv("DLDIAG_MAX_ROWS", "10")
    assert len(read(file).frame) == 10
    monkeypatch.setenv("DLDIAG_MAX_ROWS", "many")
    with pytest.raises(SettingError, match="max_rows"):
        read(file)
