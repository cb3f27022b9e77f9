"""Is the advice right? Every remedy is run on every case, its effect measured on held-out rows; that is the truth.

    python -m bench.advice --half calibrate --every 6 --most 12     # run (appends to bench/results/advice.jsonl)
    python -m bench.advice --again --half report                    # diagnose the same cases again, keep their truth
    python -m bench.advice --agreement 5 --every 40                 # verdicts over 5 splits of the same rows
    python -m bench.advice --print                                  # print the tables from what was run

Controls stand in the same table. Errors are in points (rate) or hundredths of std(y).
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.advice_cases import CALIBRATE, FAULTS, FRESH, REPORT, Case, case_names, cases, copied_rows, make_case
from bench.advice_table import print_tables
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Recommendation, Report
from dldiag.data.audit.duplicates import duplicate_groups
from dldiag.data.encode import encode
from dldiag.diagnosis.case import Case as Prepared, prepare_case
from dldiag.diagnosis.diagnose import diagnose, run_case as run_prepared
from dldiag.diagnosis.remedies import REMEDIES, applicable
from dldiag.experiments.fit import fit_all
from dldiag.experiments.models import Model, changed
from dldiag.experiments.tasks import Encoded, FitTask

RESULTS = Path(__file__).with_name("results") / "advice.jsonl"
TABLES = {"calibrate": CALIBRATE, "report": REPORT, "fresh": FRESH}
TRUTH_SEEDS = 5
TWO_TRIALS = Settings(trials=2)
NOW = "now"
MORE_DATA = "more_data"
REFERENCE = "reference "  # before the key of a reference model

Truth = dict[str, dict[str, list[float]]]  # {"error" or "train": {change: value per seed}}


def joined(*parts: Dataset) -> Dataset:
    """Stack datasets of the same columns."""
    X = pd.concat([part.X for part in parts], ignore_index=True)
    return replace(parts[0], X=X, y=np.concatenate([part.y for part in parts]))


def truth(case: Case, prepared: Prepared, changes: Mapping[str, Model]) -> Truth:
    """Return held-out and training errors per seed of the model as it is, of every changed model, and of more rows.

    Errors are measured by the report's metric, in its unit. Seeds depend on the case: what hangs on the random start is
    drawn anew for every case.
    """
    everything = joined(case.seen, case.extra, case.held_out)
    n_seen, n_train = case.seen.n_rows, prepared.fits.split.n_train
    held = np.arange(n_seen + case.extra.n_rows, everything.n_rows)
    ours = prepared.fits.encoded
    encoded = Encoded(everything, encode(everything), ours.y_scale, labels=ours.labels, choice=ours.choice)
    tasks = []
    for seed in truth_seeds(case):
        order = _in_order(case, np.random.default_rng(seed))
        for name, one in {NOW: prepared.model, **changes}.items():
            tasks.append(FitTask((name, n_train, seed), one, order[:n_train], held, seed))
        more = np.concatenate([order[:n_train], np.arange(n_seen, n_seen + min(case.extra.n_rows, 3 * n_train))])
        tasks.append(FitTask((MORE_DATA, len(more), seed), prepared.model, more, held, seed))
    found: Truth = {"error": {}, "train": {}}
    for result in sorted(fit_all(tasks, encoded), key=lambda one: one.task.key[2]):
        if not result.failed:
            found["error"].setdefault(result.task.key[0], []).append(result.dev_error)
            found["train"].setdefault(result.task.key[0], []).append(result.train_error)
    whole = {name for name, errors in found["error"].items() if len(errors) == TRUTH_SEEDS}
    return {which: {name: by_name[name] for name in by_name if name in whole} for which, by_name in found.items()}


def truth_seeds(case: Case) -> list[int]:
    """Return the seeds of a case's truth: its own, and none that a diagnosis uses."""
    drawn = np.random.SeedSequence([zlib.crc32(case.name.encode())]).generate_state(TRUTH_SEEDS)
    return [int(one) for one in drawn]


def _in_order(case: Case, rng: np.random.Generator) -> np.ndarray:
    """Return the rows seen in random order; copies that the fault made stay together, as in every split of a diagnosis.

    Else the truth would train on half as many different rows again as the diagnosis does.
    """
    if FAULTS[case.fault].damage is not copied_rows:
        return rng.permutation(case.seen.n_rows)
    copies = duplicate_groups(case.seen.X)
    return np.argsort(rng.permutation(int(copies.max()) + 1)[copies], kind="stable")


