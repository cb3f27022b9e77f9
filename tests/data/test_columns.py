"""Columns: every kind is recognized with its reason, texts survive, and doubts are told."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dldiag.data.columns import OTHER, with_kinds
from dldiag.types import DataError, ReadPlan
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


def test_minus_999_is_kept_but_noticed_and_the_plan_can_take_it_as_missing():
    cells = NUMBERS + ["-999"] * 5
    made = table(None, None, v=cells)
    assert made.frame["v"].min() == -999
    assert [one.code for one in made.notices] == ["sentinel"]
    told = table(None, ReadPlan(missing=("", "-999")), v=cells)
    assert told.column("v").missing == 5
    assert told.frame["v"].min() > -10


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
