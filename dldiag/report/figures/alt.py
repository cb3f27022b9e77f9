"""What each figure shows, in words, for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

from dldiag.core.i18n import Message, Value
from dldiag.core.types import LearningCurve, Report, TrainingCurve
from dldiag.report.view import BUDGET, model_label, points, unit_of

NOTHING = Message("Nothing to draw yet.")


def alt_learning_curves(curves: Sequence[LearningCurve]) -> Message:
    """Say where each model's errors start and end."""
    return _joined(Message("Learning curves: error against number of training rows."), [_one(c) for c in curves])


def alt_error_budget(report: Report) -> Message:
    """Say the parts of the error budget."""
    parts = [
        Message(
            "{part}: {error:error}.", {"part": words, "error": report.evidence[name].value, "unit": unit_of(report)}
        )
        for name, words in BUDGET.items()
        if name in report.evidence
    ]
    return _joined(Message("Error budget."), parts)


def alt_forecast(report: Report) -> Message:
    """Say what is expected with more rows, or why nothing is."""
    if report.forecast.abstains is not None:
        return report.forecast.abstains
    template = "At {rows:,} rows {value:error} is expected, between {low:error} and {high:error}."
    expected = [
        Message(template, {"rows": p.rows, "value": p.value, "low": p.low, "high": p.high, "unit": unit_of(report)})
        for p in report.forecast
    ]
    return _joined(Message("Forecast of the dev error."), expected)


def alt_training_curve(before: TrainingCurve, after: TrainingCurve | None = None, unit: str = "rate") -> Message:
    """Say where the training curves start and end."""
    parts = [_epochs(curve, unit) for curve in (before, after) if curve is not None and curve.epochs]
    return _joined(Message("Training curve: error against epochs."), parts)


def _one(curve: LearningCurve) -> Message:
    found = [point for point in points(curve) if point.train and point.dev]
    if not found:
        return Message("{model}: nothing yet.", {"model": model_label(curve)})
    first, last = found[0], found[-1]
    assert first.train and first.dev and last.train and last.dev
    return Message(
        "{model}: from {first:,} to {last:,} rows the dev error goes from {dev_first:error} to {dev_last:error} and "
        "the training error from {train_first:error} to {train_last:error}.",
        {
            "model": model_label(curve),
            "first": first.rows,
            "last": last.rows,
            "dev_first": first.dev.value,
            "dev_last": last.dev.value,
            "train_first": first.train.value,
            "train_last": last.train.value,
            "unit": curve.unit,
        },
    )


def _epochs(curve: TrainingCurve, unit: str) -> Message:
    errors = [error for error in curve.dev_error if error is not None] or [
        error for error in curve.train_error if error is not None
    ]
    if not errors:
        return Message("{epochs} epochs.", {"epochs": len(curve.epochs)})
    values: dict[str, Value] = {"epochs": len(curve.epochs), "first": errors[0], "last": errors[-1], "unit": unit}
    return Message("Over {epochs} epochs from {first:error} to {last:error}.", values)


def _joined(opening: Message, parts: Sequence[Message]) -> Message:
    text = opening if parts else Message("{opening} {nothing}", {"opening": opening, "nothing": NOTHING})
    for part in parts:
        text = Message("{before} {part}", {"before": text, "part": part})
    return text
