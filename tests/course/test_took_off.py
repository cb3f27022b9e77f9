"""Error against rows: every learner on the same subsets as scikit-learn would see them, and what is read off."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from dldiag.core.types import LearningCurve, Stopped
from dldiag.course.shared.toys import toy
from dldiag.course.took_off.figures import scale_figure
from dldiag.course.took_off.scaling import (
    LEARNERS,
    LearnerComparison,
    ScaleSettings,
    compare_learners,
    describe_crossover,
    describe_few_rows,
    fit_learners,
    size_to_use,
    size_words,
)
from dldiag.data.split import make_split

SIZES = np.array([20, 80, 320, 1280])
QUICK = ScaleSettings(learners=("medium", "linear"), sizes=3, repeats=3, train_rows=200)


def curve(key, errors, repeats=6, spread=0.003):
    noise = np.random.default_rng(len(key)).normal(0, spread, (len(SIZES), repeats))
    table = np.asarray(errors)[:, None] + noise
    return LearningCurve(key, SIZES, table, table)


def test_the_linear_learner_is_scikit_learns_on_the_same_rows():
    made = toy("circles", 500)
    found = fit_learners(made, QUICK)
    split = make_split(made, 3, 0, 200)
    size, errors = found.curves[1].sizes[0], []
    for repeat in split.repeats:
        rows = repeat.train_rows[:size]
        scaler = StandardScaler().fit(made.X.to_numpy()[rows])
        model = LogisticRegression(max_iter=500).fit(scaler.transform(made.X.to_numpy()[rows]), made.y[rows])
        X_dev = scaler.transform(made.X.to_numpy()[repeat.dev_rows])
        errors.append(1 - model.score(X_dev, made.y[repeat.dev_rows]))
    assert found.curves[1].errors[0] == pytest.approx(np.mean(errors), abs=1e-6)
    assert msgspec.json.decode(msgspec.json.encode(found), type=LearnerComparison) == found


@pytest.mark.parametrize(("name", "least"), [("moons", 0.2), ("wave", 0.8)])
def test_networks_of_every_size_learn(name, least):
    """Also a target far from 0, which a network learns only when it is standardized."""
    made = toy(name, 400)
    if made.task == "regression":
        made = replace(made, y=1000 + 100 * made.y)
    seen = []
    asked = ScaleSettings(learners=("small", "medium", "large"), sizes=3, repeats=3, train_rows=240)
    found = fit_learners(made, asked, on_progress=seen.append)
    assert all(one.errors[-1] < least for one in found.curves)
    assert [curve.label for curve in seen[-1].curves] == [str(LEARNERS[one.key].label) for one in found.curves]


def test_a_true_crossover_is_said_with_its_rows():
    found = compare_learners([curve("large", [0.4, 0.3, 0.2, 0.1]), curve("linear", [0.3, 0.25, 0.22, 0.2])], rho=0.25)
    one = found.crossings[0]
    assert (one.first, one.second, one.verdict) == ("linear", "large", "crosses")
    assert 80 < one.size.value < 320
    assert "overtakes Linear model" in str(describe_crossover(found))


def test_only_the_two_learners_of_the_crossover_are_shaded():
    errors = {"large": [0.4, 0.3, 0.2, 0.1], "linear": [0.3, 0.25, 0.22, 0.2], "small": [0.5, 0.5, 0.5, 0.5]}
    found = compare_learners([curve(key, values) for key, values in errors.items()], rho=0.25)
    shaded = [one for one in scale_figure(found).data if one.fill == "toself" and len(one.x or ())]
    assert len(shaded) == 2


@pytest.mark.parametrize(
    "large, words",
    [
        ([0.5, 0.45, 0.44, 0.43], "No crossover in sight up to 1,280 rows: Linear model stays ahead"),
        ([0.2, 0.1, 0.05, 0.02], "is ahead of every traditional learner"),
        ([0.2, 0.25, 0.3, 0.35], "turned around"),
    ],
)
def test_what_is_not_there_is_not_claimed(large, words):
    found = compare_learners([curve("large", large), curve("linear", [0.3, 0.25, 0.22, 0.2])], rho=0.25)
    assert words in str(describe_crossover(found))


@pytest.mark.parametrize(
    "other, words",
    [([0.301, 0.3, 0.3, 0.3], "hardly differ, as the course says"), ([0.5, 0.3, 0.3, 0.3], "Here that is false")],
)
def test_the_claim_about_few_rows_is_tested(other, words):
    found = compare_learners([curve("large", [0.3, 0.3, 0.3, 0.3]), curve("linear", other)], rho=0.25)
    assert words in str(describe_few_rows(found))


def test_noise_leaves_the_claim_open():
    loud = [curve(key, [0.3, 0.3, 0.3, 0.3], spread=0.1) for key in ("large", "linear")]
    assert "is undecided" in str(describe_few_rows(compare_learners(loud, rho=0.25)))


def test_one_learner_or_none_is_answered_kindly():
    alone = compare_learners([curve("linear", [0.3, 0.2, 0.1, 0.1])], rho=0.25)
    assert "choose two or more" in str(describe_few_rows(alone))
    assert "choose both" in str(describe_crossover(alone))
    assert compare_learners([], rho=0.25).curves == ()


def test_every_learner_can_be_built_for_both_tasks():
    for name, task in (("moons", "classification"), ("wave", "regression")):
        everyone = ScaleSettings(learners=tuple(LEARNERS), sizes=3, repeats=3, train_rows=60)
        found = fit_learners(toy(name, 200), everyone)
        assert [one.key for one in found.curves] == list(LEARNERS)
        assert found.unit == ("rate" if task == "classification" else "sd")


@pytest.mark.parametrize(
    ("errors", "size"),
    [
        ({"small": 0.1, "large": 0.2, "linear": 0.3}, (4,)),
        ({"small": 0.2, "large": 0.1, "linear": 0.3}, (64, 64)),
        ({"small": 0.1, "large": 0.2, "linear": 0.0999}, (4,)),  # not decided
        ({"small": 0.2, "large": 0.3, "linear": 0.1}, None),
        ({"linear": 0.2, "svm": 0.3}, None),
        ({"large": 0.3}, None),
    ],
)
def test_the_size_of_the_best_network_is_recommended_unless_another_learner_is_better(errors, size):
    found = compare_learners([curve(key, [0.4, 0.4, 0.4, error]) for key, error in errors.items()], rho=0.25)
    assert size_to_use(found, "classification").get("hidden_layer_sizes") == size
    assert (size_words(found) is None) == (size is None)


def test_a_difference_is_said_of_the_two_learners_it_was_measured_between():
    """The surest pair need not be the two ends: who is 14 points apart is named."""
    calm, wild = (
        curve(*one, spread=0) for one in (("linear", [0.2, 0.2, 0.2, 0.2]), ("neighbors", [0.3, 0.3, 0.3, 0.34]))
    )
    ends = curve("boosting", [0.3, 0.3, 0.3, 0.35], spread=0.1)
    said = str(describe_few_rows(compare_learners([calm, wild, ends], rho=0.25)))
    assert "On 1,280 rows k nearest neighbors errs 14.0 points more than Linear model." in said
    assert "two ends" not in said


def test_a_stop_is_heard():
    with pytest.raises(Stopped):
        fit_learners(toy("moons", 200), QUICK, should_stop=lambda: True)
