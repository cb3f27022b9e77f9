import numpy as np
import pytest
from scipy import stats

from dldiag.core.statistics import (
    Clusters,
    RowPart,
    clustered_part,
    difference,
    in_ratio,
    pooled_estimate,
    rate_estimate,
    shared,
    t_interval,
    t_quantile,
    unbounded_part,
)
from dldiag.core.types import Estimate


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
        skill = truth + 0.01 * rng.normal(size=repeats)  # repeats differ in what they learned
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


def test_rows_that_all_repeats_share_leave_the_scatter_to_the_fits():
    x, of_rows = np.array([0.10, 0.14, 0.12, 0.20, 0.09]), 0.03**2
    found = pooled_estimate(x, [RowPart([of_rows] * 5, shared=1.0)])
    half = (found.high - found.low) / 2
    assert half >= stats.norm.ppf(0.95) * np.sqrt(of_rows + x.var(ddof=1) / 5)


def test_rows_that_never_vary_add_nothing_to_a_variance():
    rows, losses = [np.arange(6), np.arange(6)], [np.full(6, 0.25), np.full(6, 0.25)]
    by_cluster = clustered_part(losses, [Clusters(one // 2, are_copies=False) for one in rows])
    assert by_cluster.in_mean == unbounded_part(losses, rows).in_mean == 0
    assert clustered_part(losses, [Clusters(one // 2, are_copies=False) for one in rows], 0.5).in_mean == 0.5
    assert unbounded_part(losses, rows, 0.5).in_mean == 0.5


@pytest.mark.parametrize("x", [[0.1, 0.2], [0.12, 0.15, 0.11, 0.18, 0.14]])
def test_repeats_without_common_rows_have_one_degree_of_freedom_less_than_there_are(x):
    found = pooled_estimate(x, [])
    expected = stats.t.interval(0.9, len(x) - 1, loc=np.mean(x), scale=stats.sem(x))
    assert (found.low, found.high) == pytest.approx(expected)


def test_a_row_as_large_as_the_largest_raises_the_upper_bound_alone():
    x = np.array([0.1, 0.2, 0.15])
    plain = pooled_estimate(x, [RowPart([0.01] * 3, shared=1.0)])
    for row in (RowPart([0.01] * 3, shared=1.0, more=0.02), RowPart([0.01] * 3, shared=1.0, few=2.0)):
        found = pooled_estimate(x, [row])
        assert found.low == plain.low
        assert found.high > plain.high


def test_four_times_the_rows_leave_a_quarter_of_their_variance():
    x = np.array([0.1, 0.2, 0.15])
    seen = RowPart([0.04] * 3, shared=1.0, more=0.08, times=4.0)
    assert pooled_estimate(x, [seen]) == pooled_estimate(x, [RowPart([0.01] * 3, shared=1.0, more=0.02)])


@pytest.mark.parametrize("shared_part", [0.3, 0.9])
def test_more_rows_never_widen_an_interval(shared_part):
    x = np.array([0.10, 0.14, 0.12, 0.20, 0.09])
    widths = [
        found.high - found.low
        for times in (1.0, 2.0, 8.0)
        if (found := pooled_estimate(x, [RowPart([0.001] * 5, shared_part, times=times)]))
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1]


@pytest.mark.parametrize("fit_sd", [0.0, 0.03])
@pytest.mark.parametrize("are_fixed", [True, False])
def test_intervals_hold_the_truth_whether_dev_rows_are_fixed_or_drawn(are_fixed, fit_sd):
    rng, n, truth, hits = np.random.default_rng(1), 200, 0.2, 0
    for _ in range(600):
        hard, rows = rng.random(800), [np.arange(n) if are_fixed else rng.permutation(800)[:n] for _ in range(5)]
        wrong = [hard[one] < truth + fit_sd * rng.normal() for one in rows]
        part = RowPart([float(one.var() / n) for one in wrong], shared(rows))
        found = pooled_estimate([one.mean() for one in wrong], [part])
        hits += found.low <= truth <= found.high
    assert 0.87 <= hits / 600 <= 0.95


@pytest.mark.parametrize("dof", [1, 2.5, 9, 1e4, np.inf])
def test_quantiles_of_students_t_are_scipys(dof):
    assert [t_quantile(level, dof) for level in (0.9, 0.95)] == [stats.t.ppf(level, dof) for level in (0.9, 0.95)]


def test_an_interval_in_ratio_is_as_far_above_as_below_and_never_reaches_zero():
    found = in_ratio(Estimate(0.1, 0.05, 0.15, 0.06, 0.14))
    assert found.low * found.high == pytest.approx(0.1**2) == pytest.approx(found.surely_above * found.surely_below)
    assert found.low == pytest.approx(0.1 * np.exp(-0.5))
    uneven = in_ratio(Estimate(0.1, 0.05, 0.18, 0.06, 0.17))
    assert (uneven.low, uneven.surely_above) == (found.low, found.surely_above), "the lower bounds alone"
    assert uneven.surely_below == pytest.approx(0.1 * np.exp(0.7))
    wide = in_ratio(Estimate(0.01, -0.19, 0.21))
    assert wide.low > 0 and wide.high == pytest.approx(0.01 + (np.e - 1) * 0.2)
    none = in_ratio(Estimate(0.0, -0.1, 0.1))
    assert (none.low, none.surely_above, none.high) == (0, 0, 0.1)


def test_an_interval_lies_around_what_a_chosen_value_would_be_without_the_choice():
    found, plain = in_ratio(Estimate(0.4, 0.35, 0.45), optimism=0.2), in_ratio(Estimate(0.6, 0.55, 0.65))
    assert (found.value, found.low, found.high) == (0.4, 0.4, pytest.approx(plain.high))
