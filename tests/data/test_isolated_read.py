"""Visitors' files are read in a process with bounds: the table is the one that is read here, or there is one sentence."""

import bz2
import gzip

import pandas as pd
import pyarrow as pa
import pytest

from dldiag.core.isolated import Bounds
from dldiag.core.types import DataError
from dldiag.data import isolated_read
from dldiag.data.io import Limits, Sampling
from dldiag.data.isolated_read import FileNamed, read_isolated
from dldiag.data.read_table import read_table
from dldiag.data.second_file import with_second_file
from tests.data.binary_files import parquet, workbook

ROWS = "id,städte,preis,tag,ja,leer,text\n" + "".join(
    f"{k},{'Köln' if k % 3 else 'Bonn'},{k}.25,2024-01-{k % 28 + 1:02},{'yes' if k % 2 else 'no'},,"
    f'"Zeile {k}, ""zitiert"""\n'
    for k in range(60)
)
DAMAGED = ROWS.replace("17,Köln,17.25", "17,Köln,17.25,too,many").replace("30.25", "n/a")
BOOK = workbook(["x", "name"], [1, "a"], [2.5, None], [3, "c"])
DAYS = pa.Table.from_pandas(
    pd.DataFrame({"x": [1.5, None, 2.0], "day": pd.to_datetime(["2024-01-01", None, "2024-02-01"])})
)
PARTS = ("name", "columns", "plan", "fingerprint", "notices", "rows_in_file", "totals")


def assert_same(there, here):
    pd.testing.assert_frame_equal(there.frame, here.frame)
    pd.testing.assert_frame_equal(there.raw, here.raw)
    for part in PARTS:
        assert getattr(there, part) == getattr(here, part), part


@pytest.mark.parametrize(
    "data",
    [
        ROWS.encode(), DAMAGED.encode(), ROWS.replace(",", ";").replace(".25", ",25").encode("cp1252"), b"a,b\n",
        gzip.compress(ROWS.encode()), bz2.compress(ROWS.encode()), b'{"a": 1, "b": "x"}\n{"a": 2}\n', BOOK, parquet(DAYS),
    ],
    ids=["plain", "damaged", "cp1252", "no rows", "gzip", "bzip2", "json lines", "workbook", "parquet"],
)  # fmt: skip
def test_the_table_is_the_one_that_is_read_here(data, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    here = read_table(path, name="mine.csv")
    assert_same(read_isolated(path, name="mine.csv"), here)
    assert_same(read_isolated(data, name="mine.csv"), here)


def test_choices_by_hand_and_kinds_are_followed():
    chosen = {"decimal": ",", "missing": ("", "n/a"), "header_row": 0}
    kinds = {"id": "category"}
    assert_same(
        read_isolated(DAMAGED.encode(), kinds=kinds, **chosen), read_table(DAMAGED.encode(), kinds=kinds, **chosen)
    )


def test_a_second_file_is_put_below_the_first(tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(ROWS)
    second.write_text(DAMAGED)
    here = with_second_file(read_table(first, name="a.csv"), second, name="b.csv")
    assert_same(read_isolated(first, name="a.csv", second=FileNamed(str(second), "b.csv")), here)


def test_a_file_read_in_parts_gives_the_same_draw(tmp_path, monkeypatch):
    monkeypatch.setenv("DLDIAG_LARGE_TEXT_BYTES", "50000")
    monkeypatch.setenv("DLDIAG_MAX_LARGE_ROWS", "1000")
    path = tmp_path / "large.csv"
    path.write_text("x,y\n" + "".join(f"{k},{k % 7}.5\n" for k in range(9000)))
    here, there = (reader(path, sampling=Sampling(200, "y")) for reader in (read_table, read_isolated))
    assert here.totals is not None
    assert_same(there, here)


@pytest.mark.parametrize("content", [b"", b"\x89PNG....", b"<html><body></body></html>", b"one cell"])
def test_what_is_no_table_is_refused_in_the_same_words(content):
    said = []
    for reader in (read_table, read_isolated):
        with pytest.raises(DataError) as caught:
            reader(content)
        said.append((caught.value.message, caught.value.hint))
    assert said[0] == said[1]


def test_a_missing_file_is_refused_in_the_same_words(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_isolated(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("bounds", "words"), [(Bounds(60.0, 4 << 20), "MiB of memory"), (Bounds(0.2, 1 << 30), "takes more than")]
)
def test_a_text_that_takes_more_than_it_may_ends_in_one_sentence(bounds, words, monkeypatch):
    monkeypatch.setattr(isolated_read, "_bounds", lambda *_: bounds)
    data = b"a;b,c\n" + b"".join(b'%d;"x" y,%d\n' % (k, k) for k in range(400_000))
    with pytest.raises(DataError, match=words) as caught:
        read_isolated(data)
    assert "\n" not in str(caught.value)


def test_packed_text_may_take_what_its_content_needs():
    limits = Limits()
    plain, packed = (isolated_read._bounds_of_bytes(1 << 20, first, limits) for first in (b"a,b,c", b"\x1f\x8b\x08"))
    assert packed.seconds > plain.seconds
    assert packed.memory_bytes > plain.memory_bytes
