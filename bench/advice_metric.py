"""Is the advice right by the metric that was asked for? Rare classes, costs of mistakes, and the mean absolute error.

    python -m bench.advice_metric --half calibrate     # run (appends to bench/results/advice_metric.jsonl)
    python -m bench.advice_metric --print              # print the tables from what was run

As bench.advice: every remedy is run on every case, its effect measured on held-out rows; that is the truth. Errors are
losses of the metric, in hundredths: points of balanced error, hundredths of a cost per row or of std(y).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.advice import TRAIN_SHARE, _advice, _note_order, joined
from bench.advice_cases import load, take
from bench.advice_table import (
    Pick,
    _first_of,
    _ng,
    _oracle_family,
    _published,
    _random,
    _skore,
    by_remedy,
    effects,
    ours,
    regrets,
    settled,
)
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset
from dldiag.data.encode import encode
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.remedies import REMEDIES, applicable
from dldiag.experiments.fit import fit_all
from dldiag.experiments.metric_choice import choose_metric
from dldiag.experiments.models import Model, build_model, changed
from dldiag.experiments.tasks import Encoded, FitTask

RESULTS = Path(__file__).with_name("results") / "advice_metric.jsonl"
ROWS, TRUTH_ROWS, TRUTH_SEEDS = 1_000, 4_000, 3
LEAVE_ALONE = 5.0  # points of balanced error; "keep the model as it is" must not stand where a test gained them
NETWORK = {"hidden_layer_sizes": (32,)}


@dataclass(frozen=True)
class MetricCase:
    """One case. rare: the share to which the rarer class (or one class against the rest) is thinned; None: as it is."""

    half: str
    kind: str  # imbalanced, cost, mae
    table: str
    settings: Settings
    rare: float | None = None
    seed: int = 0

    @property
    def name(self) -> str:
        """What the case goes by in results."""
        return f"{self.kind}/{self.table}/{self.rare or ''}/{self.seed}"


def _imbalanced(half: str, tables: Sequence[str], shares: Sequence[float | None]) -> list[MetricCase]:
    return [MetricCase(half, "imbalanced", table, Settings(), share) for table in tables for share in shares]


COSTS, MAE = Settings(cost="fn=10,fp=1"), Settings(metric="mae")
CASES = (
    *_imbalanced("calibrate", ("magic_telescope", "phoneme", "spambase", "waveform_40"), (0.04,)),
    *_imbalanced("calibrate", ("isl_default",), (None,)),
    *(MetricCase("calibrate", "cost", table, COSTS) for table in ("magic_telescope", "spambase")),
    *(MetricCase("calibrate", "mae", table, MAE) for table in ("california_housing", "abalone")),
    *_imbalanced("report", ("adult", "credit_default_taiwan", "htru2_pulsar", "covtype_20k", "mushroom", "letter"), (0.03, 0.06)),
    *(MetricCase("report", "cost", table, COSTS) for table in ("adult", "credit_default_taiwan", "htru2_pulsar", "mushroom")),
    *(MetricCase("report", "mae", table, MAE) for table in ("bike_hour", "diamonds", "protein_casp", "wine_quality_white")),
)  # fmt: skip


def rows_of_case(case: MetricCase) -> tuple[Dataset, Dataset]:
    """Return the rows that the diagnosis sees, and the rows held out for the truth."""
    whole = load(case.table)
    rng = np.random.default_rng([case.seed, len(case.table)])
    if case.kind != "mae" and len(whole.classes) > 2:
        whole = replace(whole, y=(whole.y == 0).astype(int), classes=("rest", "one"))
    if case.rare is not None:
        whole = take(whole, _thinned(whole.y, case.rare, rng))
    order = rng.permutation(whole.n_rows)
    held = order[max(ROWS, whole.n_rows - TRUTH_ROWS) :] if whole.n_rows > 2 * ROWS else order[whole.n_rows // 2 :]
    return take(whole, order[: min(ROWS, whole.n_rows // 2)]), take(whole, held)


def _thinned(y: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    rare = int(np.argmin(np.bincount(y)))
    others, ones = np.flatnonzero(y != rare), rng.permutation(np.flatnonzero(y == rare))
    return np.concatenate([others, ones[: max(60, round(share / (1 - share) * len(others)))]])


def truth(case: MetricCase, seen: Dataset, held: Dataset, models: dict[str, Model]) -> dict[str, list[float]]:
    """Return {name: held-out loss per seed} of every model, trained on as many rows as the diagnosis trains on."""
    everything = joined(seen, held)
    rows = np.arange(seen.n_rows, everything.n_rows)
    scale = float(np.std(everything.y[rows])) if seen.task == "regression" else 1.0
    encoded = Encoded(everything, encode(everything), scale or 1.0, choice=choose_metric(seen, case.settings))
    n_train = round(TRAIN_SHARE * seen.n_rows)
    tasks = [
        FitTask((name, n_train, seed), one, order[:n_train], rows, seed)
        for seed in range(TRUTH_SEEDS)
        for order in [np.random.default_rng([case.seed, seed]).permutation(seen.n_rows)]
        for name, one in models.items()
    ]
    errors: dict[str, list[float]] = {}
    for result in fit_all(tasks, encoded):
        errors.setdefault(result.task.key[0], []).append(result.dev_error)
    return errors


def run_case(case: MetricCase) -> dict[str, Any]:
    """Diagnose one case, then find out what every remedy really does to the metric."""
    seen, held = rows_of_case(case)
    model = build_model(seen.task, NETWORK)
    order: list[str] = []
    started = time.perf_counter()
    settings = replace(case.settings, seed=case.seed, trials=2, budget="quick")
    report = diagnose(seen, model, settings, on_progress=lambda p: _note_order(p.report, order))
    seconds = time.perf_counter() - started
    named = {f"{key} {json.dumps(change)}": changed(model, change) for key, change in applicable(model)}
    return {
        "half": case.half, "case": case.name, "kind": case.kind, "seconds": seconds,
        "metric": report.metric.name if report.metric else "", "positives": float(np.mean(seen.y == np.argmin(np.bincount(seen.y)))) if seen.task == "classification" else None,
        "errors": truth(case, seen, held, {"now": model, **named}), **_advice(report, order),
    }  # fmt: skip


def print_tables(rows: Sequence[dict[str, Any]]) -> None:
    """Print the regret of the first advice beside the controls', and what the issue asks for, by half and kind."""
    columns = {key: row.column for key, row in REMEDIES.items()}
    picks: dict[str, Pick] = {
        "dldiag": ours,
        "  after its trials": settled,
        "always bias": _first_of("bias", columns),
        "always variance": _first_of("variance", columns),
        "nothing": lambda row, found: [""],
        "random remedy": _random,
        "Ng's table, E* = 0": _ng,
        "skore's two checks": _skore,
        "published thresholds": _published,
        "oracle family": _oracle_family(columns),
    }
    for half in sorted({row["half"] for row in rows}):
        kinds = [
            kind for kind in ("imbalanced", "cost", "mae") if any(r["kind"] == kind for r in rows if r["half"] == half)
        ]
        parts = {kind: [r for r in rows if (r["half"], r["kind"]) == (half, kind)] for kind in kinds}
        print(f"\n== {half}: regret of the first advice, hundredths of the metric ==")
        print(f"{'':24}" + "".join(f"{f'{kind} ({len(parts[kind])})':>18}" for kind in kinds))
        for name, pick in picks.items():
            print(f"{name:24}" + "".join(f"{regrets(part, pick).mean():18.2f}" for part in parts.values()))
        _print_left_alone([row for part in parts.values() for row in part])
        _print_effects([row for part in parts.values() for row in part])


