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
from bench.advice_cases import FAULTS, Case, make_case
from dldiag.core.settings import Settings
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.improve import improve
from dldiag.diagnosis.search import draw_change
from dldiag.experiments.models import changed

RESULT_FOLDER = Path(__file__).with_name("results")
SEARCHES, LOOPS = RESULT_FOLDER / "random_search.jsonl", RESULT_FOLDER / "loop.jsonl"
TRIED, REPEATS = 14, 5  # a diagnosis runs about 13 changes for 4 repeats, and some of them for 6 more


def search(case: Case) -> dict[str, Any]:
    """Search on one case; return the held-out errors of the winner, and of the model that won nothing."""
    prepared = prepare_case(case.seen, FAULTS[case.fault].model_of(case.seen.task), Settings(seed=case.seed))
    model, size, repeats = prepared.model, prepared.fits.split.n_train, range(REPEATS)
    rng = np.random.default_rng([case.seed, 77])
    candidates = [model, *(changed(model, draw_change(model, rng)) for _ in range(TRIED))]
    started = time.process_time()
    prepared.fits.fit(candidates, [size], repeats)
    seconds = time.process_time() - started
    means = [np.mean([r.useful_error for r in prepared.fits.get(one, size, repeats)]) for one in candidates]
    winner = candidates[int(np.argmin(means))]
    return {
        "case": case.name,
        "errors": truth(case, prepared, {"winner": winner})["error"]["winner"],
        "seconds": seconds,
    }


def loop(case: Case) -> dict[str, Any]:
    """Improve until it stops on one case; return the held-out errors of what it ends with, and its steps."""
    model, settings = FAULTS[case.fault].model_of(case.seen.task), Settings(seed=case.seed)
    started = time.process_time()
    found = improve(case.seen, model, settings)
    seconds = time.process_time() - started
    steps = [[s.remedy, dict(s.change), s.effect.value, s.effect.low, s.effect.high] for s in found.steps]
    errors = truth(case, prepare_case(case.seen, model, settings), {"winner": found.winner})["error"]
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
    chosen = [make_case(*name.split("/")) for name in sorted(run) if _is_network_of(name, args.half)]
    for case in chosen[:: args.every]:
        if case.name not in done:
            row = work(case)
            with out.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(f"{case.name} {row['seconds']:.0f} s", flush=True)


def _is_network_of(name: str, half: str) -> bool:
    """Tell whether a case is of this half and its model our network, whose settings can be searched."""
    table, fault = name.split("/")
    return table in TABLES[half] and FAULTS[fault].other is None


if __name__ == "__main__":
    main()
