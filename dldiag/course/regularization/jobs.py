"""What workers compute for the lessons on the L2 penalty and dropout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dldiag.core.types import Dataset, OnProgress, ShouldStop
from dldiag.course.regularization.penalties import DropoutSettings, PenaltySettings, Regularized, compare_regularization
from dldiag.course.shared.prepared import prepare_open_rows
from dldiag.course.shared.problem import plane_of
from dldiag.course.shared.request import JudgedPlaneRequest
from dldiag.course.shared.treatments import JUDGED_ROWS


class PenaltyRequest(JudgedPlaneRequest, frozen=True, kw_only=True, tag="penalty"):
    """Train without and with an L2 penalty."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"repeats": 2, "steps": 100}
    settings: PenaltySettings


class DropoutRequest(JudgedPlaneRequest, frozen=True, kw_only=True, tag="dropout"):
    """Train without and with dropout."""

    PREVIEW: ClassVar[Mapping[str, int]] = {"repeats": 2, "steps": 100}
    settings: DropoutSettings


def regularize_job(
    dataset: Dataset, request: PenaltyRequest | DropoutRequest, on_progress: OnProgress, should_stop: ShouldStop
) -> Regularized:
    """Train without and with what the request names, an L2 penalty or dropout."""
    problem, data = plane_of(dataset, request.columns, request.positive), prepare_open_rows(dataset, JUDGED_ROWS)
    choice = request.choice(dataset)
    return compare_regularization(
        problem, data, request.settings, choice=choice, on_progress=on_progress, should_stop=should_stop
    )
