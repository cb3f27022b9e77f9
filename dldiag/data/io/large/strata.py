"""The classes of a column in a stream of rows, numbered, so that a draw can keep their shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dldiag.data.io.large.file_counts import MOST_VALUES


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
