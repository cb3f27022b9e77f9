"""What does reading cost beside pandas, and what does a server notice of it? Prints a table, writes bench/results/reading.json.

    python -m bench.reading 10 100

Tables made up here, of mixed columns and of numbers alone, are read from disk, each by a process of its own: by pandas.read_csv
(what it makes of the columns), by dldiag.read_table (all cells as texts, and typed), and as the pages of a server read a visitor's
file, in a process apart. Counted are processor seconds, the peak of memory above what the imports take, and for the last two the
longest time that another thread of the same process waited beyond its sleep. Of several runs the one with the least processor time counts:
other work on the machine makes each run look slower.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd

from dldiag.core.isolated import warm_isolated
from dldiag.data.isolated_read import TABLE_TARGET, read_isolated
from dldiag.data.read_table import read_table

RESULTS = Path(__file__).parent / "results" / "reading.json"
READERS = {"pandas": pd.read_csv, "ours": read_table, "ours, apart": read_isolated}
ROW_BYTES = {"mixed": 95, "numbers": 170}
TICK_SECONDS = 0.005
RUNS = 3
SMALL = b"a,b,d\n" + b"1,x,2020-01-01\n2.5,y,2020-01-02\n" * 20


def mixed(rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return numbers, days, towns, yes and no, quoted texts, a running number, and gaps."""
    towns = np.array(["Berlin", "Hamburg", "München", "Köln", "Frankfurt am Main", "Stuttgart", "Leipzig"])
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 1500, rows), unit="D")
    notes = np.char.add("ref-", rng.integers(0, 10**6, rows).astype(str))
    cells = {
        "id": np.arange(rows), "age": rng.integers(18, 90, rows), "income": np.round(rng.lognormal(10, 1, rows), 2),
        "score": rng.normal(size=rows), "town": towns[rng.integers(0, 7, rows)], "day": days.strftime("%Y-%m-%d"),
        "active": np.where(rng.random(rows) < 0.5, "yes", "no"),
        "note": np.where(rng.random(rows) < 0.3, 'said, "fine"', notes),
        "ratio": np.where(rng.random(rows) < 0.05, np.nan, rng.random(rows).round(4)), "target": rng.integers(0, 2, rows),
    }  # fmt: skip
    return pd.DataFrame(cells)


def numbers(rows: int, rng: np.random.Generator) -> pd.DataFrame:
    return pd.DataFrame(rng.normal(size=(rows, 20)).round(5)).add_prefix("x")


def peak_bytes() -> int:
    return int(Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1].split()[0]) << 10


def measure(reader: str, path: Path) -> dict[str, float]:
    """Read once what imports and sets up, then the file."""
    read = READERS[reader]
    read(io.BytesIO(SMALL) if reader == "pandas" else SMALL)
    if reader == "ours, apart":
        warm_isolated(TABLE_TARGET)
    waits, done = [0.0], threading.Event()

    def tick() -> None:
        while not done.is_set():
            begun = time.perf_counter()
            time.sleep(TICK_SECONDS)
            waits.append(time.perf_counter() - begun - TICK_SECONDS)

    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is counted anew
    threading.Thread(target=tick, daemon=True).start()
    before, used, begun = peak_bytes(), time.process_time(), time.perf_counter()
    read(path)
    found = {"cpu_seconds": time.process_time() - used, "seconds": time.perf_counter() - begun}
    done.set()
    return found | {"peak_mib": (peak_bytes() - before) / (1 << 20), "longest_wait": max(waits)}


def apart(reader: str, path: Path) -> dict[str, float]:
    """Measure in processes of its own; return the run with the least processor time."""
    command = [sys.executable, "-m", "bench.reading", "--one", reader, str(path)]
    runs = [subprocess.run(command, capture_output=True, check=True, text=True, env=os.environ) for _ in range(RUNS)]
    return min((dict(json.loads(run.stdout)) for run in runs), key=lambda run: run["cpu_seconds"])


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("megabytes", type=int, nargs="*", default=[10, 100], help="sizes of the tables (10 100)")
    sizes, found = parser.parse_args().megabytes, []
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in sizes:
            for kind, made in (("mixed", mixed), ("numbers", numbers)):
                path = Path(folder) / f"{kind}.csv"
                made(megabytes * 1_000_000 // ROW_BYTES[kind], np.random.default_rng(0)).to_csv(path, index=False)
                for reader in READERS:
                    row = {"table": f"{megabytes} MB, {kind}", "reader": reader, **apart(reader, path)}
                    found.append(row)
                    print(
                        "{table:16} {reader:12} {cpu_seconds:6.2f} s of processor  {peak_mib:5.0f} MiB  longest wait {longest_wait:5.2f} s".format(
                            **row
                        )
                    )
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
