"""Dates are read in the one way they are written, and the day-or-month question is asked."""

import re
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dldiag.data.typing.date_forms import WRITTEN
from dldiag.data.typing.dates import from_serials, read_dates
from dldiag.data.typing.distinct import as_arrow

MOMENT = np.datetime64("2024-03-31")


@pytest.mark.parametrize(
    "text",
    ["2024-03-31", "2024/3/31", "2024.03.31", "2024年3月31日", "03/31/2024", "31/03/2024", "31.3.2024", "20240331", "31 Mar 2024",
     "Mar 31, 2024", "31 March 2024", "March 31, 2024", "2024-03-31 00:00:00", "2024-03-31T00:00:00Z", "31-Mar-2024",
     "31-March-2024", "31. March 2024", "Sun, 31 Mar 2024", "Sunday, March 31, 2024", "Sun, 31 Mar 2024 00:00:00 GMT",
     "3/31/2024, 12:00 AM", "2024-03-30 24:00"],
)  # fmt: skip
def test_every_way_of_writing_a_date_is_read(text):
    assert read_dates(as_arrow([text])).values[0] == MOMENT


def test_turkish_months_written_without_their_dotless_i_are_read():
    found = read_dates(as_arrow(["3 Mayis 2020", "4 MAYIS 2020", "5 Mayıs 2020", "7 Kasim 2020"]))
    assert [str(one)[:10] for one in found.values] == ["2020-05-03", "2020-05-04", "2020-05-05", "2020-11-07"]


SEPARATORS = (" ", "-", "/", ".", ", ", " - ")
VARIANTS = [
    (row, text)
    for row in WRITTEN
    if row.key != "ymd short"  # which only other rows tell from days and months first
    for text in dict.fromkeys(re.sub("[ ,./-]+", separator, row.example) for separator in SEPARATORS)
    if re.fullmatch(row.pattern, text)
]


@pytest.mark.parametrize(("row", "text"), VARIANTS, ids=lambda part: getattr(part, "key", part))
def test_an_example_is_read_with_each_separator_that_its_pattern_allows(row, text):
    assert read_dates(as_arrow([text])).values[0] == read_dates(as_arrow([row.example])).values[0]
    assert read_dates(as_arrow([row.example])).values[0].astype("datetime64[M]") == np.datetime64("2024-03")


@pytest.mark.parametrize(
    ("text", "day"),
    [("01.02.23", "2023-02-01"), ("31/3/24", "2024-03-31"), ("3/31/24", "2024-03-31"), ("31-Mar-24", "2024-03-31"), ("Mar-24", "2024-03-01"),
     ("3/31/68", "2068-03-31"), ("3/31/69", "1969-03-31"), ("January 2024", "2024-01-01"), ("3/31/24 13:00", "2024-03-31T13:00")],
)  # fmt: skip
def test_years_of_two_digits_and_months_without_a_day_are_read(text, day):
    found = read_dates(as_arrow([text]))
    assert found.values[0] == np.datetime64(day)
    assert found.short_years == ("20" not in text)


@pytest.mark.parametrize(
    ("text", "clock"),
    [("2024-03-31 13:45", "13:45:00"), ("2024-03-31T01:02:03.5", "01:02:03.5"), ("3/31/2024 1:05 PM", "13:05:00"),
     ("3/31/2024 12:05 AM", "00:05:00"), ("2024-03-31 10:00:00+02:00", "10:00:00")],
)  # fmt: skip
def test_the_time_of_day_is_kept(text, clock):
    assert read_dates(as_arrow([text])).values[0] == np.datetime64(f"2024-03-31T{clock}")


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2024-13-01", "13/13/2024", "1.5", "20241301", "3024-01-01", "abc", "12:30", "2024-03-31 25:00",
     "2024-03-31 10:89", "2024-03-31 10:00:61", "31 Marble 2024", "Cup-24", "1.2.3", "1.4.10", "192.168.10.24"],
)  # fmt: skip
def test_what_is_no_date_is_not_read(text):
    assert not read_dates(as_arrow([text])).read[0]


def test_one_day_beyond_twelve_decides_for_the_column():
    found = read_dates(as_arrow(["01/02/2024", "31/03/2024"]))
    assert found.values[0] == np.datetime64("2024-02-01")
    assert not found.ambiguous


def test_day_or_month_first_is_asked_when_open_and_can_be_told():
    texts = as_arrow(["01/02/2024", "02/03/2024"])
    assert read_dates(texts).ambiguous
    assert read_dates(texts, day_first=True).values[0] == np.datetime64("2024-02-01")
    assert read_dates(texts, day_first=False).values[0] == np.datetime64("2024-01-02")


def test_short_years_with_points_begin_with_the_day_and_those_with_slashes_are_asked_about():
    assert not read_dates(as_arrow(["01.02.24", "02.03.24"])).ambiguous
    assert read_dates(as_arrow(["1/2/24", "2/3/24"])).ambiguous


def test_excel_day_numbers_are_dates():
    assert from_serials(np.array([45000.0, 45000.5])).tolist() == [datetime(2023, 3, 15), datetime(2023, 3, 15, 12)]


@given(
    st.lists(st.dates(date(1900, 1, 1), date(2100, 12, 31)), min_size=1, max_size=20),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%d %b %Y"]),
)
@settings(max_examples=200, deadline=None)
def test_dates_survive_being_written(days, form):
    found = read_dates(as_arrow([day.strftime(form) for day in days]))
    assert found.values.astype("datetime64[D]").tolist() == days


@given(st.lists(st.text(alphabet="0123456789-/.:年月日 TZabc", max_size=20), min_size=1, max_size=10))
@settings(max_examples=500, deadline=None)
def test_any_text_is_a_date_or_nothing(texts):
    found = read_dates(as_arrow(texts))
    assert found.values.dtype == np.dtype("datetime64[us]")
    years = found.values[found.read].astype("datetime64[Y]").astype(int) + 1970
    assert ((years >= 1800) & (years <= 2201)).all()


def test_an_hour_more_is_an_hour_later():
    start = datetime(2024, 1, 1)
    texts = [(start + timedelta(hours=hour)).isoformat(sep=" ") for hour in range(48)]
    steps = np.diff(read_dates(as_arrow(texts)).values)
    assert (steps == np.timedelta64(1, "h")).all()
