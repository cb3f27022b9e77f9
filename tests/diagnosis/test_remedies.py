from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from dldiag.core.params import SettingError
from dldiag.core.types import Estimate, Trial, exactly
from dldiag.diagnosis.evidence.evidence import Evidence, Probe
from dldiag.diagnosis.recommend import recommend, settled, shows_help
from dldiag.diagnosis.remedies import REMEDIES, applicable
from dldiag.diagnosis.rules import PROBLEMS, RULES, check_rules
from dldiag.experiments.models import as_model, build_model, changed
from dldiag.nn import fit_stack
from tests.problems import two_blobs


def probe(value, half=0.005):
    change = Estimate(value, value - half, value + half)
    return Probe(change, change, {"alpha": 1.0}, 5, 1.0)


def evidence(**probes):
    return Evidence(
        material=exactly(0.02), train_error=exactly(0.15), dev_error=exactly(0.2), achievable=exactly(0.05),
        avoidable_bias=Estimate(0.1, 0.08, 0.12), variance=Estimate(0.05, 0.03, 0.07), n_dev=exactly(500),
        repeats=exactly(5), probes=probes,
    )  # fmt: skip


def advice(found, model=None):
    return recommend(check_rules(found, RULES), found, model)


def test_every_remedy_treats_problems_that_exist_and_every_fireable_problem_has_a_remedy_or_a_hint():
    for row in REMEDIES.values():
        assert set(row.treats) <= set(PROBLEMS)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_every_change_of_every_remedy_makes_a_model_that_differs(task):
    model = build_model(task)
    for key, change in applicable(model):
        assert changed(model, change).identity != model.identity, key


@pytest.mark.parametrize(
    "settings",
    [{"solver": "lbfgs"}, {"hidden_layer_sizes": ()}, {"early_stopping": True}, {"solver": "lbfgs", "alpha": 1.0}],
    ids=str,
)
def test_every_change_makes_a_network_that_learns_something_else(settings):
    data = two_blobs(120)
    X, y = data.X.to_numpy(np.float32), data.y
    model = build_model("classification", {"max_iter": 15, "tol": 0.0} | settings)
    before = clone(model.estimator).set_params(random_state=0)
    fit_stack([before], [X], [y])
    around = {"threshold", "calibration"}  # the weights stay, decisions do not
    keys = set(REMEDIES) - {"train_longer"} - around  # the best weights that early stopping keeps may be the same
    for key, change in applicable(model, keys):
        after = changed(model, change).estimator.set_params(random_state=0)
        fit_stack([after], [X], [y])
        same = [a.shape == b.shape and (a == b).all() for a, b in zip(before.coefs_, after.coefs_, strict=False)]
        assert not all(same), (key, change)


def test_full_batches_say_that_early_stopping_is_dropped():
    stopping = build_model("classification", {"early_stopping": True})
    changes = [change for _, change in applicable(stopping, {"other_optimizer"})]
    assert {"solver": "lbfgs", "early_stopping": False} in changes


def test_levers_act_on_what_learns_and_not_on_what_prepares():
    prepare = make_column_transformer((IterativeImputer(max_iter=5), ["a"]), (KNNImputer(n_neighbors=3), ["b"]))
    pipeline = make_pipeline(prepare, PCA(), LogisticRegression(C=2.0, max_iter=50))
    for model in (pipeline, GridSearchCV(pipeline, {})):
        prefix = "" if model is pipeline else "estimator__"
        names = {name for _, change in applicable(as_model(model)) for name in change}
        settings = ("C", "max_iter", "class_weight")
        assert names - {"input_curves"} == {"adjust", *(f"{prefix}logisticregression__{name}" for name in settings)}
    forest = make_pipeline(KNNImputer(), BaggingClassifier(DecisionTreeClassifier(max_depth=4), n_estimators=10))
    names = {name for _, change in applicable(as_model(forest)) for name in change}
    found = {"n_estimators", "estimator__max_depth", "estimator__min_samples_leaf", "estimator__class_weight"}
    assert names >= {"adjust", *(f"baggingclassifier__{name}" for name in found)}
    assert all(name == "adjust" or name.startswith("baggingclassifier__") for name in names)


def test_the_remedy_that_gained_most_comes_first():
    found = evidence(bigger_network=probe(-0.03), train_longer=probe(-0.08), regularization=probe(0.0))
    assert [r.remedy for r in advice(found)][:2] == ["train_longer", "bigger_network"]


def test_of_gains_that_are_shown_as_equal_what_makes_it_train_comes_first():
    found = evidence(train_longer=probe(-0.0802), scale_inputs=probe(-0.0798), bigger_network=probe(-0.0801))
    assert [r.remedy for r in advice(found)][:3] == ["scale_inputs", "bigger_network", "train_longer"]
    more = evidence(train_longer=probe(-0.081), scale_inputs=probe(-0.08))
    assert [r.remedy for r in advice(more)][:2] == ["train_longer", "scale_inputs"]


