"""Short runs and trials: what is run, on how many repeats, and how a paired change is read."""

from collections import Counter
from dataclasses import astuple, replace
from itertools import pairwise

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Forecast, LearningCurve, Recommendation, Trial, exactly
from dldiag.data.split import make_split
from dldiag.diagnosis.effort import EFFORTS, MOST_REPEATS, diagnosis_split, probe_repeats
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.probes import idle_columns, one_try_where_idle, probe, probe_plan
from dldiag.diagnosis.race import looks
from dldiag.diagnosis.recommend import decide_order
from dldiag.diagnosis.trials import Attempt, hindcast, try_change, try_remedies, widened
from dldiag.diagnosis.winners_curse import Picked
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import as_model, build_model
from dldiag.experiments.tasks import FitTask
from tests.problems import checkerboard, two_blobs
from tests.reports import make_report

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


NEIGHBORS = as_model(KNeighborsClassifier(n_neighbors=40))  # of some 90 training rows: three times as many is refused


def cheap_fits(n=150, repeats=10):
    data = two_blobs(n=n)
    return FitCache(data, make_split(data, repeats, 0))


def test_a_setting_that_cannot_be_fitted_is_no_probe_and_spoils_no_other():
    found = probe(cheap_fits(), NEIGHBORS, QUICK, smallest=0.001)
    assert "regularization" not in found, "120 neighbors of 90 rows"
    assert found["weaker_regularization"].settings in ({"n_neighbors": 13}, {"n_neighbors": 5}, {"weights": "distance"})


def test_what_cannot_gain_after_the_first_look_gets_no_more_repeats():
    fits = cheap_fits()
    found = probe(fits, as_model(KNeighborsClassifier()), QUICK, smallest=0.9)  # nothing gains 45 points
    assert {one.repeats for one in found.values()} == {looks(MOST_REPEATS)[0]}
    assert {r for _, _, r in fits.results} == set(range(MOST_REPEATS)), "the model itself ran on all repeats"


def test_repeats_of_a_probe_are_more_where_fits_are_cheap_and_within_their_bounds():
    assert [probe_repeats(QUICK, size) for size in (100_000, 1_000, 800, 500, 100)] == [4, 4, 5, 8, 10]


def test_every_greater_effort_spends_at_least_as_much_on_everything():
    efforts = [astuple(EFFORTS[name]) for name in ("quick", "standard", "thorough")]
    for less, more in pairwise(efforts):
        assert all(a < b for a, b in zip(less, more, strict=True))
    assert all(one.probe_rows <= one.probe_budget for one in EFFORTS.values())
    assert EFFORTS["standard"].trials == 2, "what docs/quickstart.md and the page promise"


def result(train, dev, guess=0.5):
    task = FitTask(("", 0, 0), NEIGHBORS, np.arange(9), np.arange(9), 0)
    nothing = np.zeros(9)
    return FitResult(task, train, dev, 0.0, nothing, 0.0, guess, nothing)


@pytest.mark.parametrize(
    ("train", "dev", "idle"),
    [
        (0.0, 0.2, {"bias"}),
        (0.2, 0.2, {"variance"}),
        (0.1, 0.2, set()),
        (0.0, 0.004, {"bias", "variance"}),
        (0.02, 0.2, {"bias"}),
    ],
)
def test_a_column_hardly_matters_where_its_error_is_hardly_there(train, dev, idle):
    assert idle_columns([result(train, dev)] * 3, 0.01) == idle


def test_a_model_worse_than_the_baseline_has_the_gap_of_the_baseline():
    assert idle_columns([result(0.48, 0.9)] * 3, 0.01) == {"variance"}


def test_columns_that_hardly_matter_are_tried_briefly_and_the_others_whole():
    plan = probe_plan(build_model("classification"))
    kept = one_try_where_idle(plan, {"variance"})
    count = Counter(key for key, _, _ in kept)
    assert count["regularization"] == count["early_stopping"] == 1
    whole = Counter(key for key, _, _ in plan)
    assert count["step_size"] == whole["step_size"] > 1
    assert [one for one in kept if one[0] == "regularization"] == [
        next(one for one in plan if one[0] == "regularization")
    ]


