"""The learning curves as a CSV sheet, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math

from dldiag.core.types import LearningCurve, Report

HEADER = ("model", "label", "rows", "repeat", "train_error", "dev_error", "unit")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def curves_csv(report: Report) -> str:
    """Write one line per model, size and repeat; empty cells where nothing was computed."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(HEADER)
    for curve in report.curves:
        writer.writerows(_lines(curve))
    return sheet.getvalue()


def formula_safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> formula_safe("=1+1"), formula_safe("plain")
    ("'=1+1", 'plain')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _lines(curve: LearningCurve) -> list[list[str | int]]:
    names: list[str | int] = [formula_safe(curve.model), formula_safe(curve.label or curve.model)]
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
