"""Claims about choosing on the test set, against closed forms and simulation."""

import msgspec
import numpy as np
import pytest
from scipy.stats import norm

from dldiag.course.splits.selection import (
    Selection,
    candidate_losses,
    choose_on_test,
    describe_selection,
    expected_maximum,
    guessing_losses,
)


def test_expected_maximum_of_few_normals_is_the_textbook_one():
    known = {1: 0.0, 2: 1 / np.sqrt(np.pi), 3: 1.5 / np.sqrt(np.pi), 4: 1.02938, 5: 1.16296, 10: 1.53875, 100: 2.50759}
    for k, value in known.items():
        assert expected_maximum(k) == pytest.approx(value, abs=2e-5)


def test_expected_maximum_matches_simulation():
    largest = np.random.default_rng(0).normal(size=(40_000, 32)).max(axis=1)
    assert expected_maximum(32) == pytest.approx(largest.mean(), abs=4 * largest.std() / 200)


def test_guessing_models_promise_what_the_closed_form_says():
    y = np.random.default_rng(1).integers(0, 2, size=20_000)
    losses = guessing_losses(y, 64, task="classification", seed=1)
    result = choose_on_test(losses, n_test=200, draws=600, seed=2)
    sigma = np.sqrt(0.25 / 200)
    for k, gap, expected in zip(result.ks, result.gap, result.expected, strict=True):
        assert expected == pytest.approx(expected_maximum(k) * sigma, rel=0.03, abs=1e-3)
        assert gap == pytest.approx(expected, abs=0.005)
    assert result.fresh == pytest.approx([0.5] * len(result.ks), abs=0.01)


def test_the_gap_grows_with_the_number_of_models_and_one_model_has_none():
    rng = np.random.default_rng(3)
    result = choose_on_test((rng.random((32, 4000)) < 0.2).astype(float), n_test=300, seed=0)
    assert result.gap[0] == pytest.approx(0.0, abs=3 * result.standard_error[0])
    assert np.all(np.diff(result.gap) > 0)


def test_models_that_err_on_the_same_rows_have_little_to_gain_from_luck():
    rng = np.random.default_rng(4)
    shared = rng.random(6000) < 0.3
    losses = np.where(rng.random((32, 6000)) < 0.2, rng.random((32, 6000)) < 0.3, shared).astype(float)
    result = choose_on_test(losses, n_test=300, seed=0)
    assert result.correlation == pytest.approx(0.64, abs=0.03)
    assert result.gap[-1] == pytest.approx(result.expected[-1], rel=0.15)
    assert result.expected[-1] < 0.7 * expected_maximum(32) * np.sqrt(0.21 / 300)


def test_a_much_better_model_wins_by_merit_and_the_reading_says_so():
    rng = np.random.default_rng(5)
    rates = np.array([0.05] + [0.4] * 15)[:, None]
    result = choose_on_test((rng.random((16, 4000)) < rates).astype(float), n_test=400, seed=0)
    assert abs(result.gap[-1]) < 2 * result.standard_error[-1] + 0.002
    assert "does not show the effect" in str(describe_selection(result)) or "only the gap is luck" in str(
        describe_selection(result)
    )


def test_regression_errors_are_rmse_over_sd_and_follow_the_closed_form_too():
    rng = np.random.default_rng(6)
    y = rng.normal(size=8000)
    losses = candidate_losses(y, y + 0.5 * rng.normal(size=(32, 8000)), task="regression")
    result = choose_on_test(losses, n_test=400, unit="sd", is_root=True, seed=0)
    # the standard error of an RMSE of normal residuals is RMSE / sqrt(2n)
    assert result.expected[-1] == pytest.approx(expected_maximum(32) * 0.5 / np.sqrt(800), rel=0.05)
    assert result.gap[-1] == pytest.approx(result.expected[-1], rel=0.15)


def test_the_same_seed_gives_the_same_numbers_and_they_survive_json():
    losses = (np.random.default_rng(0).random((8, 500)) < 0.3).astype(float)
    one, two = (choose_on_test(losses, n_test=100, draws=50, seed=7) for _ in range(2))
    assert one == two
    assert msgspec.json.decode(msgspec.json.encode(one), type=Selection) == one


def test_a_test_set_of_every_row_is_refused():
    with pytest.raises(ValueError, match="leave fresh ones"):
        choose_on_test(np.zeros((2, 10)), n_test=10)


def test_the_reading_gives_the_gap_of_this_run():
    losses = (np.random.default_rng(0).random((64, 4000)) < 0.5).astype(float)
    result = choose_on_test(losses, n_test=100, seed=0)
    text = str(describe_selection(result))
    assert f"{100 * result.promised[-1]:.1f}%" in text and f"{100 * result.fresh[-1]:.1f}%" in text
    assert norm.cdf(-(result.gap[-1] / np.sqrt(0.25 / 100))) < 0.05
