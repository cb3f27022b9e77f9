"""Texts that hold numbers or dates in a way that is not read are found by their form; names, codes and sentences are not."""

import pytest

from dldiag.data.typing.distinct import as_arrow, cells_of
from dldiag.data.typing.unread_forms import hold_dates, hold_numbers, hold_several_numbers

COUNT = range(3, 33)
QUANTITIES = ("total: {0}.50", "Week {0}", "#{0}", "{0} °C today", "EU {0}", "min {0} m", "$ {0} only")
NAMES = (
    "Item {0}",
    "A{0}",
    "v1.{0}",
    "INV-2022-{0}",
    "user_{0}",
    "{0}",
    "10.0.0.{0}",
    "the winter of 19{0} was long and cold",
)
SEVERAL = ("{0} x {1} mm", "{0} Nm at {1} rpm", "POINT ({0} {1})", "{0} kW ({1} PS)")
NO_SEVERAL = (
    "10.1371/journal.pone.00{0}{1}",
    "1{0},{1}0,000",
    "{0}-{1} years",
    "{0} to {1} km",
    "item {0} of lot {1}",
    "A{0} B{1}",
    "img_{0}_{1}.png",
    "030 {0}{1}",
)
DATES = ("{0} ~ 02 ~ 20{1}", "le {0} brumaire 20{1}", "20{1} # {0} # 02", "{0}th of Sol, 20{1}")
NO_DATES = ("Audi A{0} 20{1}", "20{1}", "INV 20{1} 00{0}", "between 20{1} and 2040, {0}", "born in {0}")


def _cells(form: str):
    return cells_of(as_arrow([form.format(i, 62 - i) for i in COUNT]))


@pytest.mark.parametrize("form", QUANTITIES)
def test_a_quantity_beside_words_is_found(form):
    assert hold_numbers(_cells(form))


@pytest.mark.parametrize("form", (*NAMES, *SEVERAL))
def test_names_and_codes_are_no_quantities(form):
    assert not hold_numbers(_cells(form))


@pytest.mark.parametrize("form", SEVERAL)
def test_several_numbers_with_units_are_found(form):
    assert hold_several_numbers(_cells(form))


@pytest.mark.parametrize("form", NO_SEVERAL)
def test_spans_and_codes_are_no_several_numbers(form):
    assert not hold_several_numbers(_cells(form))


@pytest.mark.parametrize("form", DATES)
def test_days_in_an_unknown_way_of_writing_are_found(form):
    assert hold_dates(_cells(form))


@pytest.mark.parametrize("form", NO_DATES)
def test_years_beside_other_things_are_no_days(form):
    assert not hold_dates(_cells(form))
