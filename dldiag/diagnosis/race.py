"""The race of short runs: after which repeats settings are dropped, and which of them go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dldiag.core.statistics import Z_ONE_SIDED, Z_TWO_SIDED, distinct
from dldiag.core.types import Rows
from dldiag.experiments.estimates import Results, dev_part

LOOKS = (0.2, 0.3, 0.4, 0.5, 0.7, 1.0)  # Shares of all repeats.
FIRST_LOOK = 2  # In repeats; a single one says nothing about their scatter.
CHANCE_Z = 2.33  # In standard errors: a setting goes on while its chance to gain after all repeats is above 1%.
COSTLY_CHANCE_Z = 1.64  # The same for a setting that takes several times as long as the others: above 5%.


def looks(most: int) -> list[int]:
    """Return the repeats after which the race drops settings that will hardly gain.

    >>> looks(10), looks(5), looks(4), looks(2)
    ([2, 3, 4, 5, 7, 10], [2, 4, 5], [2, 3, 4], [2])
    """
    return sorted({min(most, max(FIRST_LOOK, round(share * most))) for share in LOOKS})


@dataclass(frozen=True)
class Foreseen:
    """A paired change of the dev error as it stands, and as all repeats may show it; negative is better.

    drift: standard deviation of what the repeats to come may add to it; error: its standard error in the end.
    """

    value: float
    drift: float
    error: float

    def may_gain(self, half: float, *, by_value: bool = False, chance_z: float = CHANCE_Z) -> bool:
        """Tell whether it may still be recommended after all repeats: by an interval below 0, or by a bound below −δ/2.

        half: δ/2. by_value: an uncertain gain of δ/2 is enough, as for a model that does not train yet.
        chance_z: standard errors that stand for the least chance to go on with.
        """
        needed = max(-Z_TWO_SIDED * self.error, -half - Z_ONE_SIDED * self.error)
        return self.value - chance_z * self.drift < (max(needed, -half) if by_value else needed)


def foresee(before: Results, after: Results, dev_rows: Sequence[Rows], usual_scatter: float = 0.0) -> Foreseen:
    """Predict a paired change after all repeats from those done so far; dev_rows: of all repeats.

    The mean over all repeats differs from the mean so far by the scatter of single repeats, s²(1/n − 1/N). The
    variance in the end is put together as in `pooled_estimate`: what the rows leave, and the scatter beyond it.
    usual_scatter: the least that is taken for s², as that of other settings: two repeats can agree by chance.
    """
    n, of_all = len(after), len(dev_rows)
    part = dev_part(before, [a.useful_influence - b.useful_influence for b, a in zip(before, after, strict=True)])
    of_rows = part.of_one * (1 - part.shared) * n / max(1, n - 1)
    scatter = max(of_rows, usual_scatter, scatter_of(before, after))
    grown = distinct(dev_rows[:n]) / distinct(dev_rows)
    in_the_end = max(part.of_one * part.shared * grown, part.least * grown**2) + (scatter - of_rows) / of_all
    value = float(np.mean(_changes(before, after)))
    return Foreseen(value, float(np.sqrt(scatter * (1 / n - 1 / of_all))), float(np.sqrt(in_the_end)))


def scatter_of(before: Results, after: Results) -> float:
    """Return the variance of a paired change between repeats; 0 for a single repeat."""
    return float(np.var(_changes(before, after), ddof=1)) if len(after) > 1 else 0.0


def _changes(before: Results, after: Results) -> list[float]:
    return [a.useful_error - b.useful_error for b, a in zip(before, after, strict=True)]