def test_leaving_it_comes_before_what_only_might_help():
    found = evidence(bigger_network=probe(-0.02, half=0.03))
    order = [r.remedy for r in advice(found)]
    assert order.index("leave_it") < order.index("bigger_network")


def test_what_likely_gains_comes_after_what_surely_does_and_before_leaving_it():
    found = evidence(bigger_network=probe(-0.011, half=0.0005), regularization=probe(-0.016, half=0.012))
    assert [r.remedy for r in advice(found)][:3] == ["bigger_network", "regularization", "leave_it"]


def test_what_gains_for_sure_but_little_is_shown_after_leaving_it_even_without_a_finding():
    found = replace(
        evidence(weaker_regularization=probe(-0.008, half=0.007)), avoidable_bias=Estimate(0.0, -0.01, 0.01)
    )
    order = [r.remedy for r in advice(found)]
    assert order.index("leave_it") < order.index("weaker_regularization")


def test_any_sure_gain_comes_before_leaving_it_where_its_cause_shows_by_itself():
    no_bias, no_gap = Estimate(0.0, -0.01, 0.01), Estimate(0.005, 0.0, 0.01)
    plain = replace(evidence(scale_inputs=probe(-0.008, half=0.007)), avoidable_bias=no_bias, variance=no_gap)
    assert {f.code: f.outcome for f in check_rules(plain, RULES)}["N1"] == "fired"
    assert advice(plain)[0].remedy == "leave_it"
    unscaled = replace(plain, scale_ratio=exactly(1e5), scaled_inputs=exactly(0))
    outcomes = {f.code: f.outcome for f in check_rules(unscaled, RULES)}
    assert (outcomes["D8"], outcomes["N1"]) == ("fired", "suppressed")
    assert advice(unscaled)[0].remedy == "scale_inputs"


def test_what_makes_every_start_train_comes_before_leaving_it_though_the_mean_over_repeats_is_unsure():
    step = probe(-0.085, half=0.13)
    unsure, hangs = Estimate(0.0, -0.1, 0.1), exactly(0.1)
    found = replace(evidence(step_size=replace(step, unsticks=True)), avoidable_bias=unsure, stuck_share=hangs)
    assert advice(found)[0].remedy == "step_size"
    outcomes = {f.code: f.outcome for f in check_rules(replace(found, more_data_gain=Estimate(0.2, 0.1, 0.3)), RULES)}
    assert (outcomes["T15"], outcomes["V1c"], outcomes["N1"]) == ("fired", "suppressed", "suppressed")
    assert advice(replace(found, probes={"step_size": step}))[0].remedy == "leave_it"


def test_high_bias_alone_is_no_cause_that_makes_a_small_gain_worth_more():
    found = evidence(train_longer=probe(-0.008, half=0.007))
    assert {f.code: f.outcome for f in check_rules(found, RULES)}["B1"] == "fired"
    assert advice(found)[0].remedy == "leave_it"


def test_a_gap_is_not_called_harmless_while_a_remedy_likely_gains():
    excess = Estimate(0.0, -0.01, 0.01)
    found = replace(evidence(regularization=probe(-0.016, half=0.012)), excess=excess)
    outcome = {f.code: f.outcome for f in check_rules(found, RULES)}
    assert outcome["V2"] == "passed"
    without = {f.code: f.outcome for f in check_rules(replace(found, probes={}), RULES)}
    assert without["V2"] == "fired"


def test_a_likely_gain_counts_on_one_side_unless_rows_must_be_collected_for_it():
    nearly = Estimate(-0.03, -0.061, 0.001, at_least=-0.054, at_most=-0.006)
    surely = Estimate(-0.03, -0.059, -0.001, at_least=-0.052, at_most=-0.008)
    shown = {
        (remedy, change): shows_help(Trial(remedy, "undecided", change, 10, 0.0))
        for remedy in ("regularization", "more_data")
        for change in (nearly, surely)
    }
    assert [key for key, helps in shown.items() if not helps] == [("more_data", nearly)]
    assert not shows_help(None)


def test_what_surely_gains_nothing_is_not_recommended():
    assert "regularization" not in [r.remedy for r in advice(evidence(regularization=probe(0.01)))]


def test_without_probes_the_table_of_the_course_decides():
    found = evidence()
    columns = [r.column for r in advice(found) if r.expected is not None and r.expected.value < 0]
    assert columns[0] == "bias"  # the larger part of the dev error


@pytest.mark.parametrize("verdict", ["no_effect", "hurt"])
def test_what_was_tried_in_vain_is_no_longer_recommended(verdict):
    first, second, *others = advice(evidence(bigger_network=probe(-0.05), train_longer=probe(-0.03)))
    trial = Trial(first.remedy, verdict, Estimate(0.0, -0.01, 0.01), 5, 1.0)
    after = settled([replace(first, trial=trial), second, *others], 0.02)
    order = [one.remedy for one in after]
    assert order[0] == second.remedy
    assert order.index("leave_it") < order.index(first.remedy)
    assert [one.rank for one in after] == list(range(1, len(after) + 1))


