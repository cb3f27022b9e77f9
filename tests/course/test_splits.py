"""Claims about the size advice, against simulation and the course's own numbers."""

import numpy as np
import pytest

from dldiag.course.splits import advise_split, half_width, read_split_advice, rows_to_see, split_name


@pytest.mark.parametrize(("difference", "rows"), [(0.05, 138), (0.03, 384), (0.02, 864), (0.01, 3457), (0.005, 13830)])
def test_rows_needed_at_ten_percent_error_are_the_published_ones(difference, rows):
    assert rows_to_see(0.1, difference) == pytest.approx(rows, abs=1)


def test_the_interval_of_a_rate_holds_the_truth_95_times_in_100():
    rng = np.random.default_rng(0)
    measured = rng.binomial(2000, 0.12, size=20_000) / 2000
    assert np.mean(np.abs(measured - 0.12) <= half_width(0.12, 2000)) == pytest.approx(0.95, abs=0.006)


def test_the_interval_of_an_rmse_holds_the_truth_95_times_in_100():
    rng = np.random.default_rng(0)
    measured = np.sqrt(np.mean(rng.normal(0, 0.4, size=(20_000, 500)) ** 2, axis=1))
    assert np.mean(np.abs(measured - 0.4) <= half_width(0.4, 500, "sd")) == pytest.approx(0.95, abs=0.006)


@pytest.mark.parametrize(
    ("rows", "split"),
    [
        (1_000, "60/20/20"),
        (10_000, "60/20/20"),
        (40_000, "80/10/10"),
        (1_000_000, "98/1/1"),
        (2_000_000, "99.5/0.25/0.25"),
    ],
)
def test_the_advice_moves_from_the_classic_split_to_the_modern_ones(rows, split):
    advice = advise_split(rows, 0.1, 0.01)
    assert advice.advised is not None
    assert split_name(advice.options[advice.advised]) == split


def test_a_finer_difference_needs_a_larger_dev_set_of_the_same_table():
    coarse, fine = (advise_split(100_000, 0.1, d).advised for d in (0.02, 0.005))
    assert coarse is not None and fine is not None
    assert coarse > fine


@pytest.mark.parametrize("rows", [2, 99, 100, 1234, 10**7])
def test_every_row_is_given_to_exactly_one_set(rows):
    for option in advise_split(rows, 0.2, 0.01).options:
        assert option.train_rows + option.dev_rows + option.test_rows == rows
        assert min(option.train_rows, option.dev_rows, option.test_rows) >= 0


def test_the_reading_says_when_no_split_is_enough_and_when_to_cross_validate():
    assert "cross-validation" in str(read_split_advice(advise_split(60, 0.1, 0.01)))
    assert "only 200" in str(read_split_advice(advise_split(1000, 0.1, 0.01)))
    assert "98/1/1 gives 10,000" in str(read_split_advice(advise_split(10**6, 0.1, 0.01)))
