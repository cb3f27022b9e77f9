"""A metric that weighs classes unequally, and a model that weighs them alike: what is said, and what is advised."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from dldiag.core.settings import Settings
from dldiag.core.types import Estimate, Trial, exactly
from dldiag.data.dataset import make_dataset
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.evidence.evidence import Evidence, Probe
from dldiag.diagnosis.metric_changes import class_demands, favors_classes
from dldiag.diagnosis.metric_evidence import metric_demands, names_of_demands
from dldiag.diagnosis.recommend import recommend, settled
from dldiag.diagnosis.rules import RULES, check_rules
from dldiag.diagnosis.verdict import conclude
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.models import as_model, build_model, changed
from tests.problems import dataset

REPEATS = range(4)
RARE = Evidence(
    material=exactly(0.05), train_error=exactly(0.45), dev_error=exactly(0.48), n_dev=exactly(600), repeats=exactly(6),
    guess_error=exactly(0.5), better_than_guess=Estimate(0.01, -0.04, 0.06), weight_ratio=exactly(32.0),
    ranking_gain=Estimate(0.24, 0.1, 0.38, at_least=0.05), names={"heavy_class": "yes", "light_class": "no"},
)  # fmt: skip
FEW = {"rare_dev_rows": exactly(18), "dev_half_width": exactly(0.08)}


def with_threshold(low, value, high):
    change = Estimate(value, low, high)
    return replace(RARE, probes={"threshold": Probe(change, change, {"adjust": "threshold"}, 6)})


def outcomes(evidence):
    return {finding.code: finding.outcome for finding in check_rules(evidence, RULES)}


def order(evidence):
    return [one.remedy for one in recommend(check_rules(evidence, RULES), evidence)]


def rare_table(n_rare=60, n_other=1500, shift=0.7):
    rng = np.random.default_rng(0)
    y = np.repeat(["yes", "no"], [n_rare, n_other])
    X = rng.normal(size=(len(y), 4)) + shift * (y == "yes")[:, None]
    return make_dataset(pd.DataFrame(X, columns=list("abcd")).assign(y=y).sample(frac=1, random_state=0), "y")


def case_of(model, settings=Settings()):  # noqa: B008 — frozen
    case = prepare_case(rare_table(), model, settings)
    case.fits.fit([case.model, case.guess], [case.sizes[-1]], REPEATS)
    return case, [case.fits.get(one, case.sizes[-1], REPEATS) for one in (case.model, case.guess)]


@pytest.mark.parametrize(
    ("choice", "weights"),
    [
        (MetricChoice("balanced_error"), {0: 1 / 6, 2: 1 / 2}),
        (MetricChoice("cost", costs=((0.0, 1.0, 1.0), (1.0, 0.0, 3.0), (5.0, 5.0, 0.0))), {0: 2.0, 1: 4.0, 2: 10.0}),
        (MetricChoice("cost", costs=((0.0, 0.0, 0.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0))), {}),
        (MetricChoice("error"), {}),
        (MetricChoice("roc_auc", positive=1), {}),
        (MetricChoice("f1", positive=2), {}),  # three codes: which of the others is the lighter is not known
    ],
)
def test_a_metric_of_decisions_weighs_the_classes(choice, weights):
    assert class_demands(np.array([0] * 6 + [2] * 2), choice, 0.5) == pytest.approx(weights)


def test_f1_weighs_a_missed_row_as_the_best_threshold_does():
    p = np.linspace(0.0, 1.0, 2001)  # every row's chance to be positive; even shares of the rows have each
    called = p[:, None] <= p[None, :]  # rows called positive, by threshold
    hits = (called * p).sum(axis=1)
    f1 = 2 * hits / (called.sum(axis=1) + p.sum())
    weights = class_demands(np.array([0, 1]), MetricChoice("f1", positive=1), float(f1.max()))
    share = weights[0] / (
        weights[0] + weights[1]
    )  # the chance from which weighted mistakes favor calling a row positive
    assert share == pytest.approx(p[f1.argmax()], abs=2e-3)


def test_class_weights_and_a_moved_threshold_are_seen_on_a_model():
    plain = build_model("classification")
    assert not favors_classes(plain)
    assert favors_classes(changed(plain, {"class_weight": "balanced"}))
    assert favors_classes(changed(plain, {"adjust": "threshold"}))
    assert favors_classes(as_model(LogisticRegression(class_weight={0: 1, 1: 9})))


def test_ranking_is_told_as_scikit_learn_measures_it_and_a_weighted_model_asks_for_nothing():
    case, (fits, guess) = case_of(LogisticRegression())
    found = metric_demands(case.fits, case.model, [fits], guess)
    y = case.fits.dataset.y == case.fits.encoded.choice.positive
    auc = [roc_auc_score(y[one.task.dev_rows], one.kept.proba[:, 1]) for one in fits]
    assert found["ranking_gain"].value == pytest.approx(np.mean(auc) - 0.5, abs=1e-6)
    counts = np.bincount(case.fits.open_targets)
    assert found["weight_ratio"].value == pytest.approx(counts.max() / counts.min())
    assert names_of_demands(case.fits) == {"heavy_class": "yes", "light_class": "no"}
    case, (fits, guess) = case_of(LogisticRegression(class_weight="balanced"))
    assert metric_demands(case.fits, case.model, [fits], guess)["weight_ratio"] == exactly(1.0)


def test_a_table_of_three_classes_is_asked_for_the_ranking_of_each_against_the_others():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(600, 3)), columns=list("abc"))
    y = np.repeat(["x", "y", "z"], [300, 280, 20])
    data = make_dataset(frame.assign(a=frame["a"] + 2 * (y == "z")).assign(t=y).sample(frac=1, random_state=0), "t")
    case = prepare_case(data, LogisticRegression(), Settings())
    case.fits.fit([case.model, case.guess], [case.sizes[-1]], REPEATS)
    fits, guess = (case.fits.get(one, case.sizes[-1], REPEATS) for one in (case.model, case.guess))
    found = metric_demands(case.fits, case.model, [fits], guess)
    codes = case.fits.dataset.y
    auc = [
        np.mean([roc_auc_score(codes[one.task.dev_rows] == code, one.kept.proba[:, code]) for code in range(3)])
        for one in fits
    ]
    assert found["ranking_gain"].value == pytest.approx(np.mean(auc) - 0.5, abs=1e-6)
    assert found["weight_ratio"].value > 3


def test_decisions_at_the_wrong_weight_do_not_say_that_the_columns_tell_nothing():
    assert outcomes(RARE)["D16"] == "fired"
    assert (outcomes(RARE)["D9"], outcomes(RARE)["D17"]) == ("not_applicable", "passed")
    alike = replace(RARE, weight_ratio=exactly(1.0))
    assert [outcomes(alike)[code] for code in ("D9", "D17", "D19")] == ["not_applicable", "not_applicable", "fired"]
    assert outcomes(replace(alike, ranking_gain=None))["D9"] == "fired", "nothing shows that the columns say anything"
    chance = replace(RARE, ranking_gain=Estimate(0.0, -0.1, 0.1))
    assert outcomes(chance)["D17"] == "fired"
    assert order(chance)[0] == "better_features"


def test_headline_and_list_agree_where_only_the_ranking_shows_that_the_columns_say_something():
    """Of a third of rows in the rarer class no short run with class weights is made; the rule names them all the same."""
    third = replace(
        RARE, weight_ratio=None, majority_share=exactly(0.67), n_classes=exactly(2), names={},
        probes={"regularization": Probe(Estimate(0.0, -0.01, 0.01), exactly(0.0))},
    )  # fmt: skip
    findings = check_rules(third, RULES)
    listed = recommend(findings, third, as_model(LogisticRegression()))
    assert (listed[0].remedy, listed[0].because) == (
        "class_weights",
        next(one.message for one in findings if one.code == "D19"),
    )
    assert conclude(findings, third, "y").code == listed[0].problem
    assert "tell the classes" in str(conclude(findings, third, "y").headline)


def test_even_classes_have_no_rarer_one_to_judge_by():
    even = replace(
        RARE, weight_ratio=None, majority_share=exactly(0.52), n_classes=exactly(2), achievable=exactly(0.4), names={}
    )
    assert (outcomes(even)["D9"], outcomes(even)["D19"]) == ("undecided", "passed")
    said = str(conclude(check_rules(even, RULES), even, "y").headline)
    assert said.startswith("No model clearly beats always predicting the commonest class yet")
    assert "rarer class" not in said


@pytest.mark.parametrize(
    ("low", "value", "high", "first"),
    [(-0.29, -0.1, 0.02, "threshold"), (-0.12, 0.04, 0.12, "threshold"), (0.01, 0.05, 0.09, "leave_it")],
)
def test_what_the_metric_asks_for_is_tried_first_unless_it_surely_hurts(low, value, high, first):
    evidence = with_threshold(low, value, high)
    assert order(evidence)[0] == first
    assert order(replace(evidence, weight_ratio=exactly(1.0), **FEW))[0] != "threshold"


@pytest.mark.parametrize(
    ("verdict", "value", "first"), [("undecided", 0.01, "threshold"), ("no_effect", 0.0, "leave_it"), ("hurt", 0.06, "leave_it")]
)  # fmt: skip
def test_a_test_that_leaves_it_open_takes_back_no_advice_of_the_metric(verdict, value, first):
    evidence = with_threshold(-0.12, 0.04, 0.12)
    before = recommend(check_rules(evidence, RULES), evidence)
    trial = Trial("threshold", verdict, Estimate(value, value - 0.1, value + 0.1), 8, 1.0)
    tried = [replace(one, trial=trial) if one.remedy == "threshold" else one for one in before]
    assert settled(tried, evidence.delta)[0].remedy == first


def test_a_rare_class_that_a_model_ranks_well_is_told_to_move_the_threshold_or_to_weigh_classes():
    report = diagnose(rare_table(), LogisticRegression(), Settings(budget="quick", trials=1))
    assert report.metric.name == "balanced_error"
    assert report.verdict.code != "no_signal"
    assert report.recommendations[0].remedy in ("threshold", "class_weights")
    assert {one.code: one.outcome for one in report.findings}["D16"] == "fired"


def test_columns_that_rank_the_rows_are_not_said_to_hold_nothing_where_the_error_rate_sees_nothing():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_200, 2))
    rare = rng.random(1_200) < 1 / (1 + np.exp(3.0 - 1.1 * X[:, 0]))
    data = dataset(X, np.where(rare, 1, 0))
    settings = Settings(budget="quick", sizes=2, repeats=4, trials=0, metric="error")
    report = diagnose(data, LogisticRegression(), settings)
    found = {one.code: one.outcome for one in report.findings}
    assert (found["D9"], found["D19"]) == ("not_applicable", "fired")
    assert "tell the classes" in str(report.verdict.headline)
    assert report.evidence["ranking_gain"].value > 0.15
    noise_only = dataset(rng.normal(size=(1_200, 2)), np.where(rare, 1, 0))
    report = diagnose(noise_only, LogisticRegression(), settings)
    found = {one.code: one.outcome for one in report.findings}
    assert (found["D9"], found["D19"]) == ("fired", "passed")
    assert report.verdict.code == "no_signal"
