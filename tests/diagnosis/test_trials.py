import numpy as np

from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, LearningCurve, exactly
from dldiag.data.split import make_split
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.recommend import decide_order
from dldiag.diagnosis.trials import EFFORTS, MOST_REPEATS, Attempt, diagnosis_split, hindcast, probe, try_change
from dldiag.diagnosis.winners_curse import Picked
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model
from tests.problems import checkerboard, two_blobs

QUICK = EFFORTS["quick"]


def test_a_trial_is_paired_so_a_change_that_changes_nothing_has_no_effect_and_no_doubt():
    data = two_blobs(n=200)
    model = build_model("classification", {"max_iter": 20})
    trial = try_change(
        FitCache(data, make_split(data, 5, 0)),
        model,
        Attempt("leave_it", {"verbose": True}),
        material=0.06,
        effort=QUICK,
    )
    assert trial.change.value == 0.0
    assert trial.verdict == "no_effect"


def test_a_harmful_change_is_called_that():
    data = checkerboard()
    fits = FitCache(data, make_split(data, 5, 0))
    model = build_model("classification", {"hidden_layer_sizes": (64,), "learning_rate_init": 0.01, "max_iter": 100})
    attempt = Attempt("smaller_network", {"hidden_layer_sizes": (1,)})
    trial = try_change(fits, model, attempt, material=0.02, effort=QUICK)
    assert trial.verdict == "hurt"


def test_a_trial_knows_no_less_than_the_probe_that_it_continues():
    data = two_blobs(n=150)
    fits = FitCache(data, make_split(data, 10, 0))
    model = build_model("classification", {"max_iter": 10})
    probed = probe(fits, model, QUICK, smallest=0.01, keys={"bigger_network"})["bigger_network"]
    again = []
    attempt = Attempt("bigger_network", probed.settings, Picked(probed.seen, probed.dev))
    trial = try_change(fits, model, attempt, material=0.5, effort=QUICK, on_result=again.append)
    assert (trial.repeats, trial.change, again) == (probed.repeats, probed.dev, [])
    assert trial.seen == probed.seen


def test_probes_share_fits_with_what_was_fitted_before():
    data = two_blobs(n=150)
    fits = FitCache(data, make_split(data, 10, 0))
    model = build_model("classification", {"max_iter": 10})
    probe(fits, model, QUICK, smallest=0.01, keys={"smaller_network"})
    again = []
    probe(fits, model, QUICK, smallest=0.01, keys={"smaller_network"}, on_result=again.append)
    first = []
    probe(
        FitCache(data, make_split(data, 10, 0)),
        model,
        QUICK,
        smallest=0.01,
        keys={"smaller_network"},
        on_result=first.append,
    )
    assert first
    assert again == []


def test_the_interval_decides():
    assert decide_order(Estimate(-0.01, -0.05, 0.03), 0.02) == "undecided"
    assert decide_order(Estimate(0.05, 0.03, 0.07), 0.02) == "hurt"


def curve(errors):
    sizes = np.array([50, 100, 200, 400, 800, 1600, 3200, 6400])
    dev = np.array(errors)[:, None] + 0.002 * np.random.default_rng(0).normal(size=(8, 5))
    return LearningCurve("mlp", sizes, np.zeros((8, 5)), dev)


def test_more_data_helps_where_the_curve_still_falls_and_the_past_confirms_it():
    falling = curve(0.02 + 2.0 * np.array([50, 100, 200, 400, 800, 1600, 3200, 6400.0]) ** -0.45)
    trial = hindcast(falling, Evidence(material=exactly(0.01), more_data_gain=Estimate(0.02, 0.015, 0.025)))
    assert trial.verdict == "helped"
    assert "6,400" in str(trial.note)


def test_more_data_is_not_promised_when_the_past_was_forecast_wrongly():
    kinked = curve([0.5, 0.4, 0.32, 0.26, 0.21, 0.17, 0.17, 0.30])
    trial = hindcast(kinked, Evidence(material=exactly(0.01), more_data_gain=Estimate(0.05, 0.03, 0.07)))
    assert trial is None or trial.verdict == "undecided"


def test_a_split_has_the_rows_that_were_asked_for_and_never_more_than_the_effort_allows():
    table = two_blobs(n=400)
    assert diagnosis_split(table, Settings(budget="quick", train_rows=50)).n_train == 50
    whole = diagnosis_split(table, Settings(budget="quick"))
    assert whole.n_train == diagnosis_split(table, Settings(budget="quick", train_rows=10**6)).n_train > 50
    assert len(whole.repeats) >= max(Settings.repeats, MOST_REPEATS)
    assert len(diagnosis_split(table, Settings(budget="quick", repeats=20)).repeats) >= 20
