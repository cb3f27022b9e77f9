"""Why deep learning took off: error against number of rows for networks of three sizes and traditional learners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from dldiag.core.i18n import Message
from dldiag.core.parallel import one_thread
from dldiag.core.params import param
from dldiag.core.statistics import t_interval
from dldiag.core.types import DataError, Dataset, LearningCurve, Progress, Split, Task
from dldiag.course.took_off.crossover import Crossover, SmallSizes, crossover, learners_differ_at
from dldiag.data.split import make_split
from dldiag.experiments.fit import FitResult, fit_all
from dldiag.experiments.learning_curve import as_curve, curve_sizes
from dldiag.experiments.metric_choice import MetricChoice
from dldiag.experiments.models import Model, build_model
from dldiag.experiments.tasks import FitTask, encode_dataset


@dataclass(frozen=True)
class Learner:
    """One learner of the figure: a row of MODELS with settings; `deep` marks the networks, smallest first.

    most_rows: training rows above which it is left out, because its time grows with their square.
    """

    label: Message
    model: str
    parameters: Callable[[Task], dict[str, Any]] = lambda task: {}
    deep: bool = False
    most_rows: int = 100_000


def _network(*units: int) -> Callable[[Task], dict[str, Any]]:
    return lambda task: {"hidden_layer_sizes": units, "max_iter": _EPOCHS, "learning_rate_init": _RATE}


_EPOCHS, _RATE = 80, 0.01
FEWEST_TOY_ROWS, ROWS_PER_TRAINING_ROW = 2000, 1.2
# 30 rounds are enough for these sizes; scikit-learn's 20 rows in a leaf could not split the smallest subsets at all
BOOSTING = {"max_iter": 30, "min_samples_leaf": 5}
STAGE = Message("Training learners on growing subsets")

LEARNERS: dict[str, Learner] = {
    "small": Learner(Message("Small network (4 units)"), "mlp", _network(4), deep=True),
    "medium": Learner(Message("Medium network (32 units)"), "mlp", _network(32), deep=True),
    "large": Learner(Message("Large network (2 × 64 units)"), "mlp", _network(64, 64), deep=True),
    "linear": Learner(Message("Linear model"), "linear"),
    "svm": Learner(Message("Support vector machine"), "svm", most_rows=10_000),
    "neighbors": Learner(Message("k nearest neighbors"), "neighbors"),
    "boosting": Learner(Message("Gradient boosting"), "boosting", lambda task: BOOSTING),
}


@dataclass(frozen=True)
class ScaleSettings:
    """Settings of error against size."""

    learners: tuple[str, ...] = param(tuple(LEARNERS), "Learners", "Trained on the same nested subsets.", kind=tuple)
    sizes: int = param(5, "Dataset sizes", "Nested subsets, evenly spaced in log(rows).", low=3, high=10)
    repeats: int = param(6, "Repeats", "Random subsets per size; more give narrower intervals.", low=3, high=20)
    train_rows: int = param(1000, "Training rows", "Tens of thousands take minutes.", low=100, high=100_000, log=True)


@dataclass(frozen=True)
class CurveBand:
    """Dev error of one learner against rows with its 90% interval (corrected for overlapping repeats)."""

    key: str
    label: Message
    deep: bool
    sizes: tuple[int, ...]
    errors: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    seconds: float


@dataclass(frozen=True)
class LearnerComparison:
    """All learners on the same nested subsets, who overtakes whom, and whether they differ on few and on many rows.

    crossings: the largest network against each traditional learner, the most certain overtaking first; others: every other
    pair that crosses for sure. network: of the networks the one with the least error on the most rows, "" when another
    learner is better there with 90% confidence.
    """

    unit: str
    curves: tuple[CurveBand, ...]
    few: SmallSizes | None
    many: SmallSizes | None
    crossings: tuple[Crossover, ...]
    others: tuple[Crossover, ...]
    network: str = ""


def fit_learners(
    dataset: Dataset,
    settings: ScaleSettings | None = None,
    choice: MetricChoice | None = None,
    *,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> LearnerComparison:
    """Fit every learner on every size and repeat; test rows stay sealed. Raises DataError, Stopped."""
    chosen = settings or ScaleSettings()
    kept = [key for key in chosen.learners if key in LEARNERS and chosen.train_rows <= LEARNERS[key].most_rows]
    models = {key: learner_model(key, dataset.task) for key in kept}
    split = make_split(dataset, chosen.repeats, seed, chosen.train_rows)
    sizes = _sizes(split.n_train, chosen.sizes, len(dataset.classes))
    tasks = [task for size in sizes for model in models.values() for task in _tasks(model, split, size)]
    results: dict[Any, FitResult] = {}
    unit = dataset.unit if choice is None else choice.unit

    def curves() -> tuple[LearningCurve, ...]:
        of_models = {key: as_curve(model, sizes, chosen.repeats, results, unit) for key, model in models.items()}
        return named_learner([replace(curve, model=key) for key, curve in of_models.items()])

    with one_thread():  # Waiting for each other's threads would cost small fits more than the threads save.
        for result in fit_all(tasks, encode_dataset(dataset, split, choice), should_stop=should_stop):
            results[result.task.key] = result
            if on_progress is not None:
                on_progress(Progress(STAGE, len(results), len(tasks), curves=curves()))
    return compare_learners(curves(), rho=split.n_dev / split.n_train, seed=seed)


def left_out_words(settings: ScaleSettings) -> Message | None:
    """Say which chosen learners do not train on this many rows; None when all do."""
    out = [
        row.label for key, row in LEARNERS.items() if key in settings.learners and settings.train_rows > row.most_rows
    ]
    if not out:
        return None
    return Message("Left out, too slow on so many rows: {learner}.", {"learner": out[0]})


def rows_for(train_rows: int) -> int:
    """Return how many rows a toy needs for this many training rows beside its dev and test rows.

    >>> rows_for(1000), rows_for(100_000)
    (2000, 120000)
    """
    return max(FEWEST_TOY_ROWS, int(train_rows * ROWS_PER_TRAINING_ROW))


def _sizes(n_train: int, k: int, n_classes: int) -> tuple[int, ...]:
    """Return at least two sizes; with very many classes the smallest one may hold fewer than two rows of each."""
    sizes = curve_sizes(n_train, k, n_classes)
    sizes = sizes if len(sizes) > 1 else curve_sizes(n_train, k)
    if len(sizes) > 1:
        return sizes
    raise DataError(
        Message("There are {rows} training rows; a curve needs more.", {"rows": n_train}),
        Message("Take another table, or a toy problem."),
    )


def _tasks(model: Model, split: Split, size: int) -> Iterator[FitTask]:
    for r, repeat in enumerate(split.repeats):
        yield FitTask((model.identity, size, r), model, repeat.train_rows[:size], repeat.dev_rows, repeat.seed)


def learner_model(key: str, task: Task) -> Model:
    """Return one learner as the model that it is a setting of."""
    row = LEARNERS[key]
    return build_model(task, row.parameters(task), row.model)


def named_learner(curves: Sequence[LearningCurve]) -> tuple[LearningCurve, ...]:
    """Return the curves with the names of their learners in the language in use."""
    return tuple(replace(curve, label=str(LEARNERS[curve.model].label)) for curve in curves)


def compare_learners(curves: Sequence[LearningCurve], *, rho: float, seed: int = 0) -> LearnerComparison:
    """Read crossovers and the test of the small-data claim off curves on the same sizes; rho: dev / training rows."""
    if not curves:
        return LearnerComparison("rate", (), None, None, (), ())
    sizes, several = curves[0].sizes, len(curves) > 1
    crossed = {frozenset((a.model, b.model)): crossover(a, b, rho=rho, seed=seed) for a, b in combinations(curves, 2)}
    main = _against_largest([curve.model for curve in curves])
    others = [one for pair, one in crossed.items() if pair not in main and one.verdict == "crosses"]
    return LearnerComparison(
        unit=curves[0].unit,
        curves=tuple(_band(curve, rho) for curve in curves),
        few=learners_differ_at(curves, int(sizes[0]), rho=rho) if several else None,
        many=learners_differ_at(curves, int(sizes[-1]), rho=rho) if several else None,
        crossings=tuple(sorted((crossed[pair] for pair in main), key=_overtaking)),
        others=tuple(sorted(others, key=lambda one: -one.share)),
        network=_network_to_use(curves, rho) if several else "",
    )


def _network_to_use(curves: Sequence[LearningCurve], rho: float) -> str:
    """Return the best network on the most rows, unless the best learner is better with 90% confidence."""
    at_most_rows = {curve.model: curve.dev_errors[-1] for curve in curves if np.isfinite(curve.dev_errors[-1]).all()}
    networks = [key for key in at_most_rows if LEARNERS[key].deep]
    if not networks:
        return ""
    best, network = (min(keys, key=lambda key: float(at_most_rows[key].mean())) for keys in (at_most_rows, networks))
    behind, _ = t_interval(at_most_rows[network] - at_most_rows[best], rho)
    return "" if behind > 0 else network


def size_to_use(comparison: LearnerComparison, task: Task) -> dict[str, Any]:
    """Return the size of the network to use; empty when no network is among the best."""
    if not comparison.network:
        return {}
    return {"hidden_layer_sizes": LEARNERS[comparison.network].parameters(task)["hidden_layer_sizes"]}


def _against_largest(keys: Sequence[str]) -> list[frozenset[str]]:
    """Return the pairs of the largest network with each traditional learner."""
    deep = [key for key in LEARNERS if LEARNERS[key].deep and key in keys]
    return [frozenset((deep[-1], key)) for key in keys if not LEARNERS[key].deep] if deep else []


def _overtaking(crossover: Crossover) -> tuple[bool, float]:
    """Order crossovers: those in which a network overtakes come first, the most certain before the others."""
    return (not LEARNERS[crossover.second].deep, -crossover.share)


def _band(curve: LearningCurve, rho: float) -> CurveBand:
    row = LEARNERS[curve.model]
    sides = [t_interval(errors, rho) for errors in curve.dev_errors]
    return CurveBand(
        key=curve.model,
        label=row.label,
        deep=row.deep,
        sizes=tuple(int(n) for n in curve.sizes),
        errors=tuple(float(e) for e in np.nanmean(curve.dev_errors, axis=1)),
        low=tuple(max(0.0, low) for low, _ in sides),
        high=tuple(high for _, high in sides),
        seconds=curve.seconds,
    )


# --- what to look at ----------------------------------------------------------------------------------------------


def describe_few_rows(comparison: LearnerComparison) -> Message:
    """Say whether learners hardly differ on few rows in this run, and how that compares with many rows."""
    if comparison.few is None or comparison.many is None:
        return Message("One learner alone cannot be compared; choose two or more.")
    few, many = comparison.few, comparison.many
    values: dict[str, Any] = {
        "rows": few.rows,
        "best": LEARNERS[few.best].label,
        "worst": LEARNERS[few.worst].label,
        "spread": few.spread.value,
        "low": few.spread.low,
        "high": few.spread.high,
        "material": few.material,
        "many": many.rows,
        "later": many.spread.value,
        "later_best": LEARNERS[many.best].label,
        "later_worst": LEARNERS[many.worst].label,
        "unit": comparison.unit,
    }
    return Message(_FEW[few.holds], values)


_FEW = {
    "yes": "On {rows:,} rows the learners hardly differ, as the course says. {best} and {worst} lie {spread:gap} apart (interval for all pairs {low:bare} to {high:points}), less than the {material:gap} that matters. On {many:,} rows {later_worst} errs {later:gap} more than {later_best}.",
    "no": "The course says that learners hardly differ on few rows. Here that is false: on {rows:,} rows {worst} errs "
    "{spread:gap} more than {best} (interval for all pairs {low:bare} to {high:points}). On {many:,} rows "
    "{later_worst} errs {later:gap} more than {later_best}.",
    "undecided": "On {rows:,} rows the learners lie {spread:gap} apart ({best} to {worst}). Whether that matters is undecided: the interval for all pairs goes from {low:bare} to {high:points}. On {many:,} rows {later_worst} errs {later:gap} more than {later_best}.",
}


def size_words(comparison: LearnerComparison) -> Message | None:
    """Say which size is recommended and why; None without one."""
    if not comparison.network:
        return None
    values: dict[str, Any] = {"network": LEARNERS[comparison.network].label, "rows": comparison.curves[0].sizes[-1]}
    return Message(
        "With {rows:,} rows {network} has the lowest error of the networks, and no other learner is better with 90% confidence.",
        values,
    )


def describe_crossover(comparison: LearnerComparison) -> Message:
    """Say at how many rows the largest network overtakes a traditional learner, or that it does not."""
    if not comparison.crossings:
        return Message("A crossover needs a network and a traditional learner; choose both.")
    one = comparison.crossings[0]
    values: dict[str, Any] = {
        "first": LEARNERS[one.first].label,
        "second": LEARNERS[one.second].label,
        "few": comparison.curves[0].sizes[0],
        "rows": comparison.curves[0].sizes[-1],
        "share": one.share,
        "unit": "rate",
    }
    if one.size is not None:
        values |= {"at": one.size.value, "low": one.size.low, "high": one.size.high}
    return Message(_CROSSOVER[_case(one)], values)


def _case(crossover: Crossover) -> str:
    if LEARNERS[crossover.first].deep:
        return "ahead" if crossover.verdict == "not_in_sight" else "given_up"
    return "maybe" if crossover.verdict == "undecided" and crossover.size is None else crossover.verdict


_CROSSOVER = {
    "crosses": "{second} overtakes {first} at about {at:,.0f} rows (90% interval {low:,.0f} to {high:,.0f}, over resampled repeats).",
    "undecided": "{second} may overtake {first} at about {at:,.0f} rows, but only in {share:error} of the resampled "
    "repeats: not decided. More repeats or more rows would tell.",
    "maybe": "In {share:error} of the resampled repeats {second} overtakes {first} before {rows:,} rows, in the others "
    "it does not: not decided. More repeats or more rows would tell.",
    "not_in_sight": "No crossover in sight up to {rows:,} rows: {first} stays ahead. In {share:error} of the resampled repeats {second} overtakes it. What the notes say does not show here.",
    "ahead": "No crossover in sight: {first} is ahead of every traditional learner from {few:,} rows on. If there is "
    "one, it lies below; start from fewer rows to see it.",
    "given_up": "What the notes say is turned around here. {first} is ahead on {few:,} rows. In {share:error} of the resampled repeats {second} overtakes it before {rows:,} rows.",
}
