"""The race of short runs: what is foreseen after some repeats, against what all repeats show."""

from dataclasses import replace

import numpy as np
import pytest

from dldiag.core.statistics import Z_TWO_SIDED, unseen_variance
from dldiag.diagnosis.race import Foreseen, foresee, looks, scatter_of
from dldiag.experiments.estimates import paired_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.models import build_model
from dldiag.experiments.tasks import FitTask

MODEL = build_model("regression", key="linear")
REPEATS, DEV_ROWS, ALL_ROWS = 10, 80, 400
NOISE = 0.05  # standard deviation, between repeats, of what a change does to the error


def results(rng, effect=0.0, noise=NOISE):
    """Draw paired fits: a change adds `effect` and noise to the error of every repeat."""
    before, after = [], []
    for r in range(REPEATS):
        rows = np.sort(rng.choice(ALL_ROWS, DEV_ROWS, replace=False))
        task = FitTask(("", 0, r), MODEL, np.arange(9), rows, r)
        errors, change = rng.random(DEV_ROWS), effect + noise * rng.normal()
        changed = errors + change + 0.01 * rng.normal(size=DEV_ROWS)
        before.append(fit(task, errors))
        after.append(fit(task, changed))
    return before, after


def fit(task, errors):
    return FitResult(task, 0.0, errors.mean(), 0.0, errors, 0.0, 9.0, errors, floor=None)


def foreseen(before, after, n):
    return foresee(before[:n], after[:n], [one.task.dev_rows for one in before])


def test_what_is_foreseen_drifts_as_far_as_it_says():
    rng = np.random.default_rng(0)
    drawn = [results(rng) for _ in range(400)]
    steps = [paired_change(b, a).value - foreseen(b, a, 4).value for b, a in drawn]
    said = np.mean([foreseen(b, a, 4).drift ** 2 for b, a in drawn]) ** 0.5
    assert abs(np.std(steps) / said - 1) < 0.15


def test_the_error_in_the_end_is_foreseen_within_a_third():
    rng = np.random.default_rng(1)
    drawn = [results(rng) for _ in range(200)]
    real = np.median([(e.high - e.value) / Z_TWO_SIDED for e in (paired_change(b, a) for b, a in drawn)])
    said = np.median([foreseen(b, a, 5).error for b, a in drawn])
    assert 0.67 < said / real < 1.34, "t is a little wider than z"


def test_after_all_repeats_nothing_can_change_any_more():
    before, after = results(np.random.default_rng(2))
    assert foreseen(before, after, REPEATS).drift == 0.0


def test_of_settings_that_all_repeats_recommend_the_race_drops_hardly_any():
    rng = np.random.default_rng(3)
    drawn = [results(rng, effect=-0.03) for _ in range(600)]
    gaining = [(b, a) for b, a in drawn if paired_change(b, a).high < 0]
    dropped = [pair for pair in gaining if not foreseen(*pair, 3).may_gain(0.005)]
    assert len(gaining) > 100
    assert len(dropped) <= 0.03 * len(gaining)


def test_most_settings_that_do_harm_leave_after_the_first_look():
    rng = np.random.default_rng(4)
    drawn = [results(rng, effect=0.1) for _ in range(200)]
    staying = [one for one in drawn if foreseen(*one, 3).may_gain(0.005)]
    assert len(staying) < 0.1 * len(drawn)


def test_a_setting_that_changes_no_prediction_leaves_at_once():
    before, _ = results(np.random.default_rng(5))
    before = [replace(one, floor=1.0) for one in before]
    assert not foreseen(before, before, 2).may_gain(0.005)


def test_where_a_model_does_not_train_a_gain_counts_however_uncertain():
    before, after = results(np.random.default_rng(6), effect=-0.02, noise=0.0)
    seen = replace(foreseen(before, after, 5), error=1.0)
    assert seen.may_gain(0.005, by_value=True)
    assert not seen.may_gain(0.005)


