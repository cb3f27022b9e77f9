"""What workers compute for the lessons on weight initialization."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.initialization.starts import Beginnings, StartSettings, beginnings
from dldiag.course.shared.prepared import prepare_open_rows


def starts_job(dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop) -> Beginnings:
    """Train from several initializations: {"asked": StartSettings}."""
    asked = msgspec.convert(given["asked"], StartSettings)
    return beginnings(prepare_open_rows(dataset), asked, on_progress=on_progress, should_stop=should_stop)
