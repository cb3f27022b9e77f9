"""The race of short runs: what is foreseen after some repeats, against what all repeats show."""

from dataclasses import replace

import numpy as np

from dldiag.core.statistics import Z_TWO_SIDED
from dldiag.diagnosis.race import foresee
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
