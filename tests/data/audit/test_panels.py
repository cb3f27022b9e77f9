"""Persons, firms and countries of a panel are groups, whatever their column is called; ages, kinds and hours are none."""

import numpy as np
import pandas as pd
import pytest

from dldiag.data.audit.repairs import repair
from tests.data.audit.looks import look
from tests.data.tables import rng

MEN, YEARS = 60, 8


def wages(seed):
    """Men over the years, as in a survey of incomes: the number of a man says nothing, school and origin never change."""
    random = rng(seed)
    who, year = np.repeat(np.arange(MEN), YEARS), np.tile(np.arange(1980, 1980 + YEARS), MEN)
    number = np.sort(random.choice(np.arange(10, 9_000), MEN, replace=False))
    school, talent = random.integers(8, 17, MEN), random.normal(size=MEN)
    wage = 0.1 * school[who] + 0.5 * talent[who] + 0.5 * random.normal(size=len(who))
    return pd.DataFrame({
        "nr": number[who], "year": year, "school": school[who], "exper": year - 1970 - school[who] % 5,
        "origin": random.choice(list("abc"), MEN)[who], "hours": random.integers(1_500, 2_500, len(who)), "y": wage.round(4),
    })  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("order", ["by man", "by year", "shuffled"])
def test_the_persons_of_a_panel_are_kept_together_in_whatever_order_the_file_has(seed, order):
    frame = wages(seed)
    frame = {
        "by man": frame,
        "by year": frame.sort_values(["year", "nr"]),
        "shuffled": frame.sample(frac=1, random_state=seed),
    }[order]
    found = look(frame.reset_index(drop=True), task="regression")
    assert found.groups.column == "nr"
    assert found.repairs[0] == repair("split_by_group", "nr")


@pytest.mark.parametrize("seed", range(3))
def test_a_panel_without_a_named_time_shows_by_a_count_that_begins_anew_or_by_what_never_changes(seed):
    counted = wages(seed).drop(columns=["year", "school", "origin"])
    assert look(counted, task="regression").groups.column == "nr"
    never = wages(seed).drop(columns=["year", "exper"])
    assert look(never, task="regression").groups.column == "nr"
    only_one = never.drop(columns="origin")
    assert look(only_one, task="regression").groups is None, "one such column may be another name of the group"


@pytest.mark.parametrize("seed", range(3))
def test_ages_over_the_years_are_no_groups(seed):
    random = rng(seed)
    age, year = np.repeat(np.arange(20, 80), 12), np.tile(np.arange(2000, 2012), 60)
    deaths = (age / 50) ** 4 + 0.3 * random.normal(size=len(age))
    frame = pd.DataFrame(
        {"age": age, "year": year, "living": (1e4 * (1 - (age / 90) ** 3)).round(), "y": deaths.round(4)}
    )
    assert look(frame, task="regression").groups is None


@pytest.mark.parametrize("seed", range(3))
def test_hours_of_days_and_kinds_with_many_rows_are_no_groups(seed):
    random = rng(seed)
    day, hour = np.repeat(np.arange(40), 24), np.tile(np.arange(24), 40)
    load = np.sin(hour / 4) + 0.3 * random.normal(size=len(hour))
    assert (
        look(
            pd.DataFrame({"day": day, "hr": hour, "x": random.normal(size=len(hour)), "y": load}), task="regression"
        ).groups
        is None
    )
    kind = np.repeat(np.arange(12), 60)
    frame = pd.DataFrame({
        "item": np.array([f"i{k}" for k in kind]), "mode": kind % 3, "form": np.array(list("abcd"))[kind % 4],
        "x": random.normal(size=len(kind)), "y": random.normal(size=len(kind)),
    })  # fmt: skip
    assert look(frame, task="regression").groups is None
