"""Fuzz the reader, guided by coverage: bytes that reach new code are kept and changed further.

Run: pip install atheris && python -m bench.fuzz [SECONDS]        (600 by default)

Whatever bytes come, `read` must give a table whose account of lines is right, or our own error; anything else is printed
with the bytes that do it, and ends the run. Files that were found in a table of the corpus are not needed: the seeds
below are enough.
"""

from __future__ import annotations

import gzip
import io
import sys
import time

import atheris
import pyarrow as pa
import pyarrow.parquet

with atheris.instrument_imports(include=["dldiag.data.io"]):
    from dldiag.core.types import DataError
    from dldiag.data.io import Limits, RawTable, read

LIMITS = Limits(max_unpacked_bytes=16 << 20)
SLOW_SECONDS = 10.0
LONGEST = 4096
TABLE = "id,name,price\n" + "".join(f'{i},"a, {i}",{i}.5\n' for i in range(12))


def seeds() -> list[bytes]:
    """Return one small file of every format and of every way to write text that the reader knows."""
    frame = io.BytesIO()
    pyarrow.parquet.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), frame)
    texts = (
        TABLE,
        TABLE.replace(",", ";"),
        TABLE.replace('"', "'"),
        TABLE.replace(",", "  "),
        "Title\n\n" + TABLE + "\nSource: us\n",
        TABLE.replace("a, 3", 'a" 3'),
        TABLE.replace("5,", "5"),
        TABLE[:-8],
        '{"a": 1, "b": "x"}\n{"a": 2}\n',
        TABLE.replace(",price", "price"),
        TABLE.replace('"a', '\\"a'),
    )
    coded = [TABLE.replace("name", "名称").encode(c) for c in ("utf-16", "gb18030", "utf-8-sig", "utf-16-le", "utf-32")]
    return [*(t.encode() for t in texts), *coded, gzip.compress(TABLE.encode()), frame.getvalue()]


def one(data: bytes) -> None:
    """Read bytes and raise for anything but a sound table or our own error."""
    start = time.perf_counter()
    try:
        table = read(data, limits=LIMITS)
    except DataError as error:
        if "accounted" in str(error.message):
            raise RuntimeError("lines are not accounted for") from error
        return
    finally:
        if time.perf_counter() - start > SLOW_SECONDS:
            raise TimeoutError("slow")
    if not isinstance(table, RawTable) or len(set(table.header)) != table.frame.shape[1]:
        raise AssertionError("no sound table")


def main() -> None:
    seconds = sys.argv[1] if len(sys.argv) > 1 else "600"
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        for i, data in enumerate(seeds()):
            (Path(folder) / str(i)).write_bytes(data)
        options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=20", "-rss_limit_mb=3000"]
        atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", folder], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
