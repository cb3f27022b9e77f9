import pytest

from dldiag.improve import finish, improve
from dldiag.models import build_model
from dldiag.sealed import open_test
from dldiag.types import Settings
from tests.problems import checkerboard, line

SETTINGS = Settings(budget="quick", sizes=2, repeats=3)


def test_the_loop_repairs_a_weak_network_and_the_test_set_confirms_it_once():
    data = checkerboard()
    start = build_model("classification", {"hidden_layer_sizes": (1,), "max_iter": 60})
    path = improve(data, start, SETTINGS, most_steps=2)
    assert path.steps
    assert path.steps[0].effect.high < 0
    assert path.winner != path.start
    assert path.dev_uses >= len(path.steps)
    winner = build_model("classification", dict(path.winner))
    opened = finish(data, start, winner, SETTINGS, path)
    assert opened.test.difference.value < 0
    with pytest.raises(ValueError, match="already"):
        finish(data, start, winner, SETTINGS, opened)


def test_on_the_test_set_the_difference_is_that_of_the_two_errors_even_of_a_model_worse_than_guessing():
    data, wild = line(), build_model("regression", {"learning_rate_init": 1.0, "max_iter": 1, "init": "large_random"})
    found = open_test(data, wild, build_model("regression"), Settings(budget="quick", repeats=3))
    assert found.start.value > 1.2, "worse than the mean, whose error is about 1"
    assert found.difference.value == pytest.approx(found.winner.value - found.start.value)
