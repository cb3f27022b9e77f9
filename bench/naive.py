"""Run the naive results that must be impossible here, and count right verdicts, refusals and naive results.

Run: python -m bench.naive [TABLES PER CASE] [CASE …]       (20 tables each by default; quick effort, no trials)
Writes bench/results/naive.json.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

import dldiag
from bench.naive_tables import CASES, Case
from dldiag.core.settings import Settings
from dldiag.core.types import DataError
from dldiag.data.dataset import make_dataset
from dldiag.data.read_table import read_table

RESULT = Path(__file__).with_name("results") / "naive.json"
QUICK = Settings(budget="quick", trials=0, sizes=3, repeats=3, baselines=("linear",))


def outcome(case: Case, frame: pd.DataFrame) -> str:
    try:
        table = read_table(frame.to_csv(index=False).encode(), name=case.key)
        report = dldiag.diagnose(make_dataset(table, "y", **case.options), None, QUICK)
    except DataError:
        return "right" if case.refusal_is_right else "refused"
    if case.is_naive(report):
        return "naive"
    return "right" if case.is_right(report) else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="?", type=int, default=20, help="tables of each kind (20)")
    parser.add_argument("kinds", nargs="*", help="kinds of tables (all)")
    asked = parser.parse_args()
    tables, wanted = asked.tables, set(asked.kinds)
    found = {}
    for case in CASES:
        if wanted and case.key not in wanted:
            continue
        started = time.perf_counter()
        answers = [outcome(case, case.make(np.random.default_rng(seed))) for seed in range(tables)]
        counts = {one: answers.count(one) for one in ("right", "refused", "wrong", "naive") if one in answers}
        found[case.key] = {"naive": case.naive, "truth": case.truth, "tables": tables, **counts}
        print(f"{case.key:16} {counts}   {(time.perf_counter() - started) / tables:.1f} s per table", flush=True)
    RESULT.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
