"""The race: where a loss is reached, what the ratio is, and what is said about it."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from dldiag.core.types import Estimate
from dldiag.course.shared.activation_race import (
    ActivationRace,
    RaceSettings,
    describe_race,
    fastest_rate,
    first_below,
    judge_race,
    race_activations,
    runner_to_use,
)
from dldiag.course.shared.instrumented import Recipe, record_run
from dldiag.course.shared.pace import pace_of
from dldiag.course.shared.prepared import prepare_lesson
from dldiag.course.shared.toys import toy

STEPS = tuple(range(0, 101))
SAME = pace_of([1e-5] * 15, [1e-5] * 15)


def run(decay, *, activation="relu", seeds=3):
    """Make a watched run by hand whose seeds fall as exp(−decay · step), a little apart."""
    base = record_run(
        prepare_lesson(toy("moons", 60)), Recipe(activation=activation, rates=(0.1,)), seeds=seeds, steps=1
    )
    rates = np.asarray(decay) * np.linspace(0.95, 1.05, seeds)
    loss = tuple(tuple(np.exp(-rates * step)) for step in STEPS)
    return replace(base, steps=STEPS, loss=loss)


def test_the_ratio_of_two_exponentials_is_the_ratio_of_their_rates():
    found = judge_race([run(0.02, activation="logistic"), run(0.1)], baseline=1.0, share=0.5, pace=SAME)
    assert found.steps_ratio.value == pytest.approx(5, rel=0.02)
    assert found.steps_ratio.low <= 5 <= found.steps_ratio.high
    assert not found.at_least


def test_seconds_count_the_pace_of_each_runner_and_how_well_it_is_known():
    pace = pace_of([3e-5] * 15, [1e-5] * 15)
    found = judge_race([run(0.05), run(0.1)], baseline=1.0, share=0.5, pace=pace)
    assert found.seconds_ratio.value == pytest.approx(3 * found.steps_ratio.value)
    assert found.seconds_ratio.low == pytest.approx(3 * found.steps_ratio.low)
    assert (found.first.seconds_per_step, found.second.seconds_per_step) == (3e-5, 1e-5)
    unsure = replace(pace, ratio=Estimate(3.0, 1.0, 9.0))
    wide = judge_race([run(0.05), run(0.1)], baseline=1.0, share=0.5, pace=unsure).seconds_ratio
    assert wide.low < found.seconds_ratio.low / 2.9 and wide.high > 2.9 * found.seconds_ratio.high


def test_a_runner_that_never_arrives_gives_a_lower_bound():
    found = judge_race([run(0.0001, activation="logistic"), run(0.1)], baseline=1.0, share=0.5, pace=SAME)
    assert found.at_least
    assert not any(found.first.arrived)
    said = str(describe_race(found))
    assert "at least" in said and "3 of its 3 runs had not got there" in said


@pytest.mark.parametrize(
    "slow, fast, words",
    [(0.02, 0.1, "times the steps"), (0.1, 0.02, "other way round"), (0.1, 0.1, "shows no clear difference")],
)
def test_the_sentence_follows_the_numbers(slow, fast, words):
    assert words in str(describe_race(judge_race([run(slow), run(fast)], baseline=1.0, share=0.5, pace=SAME)))


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [(0.02, 0.1, "relu"), (0.1, 0.02, "tanh"), (0.1, 0.1, None), (0.1, 0.0001, "tanh"), (0.00001, 0.00001, None)],
)
def test_the_winner_is_recommended_with_what_it_ran_with_and_nothing_without_one(first, second, winner):
    found = judge_race([run(first, activation="tanh"), run(second)], baseline=1.0, share=0.5, pace=SAME)
    expected = {"activation": winner, "solver": "momentum", "learning_rate_init": 0.1} if winner else {}
    assert runner_to_use(found) == expected


def test_where_nobody_learns_there_is_no_race():
    found = judge_race([run(0.00001), run(0.00001)], baseline=1.0, share=0.5, pace=SAME)
    assert "does not show" in str(describe_race(found))


def test_the_crossing_lies_on_the_straight_line_between_checkpoints():
    steps, loss = np.array([0.0, 10, 20]), np.array([3.0, 2.0, 0.5])
    assert first_below(steps, loss, 1.0) == pytest.approx(10 + 10 * (1.0 / 1.5))
    assert first_below(steps, loss, 0.1) is None
    assert first_below(steps, np.array([0.1, 0.1, 0.1]), 1.0) == 1.0


def test_the_fastest_rate_is_taken_not_the_largest():
    data = prepare_lesson(toy("moons", 300))
    both = record_run(data, Recipe(hidden_layers=2, units=8, rates=(0.0001, 0.1, 50.0)), seeds=3, steps=60)
    assert fastest_rate(both, 0.3).recipe.rates == (0.1,)


def test_relu_beats_sigmoid_in_a_deep_network_and_the_result_is_plain_json():
    settings = RaceSettings(hidden_layers=4, steps=100, seeds=3)
    found = race_activations(prepare_lesson(toy("moons", 400)), settings)
    assert found.steps_ratio.low > 1
    assert msgspec.json.decode(msgspec.json.encode(found), type=ActivationRace) == found
