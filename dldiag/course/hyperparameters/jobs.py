"""What workers compute for the lessons on hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.hyperparameters.guided import GuidedSettings, SearchComparison, compare_searches
from dldiag.course.hyperparameters.validation_curve import ValidationGrid, ValidationSettings, validate
from dldiag.course.shared.request import JudgedModelRequest
from dldiag.experiments.models import build_model


class ValidationRequest(JudgedModelRequest, frozen=True, kw_only=True, tag="validation"):
    """Measure errors over one or two hyperparameters; grid: (name, values), the first one across, the second one up."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"repeats": 2, "train_rows": 60}
    grid: tuple[tuple[str, tuple[str, ...]], ...]
    settings: ValidationSettings


class SearchesRequest(JudgedModelRequest, frozen=True, kw_only=True, tag="searches"):
    """Let a guided and a random search spend the same number of fits."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"repeats": 1, "train_rows": 40}
    settings: GuidedSettings


def validate_job(
    dataset: Dataset, request: ValidationRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> ValidationGrid:
    """Measure errors over one or two hyperparameters."""
    model = build_model(dataset.task, request.model)
    return validate(
        dataset,
        model,
        dict(request.grid),
        request.settings,
        request.choice(dataset),
        on_progress=on_progress,
        should_stop=should_stop,
    )


def searches_job(
    dataset: Dataset, request: SearchesRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> SearchComparison:
    """Let a guided and a random search spend the same number of fits."""
    model = build_model(dataset.task, request.model)
    return compare_searches(
        dataset, model, request.settings, request.choice(dataset), on_progress=on_progress, should_stop=should_stop
    )
