"""Winner's curse: correct the effects of changes that were chosen because they looked best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from dldiag.core.statistics import ONE_SIDED, TWO_SIDED
from dldiag.core.types import Estimate, Floats

if TYPE_CHECKING:
    from dldiag.experiments.estimates import Results

_DRAWS = 400  # Draws of the noise; the corrected effect is a mean over them.
DOFS = np.array([1, 1.5, 2, 3, 4, 5, 7, 10, 15, 25, 50, 200, 1e6])
# Half-widths in standard errors.
WIDE, NARROW = stats.t.ppf(0.5 + TWO_SIDED / 2, DOFS), stats.t.ppf(ONE_SIDED, DOFS)
SPLIT = 0.7  # Share of the noise that is added before choosing (measured, see docs/advice.md).


@dataclass(frozen=True)
class Picked:
    """The effect of a chosen change as measured, and as expected after the correction (negative is better)."""

    seen: Estimate
    expected: Estimate

    @property
    def optimism(self) -> float:
        """By how much the effect looked better than it is expected to be; never negative."""
        return max(0.0, self.expected.value - self.seen.value)


def picked(seen: Sequence[Estimate], correlation: Floats, seed: int) -> list[Picked]:
    """Correct the effects of competing changes for the choice among them; the best is corrected most.

    seen: (k,) effects, the smaller the better; correlation: (k, k) of their errors, which share dev rows. Each draw adds
    noise to every effect, ranks the noisy effects, and reads each rank's effect with the opposite noise: the two are
    independent, so what is read was not chosen by its luck (Leiner et al. 2023, data fission; it is bootstrap
    bias-corrected cross-validation, Tsamardinos et al. 2018, for normal errors). The lower bound stays the one that was
    seen, the upper one moves with the effect.
    """
    values = np.array([one.value for one in seen], dtype=float)
    if len(values) < 2:
        return [Picked(one, one) for one in seen]
    noise = _noise(np.array([standard_error(one) for one in seen]), correlation, seed)
    order = np.argsort(values + SPLIT * noise, axis=1, kind="stable")
    by_rank = np.take_along_axis(values - noise / SPLIT, order, axis=1).mean(axis=0)
    ranks = np.argsort(np.argsort(values, kind="stable"))
    return [Picked(one, shifted(one, by_rank[rank] - one.value)) for one, rank in zip(seen, ranks, strict=True)]


def _noise(errors: Floats, correlation: Floats, seed: int) -> Floats:
    """Draw normal errors of the given size and correlation: (_DRAWS, k)."""
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normals = np.random.default_rng([seed, len(errors)]).normal(size=(_DRAWS // 2, len(errors)))
    return np.asarray(np.concatenate([normals, -normals]) @ root.T * errors)


def shared_luck(
    choosing: tuple[Results, Results], judging: tuple[Results, Results], seen: Estimate, n_rows: int
) -> float:
    """Return the share of the luck behind a choice that other repeats on the same rows share.

    That is the part of the variance that comes from the rows, and not from chance in either set of repeats.
    """
    one, other = _by_row(*choosing, n_rows), _by_row(*judging, n_rows)
    rows = np.isfinite(one) & np.isfinite(other)
    luck = standard_error(seen) ** 2
    if rows.sum() < 2 or luck == 0:
        return 1.0
    drawn_from = (np.isfinite(one) | np.isfinite(other)).sum()
    return float(np.clip(np.cov(one[rows], other[rows])[0, 1] / drawn_from / luck, 0.0, 1.0))


def shifted(seen: Estimate, by: float) -> Estimate:
    """Move an effect toward zero: its value and upper bounds move, the lower bounds stay."""
    by = max(0.0, by)
    return replace(
        seen,
        value=seen.value + by,
        high=seen.high + by,
        at_least=seen.surely_above,
        at_most=seen.surely_below + by,
    )


def continued(seen: Estimate, before: Picked, share: float | None = None) -> Picked:
    """Correct an effect measured again, on more repeats, after it was picked.

    share: of the luck in `before` that this measurement shares; of a mean that holds the repeats of the first one it is the
    ratio of their variances.
    """
    if share is None:
        first = standard_error(before.seen)
        share = (standard_error(seen) / first) ** 2 if first > 0 else 1.0
    return Picked(seen, shifted(seen, before.optimism * min(1.0, share)))


def less_lucky(picked_effect: Picked, luck: float) -> Picked:
    """Correct an effect once more by this many standard errors."""
    return (
        picked_effect
        if luck == 0
        else Picked(picked_effect.seen, shifted(picked_effect.expected, luck * standard_error(picked_effect.seen)))
    )


def luck_of_passing(z: float, cut: float) -> float:
    """Return by how many standard errors an effect looks too good that was let through because z was above the cut.

    The same splitting of the noise, in closed form: with noise added it passes or not, and it is read with the opposite
    noise.

    >>> round(luck_of_passing(4.0, 4.0), 2), round(luck_of_passing(8.0, 4.0), 2)
    (1.14, 0.0)
    """
    least = (cut - z) / SPLIT
    return float(np.exp(stats.norm.logpdf(least) - stats.norm.logsf(least)) / SPLIT)


def standard_error(estimate: Estimate) -> float:
    """Return the standard error behind an interval, from its two widths and the degrees of freedom they imply."""
    wide, narrow = estimate.high - estimate.value, estimate.surely_below - estimate.value
    if wide <= 0 or narrow <= 0:
        return 0.0
    return float(wide / np.interp(-wide / narrow, -WIDE / NARROW, WIDE))


def correlation_of(changes: Sequence[tuple[Results, Results]], n_rows: int) -> Floats:
    """Return how the errors of several paired changes, (before, after) each, go together: (k, k), from their dev rows."""
    by_row = np.array([_by_row(before, after, n_rows) for before, after in changes])
    has_all = np.isfinite(by_row).all(axis=0)
    centered = by_row[:, has_all] - by_row[:, has_all].mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centered, axis=1)
    scaled = centered / np.where(lengths > 0, lengths, 1.0)[:, None]
    correlation = scaled @ scaled.T
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation)


def _by_row(before: Results, after: Results, n_rows: int) -> Floats:
    """Return what a change does to each row, averaged over the repeats that have it as a dev row: (n_rows,), NaN where none did."""
    total, count = np.zeros(n_rows), np.zeros(n_rows)
    for old, new in zip(before, after, strict=True):
        total[old.task.dev_rows] += new.useful_influence - old.useful_influence
        count[old.task.dev_rows] += 1
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