def test_two_repeats_that_agree_by_chance_are_not_taken_for_certain():
    before, after = results(np.random.default_rng(7), effect=0.01, noise=0.0)
    rows = [one.task.dev_rows for one in before]
    assert not foresee(before[:2], after[:2], rows).may_gain(0.005)
    assert foresee(before[:2], after[:2], rows, usual_scatter=NOISE**2).may_gain(0.005)


def laid(rows_of_repeats, changes, influence):
    """Return paired fits with these changes of the error, whose dev rows all move by this pattern."""
    nothing = np.zeros(DEV_ROWS)
    pairs = []
    for r, (rows, change) in enumerate(zip(rows_of_repeats, changes, strict=False)):
        task = FitTask(("", 0, r), MODEL, np.arange(9), rows, r)
        before = FitResult(task, 0.1, 0.3, 0.0, nothing, 0.0, 9.0, nothing, floor=0.0)
        pairs.append((before, replace(before, dev_error=0.3 + change, useful_influence=influence)))
    return [one for one, _ in pairs], [one for _, one in pairs]


CHANGES = np.array([-0.04, -0.01, -0.025, -0.025, -0.05])
PATTERN = np.tile([0.1, -0.1], DEV_ROWS // 2)  # its variance is 0.01
OF_ROWS = 0.01 / DEV_ROWS


def test_on_the_same_rows_the_error_is_that_of_the_rows_and_of_the_scatter():
    rows = [np.arange(DEV_ROWS)] * REPEATS
    found = foresee(*laid(rows, CHANGES, PATTERN), rows)
    scatter = CHANGES.var(ddof=1)
    assert found.value == pytest.approx(CHANGES.mean())
    assert found.drift**2 == pytest.approx(scatter * (1 / 5 - 1 / REPEATS))
    assert found.error**2 == pytest.approx(OF_ROWS + scatter / REPEATS)


@pytest.mark.parametrize("scale", [1.0, 0.1])
def test_on_ever_new_rows_the_scatter_is_at_least_that_of_the_rows(scale):
    rows = [np.arange(r * DEV_ROWS, (r + 1) * DEV_ROWS) for r in range(REPEATS)]
    found = foresee(*laid(rows, scale * CHANGES, PATTERN), rows)
    scatter = max(OF_ROWS, (scale * CHANGES).var(ddof=1))
    assert found.drift**2 == pytest.approx(scatter * (1 / 5 - 1 / REPEATS))
    assert found.error**2 == pytest.approx(scatter / REPEATS)


def test_rows_without_a_difference_leave_what_as_many_rows_leave_in_the_end():
    rows = [np.arange(r * DEV_ROWS, (r + 1) * DEV_ROWS) for r in range(REPEATS)]
    before, after = ([replace(one, floor=1.0) for one in side] for side in laid(rows, np.zeros(5), np.zeros(DEV_ROWS)))
    found = foresee(before, after, rows)
    assert found.error**2 == pytest.approx(unseen_variance(REPEATS * DEV_ROWS))


@pytest.mark.parametrize(
    ("half", "by_value", "needed"),
    [
        (0.05, False, -1.645 * 0.01),
        (0.001, False, -0.001 - 1.2816 * 0.01),
        (0.001, True, -0.001),
        (0.05, True, -1.645 * 0.01),
    ],
)
def test_a_setting_goes_on_while_its_drift_can_carry_it_past_what_recommends_it(half, by_value, needed):
    for shift, goes_on in ((-1e-4, True), (1e-4, False)):
        seen = Foreseen(needed + 2.33 * 0.02 + shift, drift=0.02, error=0.01)
        assert seen.may_gain(half, by_value=by_value) is goes_on


def test_one_repeat_has_no_scatter():
    assert scatter_of(*laid([np.arange(DEV_ROWS)], [-0.1], PATTERN)) == 0.0
    assert scatter_of(*laid([np.arange(DEV_ROWS)] * 2, [-0.1, -0.2], PATTERN)) == pytest.approx(0.005)


def test_a_race_looks_after_two_repeats_at_the_earliest_and_after_all():
    assert looks(10) == [2, 3, 4, 5, 7, 10]
    assert [looks(most) for most in (1, 2, 3)] == [[1], [2], [2, 3]]
