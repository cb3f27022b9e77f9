"""Split the rows: training rows, dev rows, and sealed test rows."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit

from dldiag.core.i18n import Message
from dldiag.core.types import Clusters, DataError, Dataset, Repeat, Rows, Split
from dldiag.data.audit.duplicates import duplicate_groups, repeats_by_chance

SEAL_KEY = "dldiag test seal"  # It has 16 characters, as pandas asks for; another key would seal other rows.
SEAL_SEED = 0  # Seed of the groups behind the seal, the same for every seed of the user.
_LABEL = "label "  # Name of the target among the features; no column of a table ends in a blank.

# Share of rows for dev and for test, by number of rows (Ng's course: 60/20/20, 98/1/1, 99.5/0.25/0.25).
_SHARES = {10_000: 0.20, 100_000: 0.10, 1_000_000: 0.01, 10_000_000: 0.0025}
LEAST_ROWS = 20  # With fewer rows no split leaves enough to train and to evaluate on.
CUTS = 50  # Most draws of a split where groups differ in size; the draw closest to the wanted size is kept.
_LEAST_TIMES = 3  # Least distinct times: one each for training, dev and test.
_LEAST_GROUPS = 4  # Least groups: one for test, one for dev, two for training.
# At most one group in this many is held out, however small groups are, so that enough remain for training.
HELD_GROUPS = 3
# Share of the wanted rows; the first such draw is taken, because the closest would be the same in every repeat.
WELCOME = (0.25, 1.1)


def held_out_share(n_rows: int) -> float:
    """Return the share of rows set aside for dev, and again for test; linear in log(rows) between the course's sizes.

    >>> held_out_share(5_000), held_out_share(1_000_000)
    (0.2, 0.01)
    """
    logs = np.log([float(n) for n in _SHARES])
    return round(float(np.exp(np.interp(np.log(n_rows), logs, np.log(list(_SHARES.values()))))), 6)


def make_split(
    dataset: Dataset, repeats: int, seed: int, train_rows: int | None = None, *, selection_repeats: int = 0
) -> Split:
    """Set the test rows aside, the same for every seed, and draw the repeats from the others.

    Each repeat has its own train/dev partition, except in time order, where dev rows follow the training rows. Sizes
    of a learning curve are prefixes of `train_rows`, ordered so that every prefix is stratified. selection_repeats: how many of
    the repeats, the last, a search chooses by; in time order their dev rows are the latest that the others train on.
    """
    if dataset.n_rows < LEAST_ROWS:
        raise DataError(
            Message(
                "There are {rows} rows; a diagnosis needs at least {least}.",
                {"rows": dataset.n_rows, "least": LEAST_ROWS},
            ),
            Message("Add rows: with so few, any verdict would be chance."),
        )
    rng = np.random.default_rng(seed)
    share = held_out_share(dataset.n_rows)
    everything = np.arange(dataset.n_rows)
    if dataset.times is not None:
        return _split_in_time(dataset.times, (repeats - selection_repeats, selection_repeats), rng, share, train_rows)
    clusters, method = _kept_together(dataset)
    if dataset.domain is not None:
        split = _split_by_domain(dataset, dataset.domain, clusters, repeats, rng, share, train_rows)
        return replace(split, selection_repeats=selection_repeats)
    groups, drawn = None if clusters is None else clusters.labels, []
    rest, test = _sealed(everything, dataset, groups, share)
    for _ in range(repeats):
        train, dev = _cut(rest, dataset, groups, share / (1 - share), rng)
        drawn.append(
            Repeat(_stratified_order(train, dataset, rng)[:train_rows], np.sort(dev), int(rng.integers(2**31)))
        )
    return Split(np.sort(test), tuple(drawn), method, clusters, selection_repeats)


def _split_in_time(
    times: NDArray[Any], drawn: tuple[int, int], rng: np.random.Generator, share: float, train_rows: int | None
) -> Split:
    """Train on what came first; drawn: how many repeats measure and how many a search chooses by."""
    # Copies of a row at another time are left where they are: that a day repeats itself is something to learn from.
    order = np.argsort(times, kind="stable")
    first, second = _cuts_in_time(times[order], share)
    earlier = _cut_before(times[order], first, share)
    measuring, choosing = (order[:first], order[first:second]), (order[:earlier], order[earlier:first])
    repeats = tuple(
        Repeat(rng.permutation(train)[:train_rows], np.sort(dev), int(rng.integers(2**31)))
        for (train, dev), n in zip((measuring, choosing), drawn, strict=True)
        for _ in range(n)
    )
    return Split(np.sort(order[second:]), repeats, "time", selection_repeats=drawn[1])


def _cuts_in_time(times: NDArray[Any], share: float) -> tuple[int, int]:
    """Return where dev and test rows begin in the order of time: where the time changes, next to the wanted places."""
    changes, n = _changes(times), len(times)
    if len(changes) < _LEAST_TIMES - 1:
        raise DataError(
            Message(
                "The time column has only {n} different value.",
                {"n": len(changes) + 1},
                plural="The time column has only {n} different values.",
            ),
            Message(
                "Splitting in time needs at least {least}: one to learn from, one to judge on, one to test.",
                {"least": _LEAST_TIMES},
            ),
        )
    held = max(1, round(share * n))
    second = _nearest(changes[1:], n - held)
    first = _nearest(changes[changes < second], second - held)
    if first < min(LEAST_ROWS, n // 2):
        raise DataError(
            Message("Only {rows} rows come before those that are to judge.", {"rows": first}),
            Message("Most rows have the same time: pick a column that tells their times apart, or split at random."),
        )
    return first, second


def _cut_before(times: NDArray[Any], end: int, share: float) -> int:
    """Return where the dev rows of a search begin: where the time changes, unless that leaves too little."""
    wanted = max(end // 2, end - round(share * len(times)))
    changes = _changes(times[:end])
    changes = changes[changes >= end // 2]
    return _nearest(changes, wanted) if len(changes) else wanted


def _changes(times: NDArray[Any]) -> Rows:
    """Return where a new time begins."""
    return 1 + np.flatnonzero(times[1:] != times[:-1])


def _nearest(places: Rows, wanted: int) -> int:
    return int(places[np.abs(places - wanted).argmin()])


def _split_by_domain(
    dataset: Dataset, domain: NDArray[np.bool_], clusters: Clusters | None, repeats: int, rng: np.random.Generator,
    share: float, train_rows: int | None,
) -> Split:  # fmt: skip
    """Take dev rows of the kind that counts; hold training-dev rows of the other kind back (Ng, ch. 40).

    Rows that belong to a dev or test row's group leave training: groups, and copies of a row, may reach over both kinds.
    """
    own, other = np.flatnonzero(domain), np.flatnonzero(~domain)
    if min(len(own), len(other)) < LEAST_ROWS:
        raise DataError(
            Message(
                "There are {own} rows of the kind to be predicted and {other} others.",
                {"own": len(own), "other": len(other)},
            ),
            Message("Comparing two kinds of rows needs at least {least} of each.", {"least": LEAST_ROWS}),
        )
    groups, drawn = None if clusters is None else clusters.labels, []
    rest, test = _sealed(own, dataset, groups, 0.4)
    for _ in range(repeats):
        kept, dev = _cut(rest, dataset, groups, 0.5, rng)
        train, training_dev = _cut(other, dataset, groups, share, rng)
        training_dev = _apart(training_dev, np.concatenate([dev, test]), groups)
        judged = np.concatenate([dev, test, training_dev])
        order = _stratified_order(_apart(np.concatenate([train, kept]), judged, groups), dataset, rng)[:train_rows]
        _check_left(order, training_dev)
        drawn.append(Repeat(order, np.sort(dev), int(rng.integers(2**31)), np.sort(training_dev)))
    return Split(np.sort(test), tuple(drawn), "given", clusters)


def _apart(rows: Rows, judged: Rows, groups: Rows | None) -> Rows:
    """Return the rows that share no group with dev or test rows."""
    return rows if groups is None else rows[~np.isin(groups[rows], groups[judged])]


def _check_left(train: Rows, training_dev: Rows) -> None:
    if len(train) < LEAST_ROWS or len(training_dev) == 0:
        raise DataError(
            Message(
                "Nearly every row shares its group with rows of the kind to be predicted: none is left to train on."
            ),
            Message("Split by another column or by none, or add rows of other groups."),
        )


def _kept_together(dataset: Dataset) -> tuple[Clusters | None, str]:
    """Return what stays on one side: the user's groups, else exact copies of a row (a model would know its dev rows).

    Rows that are equal by chance may be separated: new rows repeat known ones as well, and dev rows without repeats
    would be rows of another kind.
    """
    if dataset.groups is not None:
        labels: Rows = np.unique(dataset.groups, return_inverse=True)[1].astype(np.int64)
        _check_groups(int(labels.max()) + 1, _LEAST_GROUPS)
        return Clusters(labels, are_copies=False), "group"
    copies: Rows = duplicate_groups(dataset.X)
    n_different = int(copies.max()) + 1
    if n_different == len(copies) or n_different < LEAST_ROWS:
        return None, "random"
    if repeats_by_chance(dataset.X, dataset.y, copies, SEAL_SEED):
        return None, "random"
    return Clusters(copies, are_copies=True), "copies_together"


def _sealed(rows: Rows, dataset: Dataset, groups: Rows | None, share: float) -> tuple[Rows, Rows]:
    """Cut off the rows that stay sealed: by what they hold, so that every seed and every order of the file seals the same.

    About `share` of each class; where rows stay together, whole groups, the lowest first, up to about that share.
    """
    lots = row_hashes(dataset)[rows]
    if groups is not None:
        is_held = _lowest_groups(groups[rows], lots, share)
    elif _can_stratify(dataset, rows, share):
        is_held = np.zeros(len(rows), dtype=bool)
        for label in np.unique(dataset.y[rows]):
            mine = np.flatnonzero(dataset.y[rows] == label)
            is_held[mine[np.argsort(lots[mine], kind="stable")[: max(1, round(share * len(mine)))]]] = True
    else:
        is_held = np.zeros(len(rows), dtype=bool)
        is_held[np.argsort(lots, kind="stable")[: max(1, round(share * len(rows)))]] = True
    return rows[~is_held], rows[is_held]


def _lowest_groups(labels: Rows, lots: NDArray[np.uint64], share: float) -> NDArray[np.bool_]:
    """Hold the groups with the lowest lots that together have about `share` of the rows; a group's lot is its rows' least."""
    groups = np.unique(labels, return_inverse=True)[1]
    sizes = np.bincount(groups)
    _check_groups(len(sizes), 2)
    least = np.full(len(sizes), np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(least, groups, lots)
    # A group of many rows has a low least lot for that alone: each group's lot is drawn anew from it.
    order = np.argsort(pd.util.hash_array(least, hash_key=SEAL_KEY), kind="stable")
    wanted, held, total = share * len(labels), list[int](), 0
    for group in order:
        if total + sizes[group] <= WELCOME[1] * wanted and len(held) < max(1, len(sizes) // HELD_GROUPS):
            held.append(int(group))
            total += int(sizes[group])
    return np.isin(groups, held or [int(sizes.argmin())])


def row_hashes(dataset: Dataset) -> NDArray[np.uint64]:
    """Return a keyed hash of each row's features and label: (rows,)."""
    frame = pd.concat([dataset.X.reset_index(drop=True), pd.Series(np.asarray(dataset.y), name=_LABEL)], axis=1)
    return np.asarray(pd.util.hash_pandas_object(frame, index=False, hash_key=SEAL_KEY), dtype=np.uint64)


