"""Marks that scale numbers, periods, and spellings of missing, where only some cells of a column have them."""

import numpy as np
import pytest

from dldiag.core.types import Table
from dldiag.data import infer_task
from dldiag.data.typing.columns import with_kinds
from dldiag.data.typing.dates import read_dates
from dldiag.data.typing.distinct import as_arrow
from dldiag.data.typing.numbers import read_numbers
from tests.data.tables import rng, table


def codes(found: Table) -> dict[str, tuple[str, ...]]:
    return {one.code: one.columns for one in found.notices}


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1k", "2k", "4k"], [1_000, 2_000, 4_000]),
        (["€45.3M", "€173K", "€900"], [45_300_000, 173_000, 900]),
        (["5.2k", "546"], [5_200, 546]),
        (["3.5万", "1.2亿元", "800"], [35_000, 120_000_000, 800]),
        (["1.2bn", "300m", "5b"], [1.2e9, 3e8, 5e9]),
        (["2.5 million", "3 million"], [2_500_000, 3_000_000]),
        (["1,5 Mio.", "2 Mio."], [1_500_000, 2_000_000]),
        (["5 lakh", "2 crore"], [500_000, 20_000_000]),
        (["(5k)", "6k"], [-5_000, 6_000]),
    ],
)
def test_magnitudes_are_multiplied_out_exactly(texts, values):
    found = read_numbers(as_arrow(texts))
    assert found.read.all()
    assert found.values.tolist() == values
    assert "magnitudes" in found.marks


@pytest.mark.parametrize("texts", [["5 m", "6 m"], ["300 K", "310 K"], ["16 GB", "32 GB"], ["4 B", "8 B"]])
def test_a_letter_that_every_cell_has_is_a_unit(texts):
    assert "magnitudes" not in read_numbers(as_arrow(texts)).marks


@pytest.mark.parametrize("texts", [["12a", "13b", "14"], ["<=50K", ">50K"], ["12m", "14"], ["5 kg", "7 cm"]])
def test_letters_that_are_no_magnitude_and_no_unit_of_one_kind_are_not_read(texts):
    assert not read_numbers(as_arrow(texts)).read.all()


@pytest.mark.parametrize(
    ("texts", "values"),
    [(["12 kg", "300 g", "1.5kg"], [12, 0.3, 1.5]), (["90 min", "2 h", "45 min"], [90, 120, 45]), (["12 kg", "13", "9 kg"], [12, 13, 9])],
)  # fmt: skip
def test_units_of_one_kind_become_the_most_frequent_one(texts, values):
    found = read_numbers(as_arrow(texts))
    np.testing.assert_allclose(found.values, values)
    assert "mixed_units" in found.marks


@pytest.mark.parametrize(
    ("texts", "values"),
    [(["75", "91%", "34"], [0.75, 0.91, 0.34]), (["0.75", "91%", "0.4"], [0.75, 0.91, 0.4]), (["0", "45%", "50"], [0, 0.45, 0.5])],
)  # fmt: skip
def test_percent_beside_bare_numbers_has_one_scale(texts, values):
    found = read_numbers(as_arrow(texts))
    np.testing.assert_allclose(found.values, values)
    assert "percent_mixed" in found.marks


def test_what_differs_within_a_column_is_reported_with_the_column():
    found = table(
        share=["75", "91%"] * 15,
        cost=["$5", "€7", "£8"] * 10,
        mass=["5 kg", "300 g", "2 kg"] * 10,
        fee=["1k", "2M", "5"] * 10,
    )
    told = codes(found)
    assert told["percent_mixed"] == ("share",)
    assert told["mixed_currencies"] == ("cost",)
    assert told["mixed_units"] == ("mass",)
    assert told["magnitudes"] == ("fee",)


def test_signs_and_codes_of_one_currency_are_one():
    assert "mixed_currencies" not in read_numbers(as_arrow(["$5", "USD 7", "US$ 8"])).marks


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2005Q1", "2005-01-01"), ("2005-Q3", "2005-07-01"), ("Q4 2005", "2005-10-01"), ("3Q2005", "2005-07-01"), ("2024H2", "2024-07-01"),
        ("2024-S1", "2024-01-01"), ("2024-W05", "2024-01-29"), ("2020W53", "2020-12-28"), ("2021-W01", "2021-01-04"), ("1990年", "1990-01-01"),
        ("1990年第二季度", "1990-04-01"), ("2024年上半年", "2024-01-01"), ("2024M03", "2024-03-01"), ("1752-01", "1752-01-01"),
        ("1066-10-14", "1066-10-14"), ("FY2019", "2019-01-01"), ("2024年第5周", "2024-01-29"),
    ],
)  # fmt: skip
def test_periods_and_old_days_are_read_as_their_first_day(text, day):
    assert read_dates(as_arrow([text])).values[0] == np.datetime64(day)


