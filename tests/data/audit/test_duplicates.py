import numpy as np
import pandas as pd
import pytest

from bench.naive_tables import repeated
from dldiag import make_dataset, read_table
from dldiag.data.audit.audit import audit_table
from dldiag.data.audit.duplicates import duplicate_groups, repeats_by_chance
from dldiag.data.split import make_split
from dldiag.diagnosis.evidence.gather import table_evidence
from tests.shared_data import SHARED, needs_shared


def by_chance(frame, seed=0):
    X, y = frame.iloc[:, :-1], frame.iloc[:, -1].to_numpy()
    return repeats_by_chance(X, y, duplicate_groups(X), seed)


def answers(rng, rows=5000, columns=4, values=3):
    C = rng.integers(values, size=(rows, columns))
    rule = rng.random(values**columns) < 0.5
    y = np.where(rng.random(rows) < 0.95, 1, 0) == rule[C @ values ** np.arange(columns)]
    return pd.DataFrame(C, columns=[f"c{i}" for i in range(columns)]).assign(y=y.astype(int))


@pytest.mark.parametrize("seed", range(5))
def test_combinations_of_few_answers_repeat_by_chance(seed):
    rng = np.random.default_rng(seed)
    assert by_chance(answers(rng), seed)
    habit = rng.normal(size=5000)
    related = pd.DataFrame({f"q{i}": (1.5 * habit + rng.normal(size=5000) > 0).astype(int) for i in range(15)})
    assert by_chance(related.assign(y=rng.integers(2, size=5000)), seed)
    assert by_chance(pd.DataFrame({"age": rng.integers(18, 80, 1000), "y": rng.integers(2, size=1000)}), seed)


@pytest.mark.parametrize("seed", range(5))
def test_copied_rows_do_not_repeat_by_chance_however_often_each_was_copied(seed):
    rng = np.random.default_rng(seed)
    assert not by_chance(repeated(rng), seed)
    rows = pd.DataFrame(rng.normal(size=(200, 3)).round(1)).assign(y=rng.integers(2, size=200))
    assert not by_chance(rows.sample(1000, replace=True, random_state=seed), seed)
    one_number = pd.DataFrame(rng.integers(3, size=(200, 3))).assign(
        z=rng.normal(size=200), y=rng.integers(2, size=200)
    )
    assert not by_chance(one_number.sample(1000, replace=True, random_state=seed), seed)
    assert not by_chance(pd.concat([answers(rng, 300)] * 5), seed)


def test_what_is_equal_up_to_a_measured_target_is_a_copy():
    rng = np.random.default_rng(0)
    recipes = pd.DataFrame(rng.integers(4, size=(400, 4))).assign(y=rng.normal(size=400))
    assert by_chance(recipes.assign(y=recipes.y.round(0)))
    assert not by_chance(recipes.sample(1000, replace=True, random_state=0))


@needs_shared
@pytest.mark.parametrize(
    ("name", "is_chance"),
    [("titanic.csv", True), ("letter.csv.gz", True), ("skin_nonskin.csv.gz", False), ("wine_quality_red.csv", False), ("wine_quality_white.csv", False)],
)  # fmt: skip
def test_equal_rows_of_real_tables_are_told_from_copies(name, is_chance):
    assert by_chance(pd.read_csv(SHARED / "data" / "tables" / name)) == is_chance


@needs_shared
@pytest.mark.parametrize("name", ["tic_tac_toe.csv", "balance_scale.csv", "mushroom.csv", "airfoil_noise.csv"])
def test_tables_without_copies_are_split_at_random_and_not_when_every_row_is_there_five_times(name):
    frame = pd.read_csv(SHARED / "data" / "tables" / name).head(900)
    target = frame.columns[-1]
    assert make_split(make_dataset(read_table(frame), target), 1, 0).method == "random"
    five = pd.concat([frame.drop_duplicates()] * 5)
    assert make_split(make_dataset(read_table(five), target), 1, 0).method == "copies_together"


def test_a_table_of_few_combinations_keeps_its_signal():
    frame = answers(np.random.default_rng(1))
    split = make_split(make_dataset(read_table(frame), "y"), 1, 0)
    dev, train = (frame.iloc[rows] for rows in (split.repeats[0].dev_rows, split.repeats[0].train_rows))
    known = train.groupby(["c0", "c1", "c2", "c3"]).y.mean().round()
    told = known.reindex(pd.MultiIndex.from_frame(dev.iloc[:, :4])).to_numpy()
    assert np.mean(told != dev.y) < 0.08


def test_rows_that_are_equal_by_chance_are_not_called_copies():
    rng = np.random.default_rng(0)
    for frame, is_chance in ((answers(rng), True), (repeated(rng), False)):
        found = table_evidence(audit_table(make_dataset(read_table(frame), "y")))
        assert (found["duplicate_share"].value == 0) == is_chance
