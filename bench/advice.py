"""Is the advice right? Every remedy is run on every case, its effect measured on held-out rows; that is the truth.

    python -m bench.advice --half calibrate --seeds 0 --most 40     # run (appends to bench/results/advice.jsonl)
    python -m bench.advice --again --half report                    # diagnose the same cases again, keep their truth
    python -m bench.advice --agreement 25 --every 23                # verdicts over 25 splits of the same rows
    python -m bench.advice --print                                  # print the tables from what was run

Controls stand in the same table. Errors are in points (rate) or hundredths of std(y).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.advice_cases import CALIBRATE, FAULTS, REPORT, Case, cases, copied_rows
from bench.advice_table import print_tables
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Report
from dldiag.data.audit.duplicates import duplicate_groups
from dldiag.data.encode import encode
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.remedies import REMEDIES, applicable
from dldiag.experiments.fit import fit_all
from dldiag.experiments.models import Model, build_model, changed
from dldiag.experiments.tasks import Encoded, FitTask

RESULTS = Path(__file__).with_name("results") / "advice.jsonl"
TABLES = {"calibrate": CALIBRATE, "report": REPORT}
TRUTH_SEEDS = 5
TRAIN_SHARE = 0.6  # of the rows seen: what the diagnosis trains on after dev and test are set aside


def joined(*parts: Dataset) -> Dataset:
    """Stack datasets of the same columns."""
    from dataclasses import replace

    import pandas as pd

    X = pd.concat([part.X for part in parts], ignore_index=True)
    return replace(parts[0], X=X, y=np.concatenate([part.y for part in parts]))


def truth(case: Case, model: Model, changes: Mapping[str, Model]) -> dict[str, list[float]]:
    """Return {name: held-out error per seed} of the model as it is and of every changed model."""
    everything = joined(case.seen, case.extra, case.held_out)
    n_seen, n_extra = case.seen.n_rows, case.extra.n_rows
    held = np.arange(n_seen + n_extra, everything.n_rows)
    n_train = round(TRAIN_SHARE * n_seen)
    encoded = Encoded(everything, encode(everything), float(np.std(everything.y[held])) or 1.0)
    tasks = []
    for seed in range(TRUTH_SEEDS):
        order = _in_order(case, np.random.default_rng([case.seed, seed]))
        for name, one in {"now": model, **changes}.items():
            tasks.append(FitTask((name, n_train, seed), one, order[:n_train], held, seed))
        more = np.concatenate([order[:n_train], np.arange(n_seen, n_seen + min(n_extra, 3 * n_train))])
        tasks.append(FitTask(("more_data", len(more), seed), model, more, held, seed))
    errors: dict[str, list[float]] = {}
    for result in fit_all(tasks, encoded):
        errors.setdefault(result.task.key[0], []).append(result.dev_error)
    return errors


def _in_order(case: Case, rng: np.random.Generator) -> np.ndarray:
    """Return the rows seen in random order; copies that the fault made stay together, as in every split of a diagnosis.

    Else the truth would train on half as many different rows again as the diagnosis does.
    """
    if FAULTS[case.fault].damage is not copied_rows:
        return rng.permutation(case.seen.n_rows)
    copies = duplicate_groups(case.seen.X)
    return np.argsort(rng.permutation(int(copies.max()) + 1)[copies], kind="stable")


def run_case(case: Case, known: Mapping[str, list[float]] | None = None) -> dict[str, Any]:
    """Diagnose one case, then find out what every remedy really does, unless that is `known` already."""
    model = build_model(case.seen.task, FAULTS[case.fault].settings)
    started = time.perf_counter()
    order: list[str] = []
    report = diagnose(
        case.seen, model, Settings(seed=case.seed, trials=2), on_progress=lambda p: _note_order(p.report, order)
    )
    seconds = time.perf_counter() - started
    named = {f"{key} {json.dumps(change)}": changed(model, change) for key, change in applicable(model)}
    errors = dict(known) if known and set(known) >= set(named) else truth(case, model, named)
    return {
        "case": case.name, "family": FAULTS[case.fault].family, "unit": case.seen.unit, "seconds": seconds,
        "n_train": report.split.train, "n_more": min(case.extra.n_rows, 3 * report.split.train) + report.split.train,
        "errors": errors, **_advice(report, order),
    }  # fmt: skip


def agreement(half: str, seeds: int, every: int, offset: int) -> None:
    """Print how often the verdict is the commonest one when only the seed of the split changes.

    Once for the sentence that a person reads, once for the pair of answers about bias and variance. Two pairs contradict
    each other when one says yes and the other no to the same question.
    """
    sentences, pairs, silent = [], [], []
    for number, case in enumerate(cases(TABLES[half], FAULTS, (0,))):
        if number % every != offset:
            continue
        model = build_model(case.seen.task, FAULTS[case.fault].settings)
        verdicts = [diagnose(case.seen, model, Settings(seed=seed, trials=0)).verdict for seed in range(seeds)]
        said = Counter(verdict.headline.template for verdict in verdicts)
        found = [(verdict.bias, verdict.variance) for verdict in verdicts]
        commonest, count = Counter(found).most_common(1)[0]
        against = sum({a, b} == {"yes", "no"} for one in found for a, b in zip(one, commonest, strict=True))
        sentences.append(max(said.values()) / seeds)
        pairs.append(count / seeds)
        silent.append(1 - against / (2 * seeds))
        print(f"{case.name}: {dict(Counter('/'.join(one) for one in found))}", flush=True)
        print(f"    {[(times, text[:40]) for text, times in said.most_common()]}", flush=True)
    print(
        f"the commonest sentence: {np.mean(sentences):.1%}; the commonest pair of answers: {np.mean(pairs):.1%}; "
        f"no contradiction to it: {np.mean(silent):.1%}; {len(pairs)} cases"
    )


def _note_order(report: Report | None, order: list[str]) -> None:
    """Note the order of what is recommended before any of it has been tried."""
    if report is not None and all(r.trial is None or r.remedy == "other_model" for r in report.recommendations):
        order[:] = [r.remedy for r in report.recommendations]


def _advice(report: Report, order: Sequence[str]) -> dict[str, Any]:
    evidence = {name: [e.value, e.low, e.high] for name, e in report.evidence.items()}
    return {
        "bias": report.verdict.bias, "variance": report.verdict.variance, "stability": report.verdict.stability,
        "headline": str(report.verdict.headline),
        "fired": [f.code for f in report.findings if f.outcome == "fired"],
        "recommended": [
            {
                "remedy": r.remedy, "column": r.column, "change": dict(r.change),
                "expected": None if r.expected is None else [r.expected.value, r.expected.low, r.expected.high],
                "trial": None if r.trial is None else [r.trial.verdict, r.trial.change.value, r.trial.change.low, r.trial.change.high],
            }
            for r in sorted(report.recommendations, key=lambda r: order.index(r.remedy))
        ],
        "evidence": evidence,
        "forecast": [[p.rows, p.value, p.low, p.high] for p in report.forecast.points],
    }  # fmt: skip


def main() -> None:
    """Run cases or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("calibrate", "report"), default="calibrate")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument(
        "--every", type=int, default=1, help="run only every k-th case, to sample all tables and faults"
    )
    parser.add_argument("--offset", type=int, default=0, help="with --every: which of each k cases")
    parser.add_argument("--again", action="store_true", help="diagnose the cases that were run once more")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument(
        "--agreement", type=int, default=0, metavar="SEEDS", help="how far verdicts depend on the split"
    )
    parser.add_argument("--print", action="store_true", dest="only_print")
    args = parser.parse_args()
    if args.agreement:
        agreement(args.half, args.agreement, args.every, args.offset)
        return
    if not args.only_print:
        _run(args)
    print_tables([json.loads(line) for line in args.out.read_text().splitlines()], REMEDIES)


def _run(args: argparse.Namespace) -> None:
    tables = TABLES[args.half]
    faults = {name: FAULTS[name] for name in args.faults.split(",")}
    rows = [json.loads(line) for line in args.out.read_text().splitlines()] if args.out.exists() else []
    done = {row["case"]: row for row in rows}
    args.out.parent.mkdir(exist_ok=True)
    count = 0
    for number, case in enumerate(cases(tables, faults, tuple(int(s) for s in args.seeds.split(",")))):
        chosen = case.name in done if args.again else case.name not in done and number % args.every == args.offset
        if not chosen or count >= args.most:
            continue
        known = done[case.name]["errors"] if args.again else None
        row = {"half": args.half, **run_case(case, known)}
        count += 1
        done[case.name] = row
        args.out.write_text("".join(json.dumps(one) + "\n" for one in done.values()))
        print(f"{count} {case.name} {row['seconds']:.0f} s: {row['recommended'][0]['remedy']}", flush=True)


if __name__ == "__main__":
    main()
