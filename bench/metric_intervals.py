"""Do the intervals of every metric cover its true value? Simulated tables of three sizes, balanced and rare classes.

    python -m bench.metric_intervals --times 400     # prints coverage and writes bench/results/metric_intervals.json

A model is a linear rule whose weights scatter from training set to training set; each of five repeats judges another one
on a quarter of the table's rows, as a diagnosis does. The truth is the mean over models, each on many other rows.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dldiag.core.types import Estimate
from dldiag.experiments.fit import FitResult
from dldiag.experiments.judged import Judged
from dldiag.experiments.metric_estimates import in_metric_unit, loss_estimate
from dldiag.experiments.metrics import METRICS, Metric
from dldiag.experiments.models import build_model
from dldiag.experiments.tasks import FitTask

RESULTS = Path(__file__).with_name("results") / "metric_intervals.json"
SIZES = (400, 2_000, 10_000)  # rows of a table
REPEATS = 5
DEV_SHARE = 0.25
FEATURES = 5
SCATTER = 2.0  # of a model's weights, over the root of its training rows
TRUTH_ROWS, TRUTH_MODELS = 40_000, 250  # rows of each model: the same rows for all would make the truth itself unsure
COSTS = {2: np.array([[0.0, 1.0], [10.0, 0.0]]), 3: np.array([[0.0, 1.0, 2.0], [3.0, 0.0, 1.0], [9.0, 4.0, 0.0]])}
WEIGHTS = np.array([1.2, -0.8, 0.6, 0.3, 0.0])


@dataclass(frozen=True)
class World:
    """Where tables come from. shift: of the log odds, which makes the positive class rare; None: a numeric target."""

    name: str
    shift: float | None
    classes: int = 2


WORLDS = (
    World("balanced", 0.0),
    World("rare (5%)", -4.2),
    World("three classes, one rare", -3.0, classes=3),
    World("numeric, skewed", None),
)


def draw(world: World, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw n rows: features and codes or values."""
    X = rng.normal(size=(n, FEATURES))
    if world.shift is None:
        scale = 1 + np.abs(X[:, 0])
        return X, np.maximum(20 + 3 * X @ WEIGHTS + scale * (rng.gamma(1.5, 1.0, n) - 1.5), 0.0)
    p = _probabilities(X, WEIGHTS, world)
    return X, (rng.random((n, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, world.classes - 1)


def _probabilities(X: np.ndarray, weights: np.ndarray, world: World) -> np.ndarray:
    assert world.shift is not None
    rare = world.shift + 1.5 * X @ weights
    logits = [np.zeros(len(X)), rare] if world.classes == 2 else [np.zeros(len(X)), X @ weights[::-1], rare]
    odds = np.exp(np.column_stack(logits))
    return odds / odds.sum(axis=1, keepdims=True)


def judged(world: World, X: np.ndarray, y: np.ndarray, weights: np.ndarray, spread: float) -> Judged:
    """Lay the predictions of the model with these weights beside the targets."""
    if world.shift is None:
        value = 20 + 3 * X @ weights
        return Judged(y, value, residual=(value - y) / spread, spread=spread)
    proba = _probabilities(X, weights, world)
    return Judged(y, proba.argmax(axis=1), proba, world.classes - 1, COSTS[world.classes])


def metrics_of(world: World) -> list[Metric]:
    """Return the metrics that a world can be judged by."""
    task = "regression" if world.shift is None else "classification"
    return [row for row in METRICS.values() if task in row.tasks]


def truths(world: World, size: int, spread: float, rng: np.random.Generator) -> dict[str, float]:
    """Return the true loss by every metric: the mean over models, each on many rows of its own."""
    rows = metrics_of(world)
    models = (
        judged(world, *draw(world, TRUTH_ROWS, rng), weights, spread) for weights in _models(size, TRUTH_MODELS, rng)
    )
    losses = [[row.loss(one)[0] for row in rows] for one in models]
    return {row.name: float(mean) for row, mean in zip(rows, np.mean(losses, axis=0), strict=True)}


def _models(size: int, n: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    for _ in range(n):
        yield WEIGHTS + SCATTER * rng.normal(size=FEATURES) / np.sqrt((1 - DEV_SHARE) * size)


def one_table(world: World, size: int, spread: float, rng: np.random.Generator) -> dict[str, Estimate]:
    """Draw one table and estimate every metric as a diagnosis does, over repeats that share its rows."""
    X, y = draw(world, size, rng)
    n_dev, found, results = round(DEV_SHARE * size), [], []
    for number, weights in enumerate(_models(size, REPEATS, rng)):
        rows = rng.permutation(size)[:n_dev]
        found.append(judged(world, X[rows], y[rows], weights, spread))
        results.append(_result(number, rows))
    return {row.name: loss_estimate(results, found, row) for row in metrics_of(world)}


_MODEL = build_model("classification", key="linear")


def _result(number: int, rows: np.ndarray) -> FitResult:
    task = FitTask(("", 0, number), _MODEL, rows[:0], rows, 0)
    return FitResult(task, 0.0, 0.0, 0.0, np.zeros(0), 0.0, np.inf, np.zeros(0))


def coverage(world: World, size: int, times: int, seed: int) -> Iterator[dict[str, object]]:
    """Yield one row per metric: how often its interval covers, its median width, and its true value."""
    rng = np.random.default_rng([seed, size, len(world.name)])
    spread = float(np.std(draw(world, TRUTH_ROWS, rng)[1])) if world.shift is None else 1.0
    true = truths(world, size, spread, rng)
    tables = [one_table(world, size, spread, rng) for _ in range(times)]
    for metric in metrics_of(world):
        cover = _covers(metric, true[metric.name], [one[metric.name] for one in tables])
        yield {"world": world.name, "rows": size, "metric": metric.name, "times": times, **cover}


def _covers(metric: Metric, true: float, found: list[Estimate]) -> dict[str, float]:
    at: Callable[[Estimate], Estimate] = lambda one: in_metric_unit(metric, one)  # noqa: E731
    value = metric.shown(true)
    bounds = np.array([(at(one).low, at(one).high) for one in found])
    inside = (bounds[:, 0] <= value) & (value <= bounds[:, 1])
    return {
        "true": value,
        "covers": float(inside.mean()),
        "below": float((bounds[:, 1] < value).mean()),
        "above": float((bounds[:, 0] > value).mean()),
        "width": float(np.median(bounds[:, 1] - bounds[:, 0])),
    }


def print_table(rows: list[dict[str, object]]) -> None:
    """Print coverage by world and metric, a column per size."""
    sizes = sorted({int(str(row["rows"])) for row in rows})
    print(f"{'':26}{'metric':24}" + "".join(f"{size:>10,}" for size in sizes))
    for world in WORLDS:
        for metric in metrics_of(world):
            named = (world.name, metric.name)
            cells = {row["rows"]: row["covers"] for row in rows if (row["world"], row["metric"]) == named}
            if cells:
                print(
                    f"{world.name:26}{metric.name:24}" + "".join(f"{cells.get(size, np.nan):10.1%}" for size in sizes)
                )
    good = [0.87 <= float(str(row["covers"])) <= 0.93 for row in rows]
    print(f"within 87–93%: {sum(good)} of {len(good)} cells")


def _again(row: dict[str, object], asked: list[tuple[World, int]]) -> bool:
    return any((row["world"], row["rows"]) == (world.name, size) for world, size in asked)


def main() -> None:
    """Simulate and print; results of other tables and sizes are kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="ROWS")
    parser.add_argument("--worlds", nargs="+", default=[world.name for world in WORLDS], metavar="NAME")
    parser.add_argument("--print", action="store_true", dest="only_print")
    args = parser.parse_args()
    if not args.only_print:
        asked = [(world, size) for size in args.sizes for world in WORLDS if world.name in args.worlds]
        rows = [row for world, size in asked for row in coverage(world, size, args.times, args.seed)]
        kept = [row for row in json.loads(RESULTS.read_text()) if not _again(row, asked)] if RESULTS.exists() else []
        RESULTS.write_text(json.dumps([*kept, *rows], indent=1) + "\n")
    print_table(json.loads(RESULTS.read_text()))


if __name__ == "__main__":
    main()
