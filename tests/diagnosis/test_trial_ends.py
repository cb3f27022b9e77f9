"""When short runs are eliminated and when a trial ends: results are laid into the cache, so that every decision is known."""

import re
from dataclasses import FrozenInstanceError, asdict, replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, LearningCurve, exactly
from dldiag.data.split import make_split
from dldiag.diagnosis.effort import (
    EFFORTS,
    LEAST_REPEATS,
    SELECTION_REPEATS,
    diagnosis_split,
    effort_for,
    rows_to_draw,
    verdict_repeats,
)
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.probes import COSTLY, ShortRun, _that_go_on, idle_columns, probe, probe_plan
from dldiag.diagnosis.race import FIRST_LOOK, looks
from dldiag.diagnosis.recommend import ON_OTHER_GROUNDS
from dldiag.diagnosis.remedies import REMEDIES
from dldiag.diagnosis.trials import Attempt, hindcast, trial_of, try_change
from dldiag.experiments.estimates import paired_change
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import as_model, build_model, changed, fit_cost
from dldiag.experiments.tasks import FitTask
from tests.problems import two_blobs

MODEL = as_model(KNeighborsClassifier(n_neighbors=40))
CHANGE = {"n_neighbors": 13}
QUICK, STANDARD = EFFORTS["quick"], EFFORTS["standard"]
WAVE = np.array([1.0, -1.0, 0.5, -0.5, 0.0, 1.0, -1.0, 0.5, -0.5, 0.0])  # adds up to nothing, and to little after 5


def some_fits(n=150, repeats=10, seed=0):
    data = two_blobs(n=n)
    return FitCache(data, make_split(data, repeats, seed))


def lay(fits, model, dev_errors, train=0.1, size=None):
    """Put results with these dev errors into the cache; rows add no variance of their own, only repeats do."""
    for r, error in enumerate(dev_errors):
        repeat, rows = fits.split.repeats[r], size or fits.split.n_train
        task = FitTask((model.identity, rows, r), model, repeat.train_rows[:rows], repeat.dev_rows, 0)
        nothing = np.zeros(len(repeat.dev_rows))
        fits.results[task.key] = FitResult(task, train, error, 0.0, nothing, 0.0, 0.5, nothing, floor=0.0)


# --- budgets --------------------------------------------------------------------------------------------------------


def test_budgets_spend_what_the_documentation_says():
    text = (Path(__file__).parents[2] / "docs" / "scale.md").read_text("utf-8")
    lines = re.findall(r"^\| (\w+) \| ([\d,]+) \| ([\d,]+) \| (\d+) \| (\d+) \| ([\d,]+) \|$", text, re.M)
    documented = {name: [int(one.replace(",", "")) for one in numbers] for name, *numbers in lines if name in EFFORTS}
    assert documented == {name: list(asdict(effort).values()) for name, effort in EFFORTS.items()}
    with pytest.raises(FrozenInstanceError):
        QUICK.trials = 9


def test_of_a_large_file_a_quarter_more_rows_are_drawn_than_train():
    assert rows_to_draw(Settings(budget="large")) == 1_250_000
    assert {rows_to_draw(Settings(budget=name)) for name in ("quick", "standard", "thorough")} == {None}


def test_four_repeats_of_the_split_are_left_for_a_search():
    split = diagnosis_split(two_blobs(n=400), Settings(budget="standard"))
    assert len(split.repeats) - len(split.measuring) == SELECTION_REPEATS == 4
    assert len(diagnosis_split(two_blobs(n=400), Settings(budget="thorough")).measuring) == 20


@pytest.mark.parametrize(
    ("budget", "rows", "repeats", "on_verdict"),
    [
        ("quick", 400, 5, 10),
        ("quick", 400, 3, 8),
        ("quick", 1100, 5, 6),
        ("quick", 2600, 5, 5),
        ("quick", 100, 5, 20),
        ("standard", 200, 5, 20),
        ("standard", 200, 3, 12),
        ("standard", 300, 5, 20),
        ("standard", 400, 5, 16),
        ("standard", 600, 5, 11),
    ],
)
def test_the_verdict_rests_on_more_repeats_than_the_curve_where_fits_are_cheap(budget, rows, repeats, on_verdict):
    settings = Settings(budget=budget, repeats=repeats)
    assert verdict_repeats(settings, diagnosis_split(two_blobs(n=rows), settings), 2) == range(on_verdict)


