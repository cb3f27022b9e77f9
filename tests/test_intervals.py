import numpy as np
import pytest
from scipy import stats

from dldiag.intervals import RowPart, difference, pooled_estimate, rate_estimate, t_interval
from dldiag.types import Estimate


def test_t_interval_is_the_textbook_interval_when_repeats_are_independent():
    x = np.array([0.12, 0.15, 0.11, 0.18, 0.14])
    expected = stats.t.interval(0.9, 4, loc=x.mean(), scale=stats.sem(x))
    assert t_interval(x) == pytest.approx(expected)


def test_overlapping_repeats_widen_the_interval_as_nadeau_and_bengio_say():
    x = [0.12, 0.15, 0.11, 0.18, 0.14]
    plain, corrected = t_interval(x), t_interval(x, rho=0.25)
    assert (corrected[1] - corrected[0]) / (plain[1] - plain[0]) == pytest.approx(np.sqrt((1 / 5 + 0.25) / (1 / 5)))


def test_the_ninety_percent_interval_of_an_error_rate_covers_the_truth_nine_times_in_ten():
    rng = np.random.default_rng(0)
    truth, n, repeats, hits = 0.2, 400, 5, 0
    for _ in range(600):
        skill = truth + 0.01 * rng.normal(size=repeats)  # repeats differ in what they learnt
        errors = rng.binomial(n, skill) / n
        found = pooled_estimate(errors, [RowPart(errors * (1 - errors) / n, shared=1 / repeats)])
        hits += found.low <= truth <= found.high
    assert 0.85 <= hits / 600 <= 0.97


def test_wilson_interval_is_scipys():
    found = rate_estimate(0.1, 200)
    expected = stats.binomtest(20, 200).proportion_ci(0.9, method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_no_error_in_fifty_rows_does_not_mean_no_error():
    assert rate_estimate(0.0, 50).high > 0.02


def test_half_widths_of_a_difference_add_in_quadrature():
    gap = difference(Estimate(0.3, 0.27, 0.33), Estimate(0.1, 0.06, 0.14))
    assert gap.value == pytest.approx(0.2)
    assert gap.high - gap.value == pytest.approx(0.05)