def run_case(
    case: Case, known: Truth | None = None, settings: Settings = TWO_TRIALS, own: Model | None = None
) -> dict[str, Any]:
    """Diagnose one case, then find out what every remedy really does, unless that is `known` already.

    own: the model to diagnose in the place of the fault's.
    """
    model = FAULTS[case.fault].model_of(case.seen.task) if own is None else own
    started = time.process_time()
    before: list[Recommendation] = []
    prepared = prepare_case(case.seen, model, replace(settings, seed=case.seed))
    report = run_prepared(prepared, on_progress=lambda p: _note_untried(p.report, before))
    seconds = time.process_time() - started
    named = {named_change(key, change): changed(model, change) for key, change in applicable(model)}
    named |= _of_data(model, report)
    named |= {f"{REFERENCE}{one.key}": one for one in prepared.references}
    parts = (case.seen, case.extra, case.held_out)
    named = {name: one for name, one in named.items() if not one.log_target or _all_above_zero(parts)}
    fits = _completed(known, case, prepared, named)
    n_train = report.split.train
    return {
        "case": case.name, "family": FAULTS[case.fault].family, "unit": case.seen.unit, "seconds": seconds,
        "network": model.key == "mlp", "n_train": n_train, "n_more": min(case.extra.n_rows, 3 * n_train) + n_train,
        "errors": fits["error"], "train": fits["train"],
        "before": _lines(before or report.recommendations, report), "after": _lines(report.recommendations, report),
        **_answers(report),
    }  # fmt: skip


def _all_above_zero(parts: Sequence[Dataset]) -> bool:
    """Tell whether every target has a logarithm; no remedy takes that of others, so no truth needs it."""
    return all(float(np.min(part.y, initial=np.inf)) > 0 for part in parts)


def _of_data(model: Model, report: Report) -> dict[str, Model]:
    """Return the changes that were found by looking at the errors, such as added features; no list of settings holds them."""
    found = [(one.remedy, _settings(one)) for one in report.recommendations]
    return {named_change(key, change): changed(model, change) for key, change in found if change}


def _completed(known: Truth | None, case: Case, prepared: Prepared, changes: Mapping[str, Model]) -> Truth:
    """Measure the truth of changes that is not known yet."""
    if known is None:
        return truth(case, prepared, changes)
    missing = {name: one for name, one in changes.items() if name not in known["error"]}
    if not missing:
        return known
    found = truth(case, prepared, missing)
    return {part: {**found[part], **known[part]} for part in known}


def named_change(remedy: str, change: Mapping[str, Any]) -> str:
    """Return what a change of a remedy goes by in the truth."""
    return f"{remedy} {json.dumps(dict(change))}"


def agreement(half: str, seeds: int, every: int, offset: int) -> None:
    """Print how often the verdict is the commonest one when only the seed of the split changes.

    Once for the pair of answers about bias and variance, once for the first remedy. Two pairs contradict each other when
    one says yes and the other no to the same question.
    """
    pairs, firsts, silent = [], [], []
    for case in cases(TABLES[half], every=every, offset=offset):
        model = FAULTS[case.fault].model_of(case.seen.task)
        reports = [diagnose(case.seen, model, Settings(seed=seed, trials=0)) for seed in range(seeds)]
        found = [(one.verdict.bias, one.verdict.variance) for one in reports]
        commonest, count = Counter(found).most_common(1)[0]
        first = Counter(min(one.recommendations, key=lambda r: r.rank).remedy for one in reports)
        against = sum({a, b} == {"yes", "no"} for one in found for a, b in zip(one, commonest, strict=True))
        pairs.append(count / seeds)
        firsts.append(max(first.values()) / seeds)
        silent.append(1 - against / (2 * seeds))
        print(f"{case.name}: {dict(Counter('/'.join(one) for one in found))} {dict(first)}", flush=True)
    print(
        f"the commonest pair of answers: {np.mean(pairs):.1%}; the commonest first remedy: {np.mean(firsts):.1%}; "
        f"no contradiction: {np.mean(silent):.1%}; {len(pairs)} cases x {seeds} splits"
    )


