"""Datasets: targets are read as asked or refused in plain words, and what is left out is told."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from dldiag.core.params import SettingError
from dldiag.core.types import DataError
from dldiag.data.audit.duplicates import duplicate_groups
from dldiag.data.dataset import ROW_BLOCKS, ROW_ORDER, make_dataset
from dldiag.data.fingerprint import with_choices
from dldiag.data.read_table import read_table
from dldiag.data.target import RARE
from dldiag.data.typing.columns import OTHER
from tests.data.tables import rng, table

N = 60
X = [f"{value:.4f}" for value in rng(1).normal(size=N)]
Y = ["a", "b", "b"] * (N // 3)


def codes(found):
    return [notice.code for notice in found.notices]


@pytest.mark.parametrize(
    ("columns", "target", "options", "says"),
    [
        ({"x": [], "y": []}, "y", {}, "no rows"),
        ({"x": ["1"], "y": ["2"]}, "y", {}, "one row"),
        ({"y": Y}, "y", {}, "one column"),
        ({"x": X, "y": ["a"] * N}, "y", {}, "only one class"),
        ({"x": X, "y": [None] * N}, "y", {}, "no values"),
        ({"x": X, "y": ["NA"] * N}, "y", {}, "no values"),
        ({"x": X, "label": Y}, "lable", {}, "'lable'.*label"),
        ({"x": X, "y": [f"name {i}" for i in range(N)]}, "y", {}, "60 different values on 60 rows"),
        ({"x": X, "y": X}, "y", {"task": "classification"}, "names rows"),
        ({"x": X, "y": ["red", "blue", "green"] * (N // 3)}, "y", {"task": "regression"}, "holds texts"),
        ({"x": X, "y": ["3"] * N}, "y", {"task": "regression"}, "3.0 in every row"),
        ({"x": X, "y": X}, "y", {"log_target": True}, "negative"),
        ({"x": X, "y": [f"{one}e-300" for one in X]}, "y", {}, "another unit"),
        ({"x": X, "y": [f"{one}e300" for one in X]}, "y", {}, "another unit"),
        ({"x": X, "y": Y}, "y", {"log_target": True}, "no logarithm"),
        ({"x": X, "y": Y}, "y", {"exclude": ["y"]}, "leave out"),
        ({"x": X, "y": Y}, "y", {"times": "y"}, "split the rows"),
        ({"x": X, "y": Y}, "y", {"groups": "y"}, "split the rows"),
        ({"x": X, "y": Y}, "y", {"domain": ("y", "a")}, "split the rows"),
        ({"x": ["same"] * N, "z": [None] * N, "y": Y}, "y", {}, "No column is left.*every row\\): x.*no values\\): z"),
        ({"x": X, "y": Y}, "y", {"exclude": ["x"]}, "No column is left"),
        ({"x": X, "z": X, "y": Y}, "y", {"domain": ("x", "nowhere")}, "0 of 60 rows"),
        ({"x": X, "t": [None] * N, "y": Y}, "y", {"times": "t"}, "no values"),
        ({"x": X, "y": [f"2024-01-{1 + i % 28:02}" for i in range(N)]}, "y", {"task": "classification"}, "dates"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_refused_with_a_hint(columns, target, options, says):
    with pytest.raises(DataError, match=says) as caught:
        make_dataset(table(None, None, **columns), target, **options)
    assert str(caught.value.hint)


def test_classes_are_sorted_and_named_and_rows_without_one_are_set_aside():
    found = make_dataset(table(None, None, x=[*X, "1", "2"], y=[*Y, None, ""]), "y")
    assert found.classes == ("a", "b")
    assert found.y.tolist() == [0, 1, 1] * (N // 3)
    assert found.n_rows == N
    assert (found.notices[0].code, found.notices[0].count) == ("target_missing", 2)


def test_number_classes_are_in_the_order_of_their_values():
    found = make_dataset(table(None, None, x=X, y=["10", "9.0", "2"] * (N // 3)), "y")
    assert found.classes == ("2", "9", "10")
    assert found.y[:3].tolist() == [2, 1, 0]


def test_boolean_classes_keep_their_spelling():
    assert make_dataset(table(None, None, x=X, y=["Yes", "No", "No"] * (N // 3)), "y").classes == ("No", "Yes")


def test_a_class_too_rare_for_three_sets_is_set_aside_with_a_notice():
    found = make_dataset(table(None, None, x=[*X, "1", "2"], y=[*Y, "odd", "odd"]), "y")
    assert found.classes == ("a", "b")
    assert found.n_rows == N
    notice = next(one for one in found.notices if one.code == "rare_classes")
    assert (notice.count, notice.example) == (2, "odd")


def test_rare_classes_that_hold_many_rows_together_are_merged_with_a_notice():
    rare = [f"rare{i // 4}" for i in range(16)]
    found = make_dataset(table(None, None, x=X + X[:16], y=Y + rare), "y")
    assert found.classes == ("a", "b", RARE)
    assert (found.y == 2).sum() == 16
    assert "rare_classes_merged" in codes(found)


def test_columns_that_say_nothing_are_left_out_with_a_notice():
    made = table(None, None, id=list(range(N)), x=X, same=["s"] * N, none=[None] * N, y=Y)
    found = make_dataset(made, "y")
    assert list(found.X.columns) == ["x"]
    assert codes(found) == ["left_out_identifier", "left_out_constant", "left_out_empty"]
    assert "id" in str(found.notices[0].message)
    assert list(found.aside.columns) == ["id", "same", "none"]


def test_a_lone_running_number_is_learned_from():
    found = make_dataset(table(None, None, x=list(range(N)), y=Y), "y")
    assert found.X["x"].tolist() == list(range(N))


def test_dates_become_parts_that_vary():
    days = pd.date_range("2023-12-01", periods=N).strftime("%Y-%m-%d").tolist()
    found = make_dataset(table(None, None, day=days, y=X), "y")
    assert [c.name for c in found.columns] == [
        "day (year)", "day (month)", "day (day of month)", "day (day of week)", "day (days since the first)",
    ]  # fmt: skip
    assert found.X["day (days since the first)"].tolist() == list(range(N))
    assert found.X["day (month)"].iloc[31] == 1


def test_rare_values_of_a_category_are_one_value_and_every_value_is_declared():
    cells = [f"v{i}" for i in range(100) for _ in range(1 + (i < 20) * 5)]
    found = make_dataset(table(None, None, c=cells, y=["a", "b"] * (len(cells) // 2)), "y")
    assert set(found.X["c"]) == set(found.columns[0].levels)
    assert OTHER in found.columns[0].levels
    assert "levels_merged" in codes(found)


def test_groups_times_and_domain_are_kept_beside_the_features():
    made = table(
        None, None, who=["p1", None, "p2", "p1"] * 15, when=list(range(N, 0, -1)), x=X, src=["web", "app"] * 30, y=Y
    )
    found = make_dataset(made, "y", groups="who", domain=("src", "app"))
    assert list(found.X.columns) == ["when", "x"]
    assert found.groups[0] == found.groups[3] != found.groups[2]
    assert len(set(found.groups)) == 2 + 15, "a row without a value is a group of its own"
    assert found.domain.tolist() == [False, True] * 30
    assert (np.diff(make_dataset(made, "y", times="when").times) < 0).all()


@pytest.mark.parametrize("more", [{"groups": "who"}, {"domain": ("src", "app")}])
def test_time_and_another_way_to_split_are_not_silently_reduced_to_one(more):
    made = table(None, None, who=["p1", "p2", "p3", "p4"] * 15, when=list(range(N)), x=X, src=["web", "app"] * 30, y=Y)
    with pytest.raises(DataError, match="at once"):
        make_dataset(made, "y", times="when", **more)


def test_the_order_of_the_file_can_stand_for_time_or_groups():
    made = table(None, None, x=X, y=Y)
    assert (np.diff(make_dataset(made, "y", times=ROW_ORDER).times) == 1).all()
    found = make_dataset(made, "y", groups=ROW_BLOCKS)
    assert (np.diff(found.groups) >= 0).all()
    assert len(set(found.groups)) == 50


def test_a_logarithm_of_the_target_is_told():
    amounts = [str(10**k) for k in range(6)] * 10
    found = make_dataset(table(None, None, x=X, y=amounts), "y", task="regression", log_target=True)
    np.testing.assert_allclose(np.exp(found.y), [float(one) for one in amounts])
    assert "log_target" in codes(found)


def test_every_choice_changes_the_fingerprint():
    made = table(None, None, x=X, z=X[::-1], y=Y)
    options = [{}, {"exclude": ["z"]}, {"times": "z"}, {"groups": "z"}, {"times": ROW_ORDER}]
    prints = {make_dataset(made, "y", **one).fingerprint for one in options}
    assert len(prints) == len(options)
    assert with_choices("a", {}) == "a"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([None, 1.0, 2.0])), min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_equal_rows_share_a_group_and_no_others(rows):
    frame = pd.DataFrame(rows, columns=["c", "v"])
    groups = duplicate_groups(frame)
    for i, one in enumerate(rows):
        for j, other in enumerate(rows):
            assert (groups[i] == groups[j]) == (one == other)


def test_classes_too_rare_to_be_learned_are_named():
    few = table(None, None, a=["1", "2", "3", "4", "5", "6"], y=["p", "q"] * 3)
    with pytest.raises(
        DataError, match="Two classes of the target y need at least 5 rows each; these have fewer: p, q"
    ):
        make_dataset(few, "y", task="classification")


def test_what_a_column_becomes_counts_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr("dldiag.data.features.MAX_FEATURES", 6)
    levels = ["p", "q", "r", "s"] * (N // 4)
    found = make_dataset(table(None, None, a=X, kind=levels, b=X, c=X, y=Y), "y")
    assert [column.name for column in found.columns] == ["a", "kind", "b"]
    assert "too_many_columns" in codes(found)


def test_a_name_with_blanks_around_it_is_the_column_that_the_header_writes_so():
    data = read_table(b"x, y ,z \n" + b"".join(f"{i},{i % 2},{i % 3}\n".encode() for i in range(60)))
    assert make_dataset(data, " y ", exclude=["z "]).target == "y"


def test_a_data_frame_is_read_first():
    frame = pd.DataFrame({0: np.arange(60.0), 1: np.arange(60) % 2})
    assert make_dataset(frame, 1).fingerprint == make_dataset(read_table(frame), "1").fingerprint


def test_what_is_no_table_is_a_type_error_in_one_sentence():
    with pytest.raises(TypeError, match="read_table"):
        make_dataset({"x": X, "y": Y}, "y")


def test_features_too_large_or_too_close_to_be_squared_are_left_out_and_reported():
    values = rng(0).normal(size=60)
    made = make_dataset(
        table(huge=values * 1e199, close=values * 1e-150, good=values, large=values * 1e90, y=["a", "b"] * 30), "y"
    )
    assert list(made.X.columns) == ["good", "large"]
    notice = next(one for one in made.notices if one.code == "left_out_extreme")
    assert notice.columns == ("huge", "close")


def test_one_column_to_leave_out_and_a_number_as_the_value_of_a_domain_are_taken():
    frame = pd.DataFrame({"price": X, "kind": [0, 1] * (N // 2), "size": X[::-1], "y": Y})
    assert [column.name for column in make_dataset(frame, "y", exclude="price").columns] == ["kind", "size"]
    assert make_dataset(frame, "y", domain=("kind", 1)).domain.sum() == N // 2


@pytest.mark.parametrize(("options", "says"), [({"task": "cluster"}, "task"), ({"domain": "kind"}, "domain")])
def test_a_task_or_a_domain_that_is_none_is_refused(options, says):
    with pytest.raises(SettingError, match=says):
        make_dataset(pd.DataFrame({"x": X, "kind": [0, 1] * (N // 2), "y": Y}), "y", **options)
