"""The case of a diagnosis: the dataset split, the table audited, the models to compare, and the sizes of the learning curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dldiag.core.i18n import Value
from dldiag.core.params import check_all
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset, Repair, ShouldStop, Split
from dldiag.data.audit.audit import TableAudit, audit_table
from dldiag.data.dataset import rows_of
from dldiag.diagnosis.checks import check_metric, check_muted, check_target, check_task, check_types
from dldiag.diagnosis.effort import Effort, diagnosis_split, early_rows, effort_for, verdict_repeats
from dldiag.diagnosis.evidence.gather import table_evidence, table_names
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.learning_curve import curve_sizes
from dldiag.experiments.metric_choice import choose_metric
from dldiag.experiments.models import Model, as_model, build_model, reference_model

EARLY_POINTS = 3  # Least sizes of the curve for a first verdict.
EARLY_APART = 1.5  # Ratio to the size of the first verdict below which another size would say the same again.
EARLY_TIMES = 2  # Multiple of those rows in all; with fewer, the whole curve is soon done.


@dataclass(frozen=True, eq=False)
class Case:
    """What one diagnosis is about: the memoized fits, the model, what it is compared with, and how hard to try."""

    fits: FitCache
    model: Model
    guess: Model
    references: tuple[Model, ...]
    settings: Settings
    effort: Effort
    sizes: tuple[int, ...]
    table: Mapping[str, Any]
    names: Mapping[str, Value]
    repairs: tuple[Repair, ...]
    is_early: bool = False  # True while only the smaller sizes have been fitted.

    @property
    def repeats(self) -> range:
        """The repeats of the learning curve."""
        return range(min(self.settings.repeats, len(self.fits.split.repeats)))

    @property
    def all_repeats(self) -> range:
        """The repeats with all training rows, on which the verdict rests: more than the curve has where fits are cheap.

        With five, the verdict on tables of some hundred rows depended on the seed (docs/decisions.md).
        """
        if self.is_early:
            return self.repeats
        return verdict_repeats(self.settings, self.fits.split, len(self.fits.dataset.columns))

    def repeats_at(self, size: int) -> range:
        """Return the repeats at one size of the curve."""
        return self.all_repeats if size == self.sizes[-1] else self.repeats

    def points(self, models: Sequence[Model], sizes: Sequence[int]) -> list[tuple[Model, int, int]]:
        """List the fits of models at sizes of the curve, the smallest first."""
        return [(model, size, r) for size in sizes for model in models for r in self.repeats_at(size)]

    @property
    def early(self) -> int | None:
        """The size of the curve at which a first verdict is reported; None where the whole curve is soon done."""
        return early_size(self.sizes, early_rows(len(self.fits.dataset.columns)))

    @property
    def trials(self) -> int:
        """The largest number of remedies to test."""
        return self.effort.trials if self.settings.trials is None else self.settings.trials

    @property
    def compared(self) -> int:
        """The number of settings that were compared on the dev rows so far."""
        others = {one.identity for one in (self.guess, *self.references)}
        return len(self.fits.judged() - others)


def prepare_case(
    dataset: Dataset, model: Any, settings: Settings, *, n_jobs: int = 1, should_stop: ShouldStop = None
) -> Case:
    """Split first, check the table, and choose the models to compare."""
    check_types(dataset, settings)
    check_all(settings)
    check_muted(settings)
    width = len(dataset.columns)
    effort = effort_for(settings.budget, width)
    own = build_model(dataset.task) if model is None else as_model(model)
    check_task(dataset, own)
    check_target(dataset, own)
    references = tuple(reference_model(dataset.task, key, width) for key in settings.baselines if key != own.key)
    split = diagnosis_split(dataset, settings)
    choice = choose_metric(dataset, settings)
    check_metric(choice, dataset, split, own, settings)
    audit = audit_open_rows(dataset, settings, split)
    sizes = sizes_from_early(curve_sizes(split.n_train, settings.sizes, len(dataset.classes)), early_rows(width))
    early = early_size(sizes, early_rows(width))
    fits = FitCache(
        dataset,
        split,
        choice=choice,
        kept_sizes=[min(effort.probe_rows, split.n_train), *([] if early is None else [early])],
        n_jobs=n_jobs,
        should_stop=should_stop,
    )
    return Case(
        fits, own, build_model(dataset.task, key="guess"), references, settings, effort, sizes,
        table_evidence(audit), table_names(audit), audit.repairs,
    )  # fmt: skip


def audit_open_rows(dataset: Dataset, settings: Settings = Settings(), split: Split | None = None) -> TableAudit:  # noqa: B008 — frozen
    """Look at the table before training, at the rows that a diagnosis with these settings does not seal."""
    split = diagnosis_split(dataset, settings) if split is None else split
    return audit_table(open_rows(dataset, split), settings.seed)


def open_rows(dataset: Dataset, split: Split) -> Dataset:
    """Return the dataset without its sealed test rows."""
    return rows_of(dataset, np.setdiff1d(np.arange(dataset.n_rows), split.test_rows))


def early_size(sizes: Sequence[int], most_rows: int) -> int | None:
    """Return the size of the learning curve at which a first verdict is reported; None where the whole curve is soon done.

    >>> early_size((312, 565, 1022, 1849, 3345, 6050, 10946, 20000), 2500), early_size((100, 400, 1600, 3200), 2500)
    (1849, None)
    """
    small = [size for size in sizes if size <= most_rows]
    return small[-1] if len(small) >= EARLY_POINTS and sizes[-1] > EARLY_TIMES * most_rows else None


def sizes_from_early(sizes: tuple[int, ...], most_rows: int) -> tuple[int, ...]:
    """Return the sizes of a curve that begins low enough for a first verdict; one of very many rows gets lower sizes.

    >>> sizes_from_early((1562, 6250, 25000, 100000), 2500), sizes_from_early((312, 2500, 20000), 2500)
    ((625, 1250, 2500, 6250, 25000, 100000), (312, 2500, 20000))
    """
    lower = tuple(most_rows >> halvings for halvings in reversed(range(EARLY_POINTS)))
    if sizes[0] <= lower[0] or sizes[-1] <= EARLY_TIMES * most_rows:
        return sizes
    return (*lower, *(size for size in sizes if size > EARLY_APART * most_rows))


def curve_stages(sizes: Sequence[int], early: int | None) -> list[Sequence[int]]:
    """Cut the sizes of the curve into stages: up to that of the first verdict, and the rest.

    >>> curve_stages((312, 565, 1022, 1849, 3345, 6050), 1849), curve_stages((100, 400, 1600), None)
    ([(312, 565, 1022, 1849), (3345, 6050)], [(100, 400, 1600)])
    """
    n = len(sizes) if early is None else sizes.index(early) + 1
    return [part for part in (sizes[:n], sizes[n:]) if part]
