"""Columns measured: kinds and targets on the real tables, and the time and memory of typing beside pandas alone.

Run: python -m bench.columns [--large]     (needs the shared data; --large adds a table of 200 MB and one of 10,000 columns)
Writes bench/results/columns.json.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from dldiag.core.types import ReadPlan, Table
from dldiag.data.audit.audit import audit_table
from dldiag.data.dataset import make_dataset
from dldiag.data.read_table import read_table
from dldiag.data.target import infer_task, suggest_target
from dldiag.data.typing.columns import type_columns
from tests.shared_data import SHARED

RESULT = Path(__file__).with_name("results") / "columns.json"
SHUFFLES = 5


def real_tables() -> list[tuple[dict[str, str], Table]]:
    assert SHARED is not None, "the shared data is not beside this clone"
    found = []
    with (SHARED / "data" / "manifest.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            data = (SHARED / "data" / row["file"]).read_bytes()
            data = gzip.decompress(data) if row["file"].endswith(".gz") else data
            found.append((row, replace(read_table(data, name=row["name"]), raw=None)))
    return found


def on_real_tables() -> dict[str, object]:
    tables, rng = real_tables(), np.random.default_rng(0)
    in_place = [suggests(table, row["target"]) for row, table in tables]
    shuffled = [suggests(mixed(table, rng), row["target"]) for row, table in tables for _ in range(SHUFFLES)]
    tasks = [infer_task(table, row["target"])[0] == row["task"] for row, table in tables]
    noticed = [row["name"] for row, table in tables if table.notices]
    seconds = {row["name"]: look_seconds(table, row) for row, table in tables}
    slowest = max(seconds, key=lambda name: seconds[name])
    return {
        "tables": len(tables),
        "target suggested, in place": float(np.mean(in_place)),
        "target suggested, columns shuffled": float(np.mean(shuffled)),
        "task inferred": float(np.mean(tasks)),
        "tables with a notice": noticed,
        "seconds of the look before training, median": float(np.median(list(seconds.values()))),
        "seconds of the look before training, slowest": {slowest: seconds[slowest]},
    }


def look_seconds(table: Table, row: dict[str, str]) -> float:
    dataset = make_dataset(table, row["target"])
    started = time.perf_counter()
    audit_table(dataset)
    return round(time.perf_counter() - started, 3)


def suggests(table: Table, target: str) -> bool:
    found = suggest_target(table)
    return found is not None and found.name == target


def mixed(table: Table, rng: np.random.Generator) -> Table:
    return replace(table, columns=tuple(table.columns[i] for i in rng.permutation(len(table.columns))))


def typing_speed() -> dict[str, float]:
    rng, rows = np.random.default_rng(0), 250_000
    made = {
        "numbers": [f"{value:.6f}" for value in rng.normal(size=rows)],
        "whole numbers": [str(value) for value in rng.integers(0, 100, rows)],
        "categories": rng.choice(["red", "green", "blue"], rows).tolist(),
        "dates": pd.date_range("2000-01-01", periods=rows, freq="min").astype(str).tolist(),
        "texts": [f"case {value} was closed" for value in rng.integers(0, 10**9, rows)],
    }
    result = {}
    for name, cells in made.items():
        raw = pd.DataFrame({f"{name} {i}": pd.Series(cells, dtype=object) for i in range(4)})
        result[name] = per_million(lambda raw=raw: type_columns(raw, ReadPlan()), raw.size)
    text = pd.DataFrame({str(i): made["numbers"] for i in range(4)}).to_csv(index=False)
    result["numbers, pandas.read_csv alone"] = per_million(lambda: pd.read_csv(io.StringIO(text)), 4 * rows)
    return result


def per_million(action, cells: int) -> float:
    started = time.perf_counter()
    action()
    return round((time.perf_counter() - started) / cells * 1e6, 3)


def large() -> dict[str, object]:
    """A table of 200 MB and one of 10,000 columns, each read, typed and made a dataset, after one another."""
    rng, result = np.random.default_rng(0), {}
    for name, shape in (("200 MB", (1_150_000, 20)), ("10,000 columns", (300, 10_000))):
        frame = pd.DataFrame(rng.normal(size=shape).round(6), columns=[f"x{i}" for i in range(shape[1])])
        frame["y"] = rng.integers(0, 2, shape[0])
        data = frame.to_csv(index=False).encode()
        del frame
        started = time.perf_counter()
        table = read_table(data, name=name)
        read = time.perf_counter() - started
        dataset = make_dataset(table, "y")
        result[name] = {
            "MB": round(len(data) / 1e6),
            "rows × columns": list(dataset.X.shape),
            "seconds to read and type": round(read, 1),
            "seconds to dataset": round(time.perf_counter() - started - read, 1),
            "peak memory of the process so far, MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    return result


def main() -> None:
    found = {"real tables": on_real_tables(), "seconds per million cells": typing_speed()}
    if "--large" in sys.argv:
        found["large"] = large()
    text = json.dumps(found, indent=2, ensure_ascii=False)
    print(text)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