def test_a_row_of_a_wide_table_counts_for_as_many_as_it_is_wide():
    settings = Settings(budget="quick")
    split = diagnosis_split(two_blobs(n=400), settings)
    assert [len(verdict_repeats(settings, split, columns)) for columns in (100, 200, 2_000)] == [10, 8, 5]
    assert all(effort_for(budget, 100) == effort for budget, effort in EFFORTS.items())
    assert effort_for("standard", 150) == replace(STANDARD, probe_rows=1_333, probe_budget=5_333)
    assert effort_for("standard", 2_000) == replace(STANDARD, probe_rows=500, probe_budget=400)


# --- the race of short runs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reach", "repeats"), [(1.05, 3), (0.95, 5)])
def test_a_setting_goes_on_as_long_as_its_lower_bound_passes_half_of_delta(reach, repeats):
    fits, spread = some_fits(), 0.01 * np.tile([1.0, -1.0], 5)
    lay(fits, MODEL, [0.2] * 10)
    for _, _, candidate in probe_plan(MODEL):
        lay(fits, candidate, 0.16 + spread)
    second_look = fits.split.n_train, range(looks(10)[1])
    seen = paired_change(fits.get(MODEL, *second_look), fits.get(changed(MODEL, CHANGE), *second_look))
    assert seen.low < seen.value < seen.high < 0
    found = probe(fits, MODEL, STANDARD, smallest=2 * reach * -seen.low, keys={"weaker_regularization"})
    assert found["weaker_regularization"].repeats == repeats


def test_the_best_setting_of_a_remedy_is_the_one_with_the_lowest_error_even_where_another_is_more_certain():
    fits, plan = some_fits(), probe_plan(MODEL, {"weaker_regularization"})
    lay(fits, MODEL, [0.2] * 10)
    for number, (_, _, candidate) in enumerate(plan):
        lay(fits, candidate, 0.12 + 0.05 * WAVE if number == 0 else np.full(10, 0.13))
    found = probe(fits, MODEL, STANDARD, smallest=0.001, keys={"weaker_regularization"})
    assert found["weaker_regularization"].settings == plan[0][1]


def test_a_deeper_network_waits_until_a_wider_one_has_stayed_in_the_race_for_two_looks():
    network = build_model("classification", {"hidden_layer_sizes": (8,), "max_iter": 5})
    wider, deeper = (candidate for _, _, candidate in probe_plan(network, {"bigger_network"}))
    for gain in (-0.1, 0.1):
        fits = some_fits()
        lay(fits, network, [0.2] * 10)
        lay(fits, wider, 0.2 - gain + 0.01 * WAVE)
        probe(fits, network, QUICK, smallest=1e-9, keys={"bigger_network"})
        ran = {r for identity, _, r in fits.results if identity == deeper.identity}
        begun = set(range(looks(10)[0]))  # What does not gain in these gets no more, however far the others are.
        assert ran == (begun if gain > 0 else set())


def test_a_setting_that_takes_five_times_as_long_needs_a_better_chance_to_go_on():
    network = build_model("classification", {"hidden_layer_sizes": (8,)})
    ((remedy, change, longer),) = probe_plan(network, {"train_longer"})
    assert fit_cost(longer, 90) == 5 * fit_cost(network, 90) > COSTLY * fit_cost(network, 90)
    every = [repeat.dev_rows for repeat in some_fits().split.repeats]
    going_on = dict.fromkeys(["usual", "costly"], 0)
    for error in np.linspace(0.2, 0.3, 21):
        fits = some_fits()
        lay(fits, network, [0.2] * 4)
        lay(fits, longer, error + 0.02 * WAVE[:4])
        tried = {
            "it": ShortRun(remedy, change, *(fits.get(one, fits.split.n_train, range(4)) for one in (network, longer)))
        }
        going_on["usual"] += bool(_that_go_on(tried, every, 0.001))
        going_on["costly"] += bool(_that_go_on(tried, every, 0.001, {"it"}))
    assert 0 < going_on["costly"] < going_on["usual"] < 21


