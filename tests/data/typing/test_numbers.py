"""Numbers are read from the texts that people write, and what cannot be read is said."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st

from dldiag.data.typing.distinct import as_arrow
from dldiag.data.typing.numbers import read_numbers
from dldiag.data.typing.numeric_fast import plain_column


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1", "2.5", "-3e5", "+4"], [1, 2.5, -3e5, 4]),
        (["1.000,25", "2.001,25"], [1000.25, 2001.25]),
        (["0,5", "1,25", "3"], [0.5, 1.25, 3]),
        (["1,234.5", "12"], [1234.5, 12]),
        (["1.234.567", "12"], [1234567, 12]),
        (["1 234,5", "2 000"], [1234.5, 2000]),
        (["1'234", "5"], [1234, 5]),
        (["12,34,567", "1,00,000"], [1234567, 100000]),
        (["¥0.50", "¥1.50"], [0.5, 1.5]),
        (["$1,234.50", "-$5", "$7"], [1234.5, -5, 7]),
        (["3,50 €", "4,00 €"], [3.5, 4]),
        (["USD 3", "USD 4.5"], [3, 4.5]),
        (["50%", "12.5 %"], [0.5, 0.125]),
        (["(5)", "(1,234.5)", "7"], [-5, -1234.5, 7]),
        (["12-", "3"], [-12, 3]),
        (["12 kg", "3.5 kg"], [12, 3.5]),
        (["１２", "−3"], [12, -3]),
        ([".5", "5."], [0.5, 5]),
    ],
)
def test_marks_are_read(texts, values):
    found = read_numbers(as_arrow(texts))
    assert found.read.all()
    np.testing.assert_allclose(found.values, values)


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3", "12a3", "1,2,3,4", "--5", "$", "1 2", "2024-01-01", "12:30", "1e", "0x1F"]
)
def test_other_texts_are_not_numbers(text):
    assert not read_numbers(as_arrow([text, "1.5"])).read[0]


def test_not_finite_values_are_read_as_such():
    found = read_numbers(as_arrow(["inf", "-Infinity", "1e400", "2"]))
    assert found.read.all()
    assert found.infinite.tolist() == [True, True, True, False]
    assert np.isnan(found.values[:3]).all()


def test_an_open_question_is_asked_and_the_plan_answers_it():
    assert read_numbers(as_arrow(["1.000", "2.001"])).ambiguous == "point"
    assert read_numbers(as_arrow(["1,234", "2,345"])).ambiguous == "comma"
    assert read_numbers(as_arrow(["1.000", "0.5"])).ambiguous == ""
    told = read_numbers(as_arrow(["1.000", "2.001"]), thousands=".")
    assert told.values.tolist() == [1000, 2001]
    assert told.ambiguous == "thousands"  # the mark may have been settled by other columns
    assert read_numbers(as_arrow(["1.000", "2.001", "950"]), thousands=".").ambiguous == ""
    assert read_numbers(as_arrow(["1,234", "2,345"]), decimal=",").values.tolist() == [1.234, 2.345]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("00:05", 5 / 60), ("1:01:07", 1 + 1 / 60 + 7 / 3600), ("12:30 AM", 0.5), ("12:30 pm", 12.5), ("1:05 PM", 13 + 5 / 60),
     ("-1:30", -1.5), ("100:00", 100), ("0:00:01.5", 1.5 / 3600)],
)  # fmt: skip
def test_times_of_day_and_durations_are_hours(text, hours):
    found = read_numbers(as_arrow([text]))
    assert found.values[0] == pytest.approx(hours)
    assert found.marks == {"hours"}


@pytest.mark.parametrize("text", ["16:9", "1:75", "1:2:3:4", "12:30:99", "a:30"])
def test_what_is_no_time_is_not_read(text):
    assert not read_numbers(as_arrow([text])).read[0]


def test_bounds_and_stars_beside_many_bare_numbers_are_read_and_alone_are_names():
    bare = [f"{value / 7:.2f}" for value in range(1, 30)]
    found = read_numbers(as_arrow([*bare, "<0.01", "~3", "0.5*", "≥ 40"]))
    assert found.values[-4:].tolist() == [0.01, 3, 0.5, 40]
    assert found.marked.tolist() == [False] * len(bare) + [True] * 4
    assert not read_numbers(as_arrow(["<50", ">50"])).read.any()
    assert not read_numbers(as_arrow(["<=50K", ">50K"])).read.any()


finite = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(st.lists(finite, min_size=1, max_size=30))
@settings(max_examples=300, deadline=None)
def test_what_python_writes_is_read_back_exactly(values):
    found = read_numbers(as_arrow([repr(value) for value in values]))
    assert found.read.all()
    assert found.values.tolist() == values


@given(st.lists(st.integers(-(10**8), 10**8), min_size=2, max_size=20), st.sampled_from(["en", "de", "fr", "ch"]))
@settings(max_examples=300, deadline=None)
def test_numbers_with_two_decimals_survive_every_countrys_marks(cents, country):
    thousands, decimal = {"en": (",", "."), "de": (".", ","), "fr": ("\u202f", ","), "ch": ("’", ".")}[country]
    english = [f"{value / 100:,.2f}" for value in cents]
    texts = [text.replace(",", "T").replace(".", decimal).replace("T", thousands) for text in english]
    np.testing.assert_allclose(read_numbers(as_arrow(texts)).values, np.array(cents) / 100)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
@settings(max_examples=500, deadline=None)
def test_any_text_gives_a_number_or_nothing(texts):
    found = read_numbers(as_arrow(texts))
    assert found.values.shape == found.read.shape == (len(texts),)
    assert np.isnan(found.values[~found.read]).all()
    assert not np.isinf(found.values).any()


@given(
    st.lists(
        st.one_of(finite.map(repr), st.integers(-(10**20), 10**20).map(str), st.text(max_size=4)),
        min_size=3,
        max_size=30,
    )
)
@settings(max_examples=500, deadline=None)
def test_the_fast_road_agrees_with_the_careful_one(texts):
    fast = plain_column(pa.chunked_array([as_arrow(texts[:5]), as_arrow(texts[5:])]))
    if fast is None:
        return
    present = [text for text in texts if text.strip()]
    careful = read_numbers(as_arrow([text.strip() for text in present]))
    assert careful.read.all()
    assert fast.values[~np.isnan(fast.values)].tolist() == careful.values.tolist()
    assert fast.distinct == len(set(careful.values.tolist()))
