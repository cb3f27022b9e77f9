"""Results -> plotly figures, each with its words for readers who cannot see it; a figure never computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

from dldiag.core.i18n import Message
from dldiag.core.types import Report, TrainingCurve, error_unit
from dldiag.report.figures.alt import (
    alt_calibration,
    alt_confusion,
    alt_error_budget,
    alt_forecast,
    alt_learning_curves,
    alt_precision_recall,
    alt_predicted_actual,
    alt_residuals,
    alt_residuals_by_column,
    alt_roc,
    alt_thresholds,
    alt_training_curve,
)
from dldiag.report.figures.budget import error_budget
from dldiag.report.figures.class_results import (
    calibration_figure,
    confusion_figure,
    precision_recall_figure,
    roc_figure,
    threshold_figure,
)
from dldiag.report.figures.curves import forecast_figure, learning_curves, training_figure
from dldiag.report.figures.dependence import alt_dependence, dependence_figure, has_dependence
from dldiag.report.figures.residuals import predicted_actual_figure, residuals_by_column_figure, residuals_figure
from dldiag.report.figures.theme import THEMES, ThemeName, figure
from dldiag.report.view import budget_line, curve_line, error_axis_title, forecast_line, unit_of


@dataclass(frozen=True)
class FigureRow:
    """One kind of figure: title, how to read it, whether there is anything to draw, how, its words, and what it says."""

    title: Message
    caption: Message
    shown: Callable[[Report], bool]
    draw: Callable[[Report, ThemeName], go.Figure]
    alt: Callable[[Report], Message]
    line: Callable[[Report], str] = lambda report: ""


def _shows(part: str) -> Callable[[Report], bool]:
    """Tell whether the diagnosed model's performance has a part."""
    return lambda report: bool(report.performance and getattr(report.performance[0], part))


def _unit_of_epochs(report: Report) -> str:
    """Return the unit of a training curve: training counts wrong rows or squares, whatever the metric of the diagnosis."""
    return error_unit(report.dataset.task) if report.performance else unit_of(report)


def _has_columns(report: Report) -> bool:
    residuals = report.performance[0].residuals if report.performance else None
    return residuals is not None and bool(residuals.by_column)


FIGURES: dict[str, FigureRow] = {
    "error_budget": FigureRow(
        Message("Where the error comes from"),
        Message("Each part begins where the one above it ends; whiskers hold with 90% confidence."),
        lambda report: "dev_error" in report.evidence,
        lambda report, theme: error_budget(report, theme=theme),
        alt_error_budget,
        budget_line,
    ),
    "learning_curves": FigureRow(
        Message("Learning curves"),
        Message("Filled marks: dev error. Hollow marks: training error. Bands hold with 90% confidence."),
        lambda report: bool(report.curves),
        lambda report, theme: learning_curves(
            report.curves,
            theme=theme,
            achievable=report.evidence.get("achievable"),
            title=error_axis_title(report),
        ),
        lambda report: alt_learning_curves(report.curves),
        curve_line,
    ),
    "forecast": FigureRow(
        Message("What more rows would do"),
        Message("Hollow squares: dev error expected with more rows; the band holds with 90% confidence."),
        lambda report: len(report.forecast) > 0,
        lambda report, theme: forecast_figure(report, theme=theme),
        alt_forecast,
        forecast_line,
    ),
    "training_curve": FigureRow(
        Message("Training curve"),
        Message("Error against epochs, averaged over repeats."),
        lambda report: report.training_curve is not None and bool(report.training_curve.epochs),
        lambda report, theme: training_figure(
            report.training_curve or TrainingCurve(),
            unit=_unit_of_epochs(report),
            theme=theme,
            title="" if report.performance else error_axis_title(report),
        ),
        lambda report: alt_training_curve(report.training_curve or TrainingCurve(), unit=_unit_of_epochs(report)),
    ),
    "confusion": FigureRow(
        Message("Confusion matrix"),
        Message("Share of each true class, and predictions over all repeats."),
        _shows("confusion"),
        lambda report, theme: confusion_figure(report, theme=theme),
        alt_confusion,
    ),
    "thresholds": FigureRow(
        Message("Threshold"),
        Message("Move the slider: recall and precision follow. Bands hold with 90% confidence."),
        _shows("thresholds"),
        lambda report, theme: threshold_figure(report, theme=theme),
        alt_thresholds,
    ),
    "roc": FigureRow(
        Message("ROC curve"),
        Message("Mean over repeats; the band holds with 90% confidence."),
        _shows("rankings"),
        lambda report, theme: roc_figure(report, theme=theme),
        alt_roc,
    ),
    "precision_recall": FigureRow(
        Message("Precision–recall curve"),
        Message("Mean over repeats; the band holds with 90% confidence."),
        _shows("rankings"),
        lambda report, theme: precision_recall_figure(report, theme=theme),
        alt_precision_recall,
    ),
    "calibration": FigureRow(
        Message("Calibration curve"),
        Message(
            "On the dotted line, predicted probabilities match what was observed. Whiskers hold with 90% confidence."
        ),
        _shows("calibration"),
        lambda report, theme: calibration_figure(report, theme=theme),
        alt_calibration,
    ),
    "predicted_actual": FigureRow(
        Message("Predicted against actual"),
        Message("The stronger the color, the more rows; the outermost cells hold what lies beyond."),
        _shows("residuals"),
        lambda report, theme: predicted_actual_figure(report, theme=theme),
        alt_predicted_actual,
    ),
    "residuals": FigureRow(
        Message("Residuals by prediction"),
        Message("Mean of each bin with its 90% interval; means away from 0 are a pattern the model has missed."),
        _shows("residuals"),
        lambda report, theme: residuals_figure(report, theme=theme),
        alt_residuals,
    ),
    "residuals_by_column": FigureRow(
        Message("Residuals by column"),
        Message("Mean of each bin with its 90% interval; means away from 0 are a pattern the model has missed."),
        _has_columns,
        lambda report, theme: residuals_by_column_figure(report, theme=theme),
        alt_residuals_by_column,
    ),
    "dependence": FigureRow(
        Message("What predictions do along a column"),
        Message("Mean prediction for the dev rows when the column has this value in all of them."),
        has_dependence,
        lambda report, theme: dependence_figure(report, theme=theme),
        alt_dependence,
    ),
}


def alt(kind: str, report: Report) -> Message:
    """Return the words of one kind of figure of a report."""
    return FIGURES[kind].alt(report)


__all__ = [
    "FIGURES",
    "THEMES",
    "FigureRow",
    "ThemeName",
    "alt",
    "alt_error_budget",
    "alt_forecast",
    "alt_learning_curves",
    "alt_training_curve",
    "error_budget",
    "figure",
    "forecast_figure",
    "learning_curves",
    "training_figure",
]
