"""The bounds that every rule reads, against closed forms."""

import numpy as np
import pytest
from scipy import stats

from dldiag.core.statistics import (
    NONE_SEEN,
    Z_95,
    Z_ONE_SIDED,
    Z_TWO_SIDED,
    RowPart,
    clustered_part,
    delta_of,
    difference,
    distinct,
    dof_of_few,
    estimate,
    mean_variance,
    pooled_estimate,
    rate_estimate,
    rate_variance,
    shared,
    t_interval,
    unbounded_part,
    unseen_variance,
)
from dldiag.core.types import Clusters, Estimate


def test_levels_are_ninety_percent_on_two_sides_and_on_one():
    assert pytest.approx((1.644854, 1.281552, 1.959964), abs=1e-6) == (Z_TWO_SIDED, Z_ONE_SIDED, Z_95)


@pytest.mark.parametrize("dof", [1, 4, np.inf])
def test_one_sided_bounds_are_students_quantiles_and_narrower_than_the_interval(dof):
    found = estimate(0.2, 0.01, dof)
    two, one = stats.t.ppf(0.95, dof) * 0.1, stats.t.ppf(0.9, dof) * 0.1
    assert (found.low, found.high) == pytest.approx((0.2 - two, 0.2 + two))
    assert (found.surely_above, found.surely_below) == pytest.approx((0.2 - one, 0.2 + one))
    stricter = estimate(0.2, 0.01, dof, one_sided=0.99)
    assert stricter.surely_above == pytest.approx(0.2 - stats.t.ppf(0.99, dof) * 0.1)
    assert stricter.low == pytest.approx(found.low)


def test_a_floor_cuts_the_lower_bounds_and_never_the_value():
    found = estimate(0.05, 0.01, floor=0.0)
    assert (found.low, found.surely_above) == (0.0, 0.0)
    assert found.high == pytest.approx(0.05 + Z_TWO_SIDED * 0.1)
    below = estimate(-0.01, 0.01, floor=0.0)
    assert (below.low, below.surely_above) == (-0.01, -0.01)
    assert estimate(0.3, -1.0).low == estimate(0.3, -1.0).high == 0.3


def test_delta_is_a_tenth_of_the_error_and_never_less_than_what_the_user_says():
    assert delta_of(0.4) == pytest.approx(0.04)
    assert delta_of(0.4, least=0.1) == 0.1


def test_repeats_that_are_missing_do_not_count():
    assert t_interval([0.1, np.nan, 0.3]) == pytest.approx(t_interval([0.1, 0.3]))
    assert t_interval([]) == (-np.inf, np.inf)
    assert t_interval([0.2]) == (0.2, 0.2)


def test_the_variance_of_a_mean_over_rows_and_over_clusters_of_one_is_the_textbooks():
    x = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    assert mean_variance(x) == pytest.approx(x.var() / 5)
    alone = clusters(*range(5))
    assert mean_variance(x, alone) == pytest.approx(x.var(ddof=1) / 5)


def clusters(*labels):
    return Clusters(np.array(labels), are_copies=False)


def test_rows_of_one_cluster_vary_together():
    x = np.array([0.0, 0.0, 1.0, 1.0])
    sums = np.array([-1.0, 1.0])  # of the deviations from the mean, by cluster
    assert mean_variance(x, clusters(0, 0, 1, 1)) == pytest.approx((sums**2).sum() / 16 * 2)


def test_degrees_of_freedom_are_clusters_of_equal_weight_less_one():
    x = np.array([0.1, 0.2, 0.3, 0.4])
    assert clustered_part([x], [clusters(0, 1, 2, 3)]).dof == pytest.approx(3)
    assert clustered_part([x], [clusters(0, 0, 1, 1)]).dof == pytest.approx(1)
    uneven = clustered_part([x], [clusters(0, 0, 0, 1)])
    assert uneven.dof == pytest.approx(max(1.0, 1 / (0.75**2 + 0.25**2) - 1))


def test_clusters_of_all_repeats_are_counted_together():
    x, y = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    part = clustered_part([x, y], [clusters(0, 1), clusters(2, 3)])
    assert part.shared == pytest.approx(0.5)
    assert part.dof == pytest.approx(3)
    deviations = np.array([-0.5, 0.5, 0.5, -0.5]) / 4
    assert part.in_mean == pytest.approx((deviations**2).sum() * 4 / 3)


def test_a_single_cluster_may_be_as_different_as_a_single_row():
    x = np.array([0.0, 1.0, 1.0, 0.0])
    part = clustered_part([x], [clusters(7, 7, 7, 7)])
    assert (part.in_mean, part.dof) == pytest.approx((0.25, 1.0))


def test_the_part_of_the_rows_is_the_median_repeats_and_never_less_than_its_least():
    part = RowPart([0.1, 0.2, 0.9], shared=0.5)
    assert (part.of_one, part.in_mean) == pytest.approx((0.2, 0.1))
    assert RowPart([0.1, 0.2, 0.9], shared=0.5, least=0.3).in_mean == 0.3


def test_rows_that_vary_as_normal_ones_do_leave_as_many_degrees_of_freedom_and_one_that_decides_leaves_few():
    normal = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert dof_of_few(normal) == pytest.approx(20_000, rel=0.02)
    assert dof_of_few(np.array([10.0, *np.zeros(99)])) == pytest.approx(2 * 100 / 99)
    assert dof_of_few(np.array([-1.0, 1.0])) == np.inf


