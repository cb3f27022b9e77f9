"""Codes for "does not know" come in company; clocks before days, rupees, and percent in words are read."""

import pandas as pd
import pytest

from dldiag.data.read_table import read_table


def codes_asked(cells):
    found = read_table("\n".join(["a,b"] + [f"x{k % 3},{cell}" for k, cell in enumerate(cells)]).encode())
    return [(one.columns, one.example) for one in found.notices if one.code == "sentinel"]


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [(98, 99, "99"), (998, 999, "999"), (88, 99, "99"), (77, 88, "88"), (-8, -9, "-9"), (-88, -99, "-99")],
)
def test_two_codes_beside_a_scale_are_asked_about(first, second, shown):
    cells = [first if k % 9 == 0 else second if k % 11 == 0 else k % 7 + 1 for k in range(99)]
    assert codes_asked(cells) == [(("b",), shown)]


@pytest.mark.parametrize(
    "cells",
    [
        [k % 100 for k in range(300)],
        [k % 21 - 2 for k in range(300)],
        [k % 7 + 90 for k in range(300)] + [98, 98, 98, 99, 99, 99],
    ],
    ids=["0 to 99", "-2 to 18", "90 to 99"],
)
def test_values_that_go_on_to_these_numbers_are_none(cells):
    assert codes_asked(cells) == []


def test_a_time_of_day_before_its_day_is_read():
    days = [f"0{k % 9}:30 {k % 28 + 1:02}.03.2023" for k in range(40)]
    found = read_table("\n".join(["p,v"] + [f"{day},{k * 37 % 100}" for k, day in enumerate(days)]).encode())
    assert found.column("p").kind == "date"
    assert found.frame.p[3] == pd.Timestamp("2023-03-04 03:30")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ([f"Rs. {k}" for k in range(40)], [float(k) for k in range(40)]),
        ([f"{k} {('percent', 'pct', 'Prozent')[k % 3]}" for k in range(40)], [k / 100 for k in range(40)]),
    ],
    ids=["rupees", "percent in words"],
)
def test_currencies_and_percent_in_words_are_numbers(cells, values):
    found = read_table("\n".join(["a;b"] + [f"x{k % 3};{cell}" for k, cell in enumerate(cells)]).encode())
    assert found.frame.b.tolist() == pytest.approx(values)
    assert {"percent", "number_marks"} & {one.code for one in found.notices}
