"""How fast is the network? Prints tables, writes bench/results/speed.json.

    python -m bench.speed                    # every workload beside scikit-learn and PyTorch, then how costs grow
    python -m bench.speed --quick            # five workloads
    python -m bench.speed --only pictures    # one workload
    python -m bench.speed --profile          # where the time of a stack goes, by part
    python -m bench.speed --curve            # a learning curve on 10,000 × 20 beside scikit-learn's learning_curve

Every engine does the same work (rows, epochs, batches, Adam, ReLU, one thread) in a process of its own. Seconds are
processor seconds, which on one thread are those of a quiet machine even when others use this one. scikit-learn gets
32-bit inputs, in which it is faster; "64 bits" is what it does with a table as pandas reads it.
"""

# ruff: noqa: E402 — the number of threads must be set before NumPy is loaded
from __future__ import annotations

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # before NumPy is loaded

import argparse
import json
import platform
import sys
from cProfile import Profile
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from pstats import Stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from bench.speed_work import (
    ENGINES,
    QUICK,
    WORKLOADS,
    Workload,
    measure,
    ours_stacked,
    parts,
    peak_gflops,
    products_seconds,
    shared,
    warm_up_all,
)

RESULTS = Path(__file__).with_name("results")


def main() -> None:
    arguments = _arguments()
    if arguments.curve:
        from bench.speed_curve import compare

        _write("speed_curve.json", compare())
        return
    if arguments.profile:
        print_profile(WORKLOADS[arguments.only or "scikit-learn's default"])
        return
    names = [arguments.only] if arguments.only else QUICK if arguments.quick else WORKLOADS
    warm_up_all()
    rows = []
    for name in names:
        rows.append(_compare(WORKLOADS[name]))
        print(_line(rows[-1]), flush=True)
    print_table(rows)
    growth = {} if arguments.only else {axis: _growth(axis, works) for axis, works in GROWTH.items()}
    if not arguments.only:
        machine = {"python": platform.python_version(), "numpy": np.__version__, "processor": platform.machine()}
        _write(
            "speed_quick.json" if arguments.quick else "speed.json",
            {"machine": machine, "workloads": rows, "growth": growth},
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=WORKLOADS)
    parser.add_argument("--curve", action="store_true")
    parser.add_argument("--profile", action="store_true")
    return parser.parse_args()


def _compare(work: Workload) -> dict:
    """Measure every engine on a workload, each in a process of its own; a missing engine is left out."""
    found = {}
    for engine in ENGINES:
        with get_context("fork").Pool(1) as pool:
            try:
                found[engine] = pool.apply(measure, (work, engine))
            except ImportError as error:
                print(f"{engine}: {error}", file=sys.stderr)
    peak, alone = peak_gflops(), products_seconds(work)
    ours = found["stacked"]["seconds"]
    return {
        "workload": work.name,
        "shape": f"{work.rows:,} × {'→'.join(map(str, work.units))}, batch {work.batch}, {work.repeats} repeats",
        "engines": found,
        "times": {engine: one["seconds"] / ours for engine, one in found.items()},
        "peak_share": work.flops() / ours / 1e9 / peak,
        "products_share": alone / ours,
        "peak_gflops": peak,
    }


REST = "Python and the rest"
PARTS = {  # which functions, or files of them, a part of a step is made of
    "products and copies for them": {"network.py"},
    "activation and its derivative": {"activations.py"},
    "loss": {"losses.py", "reduce"},
    "optimizer and penalty": {"optimizers.py", "_pull", "_penalize"},
    "gathering and shuffling rows": {"shuffle", "take", "take_along_axis"},
}


def print_profile(work: Workload) -> None:
    """Print the share of the time that a stack spends in each part, by cProfile's own time of functions."""
    from dldiag.nn import MLPClassifier, fit_stack

    Xs, ys, _ = parts(work, work.repeats)
    models = [MLPClassifier(**shared(work, seed), dtype="float32") for seed in range(work.repeats)]
    profile = Profile()
    profile.runcall(fit_stack, models, Xs, ys)
    times = dict.fromkeys([*PARTS, REST], 0.0)
    for (file, _, function), row in Stats(profile).stats.items():  # type: ignore[attr-defined]
        names = {Path(file).name, *function.strip("{}<>").replace("'", " ").split()}
        times[next((part for part, told in PARTS.items() if names & told), REST)] += row[2]
    for part, seconds in sorted(times.items(), key=lambda item: -item[1]):
        print(f"{part:32} {seconds / sum(times.values()):.0%}")


def _line(row: dict) -> str:
    return f"{row['workload']}: " + ", ".join(
        f"{engine} {1000 * one['seconds']:.1f} ms ({row['times'][engine]:.1f}×)"
        for engine, one in row["engines"].items()
    )


def print_table(rows: list[dict]) -> None:
    engines = [engine for engine in ENGINES if all(engine in row["engines"] for row in rows)]
    print("\nMilliseconds per fit (× ours stacked)")
    print(f"{'workload':26}" + "".join(f"{engine:>24}" for engine in engines))
    for row in rows:
        cells = (f"{1000 * row['engines'][e]['seconds']:.1f} ({row['times'][e]:.1f}×)" for e in engines)
        print(f"{row['workload']:26}" + "".join(f"{cell:>24}" for cell in cells) + f"   {row['shape']}")
    for engine in engines[2:]:
        times = [row["times"][engine] for row in rows]
        print(f"{engine}: median {np.median(times):.1f}×, least {min(times):.1f}×")
    print("\nTest accuracy, memory beyond the imports (MB), share of the sgemm peak, sgemm alone / ours,")
    print("and how many times scikit-learn an engine would reach in which nothing but these products took time")
    for row in rows:
        accuracy = " ".join(f"{row['engines'][e]['accuracy']:.3f}" for e in engines)
        memory = " ".join(f"{row['engines'][e]['megabytes']:.0f}" for e in engines)
        print(
            f"{row['workload']:26} {accuracy} | {memory} | {row['peak_share']:.0%} {row['products_share']:.0%}"
            f" {row['times']['scikit-learn'] / row['products_share']:.1f}×"
        )


BASE = Workload("base", 4000, 20, (64,), 64, 5, 4)
GROWTH = {
    "rows": [replace(BASE, rows=n) for n in (1000, 4000, 16_000, 64_000)],
    "columns": [replace(BASE, columns=n) for n in (5, 20, 80, 320)],
    "units": [replace(BASE, hidden=(n,)) for n in (16, 64, 256, 1024)],
    "members": [replace(BASE, repeats=n) for n in (1, 4, 16, 64)],
}


def _growth(axis: str, works: list[Workload]) -> dict:
    """Measure the cost of the whole stack along one axis; the slope is that of its last step on log axes."""
    sizes = [getattr(w, {"members": "repeats", "units": "hidden"}.get(axis, axis)) for w in works]
    sizes = [size[0] if isinstance(size, tuple) else size for size in sizes]
    seconds = [min(ours_stacked(w, w.repeats)[0] for _ in range(2)) * w.repeats for w in works]
    slopes = np.diff(np.log(seconds)) / np.diff(np.log(sizes))
    cells = ", ".join(f"{size}: {s:.3f} s" for size, s in zip(sizes, seconds, strict=True))
    print(f"{axis:8} {cells}; slopes {', '.join(f'{slope:.2f}' for slope in slopes)}", flush=True)
    return {"sizes": sizes, "seconds": seconds, "slopes": slopes.tolist()}


def _write(name: str, content: dict) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
