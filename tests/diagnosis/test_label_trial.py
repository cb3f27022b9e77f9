"""The label trial: suspects are dropped in training rows only, and the verdict needs both comparisons."""

import numpy as np
import pandas as pd
import pytest

from dldiag.core.estimate import Estimate
from dldiag.core.settings import Settings
from dldiag.data.dataset import make_dataset
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.diagnosis.label_trial import label_verdict, try_without_suspects
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model


def fits_of(seed=0, flipped=0.15, numeric=False):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(500, 4)), columns=list("abcd"))
    y = X.a + X.b - X.c
    if numeric:
        X["target"] = y + 0.1 * rng.normal(size=500) + np.where(rng.random(500) < flipped, 20.0, 0.0)
    else:
        X["target"] = np.where((y > 0) ^ (rng.random(500) < flipped), "yes", "no")
    dataset = make_dataset(X, "target")
    return FitCache(dataset, diagnosis_split(dataset, Settings(seed=seed)))


@pytest.mark.parametrize("key", ["mlp", "linear"])
def test_dropping_flipped_labels_helps_more_than_dropping_random_rows(key):
    tried = try_without_suspects(fits_of(), build_model("classification", key=key), material=0.01)
    assert 0.08 < tried.dropped <= 0.3
    assert tried.against_random.value < 0.01
    assert tried.verdict in ("wrong_labels", "undecided")
    assert tried.relabelled.value < 0.01


def test_a_numeric_target_can_be_tried_too():
    tried = try_without_suspects(
        fits_of(numeric=True, flipped=0.05), build_model("regression", key="linear"), material=0.01
    )
    assert 0.02 < tried.dropped < 0.1
    assert tried.relabelled.value < 0


def test_a_report_holds_the_trial_when_its_settings_ask_for_it():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 3)), columns=list("abc"))
    X["y"] = X.a - X.b + 0.1 * rng.normal(size=300) + np.where(rng.random(300) < 0.05, 20.0, 0.0)
    settings = Settings(budget="quick", trials=0, baselines=(), label_trial=True)
    found = diagnose(make_dataset(X, "y"), build_model("regression", key="linear"), settings).errors.suspects
    assert found.tried is not None
    assert found.tried.change.value < 0


def test_without_probabilities_or_suspects_there_is_no_trial():
    assert try_without_suspects(fits_of(), build_model("classification", key="svm"), material=0.01) is None
    clean = fits_of(numeric=True, flipped=0)
    assert try_without_suspects(clean, build_model("regression", key="linear"), material=0.01) is None


@pytest.mark.parametrize(
    ("change", "against", "said"),
    [
        ((-0.03, -0.04, -0.02), (-0.02, -0.03, -0.01), "wrong_labels"),
        ((-0.03, -0.04, -0.02), (0.0, -0.03, 0.03), "undecided"),
        ((-0.03, -0.04, -0.02), (0.0, -0.005, 0.005), "no_effect"),
        ((0.03, 0.02, 0.04), (0.0, -0.03, 0.03), "hurt"),
    ],
)
def test_labels_are_called_wrong_only_where_both_comparisons_say_so(change, against, said):
    assert label_verdict(Estimate(*change), Estimate(*against), 0.01) == said
