"""Groups and time order: structure among the rows that a random split leaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata, spearmanr

from dldiag.core.types import Dataset
from dldiag.data.audit.panels import is_named_time, panels_in
from dldiag.data.audit.split_optimism import FOLDS, ROWS, Optimism, forward_error, optimism
from dldiag.data.features import source_of
from dldiag.data.name_words import word_set, words_of

# A column may name groups when it has at least this many values, each on this many rows (own choices).
_LEAST_GROUPS = 10
LEAST_ROWS_PER_GROUP = 2.0
MOST_GROUPS_PER_ROW = 0.5
NAMED_GROUP = word_set(
    "id ids group groups subject subjects patient patients person user customer client session household participant "
    "speaker writer student family animal fold individual respondent employee worker pupil couple twin pair cluster "
    "firm company classroom hospital clinic village herd litter donor mouse rat batch site plot"
)
NAMED_GROUP_PARTS = ("病人", "患者", "用户", "客户", "组别", "批次", "编号", "企业", "公司", "医院")
LOOKED_AT = 24  # Features whose likeness within groups is measured.
RANKED_CELLS = 2_400_000  # Cells that are ranked: of tables beyond 100,000 rows fewer features are measured, to keep the check fast.
LEAST_LOOKED_AT = 6  # Features measured at least, so that a median makes sense.
CANDIDATES = 64  # Columns without a group-like name that are examined, spread over the table.
PROBED = 2  # Columns tested with a model, those with the most similar rows first.
# Neighboring values of a group number have nothing in common: merging them in pairs halves how alike rows are (.52 on simulated
# subjects). A measured number keeps it: .70 and more for 24 such columns of 48 real tables (own measurement).
MEASURED = 0.62
# Groups of a panel may lie near each other: pigs of a litter, towns along a river keep up to .83; ages and depths keep .95 (own measurement).
GOES_ON = 0.9
_BLOCKS = 1.1  # Groups count as contiguous up to this many runs of equal values per distinct value.

# How alike rows of a group are: share of the spread between groups, corrected for the number of groups (adjusted R²).
_ALIKE = 0.3  # Median over features; below it a column is not tested.
ALIKE_TESTED = 0.1  # Over features or in the target; the bound for a column with a group-like name to be tested.
ALIKE_NAMED = 0.2  # Above this likeness of the target, a column with a group-like name is taken for one without a test.

FOLLOWS = 0.3  # Correlation of a row with the one before it, above which the order in the file is tested.
FOLLOWS_SURELY = 4.0  # The same correlation must be this many standard errors (1/√rows).
SORTED = 0.98  # A file is sorted by its target from this rank correlation of target and row number on.
BLOCKS_IN_FILE = 20  # Contiguous blocks of rows, per class, that are compared with random rows.

_MATERIAL = 0.02  # Whole groups or blocks must be worse by this error, with 95% confidence (own choice).
MATERIAL_SHARE = 0.15  # They must also be worse by this share of their error (own choice).
SKILL_GONE = 0.5  # Share of the apparent skill lost above which the result is due to the random split.
# The bound on later rows, where the data also drifts (California housing in file order: 0.64).
SKILL_GONE_FORWARD = 0.68
SERIES = 0.9  # A target is a series from this correlation of neighbors in a time column's order on.


@dataclass(frozen=True)
class Groups:
    """A column whose equal values mark rows that belong together.

    `optimism` compares a quick model on random rows and on whole groups (without the column); None when not tested.
    """

    column: str
    groups: int
    rows_per_group: float
    features_alike: float  # The median over features of their adjusted R².
    target_alike: float  # The adjusted R² of the target.
    in_blocks: bool
    named: bool
    optimism: Optimism | None = None

    @property
    def strong(self) -> bool:
        """Whether most of the apparent skill comes from the random split alone."""
        return self.optimism is not None and self.optimism.skill_lost >= SKILL_GONE


@dataclass(frozen=True)
class Order:
    """How the target and the features follow the order of the rows in the file, or of a time column.

    `target_follows`: correlation of the target with that of the row before; `features_follow`: median over features,
    among rows with a like target. `column` is the time column in whose order rows were compared, "" for the file's.
    `optimism` compares a quick model on random rows and on whole blocks; None when not tested.
    """

    column: str
    target_follows: float
    features_follow: float
    sorted_by_target: bool
    suspected: bool
    optimism: Optimism | None = None
    strong: bool = False  # Whether most of the apparent skill comes from the random split alone.


FeatureRanks = dict[str, NDArray[np.float64]]


def groups_in(dataset: Dataset, features: FeatureRanks) -> Groups | None:
    """Return the column with the strongest evidence of groups, or None; features: their ranks."""
    target = _target_columns(dataset)
    candidates = dict(_candidates(dataset))
    found = [_groups(name, codes, features, target) for name, codes in candidates.items()]
    groups = [one for one in found if _is_likely(one) and not _is_measured(one, dataset, features)]
    likely = sorted(groups, key=lambda one: (-one.named, -one.features_alike))
    tested = [replace(one, optimism=_of_groups(dataset, candidates[one.column], one.column)) for one in likely[:PROBED]]
    return next((one for one in tested if _is_group(one)), None) or _of_panel(dataset, candidates, found, features)


def order_in(dataset: Dataset, features: FeatureRanks) -> Order:
    """Return what the order of the rows shows: in time where a column holds it, else in the file."""
    by_time = [_order(dataset, features, name, order) for name, order in _time_orders(dataset)]
    in_file = _order(dataset, features, "", np.arange(dataset.n_rows))
    return max([*by_time, in_file], key=lambda one: (one.suspected, bool(one.column), one.target_follows))


def _of_panel(
    dataset: Dataset, candidates: dict[str, NDArray[np.int64]], found: list[Groups], features: FeatureRanks
) -> Groups | None:
    """Return the persons, firms or countries of a panel: rows of one belong together, whether a quick model profits or not."""
    everything = pd.concat([_aside(dataset), dataset.X], axis=1)
    panels = panels_in(candidates, everything)
    target = _target_columns(dataset)
    for one in (one for one in found if one.column in panels):
        others = [ranks for name, ranks in features.items() if name != one.column]
        if not _goes_on(everything[one.column], [*others, *target]):
            return replace(one, optimism=_of_groups(dataset, candidates[one.column], one.column))
    return None


def _goes_on(values: pd.Series, measures: list[NDArray[np.float64]]) -> bool:
    """Tell whether what is alike within the values of a number is alike from one value to the next, too, as with ages."""
    if values.dtype.kind not in "iuf":
        return False
    present = values.notna().to_numpy()
    codes = np.unique(values[present], return_inverse=True)[1]
    likeness = np.array([(_alike(codes // 2, one[present]), _alike(codes, one[present])) for one in measures])
    shared = likeness[likeness[:, 1] >= ALIKE_TESTED]
    return len(shared) > 0 and float(np.median(shared[:, 0] / shared[:, 1])) >= GOES_ON


def _is_likely(one: Groups) -> bool:
    named = one.named and max(one.features_alike, one.target_alike) >= ALIKE_TESTED
    return named or one.features_alike >= _ALIKE


def _is_measured(one: Groups, dataset: Dataset, features: FeatureRanks) -> bool:
    """Tell whether a column without the name of a group measures something: then rows of neighboring values are alike, too.

    Keeping such values apart would test the model on rows unlike those seen, which says nothing about a random split.
    """
    values = dataset.X[one.column] if one.column in dataset.X else _aside(dataset)[one.column]
    if one.named or values.dtype.kind not in "iuf":
        return False
    present = values.notna().to_numpy()
    pairs = np.unique(values[present], return_inverse=True)[1] // 2
    alike = [_alike(pairs, ranks[present]) for name, ranks in features.items() if name != one.column]
    return bool(alike) and float(np.median(alike)) >= MEASURED * one.features_alike


def _is_group(one: Groups) -> bool:
    return _material(one.optimism) or (one.named and one.target_alike >= ALIKE_NAMED)


def _material(found: Optimism | None) -> bool:
    return found is not None and found.at_least > max(_MATERIAL, MATERIAL_SHARE * found.block_error)


def _of_groups(dataset: Dataset, codes: NDArray[np.int64], name: str) -> Optimism | None:
    """Rows without a value are groups of their own."""
    alone = codes < 0
    whole = codes.copy()
    whole[alone] = codes.max() + 1 + np.arange(int(alone.sum()))
    return optimism(dataset, whole, left_out=name)


def _aside(dataset: Dataset) -> pd.DataFrame:
    """Return the columns that were left out of X, none when they are of other rows."""
    aside = dataset.aside
    return pd.DataFrame() if aside is None or len(aside) != dataset.n_rows else aside


def _candidates(dataset: Dataset) -> list[tuple[str, NDArray[np.int64]]]:
    """Return columns of whole numbers or texts with the right number of values, as codes."""
    frames = [_aside(dataset), dataset.X]
    dates = _date_sources(dataset)
    named = [(str(name), frame[name]) for frame in frames for name in frame.columns if name not in dates]
    others = [one for one in named if not _is_named(one[0])]
    chosen = [one for one in named if _is_named(one[0])] + others[:: 1 + len(others) // CANDIDATES]
    return [(name, codes) for name, values in chosen if (codes := _group_codes(values)) is not None]


def _is_named(name: str) -> bool:
    return bool(NAMED_GROUP & set(words_of(name))) or any(part in name for part in NAMED_GROUP_PARTS)


def _group_codes(values: pd.Series) -> NDArray[np.int64] | None:
    if values.dtype.kind == "f" and not bool((values.dropna() % 1 == 0).all()):
        return None
    codes, different = pd.factorize(values)
    rows = int((codes >= 0).sum())
    few = len(different) < _LEAST_GROUPS or len(different) > MOST_GROUPS_PER_ROW * rows
    return None if few or rows < LEAST_ROWS_PER_GROUP * len(different) else np.asarray(codes)


def _groups(
    name: str, codes: NDArray[np.int64], features: dict[str, NDArray[np.float64]], target: list[NDArray[np.float64]]
) -> Groups:
    present = codes >= 0
    kept = codes[present]
    n_groups = int(kept.max()) + 1
    alike = [_alike(kept, values[present]) for other, values in features.items() if other != name]
    runs = 1 + int((np.diff(kept) != 0).sum())
    return Groups(
        name,
        n_groups,
        float(np.median(np.bincount(kept))),
        float(np.median(alike)) if alike else 0.0,
        max(_alike(kept, values[present]) for values in target),
        runs <= _BLOCKS * n_groups,
        _is_named(name),
    )


def _alike(codes: NDArray[np.int64], values: NDArray[np.float64]) -> float:
    """Return the adjusted R² of a column by group, at least 0."""
    n, sizes = len(values), np.bincount(codes)
    groups = int((sizes > 0).sum())
    total = float(((values - values.mean()) ** 2).sum())
    if total == 0 or n <= groups:
        return 0.0
    means = np.bincount(codes, weights=values) / np.maximum(sizes, 1)
    inside = float(((values - means[codes]) ** 2).sum())
    return max(0.0, 1 - (inside / (n - groups)) / (total / (n - 1)))


def feature_ranks(dataset: Dataset) -> FeatureRanks:
    """Return the ranks of up to LOOKED_AT number columns that vary, spread over the table."""
    names = [c.name for c in dataset.columns if c.kind == "number"]
    most = min(LOOKED_AT, max(LEAST_LOOKED_AT, RANKED_CELLS // dataset.n_rows))
    step = max(1, len(names) // most)
    chosen = names[::step][:most]
    return {name: rankdata(dataset.X[name].fillna(dataset.X[name].median()).to_numpy()) for name in chosen}


def _target_columns(dataset: Dataset) -> list[NDArray[np.float64]]:
    """Return the target as numbers: ranks of a numeric target, or one 0/1 column per (frequent) class."""
    if dataset.task == "regression":
        return [rankdata(dataset.y)]
    common = np.argsort(-np.bincount(dataset.y), kind="stable")[:LOOKED_AT]
    return [(dataset.y == one).astype(float) for one in common]


def _date_sources(dataset: Dataset) -> dict[str, str]:
    """Return the date column of the table that each part of a date came from, by feature name."""
    return {column.name: source for column in dataset.columns if (source := source_of(column)) != column.name}


def _time_orders(dataset: Dataset) -> list[tuple[str, NDArray[np.int64]]]:
    """Return the orders that time columns give: typed or named as time, or a feature that never falls in the file."""
    aside = _aside(dataset)
    named = [(str(name), aside[name]) for name in aside.columns if is_named_time(str(name))]
    named += [(str(name), dataset.X[name]) for name in dataset.X.columns if dataset.X[name].dtype.kind in "fiM"]
    sources, orders = _date_sources(dataset), []
    for name, texts in named:
        values = pd.to_numeric(texts, errors="coerce") if texts.dtype == object else texts
        is_clock = is_named_time(name) or values.dtype.kind == "M" or values.is_monotonic_increasing
        if is_clock and values.nunique() > MOST_GROUPS_PER_ROW * len(values):
            orders.append((sources.get(name, name), np.argsort(values.to_numpy(), kind="stable")))
    return orders


def _order(dataset: Dataset, ranks: dict[str, NDArray[np.float64]], column: str, order: NDArray[np.int64]) -> Order:
    y = dataset.y[order]
    follows = _class_follows(y) if dataset.task == "classification" else _follows(rankdata(y))
    bands = _bands(dataset)[order]
    features = [_follows_within(bands, values[order]) for values in ranks.values()]
    features_follow = float(np.median(features)) if features else 0.0
    is_sorted = _is_sorted(dataset, y)
    one = Order(column, follows, features_follow, is_sorted, suspected=False)
    least = max(FOLLOWS, FOLLOWS_SURELY / np.sqrt(dataset.n_rows))
    if (is_sorted or follows < least) and features_follow < least:
        return one
    found = optimism(dataset, _blocks(dataset, order, is_sorted))
    is_series = bool(column) and follows >= SERIES
    one = replace(one, optimism=found, suspected=_material(found) or is_series)
    is_time = _material(found) or is_named_time(column)
    return replace(one, strong=is_time and found is not None and _is_strong(dataset, one, order))


def _is_strong(dataset: Dataset, one: Order, order: NDArray[np.int64]) -> bool:
    """Whether most of the skill is gone on later rows, or on whole blocks, however a large table is sampled."""
    assert one.optimism is not None
    if not one.sorted_by_target and one.optimism.lost(forward_error(dataset, order)) >= SKILL_GONE_FORWARD:
        return True
    if one.optimism.skill_lost < SKILL_GONE or dataset.n_rows <= ROWS:
        return one.optimism.skill_lost >= SKILL_GONE
    thinned = optimism(dataset, _blocks(dataset, order, one.sorted_by_target), thin=True)
    return thinned is not None and thinned.skill_lost >= SKILL_GONE


def _blocks(dataset: Dataset, order: NDArray[np.int64], is_sorted: bool) -> NDArray[np.int64]:
    """Return a block number per row: contiguous rows; in a file sorted by class, contiguous within each class."""
    blocks = np.empty(dataset.n_rows, dtype=np.int64)
    parts = [order]
    if is_sorted and dataset.task == "classification":
        parts = [order[dataset.y[order] == one] for one in range(len(dataset.classes))]
    for number, rows in enumerate(parts):
        per_part = max(2 * FOLDS, BLOCKS_IN_FILE * max(1, len(rows) // ROWS))
        blocks[rows] = number * BLOCKS_IN_FILE * dataset.n_rows + np.arange(len(rows)) * per_part // max(len(rows), 1)
    return np.unique(blocks, return_inverse=True)[1].astype(np.int64)


def _follows(values: NDArray[np.float64]) -> float:
    if len(values) < 3 or np.ptp(values[1:]) == 0 or np.ptp(values[:-1]) == 0:
        return 0.0
    return float(np.corrcoef(values[:-1], values[1:])[0, 1])


def _class_follows(y: NDArray[Any]) -> float:
    """Return how much more often than by chance neighbors have the same class (0: by chance, 1: always)."""
    shares = np.bincount(y) / len(y)
    chance = float((shares**2).sum())
    return (float((y[1:] == y[:-1]).mean()) - chance) / (1 - chance) if len(y) > 1 and chance < 1 else 0.0


def _bands(dataset: Dataset) -> NDArray[np.int64]:
    """Return which rows have a like target: the class, or one of about √rows bands of a numeric target."""
    if dataset.task == "classification":
        return np.asarray(dataset.y)
    bands = max(2, int(np.sqrt(dataset.n_rows)))
    return np.asarray((rankdata(dataset.y) - 1) * bands // dataset.n_rows, dtype=np.int64)


def _follows_within(bands: NDArray[np.int64], values: NDArray[np.float64]) -> float:
    means = np.bincount(bands, weights=values) / np.maximum(np.bincount(bands), 1)
    return _follows(values - means[bands])


def _is_sorted(dataset: Dataset, y: NDArray[Any]) -> bool:
    if dataset.task == "classification":
        return int((np.diff(y) != 0).sum()) == len(np.unique(y)) - 1
    return bool(abs(float(spearmanr(np.arange(len(y)), y).statistic)) >= SORTED)