def rows_fingerprint(dataset: Dataset, rows: Rows) -> str:
    """Return a fingerprint of the content of some rows, independent of their order."""
    return hashlib.sha256(np.sort(row_hashes(dataset)[rows]).tobytes()).hexdigest()


def _cut(
    rows: Rows, dataset: Dataset, groups: NDArray[np.int64] | None, share: float, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    """Cut rows in two; the second part is about `share` of them."""
    if groups is not None:
        is_held = _held_groups(groups[rows], share, rng)
        return rows[~is_held], rows[is_held]
    state = int(rng.integers(2**31))
    if _can_stratify(dataset, rows, share):
        cut = StratifiedShuffleSplit(1, test_size=share, random_state=state).split(rows, dataset.y[rows])
    else:
        cut = ShuffleSplit(1, test_size=share, random_state=state).split(rows)
    kept, held = next(iter(cut))
    return rows[kept], rows[held]


def _held_groups(labels: Rows, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw groups that together have about `share` of the rows; return which rows are theirs."""
    groups = np.unique(labels, return_inverse=True)[1]
    sizes = np.bincount(groups)
    _check_groups(len(sizes), 2)
    most = max(1, len(sizes) // HELD_GROUPS)
    wanted, held, off = share * len(labels), np.empty(0, dtype=np.int64), np.inf
    for _ in range(CUTS):
        order = rng.permutation(len(sizes))
        rows = np.cumsum(sizes[order[:most]])
        n = int(np.abs(rows - wanted).argmin())
        if abs(rows[n] - wanted) < off:
            held, off = order[: n + 1], abs(rows[n] - wanted)
        if WELCOME[0] * wanted <= rows[n] <= WELCOME[1] * wanted:
            return np.isin(groups, order[: n + 1])
    return np.isin(groups, held)


def _check_groups(groups: int, least: int) -> None:
    if groups < least:
        raise DataError(
            Message(
                "The group column has only {n} different value.",
                {"n": groups},
                plural="The group column has only {n} different values.",
            ),
            Message("Splitting by group needs at least 4 groups, better 30; pick another column or none."),
        )


def _can_stratify(dataset: Dataset, rows: Rows, share: float) -> bool:
    if dataset.task == "regression":
        return False
    counts = np.bincount(dataset.y[rows].astype(np.int64))
    return bool(counts[counts > 0].min() >= 2 and share * len(rows) >= len(counts) <= (1 - share) * len(rows))


def _stratified_order(rows: Rows, dataset: Dataset, rng: np.random.Generator) -> Rows:
    """Order rows at random so that every prefix holds the classes in proportion (the rarest come early)."""
    rows = rng.permutation(rows)
    if dataset.task == "regression":
        return rows
    y = dataset.y[rows].astype(np.int64)
    position = np.empty(len(rows))
    for label in np.unique(y):
        mine = np.flatnonzero(y == label)
        position[mine] = (np.arange(len(mine)) + rng.random()) / len(mine)
    return rows[np.argsort(position, kind="stable")]
