"""Wrong dev rows counted by category: what fixing each can gain at most, and how many rows one has to look at.

After Machine Learning Yearning, ch. 14 to 18; the categories are the slices and confusions that the error analysis finds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dldiag.core.error_findings import Condition
from dldiag.core.estimate import Estimate
from dldiag.core.i18n import Message
from dldiag.core.params import param
from dldiag.core.statistics import rate_estimate
from dldiag.core.types import DataError, Dataset, Floats, OnProgress, Progress, ShouldStop
from dldiag.data.split import make_split
from dldiag.error_analysis.analysis import ErrorAnalysis
from dldiag.error_analysis.conditions import rows_where
from dldiag.error_analysis.eyeball import EyeballSet, draw_eyeball_set
from dldiag.error_analysis.of_fits import analyze_fits
from dldiag.experiments.fit_cache import FitCache
from dldiag.experiments.metric_choice import MetricChoice, plain_choice
from dldiag.experiments.models import Model

MOST_CATEGORIES = 5
_LEAST_SHARE = 0.02  # Share of the wrong rows; rarer confusions are no category.
_REPEATS, _TRAIN_ROWS = 3, 300  # With so few the answer comes within a second.
COUNTED_ROWS = (5, 10, 20, 50, 100, 200, 500)  # Numbers of wrong rows looked at.
_DRAWS = 400  # Draws of each number of wrong rows.
RELIABLE = 0.9  # The largest category must come out as such in this share of the draws.
ROWS_LOOKED_AT = 100  # Wrong rows; the figure is Ng's.


@dataclass(frozen=True)
class EyeballSettings:
    """Settings of looking at wrong rows."""

    rows: int = param(
        ROWS_LOOKED_AT, "Wrong rows looked at", "Drawn at random among the wrong dev rows.", low=5, high=500, log=True
    )
    seed: int = param(0, "Seed", "Same settings and seed, same numbers.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Category:
    """A category of wrong rows: those that meet a rule, or a label taken for another ("" without one).

    share: of all wrong dev rows. counted: of the first n rows looked at, how many are in it, for every n.
    """

    rule: tuple[Condition, ...]
    label: str
    prediction: str
    share: float
    counted: tuple[int, ...]

    def after(self, rows: int) -> Estimate:
        """Return its share among the first rows looked at, with the 90% interval."""
        return rate_estimate(self.counted[rows - 1] / rows, rows)


@dataclass(frozen=True)
class Gain:
    """The error by the visitor's metric, and what is left of it once the largest category is right."""

    metric: str
    before: float
    after: float


@dataclass(frozen=True)
class Categories:
    """Wrong rows counted by category.

    gain: None where the metric is the plain one, whose gain is the share times the error. wrong: number of wrong dev rows;
    looked: number of them looked at. right: (n, share of draws that name the largest category) for each of COUNTED_ROWS.

    error: dev error, in the unit. blackbox: error of the dev rows at which nobody looks.
    """

    unit: str
    rows: int
    wrong: int
    looked: int
    error: float
    blackbox: float
    blackbox_rows: int
    categories: tuple[Category, ...]
    right: tuple[tuple[int, float], ...]
    gain: Gain | None = None

    @property
    def enough(self) -> int | None:
        """The fewest wrong rows that name the largest category reliably; None where none of those tried do."""
        return next((n for n, share in self.right if share >= RELIABLE), None)


def analyze_open_rows(
    dataset: Dataset, model: Model, seed: int, on_progress: OnProgress = None, should_stop: ShouldStop = None
) -> ErrorAnalysis:
    """Fit the model on a few splits of the open rows and analyze its dev predictions. Raises DataError for no predictions."""
    split = make_split(dataset, _REPEATS, seed, _TRAIN_ROWS)
    fits = FitCache(dataset, split, should_stop=should_stop)
    if on_progress is not None:
        on_progress(Progress(Message("Training networks"), 0, 1))
    fits.fit([model], [split.n_train], range(_REPEATS))
    analysis = analyze_fits(fits, model, seed, with_importance=False)
    if analysis is None:
        raise DataError(Message("The model could not be fitted on these rows."), Message("Choose another table."))
    return analysis


