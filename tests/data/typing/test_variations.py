"""Kinds of cells from the wild, beyond the examples they were first seen in: each is read right, or asked about."""

import numpy as np
import pytest

from dldiag.data.read_table import read_table
from tests.data.tables import rng

ROWS = 40
VALUES = np.round(rng(7).uniform(1, 90, ROWS), 1)


def table_of(cells, name="x"):
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    others = rng(8).normal(size=len(cells)).round(2).tolist()
    text = f"other,{name}\n" + "".join(f"{other},{cell}\n" for other, cell in zip(others, quoted, strict=True))
    return read_table(text.encode())


def codes(table):
    return {one.code for one in table.notices}


@pytest.mark.parametrize(
    ("write", "value"),
    [
        (lambda v, i: f"{v}千克" if i % 2 else f"{v * 1000:.0f}克", lambda v, i: v),
        (lambda v, i: f"{v} kg" if i % 2 else f"{v}", lambda v, i: v),
        (lambda v, i: f"{v}米" if i % 2 else f"{v * 100:.0f}厘米", lambda v, i: v),
        (lambda v, i: f"{v}‰", lambda v, i: v),
        (lambda v, i: f"{v * 1e5:.3E}".replace("E", "D"), lambda v, i: float(f"{v * 1e5:.3E}")),
        (lambda v, i: f"£{v}m" if i % 2 else f"£{v * 10:.0f}k", lambda v, i: v * 1e6 if i % 2 else round(v * 10) * 1e3),
        (lambda v, i: f"{v} million" if i % 2 else f"{v} billion", lambda v, i: v * (1e6 if i % 2 else 1e9)),
        (lambda v, i: f"{v:.2f}-" if i % 4 == 0 else f"{v:.2f}", lambda v, i: -v if i % 4 == 0 else v),
        (lambda v, i: f"({v:.2f})" if i % 4 == 0 else f"{v:.2f}", lambda v, i: -v if i % 4 == 0 else v),
    ],
)
def test_marks_of_numbers(write, value):
    table = table_of([write(v, i) for i, v in enumerate(VALUES)])
    expected = np.array([value(v, i) for i, v in enumerate(VALUES)])
    ratio = table.frame["x"].to_numpy(dtype=float) / expected
    assert np.allclose(ratio, ratio[0])  # one scale
    assert ratio[0] in (pytest.approx(1), pytest.approx(1000), pytest.approx(100))


MONTHS = {
    "fr": ["mars", "avril"],
    "de": ["März", "April"],
    "es": ["de marzo de", "de abril de"],
    "it": ["marzo", "aprile"],
}


@pytest.mark.parametrize(
    ("write", "first"),
    [
        (lambda i: f"FY{i % 30 + 1:02d}", "2001-01-01"),
        (lambda i: f"{i % 4 + 1}Q{10 + i // 4}", "2010-01-01"),
        (lambda i: f"Q{i % 4 + 1} '{10 + i // 4}", "2010-01-01"),
        (lambda i: f"{1980 + i}/{(81 + i) % 100:02d}", "1980-01-01"),
        (lambda i: f"{1980 + i}-{(81 + i) % 100:02d}", "1980-01-01"),
        (lambda i: f"{1980 + i}/{1981 + i}", "1980-01-01"),
        (lambda i: f"{2010 + i // 12}{i % 12 + 1:02d}", "2010-01-01"),
        *[(lambda i, months=months: f"{i % 28 + 1} {months[i // 28]} 2020", "2020-03-01") for months in MONTHS.values()],
        (lambda i: f"{i % 28 + 1}. {MONTHS['de'][i // 28]} 2020", "2020-03-01"),
        (lambda i: f"令和2年{i // 28 + 3}月{i % 28 + 1}日", "2020-03-01"),
        (lambda i: f"民國109年{i // 28 + 3}月{i % 28 + 1}日", "2020-03-01"),
        (lambda i: f"{i % 28 + 1:02d}/{i // 28 + 2:02d}/2563", "2020-02-01"),
    ],
)  # fmt: skip
def test_dates_and_periods(write, first):
    table = table_of([write(i) for i in range(ROWS)])
    assert table.column("x").kind == "date"
    assert str(table.frame["x"].iloc[0])[:10] == first
    assert table.frame["x"].notna().all()


def test_years_of_the_buddhist_era_are_reported():
    table = table_of([f"29/02/{2563 + 4 * (i % 9)}" for i in range(ROWS)])  # leap days of the Gregorian years
    assert table.frame["x"].dt.year.min() == 2020
    assert "buddhist_years" in codes(table)


