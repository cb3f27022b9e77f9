"""Is the advice right by the metric that was asked for? Rare classes, costs of mistakes, and the mean absolute error.

    python -m bench.advice_metric --half report        # run (appends to bench/results/advice_metric.jsonl)
    python -m bench.advice_metric --again --half report   # diagnose the same cases again, keep their truth
    python -m bench.advice_metric --print              # print the tables from what was run

As bench.advice: every change is run on every case, its effect measured on rows held out; that is the truth. Errors are
losses of the metric, in hundredths: points of balanced error, hundredths of a cost per row or of std(y).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.advice import run_case
from bench.advice_cases import Case, load, take
from bench.advice_table import PICKS, best_of, effects, first_line, over_tables, print_coverage, regrets
from dldiag.core.settings import Settings
from dldiag.experiments.models import build_model

RESULTS = Path(__file__).with_name("results") / "advice_metric.jsonl"
ROWS, TRUTH_ROWS, LEAST_RARE = 1_000, 4_000, 60
LEAVE_ALONE = 5.0  # points of balanced error; "keep the model as it is" must not stand where a test gained them
NETWORK = {"hidden_layer_sizes": (32,)}
KINDS = ("imbalanced", "cost", "mae")


@dataclass(frozen=True)
class Asked:
    """One case. rare: the share to which the rarer class (or one class against the rest) is thinned; None: as it is."""

    half: str
    kind: str
    table: str
    settings: Settings
    rare: float | None = None

    @property
    def name(self) -> str:
        """What the case goes by in results; the table first, as cases of one table share rows."""
        return f"{self.table}/{self.kind}_{self.rare}"


def _imbalanced(half: str, tables: Sequence[str], shares: Sequence[float | None]) -> list[Asked]:
    return [Asked(half, "imbalanced", table, Settings(), share) for table in tables for share in shares]


COSTS, MAE = Settings(cost="fn=10,fp=1"), Settings(metric="mae")
CASES = (
    *_imbalanced("calibrate", ("magic_telescope", "phoneme", "spambase", "waveform_40"), (0.04,)),
    *_imbalanced("calibrate", ("isl_default",), (None,)),
    *(Asked("calibrate", "cost", table, COSTS) for table in ("magic_telescope", "spambase")),
    *(Asked("calibrate", "mae", table, MAE) for table in ("california_housing", "abalone")),
    *_imbalanced("report", ("adult", "credit_default_taiwan", "htru2_pulsar", "covtype_20k", "mushroom", "letter"), (0.03, 0.06)),
    *(Asked("report", "cost", table, COSTS) for table in ("adult", "credit_default_taiwan", "htru2_pulsar", "mushroom")),
    *(Asked("report", "mae", table, MAE) for table in ("bike_hour", "diamonds", "protein_casp", "wine_quality_white")),
    # Rule D16 was made after looking at the report half; these were run once, afterwards.
    *_imbalanced("fresh", ("skin_nonskin", "mnist_5k", "shuttle", "optdigits"), (0.03, 0.06)),
    *(Asked("fresh", "cost", table, COSTS) for table in ("phoneme", "waveform_40", "shuttle", "optdigits")),
    *(Asked("fresh", "mae", table, MAE) for table in ("nyc_flights_arr", "friedman_40k", "power_plant", "cpu_act")),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class MetricCase(Case):
    """The rows of a case that is judged by another metric; no fault is put in, and no rows stand by for more data."""

    asked: Asked

    @property
    def name(self) -> str:
        """What the case goes by in results."""
        return self.asked.name


def case_of(asked: Asked) -> MetricCase:
    """Draw the rows that the diagnosis sees, the rows held out for the truth, and none beyond."""
    whole = load(asked.table)
    rng = np.random.default_rng(len(asked.name))
    if asked.kind != "mae" and len(whole.classes) > 2:
        whole = replace(whole, y=(whole.y == 0).astype(int), classes=("rest", "one"))
    if asked.rare is not None:
        whole = take(whole, _thinned(whole.y, asked.rare, rng))
    order, n_seen = rng.permutation(whole.n_rows), min(ROWS, whole.n_rows // 2)
    held = order[n_seen:][-TRUTH_ROWS:]
    return MetricCase(
        asked.table, "healthy", take(whole, order[:n_seen]), take(whole, held), take(whole, order[:0]), asked
    )


def _thinned(y: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Return the rows that remain when the rarer class is thinned to a share of all."""
    rare = int(np.argmin(np.bincount(y)))
    others, ones = np.flatnonzero(y != rare), rng.permutation(np.flatnonzero(y == rare))
    return np.concatenate([others, ones[: max(LEAST_RARE, round(share / (1 - share) * len(others)))]])


