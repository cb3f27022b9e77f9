"""Slices: planted ones are found and confirmed, none where there is none, and their rows are those of the rule."""

import numpy as np
import pandas as pd
import pytest

from dldiag.core.error_findings import Condition
from dldiag.error_analysis.conditions import binned_columns, rows_where
from dldiag.error_analysis.slices import find_slices, holm

ROWS = 3_000


def table(seed=0, rows=ROWS):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(rows, 4)), columns=list("abcd"))
    frame["city"] = rng.choice(["Oslo", "Bonn", "Rome"], rows)
    frame["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365, rows), unit="D")
    frame.loc[rng.random(rows) < 0.15, "c"] = np.nan
    return frame


def losses(inside, seed=0, high=0.5, low=0.1):
    rng = np.random.default_rng([seed, 1])
    return (rng.random(len(inside)) < np.where(inside, high, low)).astype(float)


def overlap(a, b):
    return (a & b).sum() / (a | b).sum()


PLANTED = {
    "range": lambda f: (f.a > 0.5).to_numpy(),
    "category": lambda f: (f.city == "Rome").to_numpy(),
    "missing": lambda f: f.c.isna().to_numpy(),
    "date": lambda f: (f.day < "2024-03-01").to_numpy(),
    "two columns": lambda f: ((f.a > 0) & (f.city == "Bonn")).to_numpy(),
    "three columns": lambda f: ((f.a > -0.5) & (f.b < 0.5) & (f.city != "Rome") & (f.d > 0)).to_numpy(),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_slice_is_found_and_confirmed(kind):
    frame = table()
    inside = PLANTED[kind](frame)
    best = find_slices(frame, losses(inside))[0]
    assert best.confirmed
    assert overlap(rows_where(best.rule, frame), inside) > 0.5
    assert best.error.low > best.rest.high
    assert best.rows == rows_where(best.rule, frame).sum()


def test_a_number_with_few_values_is_named_by_its_value():
    frame = table().assign(
        member=np.random.default_rng(2).integers(0, 2, ROWS), count=np.random.default_rng(3).integers(0, 5, ROWS)
    )
    for inside, rule in (
        (frame["member"] == 1, Condition("member", "==", 1.0)),
        (frame["count"] == 3, Condition("count", "==", 3.0)),
    ):
        best = find_slices(frame, losses(inside.to_numpy()))[0]
        assert rule in best.rule
        assert (rows_where((rule,), frame) == inside).all()


def test_a_slice_with_less_error_than_the_rest_is_not_confirmed_though_it_has_more_where_large_losses_are_cut():
    frame = table()
    inside = (frame.a > 0.5).to_numpy()
    loss = np.random.default_rng(4).gamma(1.0, np.where(inside, 3.0, 1.0))
    loss[np.flatnonzero(~inside)[::200]] = 10_000.0
    found = [one for one in find_slices(frame, loss, is_root=True) if one.confirmed]
    assert all(one.error.value > one.rest.value for one in found)
    assert any(one.rule for one in find_slices(frame, np.minimum(loss, 30.0), is_root=True) if one.confirmed)


def test_no_slice_is_confirmed_where_errors_fall_anywhere():
    alarms = 0
    for seed in range(40):
        frame = table(seed, 1_000)
        found = find_slices(frame, losses(np.zeros(1_000, dtype=bool), seed), seed=seed)
        alarms += any(one.confirmed for one in found)
    assert alarms <= 4  # 2 expected at 5 %; more than 4 in 4 % of runs


def test_rows_of_one_group_neither_find_nor_confirm_alone():
    """Errors of whole groups look like slices of every column that tells groups apart, unless groups count once."""
    alarms = {"rows": 0, "groups": 0}
    for seed in range(20):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(60), 25)
        frame = pd.DataFrame(rng.normal(size=(60, 4))[groups], columns=list("abcd"))
        loss = (rng.random(1_500) < rng.beta(0.3, 1.2, 60)[groups]).astype(float)
        alarms["rows"] += any(one.confirmed for one in find_slices(frame, loss, seed=seed))
        alarms["groups"] += any(one.confirmed for one in find_slices(frame, loss, clusters=groups, seed=seed))
    assert alarms["groups"] <= 3 < alarms["rows"]


def test_a_numeric_target_is_measured_as_rmse():
    frame = table()
    inside = (frame.a > 0.5).to_numpy()
    error = np.random.default_rng(1).normal(size=ROWS) * np.where(inside, 1.0, 0.3)
    best = find_slices(frame, np.square(error), is_root=True)[0]
    assert best.confirmed
    assert best.error.low < 1.0 < best.error.high
    assert best.rest.value == pytest.approx(0.3, abs=0.1)
    share = np.square(error)[inside].sum() / np.square(error).sum()
    assert best.share_of_error == pytest.approx(share, abs=0.1)


def test_the_ceiling_is_what_is_left_when_no_row_of_the_slice_is_wrong():
    frame = table()
    inside = (frame.a > 0.5).to_numpy()
    loss = losses(inside)
    best = find_slices(frame, loss)[0]
    truth = (loss * rows_where(best.rule, frame)).mean()
    assert best.ceiling.low <= truth <= best.ceiling.high


@pytest.mark.parametrize(
    ("frame", "loss"),
    [
        (table(), np.zeros(ROWS)),
        (table(), np.ones(ROWS)),
        (table(rows=50), losses(np.ones(50, dtype=bool))),
        (pd.DataFrame(index=range(500)), losses(np.ones(500, dtype=bool))),
        (pd.DataFrame({"constant": [1.0] * 500, "empty": [None] * 500}), losses(np.ones(500, dtype=bool))),
    ],
    ids=["all right", "all wrong", "few rows", "no columns", "nothing varies"],
)
def test_nothing_is_found_where_nothing_can_be(frame, loss):
    assert find_slices(frame, loss) == ()


def test_ten_thousand_columns_do_not_matter():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(400, 10_000)).astype(np.float32))
    frame.columns = [f"x{j}" for j in range(10_000)]
    inside = (frame.x77 > 0.3).to_numpy()
    found = find_slices(frame, losses(inside, high=0.9))
    assert [one.column for one in found[0].rule] == ["x77"]


