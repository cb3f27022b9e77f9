"""Control of the advice benchmark: random search over the network's settings, with as many fits as a diagnosis makes.

python -m bench.random_search            # runs it on the report cases of bench/results/advice.jsonl
python -m bench.random_search --loop     # runs "improve until it stops" on the same cases

The settings with the least mean dev error over the repeats win; their effect is measured as that of a remedy.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.advice import RESULTS, TABLES, truth
from bench.advice_cases import FAULTS, Case, cases
from dldiag.core.settings import Settings
from dldiag.diagnosis.improve import improve
from dldiag.diagnosis.search import drawn_change
from dldiag.diagnosis.trials import diagnosis_split
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model, changed

RESULT_FOLDER = Path(__file__).with_name("results")
SEARCHES, LOOPS = RESULT_FOLDER / "random_search.jsonl", RESULT_FOLDER / "loop.jsonl"
TRIED, REPEATS = 14, 5  # a diagnosis runs about 13 changes for 4 repeats, and some of them for 6 more


def search(case: Case) -> dict[str, Any]:
    """Search on one case; return the held-out errors of the winner, and of the model that won nothing."""
    model = build_model(case.seen.task, FAULTS[case.fault].settings)
    rng = np.random.default_rng([case.seed, 77])
    candidates = [model, *(changed(model, drawn_change(model, rng)) for _ in range(TRIED))]
    split = diagnosis_split(case.seen, Settings(seed=case.seed))
    bench, repeats = FitCache(case.seen, split), range(REPEATS)
    started = time.perf_counter()
    bench.fit(candidates, [split.n_train], repeats)
    seconds = time.perf_counter() - started
    means = [np.mean([r.useful_error for r in bench.get(one, split.n_train, repeats)]) for one in candidates]
    winner = candidates[int(np.argmin(means))]
    return {"case": case.name, "errors": truth(case, model, {"winner": winner})["winner"], "seconds": seconds}


def loop(case: Case) -> dict[str, Any]:
    """Improve until it stops on one case; return the held-out errors of what it ends with, and its steps."""
    model = build_model(case.seen.task, FAULTS[case.fault].settings)
    started = time.perf_counter()
    found = improve(case.seen, model, Settings(seed=case.seed))
    seconds = time.perf_counter() - started
    steps = [[s.remedy, dict(s.change), s.effect.value, s.effect.low, s.effect.high] for s in found.steps]
    errors = truth(case, model, {"winner": found.winner})
    return {"case": case.name, "errors": errors["winner"], "now": errors["now"], "seconds": seconds, "steps": steps}


def main() -> None:
    """Search, or go through the loop, on every case of a half that was run and has no result here yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loop", action="store_true", help="improve until it stops instead")
    parser.add_argument("--half", choices=tuple(TABLES), default="report")
    parser.add_argument("--every", type=int, default=1, help="only every k-th of the cases")
    args = parser.parse_args()
    out, work = (LOOPS, loop) if args.loop else (SEARCHES, search)
    run = {json.loads(line)["case"] for line in RESULTS.read_text().splitlines()}
    done = {json.loads(line)["case"] for line in out.read_text().splitlines()} if out.exists() else set()
    chosen = [case for case in cases(TABLES[args.half], FAULTS, (0,)) if case.name in run]
    for case in chosen[:: args.every]:
        if case.name not in done:
            row = work(case)
            with out.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(f"{case.name} {row['seconds']:.0f} s", flush=True)


if __name__ == "__main__":
    main()
