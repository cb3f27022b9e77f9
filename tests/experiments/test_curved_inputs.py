"""Curves in front of linear models: where they are put, what they can then learn, and whom they are not offered to."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler

from dldiag.core.params import SettingError
from dldiag.core.settings import Settings
from dldiag.data.dataset import make_dataset
from dldiag.diagnosis.diagnose import diagnose
from dldiag.diagnosis.remedies import applicable
from dldiag.experiments.models import as_model, changed
from tests.data.tables import frame_table

TABLE = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(handle_unknown="ignore"), ["c"]))


def ring(seed, rows):
    """Return a frame and classes by the distance from the middle: no plane parts them, and no scale does."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"a": 100 * rng.normal(size=rows), "b": rng.normal(size=rows), "c": rng.choice(["u", "v"], rows)}
    )
    return frame, np.where(np.hypot(frame.a / 100, frame.b) > 1.18, "out", "in")


def score(estimator):
    return estimator.fit(*ring(0, 400)).score(*ring(1, 400))


@pytest.mark.parametrize("kind", ["spline", "polynomial"])
def test_a_pipeline_of_numbers_and_categories_gets_its_curves_behind_the_numbers(kind):
    straight = as_model(make_pipeline(TABLE, LogisticRegression()))
    bent = changed(straight, {"input_curves": kind})
    assert score(straight.estimator) < 0.65
    assert score(bent.estimator) > 0.9


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(StandardScaler(), RandomForestClassifier()),
        make_pipeline(OneHotEncoder(), LogisticRegression()),
        make_pipeline(StandardScaler(), PolynomialFeatures(2), Ridge()),
        Ridge(),
    ],
    ids=["not linear", "no numbers", "curved already", "no pipeline"],
)
def test_who_cannot_use_curves_is_not_offered_them(estimator):
    assert "curved_features" not in {remedy for remedy, _ in applicable(as_model(estimator))}
    with pytest.raises(SettingError):
        changed(as_model(estimator), {"input_curves": "spline"})


@pytest.mark.parametrize(
    "estimator", [LogisticRegression(), make_pipeline(TABLE, LogisticRegression())], ids=["bare", "pipeline"]
)
def test_a_linear_model_on_a_ring_is_advised_to_bend(estimator):
    frame, y = ring(0, 400)
    table = make_dataset(frame_table(frame.assign(y=y)), "y")
    report = diagnose(table, estimator, Settings(budget="quick", trials=1, baselines=("linear",)))
    first = report.recommendations[0]
    assert first.remedy == "curved_features"
    assert first.trial.verdict == "helped"
    assert first.trial.change.value < -0.3
    assert changed(as_model(estimator), first.trial.settings).identity != as_model(estimator).identity


def test_what_an_own_model_got_around_it_stands_among_its_parameters():
    bent = changed(as_model(Ridge()), {"new_features": ("spline(a)",), "scale_inputs": True})
    assert bent.parameters["new_features"] == ("spline(a)",)
    assert bent.parameters["scale_inputs"] is True
    assert "scale_inputs" not in as_model(Ridge()).parameters
