"""The nouns of the project: frozen dataclasses that check themselves. Those of data stand in data_types, and are found here too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dldiag.core.data_types import (
    USED_KINDS as USED_KINDS,
    Answer as Answer,
    Array as Array,
    Change as Change,
    Clusters as Clusters,
    Column as Column,
    Column_ as Column_,
    ColumnTotals as ColumnTotals,
    DataError as DataError,
    Dataset as Dataset,
    ErrorUnit as ErrorUnit,
    FileTotals as FileTotals,
    Floats as Floats,
    Kind as Kind,
    Level as Level,
    Notice as Notice,
    Outcome as Outcome,
    ReadPlan as ReadPlan,
    Repeat as Repeat,
    RowRecipe as RowRecipe,
    Rows as Rows,
    ShouldStop as ShouldStop,
    Split as Split,
    Stopped as Stopped,
    Table as Table,
    Task as Task,
    TrialVerdict as TrialVerdict,
    error_unit as error_unit,
)
from dldiag.core.error_findings import ErrorFindings
from dldiag.core.estimate import (
    Estimate as Estimate,
    Forecast as Forecast,
    ForecastPoint as ForecastPoint,
    exactly as exactly,
)
from dldiag.core.i18n import Message
from dldiag.core.metric_results import ClassScores, MetricUsed
from dldiag.core.performance import Performance as Performance

# --- measurements -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """Errors against number of training rows, on nested subsets.

    sizes: (k,) rows; train_errors, dev_errors: (k, repeats), NaN where not (yet) computed; in the error unit.
    train_estimates, dev_estimates: (k,) their means with intervals from rows and repeats together; () where only the
    errors are known.
    """

    model: str
    sizes: NDArray[np.int64]
    train_errors: NDArray[np.float64]
    dev_errors: NDArray[np.float64]
    label: str = ""
    unit: str = "rate"
    seconds: float = 0.0
    train_estimates: tuple[Estimate | None, ...] = ()
    dev_estimates: tuple[Estimate | None, ...] = ()

    def __post_init__(self) -> None:
        if self.train_errors.shape != self.dev_errors.shape or len(self.sizes) != len(self.dev_errors):
            raise ValueError("sizes, train_errors and dev_errors must agree: (k,), (k, repeats), (k, repeats)")

    @property
    def has_begun(self) -> bool:
        """Whether there is a dev error yet."""
        return bool(np.isfinite(self.dev_errors).any())


# --- verdicts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """What one rule said: its outcome, what is wrong (message) and what to do (hint)."""

    code: str
    level: Level
    title: Message
    outcome: Outcome
    message: Message
    hint: Message | None = None
    problem: str | None = None  # The problem's key, for a rule that fired.
    suppressed_by: str | None = None


@dataclass(frozen=True)
class TrainingCurve:
    """Loss and errors against epochs, averaged over repeats (never called a learning curve)."""

    epochs: tuple[int, ...] = ()
    loss: tuple[float | None, ...] = ()  # None once training has diverged.
    train_error: tuple[float | None, ...] = ()
    dev_error: tuple[float | None, ...] = ()

    def __repr__(self) -> str:
        """Return the curve in one line: it has a number for every epoch."""
        return f"<TrainingCurve: {len(self.epochs)} points to epoch {self.epochs[-1] if self.epochs else 0}>"


@dataclass(frozen=True)
class Trial:
    """A remedy run on the user's data, paired with the current model: `change` is in dev error, negative is better.

    seen: the change before it was corrected for having been picked among others; None where nothing was picked.
    """

    remedy: str
    verdict: TrialVerdict
    change: Estimate
    repeats: int
    seconds: float
    settings: Mapping[str, Any] = field(default_factory=dict)  # The settings the remedy changed, by parameter name.
    before: TrainingCurve | None = None
    after: TrainingCurve | None = None
    train_change: Estimate | None = None
    note: Message | None = None
    seen: Estimate | None = None

    @property
    def is_likely_help(self) -> bool:
        """Whether the error is lower with 90% confidence, but not by half of δ; the two-sided interval may reach above 0."""
        return self.verdict == "undecided" and self.change.surely_below < 0


@dataclass(frozen=True)
class Recommendation:
    """One remedy of the remedy table, its place in the order, why, and what happened when it was tried.

    expected: the change of dev error, corrected for the choice among all that was tried; seen: the same before that.
    """

    rank: int
    remedy: str
    title: Message
    column: Column_
    because: Message
    problem: str
    expected: Estimate | None = None
    change: Mapping[str, Any] = field(default_factory=dict)  # The settings it would change, by parameter name.
    trial: Trial | None = None
    seen: Estimate | None = None


@dataclass(frozen=True)
class DevSetSize:
    """A dev set of a multiple of the rows: its rows, half of the dev error's 90% interval, and the open questions it decides."""

    times: int
    rows: int
    half_width: float
    decided: tuple[str, ...] = ()


