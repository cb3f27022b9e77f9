"""Are flipped labels found, and does the trial know them from hard rows? Beside cleanlab on the same probabilities.

    python -m bench.labels [--tables 20] [--models linear mlp]     # prints a table, writes bench/results/labels.json

What is true of a decided trial is measured on FRESH rows with their right labels, with the same training rows as in the trial.
"""

from __future__ import annotations

import argparse
import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict

from dldiag.core.error_findings import LabelTrial
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset
from dldiag.data.dataset import make_dataset
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.diagnosis.label_trial import fits_without, try_without_suspects
from dldiag.error_analysis.label_suspects import suspects_of_classes
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model

RESULTS = Path(__file__).with_name("results") / "labels.json"
FLIPPED = 0.15  # of the labels
ROWS, FRESH = 800, 4_000
MATERIAL = 0.01
KINDS = {"flipped": (FLIPPED, 0.1), "clean": (0.0, 0.1), "overlap": (0.0, 1.0)}  # share flipped, overlap of the classes


def table(seed: int, flipped: float, noise: float, rows: int = ROWS) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return columns, labels and which of the first ROWS were flipped; noise: how much the classes overlap."""
    rng = np.random.default_rng([seed, 7])
    X = rng.normal(size=(rows, 6))
    score = X @ rng.normal(size=6) + np.where(X[:, 0] > 0, X[:, 1], -X[:, 2])
    y = (score + noise * rng.normal(size=rows) * score.std() > 0).astype(int)
    wrong = (rng.random(rows) < flipped) & (np.arange(rows) < ROWS)
    return pd.DataFrame(X, columns=[f"x{j}" for j in range(6)]), np.where(wrong, 1 - y, y), wrong


def ranked(seed: int) -> tuple[float, float]:
    """Return the average precision of our suspects and of cleanlab's."""
    from cleanlab.rank import get_label_quality_scores

    X, y, wrong = table(seed, FLIPPED, 0.1)
    proba = cross_val_predict(LogisticRegression(), X, y, cv=5, method="predict_proba")
    ours = average_precision_score(wrong, -suspects_of_classes(y, proba).score)
    return ours, average_precision_score(wrong, -get_label_quality_scores(y, proba))


def dataset_of(X: pd.DataFrame, y: np.ndarray) -> Dataset:
    return make_dataset(X.assign(label=np.where(y == 1, "yes", "no")), "label")


def trial(seed: int, flipped: float, noise: float, key: str) -> dict[str, object]:
    """Return what the trial says on one table, and what is true of it."""
    X, y, _ = table(seed, flipped, noise, ROWS + FRESH)
    seen = dataset_of(X[:ROWS], y[:ROWS])
    split = diagnosis_split(seen, Settings(seed=seed))
    fits = FitCache(dataset_of(X, y), split)
    model = build_model("classification", key=key)
    tried = try_without_suspects(fits, model, material=MATERIAL)
    if tried is None:
        return {"verdict": "none"}
    known = {"change": tried.change.value, "against": tried.against_random.value}
    if tried.verdict == "undecided":
        return {"verdict": tried.verdict, **known, "right": None}
    true = truth(fits, model, tried)
    return {"verdict": tried.verdict, **known, **true, "right": is_right(tried.verdict, **true)}


def truth(fits: FitCache, model: object, tried: LabelTrial) -> dict[str, float]:
    """Return the mean changes of the error on fresh rows with right labels."""
    fresh = np.arange(ROWS, ROWS + FRESH)
    before, without, random, relabelled = (
        np.mean([one.dev_error for one in found])
        for found in fits_without(fits, model, range(tried.repeats), judged=fresh) or ()
    )
    return {
        "true_change": float(without - before),
        "true_against": float(without - random),
        "true_relabelled": float(relabelled - before),
    }


def is_right(verdict: str, true_change: float, true_against: float, true_relabelled: float) -> bool | None:
    """Tell whether a verdict has the sign of the truth; None for what is not decided."""
    if verdict == "wrong_labels":
        return true_change < 0 and true_against < 0
    if verdict == "hurt":
        return true_change > 0
    return true_against > -MATERIAL if verdict == "no_effect" else None


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--tables", type=int, default=20)
    given.add_argument("--models", nargs="*", default=["linear", "mlp"])
    given.add_argument("--kinds", nargs="*", default=list(KINDS))
    asked = given.parse_args()
    precision = np.array([ranked(seed) for seed in range(asked.tables)])
    found: dict[str, object] = {
        "tables": asked.tables,
        "average_precision": float(np.median(precision[:, 0])),
        "cleanlab": float(np.median(precision[:, 1])),
    }
    print(found)
    for key, kind in product(asked.models, asked.kinds):
        trials = []
        for seed in range(asked.tables):
            trials.append(trial(seed, *KINDS[kind], key))
            shown = {k: round(v, 3) if isinstance(v, float) else v for k, v in trials[-1].items()}
            print(key, kind, seed, shown, flush=True)
            found |= counted(f"{key} {kind}", trials)
            RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


def counted(name: str, trials: list[dict[str, object]]) -> dict[str, int]:
    """Count the verdicts, and how many of those decided have the sign of the truth."""
    verdicts = [str(one["verdict"]) for one in trials]
    right = [one["right"] for one in trials if one.get("right") is not None]
    counts = {f"{name} {one}": verdicts.count(one) for one in sorted(set(verdicts))}
    return counts | {
        f"{name} tables": len(trials),
        f"{name} decided": len(right),
        f"{name} right": sum(map(bool, right)),
    }


if __name__ == "__main__":
    main()
