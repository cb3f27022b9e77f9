"""Columns: every kind is recognized with its reason, texts survive, and doubts are told."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from dldiag.core.types import DataError, ReadPlan
from dldiag.data.read_table import read_table
from dldiag.data.typing.columns import OTHER, with_kinds
from tests.data.tables import rng, table

N = 60
NUMBERS = [f"{value:.4f}" for value in rng().normal(size=N)]
SENTENCES = [f"the {word} of case {i} was long and cold" for i, word in enumerate(["winter", "road"] * (N // 2))]
KINDS = {
    "number": NUMBERS,
    "boolean": ["yes", "no", "no"] * (N // 3),
    "date": [f"2024-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(N)],
    "category": ["red", "green", "blue"] * (N // 3),
    "text": SENTENCES,
    "identifier": [f"user-{i:x}" for i in range(N)],
    "constant": ["same"] * N,
    "empty": [None, "", " "] * (N // 3),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_recognized_and_says_why(kind):
    column = table(None, None, other=NUMBERS, one=KINDS[kind]).column("one")
    assert column.kind == kind
    assert str(column.why)


def codes_of(cells, kind):
    made = table(None, None, first=NUMBERS[: len(cells)], code=cells)
    assert made.column("code").kind == kind
    return made.frame["code"].tolist()


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([f"00{i:03}" for i in range(N)], "identifier"),
        (["007", "042", "100"] * (N // 3), "category"),
        ([str(1234567890123456789 + i) for i in range(N)], "identifier"),
        (["9999999999999999999", "8888888888888888888"] * (N // 2), "category"),
    ],
)
def test_codes_keep_their_digits(cells, kind):
    assert codes_of(cells, kind) == cells


def test_namibia_stays_a_country_and_is_pointed_out():
    made = table(None, None, x=NUMBERS, country=["FR", "NA", "DE"] * (N // 3))
    assert made.frame["country"].tolist() == ["FR", "NA", "DE"] * (N // 3)
    notice = next(one for one in made.notices if one.code == "kept_spellings")
    assert notice.count == N // 3
    assert "NA" in str(notice.message)


def test_among_numbers_na_is_missing_and_every_spelling_is_listed():
    spellings = ["NA", "?", "-", "null", "N/A", "缺失", "无", "#N/A", "NaN", "none"]
    made = table(None, None, v=NUMBERS + spellings + [""])
    assert made.column("v").missing == len(spellings) + 1
    notice = next(one for one in made.notices if one.code == "missing_spellings")
    assert notice.count == len(spellings)
    assert all(one in str(notice.message) for one in spellings)


def from_csv(header, row, rows=60, **choices):
    """Return the table of a CSV text whose lines are made by their number."""
    lines = [header, *(row(i) for i in range(rows)), ""]
    return read_table("\n".join(lines).encode(), **choices)


def told(made, code):
    return next(one for one in made.notices if one.code == code)


def test_a_spelling_found_among_numbers_stays_a_value_in_categories_unless_it_is_given_by_hand():
    def row(i):
        return f"{'+-'[i % 2]},{'-' if i % 10 == 0 else i * 1.5},{i % 2}"

    made = from_csv("test,n,y", row)
    assert [column.missing for column in made.columns] == [0, 6, 0]
    assert set(made.frame["test"]) == {"+", "-"}
    assert from_csv("test,n,y", row, missing=("-",)).column("test").missing == 30


def test_what_is_told_of_a_column_is_not_told_again_of_the_file():
    made = from_csv("a;b;y", lambda i: f"{i},5;{'NA' if i % 7 == 0 else i};{i % 2}")
    codes = [one.code for one in made.notices]
    assert sorted(codes) == ["decimal_comma", "missing_spellings"]
    assert [one.count for one in made.notices] == [9, 60]


def test_a_column_made_a_category_takes_its_cells_out_of_a_notice_shared_with_others():
    made = from_csv("a,b,y", lambda i: f"{'NA' if i % 9 == 0 else i / 2},{'-' if i % 7 == 0 else i / 4},{i % 2}")
    assert told(made, "missing_spellings").count == 16
    again = with_kinds(made, {"a": "category"})
    assert told(again, "missing_spellings").count == 9
    assert [one.code for one in again.notices] == ["missing_spellings", "kept_spellings"]
    assert again.column("b") == made.column("b")


def test_a_notice_about_many_columns_is_told_once_after_one_of_them_changed():
    names = "abcdefgh"
    made = from_csv(",".join(names), lambda i: ",".join("NA" if i % 9 == 0 else str(i / k) for k in range(2, 10)))
    assert told(made, "missing_spellings").count == 8 * 7
    again = with_kinds(made, {"c": "category"})
    assert [(one.code, one.count) for one in again.notices] == [("missing_spellings", 7 * 7), ("kept_spellings", 7)]


def test_times_of_day_are_numbers_of_hours_and_say_so():
    made = from_csv("at,took,y", lambda i: f"{i % 24:02}:{i:02},1:{i:02}:07,{i % 2}")
    assert [column.kind for column in made.columns] == ["number", "number", "boolean"]
    assert made.frame["took"].iloc[30] == pytest.approx(1.5 + 7 / 3600)
    assert "hours" in str(told(made, "hours").message)
    assert told(made, "hours").count == 120


def test_years_of_two_digits_are_told():
    made = from_csv("day,y", lambda i: f"{1 + i % 28}-Mar-{i % 20:02},{i % 2}")
    assert made.column("day").kind == "date"
    assert told(made, "short_years").count == 60


@pytest.mark.parametrize(
    ("cell", "kind", "code"),
    [
        (lambda i: f"A/{i}" if i % 3 == 0 else i * 37, "category", "mostly_numbers"),
        (lambda i: f"see file {i}" if i % 3 == 0 else f"2024-{1 + i % 12}-{1 + i % 28}", "category", "mostly_dates"),
        (lambda i: "ongoing" if i % 3 == 0 else f"2024-{1 + i % 12}-{1 + i % 28}", "date", "unread"),
        (lambda i: ["low", "none found", "-"][i % 3] if i % 3 == 0 else i * 37, "number", "unread"),
        (lambda i: "<0.01" if i % 5 == 0 else i / 7, "number", "bounds"),
    ],
)
def test_a_column_mostly_of_numbers_or_dates_is_no_identifier_and_says_what_the_others_are(cell, kind, code):
    made = from_csv("x,y", lambda i: f"{cell(i)},{i % 2}", 120)
    assert made.column("x").kind == kind, str(made.column("x").why)
    assert told(made, code).count == sum(not str(cell(i))[0].isdigit() for i in range(120))
    assert told(made, code).hint.template


def test_a_few_levels_of_numbers_and_words_are_a_category_without_a_notice():
    made = from_csv("doors,y", lambda i: f"{['2', '3', '4', '5more'][i % 4]},{i % 2}")
    assert made.column("doors").kind == "category"
    assert made.notices == ()


def test_a_thousands_mark_that_other_columns_settled_is_told_with_its_cells_and_asked_about():
    made = from_csv("lat;p;y", lambda i: f"48.{100 + i * 7};{i % 7},5;{i % 2}")
    notice = told(made, "open_thousands")
    assert made.frame["lat"].iloc[0] == 48100
    assert (notice.count, notice.example) == (60, "48.100")
    assert "open_thousands" not in {
        one.code for one in from_csv("lat;p;y", lambda i: f"48.{100 + i};{i},5;1", decimal=",").notices
    }
    mixed = from_csv("n;p;y", lambda i: f"{i + 1}.{i:03}.000;{i % 7},5;{i % 2}")
    assert (told(mixed, "number_marks").count, told(mixed, "number_marks").example) == (60, "1.000.000")


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (lambda i: "07" if i == 3 else i * 3, "number"),
        (lambda i: "007" if i == 3 else i * 3, "number"),
        (lambda i: f"{i % 24:02}", "number"),
        (lambda i: f"{1067 + i % 20 * 977:05}", "category"),
        (lambda i: f"{90000 - i * 1471:05}", "identifier"),
        (lambda i: ["030", "089", "04321"][i % 3], "category"),
    ],
)
def test_leading_zeros_make_codes_where_the_column_is_padded_not_where_one_cell_is(cell, kind):
    made = from_csv("x,y", lambda i: f"{cell(i)},{i % 2}")
    assert made.column("x").kind == kind, str(made.column("x").why)


def test_postal_codes_with_letters_are_codes_whatever_most_of_them_look_like():
    made = from_csv("PostalCode,y", lambda i: f"{f'H2G {i}A' if i % 3 == 0 else 10000 + i % 50 * 7},{i % 2}", 120)
    assert made.column("PostalCode").kind == "category"
    assert made.notices == ()


def test_two_digits_are_codes_where_the_name_says_so():
    assert from_csv("state_code,y", lambda i: f"{1 + i % 50:02},{i % 2}").column("state_code").kind == "category"


def test_years_in_the_first_column_are_numbers_and_phones_and_names_are_identifiers():
    def row(i):
        name = f"Anna M{chr(97 + i % 26)}{chr(97 + i // 26)} Lee"
        return f"{1960 + i},+49 30 {100000 + i},{name},{i} Main Street,red shirt {i},{i % 2}"

    kinds = [column.kind for column in from_csv("year,phone,name,address,title,y", row).columns]
    assert kinds == ["number", "identifier", "identifier", "text", "text", "boolean"]


def test_a_row_of_totals_is_named():
    made = read_table(("region,sales\n" + "".join(f"r{i % 4},{i}\n" for i in range(40)) + "Total,780\n").encode())
    assert told(made, "total_rows").count == 1
    assert "row 41" in str(told(made, "total_rows").message)


def test_rows_of_subtotals_are_named_where_they_add_up():
    def row(i):
        return f"小计,{sum(range(i - 4, i))}" if i % 5 == 4 else f"r{i % 4},{i}"

    assert told(from_csv("region,sales", row, 40), "total_rows").count == 8
    assert from_csv("brand,sales", lambda i: f"{'Total' if i % 9 == 0 else 'Shell'},{i % 7}", 64).notices == ()


def test_minus_999_is_kept_but_noticed_and_the_plan_can_take_it_as_missing():
    cells = NUMBERS + ["-999"] * 5
    made = table(None, None, v=cells)
    assert made.frame["v"].min() == -999
    assert [one.code for one in made.notices] == ["sentinel"]
    answered = table(None, ReadPlan(missing=("", "-999")), v=cells)
    assert answered.column("v").missing == 5
    assert answered.frame["v"].min() > -10


def test_99_within_the_range_of_the_others_is_no_sentinel():
    assert table(None, None, v=[str(v) for v in range(90, 120)] * 3 + ["99"] * 10).notices == ()


def test_one_bad_value_among_many_numbers_is_missing_with_its_row():
    made = table(None, None, v=[*map(str, np.arange(2000) / 7), "oops"])
    assert made.column("v").kind == "number"
    assert made.column("v").missing == 1
    notice = made.notices[0]
    assert (notice.code, notice.count, notice.example) == ("unread", 1, "oops")
    assert "2,001" in str(notice.message)


def test_a_word_that_many_numbers_share_is_told():
    made = table(None, None, v=NUMBERS + ["below limit"] * 20)
    assert made.column("v").kind == "number"
    assert made.notices[0].count == 20


def test_infinite_values_are_missing_with_a_notice():
    made = table(None, None, v=[*NUMBERS, "inf", "-Infinity", "1e400"])
    assert made.column("v").missing == 3
    assert made.notices[0].code == "not_finite"


def test_different_spellings_of_yes_are_one_value_with_a_notice():
    made = table(None, None, b=["TRUE", "N", "是", "no", "Yes", "否"] * 10)
    assert made.column("b").kind == "boolean"
    assert made.frame["b"].tolist() == [1, 0, 1, 0, 1, 0] * 10
    assert made.notices[0].code == "merged_boolean"


def test_zero_and_one_are_boolean_and_may_be_made_a_category():
    made = table(None, None, b=["0", "1", "1"] * 20)
    assert made.column("b").kind == "boolean"
    assert with_kinds(made, {"b": "category"}).frame["b"].tolist() == ["0", "1", "1"] * 20


def test_a_running_number_first_in_the_file_is_an_identifier_elsewhere_an_amount():
    count = list(range(1, N + 1))
    assert table(None, None, a=count, x=NUMBERS).column("a").kind == "identifier"
    assert table(None, None, x=NUMBERS, a=count).column("a").kind == "number"
    assert table(None, None, x=NUMBERS, row_id=count[::-1]).column("row_id").kind == "identifier"


@pytest.mark.parametrize("numbers", [range(0, 7 * N, 7), [*range(N, 2 * N, 2), *range(1, N, 2)]])
def test_whole_numbers_of_a_first_column_without_a_name_name_the_rows(numbers):
    rows = [f"{number},{value}" for number, value in zip(numbers, NUMBERS, strict=True)]
    read = read_table("\n".join([",x", *rows]).encode())
    assert [column.kind for column in read.columns] == ["identifier", "number"]
    assert read_table("\n".join(rows).encode()).columns[0].kind == "number"


def test_excel_days_and_damaged_codes_are_pointed_out():
    made = table(None, None, date=list(range(45000, 45000 + N)), code=["1.23457E+17"] * N)
    assert {one.code for one in made.notices} == {"excel_days", "damaged_codes"}
    assert with_kinds(made, {"date": "date"}).frame["date"].iloc[0] == pd.Timestamp("2023-03-15")


def test_one_value_or_nothing_is_a_category():
    assert table(None, None, x=["yes", None, None] * 20).column("x").kind == "category"


def test_levels_are_the_most_frequent_first_and_the_rare_ones_together():
    cells = [f"v{i}" for i in range(100) for _ in range(100 - i)]
    levels = table(None, None, c=cells).column("c").levels
    assert levels[:3] == ("v0", "v1", "v2")
    assert levels[-1] == OTHER
    assert len(levels) == 40


def test_a_kind_chosen_by_hand_holds_and_says_so():
    made = table({"code": "category"}, None, code=list(range(N)), x=NUMBERS)
    assert made.column("code").kind == "category"
    assert "hand" in str(made.column("code").why)
    again = with_kinds(made, {"code": "number"})
    assert again.frame["code"].tolist() == list(range(N))
    assert again.column("x") == made.column("x")


def test_an_unknown_column_is_refused_with_the_nearest_name():
    with pytest.raises(DataError, match=r"incom.*income"):
        table({"incom": "number"}, None, income=NUMBERS)


def test_text_cannot_be_made_boolean():
    with pytest.raises(DataError, match="yes/no"):
        table({"c": "boolean"}, None, c=["a", "b", "c"])


def test_a_clean_table_gives_no_notices():
    made = table(None, None, **{kind: cells for kind, cells in KINDS.items() if kind != "empty"})
    assert made.notices == ()


CELL = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.sampled_from(
        ["", "NA", "?", "1", "-1.5", "1,5", "01", "yes", "no", "2024-01-31", "1e400", "12 kg", "$3", "9" * 30]
    ),
)


@given(st.lists(CELL, max_size=40), st.sampled_from(sorted(KINDS)))
@settings(max_examples=400, deadline=None)
def test_any_cells_become_a_column_of_any_kind_or_our_own_error(cells, kind):
    made = table(None, None, a=cells)
    check_column(made, "a", cells)
    try:
        check_column(with_kinds(made, {"a": kind}), "a", cells)
    except DataError as error:
        assert error.hint.template


def check_column(made, name, cells):
    column, values = made.column(name), made.frame[name]
    assert len(values) == len(cells)
    assert column.missing == int(values.isna().sum())
    dtypes = {"number": "float64", "boolean": "float64", "date": "datetime64[us]"}
    assert str(values.dtype) == dtypes.get(column.kind, "object")
    if column.kind in ("category", "text", "identifier"):
        kept = [cell.strip() if cell else None for cell in cells]
        same = [ours is None or ours == theirs for ours, theirs in zip(values.tolist(), kept, strict=True)]
        assert all(same)
    json.dumps([str(one.message) for one in made.notices])


@given(st.permutations(range(30)))
@settings(max_examples=30, deadline=None)
def test_the_kind_does_not_depend_on_the_order_of_the_rows(order):
    for kind, cells in KINDS.items():
        shuffled = [cells[i] for i in order]
        straight = [cells[i] for i in range(30)]
        made = table(None, None, x=NUMBERS[:30], a=straight, b=shuffled)
        assert made.column("a").kind == made.column("b").kind, kind


def na_beside(texts, **choices):
    """Return the table of texts beside a column of numbers in which NA is missing."""
    return from_csv("n,t,y", lambda i: f"{'NA' if i % 9 == 0 else i / 2},{texts[i % len(texts)]},{i % 2}", **choices)


@pytest.mark.parametrize("texts", [["red", "NA", "blue"], ["M", "NA", "F"], ["Gd", "TA", "Ex", "NA"], ["NA", "Grvl"]])
def test_na_is_missing_among_texts_where_it_is_missing_among_the_numbers_of_the_file(texts):
    made = na_beside(texts)
    assert made.column("t").missing == 60 // len(texts)
    assert "NA" not in (made.frame["t"].dropna().tolist(), *made.column("t").levels)
    assert told(made, "missing_as_elsewhere").count == 60 // len(texts)


@pytest.mark.parametrize("texts", [["FR", "NA", "DE"], ["EMEA", "NA", "APAC", "LATAM"], ["EU", "NA", "AS", "Africa"]])
def test_na_stays_a_value_among_codes_like_it(texts):
    made = na_beside(texts)
    assert made.frame["t"].tolist() == [texts[i % len(texts)] for i in range(60)]
    assert told(made, "kept_spellings").columns == ("t",)


def test_na_in_two_columns_of_words_is_missing_and_in_a_column_of_codes_beside_them_a_value():
    made = from_csv(
        "a,b,land", lambda i: f"{['Male', 'NA'][i % 2]},{['no', 'some', 'NA'][i % 3]},{['DE', 'NA'][i % 2]}"
    )
    assert [column.missing for column in made.columns] == [30, 20, 0]
    assert told(made, "missing_as_elsewhere").columns == ("a", "b")


def test_na_stays_a_value_where_the_numbers_have_none_and_where_the_kind_is_chosen_by_hand():
    texts = ["red", "NA", "blue"]
    without = from_csv("n,t,y", lambda i: f"{i / 2},{texts[i % 3]},{i % 2}")
    assert without.column("t").missing == 0
    assert na_beside(texts, kinds={"t": "category"}).column("t").missing == 0
