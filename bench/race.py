"""What the race of short runs saves, and whether it changes a decision: against short runs of which none drops out.

    python -m bench.race [--seeds N] [TABLE …]      appends to bench/results/race.jsonl
    python -m bench.race --print                    prints the table from what was run

Both diagnoses of a table share their fits, so that they differ in nothing but which repeats were run. A decision is the
verdict's code and the first fix with its change. The cost of a fit is the same in both: its seconds when it was made.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.advice_cases import load
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Report
from dldiag.diagnosis import probes
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.diagnose import run_case
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.tasks import FitTask

RESULTS = Path(__file__).with_name("results") / "race.jsonl"
TABLES = (
    "iris", "penguins", "wine_cultivar", "sonar", "tips", "hitters", "auto_mpg", "diabetes_progression", "musk1",
    "breast_cancer_wdbc", "balance_scale", "pima_diabetes", "tic_tac_toe", "german_credit", "titanic",
    "concrete_strength", "airfoil_noise", "cmc", "wine_quality_red", "hill_valley_noise",
)  # fmt: skip
Fits = dict[tuple[Any, ...], FitResult]


class SharedFits(FitCache):
    """Fits of one diagnosis, taken from those of another where that made them; `asked`: the seconds of all."""

    def __init__(self, of: FitCache, made: Fits) -> None:
        self.__dict__.update(of.__dict__)
        self.made, self.asked = made, 0.0

    def _fitted(self, tasks: Collection[FitTask]) -> Iterator[FitResult]:
        missing = [task for task in tasks if _key(task) not in self.made]
        for result in super()._fitted(missing):
            self.made[_key(result.task)] = result
        for task in tasks:
            result = self.made[_key(task)]
            self.asked += result.seconds
            yield result


def _key(task: FitTask) -> tuple[Any, ...]:
    return task.key, len(task.dev_rows), task.relabelled is None


def none_drops(running: Mapping[str, Any], *others: Any) -> set[str]:
    """Keep every setting that ran in the race."""
    return set(running)


def compare(dataset: Dataset, seed: int) -> dict[str, Any]:
    """Diagnose with the race and without, on the same fits."""
    made: Fits = {}
    with patch.object(probes, "_that_go_on", none_drops):
        whole = _decided(dataset, seed, made)
    race = _decided(dataset, seed, made)
    return {"whole": whole, "race": race, "same": whole["decision"] == race["decision"]}


def _decided(dataset: Dataset, seed: int, made: Fits) -> dict[str, Any]:
    case = prepare_case(dataset, None, Settings(seed=seed))
    fits = SharedFits(case.fits, made)
    report = run_case(replace(case, fits=fits))
    return {"decision": decision(report), "seconds": fits.asked, "fits": len(fits.results)}


def decision(report: Report) -> list[str]:
    """Return the verdict's code and the first fix with its change."""
    first = min(report.recommendations, key=lambda one: one.rank)
    return [report.verdict.code, first.remedy, json.dumps(dict(first.change), default=str, sort_keys=True)]


def print_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print what was run."""
    print(f"{'table':24}{'seed':>5}{'fits':>7}{'race':>7}{'time saved':>12}  same decision")
    for row in rows:
        whole, race = row["whole"], row["race"]
        saved = 1 - race["seconds"] / whole["seconds"]
        told = "yes" if row["same"] else f"no: {whole['decision']} became {race['decision']}"
        print(f"{row['table']:24}{row['seed']:5}{whole['fits']:7}{race['fits']:7}{saved:12.0%}  {told}")
    same, whole, race = (sum(one) for one in zip(
        *((row["same"], row["whole"]["seconds"], row["race"]["seconds"]) for row in rows), strict=True
    ))  # fmt: skip
    print(f"{same} of {len(rows)} decisions are the same; the race takes {1 - race / whole:.0%} of the fits' time away")


def main() -> None:
    """Run what is missing, or print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=TABLES)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--print", action="store_true")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    kept = given.out.read_text(encoding="utf-8").splitlines() if given.out.exists() else []
    rows = [json.loads(line) for line in kept]
    done = {(row["table"], row["seed"]) for row in rows}
    wanted = [] if given.print else [(table, seed) for seed in range(given.seeds) for table in given.tables]
    for table, seed in wanted:
        if (table, seed) not in done:
            rows.append({"table": table, "seed": seed} | compare(load(table), seed))
            with given.out.open("a", encoding="utf-8") as out:
                out.write(json.dumps(rows[-1]) + "\n")
            print(table, seed, rows[-1]["same"], flush=True)
    print_table(rows)


if __name__ == "__main__":
    main()