def test_a_loss_without_bound_leaves_room_for_one_more_row_as_large_as_the_largest():
    x = np.array([0.0, 0.0, 0.0, 4.0])
    part = unbounded_part([x, x], [np.arange(4), np.arange(4)])
    largest = 3.0 / 4  # what the last row adds to the mean
    assert (part.in_mean, part.more) == pytest.approx((x.var() / 4, largest**2))
    adds = np.array([-1.0, -1.0, -1.0, 3.0])
    assert part.few == pytest.approx(2 * 4 / ((adds**4).mean() / (adds**2).mean() ** 2 - 1))
    found = pooled_estimate([1.0], [part])
    assert found.value - found.low == pytest.approx(Z_TWO_SIDED * part.in_mean**0.5)
    above = stats.t.ppf([0.95, 0.9], part.few) * (part.in_mean + part.more) ** 0.5
    assert (found.high - 1, found.surely_below - 1) == pytest.approx(tuple(above))


def test_shared_rows_and_different_rows_are_counted():
    assert distinct([np.array([1, 2, 3]), np.array([3, 4])]) == 4
    assert shared([np.arange(4), np.arange(4, 8)]) == 0.5
    assert shared([np.arange(4)] * 3) == 1.0
    assert shared([np.arange(4), np.arange(2)]) == 1.0


def test_pooled_variance_is_that_of_the_rows_and_of_what_the_repeats_scatter_beyond_it():
    x = np.array([0.1, 0.2, 0.3, 0.4])
    found = pooled_estimate(x, [RowPart([0.001] * 4, shared=0.25)])
    beyond = x.var(ddof=1) - 0.001 * 0.75 * 4 / 3
    variance = 0.00025 + beyond / 4
    dof = max(3, 3 * (variance * 4 / x.var(ddof=1)) ** 2)
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.95, dof) * np.sqrt(variance))
    assert found.surely_below - found.value == pytest.approx(stats.t.ppf(0.9, dof) * np.sqrt(variance))


def test_the_scatter_that_more_rows_would_take_away_no_longer_limits_the_degrees_of_freedom():
    x = np.array([0.1, 0.2, 0.3, 0.4])
    parts = [RowPart([0.004] * 4, shared=0.5, times=4.0), RowPart([0.001] * 4, shared=0.2)]
    rows = [0.004 * 0.5, 0.001 * 0.8]  # what each part makes one repeat scatter
    beyond = x.var(ddof=1) - sum(rows) * 4 / 3
    variance = 0.004 * 0.5 / 4 + 0.001 * 0.2 + beyond / 4
    left = x.var(ddof=1) - sum(rows) * 4 / 3 * (rows[0] * 3 / 4) / sum(rows)
    dof = 3 * (variance * 4 / left) ** 2
    assert 3 < dof < 100
    assert pooled_estimate(x, parts).high - 0.25 == pytest.approx(stats.t.ppf(0.95, dof) * np.sqrt(variance))


def test_few_clusters_limit_the_degrees_of_freedom():
    x = np.array([0.2, 0.2, 0.2])
    found = pooled_estimate(x, [RowPart([0.01] * 3, shared=1.0, dof=2.0)])
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.95, 2) * 0.1)
    unlimited = pooled_estimate(x, [RowPart([0.01] * 3, shared=1.0)])
    assert unlimited.high - unlimited.value == pytest.approx(Z_TWO_SIDED * 0.1)


def test_one_repeat_has_the_variance_of_its_rows():
    found = pooled_estimate([0.3], [RowPart([0.0004], shared=1.0)])
    assert found.high - found.value == pytest.approx(Z_TWO_SIDED * 0.02)


def test_rates_of_few_rows_are_never_certain():
    assert unseen_variance(60) == pytest.approx((NONE_SEEN / Z_TWO_SIDED / 60) ** 2)
    exact = 1 - 0.05 ** (1 / 60)  # One-sided, 95%.
    assert pytest.approx(exact, rel=0.03) == NONE_SEEN / 60
    assert rate_variance(0.25, 98) == pytest.approx(0.255 * 0.745 / 100)


@pytest.mark.parametrize("errors", [0.0, 0.1, 0.5])
def test_a_rates_one_sided_bounds_are_wilsons_at_ninety_percent(errors):
    found = rate_estimate(errors, 50)
    low, high = stats.binomtest(round(errors * 50), 50).proportion_ci(0.8, method="wilson")
    assert (found.surely_above, found.surely_below) == pytest.approx((min(low, errors), max(high, errors)))
    assert found.low <= found.surely_above <= errors <= found.surely_below <= found.high


def test_a_difference_adds_the_sides_that_belong_together():
    a = Estimate(0.5, 0.4, 0.7, 0.45, 0.62)
    b = Estimate(0.2, 0.1, 0.5, 0.15, 0.3)
    gap = difference(a, b)
    assert gap.value == pytest.approx(0.3)
    assert gap.low == pytest.approx(0.3 - np.hypot(0.1, 0.3))
    assert gap.high == pytest.approx(0.3 + np.hypot(0.2, 0.1))
    assert gap.surely_above == pytest.approx(0.3 - np.hypot(0.05, 0.1))
    assert gap.surely_below == pytest.approx(0.3 + np.hypot(0.12, 0.05))