def test_leave_it_is_always_in_the_list_and_ranks_are_a_count():
    for found in (evidence(), evidence(bigger_network=probe(-0.05)), Evidence()):
        recommendations = advice(found)
        assert "leave_it" in [r.remedy for r in recommendations]
        assert [r.rank for r in recommendations] == list(range(1, len(recommendations) + 1))


def test_a_remedy_never_proposes_what_the_model_already_is():
    small = build_model("classification", {"early_stopping": True, "init": "auto"})
    assert not [change for key, change in applicable(small) if key in ("early_stopping", "other_initialization")]


def test_strong_regularization_is_what_weaker_regularization_takes_back():
    model = build_model("classification", {"alpha": 100.0, "dropout": 0.5})
    changes = dict(applicable(model, {"weaker_regularization"}))
    assert changes["weaker_regularization"] == {"alpha": 1e-4, "dropout": 0.0}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize(
    "setting",
    [{}, {"dropout": 0.5}, {"batch_norm": True}, {"early_stopping": True}, {"activation": "logistic", "init": "zeros"},
     {"hidden_layer_sizes": ()}, {"l1": 0.1, "alpha": 50.0}, {"learning_rate_init": 1.0}, {"scale_inputs": False}],
    ids=str,
)  # fmt: skip
def test_every_change_of_any_model_can_be_trained(setting, solver):
    if solver == "lbfgs" and setting.keys() & {"dropout", "batch_norm"}:
        with pytest.raises(SettingError, match="lbfgs"):
            build_model("classification", {"solver": solver, **setting})
        return
    model = build_model("classification", {"solver": solver, "max_iter": 2, **setting})
    X, y = np.random.default_rng(0).normal(size=(30, 3)), np.arange(30) % 2
    for _, change in applicable(model):
        fitted = changed(model, change | {"max_iter": 2}).estimator.fit(X, y)
        assert fitted.predict(X).shape == (30,), change


def test_a_reference_model_that_surely_does_better_is_a_remedy_with_what_it_measured():
    found = replace(evidence(), simple_lead=Estimate(0.05, 0.03, 0.07), names={"reference": "Ridge"})
    first = advice(found)
    other = next(r for r in first if r.remedy == "other_model")
    assert other.trial.verdict == "helped"
    assert other.trial.change.value == -0.05
    assert other.rank < next(r.rank for r in first if r.remedy == "leave_it")
    assert "other_model" not in [r.remedy for r in advice(replace(found, simple_lead=Estimate(0.01, -0.01, 0.03)))]


@pytest.mark.parametrize(
    ("lead", "verdict"), [((0.02, 0.004, 0.036, 0.0055), "undecided"), ((0.03, 0.02, 0.04), "helped")]
)
def test_a_reference_model_is_judged_by_the_interval_as_every_trial_is(lead, verdict):
    value, low, high, *at_least = lead
    found = Evidence(material=exactly(0.01), simple_lead=Estimate(value, low, high, *at_least))
    (row,) = [one for one in advice(found) if one.remedy == "other_model"]
    assert row.trial.verdict == verdict


@pytest.mark.parametrize(("lead", "is_offered"), [(0.03, True), (0.015, False)])
def test_a_model_that_may_do_better_is_offered_after_keeping_this_one(lead, is_offered):
    undecided = Estimate(lead, -0.02, lead + 0.05)
    found = replace(
        evidence(), reference_lead=undecided, reference_error=exactly(0.17), names={"reference": "Boosting"}
    )
    remedies = [one.remedy for one in settled(advice(found), found.delta)]
    assert ("other_model" in remedies) == is_offered
    if is_offered:
        assert remedies.index("other_model") > remedies.index("leave_it")


def test_a_search_is_offered_for_every_network_whose_columns_say_something():
    network, forest = build_model("classification"), build_model("classification", key="forest")
    assert any(one.remedy == "search_settings" for one in advice(Evidence(), network))
    assert not any(one.remedy == "search_settings" for one in advice(Evidence(), forest))
    noise = Evidence(better_than_guess=Estimate(0.0, -0.02, 0.02), guess_error=exactly(0.5))
    assert not any(one.remedy == "search_settings" for one in advice(noise, network))


def test_what_must_be_repaired_in_the_table_comes_before_every_change_of_the_model():
    leak = replace(evidence(bigger_network=probe(-0.1)), leak_gain=exactly(0.95), names={"leak_column": "paid_back"})
    first, *rest = advice(leak)
    assert first.remedy == "repair_table"
    assert "paid_back" in str(first.because)
    assert "search_settings" not in [one.remedy for one in rest]


def test_more_rows_to_judge_with_are_recommended_only_while_they_keep_the_verdict_open():
    open_ = replace(evidence(), variance=Estimate(0.02, -0.02, 0.06), dev_half_width=exactly(0.06), n_dev=exactly(96))
    order = [one.remedy for one in advice(open_)]
    assert order.index("more_dev_rows") < order.index("leave_it")
    decided = replace(open_, variance=Estimate(0.1, 0.08, 0.12))
    assert "more_dev_rows" not in [one.remedy for one in advice(decided)]
