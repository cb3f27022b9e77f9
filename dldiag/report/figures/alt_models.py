"""What the figures of classes, probabilities and residuals show, in words."""

from __future__ import annotations

from dldiag.core.i18n import Message, Value
from dldiag.core.performance import Band
from dldiag.core.types import Report

SAID_AT = 0.8  # recall, or share of false alarms, at which a curve is put in words
FEW_ALARMS = 0.1


def alt_confusion(report: Report) -> Message:
    """Say how many rows of each class are found."""
    found = report.performance[0].confusion
    assert found is not None
    text = Message("Confusion matrix of the true and the predicted classes, over {n} repeats.", {"n": found.repeats})
    for i, (label, row) in enumerate(zip(found.labels, found.counts, strict=True)):
        values: dict[str, Value] = {"before": text, "label": label, "right": row[i], "all": sum(row)}
        text = Message('{before} Of {all:,} "{label}", {right:,} are predicted correctly.', values)
    return text


def alt_roc(report: Report) -> Message:
    """Say the recall where one in ten of the other rows is a false alarm."""
    text = Message("ROC curves: recall against the false positive rate.")
    for one in report.performance[0].rankings:
        i = _nearest(one.roc, FEW_ALARMS)
        values: dict[str, Value] = {
            "before": text,
            "label": one.label,
            "recall": one.roc.value[i],
            "alarms": one.roc.x[i],
        }
        text = Message('{before} "{label}": recall {recall:.1%} at a false positive rate of {alarms:.1%}.', values)
    return text


def alt_precision_recall(report: Report) -> Message:
    """Say the precision where four of five rows of the class are found."""
    text = Message("Precision–recall curves.")
    for one in report.performance[0].rankings:
        i = _nearest(one.precision_recall, SAID_AT)
        values: dict[str, Value] = {
            "before": text,
            "label": one.label,
            "precision": one.precision_recall.value[i],
            "recall": one.precision_recall.x[i],
        }
        text = Message('{before} "{label}": precision {precision:.1%} at recall {recall:.1%}.', values)
    return text


def _nearest(curve: Band, x: float) -> int:
    return min(range(len(curve.x)), key=lambda i: abs(curve.x[i] - x))


def alt_calibration(report: Report) -> Message:
    """Say the observed share in the first and the last bin."""
    found = report.performance[0].calibration
    assert found is not None
    return Message(
        "Calibration curve: from a predicted probability of {x0:.1%}, observed {y0:.1%}, to {x1:.1%}, observed {y1:.1%}.",
        {"x0": found.x[0], "y0": found.value[0], "x1": found.x[-1], "y1": found.value[-1]},
    )


def alt_thresholds(report: Report) -> Message:
    """Say what the present threshold gives, and between what it can be moved."""
    found = report.performance[0].thresholds
    assert found is not None
    now = found.now
    return Message(
        "Recall and precision against the threshold, from {low:.2%} to {high:.1%}. Now: recall {recall:.1%}, precision {precision:.1%}.",
        {
            "low": found.at[0],
            "high": found.at[-1],
            "recall": found.recall.value[now],
            "precision": found.precision.value[now],
        },
    )


def alt_predicted_actual(report: Report) -> Message:
    """Say how many predictions are drawn, and between which values."""
    found = report.performance[0].residuals
    assert found is not None
    return Message(
        "Actual against predicted values of {n:,} predictions, between {low:.4g} and {high:.4g}.",
        {"n": sum(count for _, _, count in found.cells), "low": found.edges[0], "high": found.edges[-1]},
    )


def alt_residuals(report: Report) -> Message:
    """Say the mean residual at the lowest and at the highest predictions."""
    found = report.performance[0].residuals
    assert found is not None
    bins = found.by_prediction
    return Message(
        "Residuals against predictions: on average {first:.3g} at a prediction of {x0}, {last:.3g} at {x1}.",
        {"first": bins.mean[0].value, "x0": bins.x[0], "last": bins.mean[-1].value, "x1": bins.x[-1]},
    )


def alt_residuals_by_column(report: Report) -> Message:
    """Say which column explains most of the squared error."""
    found = report.performance[0].residuals
    assert found is not None
    best = found.by_column[0]
    return Message(
        "Residuals against {n} columns; {column} explains most, {explained:.1%} of the squared error: the mean residual goes "
        "from {low:.3g} to {high:.3g}.",
        {
            "n": len(found.by_column),
            "column": best.column,
            "explained": best.explained,
            "low": min(one.value for one in best.mean),
            "high": max(one.value for one in best.mean),
        },
    )
