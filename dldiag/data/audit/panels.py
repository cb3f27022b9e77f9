"""Panels: a column of persons, firms or countries whose rows stand for several times, or share what never changes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dldiag.data.name_words import word_set, words_of
from dldiag.data.typing.columns import OTHER

NAMED_TIME = word_set("time date datetime timestamp day week month year t step period epoch")
NAMED_TIME_PARTS = ("日期", "时间")
# Names of columns that count the times of a panel, or that hold a time and therefore mark no persons.
_COUNTED_TIME = NAMED_TIME | word_set("days weeks months years wave visit hour hr minute quarter season weekday")

# Share of all pairs of group and time that have a row; half of a panel may be missing (own choice).
_CELLS_FILLED = 0.5
_LEAST_TIMES = 2  # Before and after.
_REPEATED = 0.01  # Share of rows whose pair of group and time stands in the table twice, as wrong entries do.
# Mean rows of a run from which a count within it is no chance. At most it has as many rows as there are groups: few values
# with many rows each are kinds that new rows will have, too.
_LEAST_IN_RUN = 3.0
_RULE_HOLDS = 0.95  # Share of rows, or of runs, for which a regularity must hold (own choice).
_LEAST_CONSTANTS = 2  # One column that never changes within a group may be another name of the group.
_VARIES = 0.9  # A value that has more than this share of all rows is constant in most groups by chance.
_MOST_COLUMNS = 64  # Columns of a wide table that are compared with the groups.


def is_named_time(name: str) -> bool:
    """Tell whether a column is named as a time.

    >>> is_named_time("sample_date"), is_named_time("update")
    (True, False)
    """
    return bool(NAMED_TIME & set(words_of(name))) or any(part in name for part in NAMED_TIME_PARTS)


def is_time_of_panel(name: str) -> bool:
    """Tell whether a column is named as a time, or as a number of times.

    >>> is_time_of_panel("Days"), is_time_of_panel("visit"), is_time_of_panel("age")
    (True, True, False)
    """
    return is_named_time(name) or bool(_COUNTED_TIME & set(words_of(name)))


def panels_in(candidates: Mapping[str, NDArray[np.int64]], frame: pd.DataFrame) -> list[str]:
    """Return the candidates that are the persons, firms or countries of a panel; frame: all columns but the target.

    The rows of such a group either have a time each, the same times as other groups, or stand together in the file and
    count something from the start of the group, or share two columns that never change within it.
    """
    times = [_codes(frame[name]) for name in frame.columns if is_time_of_panel(str(name))]
    found = []
    for name, codes in candidates.items():
        known = np.where(_is_other(frame[name]), -1, codes)
        if is_time_of_panel(name) or known.max() < 1:
            continue
        if any(_has_one_row_per_time(known, one) for one in times) or _shows_in_runs(name, known, frame):
            found.append(name)
    return found


def _codes(values: pd.Series) -> NDArray[np.int64]:
    return np.asarray(pd.factorize(values)[0], dtype=np.int64)


def _is_other(values: pd.Series) -> NDArray[np.bool_]:
    """Return which rows hold one of the rare values that were put together."""
    return np.asarray(values.eq(OTHER), dtype=bool)


def _has_one_row_per_time(groups: NDArray[np.int64], times: NDArray[np.int64]) -> bool:
    """Tell whether most pairs of group and time have one row, and none has two."""
    present = (groups >= 0) & (times >= 0)
    n_groups, n_times = len(np.unique(groups[present])), len(np.unique(times[present]))
    if n_times < _LEAST_TIMES or present.sum() < _CELLS_FILLED * n_groups * n_times:
        return False
    pairs = len(np.unique(groups[present] * (int(times.max()) + 1) + times[present]))
    return bool(pairs >= max((1 - _REPEATED) * present.sum(), _CELLS_FILLED * n_groups * n_times))


def _shows_in_runs(name: str, groups: NDArray[np.int64], frame: pd.DataFrame) -> bool:
    """Tell whether the rows of each group stand together, and other columns begin anew or change where it changes."""
    n_groups = len(np.unique(groups[groups >= 0]))
    starts = np.flatnonzero(np.diff(groups) != 0) + 1
    per_group = len(groups) / max(1, n_groups)
    if not _LEAST_IN_RUN <= per_group <= n_groups or len(starts) + 1 > (2 - _RULE_HOLDS) * n_groups:
        return False
    others = [frame[other] for other in frame.columns if other != name][:: 1 + frame.shape[1] // _MOST_COLUMNS]
    if any(_counts_in_runs(values.to_numpy(), starts) for values in others if values.dtype.kind in "iuf"):
        return True
    return sum(_is_constant(_codes(values), groups, n_groups) for values in others) >= _LEAST_CONSTANTS


def _counts_in_runs(values: NDArray[np.float64], starts: NDArray[np.int64]) -> bool:
    """Tell whether a column rises by the same step within runs, and falls where the next one begins."""
    steps = np.diff(values)
    first = np.zeros(len(steps), dtype=bool)
    first[starts - 1] = True
    within, step = steps[~first], float(np.nanmedian(steps[~first])) if (~first).any() else 0.0
    return step > 0 and float((within == step).mean()) >= _RULE_HOLDS and float((steps[first] < 0).mean()) > 1 / 2


def _is_constant(values: NDArray[np.int64], groups: NDArray[np.int64], n_groups: int) -> bool:
    """Tell whether a column that varies has one value in every group, and fewer values than there are groups."""
    present = (groups >= 0) & (values >= 0)
    counts = np.bincount(values[present]) if present.any() else np.zeros(1)
    if counts.max() > _VARIES * len(groups) or int((counts > 0).sum()) >= n_groups:
        return False
    pairs = len(np.unique(groups[present] * len(counts) + values[present]))
    return pairs <= n_groups * (2 - _RULE_HOLDS)
