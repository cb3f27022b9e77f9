"""No bytes get more out of the reader than a table or a plain refusal, within the limits.

DLDIAG_EXAMPLES=20000 draws that many examples of bytes instead of the usual 300.
"""

import bz2
import csv
import gzip
import io
import lzma
import os
import random
import time
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from dldiag.core.types import DataError
from dldiag.data.io import Limits, RawTable, read

EXAMPLES = int(os.environ.get("DLDIAG_EXAMPLES", "300"))
PLAIN = ("id,age,city\n" + "".join(f"{i},{i % 40},Paris\n" for i in range(50))).encode()
TABLES = st.lists(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1, max_size=6), min_size=1, max_size=12
)


def outcome(data: bytes) -> RawTable | DataError:
    try:
        return read(data)
    except DataError as error:
        return error


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400))
@example(b"\x00")
@example(b"\xef\xbb\xbf")
@example(b"PAR1PAR1")
@example(
    b"\x87{\"a\":\n8,'a, 8',8.5,2024-01-09\n9,'a, 9',9.5,2024-01-10\n10,'a, 10',10.5,2024-01-11\n11,'a, 11',11.5,2024-01-12\n [1, 2]}]"
)
@example(b"ARROW1\0\0")
@example(b"PK\x03\x04")
@example(b"\x1f\x8b\x08")
@example(b'"')
@example(b"\xff\xfe\x00\xd8")
def test_any_bytes_give_a_table_or_a_refusal(data):
    assert isinstance(outcome(data), RawTable | DataError)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    TABLES, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "utf-16", "gb18030"]), st.integers(0, 5)
)
def test_any_broken_table_gives_a_table_or_a_refusal(rows, mark, encoding, cut):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark).writerows(rows)
    data = out.getvalue().encode(encoding)
    found = outcome(data[: len(data) - cut])
    if isinstance(found, RawTable):
        assert len(set(found.header)) == len(found.header) == found.frame.shape[1]
        assert found.rows_in_file == len(found.frame)
    else:
        assert isinstance(found, DataError)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \n \n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "Excel"),
        (b"<!DOCTYPE html><html><body></body></html>", "web page"),
        (b'<?xml version="1.0"?><a><b>1</b></a>', "XML"),
        (b"PAR1" + bytes(50), "Parquet"),
        (b"42", "one cell"),
        (random.Random(0).randbytes(20_000), "binary"),
    ],
)
def test_what_is_no_table_is_refused_in_plain_words(data, says):
    with pytest.raises(DataError, match=says):
        read(data)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_packed_tables_are_read_and_bombs_are_refused(pack):
    assert len(read(pack(PLAIN)).frame) == 50
    bomb = pack(b"1,2\n" * (2 << 20))
    start = time.perf_counter()
    with pytest.raises(DataError, match="unpacks to more"):
        read(bomb, limits=Limits(max_unpacked_bytes=4 << 20))
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"])
def test_cut_off_packed_files_are_refused(pack):
    with pytest.raises(DataError, match="damaged"):
        read(pack(PLAIN)[:-20])


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def test_a_zip_with_one_table_is_read():
    assert len(read(zipped(a_csv=PLAIN)).frame) == 50
    table = read(zipped(a_csv=PLAIN, readme_md=b"# hi"))
    assert (table.plan.member, len(table.frame)) == ("a.csv", 50)


def test_a_zip_with_two_tables_is_refused_until_one_is_named():
    data = zipped(a_csv=PLAIN, b_csv=PLAIN + b"1,2,Rome\n")
    with pytest.raises(DataError, match="2 files"):
        read(data)
    assert len(read(data, member="b.csv").frame) == 51


def test_a_zip_bomb_and_a_packed_bomb_within_a_zip_are_refused():
    with pytest.raises(DataError, match="unpacks to more"):
        read(zipped(a_csv=bytes(40 << 20)))
    with pytest.raises(DataError, match="more than once"):
        read(zipped(a_gz=gzip.compress(PLAIN)))


def test_a_long_cell_is_read_or_refused_quickly():
    start = time.perf_counter()
    assert len(read(b"a,b\n1,2\n3," + b"x" * (5 << 20) + b"\n5,6\n").frame) == 3
    assert isinstance(outcome(b'a,b\n1,2\n3,"' + b"x" * (12 << 20) + b'"\n5,6\n'), RawTable | DataError)
    assert time.perf_counter() - start < 20


def test_a_cell_beyond_the_limit_is_refused():
    with pytest.raises(DataError, match="A cell has 4,999"):
        read(b'a,b\n1,2\n3,"' + b"x\n" * 2499 + b'x"\n5,6\n', limits=Limits(max_cell_chars=1000))


def test_a_million_columns_are_refused_quickly():
    start = time.perf_counter()
    with pytest.raises(DataError, match="columns"):
        read(b",".join([b"1"] * 1_000_000) + b"\n" + b",".join([b"2"] * 1_000_000) + b"\n")
    assert time.perf_counter() - start < 20


def test_nul_characters_are_taken_out_and_told():
    table = read(PLAIN.replace(b"Paris", b"Par\0is", 3))
    assert table.frame["city"].iloc[0] == "Paris"
    assert "nul_characters" in {n.code for n in table.notices}


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "../../etc/passwd", "$x^2$", "=cmd()", "\u202etxt", "**b**", "'; DROP"]
)
def test_hostile_names_are_only_names(name):
    table = read(f"{name},y\n1,2\n3,4\n".encode())
    assert table.header == (name, "y")


def test_more_rows_than_the_limit_are_drawn_at_random_and_told():
    table = read(PLAIN, limits=Limits(max_rows=10))
    assert (len(table.frame), table.rows_in_file) == (10, 50)
    ids = table.frame["id"].astype(int).tolist()
    assert ids == sorted(ids) != list(range(10))
    assert "sampled" in {n.code for n in table.notices}
    assert read(PLAIN, limits=Limits(max_rows=10)).frame.equals(table.frame)


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "large.csv"
    file.write_bytes(PLAIN)
    with pytest.raises(DataError, match="limit"):
        read(file, limits=Limits(max_bytes=100))


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/urandom", "/dev/null"])
def test_a_device_is_no_file(path):
    with pytest.raises(DataError, match="device"):
        read(path)


def test_a_pipe_without_an_end_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="pipe"):
        read(tmp_path / "pipe.csv")


@pytest.mark.parametrize(
    "data", [b"," * 50_000_000, b"12," * 17_000_000, b"a" * 50_000_000, b"a,b\n1,2\n" + b";" * 50_000_000 + b"\n3,4\n"]
)
def test_a_line_without_end_is_refused_at_once(data):
    started = time.process_time()
    with pytest.raises(DataError, match="line has more than"):
        read(data)
    assert time.process_time() - started < 10


def test_json_may_be_one_long_line():
    data = b"[" + b'{"a": 1, "b": "x"},' * 700_000 + b'{"a": 2, "b": "y"}]'
    assert read(data).frame.shape == (700_001, 2)