@pytest.mark.parametrize("text", ["2005Q5", "2024H3", "2024-W54", "2024M13", "Q1", "H1 24", "3999年"])
def test_what_is_no_period_is_not_read(text):
    assert not read_dates(as_arrow([text])).read[0]


def test_weeks_of_all_years_agree_with_the_calendar_of_python():
    days = np.arange("1999-01-01", "2030-01-01", dtype="datetime64[D]").tolist()
    weeks = sorted({day.isocalendar()[:2] for day in days})
    found = read_dates(as_arrow([f"{year}-W{week:02}" for year, week in weeks])).values.astype("datetime64[D]").tolist()
    assert [day.isocalendar() for day in found] == [(year, week, 1) for year, week in weeks]


@pytest.mark.parametrize("code", [-200, -1, 999, 7777, -9999])
def test_a_number_repeated_far_from_all_others_is_asked_about(code):
    values = [f"{value:.1f}" for value in rng().uniform(0.5, 12, 200)]
    values[::20] = [str(code)] * 10
    found = table(co=values)
    assert codes(found)["sentinel"] == ("co",)
    assert (found.frame["co"] == code).sum() == 10  # asked, not replaced


@pytest.mark.parametrize("kind", ["counts", "signed", "long tail", "grades", "flags"])
def test_ordinary_numbers_are_not_asked_about(kind):
    r = rng(1)
    values = {
        "counts": r.poisson(3, 300), "signed": r.normal(size=300).round(1), "long tail": r.lognormal(2, 1.5, 300).round(2),
        "grades": r.integers(1, 6, 300), "flags": r.choice([-1, 0, 1], 300),
    }[kind]  # fmt: skip
    assert "sentinel" not in codes(table(x=values.tolist()))


def test_given_names_that_spell_missing_survive_among_names_and_are_missing_elsewhere():
    names = ["Aldor", "Brim", "Cass", "Dorn", "Esk", "Falla", "Gorm", "Hale", "Iris", "Nan", "Null", "NaN", "null"]
    found = table(name=names, size=["1", "2", "Nan", *map(str, range(10))], level=["low", "high", "Nan"] * 4 + ["low"])
    assert found.frame["name"].tolist() == [*names[:11], None, None]
    assert found.frame["size"].isna().sum() == 1
    assert found.frame["level"].isna().sum() == 4
    assert codes(found)["kept_spellings"] == ("name",)


def test_two_quotes_are_an_empty_cell():
    assert table(x=["1", "''", "3.5", "2"]).frame["x"].isna().tolist() == [False, True, False, False]


@pytest.mark.parametrize("missing", ["NA", "-", "<1.0", "n.d."])
def test_the_task_follows_the_typed_column_whatever_its_texts(missing):
    values = [f"{value:.1f}" for value in rng().uniform(2, 90, 80)]
    values[::9] = [missing] * 9
    assert infer_task(table(x=list(range(80)), y=values), "y")[0] == "regression"


def test_labels_that_differ_in_case_or_blanks_are_reported():
    found = table(town=["Oslo", "oslo", "Rome", "New  York", "New York"] * 6, plain=["a", "b", "c"] * 10)
    assert codes(found)["label_variants"] == ("town",)


def test_cells_that_hold_lists_are_reported_and_sentences_are_not():
    genres = ["Drama", "Comedy", "War", "Crime", "Music"]
    lists = ["|".join(sorted(set(rng(i).choice(genres, 3)))) for i in range(60)]
    brackets = [str([i % 3, i % 5, i % 7]) for i in range(60)]
    sentences = [f"We met number {i}, it was late, and nobody {i * 7 % 50} came" for i in range(60)]
    found = table(genre=lists, tags=brackets, note=sentences, day=[f"{i % 28 + 1}/3/2024" for i in range(60)])
    assert codes(found)["lists"] == ("genre", "tags")


def test_a_kind_chosen_by_hand_is_remembered_by_its_code():
    found = with_kinds(table(x=["1", "2", "3"] * 10, y=["a", "b", "c"] * 10), {"x": "category"})
    assert [column.origin for column in found.columns] == ["by_hand", "few_texts"]
