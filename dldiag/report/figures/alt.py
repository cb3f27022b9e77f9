"""What each figure shows, in words, for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

from dldiag.core.i18n import Message, Value
from dldiag.core.performance import Band
from dldiag.core.types import LearningCurve, Report, TrainingCurve
from dldiag.report.view import BUDGET, model_label, points, unit_of

NOTHING = Message("Nothing to draw yet.")
SAID_AT = 0.8  # Recall at which the precision of a curve is put in words.
FEW_ALARMS = 0.1  # False positive rate at which the recall of a curve is put in words.


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


def alt_confusion(report: Report) -> Message:
    """Say how many rows of each class are found."""
    confusion = report.performance[0].confusion
    assert confusion is not None
    text = Message(
        "Confusion matrix of the true and the predicted classes, over {n} repeats.", {"n": confusion.repeats}
    )
    for i, (label, row) in enumerate(zip(confusion.labels, confusion.counts, strict=True)):
        values: dict[str, Value] = {"before": text, "label": label, "right": row[i], "all": sum(row)}
        text = Message('{before} Of {all:,} "{label}", {right:,} are predicted correctly.', values)
    return text


def alt_roc(report: Report) -> Message:
    """Say the recall where one in ten of the other rows is a false alarm."""
    text = Message("ROC curves: recall against the false positive rate.")
    for ranking in report.performance[0].rankings:
        i = _nearest(ranking.roc, FEW_ALARMS)
        values: dict[str, Value] = {
            "before": text,
            "label": ranking.label,
            "recall": ranking.roc.value[i],
            "alarms": ranking.roc.x[i],
        }
        text = Message('{before} "{label}": recall {recall:.1%} at a false positive rate of {alarms:.1%}.', values)
    return text


def alt_precision_recall(report: Report) -> Message:
    """Say the precision where four of five rows of the class are found."""
    text = Message("Precision–recall curves.")
    for ranking in report.performance[0].rankings:
        i = _nearest(ranking.precision_recall, SAID_AT)
        values: dict[str, Value] = {
            "before": text,
            "label": ranking.label,
            "precision": ranking.precision_recall.value[i],
            "recall": ranking.precision_recall.x[i],
        }
        text = Message('{before} "{label}": precision {precision:.1%} at recall {recall:.1%}.', values)
    return text


def alt_calibration(report: Report) -> Message:
    """Say the observed share in the first and the last bin."""
    calibration = report.performance[0].calibration
    assert calibration is not None
    return Message(
        "Calibration curve: from a predicted probability of {x0:.1%}, observed {y0:.1%}, to {x1:.1%}, observed {y1:.1%}.",
        {"x0": calibration.x[0], "y0": calibration.value[0], "x1": calibration.x[-1], "y1": calibration.value[-1]},
    )


def alt_thresholds(report: Report) -> Message:
    """Say what the present threshold gives, and between what it can be moved."""
    thresholds = report.performance[0].thresholds
    assert thresholds is not None
    now = thresholds.now
    return Message(
        "Recall and precision against the threshold, from {low:.2%} to {high:.1%}. Now: recall {recall:.1%}, precision {precision:.1%}.",
        {
            "low": thresholds.at[0],
            "high": thresholds.at[-1],
            "recall": thresholds.recall.value[now],
            "precision": thresholds.precision.value[now],
        },
    )


def alt_predicted_actual(report: Report) -> Message:
    """Say how many predictions are drawn, and between which values."""
    residuals = report.performance[0].residuals
    assert residuals is not None
    return Message(
        "Actual against predicted values of {n:,} predictions, between {low:.4g} and {high:.4g}.",
        {"n": sum(count for _, _, count in residuals.cells), "low": residuals.edges[0], "high": residuals.edges[-1]},
    )


def alt_residuals(report: Report) -> Message:
    """Say the mean residual at the lowest and at the highest predictions."""
    residuals = report.performance[0].residuals
    assert residuals is not None
    bins = residuals.by_prediction
    return Message(
        "Residuals against predictions: on average {first:.3g} at a prediction of {x0}, {last:.3g} at {x1}.",
        {"first": bins.mean[0].value, "x0": bins.x[0], "last": bins.mean[-1].value, "x1": bins.x[-1]},
    )


def alt_residuals_by_column(report: Report) -> Message:
    """Say which column explains most of the squared error."""
    residuals = report.performance[0].residuals
    assert residuals is not None
    best = residuals.by_column[0]
    return Message(
        "Residuals against {n} columns; {column} explains most, {explained:.1%} of the squared error: the mean residual goes "
        "from {low:.3g} to {high:.3g}.",
        {
            "n": len(residuals.by_column),
            "column": best.column,
            "explained": best.explained,
            "low": min(one.value for one in best.mean),
            "high": max(one.value for one in best.mean),
        },
    )


def _one(curve: LearningCurve) -> Message:
    ends = [point for point in points(curve) if point.train and point.dev]
    if not ends:
        return Message("{model}: nothing yet.", {"model": model_label(curve)})
    first, last = ends[0], ends[-1]
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


def _nearest(curve: Band, x: float) -> int:
    return min(range(len(curve.x)), key=lambda i: abs(curve.x[i] - x))


def _joined(opening: Message, parts: Sequence[Message]) -> Message:
    text = opening if parts else Message("{opening} {nothing}", {"opening": opening, "nothing": NOTHING})
    for part in parts:
        text = Message("{before} {part}", {"before": text, "part": part})
    return text
