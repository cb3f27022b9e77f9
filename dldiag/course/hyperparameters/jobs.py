"""What workers compute for the lessons on hyperparameters."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.hyperparameters.guided import GuidedSettings, Searches, compare_searches
from dldiag.course.hyperparameters.validation_curve import Validation, ValidationSettings, validate
from dldiag.experiments.models import build_model


def validate_job(
    dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop
) -> Validation:
    """Measure errors over one or two hyperparameters: {"model", "grid", "asked": ValidationSettings}."""
    asked = msgspec.convert(given["asked"], ValidationSettings)
    grid: dict[str, list[str]] = dict(given["grid"])  # pairs: their order says which axis is which
    model = build_model(dataset.task, given["model"])
    return validate(dataset, model, grid, asked, on_progress=on_progress, should_stop=should_stop)


def searches_job(dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop) -> Searches:
    """Let a guided and a blind search spend the same number of fits: {"model", "asked": GuidedSettings}."""
    asked = msgspec.convert(given["asked"], GuidedSettings)
    model = build_model(dataset.task, given["model"])
    return compare_searches(dataset, model, asked, on_progress=on_progress, should_stop=should_stop)
