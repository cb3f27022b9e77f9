"""Claims about sweeps: the parts add up to what is measured, and move as theory says where theory is known."""

from dataclasses import replace

import msgspec
import numpy as np
import pandas as pd
import pytest

from dldiag.core.i18n import Message
from dldiag.core.types import Column, Dataset, Estimate, Stopped
from dldiag.course.bias_variance.decomposition import ErrorParts
from dldiag.course.bias_variance.figures import picture_figure
from dldiag.course.bias_variance.resampling import predict_after_each, table_problem, toy_problem
from dldiag.course.bias_variance.sweep import (
    AXES,
    Sweep,
    SweepSettings,
    below_zero,
    best_change,
    caution,
    describe_sweep,
    pictures_to_show,
    sweep_rows,
    sweep_table,
    sweep_toy,
)
from dldiag.data.split import make_split
from dldiag.experiments.models import build_model

QUICK = {"max_iter": 150}


def table(n=300, d=3, classes=0, seed=0):
    """A table of numbers with a linear regression target, or classes by its first column."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    columns = tuple(Column(f"c{j}", "number", Message("made")) for j in range(d))
    frame = pd.DataFrame(X, columns=[c.name for c in columns])
    if not classes:
        return Dataset("made", frame, X[:, 0] + 0.3 * rng.normal(size=n), "regression", "y", columns)
    y = np.digitize(X[:, 0], np.quantile(X[:, 0], np.arange(1, classes) / classes))
    return Dataset("made", frame, y.astype(np.int64), "classification", "y", columns, tuple(map(str, range(classes))))


@pytest.fixture(scope="module")
def wave():
    return sweep_toy("wave", SweepSettings(axis="alpha", draws=12, seed=1), start={"max_iter": 300})


def test_stronger_regularization_raises_bias_and_lowers_variance(wave):
    assert wave.parts[-1].bias.low > wave.parts[0].bias.high
    assert wave.parts[-1].variance.high < wave.parts[0].variance.value
    assert 0 < wave.best < len(wave.values) - 1
    assert "underfits" in str(describe_sweep(wave))


def totals(wave, *values):
    """Return the sweep with these expected errors, each known to ± 0.02, and bias and variance that do not move."""
    still = Estimate(0.1, 0.09, 0.11)
    parts = tuple(ErrorParts(still, still, 0.0, Estimate(value, value - 0.02, value + 0.02)) for value in values)
    at, best = tuple(range(len(values))), int(np.argmin(values))
    return replace(wave, values=at, parts=parts, measured=values, best=best, pictures=())


def test_a_best_value_is_recommended_only_where_both_ends_are_clearly_worse(wave):
    assert best_change(totals(wave, 0.3, 0.2, 0.3)) == {"alpha": 1.0}
    assert best_change(totals(wave, 0.3, 0.2, 0.21)) == {}
    assert best_change(totals(wave, 0.2, 0.3, 0.4)) == {}
    assert best_change(replace(totals(wave, 0.3, 0.2, 0.3), axis="rows")) == {}


def test_an_end_that_is_the_best_is_not_called_not_clearly_worse(wave):
    said = str(describe_sweep(totals(wave, 0.2, 0.3, 0.4)))
    assert "least at 0 (0.200), an end of what was tried" in said and "At the other end, 2, the model" in said
    assert "the other end is not clearly worse" in str(describe_sweep(totals(wave, 0.3, 0.2, 0.21)))


def test_a_variance_below_zero_is_explained_and_shares_are_written_in_percent(wave):
    assert below_zero(wave) is None
    rates = replace(totals(wave, 0.3, 0.2, 0.3), unit="rate")
    negative = replace(rates.parts[0], variance=Estimate(-0.012, -0.02, -0.004))
    rates = replace(rates, parts=(negative, *rates.parts[1:]))
    assert "no mistake" in str(below_zero(rates))
    assert "variance rises from −1.2% to 10.0%" in str(describe_sweep(rates))
    assert sweep_rows(rates)[0]["variance"] == "−1.2% (−2.0% – −0.4%)"


def test_under_extreme_regularization_the_bias_is_the_variance_of_the_truth(wave):
    """A network of zero weights predicts the mean: its bias is var(f) / (var(f) + noise²)."""
    x = np.linspace(-1, 1, 10_001)
    signal = np.var(np.sin(3 * x))
    assert wave.parts[-1].bias.value == pytest.approx(signal / (signal + 0.6**2), abs=0.05)


def test_bias_variance_and_noise_add_up_to_the_error_measured_on_noisy_rows(wave):
    for parts, measured in zip(wave.parts, wave.measured, strict=True):
        assert parts.bias.value + parts.variance.value + parts.noise == pytest.approx(parts.total.value)
        assert measured == pytest.approx(parts.total.value, rel=0.12)


def test_more_rows_lower_the_variance():
    sweep = sweep_toy("two_blobs", SweepSettings(axis="rows", draws=12), start={**QUICK, "hidden_layer_sizes": (8,)})
    assert sweep.parts[-1].variance.value < sweep.parts[0].variance.value / 2
    assert sweep.unit == "rate"


def test_the_result_survives_json_and_comes_again_from_its_seed(wave):
    assert msgspec.json.decode(msgspec.json.encode(wave), type=Sweep) == wave
    again = sweep_toy("wave", SweepSettings(axis="alpha", draws=12, seed=1), start={"max_iter": 300})
    assert again == wave


def test_pictures_show_the_ends_and_the_best(wave):
    shown = pictures_to_show(wave)
    assert len(shown) == 3
    words = [str(message) for message, _ in shown]
    assert "underfits" in words[-1] and "least error" in words[1]
    flat, bent = shown[-1][1], shown[1][1]
    assert np.ptp(flat.mean) < 0.5 < np.ptp(bent.mean)  # the under-fit is nearly a constant


def test_a_picture_names_its_axes(wave):
    axes = picture_figure(pictures_to_show(wave)[0][1]).layout
    assert (axes.xaxis.title.text, axes.yaxis.title.text) == ("x", "y")


@pytest.mark.parametrize(
    "dataset",
    [table(d=1), table(d=800, n=120), table(classes=2), table(classes=100, n=600), table(n=40)],
    ids=["2 columns", "800 columns", "2 classes", "100 classes", "40 rows"],
)
def test_a_table_keeps_noise_inside_the_bias_and_says_so(dataset):
    model = build_model(dataset.task, {"max_iter": 20, "hidden_layer_sizes": (8,)})
    sweep = sweep_table(dataset, model, SweepSettings(axis="alpha", draws=5, rows=60))
    assert not sweep.noise_known
    assert all(parts.noise is None and np.isfinite(parts.total.value) for parts in sweep.parts)
    assert "noise stays inside the bias" in str(caution(sweep))
    assert str(describe_sweep(sweep)) and len(sweep_rows(sweep)) == len(sweep.values)


def test_no_test_row_of_a_table_is_ever_trained_on_or_judged_with():
    dataset = table()
    problem = table_problem(dataset, 100, 6, 3)
    used = set(np.concatenate([*problem.training_sets, problem.test_rows]).tolist())
    assert not used & set(make_split(dataset, 1, 3).test_rows.tolist())


def test_training_sets_of_a_toy_are_disjoint_and_the_test_rows_fresh():
    problem = toy_problem("moons", 30, 8, 0.3, 0)
    rows = np.concatenate([*problem.training_sets, problem.test_rows, problem.grid_rows])
    assert len(np.unique(rows)) == len(rows)


def test_a_training_set_of_one_class_predicts_that_class():
    dataset = table(classes=2)
    one = np.flatnonzero(dataset.y == 1)[:10]
    both = np.arange(20)
    model = build_model("classification", {"max_iter": 5})
    predictions = predict_after_each(dataset, model, [one, both], np.arange(50), 0, None)
    assert set(predictions[0]) == {1} and predictions.shape == (2, 50)


def test_a_sweep_stops_when_asked():
    with pytest.raises(Stopped):
        sweep_toy("wave", SweepSettings(draws=5), should_stop=lambda: True)


def test_progress_goes_through_every_value():
    seen = []
    sweep_toy("line", SweepSettings(draws=5), start={"max_iter": 5}, on_progress=seen.append)
    assert [one.done for one in seen] == list(range(len(AXES["alpha"].values)))


def test_when_nothing_moves_the_reading_says_so():
    sweep = sweep_toy("line", SweepSettings(axis="layers", draws=5), start={"max_iter": 1, "learning_rate_init": 1e-9})
    text = str(describe_sweep(sweep))
    assert "does not" in text or "cannot tell" in text
