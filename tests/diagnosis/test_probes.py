"""Short runs of remedies: when a costly setting begins, and when a model underfits."""

import numpy as np
import pytest

from dldiag.data.split import make_split
from dldiag.diagnosis.probes import _Race, costly_settings, data_plan, underfits_beside
from dldiag.diagnosis.race import FIRST_LOOK, looks
from dldiag.error_analysis.of_fits import analyze_fits
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model, changed
from tests.problems import checkerboard, interaction

REPEATS = 6


def test_a_costly_setting_begins_when_a_cheaper_one_of_its_remedy_has_stayed_for_two_looks():
    data = checkerboard()
    fits = FitCache(data, make_split(data, REPEATS, 0))
    model = build_model("classification", {"hidden_layer_sizes": (1,), "max_iter": 60})
    changes = [{"hidden_layer_sizes": (32,)}, {"hidden_layer_sizes": (48,)}]
    entries = [("bigger_network", change, changed(model, change)) for change in changes]
    cheap, costly = (entry[2].identity for entry in entries)
    dev_rows = [repeat.dev_rows for repeat in fits.split.repeats[:REPEATS]]
    fits.fit([model], [fits.split.n_train], range(REPEATS))
    order = []
    race = _Race(
        fits, model, fits.split.n_train, dev_rows, 0.01, {}, {f"bigger_network {costly}"},
        lambda result: order.append((result.task.key[0], result.task.key[2])), False,
    )  # fmt: skip
    runs = race.run(entries)
    second_look = looks(REPEATS)[1]
    assert len(runs[0].after) == REPEATS, "the cheaper one helps, so it stays to the end"
    assert len(runs[1].after) >= second_look
    of_cheap = [repeat for name, repeat in order[: order.index((costly, 0))] if name == cheap]
    assert of_cheap == list(range(second_look)), "the cheaper one has been looked at twice"
    assert second_look > FIRST_LOOK
    assert [run.luck for run in runs] == [0, 0], "only what the errors proposed was chosen by luck"


def two_settings():
    """A network of one unit, a cheap bigger one that learns nothing for want of epochs, and a costly one that learns."""
    data = checkerboard()
    fits = FitCache(data, make_split(data, REPEATS, 0))
    model = build_model("classification", {"hidden_layer_sizes": (1,), "max_iter": 60})
    changes = [
        {"hidden_layer_sizes": (2,), "max_iter": 1},
        {"hidden_layer_sizes": (32,), "learning_rate_init": 0.03, "max_iter": 150},
    ]
    return fits, model, [("bigger_network", change, changed(model, change)) for change in changes]


@pytest.mark.parametrize("underfits", [False, True])
def test_a_costly_setting_waits_in_vain_for_one_that_does_not_gain_unless_the_model_underfits(underfits):
    fits, model, entries = two_settings()
    size, dev_rows = fits.split.n_train, [repeat.dev_rows for repeat in fits.split.repeats[:REPEATS]]
    fits.fit([model], [size], range(REPEATS))
    costly = {f"bigger_network {entries[1][2].identity}"}
    runs = _Race(fits, model, size, dev_rows, 0.01, {}, costly, None, underfits).run(entries)
    assert [run.change for run in runs] == [entry[1] for entry in entries[: 1 + underfits]]
    assert runs[0].seen.value > -0.01
    assert not underfits or runs[1].seen.high < -0.1


def test_a_setting_is_costly_from_more_than_three_times_the_current_model_on():
    model = build_model("classification", {"max_iter": 200, "tol": 0.0})
    changes = [{"max_iter": epochs} for epochs in (200, 600, 660)]
    entries = [("train_longer", change, changed(model, change)) for change in changes]
    assert costly_settings(entries, model, 200) == {f"train_longer {entries[2][2].identity}"}


def test_a_model_underfits_where_a_reference_errs_less_on_new_rows_than_it_does_on_its_own():
    fits, small, entries = two_settings()
    large, size = entries[1][2], fits.split.n_train
    assert not underfits_beside(fits, small, [large], 0.01), "nothing is fitted yet"
    fits.fit([small], [size], range(REPEATS))
    assert not underfits_beside(fits, small, [], 0.01), "without a reference nobody knows"
    fits.fit([large], [size], range(REPEATS))
    own, better = (fits.get(one, size, range(REPEATS)) for one in (small, large))
    lead = np.mean([one.train_error for one in own]) - np.mean([one.dev_error for one in better])
    assert lead > 0.1
    assert underfits_beside(fits, small, [large], 0.01)
    assert not underfits_beside(fits, small, [large], 0.4), "what matters to the user is more than the lead"
    assert not underfits_beside(fits, large, [small], 0.01)


def test_what_the_errors_propose_is_tried_with_the_luck_of_its_choice():
    data = interaction()
    fits = FitCache(data, make_split(data, REPEATS, 0))
    model = build_model("regression", key="linear")
    assert data_plan(fits, model, None) == ([], {})
    fits.fit([model], [fits.split.n_train], range(REPEATS))
    plan, luck = data_plan(fits, model, analyze_fits(fits, model))
    (candidate,) = (one for key, change, one in plan if change == {"new_features": ("a * b",)})
    assert candidate.new_features == ("a * b",)
    assert luck.keys() == {one.identity for _, _, one in plan}
    assert luck[candidate.identity] > 0
