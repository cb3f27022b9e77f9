"""What workers compute for the lessons on error analysis."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.wrong_rows.categories import Categories, EyeballSettings, analyze_open_rows, count_categories
from dldiag.course.wrong_rows.wrong_labels import LabelSettings, WrongLabels, mislabel
from dldiag.experiments.models import build_model


def categories_job(
    dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop
) -> Categories:
    """Count wrong dev rows by category: {"model", "asked": EyeballSettings}."""
    asked = msgspec.convert(given["asked"], EyeballSettings)
    model = build_model(dataset.task, given["model"])
    return count_categories(analyze_open_rows(dataset, model, asked.seed, on_progress, should_stop), asked)


def wrong_labels_job(
    dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop
) -> WrongLabels:
    """Put wrong labels into the dev set: {"model", "asked": LabelSettings}."""
    asked = msgspec.convert(given["asked"], LabelSettings)
    model = build_model(dataset.task, given["model"])
    return mislabel(analyze_open_rows(dataset, model, asked.seed, on_progress, should_stop), asked)
