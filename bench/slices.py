"""Are slices found, and none where there is none? Beside SliceLine on the same tables.

    python -m bench.slices [--tables 40] [--targets classes numbers]      # prints a table, writes bench/results/slices.json
    python -m bench.slices --tables 240 --targets numbers --first 5000    # other tables, only printed

Classes: more wrong labels in the planted slice. Numbers: residuals with more noise or a bias there, in turn, of normal
and of long tails.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dldiag.core.error_findings import Slice
from dldiag.core.estimate import Estimate
from dldiag.error_analysis.conditions import binned_columns, rows_where
from dldiag.error_analysis.slices import find_slices

RESULTS = Path(__file__).with_name("results") / "slices.json"
BASE, SLICE_ERROR = 0.15, 0.40
SLICE_RMSE = 1.6  # of residuals in the planted slice; 1 in the rest
LONG_TAILS = 5  # degrees of freedom of Student's t
FOUND_JACCARD = 0.5  # of the rows of the planted slice and of the one found
MOST = 5
NULL_SEEDS = 1000  # added to the seed of a table without a slice


@dataclass(frozen=True)
class Planted:
    """Losses of rows, and what each is on average."""

    loss: np.ndarray
    truth: np.ndarray


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


def wrong_labels(inside: np.ndarray, seed: int) -> Planted:
    """Return 0 or 1 per row: wrong more often inside."""
    rng = np.random.default_rng([seed, 2])
    truth = np.where(inside, SLICE_ERROR, BASE)
    return Planted((rng.random(len(inside)) < truth).astype(float), truth)


def squared_errors(inside: np.ndarray, seed: int) -> Planted:
    """Return squared residuals: by turns of the seed with more noise or a bias inside, and with normal or long tails."""
    rng, n = np.random.default_rng([seed, 3]), len(inside)
    is_biased, is_long = seed % 2 == 1, seed // 2 % 2 == 1
    long = rng.standard_t(LONG_TAILS, size=n) * np.sqrt(1 - 2 / LONG_TAILS)
    residual = long if is_long else rng.normal(size=n)
    residual = (
        residual + np.sqrt(SLICE_RMSE**2 - 1) * inside if is_biased else residual * np.where(inside, SLICE_RMSE, 1)
    )
    return Planted(np.square(residual), np.where(inside, SLICE_RMSE**2, 1.0))


LOSSES = {"classes": wrong_labels, "numbers": squared_errors}


def ours(frame: pd.DataFrame, loss: np.ndarray, is_root: bool) -> list[tuple[np.ndarray, Slice]]:
    """Return the rows of each slice found, with the slice."""
    return [(rows_where(one.rule, frame), one) for one in find_slices(frame, loss, is_root=is_root)]


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


def jaccard(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))


def holds(estimate: Estimate, truth: float) -> bool:
    return bool(estimate.low <= truth <= estimate.high)


@dataclass
class Tally:
    """What was seen on the tables of one target so far."""

    found: list[bool] = field(default_factory=list)
    confirmed: list[bool] = field(default_factory=list)
    false: list[bool] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    rest_covered: list[bool] = field(default_factory=list)
    confirmed_covered: list[bool] = field(default_factory=list)
    ceiling_covered: list[bool] = field(default_factory=list)
    sliceline_found: list[bool] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    sliceline_seconds: list[float] = field(default_factory=list)

    def add(self, slices: list[tuple[np.ndarray, Slice]], inside: np.ndarray, truth: np.ndarray, is_root: bool) -> None:
        """Hold the slices of one table against the planted one and against the true error."""
        near = [one for rows, one in slices if jaccard(rows, inside) >= FOUND_JACCARD]
        self.found.append(bool(near))
        self.confirmed.append(any(one.confirmed for one in near))
        for rows, one in slices:
            mean, without = truth.mean(), truth.mean() - (truth * rows).mean()
            means = np.array([truth[rows].mean(), truth[~rows].mean(), mean, without])
            error, rest, every, least = np.sqrt(means) if is_root else means
            self.covered.append(holds(one.error, error))
            self.rest_covered.append(holds(one.rest, rest))
            self.ceiling_covered.append(holds(one.ceiling, every - least))
            if one.confirmed:
                self.confirmed_covered.append(self.covered[-1])

    def counted(self) -> dict[str, float]:
        """Return shares, how many they are of, and median seconds."""
        counts = {
            "tables": len(self.found),
            "slices": len(self.covered),
            "confirmed_slices": len(self.confirmed_covered),
        }
        middle = {"seconds", "sliceline_seconds"}
        return counts | {
            name: float(np.median(values) if name in middle else np.mean(values)) for name, values in vars(self).items()
        }


def run(tables: int, target: str, first: int = 0) -> dict[str, float]:
    """Measure detection, false alarms, coverage and time; first: the seed of the first table."""
    tally, is_root, losses = Tally(), target == "numbers", LOSSES[target]
    for seed in range(first, first + tables):
        frame = table(seed)
        inside = planted(frame, seed)
        given = losses(inside, seed)
        slices, seconds = timed(lambda: ours(frame, given.loss, is_root))  # noqa: B023 — called at once
        tally.seconds.append(seconds)
        tally.add(slices, inside, given.truth, is_root)
        nothing = ours(frame, losses(np.zeros(len(frame), dtype=bool), seed + NULL_SEEDS).loss, is_root)
        tally.false.append(any(one.confirmed for _, one in nothing))
        peer, seconds = timed(lambda: sliceline(frame, given.loss))  # noqa: B023
        tally.sliceline_seconds.append(seconds)
        tally.sliceline_found.append(any(jaccard(rows, inside) >= FOUND_JACCARD for rows in peer))
    return tally.counted()


def timed(call: Callable[[], list[Any]]) -> tuple[list[Any], float]:
    started = time.perf_counter()
    return call(), time.perf_counter() - started


def speed(rows: int) -> float:
    frame = table(0, rows)
    loss = wrong_labels(planted(frame, 0), 0).loss
    return timed(lambda: ours(frame, loss, False))[1]


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--tables", type=int, default=40)
    given.add_argument("--targets", nargs="*", default=list(LOSSES))
    given.add_argument("--first", type=int, default=0, help="seed of the first table; with others, nothing is written")
    asked = given.parse_args()
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    for target in asked.targets:
        found[target] = run(asked.tables, target, asked.first)
        for name, value in found[target].items():
            print(f"{target:8} {name:20} {value:.3f}", flush=True)
    if asked.first:
        return
    found["speed"] = {"seconds_100k": speed(100_000), "seconds_1m": speed(1_000_000)}
    print(found["speed"])
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
