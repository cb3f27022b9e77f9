"""Any table becomes a yes-or-no question, or says why not."""

import numpy as np
import pandas as pd
import pytest

from dldiag.core.i18n import Message
from dldiag.core.types import Column, DataError, Dataset
from dldiag.course.shared.problem import binary_problem, feature_names, marks_of, marks_words
from dldiag.course.shared.toys import TOYS, toy

WHY = Message("")


def table(frame, y, task="classification", kinds=None, classes=("a", "b")):
    columns = tuple(Column(name, (kinds or {}).get(name, "number"), WHY) for name in frame)
    return Dataset("t", frame, np.asarray(y), task, "y", columns, classes if task == "classification" else ())


@pytest.mark.parametrize("name", TOYS)
def test_features_are_standardized_and_can_be_put_back(name):
    made = toy(name)
    problem = binary_problem(made)
    np.testing.assert_allclose(problem.X.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(problem.X.std(axis=0), 1)
    np.testing.assert_allclose(problem.X * problem.scales + problem.centers, made.X[list(problem.names)])
    assert set(problem.y) == {0.0, 1.0}


def test_a_number_target_is_cut_at_its_median():
    problem = binary_problem(toy("line", 401))
    assert problem.y.mean() == pytest.approx(200 / 401)
    assert "median" in str(problem.event)


def test_one_class_of_many_is_asked_for_against_the_rest():
    made = toy("blobs", 300)
    problem = binary_problem(made, positive="top")
    np.testing.assert_array_equal(problem.y, made.y == 2)


def test_of_eight_hundred_columns_the_ones_that_correlate_are_taken():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(500, 800))
    y = (values[:, 41] + 0.1 * rng.normal(size=500) > 0).astype(int)
    made = table(pd.DataFrame(values, columns=[f"c{j}" for j in range(800)]), y)
    assert binary_problem(made, most=1).names == ("c41",)
    assert len(feature_names(made)) == 200


def test_categories_dates_missing_values_and_constants_are_handled():
    frame = pd.DataFrame(
        {
            "color": ["red", "blue", None, "red"] * 10,
            "day": pd.to_datetime(["2020-01-01", "2020-01-02", None, "2020-01-05"] * 10),
            "size": [1.0, np.nan, 3.0, 4.0] * 10,
            "same": [1.0] * 40,
        }
    )
    made = table(frame, [0, 1, 0, 1] * 10, kinds={"color": "category", "day": "date", "same": "constant"})
    names = feature_names(made)
    assert set(names) == {"color = red", "color = blue", "day", "size"}
    problem = binary_problem(made, names)
    assert np.isfinite(problem.X).all()
    days = problem.X[:, names.index("day")] * problem.scales[names.index("day")]
    assert days[3] - days[0] == pytest.approx(4)


def test_a_table_without_numbers_is_refused_with_a_hint():
    made = table(pd.DataFrame({"words": ["x y", "z"] * 5}), [0, 1] * 5, kinds={"words": "text"})
    with pytest.raises(DataError) as caught:
        binary_problem(made)
    assert str(caught.value.hint)


def test_of_many_rows_a_sample_is_used():
    assert len(binary_problem(toy("moons", 5000), max_rows=700).y) == 700


def test_marks_that_share_a_place_are_spread_around_it_the_same_way_each_time():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"sex": rng.integers(0, 2, 300), "class": rng.integers(1, 4, 300)})
    problem = binary_problem(table(frame, rng.integers(0, 2, 300)), ["sex", "class"])
    marks = marks_of(problem)
    assert marks.moved and marks == marks_of(problem)
    assert len({row[:2] for row in marks.rows}) == 300
    for j in (0, 1):
        values = np.unique(problem.X[:, j])
        nearest = values[np.abs(np.array(marks.rows)[:, j, None] - values).argmin(axis=1)]
        np.testing.assert_array_equal(nearest, problem.X[:, j])
    assert "moved a little" in str(marks_words(marks))


def test_marks_of_an_ordered_file_are_of_all_its_rows_and_a_column_of_two_values_becomes_two_bands():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"income": rng.normal(size=2000), "foreign": np.repeat([0, 1], 1000)})
    problem = binary_problem(table(frame, np.repeat([0, 1], 1000)), ["income", "foreign"])
    marks = np.array(marks_of(problem).rows)
    assert 0.4 < marks[:, 2].mean() < 0.6, "rows of both halves"
    assert set(marks[:, 0]) <= set(problem.X[:, 0]), "a column of many values stays as it is"
    assert len(set(marks[:, 1])) > 100
    assert len(set(np.round((marks[:, 1] - problem.X[:, 1].min()) / np.ptp(problem.X[:, 1])))) == 2


def test_marks_that_can_be_told_apart_stay_where_they_are():
    problem = binary_problem(toy("moons", 300), most=2)
    marks = marks_of(problem)
    words = str(marks_words(marks))
    assert "Squares: y is “lower”." in words and "moved a little" not in words
    np.testing.assert_array_equal(np.array(marks.rows)[:, :2], problem.X)
