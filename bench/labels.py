"""Are flipped labels found, and does the trial know them from hard rows? Beside cleanlab on the same probabilities.

python -m bench.labels [--tables 20]      # prints a table, writes bench/results/labels.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict

from dldiag.core.settings import Settings
from dldiag.core.types import Dataset
from dldiag.data.dataset import make_dataset
from dldiag.diagnosis.label_trial import try_without_suspects
from dldiag.diagnosis.trials import diagnosis_split
from dldiag.error_analysis.label_suspects import suspects_of_classes
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model

RESULTS = Path(__file__).with_name("results") / "labels.json"
FLIPPED = 0.15  # of the labels
ROWS = 800


def table(seed: int, flipped: float, noise: float) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return columns, labels and which of them were flipped; noise: how much the classes overlap."""
    rng = np.random.default_rng([seed, 7])
    X = rng.normal(size=(ROWS, 6))
    score = X @ rng.normal(size=6) + np.where(X[:, 0] > 0, X[:, 1], -X[:, 2])
    y = (score + noise * rng.normal(size=ROWS) * score.std() > 0).astype(int)
    wrong = rng.random(ROWS) < flipped
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


def verdict(seed: int, flipped: float, noise: float) -> str:
    """Return what the trial says on one table; "" when nothing was suspicious."""
    X, y, _ = table(seed, flipped, noise)
    dataset = dataset_of(X, y)
    fits = FitCache(dataset, diagnosis_split(dataset, Settings(seed=seed)))
    tried = try_without_suspects(fits, build_model("classification"), material=0.01)
    return "" if tried is None else tried.verdict


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--tables", type=int, default=20)
    tables = given.parse_args().tables
    precision = np.array([ranked(seed) for seed in range(tables)])
    verdicts = {
        name: [verdict(seed, flipped, noise) for seed in range(tables)]
        for name, (flipped, noise) in {"flipped": (FLIPPED, 0.1), "clean": (0, 0.1), "overlap": (0, 1.0)}.items()
    }
    found = {
        "tables": tables,
        "average_precision": float(np.median(precision[:, 0])),
        "cleanlab": float(np.median(precision[:, 1])),
        **{
            f"{name} {one or 'none'}": given.count(one)
            for name, given in verdicts.items()
            for one in sorted(set(given))
        },
    }
    for name, value in found.items():
        print(f"{name:30} {value}")
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
