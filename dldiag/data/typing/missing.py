"""How people write that a value is missing, and the codes (−999) that stand in for one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dldiag.data.typing.distinct import Cells, as_mask
from dldiag.data.typing.name_words import word_set

# Missing wherever they stand (lower case).
SURE = word_set(
    "? ?? n/a #n/a nan null <na> #null! #value! #div/0! #ref! #num! #name? \\n (null) missing #missing nat 缺失 缺失值 欠損 결측"
)
# Missing among numbers, dates and booleans; kept as values among other texts.
MAYBE = word_set(
    "na none - -- --- . .. ... : * / n.a. n.a nil unknown unk undefined n.d. nd s.d. nr — – － 无 空 空值 未知 不详 暂无"
) | {
    "not available",
    "not applicable",
    "no data",
}
SENTINELS = frozenset({-9.0, -99.0, -999.0, -9999.0, -99999.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0})
SENTINEL_SHARE = 0.005  # share of the cells; rarer ones are as likely to be values (own choice)
SENTINEL_ROWS = 3  # cells; one or two are as likely to be values (own choice)
SENTINEL_GAP = 1.0  # distance to the nearest value, in ranges of all other values (own choice)


def surely_missing(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which texts mean "missing" in any column."""
    return _among(texts, SURE)


def maybe_missing(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which texts mean "missing" when the other values are numbers, dates or booleans."""
    return _among(texts, MAYBE)


def sentinel(cells: Cells, values: NDArray[np.float64]) -> float | None:
    """Return a number such as −999 that is repeated far from all other values of its column, or None."""
    finite = np.isfinite(values)
    for candidate in SENTINELS.intersection(values[finite].tolist()):
        here = finite & (values == candidate)
        others = values[finite & ~here]
        often = cells.count(here) >= SENTINEL_ROWS and cells.share(here) >= SENTINEL_SHARE
        if often and len(others) > 1 and _far(candidate, others):
            return float(candidate)
    return None


def _far(candidate: float, others: NDArray[np.float64]) -> bool:
    width = float(np.ptp(others))
    return width > 0 and float(np.abs(others - candidate).min()) > SENTINEL_GAP * width


def _among(texts: pa.Array, words: frozenset[str]) -> NDArray[np.bool_]:
    return as_mask(pc.is_in(pc.utf8_lower(texts), value_set=pa.array(sorted(words), type=texts.type)))
