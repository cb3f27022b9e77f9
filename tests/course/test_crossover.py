"""Crossovers are found where curves of a known formula cross, and claimed as often as they are true."""

import numpy as np
import pytest

from dldiag.core.types import LearningCurve
from dldiag.course.took_off.crossover import crossover, crossovers, learners_differ_at

SIZES = np.array([50, 100, 200, 400, 800, 1600])


def curve(name, mean, spread=0.004, seed=0, repeats=6, shared=0.02):
    """Errors of a mean curve: a shift that all learners of a repeat share, and noise of their own."""
    common = np.random.default_rng(99).normal(0, shared, repeats)
    own = np.random.default_rng([seed, len(name), *name.encode()]).normal(0, spread, (len(SIZES), repeats))
    errors = np.asarray(mean)[:, None] + common + own
    return LearningCurve(name, SIZES, errors, errors)


def crossing_at(rows, steep=0.05):
    return 0.3 + steep * (np.log(SIZES) - np.log(rows)), np.full(len(SIZES), 0.3)


@pytest.mark.parametrize("rows", [75, 300, 1100])
def test_without_noise_the_crossing_is_the_closed_form(rows):
    slow, flat = crossing_at(rows)
    found = crossover(curve("a", slow, 0.0), curve("b", flat, 0.0))
    assert (found.first, found.second, found.verdict) == ("a", "b", "crosses")
    assert found.size.value == pytest.approx(rows, rel=1e-6)
    assert found.size.low == pytest.approx(rows, rel=1e-6)


def test_the_order_of_the_two_curves_does_not_matter():
    slow, flat = (curve(name, mean) for name, mean in zip("ab", crossing_at(300), strict=True))
    assert crossover(slow, flat) == crossover(flat, slow)


def test_the_interval_holds_the_true_size_about_as_often_as_it_says():
    held, sure = 0, 0
    for seed in range(200):
        a, b = crossing_at(300)
        found = crossover(curve("a", a, 0.01, seed), curve("b", b, 0.01, seed), seed=seed)
        sure += found.verdict == "crosses"
        held += found.size is not None and found.size.low <= 300 <= found.size.high
    assert sure > 190
    assert 0.78 * 200 <= held <= 0.97 * 200  # 90% claimed; resampling six repeats comes out a little short


def test_parallel_curves_have_no_crossover_in_sight():
    found = crossover(curve("a", np.full(6, 0.2)), curve("b", np.full(6, 0.3)))
    assert (found.first, found.verdict, found.size) == ("a", "not_in_sight", None)
    assert found.gap < 0


def test_equal_learners_are_rarely_said_to_cross():
    said = 0
    for seed in range(100):
        a, b = (curve(name, np.full(6, 0.3), 0.02, seed) for name in "ab")
        said += crossover(a, b, seed=seed, rho=0.25).verdict == "crosses"
    assert said <= 25  # the mean curve of equal learners changes sign by chance in half of all runs


def test_overlapping_repeats_widen_the_interval():
    a, b = (curve(name, mean, 0.02) for name, mean in zip("ab", crossing_at(300), strict=True))
    alone, overlapping = crossover(a, b), crossover(a, b, rho=0.5)
    assert overlapping.size.high - overlapping.size.low > alone.size.high - alone.size.low


def test_all_pairs_are_listed_the_surest_first():
    slow, flat = crossing_at(300)
    found = crossovers([curve("a", slow), curve("b", flat), curve("c", flat + 0.2)])
    assert len(found) == 3
    assert {found[0].first, found[0].second} == {"a", "b"}
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)


def test_learners_far_apart_make_the_claim_false():
    made = [curve("a", np.full(6, 0.1)), curve("b", np.full(6, 0.3)), curve("c", np.full(6, 0.12))]
    found = learners_differ_at(made, 50)
    assert (found.holds, found.best, found.worst) == ("no", "a", "b")
    assert found.spread.low < 0.2 < found.spread.high


def test_learners_close_together_make_the_claim_true_and_noise_leaves_it_open():
    close = [curve(name, np.full(6, 0.3), 0.001) for name in "abc"]
    noisy = [curve(name, np.full(6, 0.3), 0.1) for name in "abc"]
    assert learners_differ_at(close, 100).holds == "yes"
    assert learners_differ_at(noisy, 100).holds == "undecided"


def test_equal_learners_are_hardly_ever_said_to_differ():
    said = 0
    for seed in range(200):
        made = [curve(name, np.full(6, 0.3), 0.05, seed) for name in "abcde"]
        said += learners_differ_at(made, 50).holds == "no"
    assert said <= 20  # at most 10% of runs, all pairs together


def test_sizes_that_a_curve_lacks_are_left_out():
    slow, flat = crossing_at(300)
    a, b = curve("a", slow, 0.0), curve("b", flat, 0.0)
    a.dev_errors[-1, 0] = np.nan
    assert crossover(a, b).size.value == pytest.approx(300, rel=1e-6)
    with pytest.raises(ValueError, match="fewer than two"):
        learners_differ_at([a, b], 1600)
