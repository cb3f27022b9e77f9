"""Drawing rows of a file in one pass: each has the same chance, and each class the share that it has in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dldiag.core.types import Floats, Rows
from dldiag.data.io.large.file_counts import MOST_VALUES

SLACK = 6.0  # A pool keeps this many standard deviations beyond the expected rows of a class.
LEAST_SPARE = 64  # A pool keeps at least this many rows beyond the expected ones of a class.
POOL_TIMES = 1.5  # A pool with more than this many times the rows wanted is thinned out.
LEAST_WHOLE_GROUPS = 50  # If fewer whole groups fit, too few are left to split by, and rows of all groups are drawn.
_Hashes = NDArray[np.uint64]


@dataclass(eq=False)
class _Pool:
    """Rows that may still be drawn, with their keys, strata and places in the file."""

    tables: list[pa.Table]
    keys: list[Floats]
    strata: list[Rows]
    places: list[Rows]

    def __len__(self) -> int:
        return sum(len(part) for part in self.keys)

    def add(self, rows: pa.Table, keys: Floats, strata: Rows, places: Rows) -> None:
        """Take in rows."""
        self.tables.append(rows)
        self.keys.append(keys)
        self.strata.append(strata)
        self.places.append(places)

    def join(self) -> tuple[pa.Table, Floats, Rows, Rows]:
        """Return all rows as one table, with their keys, strata and places."""
        table = pa.concat_tables(self.tables)
        return table, np.concatenate(self.keys), np.concatenate(self.strata), np.concatenate(self.places)

    def keep(self, chosen: Rows) -> None:
        """Keep the rows at these positions."""
        table, keys, strata, places = self.join()
        self.tables, self.keys = [table.take(pa.array(chosen)).combine_chunks()], [keys[chosen]]
        self.strata, self.places = [strata[chosen]], [places[chosen]]


class RowDraw:
    """At most this many rows, or bytes, of a stream of rows, in proportion to strata. A class because it sees them in parts.

    Every row gets a random key; of each stratum the rows with the lowest keys are kept. Their number is known only at the
    end, so some more are kept until then; the drawn share of the file can only fall.
    """

    def __init__(self, most_rows: int, seed: int, most_bytes: float = np.inf) -> None:
        self._most_rows, self._most_bytes = most_rows, most_bytes
        self._rng = np.random.default_rng(seed)
        self._pool = _Pool([], [], [], [])
        self._counts = np.zeros(1, dtype=np.int64)  # How many rows of each stratum were seen.
        self._highest = np.full(1, np.inf)  # The highest key that can still be drawn, by stratum.
        self._bytes = 0

    @property
    def rows(self) -> int:
        """Rows seen so far."""
        return int(self._counts.sum())

    def add(self, rows: pa.Table, strata: Rows, n_bytes: int = 0) -> None:
        """Look at the next rows of the file; strata: (rows,) from 0, n_bytes: what they take in the file."""
        keys, places = self._rng.random(len(strata)), self.rows + np.arange(len(strata))
        self._grow(int(strata.max(initial=0)) + 1)
        self._counts += np.bincount(strata, minlength=len(self._counts))
        self._bytes += n_bytes
        chosen = np.flatnonzero(keys <= self._highest[strata])
        if len(chosen):
            self._pool.add(rows.take(pa.array(chosen)), keys[chosen], strata[chosen], places[chosen])
        if len(self._pool) > POOL_TIMES * self._wanted() + LEAST_SPARE * len(self._counts):
            self._thin_out()

    def drawn(self) -> pa.Table | None:
        """Return the rows drawn, in the order of the file; None when there are none."""
        if not len(self._pool):
            return None
        self._pool.keep(self._lowest(_whole_numbers(self._expected())))
        table, _, _, places = self._pool.join()
        return table.take(pa.array(np.argsort(places)))

    def _grow(self, strata: int) -> None:
        more = max(0, strata - len(self._counts))
        self._counts = np.pad(self._counts, (0, more))
        self._highest = np.pad(self._highest, (0, more), constant_values=np.inf)

    def _wanted(self) -> float:
        """Return how many rows would be drawn if the file ended here."""
        share = self._most_bytes / self._bytes if self._bytes else np.inf
        return min(self._most_rows, self.rows, share * self.rows)

    def _expected(self) -> Floats:
        return self._wanted() * self._counts / max(1, self.rows)

    def _thin_out(self) -> None:
        expected = self._expected()
        kept = np.ceil(expected + SLACK * np.sqrt(expected) + LEAST_SPARE).astype(np.int64)
        self._pool.keep(self._lowest(kept))
        keys, strata = self._pool.keys[0], self._pool.strata[0]
        full = np.bincount(strata, minlength=len(kept)) >= kept
        highest = np.full(len(kept), -np.inf)
        np.maximum.at(highest, strata, keys)
        self._highest = np.where(full, np.minimum(highest, self._highest), self._highest)

    def _lowest(self, quotas: Rows) -> Rows:
        """Return the positions in the pool of this many rows of each stratum, those with the lowest keys."""
        keys, strata = np.concatenate(self._pool.keys), np.concatenate(self._pool.strata)
        order = np.lexsort((keys, strata))
        firsts = np.searchsorted(strata[order], np.arange(len(quotas)))
        ranks = np.arange(len(order)) - firsts[strata[order]]
        return np.sort(order[ranks < quotas[strata[order]]])


def _whole_numbers(expected: Floats) -> Rows:
    """Round so that the sum stays: the largest remainders are rounded up."""
    whole = np.floor(expected).astype(np.int64)
    missing = round(float(expected.sum())) - int(whole.sum())
    whole[np.argsort(whole - expected, kind="stable")[:missing]] += 1
    return whole


class GroupDraw:
    """Whole groups of a stream of rows, those with the lowest hashes, with at most this many rows together.

    A class because it sees the rows in parts.
    """

    def __init__(self, most_rows: int) -> None:
        self._most = most_rows
        self._pool = _Pool([], [], [], [])
        self._rows = 0
        self._highest = np.inf
        self._is_usable = True  # It is False once a single group has more rows than may be kept.

    def add(self, rows: pa.Table, groups: _Hashes) -> None:
        """Look at the next rows of the file; groups: (rows,) a hash of each row's group."""
        places = self._rows + np.arange(len(groups))
        self._rows += len(groups)
        keys = groups.astype(np.float64)
        chosen = np.flatnonzero(keys <= self._highest)
        if not self._is_usable or not len(chosen):
            return
        self._pool.add(rows.take(pa.array(chosen)), keys[chosen], places[chosen], places[chosen])
        if len(self._pool) > POOL_TIMES * self._most:
            self._thin_out()

    def drawn(self) -> pa.Table | None:
        """Return the rows of the groups drawn, in the order of the file; None when these are too few to split by."""
        if not self._is_usable or not len(self._pool):
            return None
        table, keys, _, places = self._pool.join()
        groups, sizes = np.unique(keys, return_counts=True)
        n_groups = int((np.cumsum(sizes) <= self._most).sum())
        if n_groups < LEAST_WHOLE_GROUPS and n_groups < len(groups):
            return None
        chosen = np.flatnonzero(keys <= groups[n_groups - 1])
        return table.take(pa.array(chosen[np.argsort(places[chosen])]))

    def _thin_out(self) -> None:
        keys = np.concatenate(self._pool.keys)
        self._highest = float(np.partition(keys, self._most)[self._most])
        self._pool.keep(np.flatnonzero(keys <= self._highest))
        if len(self._pool) > POOL_TIMES * self._most:
            self._is_usable, self._pool = False, _Pool([], [], [], [])


class Strata:
    """Numbers the values of a column as they come, up to MOST_VALUES; all others are one stratum, 0.

    A class because it remembers the values between the parts of a file. A column whose first part has more values is
    no class, and all its rows are of one stratum.
    """

    def __init__(self) -> None:
        self._codes: dict[Any, int] | None = {}

    def of(self, cells: pa.Array | None, rows: int) -> NDArray[np.int64]:
        """Return the stratum of every cell: (rows,)."""
        if cells is None or self._codes is None:
            return np.zeros(rows, dtype=np.int64)
        if pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_decode()
        coded = cells.dictionary_encode()
        values = coded.dictionary.to_pylist()
        if not self._codes and len(values) > MOST_VALUES:
            self._codes = None
            return np.zeros(rows, dtype=np.int64)
        for value in values:
            if value not in self._codes and len(self._codes) < MOST_VALUES:
                self._codes[value] = len(self._codes) + 1
        known = np.array([*(self._codes.get(value, 0) for value in values), 0], dtype=np.int64)
        found: NDArray[np.int64] = known[coded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)]
        return found
