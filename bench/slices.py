"""Are slices found, and none where there is none? Beside SliceLine on the same tables.

python -m bench.slices [--tables 40]      # prints a table, writes bench/results/slices.json
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from dldiag.core.error_findings import Slice
from dldiag.error_analysis.conditions import binned_columns, rows_where
from dldiag.error_analysis.slices import find_slices

RESULTS = Path(__file__).with_name("results") / "slices.json"
BASE, SLICE_ERROR = 0.15, 0.40
FOUND_JACCARD = 0.5  # of the rows of the planted slice and of the one found


def table(seed: int, rows: int = 2_000, columns: int = 8) -> pd.DataFrame:
    """Return numbers, correlated numbers, categories and gaps."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(rows, columns - 3)), columns=[f"x{i}" for i in range(columns - 3)])
    frame["x1"] = 0.7 * frame["x0"] + 0.7 * frame["x1"]
    frame["skewed"] = np.exp(rng.normal(size=rows)).round(1)
    frame["region"] = rng.choice(list("abcde"), size=rows, p=[0.4, 0.25, 0.2, 0.1, 0.05])
    frame["kind"] = rng.choice(["new", "old"], size=rows)
    frame.loc[rng.random(rows) < 0.1, "x2"] = np.nan
    return frame


def planted(frame: pd.DataFrame, seed: int) -> np.ndarray:
    """Return a slice of one to three conditions with 8 to 25% of the rows."""
    rng = np.random.default_rng([seed, 1])
    for _ in range(1000):
        inside = np.ones(len(frame), dtype=bool)
        for name in rng.choice(frame.columns, size=rng.integers(1, 4), replace=False):
            inside &= _condition(frame[name], rng)
        if 0.08 <= inside.mean() <= 0.25:
            return inside
    raise ValueError("no slice of this size")


def _condition(values: pd.Series, rng: np.random.Generator) -> np.ndarray:
    if values.dtype == float:
        bound = values.quantile(rng.uniform(0.3, 0.7))
        return (values > bound if rng.random() < 0.5 else values <= bound).to_numpy()
    return (values == rng.choice(values.unique())).to_numpy()


def losses(inside: np.ndarray, seed: int) -> np.ndarray:
    """Return 0 or 1 per row: wrong more often inside."""
    rng = np.random.default_rng([seed, 2])
    return (rng.random(len(inside)) < np.where(inside, SLICE_ERROR, BASE)).astype(float)


def ours(frame: pd.DataFrame, loss: np.ndarray) -> list[tuple[np.ndarray, Slice]]:
    """Return the rows of each slice found, with the slice."""
    return [(rows_where(one.rule, frame), one) for one in find_slices(frame, loss)]


def sliceline(frame: pd.DataFrame, loss: np.ndarray) -> list[np.ndarray]:
    """Return the rows of SliceLine's five best slices, on the same bins; it confirms nothing."""
    from sliceline.slicefinder import Slicefinder

    columns = binned_columns(frame, np.arange(len(frame)))
    codes = pd.DataFrame(
        {one.name: pd.cut(one.codes, 10, labels=False) if one.bins > 10 else one.codes for one in columns}
    )
    finder = Slicefinder(alpha=0.95, k=MOST, max_l=3, min_sup=40, verbose=False)
    finder.fit(codes, loss)
    found = []
    for one in finder.top_slices_:
        inside = np.ones(len(frame), dtype=bool)
        for name, value in zip(codes.columns, one, strict=True):
            if value is not None:
                inside &= (codes[name] == value).to_numpy()
        found.append(inside)
    return found


MOST = 5


def jaccard(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))


def run(tables: int) -> dict[str, float]:
    """Measure detection, false alarms, coverage and time."""
    hits, confirmed_hits, false_alarms, covered, in_rest, seconds, peers = [], [], [], [], [], [], []
    confirmed_covered: list[bool] = []
    for seed in range(tables):
        frame = table(seed)
        inside = planted(frame, seed)
        started = time.perf_counter()
        found = ours(frame, losses(inside, seed))
        seconds.append(time.perf_counter() - started)
        near = [one for rows, one in found if jaccard(rows, inside) >= FOUND_JACCARD]
        hits.append(bool(near))
        confirmed_hits.append(any(one.confirmed for one in near))
        for rows, one in found:
            truth = np.where(inside, SLICE_ERROR, BASE)
            ok = one.error.low <= truth[rows].mean() <= one.error.high
            covered.append(ok)
            in_rest.append(one.rest.low <= truth[~rows].mean() <= one.rest.high)
            if one.confirmed:
                confirmed_covered.append(ok)
        nothing = ours(frame, losses(np.zeros(len(frame), dtype=bool), seed + 1000))
        false_alarms.append(any(one.confirmed for _, one in nothing))
        peers.append(_peer(frame, inside, seed))
    peer_hit, peer_seconds = np.array(peers).mean(axis=0)
    return {
        "tables": tables, "found": np.mean(hits), "confirmed": np.mean(confirmed_hits), "false": np.mean(false_alarms),
        "covered": np.mean(covered), "slices": len(covered), "rest_covered": np.mean(in_rest),
        "confirmed_covered": np.mean(confirmed_covered), "seconds": np.median(seconds),
        "sliceline_found": peer_hit, "sliceline_seconds": peer_seconds,
    }  # fmt: skip


def _peer(frame: pd.DataFrame, inside: np.ndarray, seed: int) -> tuple[float, float]:
    started = time.perf_counter()
    found = sliceline(frame, losses(inside, seed))
    return float(any(jaccard(rows, inside) >= FOUND_JACCARD for rows in found)), time.perf_counter() - started


def speed(rows: int, find: Callable[..., object]) -> float:
    frame = table(0, rows)
    loss = losses(planted(frame, 0), 0)
    started = time.perf_counter()
    find(frame, loss)
    return time.perf_counter() - started


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--tables", type=int, default=40)
    found = run(given.parse_args().tables)
    found |= {"seconds_100k": speed(100_000, find_slices), "seconds_1m": speed(1_000_000, find_slices)}
    for name, value in found.items():
        print(f"{name:20} {value:.3f}")
    RESULTS.write_text(json.dumps({name: float(value) for name, value in found.items()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
