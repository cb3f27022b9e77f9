"""Published learning curves (LCDB 1.0 and 1.1, even OpenML ids) as forecasting cases: what is seen, what came true."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.experiments.forecast.curve import Curve, read_curve

Floats = NDArray[np.float64]

SHARED = Path(os.environ.get("DLDIAG_SHARED", Path(__file__).resolve().parents[2] / "shared"))
LCDB_11 = SHARED / "data" / "lcdb" / "curves.csv.gz"
LCDB_10 = os.environ.get("DLDIAG_LCDB_SDIST")  # path of lcdb-0.1.0.tar.gz
NAMES_10 = {
    "MLPClassifier": "MLP",
    "LogisticRegression": "LogisticRegression",
    "SVC_rbf": "SVM_RBF",
    "KNeighborsClassifier": "KNN",
    "GradientBoostingClassifier": "ens.GradientBoosting",
    "RandomForestClassifier": "ens.RandomForest",
    "DecisionTreeClassifier": "Decision Tree",
}
NETS = ("MLP", "RealMLP")
OTHERS = tuple(name for name in NAMES_10.values() if name not in NETS)
FACTORS = (2.0, 4.0, 10.0)
NEAR = 1.03  # sizes within 3% are the same size: LCDB rounds
LEAST_SPLITS = 5  # of 25 to 125; sizes with fewer have mostly failed fits
LEAST_SIZES = 5


@dataclass(frozen=True, eq=False)
class Published:
    """One published curve: sizes (k,), errors over splits (k, splits), or their means and standard errors (k, 1)."""

    source: str
    dataset: int
    learner: str
    sizes: Floats
    train: Floats
    val: Floats
    test: Floats
    val_se: Floats | None = None
    test_se: Floats | None = None

    @property
    def truth(self) -> Floats:
        """The test error expected at each size: the mean over all splits."""
        return np.nanmean(self.test, axis=1)


@dataclass(frozen=True, eq=False)
class Case:
    """A curve seen up to some size, and the test errors that came true there and at 2, 4 and 10 times the rows."""

    source: str
    dataset: int
    learner: str
    curve: Curve
    now: float
    later: tuple[float, ...]  # NaN where the published curve ends earlier
    later_se: float = np.nan  # standard error of what came true at four times the rows


def reported(dataset: int) -> bool:
    """Whether a dataset belongs to the half that figures are reported on (a hash of its id decides)."""
    return int(hashlib.sha256(str(dataset).encode()).hexdigest(), 16) % 2 == 1


def published(learners: tuple[str, ...]) -> list[Published]:
    """Return every published curve of these learners, even OpenML ids only."""
    return [*_published_11(learners), *(_published_10(learners) if LCDB_10 else ())]


def _published_11(learners: tuple[str, ...]) -> Iterator[Published]:
    table = pd.read_csv(LCDB_11).dropna()
    table = table[table.learner.isin(learners) & (table.openml_id % 2 == 0)]
    for (dataset, learner), rows in table.sort_values("n_train").groupby(["openml_id", "learner"]):
        column = {name: rows[[name]].to_numpy() for name in rows.columns if rows[name].dtype.kind == "f"}
        sizes = rows.n_train.to_numpy(float)
        yield Published(
            "1.1", dataset, learner, sizes, column["train_err"], column["val_err"], column["test_err"],
            column["val_se"], column["test_se"],
        )  # fmt: skip


def _published_10(learners: tuple[str, ...]) -> Iterator[Published]:
    table = _read_10()
    table["learner"] = table.learner.str.split(".").str[-1].map(NAMES_10)
    table = table[table.learner.isin(learners) & (table.openmlid % 2 == 0)]
    table["split"] = 100 * table.outer_seed + table.inner_seed
    for (dataset, learner), rows in table.groupby(["openmlid", "learner"]):
        train, val, test = (
            1 - rows.pivot_table(index="size_train", columns="split", values=f"score_{part}").sort_index()
            for part in ("train", "valid", "test")
        )
        kept = np.isfinite(test.to_numpy()).sum(axis=1) >= LEAST_SPLITS
        if kept.sum() >= LEAST_SIZES:
            sizes = test.index.to_numpy(float)[kept]
            yield Published("1.0", dataset, learner, sizes, *(part.to_numpy()[kept] for part in (train, val, test)))


def _read_10() -> pd.DataFrame:
    columns = ["openmlid", "learner", "size_train", "outer_seed", "inner_seed"]
    columns += [f"score_{part}" for part in ("train", "valid", "test")]
    with tarfile.open(LCDB_10) as archive:
        name = next(n for n in archive.getnames() if n.endswith("database-accuracy.csv"))
        return pd.read_csv(io.BytesIO(archive.extractfile(name).read()), usecols=columns)


def judged_cases(curves: list[Published], *, repeats: int | None = None, seed: int = 0) -> list[Case]:
    """Return the task of the numbers to beat: seen up to n = 64, 128, 256 …, judged where 4n rows are published.

    Every size up to n is seen, as the mean over all splits (test errors, as published), or as `repeats` splits' dev
    errors.
    """
    rng = np.random.default_rng(seed)
    cases = []
    for one in curves:
        for end in np.flatnonzero(one.sizes[LEAST_SIZES - 1 :] >= 64) + LEAST_SIZES - 1:
            doubling = np.log2(one.sizes[end])
            if 4 * one.sizes[end] <= one.sizes[-1] * NEAR and abs(doubling - round(doubling)) < 0.01:
                seen = np.arange(end + 1)
                cases.append(_case(one, end, _seen(one, seen, repeats, rng) if repeats else _means(one, seen)))
    return [case for case in cases if case is not None]


def training_cases(curves: list[Published], *, copies: int = 3, seed: int = 1) -> list[Case]:
    """Return varied cases to fit on: every end, few or many sizes, short or long spans, 3 to all splits."""
    rng = np.random.default_rng(seed)
    cases = []
    for one in curves:
        for end in range(LEAST_SIZES - 1, len(one.sizes)):
            if one.sizes[end] < 40 or 2 * one.sizes[end] > one.sizes[-1] * NEAR:
                continue
            if one.source == "1.1" and rng.random() > 0.35:  # eight sizes per doubling there, two in 1.0
                continue
            for _ in range(copies):
                cases.append(_case(one, end, _varied(one, end, rng)))
    return [case for case in cases if case is not None]


def _varied(one: Published, end: int, rng: np.random.Generator) -> Curve | None:
    seen = _subgrid(one.sizes[: end + 1], rng)
    if one.source == "1.1":
        return _published_means(one, seen, rng)
    repeats = min(int(rng.choice([3, 5, 5, 10, 25, 125])), one.test.shape[1])
    return _seen(one, seen, repeats, rng)


def _subgrid(sizes: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    if rng.random() < 0.4:
        return np.arange(len(sizes))
    first = max(sizes[0], sizes[-1] / 2 ** rng.uniform(3, 8))
    wanted = np.geomspace(first, sizes[-1], int(rng.integers(5, 11)))
    return np.unique([int(np.argmin(np.abs(np.log(sizes / size)))) for size in wanted])


def _seen(one: Published, seen: NDArray[np.int64], repeats: int, rng: np.random.Generator) -> Curve | None:
    splits = rng.choice(one.test.shape[1], min(repeats, one.test.shape[1]), replace=False)
    dev = one.val[np.ix_(seen, splits)]
    if not np.isfinite(dev).any(axis=1).all():
        return None
    return read_curve(one.sizes[seen], dev, one.train[np.ix_(seen, splits)])


def _means(one: Published, seen: NDArray[np.int64]) -> Curve:
    return read_curve(one.sizes[seen], one.truth[seen], np.nanmean(one.train[seen], axis=1))


def _published_means(one: Published, seen: NDArray[np.int64], rng: np.random.Generator) -> Curve:
    """Return a curve of means over 25 splits, with their published standard error as noise."""
    dev = one.val if rng.random() < 0.6 else one.test
    plain = read_curve(one.sizes[seen], dev[seen], one.train[seen])
    noise = float(np.sqrt(np.mean(one.val_se[seen[-3:]] ** 2)))
    return Curve(plain.sizes, plain.dev, plain.train, 25, max(noise, 1e-4))


def _case(one: Published, end: int, curve: Curve | None) -> Case | None:
    if curve is None or len(curve.sizes) < 4:
        return None
    truth, rows = one.truth, one.sizes[end]
    later = tuple(
        float(np.interp(np.log(rows * f), np.log(one.sizes), truth)) if rows * f <= one.sizes[-1] * NEAR else np.nan
        for f in FACTORS
    )
    end_se = float(np.interp(np.log(4 * rows), np.log(one.sizes), _truth_se(one)))
    return Case(one.source, one.dataset, one.learner, curve, float(truth[end]), later, end_se)


def _truth_se(one: Published) -> Floats:
    if one.test_se is not None:
        return one.test_se.mean(axis=1)
    return np.nanstd(one.test, axis=1) / np.sqrt(np.isfinite(one.test).sum(axis=1))
