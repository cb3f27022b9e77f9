"""A whole diagnosis against the script that an expert would write for the same evidence, in CPU seconds, start included.

The script reads the table with pandas, and fits scikit-learn's MLP, logistic (or ridge) regression and gradient boosting at
the sizes and repeats of the report, at the last size as often as its verdict rests on, and eleven changed settings of the MLP
on the rows and repeats of its short runs.
It computes no intervals, no rules and no page. Both run on one thread, from bytecode that an earlier run has written, as an
installed package has it.

    python -m bench.by_hand [FILE TARGET …]        prints the table and writes bench/results/by_hand.json
    python -m bench.by_hand --made 50000           a made-up table of 20 columns, two classes, 5% of them wrong
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pandas as pd

from bench.speed_work import TEST_ROWS, Workload, data
from tests.shared_data import SHARED

RESULT = Path(__file__).with_name("results") / "by_hand.json"
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
TABLES = (("breast_cancer_wdbc.csv", "target"), ("diabetes_progression.csv", "target"))
BYTECODE = Path(tempfile.gettempdir()) / "dldiag-bytecode"
PROBE_ROWS, PROBE_FITS = 2_000, 8_000  # as the standard budget has them
DEV_SHARE = 0.25
# What Ng's table asks for, as one would write it down: bias first, then variance, then training itself.
CHANGES = (
    {"hidden_layer_sizes": (256,)},
    {"hidden_layer_sizes": (100, 100)},
    {"max_iter": 600},
    {"solver": "lbfgs"},
    {"solver": "sgd", "learning_rate_init": 0.1, "momentum": 0.9},
    {"alpha": 0.01},
    {"alpha": 1.0},
    {"early_stopping": True},
    {"hidden_layer_sizes": (30,)},
    {"learning_rate_init": 0.01},
    {"activation": "tanh"},
)


def script(path: str, target: str, plan: str) -> None:
    """Fit what the plan asks for by hand; the plan holds sizes, their repeats and the kind of task."""
    import numpy as np
    import pandas as pd
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    warnings.simplefilter("ignore")
    wanted = json.loads(plan)
    frame = pd.read_csv(path).dropna(subset=[target])
    X, y = frame.drop(columns=target), frame[target].to_numpy()
    classes = wanted["task"] == "classification"
    y = y if classes else (y - y.mean()) / y.std()

    def prepared(model: object) -> object:
        numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
        names = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
        columns = make_column_transformer(
            (numbers, make_column_selector(dtype_include="number")),
            (names, make_column_selector(dtype_exclude="number")),
        )
        return make_pipeline(columns, model)

    def errors(model: object, train: np.ndarray, dev: np.ndarray) -> tuple[float, float]:
        try:
            fitted = prepared(model).fit(X.iloc[train], y[train])
        except ValueError:  # weights that are not finite: the fit is lost, its time is spent
            return float("nan"), float("nan")
        return 1 - fitted.score(X.iloc[train], y[train]), 1 - fitted.score(X.iloc[dev], y[dev])

    def networks(seed: int, **change: object) -> object:
        return (MLPClassifier if classes else MLPRegressor)(random_state=seed, **change)

    others = (
        (lambda seed: LogisticRegression(max_iter=1000), lambda seed: HistGradientBoostingClassifier(random_state=seed))
        if classes
        else (lambda seed: Ridge(), lambda seed: HistGradientBoostingRegressor(random_state=seed))
    )
    found = {}
    for repeat in range(max(*wanted["repeats"], wanted["probe_repeats"])):
        train, dev = train_test_split(
            np.arange(len(y)), test_size=DEV_SHARE, random_state=repeat, stratify=y if classes else None
        )
        for size, repeats in zip(wanted["sizes"], wanted["repeats"], strict=True):
            if repeat < repeats:
                for k, make in enumerate((networks, *others)):
                    found["curve", k, size, repeat] = errors(make(repeat), train[:size], dev)
        if repeat < wanted["probe_repeats"]:
            rows = train[: wanted["probe_rows"]]
            for k, change in enumerate(CHANGES):
                found["change", k, repeat] = errors(networks(repeat, **change), rows, dev)
    print(len(found), "fits")


def compare(path: Path, target: str) -> dict[str, float]:
    """Run both on one table, each in processes of its own, and return CPU and wall seconds."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        ours = measured(
            ["-m", "dldiag", "diagnose", str(path), "--target", target, "--jobs", "1", "--quiet", "--json", str(out)]
        )
        report = json.loads(out.read_text(encoding="utf-8"))
    curve = report["curves"][0]
    n, repeats = min(PROBE_ROWS, curve["sizes"][-1]), len(curve["dev_errors"][0])
    of_the_verdict = round(report["evidence"]["repeats"]["value"])
    plan = {
        "task": report["dataset"]["task"],
        "sizes": curve["sizes"],
        "repeats": [*(repeats for _ in curve["sizes"][1:]), of_the_verdict],
        "probe_rows": n,
        "probe_repeats": min(10, max(4, PROBE_FITS // n)),
    }
    theirs = measured(["-m", "bench.by_hand", "--script", str(path), target, json.dumps(plan)])
    return {
        "rows": report["dataset"]["rows"], "ours_cpu": ours[0], "by_hand_cpu": theirs[0], "ours_wall": ours[1],
        "by_hand_wall": theirs[1], "ratio_cpu": theirs[0] / ours[0],
    }  # fmt: skip


def _compare_made(rows: int) -> dict[str, float]:
    """Compare on a table whose classes a small random network tells apart."""
    X, y = data(Workload("made up", rows - TEST_ROWS, 20, (), 0, 1, 1), repeat=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.csv"
        pd.DataFrame(X, columns=[f"x{k}" for k in range(20)]).assign(y=y).to_csv(path, index=False)
        return compare(path, "y")


def measured(arguments: list[str]) -> tuple[float, float]:
    """Return the CPU and the wall seconds of a Python process with these arguments, start and children included."""
    environment = os.environ | ONE_THREAD | {"PYTHONPYCACHEPREFIX": str(BYTECODE)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, "-c", "import dldiag.cli.on_tables"], check=True, env=environment)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - started


def main() -> None:
    """Print the comparison, table by table."""
    if sys.argv[1:2] == ["--script"]:
        script(*sys.argv[2:5])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "tables", nargs="*", metavar="FILE TARGET", help="tables and their targets; the two published ones"
    )
    parser.add_argument("--made", type=int, metavar="ROWS", help="a made-up table of so many rows in their place")
    given = parser.parse_args()
    if given.made:
        found = {f"made up, {given.made:,} rows": _compare_made(given.made)}
    else:
        named = list(zip(given.tables[::2], given.tables[1::2], strict=True))
        if not named and SHARED is not None:
            named = [(str(SHARED / "data" / "tables" / file), target) for file, target in TABLES]
        found = {Path(path).name: compare(Path(path), target) for path, target in named}
    print(f"{'table':32}{'rows':>8}{'ours':>10}{'by hand':>10}{'ratio':>8}   (CPU seconds, one thread)")
    for name, one in found.items():
        print(f"{name:32}{one['rows']:8,.0f}{one['ours_cpu']:10.1f}{one['by_hand_cpu']:10.1f}{one['ratio_cpu']:8.1f}")
    known = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps(known | found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
