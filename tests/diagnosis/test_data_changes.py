"""Remedies of the data: proposed from the errors on dev rows, run like every other remedy."""

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

from dldiag.core.error_findings import ColumnImportance
from dldiag.core.estimate import Estimate
from dldiag.core.settings import Settings
from dldiag.data.dataset import make_dataset
from dldiag.diagnosis.case import prepare_case
from dldiag.diagnosis.data_changes import ErrorContext, idle_columns_dropped, missing_features, other_kind_weighted
from dldiag.diagnosis.diagnose import diagnose
from dldiag.error_analysis.of_fits import analyze_fits
from dldiag.experiments.chosen_model import choice_of, chosen_model
from dldiag.experiments.models import as_model, build_model, changed
from tests.problems import interaction

QUICK = Settings(budget="quick", baselines=("linear",), trials=1)


def looked(data, model, settings=QUICK):
    case = prepare_case(data, model, settings)
    case.fits.fit([case.model, *case.references], case.sizes[-1:], case.all_repeats)
    return ErrorContext(case.fits, case.model, analyze_fits(case.fits, case.model))


def with_found(context, **changes):
    return replace(context, found=replace(context.found, **changes))


def test_a_planted_interaction_is_proposed_first_and_helps():
    report = diagnose(interaction(), build_model("regression", key="linear"), QUICK)
    first = report.recommendations[0]
    assert (first.remedy, dict(first.change)) == ("new_features", {"new_features": ("a * b",)})
    assert first.trial.verdict == "helped"


def test_nothing_is_proposed_where_nothing_is_missing():
    linear = build_model("regression", key="linear")
    assert [missing_features(looked(interaction(seed, strength=0.0), linear)) for seed in range(3)] == [()] * 3


def test_a_network_is_asked_about_what_the_linear_model_lacks():
    network = build_model("regression", {"max_iter": 30})
    changes = [one.change for one in missing_features(looked(interaction(), network))]
    assert {"new_features": ("a * b",)} in changes


def test_many_levels_become_numbers():
    rng = np.random.default_rng(1)
    city = rng.integers(0, 30, 400)
    data = make_dataset(
        pd.DataFrame(
            {"a": rng.normal(size=400), "city": [f"c{k}" for k in city], "y": city % 7 + rng.normal(size=400)}
        ),
        "y",
    )
    (found,) = missing_features(looked(data, build_model("regression", key="linear")))
    assert found.change == {"new_features": ("target(city)", "frequency(city)"), "drop_columns": ("city",)}


def test_idle_columns_are_dropped_together():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(200, 12)), columns=list("abcdefghijkl"))
    data = make_dataset(frame.assign(y=2 * frame.a + rng.normal(size=200)), "y")
    seen = looked(data, build_model("regression"))
    together, *_ = idle_columns_dropped(seen)
    dropped = set(together.change["drop_columns"])
    assert "a" not in dropped
    assert len(dropped) >= 6
    assert idle_columns_dropped(replace(seen, least_gain=seen.gap)) == (), "no more than the gap can be gained"


def test_a_group_of_correlated_columns_that_surely_misleads_is_left_out_whole_and_alone():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(120, 6)), columns=list("abcdef"))
    frame = frame.assign(b2=frame.b + 0.1 * rng.normal(size=120))
    seen = looked(make_dataset(frame.assign(y=frame.a + rng.normal(size=120)), "y"), build_model("regression"))
    *others, _ = seen.found.findings.importance

    def proposed(high):
        misleading = ColumnImportance("b", Estimate(-0.1, -0.2, high), ("b", "b2"))
        findings = replace(seen.found.findings, importance=(*others, misleading))
        return [one.change["drop_columns"] for one in idle_columns_dropped(with_found(seen, findings=findings))]

    assert proposed(-0.01)[-1] == ("b", "b2")
    assert ("b", "b2") not in proposed(0.01), "shuffling a column of noise changes nothing on average"


def test_columns_that_are_useless_only_one_by_one_stay():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(90, 20)), columns=[f"x{j}" for j in range(20)])
    data = make_dataset(frame.assign(y=np.where(frame.sum(axis=1) > 0, "yes", "no")), "y")
    seen = looked(data, build_model("classification"))
    alone = [one for one in seen.found.findings.importance if one.increase.low <= 0]
    assert len(alone) > 10
    assert seen.found.idle == () and idle_columns_dropped(seen) == ()


def test_rows_of_the_other_kind_are_weighed():
    rng = np.random.default_rng(0)
    a, other = rng.normal(size=400), np.arange(400) % 2 == 0
    frame = pd.DataFrame(
        {"a": a, "kind": np.where(other, "no", "yes"), "y": np.where(other, -a, a) + rng.normal(size=400)}
    )
    data = make_dataset(frame, "y", domain=("kind", "yes"))
    linear = build_model("regression", key="linear")
    assert [one.change["reweight_rows"] for one in other_kind_weighted(looked(data, linear))] == [0.0, 0.3]
    report = diagnose(data, linear, QUICK)
    assert report.recommendations[0].remedy == "reweight_rows"
    assert report.recommendations[0].trial.verdict == "helped"


def test_a_changed_model_comes_back_from_its_choice():
    ridge = changed(as_model(Ridge(alpha=2.0)), {"new_features": ("a * b",), "scale_inputs": True})
    for model in (ridge, changed(build_model("regression"), {"drop_columns": ("a",)})):
        assert chosen_model("regression", choice_of(model)).identity == model.identity
