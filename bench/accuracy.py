"""Is the network as accurate as scikit-learn's? Prints a table, writes bench/results/accuracy.json.

    python -m bench.accuracy        # the shared tables beside the project, or where DLDIAG_SHARED points

Same tables, splits, seeds and settings for both, ten seeds each, paired: test error, ours − theirs, with the corrected
resampled 90% interval (Nadeau & Bengio 2003), since the splits overlap. Ours computes with 32 bits, theirs with 64.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from scipy.stats import t as student
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier as TheirClassifier, MLPRegressor as TheirRegressor
from sklearn.preprocessing import StandardScaler

from dldiag.nn import MLPClassifier, MLPRegressor, fit_stack

SHARED = Path(os.environ.get("DLDIAG_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
RESULTS = Path(__file__).with_name("results") / "accuracy.json"
NAMES = (
    "abalone", "banknote", "breast_cancer_wdbc", "cmc", "concrete_strength", "digits_8x8", "energy_efficiency",
    "german_credit", "optdigits", "phoneme", "pima_diabetes", "power_plant", "spambase", "wine_cultivar",
)  # fmt: skip
SEEDS = 10
MOST_ROWS = 1500
TEST_SHARE = 0.3
SETTINGS = {"hidden_layer_sizes": (50,), "max_iter": 60, "batch_size": 64}


def main() -> None:
    warnings.simplefilter("ignore")
    manifest = pd.read_csv(SHARED / "manifest.csv", index_col="name")
    rows = [compare(name, manifest.loc[name]) for name in NAMES if name in manifest.index]
    print(f"\n{'table':20} {'unit':5} {'ours':>7} {'theirs':>7} {'ours − theirs':>22}  times faster")
    for row in rows:
        interval = f"{row['change']:+.4f} ({row['low']:+.4f} … {row['high']:+.4f})"
        print(
            f"{row['name']:20} {row['unit']:5} {row['ours']:7.4f} {row['theirs']:7.4f} {interval:>30} {row['faster']:6.1f}"
        )
    worse = [row["name"] for row in rows if row["low"] > 0]
    print(f"\nsurely worse: {worse or 'none'}; mean difference {np.mean([row['change'] for row in rows]):+.5f}")
    RESULTS.write_text(json.dumps({"settings": str(SETTINGS), "seeds": SEEDS, "tables": rows}, indent=1) + "\n")


def compare(name: str, about: pd.Series) -> dict:
    X, y = load(about)
    classify = about.task == "classification"
    splits = [split(X, y, seed, classify) for seed in range(SEEDS)]
    ours = [(MLPClassifier if classify else MLPRegressor)(**SETTINGS, random_state=seed) for seed in range(SEEDS)]
    theirs = [(TheirClassifier if classify else TheirRegressor)(**SETTINGS, random_state=seed) for seed in range(SEEDS)]
    started = time.process_time()
    fit_stack(ours, [s[0] for s in splits], [s[2] for s in splits])
    between = time.process_time()
    for model, s in zip(theirs, splits, strict=True):
        model.fit(s[0], s[2])
    faster = (time.process_time() - between) / (between - started)
    errors = np.array([[error(m, s, classify) for m, s in zip(group, splits, strict=True)] for group in (ours, theirs)])
    change, half = paired(errors[0] - errors[1])
    means = errors.mean(axis=1)
    return {
        "name": name, "unit": "rate" if classify else "sd", "ours": means[0], "theirs": means[1],
        "change": change, "low": change - half, "high": change + half, "faster": faster,
    }  # fmt: skip


def load(about: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(SHARED / about.file).dropna()
    frame = frame.sample(min(len(frame), MOST_ROWS), random_state=0)
    y = frame.pop(about.target)
    X = pd.get_dummies(frame, dtype=float).to_numpy(float)
    return X, y.astype(str).to_numpy() if about.task == "classification" else y.to_numpy(float)


def split(X: np.ndarray, y: np.ndarray, seed: int, classify: bool) -> list:
    parts = train_test_split(X, y, test_size=TEST_SHARE, random_state=seed, stratify=y if classify else None)
    scaler = StandardScaler().fit(parts[0])
    parts[:2] = [scaler.transform(part) for part in parts[:2]]
    if not classify:
        mean, spread = parts[2].mean(), parts[2].std()
        parts[2:] = [(part - mean) / spread for part in parts[2:]]
    return parts


def error(model, parts: list, classify: bool) -> float:
    predicted = model.predict(parts[1])
    if classify:
        return float((predicted != parts[3]).mean())
    return float(np.sqrt(np.mean((predicted - parts[3]) ** 2)))


def paired(differences: np.ndarray) -> tuple[float, float]:
    """Return the mean difference and half of its corrected resampled 90% interval."""
    n = len(differences)
    variance = (1 / n + TEST_SHARE / (1 - TEST_SHARE)) * differences.var(ddof=1)
    return float(differences.mean()), float(student.ppf(0.95, n - 1) * np.sqrt(variance))


if __name__ == "__main__":
    main()
