"""A learning curve on 10,000 rows × 20 columns: ours, scikit-learn's, and the whole diagnosis, in one run."""

from __future__ import annotations

import resource
import tempfile
import time
import warnings
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from bench.speed_work import Workload, data

WORK = Workload("curve", 10_000, 20, (100,), 200, 5, 200, 3)
SIZES = np.geomspace(0.02, 1.0, 8)
FOLDS = 5


def compare() -> dict:
    """Measure every part in a process of its own and print them beside each other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        _write_table(path)
        found = {name: _in_process(name, path) for name in PARTS}
    theirs = found["scikit-learn's curve"]["seconds"]
    for name, one in found.items():
        more = f", first verdict after {one['first_verdict']:.1f} s" if "first_verdict" in one else ""
        share = theirs / one["seconds"]
        print(f"{name:26} {one['seconds']:8.1f} s ({share:5.1f}× faster) {one['megabytes']:6.0f} MB{more}")
    return found


def _write_table(path: Path) -> None:
    import pandas as pd

    X, y = data(WORK, 0)
    frame = pd.DataFrame(X[: WORK.rows]).add_prefix("x")
    frame["label"] = np.array(["red", "green", "blue"])[y[: WORK.rows]]
    frame.to_csv(path, index=False)


def _in_process(name: str, path: Path) -> dict:
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (name, str(path)))


def _measure(name: str, path: str) -> dict:
    warnings.simplefilter("ignore")
    X, y = data(WORK, 0)
    started = time.perf_counter()
    more = PARTS[name](X[: WORK.rows].astype(float), y[: WORK.rows], path) or {}
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, **more}


def _folds():
    from sklearn.model_selection import ShuffleSplit

    return ShuffleSplit(FOLDS, test_size=0.2, random_state=0)


def _ours(X, y, path: str) -> dict:
    import dldiag

    curve = dldiag.learning_curve(dldiag.MLPClassifier(), X, y, train_sizes=SIZES, cv=_folds())
    return {"dev_error": float(curve.dev_errors[-1].mean())}


def _theirs(X, y, path: str) -> dict:
    from sklearn.model_selection import learning_curve
    from sklearn.neural_network import MLPClassifier

    _, _, scores = learning_curve(MLPClassifier(random_state=0), X, y, train_sizes=SIZES, cv=_folds())
    return {"dev_error": float(1 - scores[-1].mean())}


def _diagnosis(X, y, path: str) -> dict:
    import dldiag

    started, first = time.perf_counter(), []

    def note(progress) -> None:
        if progress.report is not None and not first:
            first.append(time.perf_counter() - started)

    dataset = dldiag.make_dataset(dldiag.read_table(path), "label")
    dldiag.diagnose(dataset, None, dldiag.Settings(trials=0), on_progress=note)
    return {"first_verdict": first[0]} if first else {}


PARTS = {"our curve": _ours, "scikit-learn's curve": _theirs, "the whole verdict": _diagnosis}
