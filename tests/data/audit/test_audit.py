"""Before training: each thing wrong with a table is seen on tables made to have it, and not on sound ones."""

from itertools import product

import msgspec
import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from dldiag.data.audit import cuts
from dldiag.data.audit.audit import audit_table
from dldiag.data.audit.repairs import repair
from dldiag.data.dataset import make_dataset
from tests.data.audit.looks import look, noise, sound, subjects
from tests.data.tables import frame_table, rng
from tests.problems import dataset


@pytest.mark.parametrize("seed", range(4))
def test_a_sound_table_raises_no_suspicion(seed):
    found = look(sound(seed))
    assert found.groups is None
    assert not found.order.suspected
    assert found.leaky_columns == ()
    assert found.repairs == ()
    assert found.outliers == ()
    assert found.copies.share == 0
    assert found.noise_p < 0.01


@pytest.mark.parametrize("seed", range(3))
def test_pure_noise_shows_no_signal(seed):
    frame = noise(rng(seed)).assign(y=rng(seed + 100).integers(0, 2, 400))
    assert look(frame).noise_p > 0.001


def test_rows_repeated_five_times_are_counted():
    frame = pd.concat([sound(0, 100)] * 5)
    found = look(frame).copies
    assert (found.rows, found.share, found.largest_group) == (400, 0.8, 5)
    assert found.conflicting_rows == 0


def test_contradictions_give_the_error_floor_of_counting():
    cells = {"x": ["a"] * 100 + ["b"] * 100, "y": ["0"] * 70 + ["1"] * 30 + ["0"] * 10 + ["1"] * 90}
    found = look(pd.DataFrame(cells)).copies
    assert found.error_floor.value == pytest.approx((30 + 10) / 200)
    assert found.error_floor.low <= 0.2 <= found.error_floor.high
    assert found.conflicting_share == 1


def test_contradicting_amounts_give_the_spread_within_equal_rows():
    random = rng(3)
    x = random.integers(0, 20, 2000)
    frame = pd.DataFrame({"x": x.astype(float), "y": (3.0 * x + 5 * random.normal(size=2000)).round(4)})
    floor = look(frame).copies.error_floor
    assert floor.value == pytest.approx(5 / frame.y.std(), rel=0.1)
    assert floor.low < floor.value < floor.high


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("how", ["copy", "renamed", "inverted", "other unit"])
def test_a_copy_of_the_target_is_named(seed, how):
    frame = noise(rng(seed))
    y = frame.x0 * 2 + rng(seed + 50).normal(size=len(frame))
    if how == "other unit":
        frame["y"], frame["leak"] = y.round(4), (np.exp(y / 3) * 100).round(4)
    else:
        frame["y"] = (y > 0).astype(int)
        frame["leak"] = {"copy": frame.y, "renamed": frame.y.map({0: "lost", 1: "won"}), "inverted": 5 - frame.y}[how]
    found = look(frame)
    assert [one.column for one in found.leaky_columns] == ["leak"]
    assert found.repairs == (repair("exclude_column", "leak"),)


@pytest.mark.parametrize("share", [0.5, 0.32])
def test_a_date_that_only_one_class_has_is_named_as_the_column_that_it_is(share):
    random = rng(0)
    y = (random.random(400) < share).astype(int)
    frame = noise(random).assign(y=y)
    frame["ended"] = [f"2024-{1 + i % 12:02}-{1 + i % 28:02}" if one else None for i, one in enumerate(y)]
    found = look(frame)
    assert [one.column for one in found.leaky_columns] == ["ended"]
    assert found.repairs == (repair("exclude_column", "ended"),)
    left = make_dataset(frame_table(frame), "y", **found.repairs[0].choices)
    assert list(left.X.columns) == [f"x{i}" for i in range(5)]


