"""What workers compute for the lessons on why deep learning took off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.shared.activation_race import ActivationRace, RaceSettings, race_activations
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.request import JudgedRequest, LessonRequest
from dldiag.course.took_off.preprocessing import PreprocessingComparison, PreprocessingSettings, compare_preprocessing
from dldiag.course.took_off.scaling import LearnerComparison, ScaleSettings, fit_learners


class ScaleRequest(JudgedRequest, frozen=True, kw_only=True, tag="scale"):
    """Measure error against rows for many learners."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"sizes": 3, "repeats": 2, "train_rows": 100}
    settings: ScaleSettings


class RaceRequest(LessonRequest, frozen=True, kw_only=True, tag="race"):
    """Race two activations."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"seeds": 2, "steps": 60}
    settings: RaceSettings


class PreprocessingRequest(JudgedRequest, frozen=True, kw_only=True, tag="preprocessing"):
    """Compare learners with preprocessings on few rows."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"repeats": 3}
    settings: PreprocessingSettings


def scale_job(
    dataset: Dataset, request: ScaleRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> LearnerComparison:
    """Measure error against rows for many learners."""
    return fit_learners(
        dataset, request.settings, request.choice(dataset), on_progress=on_progress, should_stop=should_stop
    )


def race_job(
    dataset: Dataset, request: RaceRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> ActivationRace:
    """Race two activations."""
    return race_activations(
        prepare_open_rows(dataset), request.settings, on_progress=on_progress, should_stop=should_stop
    )


def preprocessing_job(
    dataset: Dataset, request: PreprocessingRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> PreprocessingComparison:
    """Compare learners with preprocessings on few rows."""
    return compare_preprocessing(
        dataset, request.settings, request.choice(dataset), on_progress=on_progress, should_stop=should_stop
    )
