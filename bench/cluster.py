"""Fits on a Dask cluster: what one and two workers take here, what a task costs besides its fits, and what 64 would do.

    python -m bench.cluster [--rows N]        prints the tables, writes bench/results/cluster.json

The table is made. The diagnosis runs in this process first, and the seconds of every stack of fits are kept. Two local
workers are measured by the clock, which other work on the machine disturbs: the whole diagnosis, and the part of it in which fits
are under way. More workers are simulated from the kept seconds: in
each stage the costliest pieces are begun first, and every piece takes the measured time of sending besides.
"""

from __future__ import annotations

import argparse
import heapq
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dldiag.core.cluster import Cluster, on_cluster
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset
from dldiag.data.dataset import make_dataset
from dldiag.data.read_table import read_table
from dldiag.diagnosis.diagnose import diagnose
from dldiag.experiments import fit, fit_cache

RESULT = Path(__file__).with_name("results") / "cluster.json"
WORKERS = (1, 2, 4, 8, 16, 32, 64)
COLUMNS = 20
PINGS = 200  # empty tasks, by which the time of sending one is measured
SETTINGS = Settings(trials=0)

Stage = list[float]  # seconds of every fit that can run at the same time


def table(rows: int) -> Dataset:
    """Make a table of two classes that no line parts."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, COLUMNS))
    y = np.where(X[:, 0] + X[:, 1] * X[:, 2] + 0.7 * rng.normal(size=rows) > 0, "yes", "no")
    return make_dataset(read_table(pd.DataFrame(X, columns=[f"x{j}" for j in range(COLUMNS)]).assign(y=y)), "y")


@dataclass
class Watched:
    """The seconds of every fit, stage by stage (a stage is what one call asks for), and those by the clock of all stages."""

    stages: list[Stage] = field(default_factory=list)
    clock: float = 0.0


@contextmanager
def watched_fits() -> Iterator[Watched]:
    """Keep the seconds of every fit while this context is open."""
    original, found = fit_cache.fit_all, Watched()

    def watched(*arguments: Any, **others: Any) -> Iterator[fit.FitResult]:
        stage: Stage = []
        started = time.perf_counter()
        for result in original(*arguments, **others):
            stage.append(result.seconds)
            yield result
        found.clock += time.perf_counter() - started
        found.stages.append(stage)

    fit_cache.fit_all = watched
    try:
        yield found
    finally:
        fit_cache.fit_all = original


def makespan(stages: Sequence[Stage], workers: int, sending: float) -> float:
    """Return the seconds of all stages, one after the other, each by the longest-first rule."""
    total = 0.0
    for stage in stages:
        free = [0.0] * workers
        for i, seconds in enumerate(sorted(stage, reverse=True)):
            begun = max(heapq.heappop(free), i * sending)  # the scheduler sends one after the other
            heapq.heappush(free, begun + seconds)
        total += max(free) + sending
    return total


def sending_seconds(cluster: Cluster) -> float:
    """Return the seconds that an empty task takes there and back, many under way."""
    list(cluster.run_shared(_nothing, range(10), "shared"))
    started = time.perf_counter()
    list(cluster.run_shared(_nothing, range(PINGS), "shared"))
    return (time.perf_counter() - started) / PINGS


def _nothing(item: int, shared: str, stop: Any) -> int:
    return item


@dataclass(frozen=True)
class Run:
    """A diagnosis on local workers by the clock: all seconds, those with fits under way, those of an empty task."""

    whole: float
    fits: float
    sending: float


def measured(dataset: Dataset, workers: int) -> Run:
    """Run a diagnosis on local workers that have run one before."""
    with on_cluster(f"local:{workers}") as cluster:
        assert cluster is not None
        diagnose(dataset, None, Settings(budget="quick", trials=0, sizes=2, repeats=3))
        started = time.perf_counter()
        with watched_fits() as found:
            diagnose(dataset, None, SETTINGS)
        return Run(time.perf_counter() - started, found.clock, sending_seconds(cluster))


def main() -> None:
    """Print what was measured and what was simulated."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000)
    rows = parser.parse_args().rows
    dataset = table(rows)
    with watched_fits() as found:
        diagnose(dataset, None, SETTINGS)
    one, two, stages = measured(dataset, 1), measured(dataset, 2), found.stages
    sending = one.sending
    fits, longest = [s for stage in stages for s in stage], sum(max(stage) for stage in stages if stage)
    simulated = {n: makespan(stages, n, sending) for n in WORKERS}
    free = {n: makespan(stages, n, 0.0) for n in WORKERS}
    merged = {n: makespan([fits], n, sending) for n in WORKERS}
    print(
        f"{rows:,} rows × {COLUMNS}: {len(fits)} fits in {len(stages)} stages, {sum(fits):.1f} s; an empty task {1000 * sending:.1f} ms"
    )
    for part, a, b in (("the whole diagnosis", one.whole, two.whole), ("while fits are under way", one.fits, two.fits)):
        print(f"{part}: one worker {a:.1f} s, two {b:.1f} s by the clock, {a / b:.2f} times")
    print(
        f"the longest fit of every stage, one after the other: {longest:.1f} s, so at most {sum(fits) / longest:.0f} times"
    )
    print(
        f"{'workers':>8}{'seconds':>9}{'times':>7}{'sending free':>14}{'one stage':>11}   (simulated from the fits' seconds)"
    )
    for n in WORKERS:
        first = simulated[1]
        print(f"{n:8}{simulated[n]:9.1f}{first / simulated[n]:7.1f}{first / free[n]:14.1f}{first / merged[n]:11.1f}")
    figures = {
        "rows": rows, "fits": len(fits), "stages": len(stages), "fit_seconds": sum(fits), "sending": sending,
        "one": one.whole, "two": two.whole, "one_on_fits": one.fits, "two_on_fits": two.fits, "longest": longest, "simulated": simulated, "without_sending": free, "one_stage": merged,
    }  # fmt: skip
    RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