def count_categories(
    analysis: ErrorAnalysis, settings: EyeballSettings, choice: MetricChoice | None = None
) -> Categories:
    """Draw wrong rows in random order and count them by category. Raises DataError where no row is wrong."""
    eyeball_set = draw_eyeball_set(analysis.losses, settings.seed, max(COUNTED_ROWS))
    if eyeball_set is None:
        raise DataError(Message("No dev row is wrong: there is nothing to look at."), Message("Choose another table."))
    members = _members(analysis, eyeball_set)
    looked = min(settings.rows, len(eyeball_set.wrong))
    rng = np.random.default_rng([settings.seed, 1])
    categories = tuple(
        Category(rule, label, prediction, float(inside.mean()), tuple(np.cumsum(inside).tolist()))
        for (rule, label, prediction), inside in members
    )
    return Categories(
        unit=analysis.findings.unit,
        rows=eyeball_set.rows,
        wrong=len(eyeball_set.wrong),
        looked=looked,
        error=float(analysis.findings.error.value),
        blackbox=float(eyeball_set.blackbox_error.value),
        blackbox_rows=eyeball_set.blackbox_rows,
        categories=categories,
        right=_how_often_right([inside for _, inside in members], rng),
        gain=_gain(analysis, members[0][0], choice) if members and choice is not None else None,
    )


_Name = tuple[tuple[Condition, ...], str, str]


def _members(analysis: ErrorAnalysis, eyeball_set: EyeballSet) -> list[tuple[_Name, NDArray[np.bool_]]]:
    """Return the largest categories, and for each which of the wrong rows, in the order drawn, are in it."""
    positions = np.array(eyeball_set.wrong, dtype=np.int64)
    table = analysis.rows_at(positions.tolist())
    groups: list[tuple[_Name, NDArray[np.bool_]]] = [
        ((part.rule, "", ""), np.asarray(rows_where(part.rule, table))) for part in analysis.findings.confirmed
    ]
    groups += [(((), *pair), inside) for pair, inside in _mix_ups(analysis, positions)]
    large = [(name, inside) for name, inside in groups if inside.mean() >= _LEAST_SHARE]
    return sorted(large, key=lambda pair: -pair[1].mean())[:MOST_CATEGORIES]


def _mix_ups(analysis: ErrorAnalysis, positions: NDArray[np.int64]) -> list[tuple[tuple[str, str], NDArray[np.bool_]]]:
    """Return which label was taken for which; of a numeric target whether the prediction was too high or too low."""
    y, answer = analysis.losses.y[positions], analysis.losses.predicted[positions]
    if analysis.case.task == "regression":
        return [(("", "high"), answer > y), (("", "low"), answer < y)]
    classes = analysis.case.classes
    pairs = sorted({(int(a), int(b)) for a, b in zip(y, answer, strict=True) if b >= 0})
    return [((classes[a], classes[b]), (y == a) & (answer == b)) for a, b in pairs]


def _gain(analysis: ErrorAnalysis, name: _Name, choice: MetricChoice) -> Gain | None:
    """Measure the judged rows by the metric as they are, and with every row of a category predicted rightly."""
    if choice.name == plain_choice(analysis.case.task).name:
        return None
    losses, everywhere = analysis.losses, np.arange(len(analysis.losses))
    rule, label, prediction = name
    pairs = dict(_mix_ups(analysis, everywhere))
    inside = np.asarray(rows_where(rule, analysis.rows_at(everywhere.tolist()))) if rule else pairs[label, prediction]
    inside = inside & (losses.predicted != losses.y)
    answer = np.where(inside, losses.y, losses.predicted)
    proba = None if losses.proba is None else losses.proba.copy()
    if proba is not None:
        proba[inside] = np.eye(proba.shape[1])[losses.y[inside]]
    before = _measured_by(choice, analysis, losses.predicted, losses.proba)
    return Gain(choice.name, before, _measured_by(choice, analysis, answer, proba))


def _measured_by(choice: MetricChoice, analysis: ErrorAnalysis, answer: Floats, proba: Floats | None) -> float:
    y = analysis.losses.y
    if analysis.case.task == "regression":
        residual = (answer - y).astype(float) / analysis.case.scale
        return choice.metric.loss(choice.judged(y, answer, residual=residual, spread=analysis.case.scale))[0]
    return choice.metric.loss(choice.judged(y.astype(np.int64), answer.astype(np.int64), proba))[0]


def _how_often_right(members: Sequence[NDArray[np.bool_]], rng: np.random.Generator) -> tuple[tuple[int, float], ...]:
    """Return for every number of rows the share of draws in which the largest category has the most rows."""
    if len(members) < 2:
        return ()
    inside = np.stack(members).astype(float)  # The largest category comes first.
    shares = inside.mean(axis=1)
    reliability = []
    for n in (n for n in COUNTED_ROWS if n <= max(COUNTED_ROWS[0], inside.shape[1])):
        rows = rng.integers(0, inside.shape[1], (_DRAWS, n))
        counts = inside[:, rows].sum(axis=2)
        best = shares[:, None] >= shares[0]  # Naming a category that is as large as the largest counts as right.
        top = counts == counts.max(axis=0)
        reliability.append((n, float(np.mean((top & best).any(axis=0) / top.sum(axis=0)))))
    return tuple(reliability)
