"""Do the intervals of paired changes cover what the change really does? Calibrates the overlap of repeats.

    python -m bench.intervals run --every 5      # appends to bench/results/intervals.jsonl
    python -m bench.intervals                    # prints coverage, width and decisions for several ways to reckon

The truth of a change: the same two models on training sets drawn from the rows seen, many seeds, judged on rows that
were held back.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from bench.advice import joined
from bench.advice_cases import CALIBRATE, FAULTS, Case, cases
from dldiag.core.settings import Settings
from dldiag.core.statistics import RowPart, delta_of, mean_variance, pooled_estimate
from dldiag.data.encode import encode
from dldiag.diagnosis.effort import MOST_REPEATS, diagnosis_split
from dldiag.diagnosis.remedies import applicable
from dldiag.experiments.estimates import distinct_dev_rows
from dldiag.experiments.fit import fit_all
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import Model, build_model, changed
from dldiag.experiments.tasks import Encoded, FitTask

RESULTS = Path(__file__).with_name("results") / "intervals.jsonl"
TRUTH_SEEDS = 12
TRAIN_SHARE = 0.6  # of the rows seen: what a diagnosis trains on after dev and test rows are set aside
Row = dict[str, Any]


def run(case: Case) -> Iterator[Row]:
    """Yield one row per change: differences by repeat, what the dev rows alone leave open, and the truth."""
    model = build_model(case.seen.task, FAULTS[case.fault].settings)
    plan = [(f"{key} {json.dumps(change)}", changed(model, change)) for key, change in applicable(model)]
    split = diagnosis_split(case.seen, Settings(seed=case.seed))
    bench, repeats = FitCache(case.seen, split), range(MOST_REPEATS)
    bench.fit([build_model(case.seen.task, key="guess"), model, *(one for _, one in plan)], [split.n_train], repeats)
    guess = bench.get(build_model(case.seen.task, key="guess"), split.n_train, repeats)
    before = bench.get(model, split.n_train, repeats)
    true = _truth(case, [model, *(one for _, one in plan)])
    for i, (name, one) in enumerate(plan, start=1):
        after = bench.get(one, split.n_train, repeats)
        yield {
            "case": case.name, "change": name, "before": [r.dev_error for r in before],
            "after": [r.dev_error for r in after], "guess": float(np.mean([r.dev_error for r in guess])),
            "row_variances": [
                mean_variance(b.useful_influence - a.useful_influence, a.dev_clusters)
                for a, b in zip(before, after, strict=True)
            ],
            "n_dev": len(before[0].task.dev_rows), "n_train": split.n_train,
            "n_distinct": distinct_dev_rows(before),
            "true_before": true[0], "true_after": true[i],
        }  # fmt: skip


def _truth(case: Case, models: list[Model]) -> list[list[float]]:
    everything = joined(case.seen, case.held_out)
    n_seen = case.seen.n_rows
    held, n_train = np.arange(n_seen, everything.n_rows), round(TRAIN_SHARE * n_seen)
    encoded = Encoded(everything, encode(everything), float(np.std(everything.y[held])) or 1.0)
    tasks = []
    for seed in range(TRUTH_SEEDS):
        rows = np.random.default_rng([case.seed, seed]).permutation(n_seen)[:n_train]
        tasks += [FitTask((str(i), n_train, seed), one, rows, held, seed) for i, one in enumerate(models)]
    found: list[list[float]] = [[] for _ in models]
    for result in fit_all(tasks, encoded):
        found[int(result.task.key[0])].append(result.dev_error)
    return found


# --- ways to reckon -----------------------------------------------------------------------------------------------


def pooled(overlap: float) -> Callable[[Row, int], tuple[float, float, float]]:
    """Return our interval with this much of the correction of Nadeau and Bengio (2003) added: (value, low, high)."""

    def reckon(row: Row, n: int) -> tuple[float, float, float]:
        values, variances = _differences(row)[:n], row["row_variances"][:n]
        one = pooled_estimate(values, [RowPart(variances, min(1.0, row["n_dev"] / _seen(row, n)))])
        spread = max(0.0, float(values.var(ddof=1)) - float(np.median(variances)))
        half = stats.t.ppf(0.95, n - 1) * np.sqrt(overlap * spread * row["n_dev"] / row["n_train"])
        return (
            one.value,
            one.value - np.hypot(one.value - one.low, half),
            one.value + np.hypot(one.high - one.value, half),
        )

    return reckon


def _seen(row: Row, n: int) -> int:
    """Return about how many different dev rows n repeats judge on."""
    rows = row["n_dev"] + row["n_train"]
    return min(row["n_distinct"], round(rows * (1 - (1 - row["n_dev"] / rows) ** n)))


def walsh(row: Row, n: int) -> tuple[float, float, float]:
    """Hodges and Lehmann's interval: the signed-rank test inverted; skewed differences do not stretch it."""
    values = np.sort(_differences(row)[:n])
    means = np.sort(((values[:, None] + values) / 2)[np.triu_indices(n)])
    mean, spread = n * (n + 1) / 4, np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    cut = max(0, int(np.floor(mean - stats.norm.ppf(0.95) * spread)))
    return float(np.median(means)), float(means[cut]), float(means[len(means) - 1 - cut])


