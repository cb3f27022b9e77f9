"""What a lesson asks to be computed outside its page: a frozen struct with the lesson's settings, named by its tag."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from dldiag.core.settings import Settings
from dldiag.core.types import Dataset
from dldiag.experiments.metric_choice import MetricChoice, choose_metric


class LessonRequest(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """The settings of one experiment; its rows come with the job."""


class JudgedRequest(LessonRequest, frozen=True, kw_only=True):
    """An experiment judged by the visitor's metric; metric: settings of it that differ from the defaults."""

    metric: dict[str, Any] = {}

    def choice(self, dataset: Dataset) -> MetricChoice:
        """Return the metric for these rows. Raises DataError where it cannot be used."""
        return choose_metric(dataset, replace(Settings(), **self.metric))


class PlaneRequest(LessonRequest, frozen=True, kw_only=True):
    """An experiment on the plane of two columns; None lets the lesson choose them, and which class means yes."""

    columns: tuple[str, ...] | None
    positive: str | None


class ModelRequest(LessonRequest, frozen=True, kw_only=True):
    """An experiment with the visitor's network; model: its settings that differ from the defaults."""

    model: dict[str, Any]


class JudgedModelRequest(JudgedRequest, frozen=True, kw_only=True):
    """An experiment with the visitor's network, judged by their metric; model: settings that differ from the defaults."""

    model: dict[str, Any]
