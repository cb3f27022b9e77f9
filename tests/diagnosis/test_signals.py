"""Health signals to evidence, against what is known of the training they come from."""

from dataclasses import replace

import numpy as np
import pytest

from dldiag import MLPClassifier, MLPRegressor, nn
from dldiag.core.settings import Settings
from dldiag.core.types import exactly
from dldiag.data.dataset import make_dataset
from dldiag.data.samples import SAMPLES, load_sample
from dldiag.diagnosis.effort import diagnosis_split
from dldiag.diagnosis.evidence.evidence import Evidence
from dldiag.diagnosis.evidence.signals import SMOOTHED, mean_training_curve, signals, unsticks
from dldiag.diagnosis.rules import RULES, apply_rule
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import as_model, build_model
from dldiag.experiments.tasks import FitTask
from dldiag.nn.health import Health
from tests.problems import dataset

RULE = {rule.code: rule for rule in RULES}


def of_healths(healths):
    nothing = np.zeros(1)
    task = FitTask(("", 0, 0), build_model("classification"), nothing, nothing, 0)
    return [FitResult(task, 0, 0, 0, nothing, 0, 0, nothing, health=health) for health in healths]


def watched(data, model, repeats=3, size=None):
    fits = FitCache(data, diagnosis_split(data, Settings()))
    size = size or fits.split.n_train
    fits.fit([model], [size], range(repeats), watched=True)
    return fits.get(model, size, range(repeats))


def product_of_signs(n=500):
    X = np.random.default_rng(1).normal(size=(n, 4))
    return dataset(X, (X[:, 0] * X[:, 1] > 0).astype(int))


def t5(results):
    seen = signals(results)
    return apply_rule(
        RULE["T5"], Evidence(**{name: seen[name] for name in ("gradient_ratio", "first_gradient")})
    ).outcome


def test_a_gradient_that_vanishes_on_its_way_through_six_sigmoid_layers_is_seen():
    deep = {"hidden_layer_sizes": (8,) * 6, "activation": "logistic", "max_iter": 20}
    for more in ({}, {"init": "small_random"}, {"solver": "sgd"}):
        results = watched(product_of_signs(), build_model("classification", deep | more))
        assert t5(results) == "fired", more


@pytest.mark.parametrize("name", [name for name, one in SAMPLES.items() if "credit_card" not in one.file])
def test_the_gradient_of_a_healthy_network_reaches_its_first_layer(name):
    data = make_dataset(load_sample(name), SAMPLES[name].target)
    for settings in ({}, {"hidden_layer_sizes": (32, 32, 32), "solver": "sgd"}, {"alpha": 100.0}):
        model = build_model(data.task, {"max_iter": 10} | settings)
        assert t5(watched(data, model, repeats=2)) == "passed", settings


def test_a_layer_of_one_unit_has_no_units_that_are_the_same():
    seen = signals(watched(product_of_signs(), as_model(MLPClassifier((20, 1), max_iter=10))))
    assert seen["symmetry"].value > 0.1
    alone = signals(watched(product_of_signs(), as_model(MLPClassifier((1,), max_iter=10))))
    assert alone["symmetry"] is None
    same = signals(watched(product_of_signs(), as_model(MLPClassifier((20, 1), max_iter=10, init="zeros"))))
    assert same["symmetry"].value == 0


def of_errors(*pairs):
    """Watched repeats of these training and dev errors, where the plainest guess errs by 1."""
    health = Health(1, (), (), (), None, (), (), (), 0.0, 0.0, 0.0, True, False, "epochs", 0)
    plain = of_healths([health] * len(pairs))
    return [
        replace(one, train_error=train, dev_error=dev, guess_error=1.0)
        for one, (train, dev) in zip(plain, pairs, strict=True)
    ]


def test_a_repeat_that_learns_nothing_where_most_learn_well_is_stuck():
    well, stuck, by_heart = (0.2, 0.25), (1.0, 0.97), (0.0, 1.1)
    share = {
        (9, 1, 0): 0.1, (10, 0, 0): 0.0, (7, 3, 0): 0.3, (9, 0, 1): 0.0,
        (0, 10, 0): 0.0, (4, 6, 0): 0.0,  # most learn nothing: that is no matter of the start
    }  # fmt: skip
    for (a, b, c), expected in share.items():
        found = signals(of_errors(*[well] * a, *[stuck] * b, *[by_heart] * c))["stuck_share"]
        assert found.value == pytest.approx(expected), (a, b, c)
        assert apply_rule(RULE["T15"], Evidence(stuck_share=found)).outcome == ("fired" if expected else "passed")


def test_a_remedy_frees_only_when_every_repeat_trains_with_it():
    well, stuck = (0.2, 0.25), (1.0, 0.97)
    before = of_errors(well, well, well, stuck)
    assert unsticks(before, of_errors(well, well, well, well))
    assert not unsticks(before, of_errors(well, stuck, well, well))
    assert not unsticks(of_errors(well, well, well), of_errors(well, well, well))


def of_dev_errors(curves):
    return of_healths(
        Health(len(c), (), (), (), tuple(c), (), (), (), 0.0, 0.0, 0.0, True, False, "epochs", 0) for c in curves
    )


