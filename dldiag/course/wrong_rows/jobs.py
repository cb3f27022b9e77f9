"""What workers compute for the lessons on error analysis."""

from __future__ import annotations

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.shared.request import ModelRequest
from dldiag.course.wrong_rows.categories import Categories, EyeballSettings, analyze_open_rows, count_categories
from dldiag.course.wrong_rows.wrong_labels import LabelSettings, WrongLabels, mislabel
from dldiag.experiments.models import build_model


class CategoriesRequest(ModelRequest, frozen=True, kw_only=True, tag="categories"):
    """Count wrong dev rows by category."""

    asked: EyeballSettings


class WrongLabelsRequest(ModelRequest, frozen=True, kw_only=True, tag="wrong_labels"):
    """Put wrong labels into the dev set."""

    asked: LabelSettings


def categories_job(
    dataset: Dataset, given: CategoriesRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> Categories:
    """Count wrong dev rows by category."""
    model = build_model(dataset.task, given.model)
    return count_categories(analyze_open_rows(dataset, model, given.asked.seed, on_progress, should_stop), given.asked)


def wrong_labels_job(
    dataset: Dataset, given: WrongLabelsRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> WrongLabels:
    """Put wrong labels into the dev set."""
    model = build_model(dataset.task, given.model)
    return mislabel(analyze_open_rows(dataset, model, given.asked.seed, on_progress, should_stop), given.asked)
