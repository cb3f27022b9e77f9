"""Claims about validation curves and maps: same splits for all, honest ties, edges named, scikit-learn's numbers."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from dldiag.core.params import SettingError, check, parse
from dldiag.core.types import Stopped
from dldiag.course.hyperparameters.guided import SearchComparison, searches_figure
from dldiag.course.hyperparameters.record import describe_record, experiment_of, record_rows
from dldiag.course.hyperparameters.settings import (
    SEARCHED_NAMES,
    SearchSettings,
    describe_hyperparameters,
    grid_of,
    is_true_bound,
    same_twice,
    settings_of,
    values_to_try,
)
from dldiag.course.hyperparameters.validation_curve import (
    ValidationGrid,
    ValidationSettings,
    best_settings,
    describe_validation,
    validate,
    validation_rows,
)
from dldiag.course.shared.toys import toy
from dldiag.data.split import make_split
from dldiag.experiments.models import build_model, changed, params_of_model
from dldiag.report.history import Experiment

QUICK = ValidationSettings(repeats=3, train_rows=150)


@pytest.fixture(scope="module")
def model():
    return build_model("classification", {"hidden_layer_sizes": (16,), "max_iter": 100, "learning_rate_init": 0.01})


@pytest.fixture(scope="module")
def by_rate(model):
    return validate(toy("moons", 400), model, {"learning_rate_init": ("1e-06", "0.001", "0.01", "0.1")}, QUICK)


@pytest.mark.parametrize("name", list(SEARCHED_NAMES))
def test_every_param_has_values_to_try_that_it_accepts_and_the_present_one_among_them(name):
    model = build_model("classification")
    param, present = params_of_model(model)[name], model.parameters[name]
    texts = values_to_try(name, param, present)
    assert len(texts) == len(set(texts)) >= 1
    for text in texts:
        check(name, param, parse(name, param, text))
    if present not in (None, "auto"):
        assert any(parse(name, param, text) == present for text in texts)


@pytest.mark.filterwarnings("ignore:Maximum iterations")
def test_errors_are_those_of_the_estimator_fitted_by_hand_on_the_same_rows(model):
    data = toy("moons", 400)
    result = validate(data, model, {"alpha": ("0.0", "1.0")}, QUICK)
    split = make_split(data, 3, 0, 150)
    errors = []
    for repeat in split.repeats:
        X = data.X.to_numpy()[repeat.train_rows]
        mean, sd = X.mean(axis=0), X.std(axis=0)
        net = changed(model, {"alpha": 1.0}).estimator.set_params(random_state=repeat.seed)
        net.fit(((X - mean) / sd).astype(np.float32), data.y[repeat.train_rows])
        dev = ((data.X.to_numpy()[repeat.dev_rows] - mean) / sd).astype(np.float32)
        errors.append(np.mean(net.predict(dev) != data.y[repeat.dev_rows]))
    assert result.tried[1].dev.value == pytest.approx(np.mean(errors), abs=1e-9)


def test_a_step_far_too_small_loses_and_the_reading_names_the_best(by_rate):
    assert by_rate.tried[0].dev.low > by_rate.tried[by_rate.best].dev.high
    assert 0 not in by_rate.ties
    assert f"Learning rate = {by_rate.tried[by_rate.best].values[0]}" in str(describe_validation(by_rate))


def test_the_best_value_can_be_put_into_the_model_only_where_it_surely_beats_the_present_one(by_rate, model):
    assert by_rate.tried[by_rate.present].values == ("0.01",)
    won = replace(by_rate, best=2, present=0, ties=(2,), edges=())
    assert best_settings(won, model) == {"learning_rate_init": 0.01}
    assert best_settings(replace(won, ties=(0, 2)), model) == {}, "no reason to change it"
    assert best_settings(replace(won, present=None), model) == {}, "the present one was not tried"
    assert best_settings(replace(won, edges=("learning_rate_init",)), model) == {}, "go farther first"


def test_the_same_hyperparameter_twice_is_said():
    assert "one curve" in str(same_twice(SearchSettings("alpha", "", "alpha")))
    assert same_twice(SearchSettings("alpha", "", "dropout")) is None


def test_values_that_change_nothing_are_ties_and_the_reading_says_so(model):
    result = validate(toy("moons", 400), model, {"beta_2": ("0.999", "0.9991")}, QUICK)
    assert result.ties == (0, 1)
    assert "No effect seen" in str(describe_validation(result))


def test_a_best_value_at_the_edge_is_warned_of_unless_it_is_a_true_bound(model):
    data = toy("moons", 400)
    edge = validate(data, model, {"learning_rate_init": ("1e-07", "1e-06", "0.001")}, QUICK)
    assert edge.edges == ("learning_rate_init",)
    assert "the last one tried: extend" in str(describe_validation(edge))
    bound = validate(data, model, {"alpha": ("0.0", "1000.0")}, QUICK)
    assert bound.tried[bound.best].values == ("0.0",) and bound.edges == ()


def test_limits_choices_and_switches_are_true_bounds():
    params = params_of_model(build_model("classification"))
    assert is_true_bound(params["alpha"], "0.0") and is_true_bound(params["activation"], "relu")
    assert not is_true_bound(params["alpha"], "100.0") and not is_true_bound(params["hidden_layer_sizes"], "64,64")


def test_a_map_holds_every_combination_in_order_and_agrees_with_the_curve(model):
    data, seen = toy("moons", 400), []
    grid = {"alpha": ("0.0", "10.0"), "hidden_layer_sizes": ("2", "16")}
    result = validate(data, model, grid, QUICK, on_progress=seen.append)
    assert [one.values for one in result.tried] == [("0.0", "2"), ("0.0", "16"), ("10.0", "2"), ("10.0", "16")]
    line = validate(data, model, {"alpha": ("0.0", "10.0")}, QUICK)
    assert result.tried[3].dev.value == pytest.approx(line.tried[1].dev.value)
    assert (seen[-1].done, seen[-1].total) == (12, 12)
    assert len(validation_rows(result)) == 4


def test_a_validation_survives_json_and_stops_when_asked(by_rate, model):
    assert msgspec.json.decode(msgspec.json.encode(by_rate), type=ValidationGrid) == by_rate
    with pytest.raises(Stopped):
        validate(toy("moons", 400), model, {"alpha": ("0.0",)}, QUICK, should_stop=lambda: True)


def test_a_search_reads_the_readers_own_values_and_refuses_impossible_ones(model):
    assert grid_of(model, SearchSettings("alpha", "0 1 1; 3")) == {"alpha": ("0", "1", "3")}
    assert set(grid_of(model, SearchSettings("alpha", "", "dropout", "0 0.5"))) == {"alpha", "dropout"}
    with pytest.raises(SettingError, match="below its lowest"):
        grid_of(model, SearchSettings("alpha", "-1"))


def test_the_list_of_hyperparameters_shows_present_values_and_which_were_changed(model):
    rows = {one.name: one for one in settings_of(model)}
    assert rows["hidden_layer_sizes"].value == "16" and rows["hidden_layer_sizes"].is_changed
    assert not rows["beta_1"].is_changed
    assert "changed by hand" in str(describe_hyperparameters(model))


def test_a_search_becomes_a_turn_of_the_loop(by_rate):
    record = (experiment_of(by_rate, "f"), Experiment("more rows", {"rows": 2}, "helped", "even more", "trial", "f"))
    assert record[0].changed == {"learning_rate_init": by_rate.tried[by_rate.best].values[0]}
    assert [row["Idea"] for row in record_rows(record)] == ["more rows", record[0].idea]
    assert "2 experiments: tested 1" in str(describe_record(record, "f"))
    assert "Nothing here yet" in str(describe_record(record, "another"))


def test_every_row_of_the_record_has_the_same_columns():
    record = [Experiment("a", result="better"), Experiment("b", test="31.9%", source="test")]
    names = [list(row) for row in record_rows(record)]
    assert names[0] == names[1]
    assert {"Result", "Test set"} <= set(names[0])


def test_everything_drawn_of_both_searches_is_named():
    found = SearchComparison((), (0.3, 0.25), (0.3, 0.28), (0.26, 0.26), (0.31, 0.3), 1.0, "rate")
    drawn = searches_figure(found)
    named = {trace.name for trace in drawn.data if trace.showlegend is not False}
    assert named == {"guided", "random (mean)", "90% of random searches"}