def run(asked: Asked, known: dict[str, Any] | None) -> dict[str, Any]:
    """Diagnose one case with the default budget, and find out what every change really does to its metric."""
    case = case_of(asked)
    settings = replace(asked.settings, trials=2)
    truth = None if known is None else {"error": known["errors"], "train": known["train"]}
    row = run_case(case, truth, settings, build_model(case.seen.task, NETWORK))
    rarest = np.bincount(case.seen.y).min() if case.seen.task == "classification" else None
    return {"half": asked.half, "kind": asked.kind, "rarest": None if rarest is None else int(rarest), **row}


def print_tables(rows: Sequence[dict[str, Any]]) -> None:
    """Print the regret of the first advice beside the controls', by kind of case, and what else is asked for."""
    for half in sorted({row["half"] for row in rows}):
        parts = {kind: [r for r in rows if (r["half"], r["kind"]) == (half, kind)] for kind in KINDS}
        parts = {kind: part for kind, part in parts.items() if part}
        every = [row for part in parts.values() for row in part]
        print(f"\n== {half}: regret, hundredths of the metric ==\n")
        print("| first line | " + " | ".join(f"{kind} ({len(part)})" for kind, part in parts.items()) + " | all |")
        print("|---" * (len(parts) + 2) + "|")
        for name, pick in PICKS.items():
            means = [np.maximum(regrets(part, pick), 0.0).mean() for part in [*parts.values(), every]]
            print(f"| {name} | " + " | ".join(f"{mean:.2f}" for mean in means) + " |")
        _print_left_alone(every)
        print_coverage(every)


def _print_left_alone(rows: Sequence[dict[str, Any]]) -> None:
    """Print where the first line changes nothing although some change really gains much."""
    large = [row for row in rows if best_of(row) <= -LEAVE_ALONE]
    left = [row["case"] for row in large if row["after"][0]["remedy"] == "leave_it"]
    print(
        f"\n- a change gains {LEAVE_ALONE:.0f} and more: {len(large)} cases; the model is kept as it is in {len(left)} {left}"
    )
    low, high = over_tables(rows, np.maximum(regrets(rows, first_line("after")), 0.0))
    print(f"- 90% interval over tables of the regret of dldiag, after its trials: {low:.2f} to {high:.2f}")
    for row in rows:
        found, first = effects(row), row["after"][0]
        best = min((name for name in found), key=lambda name: found[name])
        print(
            f"  {row['case']}: {first['remedy']} ({found.get(first['does'], 0.0):+.1f}); best {best} ({found[best]:+.1f})"
        )


def main() -> None:
    """Run cases or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("calibrate", "report", "fresh"), default="calibrate")
    parser.add_argument("--again", action="store_true", help="diagnose the cases that were run once more")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--print", action="store_true", dest="only_print")
    args = parser.parse_args()
    done = {
        row["case"]: row
        for line in (args.out.read_text().splitlines() if args.out.exists() else [])
        for row in [json.loads(line)]
    }
    for asked in () if args.only_print else CASES:
        if asked.half != args.half or (asked.name in done) != args.again:
            continue
        done[asked.name] = row = run(asked, done.get(asked.name))
        args.out.write_text("".join(json.dumps(one) + "\n" for one in done.values()))
        print(f"{asked.name} {row['seconds']:.0f} s: {row['after'][0]['remedy']}", flush=True)
    print_tables(list(done.values()))


if __name__ == "__main__":
    main()
