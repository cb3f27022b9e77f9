"""The forecast on our own networks: hide the rows beyond n on real tables, forecast 2n and 4n, compare.

    python -m bench.forecast_own          # prints a table, writes bench/results/forecast_own.json

Nothing is fitted here: the constants come from LCDB (bench/forecast.py). Tables: ../shared/data, both tasks; inputs are
scaled, sizes two per doubling, 5 repeats, the same 1,000 or fewer dev rows within a repeat.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import ShuffleSplit
from sklearn.preprocessing import StandardScaler

from bench.lcdb_curves import SHARED
from dldiag import MLPClassifier, MLPRegressor, learning_curve
from dldiag.core.types import LearningCurve
from dldiag.experiments.forecast import forecast, more_data_helps

RESULTS = Path(__file__).with_name("results") / "forecast_own.json"
CACHE_SIZES = (16, 2048)  # smallest and largest training set
DEV_ROWS, REPEATS, EPOCHS = 1000, 5, 50
MOST_FEATURES, LEAST_ROWS = 120, 1500


def curves() -> dict[str, LearningCurve]:
    manifest = pd.read_csv(SHARED / "data" / "manifest.csv")
    chosen = manifest[manifest.n_rows >= LEAST_ROWS]
    found = {}
    for row in chosen.itertuples():
        start = time.perf_counter()
        frame = pd.read_csv(SHARED / "data" / row.file, nrows=400_000).sample(frac=1, random_state=0)[:20_000]
        X = pd.get_dummies(frame.iloc[:, :-1], dummy_na=False).astype(float)
        if X.shape[1] > MOST_FEATURES:
            continue
        X = StandardScaler().fit_transform(X.fillna(X.median()))
        y = frame.iloc[:, -1]
        classify = row.task == "classification"
        y = y.astype(str).to_numpy() if classify else y.to_numpy(float)
        found[row.name] = _curve(X, y, classify)
        print(f"{row.name:28}{time.perf_counter() - start:6.1f} s", flush=True)
    return found


def _curve(X, y, classify: bool) -> LearningCurve:
    dev = min(DEV_ROWS, len(y) // 4)
    largest = min(CACHE_SIZES[1], len(y) - dev)
    doublings = np.arange(int(2 * np.log2(largest / CACHE_SIZES[0])) + 1) / 2
    sizes = np.sort(np.unique(np.round(largest / 2**doublings).astype(int)))
    model = (MLPClassifier if classify else MLPRegressor)(max_iter=EPOCHS)
    split = ShuffleSplit(REPEATS, test_size=dev, train_size=largest, random_state=0)
    return learning_curve(model, X, y, train_sizes=sizes, cv=split)


def judged(name: str, curve: LearningCurve) -> list[dict]:
    rows = []
    for end in range(6, len(curve.sizes) - 2, 2):
        seen = slice(None, end + 1)
        n, train = curve.sizes[seen], curve.train_errors[seen]
        for factor, later in ((2, end + 2), (4, end + 4)):
            if later >= len(curve.sizes) or n[-1] < 64:
                continue
            true = float(curve.dev_errors[later].mean())
            ahead = forecast(n, curve.dev_errors[seen], [int(curve.sizes[later])], train_errors=train, unit=curve.unit)
            row = {"table": name, "unit": curve.unit, "rows": int(n[-1]), "factor": factor, "true": true}
            row["last"] = float(curve.dev_errors[end].mean())
            row["abstains"] = ahead.abstains is not None
            if ahead.abstains is None:
                point = ahead[0]
                helps = more_data_helps(n, curve.dev_errors[seen], factor=factor, train_errors=train)
                row |= {"value": point.value, "low": point.low, "high": point.high, "helps": helps[0]}
            rows.append(row)
    return rows


def summary(rows: list[dict]) -> dict[str, dict[str, float]]:
    table = pd.DataFrame(rows)
    found = {}
    for (unit, factor), part in table.groupby(["unit", "factor"]):
        kept = part[~part.abstains]
        found[f"{unit} {factor}×"] = {
            "cases": len(part),
            "tables": int(part.table.nunique()),
            "abstained": float(part.abstains.mean()),
            "error": float((kept.value - kept.true).abs().mean()),
            "error_of_last": float((kept["last"] - kept.true).abs().mean()),
            "bias": float((kept.value - kept.true).mean()),
            "coverage": float(((kept.low <= kept.true) & (kept.true <= kept.high)).mean()),
            "half_width": float((kept.high - kept.low).mean() / 2),
            "helped": float((kept["last"] - kept.true >= 0.01).mean()),
        }
    return found


def main() -> None:
    rows = [row for name, curve in curves().items() for row in judged(name, curve)]
    result = summary(rows)
    print(pd.DataFrame(result).T.round(3).to_string())
    RESULTS.write_text(json.dumps({"summary": result, "cases": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
