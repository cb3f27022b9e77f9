"""Claims about the size advice, against simulation and the course's own numbers."""

import numpy as np
import pytest
from scipy.stats import beta
from sklearn.linear_model import LinearRegression, LogisticRegression

from dldiag.course.shared.first_error import first_error
from dldiag.course.shared.toys import toy
from dldiag.course.splits.selection import choose_on_test, fewer_rows
from dldiag.course.splits.sizes import (
    LEAST_DEV_ROWS,
    advise_split,
    describe_split_advice,
    half_width,
    known_to,
    material_to_use,
    notes_and_ours,
    rows_to_see,
    split_name,
    why_ours_departs,
)
from dldiag.data.split import make_split
from dldiag.experiments.metric_choice import MetricChoice


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
    assert "cross-validation" in str(describe_split_advice(advise_split(60, 0.1, 0.01)))
    assert "only 200" in str(describe_split_advice(advise_split(1000, 0.1, 0.01)))
    assert "98/1/1 gives 10,000" in str(describe_split_advice(advise_split(10**6, 0.1, 0.01)))


@pytest.mark.parametrize("difference", [0.05, 0.01, 0.002])
def test_no_error_among_so_few_rows_still_allows_the_difference(difference):
    """The exact bound of n rows without an error, 95% on one side, against the rule of three."""
    rows = rows_to_see(0.0, difference)
    assert beta.ppf(0.95, 1, rows) == pytest.approx(difference, rel=0.03)
    assert half_width(0.0, rows) <= difference


@pytest.mark.parametrize(("error", "difference", "unit"), [(0.5, 0.5, "rate"), (0.0, 0.5, "rate"), (0.0, 0.01, "sd")])
def test_a_handful_of_rows_is_never_advised(error, difference, unit):
    assert rows_to_see(error, difference, unit) == LEAST_DEV_ROWS
    smallest = advise_split(100, error, difference, unit).options[0]
    assert not smallest.enough and known_to(smallest, unit) == "–"


def test_differences_are_written_in_points_and_said_to_be_of_one_error():
    assert "To know an error of 10.0% to ± 1.0 points takes 3,458 dev rows" in str(
        describe_split_advice(advise_split(10**6, 0.1, 0.01))
    )


def test_the_difference_goes_into_the_diagnosis_only_where_a_dev_set_of_the_table_shows_it():
    table = toy("moons", 1000)
    assert material_to_use(advise_split(1000, 0.1, 0.05), table) == {"material": 0.05}
    assert material_to_use(advise_split(1000, 0.1, 0.01), table) == {}
    assert material_to_use(advise_split(10**6, 0.1, 0.01), table) == {}, "a million rows that nobody has"


@pytest.mark.parametrize("name", ["moons", "wave", "blobs"])
def test_the_expected_error_is_measured_on_the_table(name):
    table = toy(name, 400)
    found, split = first_error(table), make_split(table, 1, 0)
    X = table.X.to_numpy()
    rows, dev = split.repeats[0].train_rows, split.repeats[0].dev_rows
    if table.task == "classification":
        wrong = LogisticRegression().fit(X[rows], table.y[rows]).predict(X[dev]) != table.y[dev]
        assert found.error == pytest.approx(wrong.mean(), abs=0.03)
    else:
        residuals = LinearRegression().fit(X[rows], table.y[rows]).predict(X[dev]) - table.y[dev]
        assert found.error == pytest.approx(np.sqrt(np.mean(residuals**2)) / table.y.std(), abs=0.1)
    assert "linear model" in str(found.words)


def test_the_expected_error_of_a_handful_of_rows_is_the_guess_of_the_commonest_class():
    few = toy("moons", 12)
    assert first_error(few).error == pytest.approx(1 - np.bincount(few.y).max() / 12)
    assert first_error(toy("wave", 12)).error == 1.0


def test_fewer_test_rows_than_asked_for_are_said():
    result = choose_on_test(np.random.default_rng(0).integers(0, 2, (3, 400)).astype(float), n_test=200, draws=5)
    assert "10,000 test rows were asked for; this table gives 200" in str(fewer_rows(result, 10_000))
    assert fewer_rows(result, 200) is None


def test_by_another_metric_the_rows_needed_follow_its_own_spread():
    table = toy("moons", 1000)
    found = first_error(table, choice=MetricChoice("log_loss"))
    needed = rows_to_see(found.error, 0.02, "loss", found.spread)
    assert half_width(found.error, needed, "loss", found.spread) <= 0.02
    assert half_width(found.error, needed // 2, "loss", found.spread) > 0.02
    advice = advise_split(10**6, found.error, 0.02, "loss", found.spread)
    assert (advice.unit, advice.rows_needed) == ("loss", needed)


def test_for_a_share_wrong_the_measured_spread_is_that_of_the_formula():
    found = first_error(toy("moons", 1000), choice=MetricChoice("error"))
    assert half_width(found.error, 500, "rate", found.spread) == pytest.approx(half_width(found.error, 500), rel=1e-6)


def test_beside_the_notes_ours_departs_where_a_smaller_share_is_enough():
    rows = notes_and_ours(advise_split(1000, 0.1, 0.02))
    by_size = {one["Rows"]: one for one in rows}
    assert by_size["1,000"]["Same"] == "yes" and by_size["1,000"]["The notes"] == "60/20/20"
    assert by_size["20,000"]["Same"] == by_size["50,000"]["Same"] == "no"
    assert by_size["1,000,000"]["The notes"] == "98/1/1" and by_size["10,000,000"]["The notes"] == "99.5/0.25/0.25"
    assert int(by_size["50,000"]["Our dev rows"].replace(",", "")) >= rows_to_see(0.1, 0.02)
    assert "865 dev rows" in str(why_ours_departs(advise_split(1000, 0.1, 0.02)))
