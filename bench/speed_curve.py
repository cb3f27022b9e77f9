"""A learning curve on 10,000 rows × 20 columns: ours, scikit-learn's, and the whole diagnosis, in one run."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np

from bench.speed_work import Workload, data

WORK = Workload("curve", 10_000, 20, (100,), 200, 5, 200, 3)
SIZES = np.geomspace(0.02, 1.0, 8)
FOLDS = 5
EPOCHS = 200  # the default of both networks; both may stop earlier, by the same rule


def compare() -> dict:
    """Measure every part in a process of its own and print them beside each other, by the clock.

    Of several processes, megabytes are those of the largest. They are started before the clock is.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        _write_table(path)
        found = {}
        for name in PARTS:
            found[name] = one = _in_process(name, path)
            ratio = found[FIRST]["seconds"] / one["seconds"]
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
    command = [sys.executable, "-W", "ignore", "-m", "bench.speed_curve", name, str(path)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def _measure(name: str, path: str) -> dict:
    warnings.simplefilter("ignore")
    _import_everything()
    X, y = data(WORK, 0)
    _start_processes(PARTS[name].keywords["n_jobs"])
    started = time.perf_counter()
    more = PARTS[name](X[: WORK.rows].astype(float), y[: WORK.rows], path) or {}
    seconds = time.perf_counter() - started
    megabytes = (
        max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    )
    return {"seconds": seconds, "megabytes": megabytes, **more}


def _import_everything() -> None:
    """Pay for the imports before the clock starts."""
    import sklearn.model_selection
    import sklearn.neural_network

    import dldiag

    X, y = data(Workload("warm up", 300, 4, (4,), 50, 2, 1), 0)
    dldiag.MLPClassifier(max_iter=1).fit(X, y)
    sklearn.neural_network.MLPClassifier(max_iter=1).fit(X, y)


def _start_processes(n: int) -> None:
    """Start joblib's processes and let each import what it needs, as a dashboard's are before a job comes."""
    from joblib import Parallel, delayed

    from dldiag.core.parallel import Processes

    processes = Processes(n)
    while n > 1 and not processes.ready:
        time.sleep(0.1)
    for parallel in (Parallel(n_jobs=n), Parallel(n_jobs=n, return_as="generator_unordered", max_nbytes=None)):
        list(parallel(delayed(_linger)() for _ in range(2 * n)))


def _linger() -> None:
    warnings.simplefilter("ignore")
    _import_everything()
    time.sleep(0.5)


def _folds():
    from sklearn.model_selection import ShuffleSplit

    return ShuffleSplit(FOLDS, test_size=0.2, random_state=0)


def _ours(X, y, path: str, n_jobs: int = 1) -> dict:
    import dldiag

    model = dldiag.MLPClassifier(max_iter=EPOCHS)
    curve = dldiag.learning_curve(model, X, y, train_sizes=SIZES, cv=_folds(), n_jobs=n_jobs)
    return {"dev_error": float(curve.dev_errors[-1].mean())}


def _theirs(X, y, path: str, n_jobs: int = 1) -> dict:
    from sklearn.model_selection import learning_curve
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(max_iter=EPOCHS, random_state=0)
    _, _, scores = learning_curve(model, X, y, train_sizes=SIZES, cv=_folds(), n_jobs=n_jobs)
    return {"dev_error": float(1 - scores[-1].mean())}


def _diagnosis(X, y, path: str, n_jobs: int = 1) -> dict:
    import dldiag

    started, first = time.perf_counter(), []

    def note(progress) -> None:
        if progress.report is not None and not first:
            first.append(time.perf_counter() - started)

    dataset = dldiag.make_dataset(dldiag.read_table(path), "label")
    model = dldiag.MLPClassifier(max_iter=EPOCHS)
    dldiag.diagnose(dataset, model, dldiag.Settings(trials=0), on_progress=note, n_jobs=n_jobs)
    return {"first_verdict_seconds": first[0]} if first else {}


FIRST = "scikit-learn's curve"
COUNTS = (1, 2)  # processes
PARTS = {
    name + ("" if n == 1 else f", {n} processes"): partial(part, n_jobs=n)
    for n in COUNTS
    for name, part in {FIRST: _theirs, "our curve": _ours, "the whole verdict": _diagnosis}.items()
}

if __name__ == "__main__":
    print(json.dumps(_measure(*sys.argv[1:])))
