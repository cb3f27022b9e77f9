"""The learning curves as a CSV sheet, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math

from dldiag.core.sanitize import spreadsheet_safe
from dldiag.core.types import LearningCurve, Report

_HEADER = ("model", "label", "rows", "repeat", "train_error", "dev_error", "unit")


def curves_csv(report: Report) -> str:
    """Write one line per model, size and repeat; empty cells where nothing was computed."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(_HEADER)
    for curve in report.curves:
        writer.writerows(_lines(curve))
    return sheet.getvalue()


def _lines(curve: LearningCurve) -> list[list[str | int]]:
    names: list[str | int] = [spreadsheet_safe(curve.model), spreadsheet_safe(curve.label or curve.model)]
    return [
        [
            *names,
            int(rows),
            repeat + 1,
            _number(curve.train_errors[size, repeat]),
            _number(curve.dev_errors[size, repeat]),
            curve.unit,
        ]
        for size, rows in enumerate(curve.sizes)
        for repeat in range(curve.dev_errors.shape[1])
    ]


def _number(value: float) -> str:
    return "" if math.isnan(value) else repr(float(value))