def test_an_early_look_needs_an_interval_as_wide_as_99_percent():
    seen = widened(Estimate(-0.1, -0.2, -0.04))
    assert (seen.value, seen.low, seen.high) == pytest.approx((-0.1, -0.1 - 1.57 * 0.1, -0.1 + 1.57 * 0.06))


def recommended(*remedies):
    report = make_report()
    changes = {
        "more_data": {},
        "better_features": {},
        "weaker_regularization": {"n_neighbors": 5},
        "regularization": {"p": 1},
    }
    why = report.verdict.headline
    lines = [
        Recommendation(rank, key, why, "bias", why, "high_bias", change=changes[key])
        for rank, key in enumerate(remedies, 1)
    ]
    return replace(
        report,
        recommendations=tuple(lines),
        curves=(curve(0.02 + 2.0 * np.array([50, 100, 200, 400, 800, 1600, 3200, 6400.0]) ** -0.45),),
    )


def tried_of(report, most):
    found = try_remedies(cheap_fits(), NEIGHBORS, report, EVIDENCE, effort=QUICK, most=most)
    return [[one.remedy for one in lines if one.trial is not None] for lines in found]


EVIDENCE = Evidence(dev_error=exactly(0.13), more_data_gain=Estimate(0.05, 0.02, 0.06), guess_error=exactly(0.5))


def test_remedies_are_tried_in_their_order_as_many_as_allowed_and_more_data_does_not_count():
    report = recommended("more_data", "weaker_regularization", "better_features", "regularization")
    assert tried_of(report, 1) == [["more_data"], ["more_data", "weaker_regularization"]]
    assert tried_of(report, 2)[-1] == ["more_data", "weaker_regularization", "regularization"]
    assert tried_of(report, 0) == []


def test_what_was_tried_is_not_tried_again_and_no_forecast_is_checked_where_there_is_none():
    report = recommended("weaker_regularization", "regularization", "more_data")
    done = Trial("weaker_regularization", "helped", Estimate(-0.1, -0.2, -0.05), 5, 0.0)
    lines = (replace(report.recommendations[0], trial=done), *report.recommendations[1:])
    again = replace(report, recommendations=lines, forecast=Forecast(abstains=report.verdict.headline))
    assert tried_of(again, 1) == [["weaker_regularization", "regularization"]]


@pytest.mark.parametrize("missing", [{"seen": None}, {"expected": None}, {"seen": None, "expected": None}])
def test_an_attempt_is_corrected_only_where_both_sides_of_its_choice_are_known(missing):
    seen, expected = Estimate(-0.1, -0.2, 0.0), Estimate(-0.08, -0.2, 0.02)
    why = make_report().verdict.headline
    line = Recommendation(
        1, "regularization", why, "variance", why, "high_variance", expected, {"alpha": 1.0}, seen=seen
    )
    assert Attempt.of(line) == Attempt("regularization", {"alpha": 1.0}, Picked(seen, expected))
    assert Attempt.of(replace(line, **missing)).picked is None


def test_a_forecast_that_is_checked_on_the_past_costs_no_time_and_has_the_repeats_of_the_curve():
    falling = curve(0.02 + 2.0 * np.array([50, 100, 200, 400, 800, 1600, 3200, 6400.0]) ** -0.45)
    trial = hindcast(falling, EVIDENCE)
    assert (trial.seconds, trial.repeats) == (0.0, 5)
    assert trial.change == -EVIDENCE.more_data_gain
    assert hindcast(falling, replace(EVIDENCE, more_data_gain=None)) is None
    short = LearningCurve("mlp", falling.sizes[:2], falling.train_errors[:2], falling.dev_errors[:2])
    assert hindcast(short, EVIDENCE) is None
    worse = hindcast(falling, replace(EVIDENCE, guess_error=exactly(0.03)))
    assert worse is None or worse.verdict == "undecided", "above the baseline the curve is flat"
