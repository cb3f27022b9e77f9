"""A table larger than memory: made in parts, then diagnosed, with time and memory against one pass of PyArrow over it.

    python -m bench.large [ROWS …] [--format parquet|csv|gzip|zstd] [--folder DIR]    prints a table, writes bench/results/large.json

Each reading runs in a process of its own. Seconds are processor seconds of the process and its children; memory is the
largest sum of what both held at a time, looked at every 50 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

RESULT = Path(__file__).with_name("results") / "large.json"
SIZES = (100_000, 1_000_000, 10_000_000)
NUMBERS = 18  # columns, beside one of names, one of whole numbers and the target
PART_ROWS = 250_000
LOOK_SECONDS = 0.05
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
ENDINGS = {"parquet": ".parquet", "csv": ".csv", "gzip": ".csv.gz", "zstd": ".csv.zst"}

ONE_PASS = """
import sys, pyarrow.parquet, pyarrow.csv
path = sys.argv[1]
if path.endswith(".parquet"):
    for batch in pyarrow.parquet.ParquetFile(path).iter_batches(use_threads=False): pass
else:
    for batch in pyarrow.csv.open_csv(path, pyarrow.csv.ReadOptions(use_threads=False)): pass
"""
READING = """
import sys
from pathlib import Path
from dldiag.data.dataset import make_dataset
from dldiag.data.io import Sampling
from dldiag.data.read_table import read_table
from dldiag.diagnosis.case import prepare_case
from dldiag.core.settings import Settings
table = read_table(Path(sys.argv[1]), sampling=Sampling(target="y"))
case = prepare_case(make_dataset(table, "y"), None, Settings())
print(table.totals.repeated if table.totals else -1)
"""


def parts_of_table(rows: int) -> Iterator[pa.Table]:
    """Yield a table of two classes in parts; one row in a thousand repeats the first row of its part."""
    for part, begin in enumerate(range(0, rows, PART_ROWS)):
        rng, n = np.random.default_rng(part), min(PART_ROWS, rows - begin)
        X = rng.normal(size=(n, NUMBERS))
        city, age = rng.integers(0, 5, n), rng.integers(18, 90, n)
        score = X[:, 0] + X[:, 1] * X[:, 2] + 0.5 * X[:, 3] + (city == 0) + 0.7 * rng.normal(size=n)
        columns = {f"x{j}": X[:, j] for j in range(NUMBERS)}
        table = pa.table(columns | {
            "city": pa.array(np.array(["Aachen", "Bonn", "Celle", "Dessau", "Emden"])[city]), "age": age,
            "y": pa.array(np.where(score > 0.5, "yes", "no")),
        })  # fmt: skip
        index = np.arange(n)
        index[500::1000] = 0
        yield table.take(pa.array(index))


def make(path: Path, rows: int, kind: str) -> None:
    """Write the table in parts."""
    parts = parts_of_table(rows)
    if kind == "parquet":
        first = next(parts)
        with pyarrow.parquet.ParquetWriter(path, first.schema) as writer:
            writer.write_table(first)
            for part in parts:
                writer.write_table(part)
        return
    stream = pa.output_stream(str(path), compression={"csv": None}.get(kind, kind))
    with stream:
        for number, part in enumerate(parts):
            pyarrow.csv.write_csv(part, stream, pyarrow.csv.WriteOptions(include_header=number == 0))


def measured(arguments: list[str]) -> tuple[float, float, float]:
    """Return CPU seconds, wall seconds and the peak of resident memory (MiB) of a process and all below it."""
    root, started, most = Path(__file__).resolve().parents[1], time.perf_counter(), 0.0
    cpu: dict[int, float] = {}  # of every process, as last seen: those that nobody waits for are in no other account
    process = subprocess.Popen(
        [sys.executable, *arguments], env=os.environ | ONE_THREAD | {"PYTHONPATH": str(root)}, stdout=subprocess.DEVNULL
    )
    before = getrusage(RUSAGE_CHILDREN)
    while process.poll() is None:
        most = max(most, _look(process.pid, cpu))
        time.sleep(LOOK_SECONDS)
    if process.returncode:
        raise RuntimeError(f"{arguments[0]} ended with {process.returncode}")
    after = getrusage(RUSAGE_CHILDREN)
    cpu[process.pid] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return sum(cpu.values()), time.perf_counter() - started, most


def _look(process: int, cpu: dict[int, float]) -> float:
    """Return MiB of a process and all below it, shared memory shared out, and note their CPU seconds."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        total = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024
        times = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
        cpu[process] = sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except (OSError, StopIteration):
        return 0.0
    return total + sum(_look(int(child), cpu) for child in children)


def compare(rows: int, kind: str, folder: Path, diagnosed: bool) -> dict[str, float]:
    """Make a table, read it by PyArrow alone, read and audit it, and diagnose it."""
    path = folder / f"table_{rows}{ENDINGS[kind]}"
    if not path.exists():
        make(path, rows, kind)
    imports, _, _ = measured(["-c", "import dldiag.diagnosis.diagnose"])
    one_pass, _, _ = measured(["-c", ONE_PASS, str(path)])
    reading, reading_wall, peak = measured(["-c", READING, str(path)])
    found = {
        "rows": rows, "file_mib": path.stat().st_size / 2**20, "pass_cpu": one_pass, "reading_cpu": reading - imports,
        "reading_wall": reading_wall, "reading_peak_mib": peak,
    }  # fmt: skip
    if diagnosed:
        cpu, wall, most = measured(["-m", "dldiag", "diagnose", str(path), "--target", "y", "--jobs", "1", "--quiet"])
        found |= {"diagnosis_cpu": cpu, "diagnosis_wall": wall, "diagnosis_peak_mib": most}
    return found


def main() -> None:
    """Print the comparison, size by size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", type=int, default=SIZES)
    parser.add_argument("--format", choices=ENDINGS, default="parquet")
    parser.add_argument("--folder", type=Path, help="where the tables stay; a temporary folder otherwise")
    parser.add_argument("--diagnose", action="store_true", help="run the whole diagnosis, too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        found = [compare(rows, given.format, folder, given.diagnose) for rows in given.rows]
    print("CPU seconds; reading: all rows counted, a sample typed, split and audited")
    print(
        f"{'rows':>12}{'MiB':>8}{'one pass':>10}{'reading':>10}{'ratio':>7}{'µs a row':>10}{'peak MiB':>10}{'diagnosis':>11}{'peak MiB':>10}"
    )
    for one in found:
        print(
            f"{one['rows']:12,}{one['file_mib']:8.0f}{one['pass_cpu']:10.1f}{one['reading_cpu']:10.1f}"
            f"{one['reading_cpu'] / one['pass_cpu']:7.1f}{1e6 * one['reading_cpu'] / one['rows']:10.1f}"
            f"{one['reading_peak_mib']:10.0f}{one.get('diagnosis_cpu', float('nan')):11.1f}{one.get('diagnosis_peak_mib', float('nan')):10.0f}"
        )
    kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps(kept | {given.format: found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
