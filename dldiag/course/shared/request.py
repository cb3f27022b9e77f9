"""Requests of lessons to workers: a frozen struct with the settings of an experiment, identified by its tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from typing import Any, ClassVar, TypeVar

import msgspec
import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.params import params_of
from dldiag.core.settings import Settings
from dldiag.core.types import Dataset
from dldiag.data.dataset import rows_of
from dldiag.experiments.metric_choice import MetricChoice, choose_metric

PREVIEW_ROWS = 400  # A preview is computed on at most this many open rows of a table.
_R = TypeVar("_R", bound="LessonRequest")


class LessonRequest(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """The settings of one experiment; its rows come with the job.

    PREVIEW: what its settings are cut down to, so that something is seen within half a second; empty where the whole
    experiment takes no longer.
    """

    PREVIEW: ClassVar[Mapping[str, int]] = {}


class JudgedRequest(LessonRequest, frozen=True, kw_only=True):
    """An experiment judged by the visitor's metric; metric: settings of it that differ from the defaults."""

    NAMES_METRIC: ClassVar[bool] = True  # False where the errors shown are not all by that metric.
    metric: dict[str, Any] = {}

    def choice(self, dataset: Dataset) -> MetricChoice:
        """Return the metric for these rows. Raises DataError where it cannot be used."""
        return choose_metric(dataset, replace(Settings(), **self.metric))


class PlaneRequest(LessonRequest, frozen=True, kw_only=True):
    """An experiment on the plane of two columns; None lets the lesson choose them, and which class means yes."""

    columns: tuple[str, ...] | None
    positive: str | None


class JudgedPlaneRequest(JudgedRequest, frozen=True, kw_only=True):
    """An experiment judged by the visitor's metric whose picture is on the plane of two columns (see `PlaneRequest`)."""

    columns: tuple[str, ...] | None
    positive: str | None


class ModelRequest(LessonRequest, frozen=True, kw_only=True):
    """An experiment with the visitor's network; model: its settings that differ from the defaults."""

    model: dict[str, Any]


class JudgedModelRequest(JudgedRequest, frozen=True, kw_only=True):
    """An experiment with the visitor's network, judged by their metric; model: settings that differ from the defaults."""

    model: dict[str, Any]


def preview_of(request: _R) -> _R | None:
    """Return the same experiment with fewer repeats, steps or rows; None where it is small enough as it is."""
    if not request.PREVIEW:
        return None
    settings: Any = getattr(request, "settings", None)
    smaller = {name: most for name, most in request.PREVIEW.items() if getattr(settings, name) > most}
    return msgspec.structs.replace(request, settings=replace(settings, **smaller)) if smaller else None


def preview_rows(dataset: Dataset, seed: int = 0) -> Dataset:
    """Return a few random rows of a dataset whose test rows are left out already."""
    if dataset.n_rows <= PREVIEW_ROWS:
        return dataset
    return rows_of(dataset, np.sort(np.random.default_rng(seed).permutation(dataset.n_rows)[:PREVIEW_ROWS]))


def preview_words(request: LessonRequest, smaller: LessonRequest) -> Message:
    """Say what a preview has less of than the experiment it stands for."""
    before, after = (getattr(one, "settings", None) for one in (request, smaller))
    labels = params_of(before)
    less = [
        Message(
            "{label}: {few:,} of {all:,}",
            {"label": Message(labels[name].label), "few": getattr(after, name), "all": getattr(before, name)},
        )
        for name in request.PREVIEW
        if getattr(after, name) != getattr(before, name)
    ]
    what = reduce(lambda one, other: Message("{first}; {second}", {"first": one, "second": other}), less)
    return Message("A quick preview ({what}). The full result takes its place.", {"what": what})
