"""Fuzz the reader and the command line, guided by coverage: each input is read in a process of its own, with limits.

    python -m bench.fuzz --seconds 600 --seed 0

Whatever bytes come, reading must end in a table whose lines are all accounted for, or in our own error; and
`dldiag diagnose` on every tenth input in an exit status of 0 or 2 with one line on stderr. Counted are other exceptions,
signals (a crash of a native reader), inputs that take too long and inputs that take too much memory. A native reader that
fails in such a way is no fault as long as the product contains it: the input is read once more as the product reads it.
Inputs that reach new lines of dldiag.data are kept and changed further. Prints a table and writes
bench/results/fuzz.json; a fault is written beside it as fuzz-<number>.bin.
"""

from __future__ import annotations

import argparse
import bz2
import contextlib
import gzip
import io
import json
import lzma
import os
import random
import resource
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

from dldiag.cli.main import main as run_command
from dldiag.core.types import DataError
from dldiag.data.io import Limits, read
from dldiag.data.read_table import table_of

RESULTS = Path(__file__).parent / "results"
LIMITS = Limits(max_unpacked_bytes=16 << 20)
CPU_SECONDS, MEMORY_BYTES = 10, 4 << 30  # of one input; memory counts the imports' address space as well
LONGEST = 8192  # bytes of an input
EVERY = 10  # inputs, of which one goes through the command line
TRACED = 3  # inputs, of which one is traced: tracing makes reading five times as slow
MOST_KEPT = 4000
TABLE, REFUSED, WRONG, MEMORY = range(4)  # exit statuses of the process of an input
OUTCOMES = {TABLE: "a table", REFUSED: "refused in our words", WRONG: "another exception", MEMORY: "too much memory"}
WATCHED = str(Path(__file__).parent.parent / "dldiag" / "data")
ROWS = "id,name,price,day\n" + "".join(f'{i},"a, {i}",{i}.5,2024-01-{i + 1:02}\n' for i in range(12))
PIECES = [b",", b";", b"\t", b'"', b"''", b"\n", b"\r\n", b"\0", b"---", b"%", b"1k", b"NA", b"\xef\xbb\xbf", b"\xff\xfe", b"1e308", b"2024Q1",
          "名".encode("gb18030"), "é".encode(), b"[", b"{", b"-200", b" "]  # fmt: skip


def seeds() -> list[bytes]:
    """Return one small file of every format, of every packing, and of every way to write text that the reader knows."""
    table = pa.table({"a": [1, 2, None], "b": ["x", "y", None], "c": [0.5, 1.5, 2.5]})
    parquet, feather, arrow, excel, packed = (io.BytesIO() for _ in range(5))
    pyarrow.parquet.write_table(table, parquet)
    pyarrow.feather.write_feather(table, feather)
    with pa.ipc.new_file(arrow, table.schema) as file:
        file.write_table(table)
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, "x"], [2, None]):
        book.active.append(row)
    book.save(excel)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("table.csv", ROWS)
    texts = (
        ROWS, ROWS.replace(",", ";"), ROWS.replace('"', "'"), ROWS.replace(",", "  "), "Title\n\n" + ROWS + "\nSource: us\n",
        ROWS.replace("a, 3", 'a" 3'), ROWS.replace("5,", "5"), ROWS[:-8], '{"a": 1, "b": "x"}\n{"a": 2}\n', '[{"a": [1, 2]}]',
        ROWS.replace(",price", "price"), ROWS.replace('"a', '\\"a'), "id\n--\n" + ROWS, ",2019,,2020\n" + ROWS, "1k,5%\n" * 9,
    )  # fmt: skip
    coded = [ROWS.replace("name", "名称").encode(c) for c in ("utf-16", "gb18030", "utf-8-sig", "utf-16-le", "utf-32")]
    binary = [one.getvalue() for one in (parquet, feather, arrow, excel, packed)]
    squeezed = [gzip.compress(ROWS.encode()), bz2.compress(ROWS.encode()), lzma.compress(ROWS.encode())]
    return [*(t.encode() for t in texts), *coded, ROWS.encode("cp037"), *binary, *squeezed]


# --- one input, in its own process --------------------------------------------------------------------------------


def read_one(data: bytes, apart: bool = False) -> int:
    """Read bytes and type their columns, without the product's own process around native readers unless `apart`."""
    try:
        table_of(read(data, limits=LIMITS, trusted=not apart))
    except DataError as error:
        return WRONG if "accounted" in str(error.message) else REFUSED
    return TABLE