def test_conditions_hold_the_rows_of_their_bins():
    frame = table()
    for column in binned_columns(frame, np.arange(ROWS)):
        covered = np.zeros(ROWS, dtype=int)
        for code in range(column.bins + 1):
            inside = rows_where(column.conditions(code, code), frame)
            assert np.array_equal(inside, column.codes == code)
            covered += inside
        assert covered.max() == 1


def test_a_rule_on_a_column_that_is_not_there_says_so():
    with pytest.raises(KeyError):
        rows_where((Condition("z", ">", 0.0),), table())


def test_holm_stops_at_the_first_that_stands():
    assert holm([0.012, 0.2, 0.013, 0.001]) == [True, False, True, True]
    assert holm([0.03, 0.04]) == [False, False]


def test_a_condition_that_changes_no_error_is_left_out():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X = pd.DataFrame({"region": rng.choice(list("abcd"), 1_500), "size": rng.integers(0, 20, 1_500)})
        loss = (rng.random(1_500) < np.where(X.region == "d", 0.45, 0.12)).astype(float)
        assert [(c.column, c.op, c.value) for c in find_slices(X, loss)[0].rule] == [("region", "==", "d")]


def test_a_confirmed_slice_of_squared_errors_is_never_bounded_by_nothing():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"x": rng.normal(size=1000), "y": rng.normal(size=1000)})
    loss = np.where(frame.x > 1, 0.5, 0.05) * rng.chisquare(1, 1000)
    loss[np.flatnonzero(frame.x > 1)[:2]] = 600.0  # One row of each half makes up most of it.
    found = [one for one in find_slices(frame, loss, is_root=True) if one.confirmed]
    assert found and all(one.error.low > 0 and one.ceiling.low > 0 for one in found)
    assert all(one.error.low < one.error.value < one.error.high for one in found)


def test_intervals_of_a_few_squared_errors_with_long_tails_hold_the_truth():
    covered = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        inside = rng.permutation(np.arange(300) % 4 == 0)
        residual = np.where(inside, 2.0, 1.0) * rng.standard_t(5, 300) * np.sqrt(0.6)  # Its RMSE is 2 inside.
        frame = pd.DataFrame({"kind": np.where(inside, "new", "old")})
        found = find_slices(frame, np.square(residual), is_root=True)
        covered += [one.error.low <= 2.0 <= one.error.high for one in found if one.rule[0].value == "new"]
    assert len(covered) > 150
    assert np.mean(covered) >= 0.85, "by the spread of the few rows alone it is 0.79"