def test_a_curve_that_only_scatters_is_not_past_its_minimum():
    rng = np.random.default_rng(0)
    values, fired = [], 0
    for _ in range(60):
        walks = 0.2 + 0.004 * np.cumsum(rng.normal(size=(5, 200)), axis=1) + 0.02 * rng.normal(size=(5, 200))
        found = signals(of_dev_errors(walks))["past_minimum"]
        values.append(found.value)
        fired += apply_rule(RULE["T12"], Evidence(past_minimum=found, material=exactly(0.02))).outcome == "fired"
    assert fired <= 6
    assert np.median(values) < 0.01


def test_a_rise_that_is_there_is_measured_and_repeats_that_end_early_keep_their_last_error():
    rng = np.random.default_rng(0)
    epochs = np.arange(200)
    truth = 0.2 + 0.1 * np.abs(epochs / 100 - 0.5)  # lowest at 50, 0.1 higher at the end
    curves = [truth[: 200 - 10 * r] + 0.01 * rng.normal(size=200 - 10 * r) for r in range(4)]
    found = signals(of_dev_errors(curves))["past_minimum"]
    ends = np.mean([truth[199 - 10 * r] for r in range(4)]) - 0.2
    assert found.low < found.value <= found.high
    assert found.value == pytest.approx(ends, abs=0.02)
    assert apply_rule(RULE["T12"], Evidence(past_minimum=found, material=exactly(0.02))).outcome == "fired"


def test_where_dev_errors_are_few_nothing_is_said_of_a_minimum():
    assert signals(of_dev_errors(np.ones((3, 2 * SMOOTHED - 1))))["past_minimum"] is None
    sparse = [[0.1, *[None] * 30] * 4] * 3
    assert signals(of_dev_errors(sparse))["past_minimum"] is None


@pytest.mark.slow
def test_a_well_behaved_network_is_past_its_minimum_only_where_fresh_rows_say_so():
    fired = 0
    for table in range(8):
        rng = np.random.default_rng(table)

        def draw(n, rng=rng):
            X = rng.normal(size=(n, 5))
            return X, (X[:, 0] + X[:, 1] + 1.2 * rng.normal(size=n) > 0).astype(int)

        how = {"alpha": 3.0, "max_iter": 200, "learning_rate_init": 0.01, "tol": 0, "n_iter_no_change": 200}
        models = [MLPClassifier((4,), **how, random_state=r, record_health=True) for r in range(5)]
        rows = [draw(180) for _ in models]
        nn.fit_stack(models, [X for X, _ in rows], [y for _, y in rows], dev=[draw(60) for _ in models])
        found = signals(of_healths([model.health_ for model in models]))["past_minimum"]
        fired += apply_rule(RULE["T12"], Evidence(past_minimum=found, material=exactly(0.025))).outcome == "fired"
    assert fired == 0


def test_training_curve_and_learning_curve_tell_errors_in_one_unit():
    rng = np.random.default_rng(0)
    n = 600
    X = rng.normal(size=(n, 3))
    y = (1 + 6 * np.arange(n) / n) * (X[:, 0] + 0.5 * rng.normal(size=n))  # the spread grows with time
    data = dataset(X, y, "regression", times=np.arange(n))
    for settings in ({}, {"early_stopping": True, "n_iter_no_change": 200}):
        model = as_model(MLPRegressor(hidden_layer_sizes=(16,), max_iter=60, **settings))
        results = watched(data, model, repeats=3)
        curve = mean_training_curve(results)
        last = [r.health.dev_error[-1] for r in results]
        assert curve.dev_error[-1] == pytest.approx(np.mean(last))
        if not settings:  # with early stopping, the model keeps better weights than its last ones
            assert last == pytest.approx([r.dev_error for r in results], rel=1e-3)
            assert curve.train_error[-1] == pytest.approx(np.mean([r.train_error for r in results]), rel=0.05)
        else:
            assert np.mean(last) == pytest.approx(np.mean([r.dev_error for r in results]), rel=0.3)


def ended(errors, stopped_by="epochs"):
    return Health(
        len(errors), (1.0,) * len(errors), (), (0.0,) * len(errors), tuple(errors), (), (), (), 1.0, 1.0, 0.5, True, False,
        stopped_by, len(errors),
    )  # fmt: skip


def test_training_that_stops_while_the_dev_error_falls_is_told_and_one_that_ended_by_itself_is_not():
    falling = [ended([0.5 - 0.02 * epoch + 0.001 * start for epoch in range(20)]) for start in range(4)]
    found = signals(of_healths(falling))["still_falling"]
    assert found.value == pytest.approx(4 * 0.02), "a fifth of 20 epochs is 4"
    assert apply_rule(RULE["T17"], Evidence(still_falling=found, material=exactly(0.02))).outcome == "fired"
    flat = [ended([0.2 + 0.001 * start] * 20) for start in range(4)]
    assert signals(of_healths(flat))["still_falling"].value == 0
    assert signals(of_healths([ended([0.5, 0.4], "plateau")] * 4))["still_falling"] is None
    assert signals(of_healths([ended([0.5, 0.3])] * 4))["still_falling"].value == pytest.approx(0.2)
