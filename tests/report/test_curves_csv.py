"""The CSV of the curves: every number once, and nothing that a spreadsheet would run."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from dldiag.report import curves_csv
from tests.reports import make_report


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_measured_error_is_in_the_sheet_once():
    report = make_report()
    rows = read(curves_csv(report))
    assert len(rows) == sum(curve.dev_errors.size for curve in report.curves)
    for curve in report.curves:
        mine = [row for row in rows if row["model"] == curve.model]
        written = np.array([float(row["dev_error"] or "nan") for row in mine]).reshape(curve.dev_errors.shape)
        np.testing.assert_array_equal(written, curve.dev_errors)


def test_what_was_not_computed_is_an_empty_cell():
    assert read(curves_csv(make_report()))[-1]["dev_error"] == ""


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_a_formula_in_a_user_text_is_neutralized(start):
    report = make_report()
    evil = start + 'HYPERLINK("x")'
    curves = (replace(report.curves[0], label=evil),)
    assert read(curves_csv(replace(report, curves=curves)))[0]["label"] == "'" + evil
