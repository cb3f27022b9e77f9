"""The effort of a diagnosis: how many rows, repeats and trials a budget pays for, and the split that follows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Split
from dldiag.data.split import held_out_share, make_split
from dldiag.experiments.models import NARROW

# Times the curve's repeats, run with all training rows: where fits are cheap, and on few rows.
MORE_REPEATS, MOST_TIMES = 2, 4
VERDICT_SHARE = 0.5  # Rows of all repeats that a verdict rests on, on few rows: this share of those of all short runs.
# A search chooses by this many repeats beyond all others, so that the others can measure what it chose.
SELECTION_REPEATS = 4
LEAST_REPEATS, MOST_REPEATS = 4, 10  # Repeats of a probe, on many and on few rows.
EARLY_ROWS = 2_500  # Most training rows of the first verdict, reported while larger sizes are still being fitted.


@dataclass(frozen=True)
class Effort:
    """The budget: rows of a probe and of all its repeats, trials, repeats of a trial, rows of a curve."""

    probe_rows: int
    probe_budget: int
    trials: int
    trial_repeats: int
    most_rows: int


EFFORTS: dict[str, Effort] = {
    "quick": Effort(probe_rows=1_000, probe_budget=4_000, trials=1, trial_repeats=5, most_rows=4_000),
    "standard": Effort(probe_rows=2_000, probe_budget=8_000, trials=2, trial_repeats=10, most_rows=20_000),
    "thorough": Effort(probe_rows=10_000, probe_budget=50_000, trials=5, trial_repeats=20, most_rows=100_000),
    "large": Effort(probe_rows=10_000, probe_budget=50_000, trials=2, trial_repeats=5, most_rows=1_000_000),
}

LEAST_WIDE_ROWS = 500  # Rows of a short run on a wide table at least, where the budget has as many.


def effort_for(budget: str, n_columns: int) -> Effort:
    """Return what a budget spends on a table of this many columns: above NARROW, a row counts as columns / NARROW rows.

    >>> effort_for("standard", 200)
    Effort(probe_rows=1000, probe_budget=4000, trials=2, trial_repeats=10, most_rows=20000)
    """
    effort, times = EFFORTS[budget], _rows_per_row(n_columns)
    rows = max(round(effort.probe_rows / times), min(LEAST_WIDE_ROWS, effort.probe_rows))
    return replace(effort, probe_rows=rows, probe_budget=round(effort.probe_budget / times))


def early_rows(n_columns: int) -> int:
    """Return the most training rows of the first verdict on a table of this many columns.

    >>> early_rows(20), early_rows(200)
    (2500, 1250)
    """
    return round(EARLY_ROWS / _rows_per_row(n_columns))


def _rows_per_row(n_columns: int) -> float:
    return max(1.0, n_columns / NARROW)


DRAWN_TIMES = 1.25  # Times the training rows wanted; the others become dev and test rows.


def rows_to_draw(settings: Settings) -> int | None:
    """Return how many rows of a file larger than memory a diagnosis has use for; None: as many as are usually kept."""
    return round(DRAWN_TIMES * EFFORTS["large"].most_rows) if settings.budget == "large" else None


def diagnosis_split(dataset: Dataset, settings: Settings) -> Split:
    """Draw the split that a diagnosis with these settings uses."""
    effort = EFFORTS[settings.budget]
    rows = min(settings.train_rows or effort.most_rows, effort.most_rows)
    wide = effort_for(settings.budget, len(dataset.columns))
    trained_on = min(rows, round((1 - 2 * held_out_share(dataset.n_rows)) * dataset.n_rows))
    on_few_rows = _repeats_on_few_rows(settings.repeats, wide, max(1, trained_on))
    repeats = max(settings.repeats, effort.trial_repeats, MOST_REPEATS, on_few_rows)
    return make_split(dataset, repeats + SELECTION_REPEATS, settings.seed, rows, selection_repeats=SELECTION_REPEATS)


def verdict_repeats(settings: Settings, split: Split, n_columns: int) -> range:
    """Return the repeats with all training rows, on which the verdict rests: more than the curve has where fits are cheap."""
    curve, effort = min(settings.repeats, len(split.repeats)), effort_for(settings.budget, n_columns)
    usual = min(MORE_REPEATS * curve, probe_repeats(effort, split.n_train))
    n = max(usual, _repeats_on_few_rows(curve, effort, split.n_train))
    return range(max(curve, min(n, len(split.measuring))))


def _repeats_on_few_rows(curve: int, effort: Effort, rows: int) -> int:
    """Return the repeats of a verdict that so few training rows pay for; curve: those of the learning curve."""
    return min(MOST_TIMES * curve, int(VERDICT_SHARE * effort.probe_budget) // rows)


def probe_repeats(effort: Effort, size: int) -> int:
    """Return the repeats of a probe of this many rows: more where fits are cheap."""
    return min(MOST_REPEATS, max(LEAST_REPEATS, effort.probe_budget // size))
