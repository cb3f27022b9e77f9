from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge, TweedieRegressor

from dldiag.core.i18n import Message
from dldiag.core.params import SettingError
from dldiag.core.settings import Settings
from dldiag.core.types import DataError, Finding, LearningCurve, Stopped, exactly
from dldiag.data.dataset import make_dataset
from dldiag.data.read_table import read_table
from dldiag.diagnosis import effort as effort_module
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.diagnosis.forecast_or_abstain import ILL_BEHAVED, START_FIRST, TRAIN_FIRST, forecast_or_abstain
from dldiag.diagnosis.remedies import applicable
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model, changed
from dldiag.nn import MLPClassifier
from dldiag.report import to_json, view
from dldiag.report.view import points
from tests.problems import checkerboard, dataset, line, noise, two_blobs

QUICK = Settings(budget="quick", sizes=4, repeats=4, trials=1)


@pytest.fixture(scope="module")
def weak():
    """Diagnose a network with one hidden unit on a checkerboard."""
    return diagnose(checkerboard(), build_model("classification", {"hidden_layer_sizes": (1,), "max_iter": 60}), QUICK)


def test_a_network_too_small_for_its_problem_has_high_bias(weak):
    assert weak.verdict.bias == "yes"
    assert "bias" in str(weak.verdict.headline)


def test_the_remedy_tried_for_it_helps_on_rows_it_was_not_trained_on(weak):
    first = next(one for one in weak.recommendations if one.change)
    assert first.column in ("bias", "training")
    assert first.rank <= 2, "trees, which suit a checkerboard, may gain more still"
    assert first.trial is not None
    assert first.trial.verdict == "helped"
    assert first.trial.change.high < 0


def test_curves_have_a_row_per_size_and_a_column_per_repeat(weak):
    assert {curve.model for curve in weak.curves} == {"mlp", "linear", "boosting"}
    for curve in weak.curves:
        assert curve.dev_errors.shape == (4, 4)
        assert np.isfinite(curve.dev_errors).all()


def test_the_end_of_the_learning_curve_is_the_dev_error_of_the_budget(weak):
    assert weak.curves[0].dev_estimates[-1] == weak.evidence["dev_error"]
    assert weak.curves[0].train_estimates[-1] == weak.evidence["train_error"]
    assert list(points(weak.curves[0]))[-1].dev == weak.evidence["dev_error"]


def test_the_verdict_rests_on_more_repeats_than_the_curve_where_fits_are_cheap(weak):
    assert weak.curves[0].dev_errors.shape == (4, 4)
    assert weak.evidence["repeats"].value == 7  # as many as short runs of 540 rows get


def test_no_number_is_computed_from_the_sealed_test_rows():
    """The latest rows are sealed here: at random it is what rows hold that seals them, and this changes what they hold."""
    data = replace(two_blobs(n=300), times=np.arange(300))
    settings = Settings(budget="quick", sizes=3, repeats=3, trials=0)
    sealed = diagnosis_split(data, settings).test_rows
    X = data.X.to_numpy().copy()
    X[sealed] = np.random.default_rng(3).normal(size=X[sealed].shape)
    other = dataset(X, data.y, times=data.times)
    model = build_model("classification", {"max_iter": 20})
    assert _numbers(diagnose(data, model, settings)) == _numbers(diagnose(other, model, settings))


def _numbers(report):
    return [curve.dev_errors.tolist() for curve in report.curves], {k: e.value for k, e in report.evidence.items()}


def test_pure_noise_is_called_that_and_nothing_is_recommended_for_bias_or_variance():
    report = diagnose(noise(), build_model("classification", {"max_iter": 40}), QUICK)
    assert {f.code: f.outcome for f in report.findings}["D9"] == "fired"
    assert report.verdict.bias == report.verdict.variance == "unknown"
    assert report.recommendations[0].remedy == "better_features"


def test_a_regression_target_in_millions_is_learned_as_well_as_in_ones():
    data = replace(line(), times=np.arange(300))  # the same rows are sealed whatever the target's unit
    model = build_model("regression", {"max_iter": 60})
    small = diagnose(data, model, QUICK)
    large = diagnose(dataset(data.X.to_numpy(), 1e6 * data.y, "regression", times=data.times), model, QUICK)
    assert large.evidence["dev_error"].value == pytest.approx(small.evidence["dev_error"].value, rel=1e-3)