@dataclass(frozen=True)
class DevSetOutlook:
    """What larger dev sets would decide: measured values stay, intervals shrink.

    half_width: half of the dev error's 90% interval now; from_half: the same, forecast from half of the dev rows. open:
    "bias", "variance", and the fixes whose test is undecided, by remedy.
    """

    rows: int
    half_width: float
    from_half: float | None
    open: tuple[str, ...]
    sizes: tuple[DevSetSize, ...]


@dataclass(frozen=True)
class Repair:
    """A change in how the table is used that one click makes: `choices` is what make_dataset is then given."""

    code: str
    title: Message
    because: Message
    choices: Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What is wrong with the model in one sentence, and the two answers behind it. code: which sentence it is."""

    headline: Message
    bias: Answer
    variance: Answer
    detail: Message | None = None
    stability: float | None = None  # Share of resampled runs with the same verdict.
    problem: str | None = None
    code: str = ""


@dataclass(frozen=True)
class DatasetSummary:
    """What the report says about the data; no rows."""

    name: str
    rows: int
    features: int
    task: Task
    target: str
    classes: tuple[str, ...]
    fingerprint: str
    notices: tuple[Notice, ...] = ()
    columns: tuple[Column, ...] = ()
    plan: ReadPlan | None = None
    spread: float | None = None  # Std of a numeric target in its own unit, which an error of 1 stands for.
    choices: Mapping[str, Any] = field(default_factory=dict)  # The same choices as in Dataset.
    totals: FileTotals | None = None  # Counts over the whole file, if only some of its rows are here.

    def __repr__(self) -> str:
        """Return the summary in one line: it describes every column."""
        size = f"{self.rows:,} rows × {self.features:,} features"
        return f"<DatasetSummary {self.name!r}: {size}, target {self.target!r} ({self.task})>"


@dataclass(frozen=True)
class SplitSummary:
    """Row counts of the split; `sealed` while the test rows have not been opened."""

    train: int
    dev: int
    test: int
    sealed: bool
    method: str
    repeats: int
    test_fingerprint: str = ""  # Hash of the sealed rows' content, the same for every seed.


@dataclass(frozen=True)
class TestResult:
    """The one opening of the sealed test set: winner and starting model side by side."""

    __test__ = False  # Tells pytest that this is not a test case.

    start: Estimate
    winner: Estimate
    difference: Estimate
    rows: int
    dev_uses: int


@dataclass(frozen=True, eq=False)
class Parent:
    """The run that a report's model was changed from: what was changed, and the errors before and after.

    effect: the paired change of the dev error, None where the two runs did not share rows. curve, metrics and per_class: of
    the model before. earlier: the changes before this one, the first of the path first, without these three.
    """

    id: str
    remedy: str
    title: Message
    change: Mapping[str, tuple[Any, Any]]  # Maps each setting to (from, to).
    before: Estimate
    after: Estimate | None = None
    effect: Estimate | None = None
    train_before: Estimate | None = None
    curve: LearningCurve | None = None
    earlier: tuple[Parent, ...] = ()
    metrics: Mapping[str, Estimate] = field(default_factory=dict)
    per_class: tuple[ClassScores, ...] = ()


@dataclass(frozen=True, eq=False)
class Report:
    """Everything a diagnosis found: codes and numbers only; survives JSON unchanged."""

    dataset: DatasetSummary
    split: SplitSummary
    model: Mapping[str, Any]  # Holds "key", "label" and "parameters" {name: value}.
    settings: Mapping[str, Any]
    curves: tuple[LearningCurve, ...]
    evidence: Mapping[str, Estimate]
    findings: tuple[Finding, ...]
    recommendations: tuple[Recommendation, ...]
    verdict: Verdict
    forecast: Forecast
    test: TestResult | None = None
    training_curve: TrainingCurve | None = None
    repairs: tuple[Repair, ...] = ()
    errors: ErrorFindings | None = None  # Where the model is wrong on the dev rows.
    parent: Parent | None = None
    metric: MetricUsed | None = None  # The metric behind every error of the report.
    # The model's metrics on the dev rows, in each metric's own direction.
    metrics: Mapping[str, Estimate] = field(default_factory=dict)
    per_class: tuple[ClassScores, ...] = ()
    performance: tuple[Performance, ...] = ()  # The model's, then the reference models', on the dev rows.
    larger_dev_set: DevSetOutlook | None = None  # Where a larger dev set is recommended.
    compared: int = 0  # Number of model settings compared on the dev rows, the current ones included.
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    schema: str = "dldiag-report/1"

    @property
    def delta(self) -> float:
        """δ, the smallest difference in error that matters here."""
        material = self.evidence.get("material")
        return float(self.settings["material"]) if material is None else material.value


@dataclass(frozen=True, eq=False)
class Progress:
    """Where a long computation stands; what is already known comes with it."""

    stage: Message
    done: int
    total: int
    seconds_left: float | None = None
    curves: tuple[LearningCurve, ...] = ()
    report: Report | None = None  # A first report while the rest is still running.


OnProgress = Callable[[Progress], None] | None
