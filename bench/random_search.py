"""Control of the advice benchmark: random search over the network's settings, with as many fits as a diagnosis makes.

python -m bench.random_search            # runs it on the report cases of bench/results/advice.jsonl

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
from dldiag.models import Model, build_model, changed
from dldiag.trials import diagnosis_split
from dldiag.types import Settings
from dldiag.workbench import Workbench

OUT = Path(__file__).with_name("results") / "random_search.jsonl"
TRIED, REPEATS = 14, 5  # a diagnosis runs about 13 changes for 4 repeats, and some of them for 6 more
LAYERS = ((25,), (50,), (100,), (256,), (50, 50), (100, 100), (256, 256))


def drawn(model: Model, rng: np.random.Generator) -> Model:
    """Draw settings as people do: sizes and rates evenly in their logarithms."""
    return changed(
        model,
        {
            "hidden_layer_sizes": LAYERS[rng.integers(len(LAYERS))],
            "activation": str(rng.choice(["relu", "tanh"])),
            "init": "auto",
            "alpha": float(10 ** rng.uniform(-5, 1.5)),
            "dropout": float(rng.choice([0.0, 0.0, 0.2, 0.5])),
            "learning_rate_init": float(10 ** rng.uniform(-4, -1)),
            "max_iter": int(rng.choice([100, 200, 400])),
            "scale_inputs": True,
        },
    )


def search(case: Case) -> dict[str, Any]:
    """Search on one case; return the held-out errors of the winner, and of the model that won nothing."""
    model = build_model(case.seen.task, FAULTS[case.fault].settings)
    rng = np.random.default_rng([case.seed, 77])
    candidates = [model, *(drawn(model, rng) for _ in range(TRIED))]
    split = diagnosis_split(case.seen, Settings(seed=case.seed))
    bench, repeats = Workbench(case.seen, split), range(REPEATS)
    started = time.perf_counter()
    bench.fit(candidates, [split.n_train], repeats)
    seconds = time.perf_counter() - started
    means = [np.mean([r.useful_error for r in bench.get(one, split.n_train, repeats)]) for one in candidates]
    winner = candidates[int(np.argmin(means))]
    return {"case": case.name, "errors": truth(case, model, {"winner": winner})["winner"], "seconds": seconds}


def main() -> None:
    """Search on every report case that was run and has no result here yet."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    run = {json.loads(line)["case"] for line in RESULTS.read_text().splitlines()}
    done = {json.loads(line)["case"] for line in OUT.read_text().splitlines()} if OUT.exists() else set()
    for case in cases(TABLES["report"], FAULTS, (0,)):
        if case.name in run - done:
            row = search(case)
            with OUT.open("a") as file:
                file.write(json.dumps(row) + "\n")
            print(f"{case.name} {row['seconds']:.0f} s", flush=True)


if __name__ == "__main__":
    main()
