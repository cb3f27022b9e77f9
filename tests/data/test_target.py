"""The target is suggested with a reason, and the task follows from its values."""

import pytest

from dldiag.data.target import infer_task, suggest_target
from tests.data.tables import rng, table

N = 60
X = [f"{value:.4f}" for value in rng(2).normal(size=N)]
BINARY = ["0", "1", "1"] * (N // 3)


@pytest.mark.parametrize("name", ["target", "Label", "class", "y", "is_target", "标签", "churn", "SalePrice"])
def test_a_telling_name_is_suggested_wherever_it_stands(name):
    for columns in ({name: BINARY, "a": X, "b": X}, {"a": X, name: BINARY, "b": X}, {"a": X, "b": X, name: BINARY}):
        found = suggest_target(table(None, None, **columns))
        assert found.name == name
        assert name in str(found.why)


def test_without_a_telling_name_it_is_the_last_column_and_that_is_the_reason():
    found = suggest_target(table(None, None, a=X, b=X, c=BINARY))
    assert (found.name, found.task, str(found.why)) == ("c", "classification", "it is the last column")


def test_identifiers_dates_and_constants_are_not_suggested():
    days = [f"2024-01-{1 + i % 28:02}" for i in range(N)]
    assert suggest_target(table(None, None, a=X, label=["same"] * N, target=days)) is None
    assert suggest_target(table(None, None, y=BINARY)) is None


def test_a_coordinate_called_y_is_not_the_target():
    assert suggest_target(table(None, None, x=X, y=X, z=X, price=X)).name == "price"


@pytest.mark.parametrize(
    ("cells", "task"),
    [
        (X, "regression"),
        (BINARY, "classification"),
        (["red", "green", "blue"] * 20, "classification"),
        (["1", "2", "3"] * 20, "classification"),
        ([str(i) for i in range(30)] * 2, "regression"),
        ([str(i) for i in range(26)] * 20, "classification"),
        ([str(i) for i, n in enumerate([1, 5, 30, 50, 20, 2], 3) for _ in range(n)], "regression"),
        (["1.5", "2.5", "3.5"] * 20, "regression"),
        (["$1", "$2.50", "$3"] * 20, "regression"),
    ],
)
def test_the_task_follows_from_the_values(cells, task):
    made = table(None, None, x=[str(i / 7) for i in range(len(cells))], it=cells)
    assert infer_task(made, "it")[0] == task
