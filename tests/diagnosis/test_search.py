import numpy as np
import pytest

from dldiag.data.split import make_split
from dldiag.diagnosis.effort import EFFORTS, SELECTION_REPEATS
from dldiag.diagnosis.search import FIRST, SEARCHED, TRIED, draw_change, planned_fits, search, try_remedy
from dldiag.diagnosis.trials import Attempt
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import as_model, build_model, changed
from tests.problems import checkerboard, noise

QUICK = EFFORTS["quick"]
WEAK = {"hidden_layer_sizes": (1,), "learning_rate_init": 1e-5, "max_iter": 30}


SHARED = pytest.mark.xdist_group("search")  # One process: they share a search.


@pytest.fixture(scope="module")
def searched():
    data, seen = checkerboard(), []
    fits = FitCache(data, make_split(data, 10 + SELECTION_REPEATS, 0))
    model = build_model("classification", WEAK)
    trial = search(fits, model, material=0.02, effort=QUICK, on_result=seen.append)
    return fits, model, trial, seen


@SHARED
def test_a_search_mends_what_no_single_change_mends(searched):
    _, model, trial, _ = searched
    assert trial.verdict == "helped"
    assert len(trial.settings) > 2
    assert changed(model, trial.settings).parameters["hidden_layer_sizes"] != (1,)


@SHARED
def test_the_effect_is_that_on_the_repeats_that_did_not_choose(searched):
    fits, model, trial, _ = searched
    size, others = fits.split.n_train, range(trial.repeats)
    before = np.array([r.useful_error for r in fits.get(model, size, others)])
    after = np.array([r.useful_error for r in fits.get(changed(model, trial.settings), size, others)])
    assert trial.repeats == QUICK.trial_repeats
    assert trial.seen.value == pytest.approx(float((after - before).mean()))
    assert trial.change.value >= trial.seen.value


@SHARED
def test_no_more_fits_are_made_than_were_foretold(searched):
    assert len(searched[3]) <= planned_fits("search_settings", QUICK)
    assert len(searched[3]) >= TRIED * FIRST


def test_where_the_columns_say_nothing_the_best_of_many_draws_is_not_called_a_help():
    verdicts = []
    for seed in range(3):
        data = noise(n=240, seed=seed)
        fits = FitCache(data, make_split(data, 10 + SELECTION_REPEATS, seed))
        verdicts.append(
            search(fits, build_model("classification", {"max_iter": 20}), material=0.05, effort=QUICK).verdict
        )
    assert "helped" not in verdicts


def test_a_draw_names_only_what_it_changes_and_every_draw_can_be_made():
    model = build_model("regression")
    for seed in range(40):
        change = draw_change(model, np.random.default_rng(seed))
        assert set(change) <= set(SEARCHED)
        assert all(changed(model, change).parameters[name] == value for name, value in change.items())
        assert all(model.parameters[name] != value for name, value in change.items())


def test_only_our_network_is_searched():
    from sklearn.linear_model import LogisticRegression

    data = checkerboard()
    fits = FitCache(data, make_split(data, 10 + SELECTION_REPEATS, 0))
    with pytest.raises(ValueError, match="network"):
        try_remedy(fits, as_model(LogisticRegression()), Attempt("search_settings", {}), material=0.02, effort=QUICK)
