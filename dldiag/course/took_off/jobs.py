"""What workers compute for the lessons on why deep learning took off."""

from __future__ import annotations

from typing import Any

import msgspec

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.race import Race, RaceSettings, race
from dldiag.course.took_off.hand_work import HandWork, HandWorkSettings, hand_work
from dldiag.course.took_off.scaling import Scale, ScaleSettings, scale


def scale_job(dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop) -> Scale:
    """Measure error against rows for many learners: {"asked": ScaleSettings}."""
    asked = msgspec.convert(given["asked"], ScaleSettings)
    return scale(dataset, asked, on_progress=on_progress, should_stop=should_stop)


def race_job(dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop) -> Race:
    """Race two activations: {"asked": RaceSettings}."""
    asked = msgspec.convert(given["asked"], RaceSettings)
    return race(prepare_open_rows(dataset), asked, on_progress=on_progress, should_stop=should_stop)


def hand_work_job(
    dataset: Dataset, given: dict[str, Any], on_progress: OnProgress, should_stop: ShouldStop
) -> HandWork:
    """Compare learners with preprocessings on few rows: {"asked": HandWorkSettings}."""
    asked = msgspec.convert(given["asked"], HandWorkSettings)
    return hand_work(dataset, asked, on_progress=on_progress, should_stop=should_stop)
