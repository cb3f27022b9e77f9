"""Every row of METRICS against scikit-learn's own value and the jackknife; walks the table."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize, stats
from sklearn import metrics as theirs

from dldiag.experiments.fit import FitResult
from dldiag.experiments.judged import Judged
from dldiag.experiments.metric_estimates import in_metric_unit, loss_estimate
from dldiag.experiments.metrics import COSTS, METRICS, POSITIVE, PROBABILITIES, VALUES
from dldiag.experiments.models import build_model
from dldiag.experiments.tasks import FitTask

COST_TABLE = np.array([[0.0, 1.0, 4.0], [2.0, 0.0, 3.0], [9.0, 1.0, 0.0]])


def best_at(limit, value):
    """The best of one side of a precision-recall curve while the other is at least the limit."""
    return float(value[limit >= 0.9 - 1e-12].max())


def recall_at(y, p):
    precision, recall, _ = theirs.precision_recall_curve(y, p)
    return best_at(precision[:-1], recall[:-1]) if (precision[:-1] >= 0.9).any() else 0.0


def precision_at(y, p):
    precision, recall, _ = theirs.precision_recall_curve(y, p)
    return best_at(recall[:-1], precision[:-1])


# By name: (y, labels, probabilities or None, positive or None) -> scikit-learn's value.
OF_CLASSES = {
    "error": lambda y, t, p, _: 1 - theirs.accuracy_score(y, t),
    "balanced_error": lambda y, t, p, _: 1 - theirs.balanced_accuracy_score(y, t),
    "log_loss": lambda y, t, p, _: theirs.log_loss(y, p),
    "brier": lambda y, t, p, _: theirs.brier_score_loss(y, p if p.shape[1] > 2 else p[:, 1]),
    "f1": lambda y, t, p, positive: theirs.f1_score(y == positive, t == positive),
    "f1_macro": lambda y, t, p, _: theirs.f1_score(y, t, average="macro"),
    "roc_auc": lambda y, t, p, _: theirs.roc_auc_score(y, p if p.shape[1] > 2 else p[:, 1], multi_class="ovr"),
    "average_precision": lambda y, t, p, _: theirs.average_precision_score(y, p if p.shape[1] > 2 else p[:, 1]),
    "recall_at_precision": lambda y, t, p, positive: recall_at(y == positive, p[:, positive]),
    "precision_at_recall": lambda y, t, p, positive: precision_at(y == positive, p[:, positive]),
    "cost": lambda y, t, p, _: (theirs.confusion_matrix(y, t) * COST_TABLE[: p.shape[1], : p.shape[1]]).sum() / len(y),
}
OF_VALUES = {
    "rmse": theirs.root_mean_squared_error,
    "mae": theirs.mean_absolute_error,
    "r2": theirs.r2_score,
    "median_ae": theirs.median_absolute_error,
    "pinball": lambda y, p: theirs.mean_pinball_loss(y, p, alpha=0.9),
    "rmsle": theirs.root_mean_squared_log_error,
}


def classes(n, k, seed=0, ties=False, shares=None):
    """Codes and informative probabilities of k classes."""
    rng = np.random.default_rng(seed)
    y = rng.choice(k, n, p=shares)
    logits = rng.normal(size=(n, k)) + 1.5 * np.eye(k)[y]
    if ties:
        logits = np.round(logits)
    p = np.exp(logits)
    return y, p / p.sum(axis=1, keepdims=True)


def values(n, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.gamma(2.0, 3.0, n)
    return y, np.abs(y + rng.normal(size=n) * (1 + y / 5))


def options(metric, k, positive):
    found = {"classes": range(k)} | ({"costs": COST_TABLE[:k, :k]} if COSTS in metric.needs else {})
    return found | ({"positive": positive} if POSITIVE in metric.needs else {})


def test_every_metric_is_checked():
    assert OF_CLASSES.keys() | OF_VALUES.keys() == METRICS.keys()


@pytest.mark.parametrize("ties", [False, True], ids=["", "ties"])
@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("name", OF_CLASSES)
def test_values_of_class_metrics_are_scikit_learns(name, k, ties):
    metric, positive = METRICS[name], k - 1
    for seed in range(5):
        y, p = classes(200, k, seed, ties)
        given = p if PROBABILITIES in metric.needs else p.argmax(axis=1)
        ours = metric.value(y, given, **options(metric, k, positive))
        assert ours == pytest.approx(OF_CLASSES[name](y, p.argmax(axis=1), p, positive), abs=1e-9)


@pytest.mark.parametrize("name", OF_VALUES)
def test_values_of_numeric_metrics_are_scikit_learns(name):
    for seed in range(5):
        y, p = values(200, seed)
        assert METRICS[name].value(y, p) == pytest.approx(OF_VALUES[name](y, p), abs=1e-9)


NOT_SMOOTH = ("median_ae", "recall_at_precision", "precision_at_recall")  # of which the jackknife says nothing


def sample(metric, n, seed=0, k=3):
    """A value function of row numbers, and the influences at all rows."""
    if metric.tasks == VALUES:
        y, p = values(n, seed)
        return (lambda rows: metric.value(y[rows], p[rows])), metric.influence(y, p)
    y, p = classes(n, k, seed, shares=[0.1, *[0.9 / (k - 1)] * (k - 1)][::-1])
    given = p if PROBABILITIES in metric.needs else p.argmax(axis=1)
    more = options(metric, k, k - 1)
    return (lambda rows: metric.value(y[rows], given[rows], **more)), metric.influence(y, given, **more)


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("name", [name for name in METRICS if name not in NOT_SMOOTH])
def test_influences_are_those_of_the_jackknife(name, k):
    n = 400
    value, influence = sample(METRICS[name], n, k=k)
    rows = np.arange(n)
    left_out = np.array([value(np.delete(rows, i)) for i in rows])
    jackknife = (n - 1) * (left_out.mean() - left_out)
    centered = influence - influence.mean()
    assert np.corrcoef(jackknife, centered)[0, 1] > 0.99
    assert centered.std() == pytest.approx(jackknife.std(), rel=0.05)


@pytest.mark.parametrize("name", NOT_SMOOTH)
def test_influences_of_what_is_not_smooth_spread_as_the_bootstrap_does(name):
    ratios = []
    for seed in range(12):
        n, rng = 600, np.random.default_rng(seed)
        value, influence = sample(METRICS[name], n, seed)
        drawn = np.std([value(rng.integers(n, size=n)) for _ in range(200)])
        ratios.append(influence.std() / np.sqrt(n) / drawn)
    assert 0.75 < np.median(ratios) < 1.35


CONSTANTS = np.linspace(0, 1, 41)


@pytest.mark.parametrize("name", [name for name, row in METRICS.items() if row.tasks == VALUES])
def test_no_other_constant_is_better_than_the_baseline(name):
    metric, (y, _) = METRICS[name], values(301)
    best = metric.baseline(Judged(y, y))
    others = [metric.loss(Judged(y, np.full(len(y), c)))[0] for c in np.quantile(y, CONSTANTS)]
    assert metric.loss(Judged(y, np.full(len(y), best)))[0] <= min(others) + 1e-6


@pytest.mark.parametrize("name", [name for name, row in METRICS.items() if row.tasks != VALUES])
def test_no_other_class_is_better_than_the_baseline(name):
    metric, k = METRICS[name], 3
    y, _ = classes(300, k, shares=[0.6, 0.3, 0.1])
    told = {"positive": 2, "costs": COST_TABLE}
    code, proba = metric.baseline(Judged(y, y, **told), k)
    losses = [metric.loss(Judged(y, np.full(len(y), c), np.tile(proba, (len(y), 1)), **told))[0] for c in range(k)]
    assert losses[code] == pytest.approx(min(losses))


def test_one_class_only_leaves_every_metric_finite():
    y, p = np.zeros(20, dtype=int), classes(20, 2)[1]
    for metric in METRICS.values():
        if metric.tasks != VALUES:
            loss, influence = metric.loss(Judged(y, p.argmax(axis=1), p, 1, COST_TABLE[:2, :2]))
            assert np.isfinite(loss) and np.isfinite(influence).all(), metric.name


def test_what_a_metric_lacks_is_said_in_one_line():
    y, p = classes(50, 2)
    with pytest.raises(ValueError, match="roc_auc needs probabilities"):
        METRICS["roc_auc"].value(y, p.argmax(axis=1))
    with pytest.raises(ValueError, match="cost needs costs"):
        METRICS["cost"].value(y, p.argmax(axis=1))
    with pytest.raises(ValueError, match="no class 'x'"):
        METRICS["f1"].value(y, p.argmax(axis=1), positive="x")


APART, RARE = 2.0, 0.05  # standard deviations between the scores of positive rows and of others; share of positive rows


def precision_from(threshold):
    """The precision of calling positive what lies above a threshold, where scores of both kinds are normal."""
    hits, false = RARE * stats.norm.sf(threshold - APART), (1 - RARE) * stats.norm.sf(threshold)
    return hits / (hits + false)


BINORMAL = {  # true values by closed form
    "roc_auc": stats.norm.cdf(APART / np.sqrt(2)),
    "recall_at_precision": stats.norm.sf(optimize.brentq(lambda t: precision_from(t) - 0.9, 0, 8) - APART),
    "precision_at_recall": precision_from(APART - stats.norm.ppf(0.9)),
}


def judged_repeats(rng, n=400, repeats=5):
    """Repeats that judge the true probabilities of one small table with few positive rows, on a quarter of it each."""
    y = (rng.random(n) < RARE).astype(int)
    odds = RARE / (1 - RARE) * np.exp(APART * (rng.normal(size=n) + APART * y) - APART**2 / 2)
    p = np.column_stack([1 / (1 + odds), odds / (1 + odds)])
    model = build_model("classification", key="linear")
    for number in range(repeats):
        rows = rng.permutation(n)[: n // 4]
        task = FitTask(("", 0, number), model, rows[:0], rows, 0)
        nothing = np.zeros(0)
        yield (
            FitResult(task, 0.0, 0.0, 0.0, nothing, 0.0, np.inf, nothing),
            Judged(y[rows], p[rows].argmax(1), p[rows], 1),
        )


@pytest.mark.parametrize("name", BINORMAL)
def test_ninety_percent_intervals_hold_with_five_positive_rows_a_repeat(name):
    rng, hits, tables = np.random.default_rng(3), 0, 150
    for _ in range(tables):
        results, judged = zip(*judged_repeats(rng), strict=True)
        found = in_metric_unit(METRICS[name], loss_estimate(results, judged, METRICS[name]))
        hits += found.low <= BINORMAL[name] <= found.high
    assert 0.84 <= hits / tables <= 0.98


@pytest.mark.parametrize(("name", "is_bounded"), [("log_loss", False), ("error", True)])
def test_a_loss_above_1_has_an_upper_bound_above_itself_whatever_the_fits_were_measured_by(name, is_bounded):
    results, judged = zip(*judged_repeats(np.random.default_rng(0)), strict=True)
    by_rate = [replace(one, highest=1.0) for one in results]
    wrong = [replace(one, proba=1 - one.proba, predicted=1 - one.predicted) for one in judged]
    found = loss_estimate(by_rate, wrong, METRICS[name])
    assert found.high > found.value
    assert (found.high <= 1) == is_bounded
    assert (found.value > 1) != is_bounded
