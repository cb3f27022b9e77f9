"""Results -> plotly figures, each with its words for readers who cannot see it; a figure never computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

from dldiag.core.i18n import Message
from dldiag.core.types import Report, TrainingCurve
from dldiag.report.figures.alt import (
    alt_error_budget,
    alt_forecast,
    alt_learning_curves,
    alt_training_curve,
)
from dldiag.report.figures.bars import error_budget
from dldiag.report.figures.curves import forecast_figure, learning_curves, training_figure
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
            unit=unit_of(report),
            theme=theme,
            title=error_axis_title(report),
        ),
        lambda report: alt_training_curve(report.training_curve or TrainingCurve(), unit=unit_of(report)),
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
