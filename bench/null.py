"""Does what is shown hold up? Tables whose truth is known, where nothing helps and where something does; real fits.

    python -m bench.null --trials 40          # run (appends to bench/results/null.jsonl; goes on where it was stopped)
    python -m bench.null --print              # print the table from what was run

Each trial draws a table from a known function, or rows of a real table whose labels are drawn from one, and diagnoses it. It
tries the first fix that is a setting; where none is recommended, the one whose short run looked best, as a visitor would by
hand; and it searches. The truth of each change is the mean over fresh training sets of the same size, judged on
20,000 fresh rows; as in a trial, an error above that of the baseline counts as that.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.advice_cases import load
from dldiag.core.i18n import Message
from dldiag.core.settings import Settings
from dldiag.core.types import Column, Dataset, Estimate, Report, Trial
from dldiag.data.encode import encode
from dldiag.diagnosis.case import Case as Prepared, prepare_case
from dldiag.diagnosis.diagnose import run_case
from dldiag.diagnosis.probes import probe
from dldiag.diagnosis.search import search
from dldiag.diagnosis.trials import Attempt, try_change
from dldiag.diagnosis.winners_curse import Picked
from dldiag.experiments.fit import fit_all
from dldiag.experiments.models import Model, build_model, changed
from dldiag.experiments.tasks import Encoded, FitTask

RESULTS = Path(__file__).with_name("results") / "null.jsonl"
FRESH_ROWS, FRESH_SETS = 20_000, 12
COLUMNS = 5
LEAST_VALUES = 100  # different ones of a real column that counts as a number
SETTINGS = Settings(budget="quick", sizes=2, repeats=4, trials=1, baselines=("linear",))

Floats = np.ndarray
Draw = Callable[[np.random.Generator, int], tuple[Floats, Floats]]


def noisy_line(flips: float) -> Draw:
    """Return a sampler of two classes on the sides of a plane, some labels flipped."""

    def draw(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        X = rng.normal(size=(n, COLUMNS))
        y = (X[:, 0] + X[:, 1] - X[:, 2] > 0).astype(int)
        return X, np.where(rng.random(n) < flips, 1 - y, y)

    return draw


@lru_cache
def real_columns(name: str) -> Floats:
    """Return five number columns of a real table, brought to mean 0 and standard deviation 1."""
    X = load(name).X
    numbers = [column for column in X if X[column].dtype.kind == "f" and X[column].nunique() > LEAST_VALUES][:COLUMNS]
    values = X[numbers].dropna().to_numpy(float)
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def relabelled(name: str, label: Callable[[Floats], Floats], flips: float) -> Draw:
    """Return a sampler of rows of a real table, with labels of a known function, some flipped."""

    def draw(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        X = real_columns(name)
        X = X[rng.choice(len(X), n, replace=n > len(X) // 4)]
        y = label(X).astype(int)
        return X, np.where(rng.random(n) < flips, 1 - y, y)

    return draw


def plane(X: Floats) -> Floats:
    """Label the sides of a plane."""
    return X[:, 0] - X[:, 1] + 0.5 * X[:, 2] > 0


def checkers(X: Floats) -> Floats:
    """Label the sides of a plane in one half of the rows, and the other way around in the other half."""
    return (X[:, 0] > 0) ^ (X[:, 1] > 0)


def coin(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """Draw labels that the columns say nothing about."""
    return rng.normal(size=(n, COLUMNS)), rng.integers(2, size=n)


def rings(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """Draw two classes by their distance from the middle: no plane parts them."""
    X = rng.normal(size=(n, COLUMNS))
    return X, (np.hypot(X[:, 0], X[:, 1]) > 1.18).astype(int)


@dataclass(frozen=True)
class Case:
    """One kind of table and model; helps: whether some fix of the menu is known to help."""

    draw: Draw
    rows: int
    model: Mapping[str, Any] = field(default_factory=dict)
    helps: bool = False


WELL_TUNED = {"hidden_layer_sizes": (), "alpha": 1.0, "solver": "lbfgs", "max_iter": 200}  # the plane itself
SMALL = {"hidden_layer_sizes": (2,), "max_iter": 60}
CASES: dict[str, Case] = {
    "noise_limited": Case(noisy_line(0.25), 400, WELL_TUNED),
    "coin": Case(coin, 300, WELL_TUNED),
    "noise_limited_few": Case(noisy_line(0.15), 240, WELL_TUNED),
    "one_unit": Case(rings, 400, {"hidden_layer_sizes": (1,), "max_iter": 60, "learning_rate_init": 0.01}, helps=True),
    "overfits": Case(noisy_line(0.2), 300, {"hidden_layer_sizes": (64,), "alpha": 0.0, "max_iter": 150}, helps=True),
    "relabelled_magic": Case(relabelled("magic_telescope", plane, 0.2), 400, WELL_TUNED),
    "relabelled_houses": Case(relabelled("california_housing", plane, 0.1), 300, WELL_TUNED),
    "relabelled_curved": Case(relabelled("magic_telescope", checkers, 0.1), 400, SMALL, helps=True),
    "few_epochs": Case(rings, 400, {"hidden_layer_sizes": (32,), "max_iter": 4}, helps=True),
}


def table(draw: Draw, rng: np.random.Generator, n: int) -> Dataset:
    """Draw a table of n rows."""
    X, y = draw(rng, n)
    columns = tuple(Column(f"x{i}", "number", Message("{name}", {"name": f"x{i}"})) for i in range(COLUMNS))
    return Dataset(
        "made", pd.DataFrame(X, columns=[one.name for one in columns]), y, "classification", "y", columns, ("0", "1")
    )


def truth(case: Case, seed: int, n_train: int, models: Sequence[Model]) -> list[float]:
    """Return each model's error on fresh rows, at most the baseline's, averaged over fresh training sets.

    The seeds of training are the trial's own, too: what hangs on the random start is drawn anew for every trial.
    """
    rng = np.random.default_rng([seed, 1])
    starts = [int(one) for one in np.random.SeedSequence([seed, 2]).generate_state(FRESH_SETS)]
    fresh = table(case.draw, rng, FRESH_ROWS + FRESH_SETS * n_train)
    encoded = Encoded(fresh, encode(fresh), 1.0)
    judges = np.arange(FRESH_ROWS)
    tasks = [
        FitTask((str(which), n_train, r), model, FRESH_ROWS + np.arange(r * n_train, (r + 1) * n_train), judges, start)
        for which, model in enumerate(models)
        for r, start in enumerate(starts)
    ]
    errors: dict[str, list[float]] = {}
    for result in fit_all(tasks, encoded):
        errors.setdefault(result.task.key[0], []).append(result.useful_error)
    return [float(np.mean(errors[str(which)])) for which in range(len(models))]


def run(name: str, seed: int) -> Iterator[dict[str, Any]]:
    """Run one trial; yield a line for the first fix, or the one that looked best, and one for the search."""
    case, started = CASES[name], time.process_time()
    dataset = table(case.draw, np.random.default_rng([seed, 0]), case.rows)
    prepared = prepare_case(dataset, build_model("classification", case.model), replace(SETTINGS, seed=seed))
    report = run_case(prepared)
    tried = [one for one in report.recommendations if one.trial is not None and one.trial.settings]
    found: list[tuple[str, Trial]] = [("first", one.trial) for one in tried[:1] if one.trial is not None]
    if not found and (best := best_looking(prepared, report)) is not None:
        found.append(("by hand", best))
    found.append(("search", search(prepared.fits, prepared.model, material=report.delta, effort=prepared.effort)))
    first = min(report.recommendations, key=lambda one: one.rank)
    for kind, trial in found:
        row: dict[str, Any] = {"case": name, "seed": seed, "kind": kind, "helps": case.helps}
        row |= {"delta": report.delta, "first": first.remedy}
        if trial.settings:
            before, after = truth(
                case, seed, report.split.train, [prepared.model, changed(prepared.model, trial.settings)]
            )
            row |= {"truth": after - before, "verdict": trial.verdict, "remedy": trial.remedy}
            row |= {"shown": _bounds(trial.change), "seen": _bounds(trial.seen or trial.change)}
        yield row | {"seconds": time.process_time() - started}


def best_looking(prepared: Prepared, report: Report) -> Trial | None:
    """Try the remedy that a short run makes look best, whether it is recommended or not; None where nothing was run."""
    probes = probe(prepared.fits, prepared.model, prepared.effort, smallest=prepared.settings.material)
    best = min(probes.items(), key=lambda item: item[1].dev.value, default=None)
    if best is None:
        return None
    remedy, found = best
    attempt = Attempt(remedy, found.settings, Picked(found.seen or found.dev, found.dev))
    return try_change(prepared.fits, prepared.model, attempt, material=report.delta, effort=prepared.effort)


def _bounds(change: Estimate) -> list[float]:
    return [change.value, change.low, change.high]


def print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print coverage, false help, bias and power, by kind of case and of pick, before and after the correction."""
    print(
        "| tables | picked by | n | coverage seen / corrected | sure gains seen / corrected | of them really none | mean bias seen / corrected (points) |"
    )
    print("|---|---|---|---|---|---|---|")
    for helps in (False, True):
        for kind in ("first", "by hand", "search"):
            some = [row for row in rows if row["helps"] == helps and row["kind"] == kind and "truth" in row]
            if some:
                print(f"| {'something helps' if helps else 'nothing helps'} | {kind} | {len(some)} | {_line(some)} |")
    _print_advice(rows)