def test_a_remedy_for_rare_classes_gets_the_least_repeats_though_the_error_rate_shows_no_gain_and_no_more():
    key = next(row.key for row in REMEDIES.values() if row.specific == ON_OTHER_GROUNDS)
    fits = some_fits()
    every = [repeat.dev_rows for repeat in fits.split.repeats]
    lay(fits, MODEL, [0.2] * 10)
    lay(fits, changed(MODEL, CHANGE), 0.3 + 0.001 * WAVE)
    for remedy in (key, "weaker_regularization"):
        for n in range(FIRST_LOOK, LEAST_REPEATS + 2):
            pair = (fits.get(one, fits.split.n_train, range(n)) for one in (MODEL, changed(MODEL, CHANGE)))
            stays = bool(_that_go_on({"it": ShortRun(remedy, CHANGE, *pair)}, every, 0.001))
            assert stays == (remedy == key and n < LEAST_REPEATS), (remedy, n)


def test_a_setting_that_fails_once_is_no_probe():
    fits, plan = some_fits(), probe_plan(MODEL, {"weaker_regularization"})
    lay(fits, MODEL, [0.2] * 10)
    for _, _, candidate in plan:
        lay(fits, candidate, [0.1] * 10)
    failing = changed(MODEL, plan[0][1])
    key = (failing.identity, fits.split.n_train, 2)
    fits.results[key] = replace(fits.results[key], failed="refused")
    found = probe(fits, MODEL, STANDARD, smallest=0.001, keys={"weaker_regularization"})
    assert found["weaker_regularization"].settings != plan[0][1]


def test_short_runs_have_the_rows_of_the_budget_and_record_health_only_on_all_rows_and_in_the_last_repeats():
    network = build_model("classification", {"hidden_layer_sizes": (1,), "max_iter": 20})
    few, whole = some_fits(), some_fits()
    probe(few, network, replace(QUICK, probe_rows=40), smallest=0.001, keys={"bigger_network"})
    assert {size for _, size, _ in few.results} == {40}
    assert all(result.health is None for result in few.results.values())
    found = probe(whole, network, QUICK, smallest=1e-9, keys={"bigger_network"})["bigger_network"]
    assert found.repeats == 10
    watched = {key: result.health is not None for key, result in whole.results.items()}
    assert all(seen is (name == network.identity or r >= looks(10)[-2]) for (name, _, r), seen in watched.items())


@pytest.mark.parametrize(
    ("train", "dev", "idle"),
    [(0.25, 0.5, {"bias"}), (0.375, 0.5, {"variance"}), (0.38, 0.5, {"variance"}), (0.37, 0.5, set())],
)
def test_a_column_is_idle_up_to_delta_of_bias_and_half_of_it_of_variance(train, dev, idle):
    fits = some_fits()
    lay(fits, MODEL, [dev] * 3, train)
    assert idle_columns(fits.get(MODEL, fits.split.n_train, range(3)), 0.25) == idle


# --- when a trial ends ----------------------------------------------------------------------------------------------


def counted_as_run(errors, *, repeats=10, effort=STANDARD):
    """Return the trial of a change with these dev errors, the model's being 0.2, and the repeats that it asked for."""
    asked = []

    class Counting(FitCache):
        def fit(self, models, sizes, repeats, **_):
            asked.append(len(repeats))
            lay(self, models[0], [0.2] * len(repeats))
            lay(self, models[1], errors[: len(repeats)])

    data, attempt = two_blobs(n=150), Attempt("weaker_regularization", CHANGE)
    fits = Counting(data, make_split(data, repeats, 0))
    return try_change(fits, MODEL, attempt, material=0.02, effort=effort), asked


def test_a_clear_effect_ends_a_trial_after_five_repeats():
    trial, asked = counted_as_run(np.full(10, 0.1))
    assert (trial.verdict, trial.repeats, asked) == ("helped", 5, [5])
    assert trial.seen is None
    assert trial.change.value == pytest.approx(-0.1)


