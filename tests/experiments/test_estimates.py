"""Intervals of errors, held against simulations whose true error is known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from dldiag.core.settings import Settings
from dldiag.core.statistics import mean_variance
from dldiag.core.types import Clusters, LearningCurve
from dldiag.data.split import make_split
from dldiag.diagnosis.evidence.gather import Measurements, gather
from dldiag.experiments import estimates
from dldiag.experiments.fit import FitResult
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.models import build_model
from dldiag.experiments.tasks import FitTask
from tests.problems import dataset

MODEL = build_model("classification")


def result(wrong, dev_rows, clusters=None):
    """A fit whose mistakes on all rows of the table are given."""
    task = FitTask(("made", 10, 0), MODEL, np.arange(10), dev_rows, 0)
    shares = wrong[dev_rows].astype(float)
    held = None if clusters is None else clusters.of(dev_rows)
    return FitResult(task, 0.0, shares.mean(), 0.0, shares, 0.0, 0.5, shares, dev_clusters=held)


def drawn(rng, wrong, clusters, repeats):
    """Repeats that judge on a quarter of the clusters, one fifth of which stay sealed."""
    each = np.arange(len(wrong)) if clusters is None else clusters.labels
    open_ones = rng.permutation(each.max() + 1)[: round(0.8 * (each.max() + 1))]
    for _ in range(repeats):
        held = rng.permutation(open_ones)[: round(len(open_ones) / 4)]
        yield result(wrong, np.flatnonzero(np.isin(each, held)), clusters)


def coverage(make, truth, clusters, repeats, estimate=estimates.dev_error, tries=300):
    rng, hits = np.random.default_rng(0), 0
    for _ in range(tries):
        found = estimate(list(drawn(rng, make(rng), clusters, repeats)))
        hits += found.low <= truth <= found.high
    return hits / tries


def in_groups(rng):
    chances = np.clip(rng.normal(0.3, 0.15, 30), 0.01, 0.99)
    return rng.random(900) < np.repeat(chances, 30)


GROUPS = Clusters(np.repeat(np.arange(30), 30), are_copies=False)
COPIES = Clusters(np.repeat(np.arange(200), 5), are_copies=True)


@pytest.mark.parametrize("repeats", [5, 20])
@pytest.mark.parametrize(
    ("make", "clusters"),
    [
        (lambda rng: rng.random(900) < 0.3, None),
        (in_groups, GROUPS),
        (lambda rng: np.repeat(rng.random(200) < 0.3, 5), COPIES),
    ],
    ids=["rows", "groups", "copies"],
)
def test_nine_intervals_in_ten_hold_the_truth_whether_rows_come_alone_in_groups_or_in_copies(make, clusters, repeats):
    assert 0.86 <= coverage(make, 0.3, clusters, repeats) <= 0.97


@pytest.mark.parametrize("repeats", [5, 20])
def test_a_change_that_differs_between_groups_and_is_none_on_average_is_told_as_that(repeats):
    def change(results):
        return estimates.paired_change(
            [result(np.zeros(900), r.task.dev_rows, GROUPS) for r in results], results, clipped=False
        )

    def make(rng):
        chances = rng.normal(0, 0.08, 30).repeat(30)
        draw = rng.random(900)
        return (draw < 0.1 + np.maximum(chances, 0)).astype(float) - (draw > 0.9 - np.maximum(-chances, 0))

    assert coverage(make, 0.0, GROUPS, repeats, change) >= 0.86


def test_few_and_unequal_groups_are_told_with_few_degrees_of_freedom():
    sizes = np.array([400, 100, 60, 40, 40, 30, 30, 20, 20, 20, 20, 20])
    clusters = Clusters(np.repeat(np.arange(12), sizes), are_copies=False)
    wrong = np.random.default_rng(0).random(sizes.sum()) < 0.3
    part = estimates.dev_part([result(wrong, np.arange(len(wrong)), clusters)])
    assert part.dof < 5


@pytest.mark.parametrize("repeats", [1, 5])
def test_no_error_on_few_rows_leaves_what_the_exact_bound_leaves(repeats):
    wrong, rows = np.zeros(100), np.random.default_rng(0)
    results = [result(wrong, np.sort(rows.permutation(47)[: 47 if repeats == 1 else 16])) for _ in range(repeats)]
    different = estimates.distinct_dev_rows(results)
    exact = stats.beta.ppf(0.95, 1, different)
    assert estimates.dev_error(results).high == pytest.approx(exact, rel=0.1)
    assert estimates.paired_change(results, results).high == pytest.approx(exact, rel=0.1)


def test_the_half_width_of_a_perfect_dev_error_is_that_of_its_few_rows():
    results = [result(np.zeros(47), np.arange(47))]
    curve = LearningCurve("made", np.array([10]), np.zeros((1, 1)), np.zeros((1, 1)))
    found = gather(Measurements("classification", results, results, {}, {}, curve), Settings())
    assert found.dev_half_width.value == pytest.approx(stats.beta.ppf(0.975, 1, 47), rel=0.1)


def test_copies_of_a_row_are_one_row_to_judge_with():
    results = [result(np.zeros(1000), np.arange(100), COPIES), result(np.zeros(1000), np.arange(50, 150), COPIES)]
    assert estimates.distinct_dev_rows(results) == 30


def test_the_split_says_which_rows_do_not_count_each_for_itself():
    rng = np.random.default_rng(0)
    X, y = np.repeat(rng.normal(size=(100, 2)), 3, axis=0), rng.integers(2, size=300)
    copies, groups = make_split(dataset(X, y), 1, 0), make_split(dataset(X, y, groups=np.arange(300) // 10), 1, 0)
    assert copies.clusters.are_copies and len(np.unique(copies.clusters.labels)) == 100
    assert not groups.clusters.are_copies and len(np.unique(groups.clusters.labels)) == 30
    assert make_split(dataset(rng.normal(size=(300, 2)), y), 1, 0).clusters is None


def test_training_errors_know_of_groups_too():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(30), 20)
    y = np.where(
        rng.random(600) < np.repeat(rng.choice([0.05, 0.95], 30), 20), 1, 0
    )  # groups differ, features say nothing
    data = dataset(np.ones((600, 1)) * rng.normal(size=(600, 1)), y, groups=groups)
    fits = FitCache(data, make_split(data, 5, 0))
    guess = build_model("classification", key="guess")
    fits.fit([guess], [fits.split.n_train], range(5))
    found = estimates.train_error(fits.get(guess, fits.split.n_train, range(5)))
    assert found.high - found.low > 4 * 1.645 * np.sqrt(0.25 / 600)  # twice what 600 rows would leave, taken one by one


def squared(residuals, dev_rows):
    """A fit whose residuals on all rows of a table with a numeric target are given."""
    task = FitTask(("made", 10, 0), MODEL, np.arange(10), dev_rows, 0)
    squares = residuals[dev_rows] ** 2
    error = np.sqrt(squares.mean())
    shares = squares / (2 * error)
    return FitResult(task, 0.0, error, 0.0, shares, 0.0, 9.0, shares, unit="sd")


def test_one_extreme_residual_that_both_models_share_does_not_hide_what_a_change_gains():
    rng = np.random.default_rng(0)
    before = rng.normal(size=300)
    after = 0.8 * before
    before[7] = after[7] = 12.0
    halves = [np.sort(rng.permutation(300)[:150]) for _ in range(8)]
    halves = [np.union1d(half, [7]) for half in halves]
    found = estimates.paired_change([squared(before, h) for h in halves], [squared(after, h) for h in halves])
    assert found.high < 0


def fits_of_a_pool(rng, of_dev, of_train, repeats=10):
    """Fits of repeats that draw dev and training rows from one pool of 160: a row's loss depends on the set that it is in."""
    for _ in range(repeats):
        order = rng.permutation(160)
        dev, train = order[:40], order[40:]
        shares, learned = of_dev[dev].astype(float), of_train[train].astype(float)
        yield FitResult(
            FitTask(("made", 120, 0), MODEL, train, dev, 0), learned.mean(), shares.mean(), float(learned.var() / 120), shares,
            0.0, 0.5, shares, train_influence=learned.astype(np.float32),
        )  # fmt: skip


