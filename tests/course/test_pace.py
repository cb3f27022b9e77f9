"""Timings in turns: what is called faster, and how a busy machine is kept out of it."""

import numpy as np
import pytest
from scipy.stats import binom

from dldiag.course.activations.lessons import seconds_claim
from dldiag.course.shared.pace import pace_of

SAME = pace_of([1.0] * 15, [1.0] * 15)


def test_the_interval_holds_the_true_median_as_often_as_it_says():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        ratio = pace_of(rng.lognormal(0.3, 0.5, 15), np.ones(15)).ratio
        held += ratio.low <= np.exp(0.3) <= ratio.high
    exact = 1 - 2 * binom.cdf(3, 15, 0.5)  # of the fourth smallest to the fourth largest of fifteen
    assert exact > 0.9
    assert held / 400 == pytest.approx(exact, abs=0.03)


def test_a_few_turns_on_a_busy_machine_change_nothing():
    quiet = pace_of([1.5] * 15, [1.0] * 15)
    disturbed = pace_of([1.5] * 12 + [90.0] * 3, [1.0] * 15)
    assert disturbed.verdict == quiet.verdict == "second"
    assert disturbed.ratio == quiet.ratio


@pytest.mark.parametrize(
    ("slow", "verdict", "words"),
    [(1.5, "shown", "times as long"), (0.6, "contradicted", "not cheaper"), (1.05, "not_shown", "no clear difference")],
)
def test_the_claim_on_the_derivative_follows_the_timings(slow, verdict, words):
    claim = seconds_claim(pace_of([slow] * 15, [1.0] * 15), SAME)
    assert claim.verdict == verdict and words in str(claim.says)


def test_where_the_interval_reaches_no_difference_the_claim_does_not_decide():
    scattered = pace_of([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.3, 1.5, 1.7, 1.9, 2.0, 2.2, 2.4, 2.6], [1.0] * 15)
    assert scattered.ratio.value == pytest.approx(1.3)
    assert seconds_claim(scattered, SAME).verdict == "not_shown"
