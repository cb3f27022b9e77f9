"""Claims about the textbook pairs: the rules give the textbook's answers, and few rows leave them open."""

import pytest

from dldiag.course.bias_variance.number_pairs import PAIRS, Pair, describe_number_pairs, pair_summary, read_pairs

TEXTBOOK = ("high variance", "high bias", "high bias and high variance", "low bias and low variance")


@pytest.mark.parametrize("rows", [10_000, 100_000])
def test_the_rules_read_the_five_pairs_as_the_textbook_does(rows):
    words = [str(pair_summary(reading)) for reading in read_pairs(dev_rows=rows)]
    assert words == [*TEXTBOOK, "low bias and low variance"]


def test_on_few_rows_small_differences_stay_open_and_the_reading_says_so():
    readings = read_pairs(dev_rows=200)
    assert [one.has_variance for one in readings][:3] == ["fired", "undecided", "fired"]
    assert "undecided" in str(describe_number_pairs(readings, 200))


def test_the_reading_points_at_the_pair_that_people_explain():
    text = str(describe_number_pairs(read_pairs(), 10_000))
    assert "15 / 16%" in text and "15.0%" in text


def test_the_parts_of_a_pair_add_up_to_its_dev_error():
    for pair, one in zip(PAIRS, read_pairs(), strict=True):
        assert one.achievable + one.avoidable_bias + one.variance == pytest.approx(pair.dev)


def test_ones_own_numbers_are_read_the_same_way():
    (reading,) = read_pairs([Pair(0.30, 0.31, human=0.02)], dev_rows=20_000)
    assert (reading.bias, reading.has_variance) == ("fired", "passed")
