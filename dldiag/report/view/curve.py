"""A learning curve's points with their intervals, and it and the forecast in one sentence each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dldiag.core.i18n import format_error, tr
from dldiag.core.statistics import t_interval
from dldiag.core.types import Estimate, ForecastPoint, LearningCurve, Report
from dldiag.report.view.changes import FORECAST_TIMES
from dldiag.report.view.labels import error_text, unit_of

_COMPARED = 3  # The end of the curve is compared with a size that is this many times smaller.


@dataclass(frozen=True)
class Point:
    """Training and dev error at one number of rows; None where no repeat is known yet."""

    rows: int
    train: Estimate | None
    dev: Estimate | None
    repeats: int


def points(curve: LearningCurve) -> Iterator[Point]:
    """Yield one point per size: the mean over repeats with its interval; NaN is left out.

    The interval is the curve's own, from rows and repeats together; that of the repeats alone where it has none.
    """
    train = curve.train_estimates or tuple(_mean(row) for row in curve.train_errors)
    dev = curve.dev_estimates or tuple(_mean(row) for row in curve.dev_errors)
    for i, rows in enumerate(curve.sizes):
        yield Point(int(rows), train[i], dev[i], int(np.isfinite(curve.dev_errors[i]).sum()))


def _mean(errors: NDArray[np.float64]) -> Estimate | None:
    finite = errors[np.isfinite(errors)]
    if finite.size == 0:
        return None
    mean = float(finite.mean())
    low, high = t_interval(finite)
    return Estimate(mean, min(mean, max(low, 0.0)), max(mean, high))


def curve_line(report: Report) -> str:
    """Say what the last threefold of rows did to the dev and training errors of the model; "" where it is not known."""
    ends = _ends(report.curves[0]) if report.curves else None
    if ends is None:
        return ""
    first, last = ends
    unit = unit_of(report)
    assert first.dev and first.train and last.dev and last.train
    return tr(
        "From {few:,} to {many:,} training rows, the dev error {dev} and the training error {train}.",
        few=first.rows,
        many=last.rows,
        dev=_moved(format_error(first.dev.value, unit), format_error(last.dev.value, unit)),
        train=_moved(format_error(first.train.value, unit), format_error(last.train.value, unit)),
    )


def _moved(before: str, after: str) -> str:
    return (
        tr("stayed at {after}", after=after)
        if before == after
        else tr("went from {before} to {after}", before=before, after=after)
    )


def _ends(curve: LearningCurve) -> tuple[Point, Point] | None:
    """Return the last point and the one nearest to a third of its rows, both known."""
    complete = [point for point in points(curve) if point.dev and point.train]
    if len(complete) < 2:
        return None
    last = complete[-1]
    return min(complete[:-1], key=lambda point: abs(math.log(last.rows / point.rows / _COMPARED))), last


def forecast_line(report: Report) -> str:
    """Say what dev error is expected with four times the rows; "" without a forecast."""
    point = _nearest(report)
    if point is None:
        return ""
    return tr(
        "With {rows:,} training rows, {times} times as many, the dev error is expected at {error}.",
        rows=point.rows,
        times=f"{point.rows / report.split.train:.3g}",
        error=error_text(Estimate(point.value, point.low, point.high), unit_of(report)),
    )


def _nearest(report: Report) -> ForecastPoint | None:
    rows = FORECAST_TIMES * report.split.train
    if not len(report.forecast) or not rows:
        return None
    return min(report.forecast, key=lambda point: abs(point.rows - rows))
