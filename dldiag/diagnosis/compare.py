"""Two runs side by side: what differs between them, and the change of the error, paired where they share their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dldiag.core.statistics import t_interval
from dldiag.core.types import Estimate, LearningCurve, Parent, Report

# Settings that decide the training and dev rows of a repeat.
SAME_ROWS = ("seed", "budget", "repeats", "sizes", "train_rows")


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs. dev_change, train_change: second minus first, None where a run lacks the number.

    is_paired: both runs have the same dev rows in the same repeats, so that shared noise cancels.
    """

    same_table: bool
    is_paired: bool
    dev_change: Estimate | None
    train_change: Estimate | None
    settings: Mapping[str, tuple[Any, Any]]  # Settings of the model and of the diagnosis that differ.


def compare(first: Report, second: Report) -> Comparison:
    """Compare two reports; errors of different targets or units have no change."""
    a, b = first.dataset, second.dataset
    same_table = (a.fingerprint, a.target, a.task) == (b.fingerprint, b.target, b.task)
    paired = same_table and _same_rows(first, second)
    comparable = (a.target, a.task) == (b.target, b.task)
    changes = [
        _change(first, second, name, paired=paired) if comparable else None for name in ("dev_error", "train_error")
    ]
    applied = _applied(first, second) if comparable else None
    return Comparison(
        same_table, paired or applied is not None, applied or changes[0], changes[1], _differences(first, second)
    )


def _applied(first: Report, second: Report) -> Estimate | None:
    """Return the effect that "before and after" shows, where one run was made from the other by applying a change."""
    parent = second.parent
    if parent is not None and parent.before == first.evidence.get("dev_error"):
        return parent.effect
    parent = first.parent
    if parent is not None and parent.effect is not None and parent.before == second.evidence.get("dev_error"):
        return Estimate(-parent.effect.value, -parent.effect.high, -parent.effect.low)
    return None


def with_parent(report: Report, parent: Parent) -> Report:
    """Return the report with the run it came from: the error after the change, and the effect where it was not tested."""
    effect, after = parent.effect, report.evidence.get("dev_error")
    if effect is None and parent.curve is not None and report.curves and parent.remedy:
        paired = paired_repeats(parent.curve, report.curves[0], _overlap(report), "dev_errors")
        effect = _of_all_repeats(paired, parent.before, after)
    return replace(report, parent=replace(parent, after=after, effect=effect))


def paired_repeats(before: LearningCurve, after: LearningCurve, overlap: float, which: str) -> Estimate | None:
    """Return the mean change over repeats at full size, with its 90% interval; None where the repeats differ.

    overlap: dev rows over training rows, for repeats that share rows (Nadeau & Bengio 2003).
    """
    if before.sizes.tolist() != after.sizes.tolist():
        return None
    first, second = getattr(before, which)[-1], getattr(after, which)[-1]
    if first.shape != second.shape:
        return None
    changes = (second - first)[np.isfinite(second - first)]
    if len(changes) < 2:
        return None
    mean, (low, high) = float(changes.mean()), t_interval(changes, overlap)
    return Estimate(mean, min(low, mean), max(high, mean))


def _of_all_repeats(paired: Estimate | None, before: Estimate | None, after: Estimate | None) -> Estimate | None:
    """Center the interval of a paired change on the difference of the two errors that are shown.

    A verdict rests on more repeats than the curve keeps, so the change of the curve's repeats would not add up with its errors; their
    interval is wide enough for the mean of more.
    """
    if paired is None or before is None or after is None:
        return paired
    mean = after.value - before.value
    return Estimate(mean, mean - (paired.value - paired.low), mean + (paired.high - paired.value))


def _same_rows(first: Report, second: Report) -> bool:
    a, b = first.split, second.split
    same_split = (a.train, a.dev, a.method, a.repeats) == (b.train, b.dev, b.method, b.repeats)
    return same_split and all(first.settings.get(name) == second.settings.get(name) for name in SAME_ROWS)


def _change(first: Report, second: Report, name: str, *, paired: bool) -> Estimate | None:
    before, after = first.evidence.get(name), second.evidence.get(name)
    if paired and first.curves and second.curves:
        change = paired_repeats(first.curves[0], second.curves[0], _overlap(second), f"{name}s")
        if change is not None:
            return _of_all_repeats(change, before, after)
    if before is None or after is None:
        return None
    mean = after.value - before.value
    below = float(np.hypot(after.value - after.low, before.high - before.value))
    above = float(np.hypot(after.high - after.value, before.value - before.low))
    return Estimate(mean, mean - below, mean + above)


def _overlap(report: Report) -> float:
    return report.split.dev / report.split.train if report.split.train else 0.0


def _differences(first: Report, second: Report) -> dict[str, tuple[Any, Any]]:
    sides = [_settings(one) for one in (first, second)]
    names = dict.fromkeys(name for side in sides for name in side)
    pairs = {name: (sides[0].get(name), sides[1].get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if _plain(pair[0]) != _plain(pair[1])}


def _settings(report: Report) -> dict[str, Any]:
    model = {"model": report.model.get("label", "")}
    return model | dict(report.model.get("parameters", {})) | {
        f"settings.{name}": value for name, value in report.settings.items()
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
