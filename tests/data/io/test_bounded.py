"""Typed files go through a process with bounds: the same table comes out, or one sentence in seconds."""

import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet
import pytest

from dldiag.core.isolated import Bounds, CrashError, OutOfTimeError
from dldiag.core.types import DataError
from dldiag.data.io import Limits, bounded, read
from dldiag.data.io.formats.registry import read_typed
from dldiag.data.io.sniff import typed_plan
from dldiag.data.read_table import read_table
from tests.data.binary_files import parquet, workbook
from tests.shared_data import SHARED, needs_shared

MIB = 1 << 20
SECONDS = 10.0  # the promise, for files of a few MB
TABLE = pa.table({"x": [1.5, None, 3.0], "name": ["a", "b, c", "é"], "day": pa.array([0, 1, None], pa.date32())})


@pytest.mark.parametrize(
    ("kind", "data", "choices"),
    [
        ("parquet", parquet(TABLE), None),
        ("excel", workbook(["a title"], [], ["x", "y"], [1, 2], [3, 4], ["Source: us"]), {}),
        ("excel", workbook(["x", "y"], [1, 2], [3, 4]), {"missing": ("", "-")}),
    ],
    ids=["parquet", "excel", "excel with choices"],
)
def test_the_table_is_the_one_that_this_process_would_have_read(kind, data, choices):
    plan, limits = typed_plan(kind, {}, {}), Limits()
    here, there = (reader(data, plan, limits, choices) for reader in (read_typed, bounded.read_bounded))
    assert there.table.equals(here.table)
    for name in ("names", "plan", "lines", "rows_in_file", "typed", "notices"):
        assert getattr(there, name) == getattr(here, name), name


def refused(data):
    begun = time.monotonic()
    with pytest.raises(DataError) as caught:
        read_table(data)
    return str(caught.value), time.monotonic() - begun


@needs_shared
@pytest.mark.parametrize("name", ["segfault_1000991.bin", "segfault_1003446.bin", "xlsx_far_col.xlsx"])
def test_files_that_took_the_server_down_are_refused_in_one_line(name):
    bounded.read_bounded(parquet(TABLE), typed_plan("parquet", {}, {}), Limits())  # the process is there
    said, seconds = refused((SHARED / "wild" / name).read_bytes())
    assert "\n" not in said
    assert seconds < SECONDS


def test_400_kb_of_parquet_that_hold_4_gb_of_text_are_refused():
    cells = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), ["x" * 4000])
    said, seconds = refused(parquet(pa.table({"text": cells})))
    assert "memory" in said or "unpacks" in said
    assert seconds < SECONDS


def test_a_small_workbook_with_a_huge_sheet_is_refused_before_it_is_unpacked():
    row = b'<row><c t="inlineStr"><is><t>' + b"x" * 100_000 + b"</t></is></c></row>"
    sheet = b"<worksheet><sheetData>" + row * 1500 + b"</sheetData></worksheet>"
    said, seconds = refused(workbook(["x"], xml=sheet))
    assert "unpacks to" in said
    assert seconds < SECONDS


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OutOfTimeError(), "takes more than 6 seconds"),
        (MemoryError(), "takes more than 768 MiB"),
        (CrashError(), "is damaged"),
        (OSError(11, "no processes left"), "no processes left"),
    ],
)
def test_every_end_of_the_process_is_a_sentence(error, words, monkeypatch):
    def fail(*_):
        raise error

    monkeypatch.setattr(bounded, "call_isolated", fail)
    assert words in refused(parquet(TABLE))[0]


def test_bounds_grow_with_the_file_up_to_the_limits():
    limits = Limits(max_reader_seconds=60.0, max_reader_bytes=2048 * MIB)
    assert bounded.bounds_of(0, limits) == Bounds(6.0, 768 * MIB)
    assert bounded.bounds_of(10 * MIB, limits) == Bounds(36.0, 928 * MIB)
    assert bounded.bounds_of(1024 * MIB, limits) == Bounds(60.0, 2048 * MIB)


def test_a_wide_sheet_that_is_filled_is_read():
    table = read(workbook([f"c{k}" for k in range(1200)], list(range(1200))))
    assert table.frame.shape == (1, 1200)


@needs_shared
def test_the_command_line_says_one_line_and_exits_with_2():
    command = [
        sys.executable,
        "-m",
        "dldiag",
        "diagnose",
        str(SHARED / "wild" / "segfault_1000991.bin"),
        "--target",
        "x",
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert found.returncode == 2
    assert "damaged" in found.stderr
    assert "Traceback" not in found.stderr
