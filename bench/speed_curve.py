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
EPOCHS = 200  # the default of both networks; both may stop earlier, by the same rule


def compare() -> dict:
    """Measure every part in a process of its own and print them beside each other; seconds of processor and of clock."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        _write_table(path)
        found = {}
        for name in PARTS:
            found[name] = one = _in_process(name, path)
            ratio = found[FIRST]["cpu_seconds"] / one["cpu_seconds"]
            more = ", ".join(f"{key} {value:.3g}" for key, value in one.items())
            print(f"{name}: {ratio:.1f}× as fast as {FIRST}; {more}", flush=True)
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
    _import_everything()
    X, y = data(WORK, 0)
    started, worked = time.perf_counter(), time.process_time()
    more = PARTS[name](X[: WORK.rows].astype(float), y[: WORK.rows], path) or {}
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **more,
    }


def _import_everything() -> None:
    """Pay for the imports before the clock starts."""
    import sklearn.model_selection
    import sklearn.neural_network

    import dldiag

    X, y = data(Workload("warm up", 300, 4, (4,), 50, 2, 1), 0)
    dldiag.MLPClassifier(max_iter=1).fit(X, y)
    sklearn.neural_network.MLPClassifier(max_iter=1).fit(X, y)


def _folds():
    from sklearn.model_selection import ShuffleSplit

    return ShuffleSplit(FOLDS, test_size=0.2, random_state=0)


def _ours(X, y, path: str) -> dict:
    import dldiag

    curve = dldiag.learning_curve(dldiag.MLPClassifier(max_iter=EPOCHS), X, y, train_sizes=SIZES, cv=_folds())
    return {"dev_error": float(curve.dev_errors[-1].mean())}


def _theirs(X, y, path: str) -> dict:
    from sklearn.model_selection import learning_curve
    from sklearn.neural_network import MLPClassifier

    _, _, scores = learning_curve(MLPClassifier(max_iter=EPOCHS, random_state=0), X, y, train_sizes=SIZES, cv=_folds())
    return {"dev_error": float(1 - scores[-1].mean())}


def _diagnosis(X, y, path: str) -> dict:
    import dldiag

    started, first = time.process_time(), []

    def note(progress) -> None:
        if progress.report is not None and not first:
            first.append(time.process_time() - started)

    dataset = dldiag.make_dataset(dldiag.read_table(path), "label")
    model = dldiag.MLPClassifier(max_iter=EPOCHS)
    dldiag.diagnose(dataset, model, dldiag.Settings(trials=0), on_progress=note)
    return {"first_verdict_cpu_seconds": first[0]} if first else {}


FIRST = "scikit-learn's curve"
PARTS = {FIRST: _theirs, "our curve": _ours, "the whole verdict": _diagnosis}