def test_same_seed_same_report_with_one_worker_and_with_two():
    data, model = two_blobs(n=200), build_model("classification", {"max_iter": 15})
    settings = Settings(budget="quick", sizes=2, repeats=3, trials=1)
    one, two = (_without_times(diagnose(data, model, settings, n_jobs=n)) for n in (1, 2))
    assert one == two


def _without_times(report):
    import json
    import re

    text = re.sub(r'"seconds": ?[\d.e-]+', '"seconds": 0', to_json(report))
    return json.loads(text)


def test_a_first_verdict_comes_before_the_slow_references_are_done():
    seen = []
    diagnose(two_blobs(n=200), build_model("classification", {"max_iter": 15}), QUICK, on_progress=seen.append)
    first = next(i for i, p in enumerate(seen) if p.report is not None)
    assert np.isnan(seen[first].curves[-1].dev_errors).all()
    assert seen[first].report.verdict.headline is not None


def test_should_stop_ends_it():
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 20

    with pytest.raises(Stopped):
        diagnose(two_blobs(), None, QUICK, should_stop=stop)


def test_a_setting_outside_its_range_is_refused_before_anything_runs():
    with pytest.raises(SettingError, match="repeats"):
        diagnose(two_blobs(), None, Settings(repeats=1))


@pytest.mark.parametrize(("muted", "words"), [(("D99",), "no rule 'D99'"), ("D1", "list of names")])
def test_muting_a_rule_that_is_not_there_is_refused(muted, words):
    with pytest.raises(SettingError, match=words):
        diagnose(two_blobs(), None, Settings(muted=muted))


def test_with_the_rule_of_bias_muted_the_verdict_does_not_pretend_to_have_judged_it():
    settings = Settings(budget="quick", sizes=2, repeats=3, trials=0, muted=("B1",))
    report = diagnose(two_blobs(n=200), build_model("classification", {"max_iter": 40}), settings)
    assert report.verdict.bias == "unknown"
    assert "not judged" in str(report.verdict.headline)


@pytest.mark.parametrize(("data", "model"), [(two_blobs(), Ridge()), (line(), LogisticRegression())])
def test_a_model_of_the_other_task_is_refused(data, model):
    with pytest.raises(DataError, match="not made for"):
        diagnose(data, model, QUICK)


def test_one_hidden_layer_may_be_given_as_a_number_as_in_scikit_learn():
    settings = Settings(budget="quick", sizes=2, repeats=3, trials=0)
    as_number, as_tuple = (
        diagnose(two_blobs(n=150), MLPClassifier(hidden_layer_sizes=sizes, max_iter=15), settings)
        for sizes in (8, (8,))
    )
    assert _numbers(as_number) == _numbers(as_tuple)
    assert as_number.model["parameters"]["hidden_layer_sizes"] == (8,)


@pytest.mark.parametrize("problem", [two_blobs, line])
@pytest.mark.parametrize("rows", [40, 400])
def test_every_change_that_a_remedy_may_try_can_be_fitted_on_any_size_of_the_curve(problem, rows):
    data = problem(n=rows)
    model = build_model(data.task, {"max_iter": 3})
    suited = [change for key, change in applicable(model) if key != "log_target" or data.y.min() > 0]
    tried = [model, *(changed(model, change) for change in suited)]
    split = diagnosis_split(data, Settings(repeats=3))
    fits = FitCache(data, split)
    fits.fit(tried, [10, split.n_train], range(2), watched=True)
    assert [result.failed for result in fits.results.values() if result.failed] == []


def test_a_target_error_is_what_bias_is_measured_against():
    report = diagnose(
        two_blobs(n=200, distance=0.8), None, Settings(budget="quick", sizes=2, repeats=3, trials=0, target_error=0.0)
    )
    assert report.evidence["achievable"].value == 0.0


