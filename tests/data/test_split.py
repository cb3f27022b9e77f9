from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dldiag.core.settings import Settings
from dldiag.core.types import DataError
from dldiag.data.split import held_out_share, make_split, rows_fingerprint
from dldiag.diagnosis.effort import SELECTION_REPEATS, diagnosis_split
from tests.problems import dataset, noise, two_blobs


def test_no_row_is_on_two_sides():
    split = make_split(two_blobs(), repeats=5, seed=0)
    for repeat in split.repeats:
        parts = [set(split.test_rows), set(repeat.train_rows), set(repeat.dev_rows)]
        assert sum(map(len, parts)) == len(set.union(*parts)) == 400


def test_test_rows_are_the_same_for_every_repeat_and_dev_rows_are_not():
    split = make_split(two_blobs(), repeats=2, seed=0)
    assert not np.array_equal(split.repeats[0].dev_rows, split.repeats[1].dev_rows)


def test_shares_are_those_of_the_course():
    assert held_out_share(5_000) == 0.2
    assert held_out_share(1_000_000) == pytest.approx(0.01)
    assert held_out_share(10_000_000) == pytest.approx(0.0025)


def test_every_prefix_holds_the_classes_in_proportion_even_when_the_file_is_sorted_by_class():
    rng = np.random.default_rng(0)
    y = np.sort(rng.choice(4, p=[0.5, 0.3, 0.15, 0.05], size=2000))
    data = dataset(rng.normal(size=(2000, 3)), y)
    train = make_split(data, 1, 0).repeats[0].train_rows
    for m in (60, 200, 1000):
        shares = np.bincount(data.y[train[:m]], minlength=4) / m
        assert np.abs(shares - np.bincount(data.y) / 2000).max() < 0.05


def test_rows_of_one_group_stay_on_one_side():
    data = two_blobs()
    data = dataset(data.X.to_numpy(), data.y, groups=np.repeat(np.arange(80), 5))
    split = make_split(data, 3, 0)
    for repeat in split.repeats:
        assert not set(data.groups[repeat.train_rows]) & set(data.groups[repeat.dev_rows])
        assert not set(data.groups[repeat.train_rows]) & set(data.groups[split.test_rows])


