"""What workers compute for the lessons on error analysis."""

from __future__ import annotations

from typing import ClassVar

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.shared.request import JudgedModelRequest, ModelRequest
from dldiag.course.wrong_rows.categories import Categories, EyeballSettings, analyze_open_rows, count_categories
from dldiag.course.wrong_rows.wrong_labels import LabelSettings, WrongLabels, mislabel
from dldiag.experiments.models import build_model


class CategoriesRequest(JudgedModelRequest, frozen=True, kw_only=True, tag="categories"):
    """Count wrong dev rows by category, and say what fixing the largest gains by the metric."""

    NAMES_METRIC: ClassVar[bool] = False

    settings: EyeballSettings


class WrongLabelsRequest(ModelRequest, frozen=True, kw_only=True, tag="wrong_labels"):
    """Put wrong labels into the dev set."""

    settings: LabelSettings


def categories_job(
    dataset: Dataset, request: CategoriesRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> Categories:
    """Count wrong dev rows by category."""
    model = build_model(dataset.task, request.model)
    analysis = analyze_open_rows(dataset, model, request.settings.seed, on_progress, should_stop)
    return count_categories(analysis, request.settings, request.choice(dataset))


def wrong_labels_job(
    dataset: Dataset, request: WrongLabelsRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> WrongLabels:
    """Put wrong labels into the dev set."""
    model = build_model(dataset.task, request.model)
    return mislabel(
        analyze_open_rows(dataset, model, request.settings.seed, on_progress, should_stop), request.settings
    )