def test_any_scikit_learn_estimator_can_be_diagnosed():
    from sklearn.neighbors import KNeighborsClassifier

    report = diagnose(checkerboard(n=900), KNeighborsClassifier(n_neighbors=60), QUICK)
    assert report.verdict.bias == "yes"
    first = [one.remedy for one in report.recommendations if one.rank <= 2]
    assert "weaker_regularization" in first, "and another model, which gains more"
    assert report.recommendations[0].trial.verdict == "helped"


def test_one_class_is_refused():
    with pytest.raises(DataError, match="one class"):
        dataset(np.zeros((50, 2)), np.zeros(50, dtype=int))


def test_dev_rows_from_elsewhere_are_a_part_of_the_dev_error_of_their_own():
    data = two_blobs(n=800, distance=3.0)
    domain = np.arange(800) % 4 == 0
    X = data.X.to_numpy() + 2.5 * domain[:, None] * np.array([1, 1, 0, 0])  # the rows that count are shifted
    report = diagnose(
        dataset(X, data.y, domain=domain),
        build_model("classification", {"max_iter": 30}),
        Settings(budget="quick", sizes=2, repeats=4, trials=0, train_rows=300),
    )
    parts = ("achievable", "avoidable_bias", "variance", "mismatch")
    assert sum(report.evidence[name].value for name in parts) == pytest.approx(report.evidence["dev_error"].value)


def test_bias_shows_on_rows_like_the_training_rows_however_noisy_the_rows_that_count_are():
    rng, data = np.random.default_rng(1), checkerboard(1500)
    domain = np.arange(1500) % 4 == 0
    y = np.where(
        domain & (rng.random(1500) < 0.8), rng.integers(2, size=1500), data.y
    )  # answers there are mostly guesses
    report = diagnose(
        dataset(data.X.to_numpy(), y, domain=domain),
        build_model("classification", {"hidden_layer_sizes": (2,), "max_iter": 30}),
        Settings(trials=0, repeats=3, sizes=3, budget="quick", baselines=("boosting",)),
    )
    assert report.evidence["achievable"].value < 0.2  # of boosting, on rows like the training rows
    assert report.verdict.bias == "yes"


@pytest.mark.parametrize(
    ("problem", "says"),
    [("ill_behaved_curve", ILL_BEHAVED), ("uneven_start", START_FIRST), ("short_training", TRAIN_FIRST)],
)
def test_no_forecast_is_read_off_a_curve_that_rises_or_of_a_network_that_does_not_train_yet(problem, says):
    finding = Finding("C1", "bias_variance", Message("C1"), "fired", Message("it rises"), problem=problem)
    errors = np.array([[0.3] * 5, [0.25] * 5, [0.2] * 5, [0.21] * 5, [0.19] * 5, [0.18] * 5])
    curve = LearningCurve("mlp", np.array([50, 100, 200, 400, 800, 1600]), errors * 0, errors)
    assert forecast_or_abstain(curve, Settings(), (), exactly(0.1)).points
    assert forecast_or_abstain(curve, Settings(), (finding,), exactly(0.1)).abstains == says


def test_sizes_that_are_there_for_a_first_verdict_alone_do_not_change_the_forecast():
    errors = np.array([[0.45] * 5, [0.44] * 5, [0.25] * 5, [0.21] * 5, [0.19] * 5, [0.18] * 5])
    sizes = np.array([100, 200, 50_000, 100_000, 200_000, 400_000])
    whole, end = (LearningCurve("mlp", sizes[n:], errors[n:] * 0, errors[n:]) for n in (0, 2))
    assert forecast_or_abstain(whole, Settings(), (), exactly(0.18)) == forecast_or_abstain(
        end, Settings(), (), exactly(0.18)
    )


def test_a_clear_signal_is_seen_with_five_repeats_of_few_rows():
    settings = Settings(budget="quick", sizes=2, repeats=5, trials=0)
    for seed in range(3):
        report = diagnose(
            two_blobs(n=250, distance=1.5, seed=seed), build_model("classification", {"max_iter": 40}), settings
        )
        assert {f.code: f.outcome for f in report.findings}["D9"] == "passed"


