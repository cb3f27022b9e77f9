"""Are features that a model lacks proposed first, are idle ones left alone, and do the shown effects hold? Real fits.

    python -m bench.new_features [--tables 20] [--models linear mlp]     # prints a table, writes bench/results/new_features.json

Each table has an interaction of two of its columns, weak to strong, or none. The truth of every change of the data that
is shown is the mean over the diagnosis's own training sets, judged on FRESH rows.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Recommendation
from dldiag.data.dataset import make_dataset
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.diagnose import run_case
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.experiments.fit import fit_all
from dldiag.experiments.models import Model, build_model, changed
from dldiag.experiments.tasks import FitTask, encode_dataset

RESULTS = Path(__file__).with_name("results") / "new_features.json"
ROWS, FRESH, COLUMNS, TRUTH_REPEATS = 600, 4_000, 8, 6
STRENGTHS = (0.0, 0.25, 1.0)  # of the interaction, beside main effects of 1 and 0.5 and noise of 0.7
OF_DATA = ("new_features", "drop_columns")
SETTINGS = Settings(sizes=2, repeats=4, baselines=("linear",))


def table(seed: int, strength: float, task: str) -> tuple[Dataset, Dataset]:
    """Return the rows to diagnose, and the same rows with FRESH ones behind them."""
    rng = np.random.default_rng([seed, 11])
    X = pd.DataFrame(rng.normal(size=(ROWS + FRESH, COLUMNS)), columns=[f"x{j}" for j in range(COLUMNS)])
    X["x6"] = np.exp(X["x6"])
    score = X.x2 + 0.5 * X.x3 + strength * X.x0 * X.x1 + 0.7 * rng.normal(size=len(X))
    y = score if task == "regression" else np.where(score > 0, "yes", "no")
    whole = X.assign(y=y)
    return make_dataset(whole[:ROWS], "y"), make_dataset(whole, "y")


def run(seed: int, strength: float, key: str) -> dict[str, object]:
    """Diagnose one table and hold what is shown of changes of the data against the truth."""
    task = "regression" if seed % 2 else "classification"
    seen, whole = table(seed, strength, task)
    model = build_model(task, key=key)
    started = time.process_time()
    case = prepare_case(seen, model, SETTINGS)
    report = run_case(case)
    seconds = time.process_time() - started
    first = report.recommendations[0]
    shown = [one for one in report.recommendations if one.remedy in OF_DATA and one.change]
    return {
        "first": first.remedy,
        "right": "x0 * x1" in dict(first.change).get("new_features", ()),
        "named": any("x0 * x1" in dict(one.change).get("new_features", ()) for one in shown),
        "features": [dict(one.change).get("new_features", ()) for one in shown if one.remedy == "new_features"],
        "covered": [covered(one, seen, whole, model) for one in shown],
        "seconds": seconds,
    }


def covered(one: Recommendation, seen: Dataset, whole: Dataset, model: Model) -> bool:
    """Tell whether the shown effect's interval holds the mean change of the error on fresh rows."""
    effect = one.trial.change if one.trial is not None else one.expected
    assert effect is not None
    split = diagnosis_split(seen, SETTINGS)
    encoded = encode_dataset(whole, split)
    fresh = np.arange(ROWS, ROWS + FRESH)
    tasks = [
        FitTask((name, split.n_train, r), candidate, repeat.train_rows[: split.n_train], fresh, repeat.seed)
        for name, candidate in (("before", model), ("after", changed(model, one.change)))
        for r, repeat in enumerate(split.repeats[:TRUTH_REPEATS])
    ]
    errors = {result.task.key: result.dev_error for result in fit_all(tasks, encoded)}
    change = np.mean([errors["after", n, r] - errors["before", n, r] for _, n, r in errors if _ == "after"])
    return bool(effect.low <= change <= effect.high)


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--tables", type=int, default=20)
    given.add_argument("--models", nargs="*", default=["linear", "mlp"])
    asked = given.parse_args()
    found: dict[str, object] = {"tables": asked.tables}
    for key in asked.models:
        for strength in STRENGTHS:
            runs = [run(seed, strength, key) for seed in range(asked.tables)]
            cover = [ok for one in runs for ok in one["covered"]]
            name = f"{key} {strength:g}"
            found |= {
                f"{name} proposed first": float(np.mean([one["right"] for one in runs])),
                f"{name} named": float(np.mean([one["named"] for one in runs])),
                f"{name} any feature proposed": float(np.mean([bool(one["features"]) for one in runs])),
                f"{name} effects": len(cover),
                f"{name} covered": float(np.mean(cover)) if cover else None,
                f"{name} CPU seconds": float(np.median([one["seconds"] for one in runs])),
            }
            for label, value in found.items():
                if label.startswith(name):
                    print(f"{label:36} {value}", flush=True)
            RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
