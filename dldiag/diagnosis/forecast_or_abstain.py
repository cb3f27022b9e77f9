"""The forecast of a learning curve, unless a finding shows that the curve says nothing about more rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Finding, Forecast, ForecastPoint, LearningCurve
from dldiag.experiments.forecast import forecast
from dldiag.experiments.learning_curve import SPAN

# Of a curve of very many rows the lowest sizes are there for a first verdict; so far from the end they would only mislead.
_LONGEST_SPAN = 2 * SPAN
UNFINISHED = {"short_training", "wrong_step"}  # Problems of a network that has not finished training.
TRAIN_FIRST = Message(
    "Longer training or another step size may lower the dev error. More rows would mean more steps, too, and this curve "
    "cannot tell them apart. Train first, then read a forecast."
)
START_FIRST = Message(
    "Some random starts do not train. With more rows more of them may. This curve cannot tell that from what the rows"
    " teach: make every start train, then read a forecast."
)
BASELINE_RULE = "T16"
NO_BETTER = Message(
    "The model is not yet better than the baseline, so its curve says nothing about more rows. Get it training first."
)
ILL_BEHAVED = Message(
    "The dev error rose with more rows on the way: such a curve says nothing reliable about more rows still."
)


def forecast_or_abstain(
    curve: LearningCurve, settings: Settings, findings: Sequence[Finding], dev: Estimate
) -> Forecast:
    """Forecast the curve of more rows, or say why that cannot be done; dev: the error at all rows, with its interval."""
    problems = {finding.problem for finding in findings if finding.outcome == "fired"}
    if problems & UNFINISHED:
        return Forecast(abstains=TRAIN_FIRST)
    if "uneven_start" in problems:
        return Forecast(abstains=START_FIRST)
    if "ill_behaved_curve" in problems:
        return Forecast(abstains=ILL_BEHAVED)
    if any(finding.code == BASELINE_RULE and finding.outcome in ("fired", "undecided") for finding in findings):
        return Forecast(abstains=NO_BETTER)
    near = curve.sizes * _LONGEST_SPAN >= curve.sizes[-1]
    outlook = forecast(
        curve.sizes[near],
        curve.dev_errors[near],
        train_errors=curve.train_errors[near],
        target_error=settings.target_error,
        unit=curve.unit,
    )
    return replace(outlook, points=tuple(_with_rows(point, dev) for point in outlook.points))


def _with_rows(point: ForecastPoint, dev: Estimate) -> ForecastPoint:
    """Widen a forecast by the sampling error of the dev rows, which may be harder or easier than others."""
    share = np.sqrt(min(1.0, point.value / dev.value)) if dev.value > 0 else 1.0
    down = np.hypot(point.value - point.low, share * (dev.value - dev.low))
    up = np.hypot(point.high - point.value, share * (dev.high - dev.value))
    return replace(point, low=max(0.0, float(point.value - down)), high=float(point.value + up))