@given(
    st.lists(st.integers(0, 40), min_size=240, max_size=240).filter(lambda g: len(set(g)) >= 30),
    st.booleans(), st.booleans(), st.integers(0, 100),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_no_group_and_no_copy_is_on_two_sides_whatever_else_decides_the_split(labels, as_copies, with_domain, seed):
    groups = np.array(labels)
    rng = np.random.default_rng(seed)
    X = np.repeat(rng.normal(size=(60, 2)), 4, axis=0) if as_copies else rng.normal(size=(240, 2))
    together = np.arange(240) // 4 if as_copies else groups
    shuffled = rng.permutation(240)
    X, together = X[shuffled], together[shuffled]
    domain = rng.random(240) < 0.5 if with_domain else None
    data = dataset(X, rng.integers(2, size=240), groups=None if as_copies else together, domain=domain)
    try:
        split = make_split(data, 2, seed)
    except DataError:
        return  # too few are left: said so
    for repeat in split.repeats:
        judged = [split.test_rows, repeat.dev_rows]
        judged += [] if repeat.training_dev_rows is None else [repeat.training_dev_rows]
        sides = [set(together[rows]) for rows in (repeat.train_rows, *judged)]
        assert all(not a & b for a, b in combinations(sides, 2))


def test_groups_that_reach_over_both_kinds_of_rows_are_split_and_most_rows_still_train():
    rng = np.random.default_rng(0)
    groups, domain = rng.integers(100, size=2000), rng.random(2000) < 0.3
    data = dataset(rng.normal(size=(2000, 2)), rng.integers(2, size=2000), groups=groups, domain=domain)
    split = make_split(data, 3, 0)
    assert split.n_train > 300
    assert split.n_dev > 50


@pytest.mark.parametrize("seed", range(5))
def test_where_every_group_is_of_both_kinds_and_judged_nothing_is_left_and_that_is_said(seed):
    own, other = np.repeat([0, 1, 2], 10), np.repeat([0, 1, 2, 3], [3, 3, 3, 11])
    X, y = np.random.default_rng(0).normal(size=(50, 2)), np.arange(50) % 2
    data = dataset(X, y, groups=np.concatenate([own, other]), domain=np.arange(50) < 30)
    with pytest.raises(DataError, match="shares its group"):
        make_split(data, 1, seed)


def test_dev_and_test_rows_come_after_training_rows_in_time():
    data = two_blobs()
    times = np.random.default_rng(1).permutation(400)
    split = make_split(dataset(data.X.to_numpy(), data.y, times=times), 2, 0)
    for repeat in split.repeats:
        assert times[repeat.train_rows].max() < times[repeat.dev_rows].min()
        assert times[repeat.dev_rows].max() < times[split.test_rows].min()


def test_copies_of_a_row_stay_on_one_side():
    small = noise(n=100)
    X = np.repeat(small.X.to_numpy(), 5, axis=0)
    data = dataset(X, np.repeat(small.y, 5))
    split = make_split(data, 2, 0)
    for repeat in split.repeats:
        train = {tuple(row) for row in X[repeat.train_rows]}
        assert not any(tuple(row) in train for row in X[repeat.dev_rows])


def test_too_few_rows_are_refused_in_words():
    with pytest.raises(DataError, match="12 rows"):
        make_split(noise(n=12), 2, 0)


def test_the_same_seed_gives_the_same_split():
    a, b = (make_split(two_blobs(), 3, 7) for _ in range(2))
    assert np.array_equal(a.repeats[2].train_rows, b.repeats[2].train_rows)
    assert a.repeats[2].seed == b.repeats[2].seed


def test_rows_of_another_kind_train_and_only_rows_of_the_kind_that_counts_judge():
    data = two_blobs()
    domain = np.arange(400) % 4 == 0
    split = make_split(dataset(data.X.to_numpy(), data.y, domain=domain), 3, 0)
    assert domain[split.test_rows].all()
    for repeat in split.repeats:
        assert domain[repeat.dev_rows].all()
        assert not domain[repeat.training_dev_rows].any()
        assert not set(repeat.train_rows) & (
            set(repeat.training_dev_rows) | set(repeat.dev_rows) | set(split.test_rows)
        )


@pytest.mark.parametrize("groups", [5, 10, 30])
@pytest.mark.parametrize("seed", range(3))
def test_groups_of_very_unequal_size_leave_about_the_wanted_rows_in_every_repeat(groups, seed):
    rng = np.random.default_rng(seed)
    shares = 1 / np.arange(1, groups + 1) ** 1.5
    labels = rng.choice(groups, p=shares / shares.sum(), size=3000)
    split = make_split(dataset(rng.normal(size=(3000, 2)), rng.integers(2, size=3000), groups=labels), 14, seed)
    trained = [len(repeat.train_rows) for repeat in split.repeats]
    assert split.n_train > 0.75 * np.median(trained)
    assert split.n_train > 0.7 * 0.6 * 3000


def test_four_groups_are_enough_and_three_are_not():
    data, y = np.random.default_rng(0).normal(size=(100, 2)), np.arange(100) % 2
    assert make_split(dataset(data, y, groups=np.arange(100) // 25), 3, 0).n_train == 50
    with pytest.raises(DataError, match="at least 4 groups"):
        make_split(dataset(data, y, groups=np.arange(100) // 34), 3, 0)


@pytest.mark.parametrize("rows_of", [(300, 150, 150), (400, 100, 50, 50), (30, 500, 70), tuple(range(1, 60))])
def test_no_time_is_on_two_sides(rows_of):
    times = np.random.default_rng(0).permutation(np.repeat(np.arange(len(rows_of)), rows_of))
    X, y = np.random.default_rng(1).normal(size=(len(times), 2)), np.arange(len(times)) % 2
    split = make_split(dataset(X, y, times=times), 6, 0, selection_repeats=2)
    for repeat in split.measuring:
        assert times[repeat.train_rows].max() < times[repeat.dev_rows].min()
        assert times[repeat.dev_rows].max() < times[split.test_rows].min()


@pytest.mark.parametrize(("rows_of", "words"), [((580, 20), "only 2 different"), ((10, 580, 10), "Only 10 rows")])
def test_times_that_leave_nothing_to_learn_from_or_to_judge_on_are_refused_in_words(rows_of, words):
    times = np.repeat(np.arange(len(rows_of)), rows_of)
    X, y = np.random.default_rng(1).normal(size=(600, 2)), np.arange(600) % 2
    with pytest.raises(DataError, match=words):
        make_split(dataset(X, y, times=times), 2, 0)


def test_in_time_order_a_search_chooses_by_rows_that_come_before_those_that_measure():
    data = two_blobs()
    times = np.random.default_rng(1).permutation(400)
    split = make_split(dataset(data.X.to_numpy(), data.y, times=times), 6, 0, selection_repeats=2)
    assert split.n_train == 240 and len(split.measuring) == 4
    for repeat in split.repeats[-2:]:
        assert times[repeat.train_rows].max() < times[repeat.dev_rows].min()
        assert len(repeat.dev_rows) == 80
        for other in split.measuring:
            assert times[repeat.dev_rows].max() < times[other.dev_rows].min()


def test_the_split_of_a_diagnosis_has_choosers_that_do_not_count_for_its_size():
    data = two_blobs()
    split = diagnosis_split(dataset(data.X.to_numpy(), data.y, times=np.arange(400)), Settings())
    assert split.selection_repeats == SELECTION_REPEATS
    assert split.n_train == 240


def sealed(data, seed=0):
    return set(make_split(data, 3, seed).test_rows.tolist())


@pytest.mark.parametrize("kind", ["rows", "copies", "groups", "numbers"])
def test_every_seed_seals_the_same_rows_and_so_does_every_order_of_the_file(kind):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 3)), rng.integers(3, size=300)
    if kind == "copies":
        X, y = np.repeat(X[:100], 3, axis=0), np.repeat(y[:100], 3)
    groups = np.arange(300) // 10 if kind == "groups" else None
    task = "regression" if kind == "numbers" else "classification"
    data, order = dataset(X, y, task, groups=groups), rng.permutation(300)
    first = sealed(data)
    assert all(sealed(data, seed) == first for seed in (1, 2, 3))
    assert 0.15 <= len(first) / 300 <= 0.25
    moved = dataset(X[order], y[order], task, groups=None if groups is None else groups[order])
    assert {tuple(X[i]) for i in first} == {tuple(X[order][i]) for i in sealed(moved)}
    assert rows_fingerprint(data, np.array(sorted(first))) == rows_fingerprint(moved, np.array(sorted(sealed(moved))))


def test_sealed_rows_hold_each_class_in_proportion():
    rng = np.random.default_rng(0)
    y = (np.arange(1000) % 10 == 0).astype(int)
    data = dataset(rng.normal(size=(1000, 2)), y)
    assert y[sorted(sealed(data))].mean() == pytest.approx(0.1, abs=0.005)
