"""Previews: which settings they cut, which they leave as they are, and what is said about them."""

import msgspec
import pytest

from dldiag.app.jobs.course import REQUESTS
from dldiag.course.activations.dead_units import DeadUnitsSettings
from dldiag.course.activations.jobs import DeadUnitsRequest
from dldiag.course.shared.activation_race import RaceSettings
from dldiag.course.shared.request import PREVIEW_ROWS, preview_of, preview_rows, preview_words
from dldiag.course.shared.toys import toy
from dldiag.course.took_off.jobs import RaceRequest


@pytest.mark.parametrize("request_type", [one for one in REQUESTS if one.PREVIEW], ids=lambda one: one.__name__)
def test_a_preview_cuts_settings_that_the_experiment_has(request_type):
    settings = next(one.type for one in msgspec.structs.fields(request_type) if one.name == "settings")()
    assert all(getattr(settings, name) > most > 0 for name, most in request_type.PREVIEW.items())


def test_a_preview_has_fewer_repeats_and_keeps_what_the_visitor_moves():
    asked = RaceSettings(hidden_layers=7, first="tanh", steps=1000, seeds=20)
    smaller = preview_of(RaceRequest(settings=asked)).settings
    assert (smaller.hidden_layers, smaller.first) == (7, "tanh")
    assert smaller.steps < 100 and smaller.seeds < 5


def test_what_is_small_already_has_no_preview():
    smaller = preview_of(RaceRequest(settings=RaceSettings()))
    assert preview_of(smaller) is None
    assert preview_of(DeadUnitsRequest(settings=DeadUnitsSettings())) is None


def test_it_says_what_there_is_less_of():
    request = RaceRequest(settings=RaceSettings(steps=300, seeds=2))
    assert "Steps: 60 of 300)" in str(preview_words(request, preview_of(request)))


def test_a_preview_takes_a_few_rows_of_those_it_is_given():
    moons = toy("moons", 1000)
    few = preview_rows(moons)
    assert few.n_rows == PREVIEW_ROWS
    assert few.X.index.isin(moons.X.index).all() and preview_rows(few) is few
