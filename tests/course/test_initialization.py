"""Starts: twins stay twins exactly, signals shrink and grow as their variance says, and the sentences follow."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from dldiag.course.initialization.starts import (
    STARTS,
    StartSettings,
    StartsRun,
    change_against,
    compare_starts,
    describe_starts,
    describe_zeros,
    settings_to_use,
    winner,
)
from dldiag.course.shared.prepared import prepare_lesson
from dldiag.course.shared.toys import toy
from dldiag.nn.initializers import INITIALIZERS


@pytest.fixture(scope="module")
def data():
    return prepare_lesson(toy("moons", 400))


@pytest.fixture(scope="module")
def found(data):
    return compare_starts(data, StartSettings(hidden_layers=4, steps=100, seeds=3))


def start(found, key):
    return found.starts[list(STARTS).index(key)]


@pytest.mark.parametrize("activation", ["tanh", "logistic", "relu"])
@pytest.mark.parametrize("name", ["moons", "blobs"])
def test_units_from_zeros_stay_exactly_alike(activation, name):
    settings = StartSettings(activation=activation, hidden_layers=2, steps=60, seeds=3, solver="adam")
    zeros = start(compare_starts(prepare_lesson(toy(name, 300)), settings), "zeros")
    assert max(zeros.distance) < 1e-5  # exactly 0 but for the rounding of some processors' matrix products


def test_one_layer_learns_from_zeros_and_the_sentence_says_both(found):
    assert found.single.mean[-1] < 0.7 * found.single.mean[0]
    assert start(found, "zeros").loss.mean[-1] == pytest.approx(found.baseline, abs=0.01)
    assert "still the same" in str(describe_zeros(found))


@pytest.mark.parametrize(
    "key, deviation",
    [
        ("times_0.001", 0.001),
        ("times_1", 1.0),
        ("times_10", 10.0),
        ("glorot", (2 / 48) ** 0.5),
        ("he", (2 / 24) ** 0.5),
    ],
)
def test_a_start_draws_weights_of_its_standard_deviation(key, deviation):
    row = STARTS[key]
    W, b = INITIALIZERS[row.init].draw(np.random.RandomState(0), 24, 24, row.scale, None)
    assert W.std() == pytest.approx(deviation, rel=0.1)
    assert not b.any()


def test_small_weights_fade_and_large_ones_saturate(found):
    small, large, glorot = (start(found, key) for key in ("times_0.001", "times_10", "glorot"))
    ratios = np.array(small.spread_start[1:]) / np.array(small.spread_start[:-1])
    np.testing.assert_allclose(ratios, 0.001 * np.sqrt(24), rtol=0.5)  # Var(z) = n · Var(w) · Var(a)
    assert min(large.saturated_start[1:]) > 0.8
    assert max(glorot.saturated_start) < 0.05
    assert glorot.spread_start[-1] > 0.1


def test_the_sentence_names_the_saturated_and_the_faded(found):
    said = str(describe_starts(found))
    assert "With random × 10," in said
    assert "saturated before the first step" in said
    assert "Did not learn in these steps: random × 0.001" in said


def test_numbers_that_blow_up_are_said_to(data):
    wild = compare_starts(
        data, StartSettings(activation="relu", hidden_layers=6, steps=50, seeds=3, learning_rate=0.03)
    )
    assert "diverged with" in str(describe_starts(wild))
    assert np.isfinite(change_against(wild, "he", "glorot").value)


def test_where_nothing_learns_the_sentence_says_so(data):
    idle = compare_starts(data, StartSettings(steps=20, seeds=3, learning_rate=0.0001))
    assert "does not show" in str(describe_starts(idle))
    assert winner(idle) is None
    assert settings_to_use(idle) == {}


def test_the_best_start_has_the_lowest_loss(found):
    finals = {key: one.loss.mean[-1] for key, one in zip(STARTS, found.starts, strict=True)}
    assert winner(found).key == min(finals, key=finals.get)
    assert change_against(found, "zeros", "he").low > 0


def with_finals(found, finals):
    """Return the same starts with these losses at the end, {key: one per seed}; every other one blew up."""

    def ending(one):
        final = finals.get(one.key, (np.nan,) * 3)
        mean = (*one.loss.mean[:-1], float(np.mean(final)))
        return replace(one, final=final, loss=replace(one.loss, mean=mean))

    return replace(found, baseline=0.69, starts=tuple(map(ending, found.starts)))


@pytest.mark.parametrize(
    ("finals", "init"),
    [
        ({"he": (0.10, 0.11, 0.12), "glorot": (0.20, 0.21, 0.22), "zeros": (0.69,) * 3}, "he_normal"),
        ({"he": (0.12, 0.11, 0.13), "glorot": (0.12, 0.11, 0.10)}, "glorot_normal"),  # either of the two will do
        ({"he": (0.10, 0.11, 0.12), "times_1": (0.12, 0.11, 0.10)}, None),  # a tie with one that fits no other size
        ({"times_1": (0.10, 0.11, 0.12), "he": (0.20, 0.21, 0.22)}, None),  # fits layers of this size only
        ({"zeros": (0.10, 0.11, 0.12), "he": (0.20, 0.21, 0.22)}, None),
        ({"he": (0.68, 0.69, 0.69)}, None),  # nothing learned
        ({}, None),
    ],
)
def test_a_start_is_recommended_where_only_starts_made_to_measure_win(found, finals, init):
    assert settings_to_use(with_finals(found, finals)).get("init") == init


def test_where_glorot_and_he_do_not_win_the_sentence_says_so(found):
    other = with_finals(found, {"times_1": (0.10, 0.11, 0.12), "he": (0.20, 0.21, 0.22)})
    assert "Glorot and He do not win" in str(describe_starts(other))


def test_a_start_that_did_not_learn_ties_with_none(found):
    scattered = with_finals(found, {"he": (0.10, 0.11, 0.12), "times_10": (0.05, 20.0, 10.0)})
    assert "not clearly below" not in str(describe_starts(scattered))
    assert "Did not learn" in str(describe_starts(scattered))


def test_results_survive_json(found):
    again = msgspec.json.decode(msgspec.json.encode(found), type=StartsRun)
    assert again == found