@pytest.mark.parametrize("rows", [24, 60, 120, 240])
@pytest.mark.parametrize("how", ["renamed", "beside strong columns"])
def test_the_target_by_another_name_is_named_in_few_rows(rows, how):
    random = rng(rows)
    y = random.integers(0, 2, rows)
    frame = noise(random, rows).assign(y=y, paid=np.where(y, 7, 3))
    if how == "beside strong columns":
        frame["x0"] = y + 0.3 * random.normal(size=rows)
    assert [one.column for one in look(frame).leaky_columns] == ["paid"]


@pytest.mark.parametrize("seed", range(20))
def test_a_clean_cut_in_few_rows_is_no_giveaway(seed):
    random = rng(seed)
    frame = noise(random, 60)
    frame["y"] = (frame.x0 > 0).astype(int)
    assert look(frame).leaky_columns == ()


def classes(random: np.random.Generator, rows: int, share: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Return honest columns and the two classes that they tell in part; the rare one has the given share."""
    frame = noise(random, rows)
    score = frame.x0 + 0.6 * frame.x1 + 0.8 * random.normal(size=rows)
    return frame, (score > np.quantile(score, 1 - share)).astype(int)


COPIES = {
    "with noise": lambda y, r: y + 0.05 * r.normal(size=len(y)),
    "in another unit": lambda y, r: 100 * np.exp(3 * y + 0.02 * r.normal(size=len(y))),
    "between two thresholds": lambda y, r: np.where(y == 1, r.uniform(0.4, 0.6, len(y)), r.choice([0.0, 0.8], len(y)) + r.uniform(0, 0.2, len(y))),
}  # fmt: skip


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize(("rows", "share"), [(150, 0.5), (150, 0.3), (500, 0.5), (500, 0.03), (1500, 0.03)])
def test_a_number_that_gives_the_classes_away_is_named_in_small_tables(rows, share, how):
    for seed in range(5):
        random = rng(seed)
        frame, y = classes(random, rows, share)
        found = look(frame.assign(leak=COPIES[how](y, random), y=y)).leaky_columns
        assert [one.column for one in found] == ["leak"]


@pytest.mark.parametrize(("rows", "share"), [(300, 0.5), (500, 0.3), (1500, 0.5), (1500, 0.1)])
def test_a_number_behind_labels_of_which_some_are_wrong_is_named(rows, share):
    named = 0
    for seed in range(10):
        random = rng(seed)
        frame, _ = classes(random, rows, 0.5)
        leak = random.normal(size=rows)
        y = (leak > np.quantile(leak, 1 - share)).astype(int)
        wrong = random.choice(rows, rows // 100, replace=False)
        y[wrong] = 1 - y[wrong]
        named += [one.column for one in look(frame.assign(leak=leak, y=y)).leaky_columns] == ["leak"]
    assert named >= 7


@pytest.mark.parametrize("rows", [150, 500, 1500])
@pytest.mark.parametrize("distance", [2.5, 3.0, 3.5])
def test_a_measurement_whose_errors_lie_next_to_its_threshold_is_no_copy_with_wrong_labels(rows, distance):
    found = 0
    for seed in range(20):
        random = rng(seed)
        y = random.integers(0, 2, rows)
        values = random.normal(size=rows) + distance * y
        order = np.argsort(values)
        found += cuts._are_wrong_labels(values[order], y[order])
    assert found <= 1


@pytest.mark.parametrize(("rows", "positives"), [(150, 5), (500, 15), (1500, 45)])
def test_a_rare_class_between_two_values_is_named_without_a_gap_beside_it(rows, positives):
    for seed in range(20):
        random = rng(seed)
        frame, _ = classes(random, rows, 0.5)
        leak = random.uniform(size=rows)
        start = random.integers(5, rows - positives - 5)
        y = np.isin(np.arange(rows), np.argsort(leak)[start : start + positives]).astype(int)
        assert [one.column for one in look(frame.assign(leak=leak, y=y)).leaky_columns] == ["leak"]


@pytest.mark.parametrize(("rows", "honest"), [(150, 0.0), (150, 1.5), (500, 3.0)])
def test_a_rare_class_that_a_number_tells_in_part_is_not_given_away(rows, honest):
    for seed in range(20):
        random = rng(seed)
        frame, y = classes(random, rows, 0.033)
        middle = np.where(y == 1, 0.2, 1.0) * random.normal(size=rows)
        assert look(frame.assign(strong=honest * y + random.normal(size=rows), middle=middle, y=y)).leaky_columns == ()


@pytest.mark.parametrize(("rows", "positives"), [(150, 5), (500, 15), (1500, 45)])
def test_a_rare_class_above_one_value_is_named_without_a_gap_beside_it(rows, positives):
    for seed in range(20):
        random = rng(seed)
        frame, _ = classes(random, rows, 0.5)
        leak = random.uniform(size=rows)
        y = (leak > np.sort(leak)[-positives - 1]).astype(int)
        assert [one.column for one in look(frame.assign(leak=leak if seed % 2 else -leak, y=y)).leaky_columns] == [
            "leak"
        ]


@pytest.mark.parametrize(("rare", "common", "auc"), [(4, 146, 0.95), (4, 146, 0.99), (30, 30, 0.98)])
def test_the_chance_of_separating_is_that_of_drawing(rare, common, auc):
    random, distance = rng(0), 2**0.5 * float(norm.ppf(auc))
    above = random.normal(distance, size=(20_000, rare)).min(axis=1) > random.normal(size=(20_000, common)).max(axis=1)
    assert cuts.chance_of_separating(rare, common, auc) == pytest.approx(above.mean(), abs=0.01)


def test_the_chance_of_a_band_is_that_of_counting():
    orders = [one for one in product((0, 1), repeat=12) if sum(one) == 4]
    together = sum("1111" in "".join(map(str, one)) for one in orders)
    assert together / len(orders) == pytest.approx(9 / 495)
    band = np.array([0] * 60 + [1] * 4 + [0] * 60)
    assert cuts._is_band(band)
    assert not cuts._is_band(np.delete(band, slice(0, 58)))  # two rows on one side
    assert not cuts._is_band(np.array([0] * 60 + [1] * 2 + [0] * 60))  # 122 / 7,503 is no small chance


@pytest.mark.parametrize("rows", [150, 500])
@pytest.mark.parametrize("distance", [0, 2, 3])
def test_honest_numbers_give_nothing_away_in_small_tables(rows, distance):
    for seed in range(5):
        random = rng(seed)
        frame, y = classes(random, rows, 0.3)
        assert look(frame.assign(strong=distance * y + random.normal(size=rows), y=y)).leaky_columns == ()


def test_three_classes_told_by_a_number_are_given_away():
    frame = noise(rng(0), 200)
    y = np.digitize(frame.x0 + rng(2).normal(size=200), [-0.5, 0.5])
    assert [one.column for one in look(frame.assign(leak=y + 0.05 * rng(1).normal(size=200), y=y)).leaky_columns] == [
        "leak"
    ]


def test_a_number_that_gives_an_amount_away_is_named_in_small_tables():
    frame = noise(rng(0), 150)
    y = frame.x0 + rng(1).normal(size=150)
    found = look(frame.assign(leak=30 * y + 0.5 * rng(2).normal(size=150), y=y)).leaky_columns
    assert [one.column for one in found] == ["leak"]


@pytest.mark.parametrize("seed", range(3))
def test_a_column_of_target_means_is_named(seed):
    random = rng(seed)
    frame = noise(random).assign(city=random.integers(0, 80, 400), y=random.integers(0, 2, 400))
    frame["city_code"] = frame.groupby("city").y.transform("mean")
    assert ("city_code", "target_means") in [(one.column, one.reason) for one in look(frame).leaky_columns]


@pytest.mark.parametrize("seed", range(3))
def test_target_means_are_recognized_when_some_of_their_rows_are_sealed(seed):
    random = rng(seed)
    frame = noise(random, 500).assign(city=random.integers(0, 120, 500), y=random.integers(0, 2, 500))
    frame["rate"] = frame.groupby("city").y.transform("mean")
    frame["honest"] = random.integers(0, 60, 500) / 60
    seen = frame.sample(frac=0.8, random_state=seed).drop(columns="city")
    assert [one.column for one in look(seen).leaky_columns] == ["rate"]


@pytest.mark.parametrize("seed", range(3))
def test_an_honest_forecast_is_not_taken_for_target_means(seed):
    random = rng(seed)
    forecast = random.integers(1, 60, 1200) / 60
    frame = noise(random, 1200).assign(forecast=forecast, y=(random.random(1200) < forecast).astype(int))
    assert look(frame).leaky_columns == ()


def test_a_small_number_beside_a_target_with_a_heavy_tail_is_not_taken_for_its_means():
    random = rng(0)
    income = np.where(random.random(600) < 0.5, 9.0, np.round(random.normal(9, 1, 60), 2)[random.integers(0, 60, 600)])
    frame = noise(random, 600).assign(
        income=income, y=np.exp(random.normal(1, 1, 600)) + np.where(income == 9, random.pareto(1, 600), 0)
    )
    assert look(frame).leaky_columns == ()


def test_a_strong_but_honest_feature_is_no_giveaway():
    random = rng(5)
    frame = noise(random, 1000)
    frame["y"] = (frame.x0 + 0.15 * random.normal(size=1000) > 0).astype(int)
    assert look(frame).leaky_columns == ()


def test_extreme_values_of_every_column_are_counted_however_many_there_are():
    drawn = np.random.default_rng(0)
    X = drawn.normal(size=(500, 30))
    X[7, :] = 1e6
    found = audit_table(dataset(X, drawn.integers(2, size=500)))
    assert sum(one.cells for one in found.outliers) == 30


def test_imbalance_scale_outliers_and_tail_are_numbers():
    random = rng(6)
    frame = noise(random, 1000)
    frame["x0"] *= 1e6
    frame.loc[3, "x1"] = 1e4
    frame["y"] = np.where(np.arange(1000) < 970, "no", "yes")
    found = look(frame)
    assert found.majority_share == pytest.approx(0.97)
    assert (found.rarest_class, found.rarest_class_rows) == ("yes", 30)
    assert found.scales.largest == "x0" and found.scales.ratio > 1e4
    assert (found.outliers[0].column, found.outliers[0].cells, found.outliers[0].example) == ("x1", 1, 1e4)
    prices = noise(random, 1000).assign(y=np.exp(2 * random.normal(size=1000)).round(4))
    tailed = look(prices)
    assert tailed.log_offered and tailed.target_skewness > 2
    assert repair("log_target", "y") in tailed.repairs


def test_the_result_is_plain_numbers_that_survive_json_and_repeat():
    found = look(subjects(0, "subject", shuffled=True))
    text = msgspec.json.encode(found)
    assert msgspec.json.decode(text, type=type(found)) == found
    assert msgspec.json.encode(look(subjects(0, "subject", shuffled=True))) == text


@pytest.mark.parametrize("rows", [150, 500, 1500])
@pytest.mark.parametrize("other", [0.0, np.nan])
def test_an_amount_that_only_the_rare_class_has_is_named(rows, other):
    random = rng(rows)
    frame = noise(random, rows)
    y = np.zeros(rows, dtype=int)
    y[random.permutation(rows)[: max(5, round(0.03 * rows))]] = 1
    frame["y"], frame["paid"] = y, np.where(y == 1, random.gamma(2.0, 100.0, rows).round(2) + 1, other)
    assert [one.column for one in look(frame).leaky_columns] == ["paid"]