def _print_left_alone(rows: Sequence[dict[str, Any]]) -> None:
    """Print where the first advice is to keep the model although some remedy really gains much."""
    gains = {row["case"]: -min(by_remedy(effects(row)).values()) for row in rows}
    large = [row for row in rows if gains[row["case"]] >= LEAVE_ALONE]
    left = [row["case"] for row in large if row["recommended"][0]["remedy"] == "leave_it"]
    print(
        f"a remedy gains {LEAVE_ALONE:.0f} and more: {len(large)} cases; 'keep the model as it is': {len(left)} {left}"
    )


def _print_effects(rows: Sequence[dict[str, Any]]) -> None:
    """Print how often the shown effect of a trial covers what the change really does (90% wanted)."""
    hits = []
    for row in rows:
        for one in row["recommended"]:
            name = f"{one['remedy']} {json.dumps(one['change'])}"
            if one["trial"] is not None and one["change"] and name in row["errors"]:
                hits.append(_covers(row, name, one["trial"][2:]))
    print(
        f"the interval of a trial covers the true effect: {np.mean(hits):.1%} of {len(hits)}" if hits else "no trials"
    )


def _covers(row: dict[str, Any], name: str, bounds: Sequence[float]) -> bool:
    """Allow for what is unsure about the truth itself, which rests on few seeds."""
    worst = row["evidence"]["guess_error"][0]
    change = np.minimum(row["errors"][name], worst) - np.minimum(row["errors"]["now"], worst)
    true, unsure = float(change.mean()), 1.645 * float(change.std(ddof=1)) / np.sqrt(len(change))
    middle = sum(bounds) / 2
    return abs(true - middle) <= float(np.hypot((bounds[1] - bounds[0]) / 2, unsure))


def _cases(half: str, done: set[str]) -> Iterator[MetricCase]:
    return (case for case in CASES if case.half == half and case.name not in done)


def main() -> None:
    """Run cases or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("calibrate", "report"), default="calibrate")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--print", action="store_true", dest="only_print")
    args = parser.parse_args()
    rows = [json.loads(line) for line in args.out.read_text().splitlines()] if args.out.exists() else []
    if not args.only_print:
        for case in _cases(args.half, {row["case"] for row in rows}):
            rows.append(run_case(case))
            args.out.write_text("".join(json.dumps(row) + "\n" for row in rows))
            first = rows[-1]["recommended"][0]
            print(
                f"{case.name} {rows[-1]['metric']} {rows[-1]['seconds']:.0f} s: {first['remedy']} {first['change']}",
                flush=True,
            )
    print_tables(rows)


if __name__ == "__main__":
    main()
