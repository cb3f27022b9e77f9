"""A column is read as one kind: points of one whole, codes with zeros before letters, commas between tabs, letters for yes and no."""

import numpy as np
import pytest

from dldiag.data import read_table
from dldiag.data.typing.columns import with_kinds


def column_read(cells, name="v", delimiter="\t", rows=30):
    lines = [f"{cells[i % len(cells)]}{delimiter}{i % 7 + 1}" for i in range(rows)]
    table = read_table("\n".join([f"{name}{delimiter}n", *lines, ""]).encode())
    return table, {one.code for one in table.notices if name in one.columns}


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["8/10", "7/10", "9/10"], [8, 7, 9]),
        (["4.5/5", "4/5", "3.5/5"], [4.5, 4, 3.5]),
        (["8/10", "7", "9/10", "5.5"], [8, 7, 9, 5.5]),
        (["13/10", "12/10", "11/10"], [13, 12, 11]),
        (["2/4", "3/4", "4/4"], [2, 3, 4]),
        (["9,5 / 10", "8 / 10", "7,5 / 10"], [9.5, 8, 7.5]),
    ],
)
def test_points_of_one_whole_are_the_number_before_the_mark(cells, values):
    table, told = column_read(cells)
    np.testing.assert_allclose(table.frame["v"][: len(values)].astype(float), values)
    assert "points" in told


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["8/10", "4.5/5", "90/100"], [0.8, 0.9, 0.9]),
        (["7 of 10", "4 of 5", "3 of 4"], [0.7, 0.8, 0.75]),
        (["1/2", "3/4", "5/8", "1"], [0.5, 0.75, 0.625, 1]),
        (["1/4", "3/4", "1"], [0.25, 0.75, 1]),
    ],
)
def test_parts_of_wholes_that_differ_are_shares(cells, values):
    table, told = column_read(cells)
    np.testing.assert_allclose(table.frame["v"][: len(values)].astype(float), values)
    assert "quantities" in told


@pytest.mark.parametrize(
    "cells",
    [
        ["8/10", "15", "9/10", "4/5"],
        ["120/80", "130/85", "110/70", "125/77", "140/90", "118/72"],
        ["3/7", "5/7", "2/9", "4/9", "10/11", "6/7"],
    ],
)
def test_what_may_be_two_numbers_stays_a_text(cells):
    table, _ = column_read(cells)
    assert table.column("v").kind == "category"


def test_two_numbers_around_a_stroke_are_reported():
    assert "several_numbers" in column_read(["120/80", "130/85", "110/70", "125/77", "140/90", "118/72"])[1]
    assert not column_read(["0/0", "0/1", "1/1"])[1]


@pytest.mark.parametrize(
    "cells",
    [["00005KT", "27010KT", "31015KT"], ["007B", "012B", "120B"], ["0530Z", "1745Z", "0012Z"], ["0012 AB", "0200 AB"]],
)
def test_zeros_before_digits_and_letters_make_codes(cells):
    table, _ = column_read(cells)
    assert table.column("v").kind == "category"
    assert list(table.frame["v"][: len(cells)]) == cells


@pytest.mark.parametrize(
    ("cells", "values"), [(["005 kg", "012 kg"], [5, 12]), (["09h", "10h"], [9, 10]), (["000120 EUR"] * 2, [120, 120])]
)
def test_zeros_before_a_unit_are_filled_up(cells, values):
    table, _ = column_read([*cells, cells[0].replace("0", "1")])
    assert list(table.frame["v"][:2]) == values


@pytest.mark.parametrize("delimiter", ["\t", "|"])
@pytest.mark.parametrize(
    ("cells", "values", "is_asked"),
    [
        (["60,890", "12,345", "7,100"], [60890, 12345, 7100], True),
        (["60,890", "12,345", "1950"], [60890, 12345, 1950], True),
        (["60,890", "12,345", "950"], [60890, 12345, 950], False),
        (["60,890", "1,200,300"], [60890, 1200300], False),
        (["60,890 €", "12,345 €"], [60890, 12345], False),
        (["60,890", "0,950"], [60.89, 0.95], False),
        (["60,890", "12,5"], [60.89, 12.5], False),
    ],
)
def test_commas_before_three_digits_mark_thousands_and_are_asked_about_where_open(delimiter, cells, values, is_asked):
    table, told = column_read(cells, delimiter=delimiter)
    np.testing.assert_allclose(table.frame["v"][: len(values)], values)
    assert ("open_comma" in told) == is_asked
    assert told


@pytest.mark.parametrize("cells", [["S", "N"], ["s", "n"], ["T", "N"], ["V", "F"]])
def test_letters_that_may_say_yes_and_no_are_labels_and_reported(cells):
    table, told = column_read(cells)
    assert table.column("v").kind == "category"
    assert told == {"maybe_yes_no"}
    assert set(with_kinds(table, {"v": "boolean"}).frame["v"]) == {0.0, 1.0}


def test_south_and_north_are_no_question_under_the_name_of_a_direction():
    table, told = column_read(["S", "N"], name="hemisphere")
    assert table.column("hemisphere").kind == "category"
    assert not told


@pytest.mark.parametrize(("cells", "told"), [(["J", "N"], {"letters_as_yes_no"}), (["Y", "N"], set())])
def test_letters_of_other_languages_are_yes_and_no_and_reported(cells, told):
    table, found = column_read(cells)
    assert list(table.frame["v"][:2]) == [1.0, 0.0]
    assert found == told