def _line(rows: Sequence[Mapping[str, Any]]) -> str:
    true = np.array([row["truth"] for row in rows])
    parts = []
    for name in ("seen", "shown"):
        value, low, high = np.array([row[name] for row in rows]).T
        covered, sure = (low <= true) & (true <= high), high < 0
        parts.append((covered.mean(), sure.mean(), (sure & (true >= 0)).mean(), 100 * (value - true).mean()))
    (c0, s0, f0, b0), (c1, s1, f1, b1) = parts
    return f"{c0:.0%} / {c1:.0%} | {s0:.0%} / {s1:.0%} | {f0:.0%} / {f1:.0%} | {b0:+.2f} / {b1:+.2f}"


def _print_advice(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print how often a test said "helped" where it does not, and the verdicts of tests by kind of case."""
    for helps in (False, True):
        some = [row for row in rows if row["helps"] == helps and row["kind"] in ("first", "by hand") and "truth" in row]
        if some:
            helped = [row for row in some if row["verdict"] in ("helped", "helped_little")]
            false = sum(row["truth"] >= 0 for row in helped)
            what = "something helps" if helps else "nothing helps"
            print(
                f"{what}: {len(helped)} of {len(some)} tests said that the fix helped; in {false} of them it does not at all"
            )


def main() -> None:
    """Run trials or print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20, help="seeds of each kind of table")
    parser.add_argument("--first-seed", type=int, default=0, help="the seeds go on from here")
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--print", action="store_true", dest="only_print")
    args = parser.parse_args()
    args.out.parent.mkdir(exist_ok=True)
    known = [json.loads(line) for line in args.out.read_text().splitlines()] if args.out.exists() else []
    done = {(row["case"], row["seed"]) for row in known}
    wanted = [
        (name, seed) for seed in range(args.first_seed, args.first_seed + args.trials) for name in args.cases.split(",")
    ]
    for name, seed in [] if args.only_print else wanted:
        if (name, seed) not in done:
            rows = list(run(name, seed))
            with args.out.open("a") as file:
                file.writelines(json.dumps(row) + "\n" for row in rows)
            known += rows
    print_table(known)


if __name__ == "__main__":
    main()