def test_an_open_effect_gets_three_more_repeats_at_a_time_up_to_the_budget():
    open_to_the_end = 0.19 + 0.1 * WAVE
    trial, asked = counted_as_run(open_to_the_end)
    assert (trial.verdict, trial.repeats, asked) == ("undecided", 10, [5, 8, 10])
    assert counted_as_run(open_to_the_end, repeats=6)[1] == [5, 6]
    assert counted_as_run(open_to_the_end, effort=QUICK)[1] == [5]


def test_before_the_last_look_only_a_wider_interval_decides():
    noisy = 0.15 + 0.042 * WAVE
    assert counted_as_run(noisy, effort=QUICK)[0].verdict == "helped", "at the last look 90% decides"
    assert counted_as_run(noisy)[1][:2] == [5, 8]


def test_a_trial_never_knows_less_than_the_runs_before_it():
    fits = some_fits()
    lay(fits, MODEL, [0.2] * 10)
    lay(fits, changed(MODEL, CHANGE), [0.1] * 10)
    trial = try_change(fits, MODEL, Attempt("weaker_regularization", CHANGE), material=0.02, effort=QUICK)
    assert trial.repeats == 10 > QUICK.trial_repeats


def test_training_curves_are_of_repeats_in_which_both_models_were_watched():
    network = build_model("classification", {"hidden_layer_sizes": (4,), "max_iter": 5})
    fits, change = some_fits(repeats=5), {"max_iter": 6}
    trial = try_change(fits, network, Attempt("train_longer", change), material=0.5, effort=QUICK)
    assert (trial.before.epochs[-1], trial.after.epochs[-1]) == (5, 6)
    size = fits.split.n_train
    before, after = fits.get(network, size, range(5)), fits.get(changed(network, change), size, range(5))
    unwatched = [replace(one, health=None) for one in before]
    half_watched = trial_of(Attempt("train_longer", change), unwatched, after, 0.5)
    assert (half_watched.before, half_watched.after) == (None, None)


# --- more data, checked on the past ---------------------------------------------------------------------------------

SIZES = np.array([50, 100, 200, 400, 800, 1600, 3200, 6400])
FALLING = 0.02 + 2.0 * SIZES**-0.45


def curve(errors, repeats=5):
    dev = np.array(errors)[:, None] + 0.002 * np.random.default_rng(0).normal(size=(len(errors), repeats))
    return LearningCurve("mlp", SIZES[: len(errors)], np.zeros((len(errors), repeats)), dev)


def found(**more):
    return Evidence(material=exactly(0.01), more_data_gain=Estimate(0.02, 0.015, 0.025), **more)


def test_the_note_says_from_which_rows_what_was_forecast_for_which():
    trial = hindcast(curve(FALLING), found())
    values = trial.note.values
    assert (values["seen"], values["hidden"]) == (1600, 6400)
    assert values["low"] < values["predicted"] < values["high"]
    assert values["real"] == pytest.approx(curve(FALLING).dev_errors[-1].mean())


def test_the_forecast_is_held_against_the_error_at_the_last_size_as_the_verdict_knows_it():
    assert hindcast(curve(FALLING), found(dev_error=exactly(0.2))).verdict == "undecided"
    known = Estimate(float(FALLING[-1]), 0.0, 0.9)
    assert hindcast(curve(FALLING), found(dev_error=known)).verdict == "helped"


def test_a_forecast_that_only_comes_true_below_the_last_size_has_missed():
    ends_high = np.append(FALLING[:-1], 0.3)
    assert hindcast(curve(ends_high), found()).verdict == "undecided"


def test_errors_above_the_baseline_count_as_the_baseline():
    blown_up = np.concatenate([[0.9, 0.8], FALLING[2:]])
    guess = Estimate(0.4, 0.3, 0.95)
    clipped_by_hand = np.minimum(curve(blown_up).dev_errors, 0.4)
    by_hand = replace(curve(blown_up), dev_errors=clipped_by_hand)
    seen = hindcast(curve(blown_up), found(guess_error=guess)).note.values
    assert seen == hindcast(by_hand, found()).note.values