def run_one(data: bytes) -> int:
    """Give bytes to `dldiag diagnose` with a target that is not there, so that nothing is trained."""
    errors = io.StringIO()
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            status = run_command(["diagnose", file.name, "--target", "no such column"])
    return REFUSED if status == 2 and errors.getvalue().strip().count("\n") == 0 else WRONG


def in_process(work: Callable[[bytes], int], data: bytes, traced: bool = True) -> tuple[int, set[int]]:
    """Return the exit status of a process that works on data (negative: a signal) and the lines that it reached."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        os._exit(_bounded(work, data, into, traced))
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        reached = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), set(
        memoryview(reached[: len(reached) // 8 * 8]).cast("q")
    )


def _bounded(work: Callable[[bytes], int], data: bytes, into: int, traced: bool) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lines: set[int] = set()
    if traced:
        sys.settrace(lambda frame, *_: _line_tracer(lines) if frame.f_code.co_filename.startswith(WATCHED) else None)
    try:
        status = work(data)
    except MemoryError:
        status = MEMORY
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n"[:300].encode(errors="replace"))
        status = WRONG
    sys.settrace(None)
    with os.fdopen(into, "wb") as pipe:
        pipe.write(b"".join(line.to_bytes(8, sys.byteorder, signed=True) for line in lines))
    return status


def _line_tracer(lines: set[int]) -> Callable[..., object]:
    def trace(frame: object, event: str, _: object) -> object:
        lines.add(hash((frame.f_code.co_filename, frame.f_lineno)))  # type: ignore[attr-defined]
        return trace

    return trace


# --- many inputs --------------------------------------------------------------------------------------------------


def changed(data: bytes, kept: list[bytes], rng: random.Random) -> bytes:
    """Return bytes with a few changes: bits, cuts, repeats, pieces of files, and parts of other inputs."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        at, length = rng.randrange(len(out) + 1), rng.choice((1, 2, 8, 64))
        kind = rng.randrange(6)
        if kind == 0 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del out[at : at + length]
        elif kind == 2:
            out[at:at] = out[at : at + length] * rng.randrange(1, 5)
        elif kind == 3:
            out[at:at] = rng.choice(PIECES)
        elif kind == 4:
            out[at : at + length] = rng.randbytes(length)
        else:
            other = rng.choice(kept)
            start = rng.randrange(len(other) + 1)
            out[at:at] = other[start : start + rng.choice((8, 64, 512))]
    return bytes(out[:LONGEST])


def read_as_product(data: bytes) -> int:
    """Read bytes as the product does, with native readers in a process of their own."""
    return read_one(data, apart=True)


def is_contained(data: bytes) -> bool:
    """Tell whether the product reads bytes that a native reader fails on to an end: a table or one sentence."""
    return in_process(read_as_product, data, traced=False)[0] in (TABLE, REFUSED)


def fuzz(seconds: float, seed: int) -> dict[str, int]:
    """Run inputs for some time and return how often each outcome came."""
    rng, kept, known, found = random.Random(seed), seeds(), set[int](), Counter[str]()
    read_one(ROWS.encode())  # what is imported and set up here is not so again in the process of every input
    run_one(ROWS.encode())
    started, number, queue = time.monotonic(), 0, list(seeds())
    while time.monotonic() - started < seconds:
        data = queue.pop() if queue else changed(rng.choice(kept), kept, rng)
        through_command = number % EVERY == EVERY - 1
        status, reached = in_process(run_one if through_command else read_one, data, number % TRACED == 0)
        outcome = _outcome(status)
        if (status in (WRONG, MEMORY) or status < 0) and not through_command and is_contained(data):
            outcome = f"{outcome}, contained"
        elif status in (WRONG, MEMORY) or status < 0:
            (RESULTS / f"fuzz-{number}.bin").write_bytes(data)
        found[outcome] += 1
        found["through the command line"] += through_command
        if not reached <= known and len(kept) < MOST_KEPT:
            known |= reached
            kept.append(data)
        number += 1
    return {"inputs": number, "lines reached": len(known), "kept": len(kept), **found}


def _outcome(status: int) -> str:
    if status >= 0:
        return OUTCOMES.get(status, f"exit status {status}")
    return "too slow" if status == -signal.SIGXCPU else signal.Signals(-status).name


def main() -> None:
    """Run, print the figures and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0, help="how long to run (600)")
    parser.add_argument("--seed", type=int, default=0, help="of the changes to the inputs (0)")
    asked = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    figures = {"seconds": asked.seconds, "seed": asked.seed, **fuzz(asked.seconds, asked.seed)}
    for name, value in figures.items():
        print(f"{name:28} {value:>12,}")
    (RESULTS / "fuzz.json").write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