@pytest.mark.parametrize(
    "write",
    [lambda i: f"1399/{i // 28 + 1:02d}/{i % 28 + 1:02d}", lambda i: f"{i % 28 + 1:02d}/{i // 28 + 1:02d}/1441"],
)
def test_dates_of_an_unknown_calendar_are_asked_about_and_not_read(write):
    table = table_of([write(i) for i in range(ROWS)])
    assert table.column("x").kind != "date"
    assert "other_calendar" in codes(table)


def test_dates_in_several_ways_of_writing_are_each_read_in_their_own():
    table = table_of([f"2020-03-{i % 28 + 1:02d}" if i % 2 else f"{i % 28 + 1:02d}.03.2020" for i in range(ROWS)])
    assert [f"{day:%Y-%m-%d}" for day in table.frame["x"]] == [f"2020-03-{i % 28 + 1:02d}" for i in range(ROWS)]
    assert "mixed_dates" in codes(table)


@pytest.mark.parametrize("numbers", [[200_000 + 37 * i for i in range(ROWS)], [201_300 + i for i in range(ROWS)]])
def test_whole_numbers_that_are_no_months_stay_numbers(numbers):
    assert table_of([str(one) for one in numbers]).column("x").kind != "date"


@pytest.mark.parametrize(
    "labels",
    [
        ("Mu\u0308nchen", "München"),
        ("Ａ", "A"),
        ("<=50K", "<=50K."),
        ("cat", "cat\u200b"),
        ("cat", "c\u0430t"),
        ("big cat", "big  cat"),
        ("Yes", "YES"),
    ],
)
def test_spellings_of_one_label_are_reported(labels):
    assert "label_variants" in codes(table_of([[*labels, "dog", "dog"][i % 4] for i in range(ROWS)]))


@pytest.mark.parametrize(
    "labels", [("A", "A+", "B", "B+"), ("U.S.A", "U.K", "China", "Peru"), ("Да", "Нет", "да?", "x")]
)
def test_other_labels_are_not(labels):
    assert "label_variants" not in codes(table_of([labels[i % 4] for i in range(ROWS)]))


@pytest.mark.parametrize(
    "cells",
    [("a, b", "b", "a, c, b", "c"), ("Action|Comedy", "Drama", "Action|Drama", "Comedy"), ("['a', 'b']", "['b']", "['a', 'c']", "[]"),
     ("C;Python", "R", "Python;R;C", "C"), ("R;Python", "Julia", "R;Julia;C", "Julia")],
)  # fmt: skip
def test_a_few_different_lists_are_reported(cells):
    assert "lists" in codes(table_of([cells[i % 4] for i in range(ROWS)]))


@pytest.mark.parametrize(
    "cells",
    [
        ("Paris, France", "Rome, Italy", "Oslo, Norway", "Bonn"),
        ("n/a or no", "yes", "no", "either/or"),
        ("a;b", "c;d", "e", "f|g"),
    ],
)
def test_names_with_a_mark_are_no_lists(cells):
    assert "lists" not in codes(table_of([cells[i % 4] for i in range(ROWS)]))


@pytest.mark.parametrize("code", ["-99.9", "-1234.5", "-77.7", "999.9", "-9999", "-1", "9999", "1e20"])
def test_codes_for_missing_are_asked_about(code):
    values = rng(9).normal(20, 4, ROWS).clip(1)
    assert "sentinel" in codes(table_of([f"{v:.1f}" if i % 8 else code for i, v in enumerate(values)]))


@pytest.mark.parametrize("code", ["-4.5", "555.5"])
def test_a_fraction_that_may_be_a_value_is_not_asked_about(code):
    values = rng(9).normal(20, 4, ROWS).clip(1)
    assert "sentinel" not in codes(table_of([f"{v:.1f}" if i % 8 else code for i, v in enumerate(values)]))


@pytest.mark.parametrize(("letter", "kind"), [("A", "identifier"), ("B", "number"), ("A7", "identifier")])
def test_a_letter_behind_numbers_that_name_the_rows_is_no_unit(letter, kind):
    lines = [f"{101 + i}{letter},{i % 7 * 3}A" for i in range(ROWS)]
    found = read_table("\n".join(["id,current", *lines]).encode())
    assert found.column("id").kind == kind
    assert found.frame["current"].tolist()[:3] == [0, 3, 6]
