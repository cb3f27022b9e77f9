"""The eyeball set (Ng, Machine Learning Yearning, ch. 14 to 19): wrong dev rows to look at, categories, and their ceilings.

The judged rows are divided in two at random: the eyeball part, whose wrong rows a person looks at, and the blackbox part,
which nobody looks at. Fixes made while looking at the first part look better there than they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dldiag.core.error_findings import TagCount
from dldiag.core.estimate import Estimate
from dldiag.core.statistics import difference, rate_estimate
from dldiag.error_analysis.row_losses import RowLosses

EYEBALL_ERRORS = 100  # Wrong rows to look at, as Ng advises.
LARGEST_PART = 0.5  # Largest share of the dev rows in the eyeball part, so that enough stay in the blackbox part.


@dataclass(frozen=True)
class EyeballSet:
    """Which rows a person looks at: positions among the judged rows, wrong ones only, in the order they are shown."""

    wrong: tuple[int, ...]
    rows: int
    error: Estimate
    blackbox_rows: int
    blackbox_error: Estimate

    @property
    def gap(self) -> Estimate:
        """Blackbox error − eyeball error; clearly above 0 once fixes were made to fit the eyeball rows."""
        return difference(self.blackbox_error, self.error)


def draw_eyeball_set(
    folded: RowLosses, seed: int = 0, errors: int = EYEBALL_ERRORS, looked_at: int | None = None
) -> EyeballSet | None:
    """Divide the judged rows and return the wrong ones of the eyeball part; None when no row is wrong, or all are few.

    looked_at: rows of the eyeball part of an earlier model on the same rows, which then are the eyeball part of this one,
    so that what was fixed with an eye on them shows. A row is wrong when its most frequent prediction is. For a numeric target, the rows beyond the 90th percentile of the
    squared error stand for the wrong ones.
    """
    wrong = _is_wrong(folded)
    if len(folded) < 2 or not wrong.any():
        return None
    order = np.random.default_rng([seed, 5]).permutation(len(folded))
    enough = np.flatnonzero(np.cumsum(wrong[order]) >= errors)
    n_rows = looked_at or (int(enough[0]) + 1 if len(enough) else len(order))
    size = min(n_rows, max(1, round(LARGEST_PART * len(order))))
    looked, others = order[:size], order[size:]
    return EyeballSet(
        tuple(int(i) for i in looked[wrong[looked]]),
        size,
        rate_estimate(float(wrong[looked].mean()), size),
        len(others),
        rate_estimate(float(wrong[others].mean()), len(others)),
    )


def _is_wrong(folded: RowLosses) -> NDArray[np.bool_]:
    if folded.y.dtype.kind in "iu":
        return np.asarray(folded.predicted != folded.y)
    return np.asarray(folded.loss > np.quantile(folded.loss, 0.9))


def tag_counts(tags: Mapping[int, Sequence[str]], error: float) -> list[TagCount]:
    """Count the categories of the rows that were looked at, the largest first.

    tags: categories of each row looked at, none for a row that fits no category. error: of the dev rows; a category's
    ceiling is its share of it.

    >>> [(one.tag, one.rows, one.ceiling.value) for one in tag_counts({1: ["dark"], 2: ["dark", "cut"]}, 0.1)]
    [('dark', 2, 0.1), ('cut', 1, 0.05)]
    """
    n = len(tags)
    counts = []
    for name in known_tags(tags):
        rows = sum(name in tags_of_row for tags_of_row in tags.values())
        share = rate_estimate(rows / n, n)
        counts.append(TagCount(name, rows, share, Estimate(error * share.value, error * share.low, error * share.high)))
    return sorted(counts, key=lambda one: -one.rows)


def known_tags(tags: Mapping[int, Sequence[str]]) -> list[str]:
    """Return the categories in the order of their first use: the number of one stays while counts change.

    >>> known_tags({7: ["dark"], 3: ["cut", "dark"], 5: ["cut"]})
    ['dark', 'cut']
    """
    return list(dict.fromkeys(tag for tags_of_row in tags.values() for tag in tags_of_row))


def read_tags(text: str, known: Sequence[str]) -> tuple[str, ...]:
    """Read categories that were typed: names between commas, or the number of a known one.

    >>> read_tags("2, too dark", ["cut off", "label wrong"])
    ('label wrong', 'too dark')
    """
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    tags = [known[int(part) - 1] if part.isdecimal() and 0 < int(part) <= len(known) else part for part in parts]
    return tuple(dict.fromkeys(tag for tag in tags if tag))
