"""What a report says about metrics: the one that was used and why, the others beside it, and each class's."""

from __future__ import annotations

from dataclasses import dataclass

from dldiag.core.estimate import Estimate
from dldiag.core.i18n import Message


@dataclass(frozen=True)
class MetricUsed:
    """The metric of a diagnosis.

    name, label, unit: as in METRICS. positive: the positive class by name. chosen: "auto" or "user". why: the reason.
    baseline: what the best constant gets on the dev rows, in the metric's own direction. higher_is_better: then every error of
    the report is 1 − the metric.
    """

    name: str
    label: Message
    unit: str
    positive: str | None
    chosen: str
    why: Message | None
    baseline: float
    higher_is_better: bool = False
    level: float | None = None
    costs: tuple[tuple[float, ...], ...] | None = None


@dataclass(frozen=True)
class ClassScores:
    """How well one class is found: rows (different dev rows of it), recall, and precision where it was predicted at all."""

    label: str
    rows: int
    recall: Estimate | None
    precision: Estimate | None