def _differences(row: Row) -> np.ndarray:
    worst = row["guess"]
    return np.minimum(row["after"], worst) - np.minimum(row["before"], worst)


WAYS = {**{f"pooled, overlap {c}": pooled(c) for c in (0.0, 0.25, 0.5, 1.0)}, "signed ranks": walsh}


def print_table(rows: list[Row]) -> None:
    """Print, for each way and number of repeats, how often it covers, how wide it is, and what it decides."""
    print(f"{'':24}{'repeats':>8}{'covers':>9}{'width':>8}{'seen':>8}{'false':>8}")
    for name, reckon in WAYS.items():
        for n in (4, MOST_REPEATS):
            print(f"{name:24}{n:8}" + "".join(_figures(rows, reckon, n)))


def _figures(rows: list[Row], reckon: Callable[[Row, int], tuple[float, float, float]], n: int) -> list[str]:
    hits, widths, seen, false = [], [], [], []
    for row in rows:
        value, low, high = reckon(row, n)
        true, unsure = _truth_of(row)
        delta = delta_of(float(np.mean(np.minimum(row["before"], row["guess"]))))
        hits.append(abs(true - value) <= np.hypot(value - low if true < value else high - value, unsure))
        widths.append(high - low)
        (seen if true <= -delta else false if true > -delta / 4 else []).append(high < -delta / 2)
    return [f"{np.mean(hits):9.1%}{100 * np.median(widths):8.2f}{np.mean(seen):8.1%}{np.mean(false):8.1%}"]


def _truth_of(row: Row) -> tuple[float, float]:
    """Return what the change really does, and how far that is itself unsure (90%)."""
    worst = row["guess"]
    changes = np.minimum(row["true_after"], worst) - np.minimum(row["true_before"], worst)
    return float(changes.mean()), float(stats.t.ppf(0.95, len(changes) - 1) * stats.sem(changes))


def main() -> None:
    """Run cases or print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("run", "print"), default="print")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--offset", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    args = parser.parse_args()
    if args.what == "run":
        args.out.parent.mkdir(exist_ok=True)
        faults = {
            name: row for name, row in FAULTS.items() if row.damage is None and row.other is None
        }  # damage is not in the rows held back
        for number, case in enumerate(cases(CALIBRATE, faults)):
            if number % args.every == args.offset:
                with args.out.open("a") as file:
                    file.writelines(json.dumps(row) + "\n" for row in run(case))
                print(case.name, flush=True)
    print_table([json.loads(line) for line in args.out.read_text().splitlines()])


if __name__ == "__main__":
    main()
