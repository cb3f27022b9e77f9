"""What do fewer, longer steps cost the boosting reference? Prints dev errors and time beside scikit-learn's defaults.

python -m bench.boosting
"""

from __future__ import annotations

import time
import warnings

import numpy as np
from threadpoolctl import threadpool_limits

from bench.advice_cases import CALIBRATE, TRUTH_ROWS, load
from dldiag.data.encode import encode
from dldiag.experiments.models import build_model, changed

SIZES = (300, 3_000)
SEEDS = 3
DEFAULTS = {"learning_rate": 0.1, "max_iter": 100}  # of scikit-learn


def main() -> None:
    """Fit both on every table, and print each error and the ratio over all."""
    errors, seconds = {"ours": [], "defaults": []}, {"ours": 0.0, "defaults": 0.0}
    for table in CALIBRATE:
        dataset = load(table)
        ours = build_model(dataset.task, key="boosting")
        X, y = encode(dataset).values, dataset.y
        unit = 1.0 if dataset.task == "classification" else float(np.std(y))
        for size in SIZES:
            for name, model in {"ours": ours, "defaults": changed(ours, DEFAULTS)}.items():
                started = time.process_time()
                found = [_error(model.estimator.set_params(random_state=s), X, y, size, s, unit) for s in range(SEEDS)]
                seconds[name] += time.process_time() - started
                errors[name].append(np.mean(found))
            print(
                f"{table:20} {size:6,} rows: {errors['ours'][-1]:.4f} beside {errors['defaults'][-1]:.4f}", flush=True
            )
    ratio = np.divide(errors["ours"], errors["defaults"])
    print(f"errors, ours over defaults: median {np.median(ratio):.4f}, mean {ratio.mean():.4f}, most {ratio.max():.4f}")
    print(f"processor seconds: {seconds['ours']:.1f} beside {seconds['defaults']:.1f}")


def _error(estimator, X, y, size: int, seed: int, unit: float) -> float:
    order = np.random.default_rng(seed).permutation(len(y))
    n_held = min(TRUTH_ROWS, len(y) // 3)
    train, held = order[: len(y) - n_held][:size], order[-n_held:]
    predicted = estimator.fit(X[train], y[train]).predict(X[held])
    if y.dtype.kind in "iu":
        return float(np.mean(predicted != y[held]))
    return float(np.sqrt(np.mean((predicted - y[held]) ** 2))) / unit


if __name__ == "__main__":
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
