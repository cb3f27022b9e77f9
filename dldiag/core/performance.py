"""How well a model does on the dev rows, as numbers that survive JSON: curves, counts, thresholds; never a row's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dldiag.core.estimate import Estimate
from dldiag.core.metric_results import ClassScores

_Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Band:
    """A curve with its 90% interval at every point. rows: dev rows that a point rests on, where points are bins."""

    x: _Numbers
    value: _Numbers
    low: _Numbers
    high: _Numbers
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Confusion:
    """Predictions counted over all repeats. counts: a row per true class, a column per predicted one.

    other: the rare classes of a target with many are counted as one class, the last. shares: of each true class, the mean over the
    repeats that have rows of it, as its recall is; () in reports of earlier versions.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    repeats: int
    other: bool = False
    shares: tuple[tuple[float, ...], ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """The labels of single classes: without the one that rare classes are counted as."""
        return self.labels[:-1] if self.other else self.labels

    @property
    def class_shares(self) -> tuple[tuple[float, ...], ...]:
        """The shares, or where they were not kept those of the counts."""
        return self.shares or tuple(tuple(count / max(1, sum(row)) for count in row) for row in self.counts)


@dataclass(frozen=True)
class Ranking:
    """How well the probability of one class ranks rows. share: of the dev rows that are of the class."""

    label: str
    share: float
    roc: Band  # The ROC curve: recall against the share of false alarms.
    precision_recall: Band  # The precision-recall curve.


@dataclass(frozen=True)
class Thresholds:
    """What each threshold on the positive class's probability gives; every tuple has an entry per threshold, rising.

    recall, precision: estimates, x is the threshold. found, missed, false_alarms: shares of all dev rows. cost: per row,
    where mistakes have costs. now: the place of the threshold that is closest to the model's own decision.
    """

    label: str
    recall: Band
    precision: Band
    found: _Numbers
    missed: _Numbers
    false_alarms: _Numbers
    now: int
    cost: Band | None = None

    @property
    def at(self) -> _Numbers:
        """The thresholds."""
        return self.recall.x


@dataclass(frozen=True)
class ResidualBins:
    """Residuals, actual − predicted in the target's unit, of rows in bins of a column or of the prediction.

    x: the median of each bin, or its category. mean: with its interval. low, high: 80% of the bin's residuals lie between.
    explained: the share of the squared error that subtracting the bin means would remove.
    """

    column: str
    x: tuple[float | str, ...]
    mean: tuple[Estimate, ...]
    low: _Numbers
    high: _Numbers
    rows: tuple[int, ...]
    explained: float


@dataclass(frozen=True)
class Residuals:
    """Predicted against actual values, counted in cells, and residuals by prediction and by column.

    edges: of the cells, the same on both axes. cells: (predicted cell, actual cell, predictions in it); what lies
    outside is counted in the outermost. by_column: the columns that explain most of the squared error.
    """

    edges: _Numbers
    cells: tuple[tuple[int, int, int], ...]
    by_prediction: ResidualBins
    by_column: tuple[ResidualBins, ...] = ()


@dataclass(frozen=True)
class Performance:
    """How one model does on the dev rows. model: its key; label: its English name.

    metrics: as the field writes them. rankings: of the positive class, or of each of a few classes. calibration: the
    observed share of rows against the predicted probability, of the positive class, or of the class that was predicted.
    """

    model: str
    label: str
    metrics: Mapping[str, Estimate] = field(default_factory=dict)
    per_class: tuple[ClassScores, ...] = ()
    confusion: Confusion | None = None
    rankings: tuple[Ranking, ...] = ()
    calibration: Band | None = None
    thresholds: Thresholds | None = None
    residuals: Residuals | None = None

    def __repr__(self) -> str:
        """Return the performance in one line: its curves have hundreds of points."""
        metrics = ", ".join(f"{name} {value.brief()}" for name, value in self.metrics.items())
        return f"<Performance of {self.model!r}: {metrics}>"
