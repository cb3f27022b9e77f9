"""Rows that belong together, and rows in the order of time, are seen; what only looks like them is not."""

import numpy as np
import pandas as pd
import pytest

from dldiag.data.audit.repairs import repair
from tests.data.audit.looks import look, noise, sound, subjects
from tests.data.tables import rng


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("named", "shuffled"), [("subject", False), ("subject", True), ("k", True)])
def test_groups_that_a_column_names_are_found_and_a_split_by_them_offered(seed, named, shuffled):
    found = look(subjects(seed, named, shuffled))
    assert found.groups.column == named
    assert (found.groups.groups, found.groups.rows_per_group) == (40, 15)
    assert found.groups.strong
    assert found.repairs == (repair("split_by_group", named),)
    told = look(subjects(seed, named, shuffled), groups=named)
    assert told.groups is None and told.repairs == ()


def panel(seed, named, years=20):
    """Twelve firms over the years: a firm's size decides most of its numbers, so rows of a firm are alike."""
    random = rng(seed)
    who, size = np.repeat(np.arange(12), years), random.normal(size=12)
    noise = 0.3 * random.normal(size=(12 * years, 3))
    columns = pd.DataFrame((size[who, None] + noise).round(3), columns=["value", "capital", "y"])
    return columns.assign(**{named: who, "year": 1980 + np.tile(np.arange(years), 12)})


@pytest.mark.parametrize("seed", range(3))
def test_the_firms_of_a_panel_are_groups_and_years_of_school_are_none(seed):
    assert look(panel(seed, "firm")).groups.column == "firm"
    pupils = sound(seed, 600)
    schooling = pupils.x0.rank(pct=True).mul(12).round().astype(int)
    assert look(pupils.assign(school=schooling)).groups is None


@pytest.mark.parametrize("seed", range(3))
def test_a_measured_number_with_many_equal_values_marks_no_groups(seed):
    """Without the rows at one gauge reading a model has never seen that kind: no random split is to blame for that."""
    random = rng(seed)
    kind = random.integers(9, size=800)
    gauge = np.where(kind > 0, 40 + 8 * kind, 40 + np.round(3 * random.normal(size=800))).astype(int)
    columns = {f"x{i}": (gauge + size * random.normal(size=800)).round(2) for i, size in enumerate((1, 1, 20, 20))}
    found = look(pd.DataFrame(columns).assign(gauge=gauge, y=np.array(list("abcbdcefd"))[kind]))
    assert found.groups is None
    assert not found.split_misleads


@pytest.mark.parametrize("seed", range(3))
def test_what_only_copies_share_marks_no_groups_but_groups_among_copies_are_seen(seed):
    weighed = sound(seed, 200).assign(weight=rng(seed).integers(10**6, size=200))
    found = look(pd.concat([weighed] * 3).sample(frac=1, random_state=seed))
    assert found.copies.share == pytest.approx(2 / 3)
    assert found.groups is None and found.repairs == ()
    assert look(pd.concat([subjects(seed, "subject", shuffled=True)] * 2)).groups.column == "subject"


@pytest.mark.parametrize("seed", [1, 3, 4, 9])
def test_a_skill_that_random_rows_do_not_show_is_not_lost_on_whole_groups(seed):
    random = rng(seed)
    status = np.where(random.random(800) < 0.6, 0, random.integers(1, 12, 800))
    frame = pd.DataFrame({f"bill{i}": (2 * status + 2 * random.normal(size=800)).round(3) for i in range(5)})
    frame = frame.assign(
        status=np.array(list("abcdefghijkl"))[status], y=random.random(800) < np.where(status == 0, 0.1, 0.53)
    )
    found = look(frame)
    assert found.groups.optimism.block_error > found.groups.optimism.baseline > found.groups.optimism.random_error
    assert not found.split_misleads


@pytest.mark.parametrize("seed", range(3))
def test_groups_one_after_the_other_in_the_file_are_not_called_an_order_in_time_as_well(seed):
    found = look(subjects(seed, "subject", shuffled=False))
    assert found.groups.in_blocks and found.split_misleads
    assert not found.order.suspected


@pytest.mark.parametrize("seed", range(3))
def test_groups_that_no_column_names_show_in_the_order_of_the_file(seed):
    found = look(subjects(seed, "", shuffled=False))
    assert found.order.suspected and found.order.strong


def walk(seed, kind, rows=500):
    random = rng(seed)
    frame = noise(random, rows, 1)
    if kind == "date":
        frame["day"] = pd.date_range("2020-01-01", periods=rows).strftime("%Y-%m-%d")
    elif kind == "t":
        frame.insert(0, "t", np.arange(rows))
    else:
        frame["position"] = np.arange(rows) / 7
    return frame.assign(y=np.cumsum(random.normal(size=rows)).round(4))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("kind", "column"), [("date", "day"), ("t", "t"), ("position", "position")])
def test_a_random_walk_is_a_matter_of_time(seed, kind, column):
    found = look(walk(seed, kind), task="regression")
    assert found.order.suspected
    assert found.repairs[0] == repair("split_by_time", column)
    told = look(walk(seed, kind), task="regression", times=column or "#row order")
    assert told.repairs == ()


def test_a_file_sorted_by_class_is_seen_as_such_and_not_as_time():
    found = look(sound(0).sort_values("y"))
    assert found.order.sorted_by_target
    assert not found.order.suspected