def test_a_gap_is_known_better_than_either_error_where_the_same_rows_are_hard_in_both_sets():
    rng = np.random.default_rng(0)
    hard = rng.random(160) < 0.4
    results = list(fits_of_a_pool(rng, hard, hard))
    gap, dev, train = estimates.gap(results), estimates.dev_error(results), estimates.train_error(results)
    assert gap.low <= 0 <= gap.high
    assert gap.high - gap.low < 0.8 * np.hypot(dev.high - dev.low, train.high - train.low)


@pytest.mark.parametrize("learned", [0.0, 0.1, 0.3])
def test_the_interval_of_a_gap_covers_what_fresh_pools_would_have(learned):
    rng, hits, tries = np.random.default_rng(1), 0, 200
    for _ in range(tries):
        hard = rng.random(160) < 0.3
        found = estimates.gap(list(fits_of_a_pool(rng, hard, hard & (rng.random(160) < learned / 0.3))))
        hits += found.low <= 0.3 - learned <= found.high
    assert hits / tries >= 0.88


def numeric_fits_of_a_pool(rng, of_dev, of_train, clusters=None, repeats=10):
    """The same for residuals of a numeric target; of clusters, all rows of one are in the same set."""
    labels = np.arange(len(of_dev)) if clusters is None else clusters.labels
    for _ in range(repeats):
        held = rng.permutation(labels.max() + 1)[: (labels.max() + 1) // 4]
        is_dev = np.isin(labels, held)
        dev, train = np.flatnonzero(is_dev), np.flatnonzero(~is_dev)
        errors, shares = zip(*(rmse_of(one) for one in (of_dev[dev], of_train[train])), strict=True)
        of_each = [None if clusters is None else clusters.of(rows) for rows in (train, dev)]
        yield FitResult(
            FitTask(("made", 120, 0), MODEL, train, dev, 0), errors[1], errors[0], mean_variance(shares[1], of_each[0]),
            shares[0], 0.0, 9.0, shares[0], "sd", *of_each, floor=None, train_influence=shares[1].astype(np.float32),
        )  # fmt: skip


def rmse_of(residuals):
    squares = residuals**2
    error = np.sqrt(squares.mean())
    return error, squares / (2 * error)


def in_pairs(rng):
    return np.repeat(rng.normal(size=80), 2)


def in_unlike_groups(rng):
    return rng.normal(size=160) * np.repeat(rng.uniform(0.5, 1.5, 20), 8)


@pytest.mark.parametrize("learned", [1.0, 0.5])
@pytest.mark.parametrize(
    ("residuals", "clusters"),
    [
        (lambda rng: rng.normal(size=160), None),
        (lambda rng: rng.standard_t(5, size=160), None),
        (in_pairs, Clusters(np.repeat(np.arange(80), 2), are_copies=True)),
        (in_unlike_groups, Clusters(np.repeat(np.arange(20), 8), are_copies=False)),
    ],
    ids=["normal", "heavy tails", "copies", "groups"],
)
def test_the_gap_of_a_numeric_target_is_covered_though_a_row_that_is_hard_in_both_sets_cancels_out(
    residuals, clusters, learned
):
    rng, hits, widths = np.random.default_rng(2), 0, []
    spread = np.sqrt(np.mean([np.mean(residuals(rng) ** 2) for _ in range(3000)]))
    for _ in range(200):
        all_rows = residuals(rng)
        results = list(numeric_fits_of_a_pool(rng, all_rows, learned * all_rows, clusters))
        found = estimates.gap(results)
        dev, train = estimates.dev_error(results), estimates.train_error(results)
        hits += found.low <= (1 - learned) * spread <= found.high
        widths.append((found.high - found.low) / np.hypot(dev.high - dev.low, train.high - train.low))
    assert hits / 200 >= 0.87
    assert np.median(widths) < (0.8 if learned == 1 else 1.0)


def test_a_numeric_dev_error_is_covered_where_few_large_residuals_decide():
    rng, hits = np.random.default_rng(3), 0
    truth = np.sqrt(5 / 3)  # of Student's t with 5 degrees of freedom
    for _ in range(300):
        residuals = rng.standard_t(5, size=300)
        found = estimates.dev_error(list(numeric_fits_of_a_pool(rng, residuals, residuals, repeats=5)))
        hits += found.low <= truth <= found.high
    assert 0.87 <= hits / 300 <= 0.96


def test_an_interval_reaches_no_farther_than_the_loss_can():
    rng = np.random.default_rng(0)
    wrong = rng.random(40) < 0.95
    results = [replace(result(wrong, rows), in_ratio=True, highest=1.0) for rows in drawn_rows(rng, 4)]
    assert estimates.dev_error(results).high <= 1.0
    other = [replace(one, dev_error=0.0, influence=0 * one.influence, guess_error=1.0) for one in results]
    change = estimates.paired_change([replace(one, guess_error=1.0) for one in results], other)
    assert -1.0 <= change.low <= change.high <= 1.0


def drawn_rows(rng, repeats):
    return [np.sort(rng.permutation(40)[:8]) for _ in range(repeats)]