def _note_untried(report: Report | None, before: list[Recommendation]) -> None:
    """Note what is recommended before any of it has been tried; the learning curves alone are another model's trial."""
    if report is not None and all(r.trial is None or r.remedy == "other_model" for r in report.recommendations):
        before[:] = report.recommendations


def _lines(recommendations: Sequence[Recommendation], report: Report) -> list[dict[str, Any]]:
    """Return recommendations in their order, each with what it would do, by its name in the truth."""
    return [
        {
            "remedy": r.remedy, "column": r.column, "does": _does(r, report),
            "expected": None if r.expected is None else [r.expected.value, r.expected.low, r.expected.high],
            "trial": None if r.trial is None else [r.trial.verdict, r.trial.change.value, r.trial.change.low, r.trial.change.high],
        }
        for r in sorted(recommendations, key=lambda r: r.rank)
    ]  # fmt: skip


def _does(one: Recommendation, report: Report) -> str:
    """Return what a line does, by its name in the truth; "" for what changes nothing now."""
    if one.remedy == "other_model":
        best = [curve for curve in report.curves[1:] if np.isfinite(curve.dev_errors[-1]).any()]
        least = min(best, key=lambda curve: float(np.nanmean(curve.dev_errors[-1])), default=None)
        return "" if least is None else f"{REFERENCE}{least.model}"
    if one.remedy == MORE_DATA:
        return MORE_DATA
    settings = _settings(one)
    return named_change(one.remedy, settings) if settings else ""


def _settings(one: Recommendation) -> Mapping[str, Any]:
    return one.trial.settings if one.trial is not None and one.trial.settings else one.change


def _answers(report: Report) -> dict[str, Any]:
    return {
        "bias": report.verdict.bias, "variance": report.verdict.variance, "stability": report.verdict.stability,
        "code": report.verdict.code, "headline": str(report.verdict.headline),
        "fired": [f.code for f in report.findings if f.outcome == "fired"],
        "evidence": {name: [e.value, e.low, e.high] for name, e in report.evidence.items()},
        "forecast": [[p.rows, p.value, p.low, p.high] for p in report.forecast.points],
    }  # fmt: skip


def _shortened(value: Any) -> Any:
    """Return a result with its numbers to six decimals, which is far below what a case can tell."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: _shortened(one) for name, one in value.items()}
    return [_shortened(one) for one in value] if isinstance(value, list | tuple) else value


def main() -> None:
    """Run cases or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=tuple(TABLES), default="calibrate")
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--most", type=int, default=10_000, help="cases to run at most")
    parser.add_argument("--every", type=int, default=1, help="run every k-th case only: of all tables and faults")
    parser.add_argument("--offset", type=int, default=0, help="with --every: which of each k cases")
    parser.add_argument("--again", action="store_true", help="diagnose the cases that were run once more")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--agreement", type=int, default=0, metavar="SEEDS", help="how verdicts depend on the split")
    parser.add_argument("--print", action="store_true", dest="only_print")
    args = parser.parse_args()
    if args.agreement:
        agreement(args.half, args.agreement, args.every, args.offset)
        return
    rows = [json.loads(line) for line in args.out.read_text().splitlines()] if args.out.exists() else []
    print_tables(rows if args.only_print else _run(args, rows), REMEDIES)


def _run(args: argparse.Namespace, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    done = {row["case"]: row for row in rows}
    faults = {name: FAULTS[name] for name in args.faults.split(",")}
    args.out.parent.mkdir(exist_ok=True)
    names = case_names(TABLES[args.half], faults)
    wanted = [n for n in names if "/".join(n) in done] if args.again else names[args.offset :: args.every]
    fresh = wanted if args.again else [n for n in wanted if "/".join(n) not in done]
    fresh.sort(key=lambda names: zlib.crc32("/".join(names).encode()))  # a run that ends early has cases of all tables
    for number, (table, fault) in enumerate(fresh[: args.most], start=1):
        case = make_case(table, fault)
        old = done.get(case.name)
        known = None if old is None else {"error": old["errors"], "train": old["train"]}
        done[case.name] = row = {"half": args.half, **run_case(case, known)}
        args.out.write_text("".join(json.dumps(_shortened(one)) + "\n" for one in done.values()))
        print(f"{number} {case.name} {row['seconds']:.0f} s: {row['after'][0]['remedy']}", flush=True)
    return list(done.values())


if __name__ == "__main__":
    main()
