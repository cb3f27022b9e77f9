"""The screen finds what residuals go together with, and nothing where they are noise."""

import numpy as np
import pandas as pd
import pytest

from dldiag.data.dataset import make_dataset
from dldiag.data.encode import encode
from dldiag.error_analysis.feature_screen import screen_features
from dldiag.error_analysis.row_losses import ErrorCase, row_losses
from dldiag.experiments.predictions import Predictions

ROWS = 800


def columns(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(ROWS, 6)), columns=list("abcdef"))
    return frame.assign(size=rng.uniform(1, 5, ROWS), city=rng.choice(list("uvw"), ROWS)), rng.normal(size=ROWS)


def judged(data, left):
    """Return a case and its losses: predictions of a numeric target that leave these residuals."""
    rows = np.arange(ROWS)
    case = ErrorCase(Predictions(rows, 0 * rows, data.y, data.y - left), data.X, "regression", scale=1.0)
    return case, row_losses(case)


def screened(frame, left, learner=None):
    """Screen what predictions leave. learner: what those of another model leave."""
    data = make_dataset(frame.assign(y=left), "y")
    other = None if learner is None else judged(data, learner)
    return [one.text for one in screen_features(*judged(data, left), encode(data), learner=other)]


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("a * b", lambda f: f.a * f.b),
        ("a / size", lambda f: 3 * f.a / f["size"]),
        ("spline(c)", lambda f: np.abs(f.c)),
        ("d * city = v", lambda f: 2 * f.d * (f.city == "v")),
    ],
)
def test_what_is_left_is_named_first(text, of):
    frame, noise = columns(3)
    assert screened(frame, of(frame) + 0.5 * noise)[0] == text


def test_a_linear_rest_and_noise_are_no_feature():
    found = [screened(frame, frame.a + noise) for frame, noise in map(columns, range(20))]
    assert sum(map(bool, found)) <= 1


def test_what_another_model_has_learned_for_itself_is_left_out():
    frame, noise = columns(4)
    left = frame.a * frame.b + 0.5 * frame.d * frame.e + 0.3 * noise
    assert screened(frame, left) == ["a * b", "d * e"]
    assert screened(frame, left, learner=0.3 * noise) == []
    assert screened(frame, left, learner=0.2 * frame.a * frame.b + 0.3 * noise) == ["a * b"]


def test_bends_are_no_news_to_a_model_that_makes_them_for_itself():
    frame, noise = columns(4)
    left = np.abs(frame.c) + 0.3 * noise
    assert screened(frame, left)[0] == "spline(c)"
    assert screened(frame, left, learner=left) == []


def test_two_classes_are_screened_by_their_probabilities():
    frame, noise = columns(5)
    y = np.where(frame.a * frame.b + 0.5 * noise > 0, "p", "q")
    data = make_dataset(frame.assign(y=y), "y")
    rows, half = np.arange(ROWS), np.full((ROWS, 2), 0.5, dtype=np.float32)
    given = Predictions(rows, 0 * rows, data.y, 0 * data.y, half, has_probabilities=True)
    case = ErrorCase(given, data.X, "classification", data.classes)
    assert screen_features(case, row_losses(case), encode(data))[0].text == "a * b"
