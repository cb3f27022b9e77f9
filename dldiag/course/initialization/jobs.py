"""What workers compute for the lessons on weight initialization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.initialization.starts import StartSettings, StartsRun, compare_starts
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.request import LessonRequest


class StartsRequest(LessonRequest, frozen=True, kw_only=True, tag="starts"):
    """Train from several initializations."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"seeds": 2, "steps": 40}
    settings: StartSettings


def starts_job(dataset: Dataset, request: StartsRequest, on_progress: OnProgress, should_stop: ShouldStop) -> StartsRun:
    """Train from several initializations."""
    return compare_starts(
        prepare_open_rows(dataset), request.settings, on_progress=on_progress, should_stop=should_stop
    )