def test_what_matters_is_a_share_of_the_guess_when_the_model_is_far_worse_than_it():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3)) * [1, 1000, 1e5]
    table = pd.DataFrame(x, columns=list("abc")).assign(y=x[:, 0] + 0.1 * rng.normal(size=300))
    dataset = make_dataset(read_table(table.to_csv(index=False).encode(), name="wild.csv"), "y")
    report = diagnose(dataset, build_model("regression", {"scale_inputs": False}), Settings(budget="quick", trials=0))
    assert report.evidence["dev_error"].value > 10
    assert report.evidence["material"].value < 0.15
    assert report.recommendations[0].remedy == "scale_inputs"


def test_the_first_verdict_says_nothing_of_what_was_tried_because_nothing_was():
    seen = []
    last = diagnose(noise(), None, Settings(budget="quick", sizes=3, repeats=4, trials=0), on_progress=seen.append)
    first = next(progress.report for progress in seen if progress.report is not None)
    outcomes = {finding.code: finding.outcome for finding in first.findings}
    assert outcomes["V2"] == outcomes["N1"] == "muted"
    assert "muted" not in {finding.outcome for finding in last.findings}


def test_nothing_to_fix_is_not_said_before_fixes_were_run():
    seen = []
    easy = two_blobs(n=600, distance=5)
    settings = Settings(budget="quick", sizes=3, repeats=4, trials=0)
    last = diagnose(easy, build_model("classification", {"max_iter": 60}), settings, on_progress=seen.append)
    first = next(progress.report for progress in seen if progress.report is not None)
    assert (first.verdict.bias, first.verdict.variance, first.verdict.code) == ("no", "no", "nothing_so_far")
    assert "No fix has been tested yet" in str(first.verdict.headline)
    assert view.verdict_kind(first) == "open"
    assert last.verdict.code == "nothing_to_fix"
    assert view.verdict_kind(last) == "good"


def test_counts_can_be_learned_with_their_own_loss_and_a_negative_target_is_refused_in_words():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    counts = dataset(X, rng.poisson(np.exp(X[:, 0])).astype(float), "regression")
    settings = Settings(budget="quick", sizes=2, repeats=3, trials=0)
    report = diagnose(counts, build_model("regression", {"loss": "poisson"}), settings)
    assert report.evidence["dev_error"].value < 1.0, "better than the mean"
    normal = diagnose(dataset(X, X[:, 0], "regression"), TweedieRegressor(), settings)
    assert normal.evidence["dev_error"].value < 1.0, "power 0 is the normal distribution: negative values are fine"
    theirs = diagnose(counts, PoissonRegressor(), settings)
    assert theirs.evidence["dev_error"].value < 1.0
    with pytest.raises(DataError, match="negative"):
        diagnose(dataset(X, X[:, 0], "regression"), build_model("regression", {"loss": "poisson"}), settings)


@pytest.mark.parametrize("scale", [1e-60, 1e60])
@pytest.mark.filterwarnings("error")
def test_a_target_and_columns_in_a_far_off_unit_are_diagnosed_without_noise(scale):
    near = line()
    far = replace(near, X=near.X * scale, y=near.y * scale)
    settings = Settings(budget="quick", sizes=2, repeats=3, trials=0, baselines=("linear",))
    assert diagnose(far, None, settings).evidence["dev_error"].value < 1


def test_of_many_rows_a_first_verdict_comes_from_few_of_them_and_says_so(monkeypatch):
    monkeypatch.setattr(effort_module, "EARLY_ROWS", 60)
    seen = []
    settings = Settings(budget="quick", trials=0, repeats=3)
    report = diagnose(
        two_blobs(n=600, distance=1.5),
        build_model("classification", {"max_iter": 30}),
        settings,
        on_progress=seen.append,
    )
    first, second = [one for one in seen if one.report is not None][:2]
    assert first.done < second.done
    assert first.report.curves[0].sizes[-1] <= 60 < second.report.curves[0].sizes[-1]
    assert first.report.metrics.keys() == report.metrics.keys()
    assert "first verdict" in str(first.report.verdict.detail)
    assert "first verdict" not in str(report.verdict.detail)
    quiet = diagnose(two_blobs(n=600, distance=1.5), build_model("classification", {"max_iter": 30}), settings)
    assert _without_times(quiet) == _without_times(report)
