"""Evidence: the estimates that rules read."""

# ruff: noqa: RUF009 — evidence_row() returns a dataclass field

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from dldiag.core.i18n import Message, Value
from dldiag.core.settings import Settings
from dldiag.core.statistics import difference
from dldiag.core.types import ErrorUnit, Estimate, Task, error_unit

Number = Estimate | None
# A difference is one of two errors.
EvidenceUnit = Literal["error", "difference", "share", "number"]


@dataclass(frozen=True)
class EvidenceRow:
    """One number of the evidence: what it is called, how it is written, and which row of MEASURERS measures it."""

    label: Message
    unit: EvidenceUnit
    measured_by: str


def evidence_row(label: Message, unit: EvidenceUnit, measured_by: str) -> Any:
    """Declare a field of `Evidence` together with its row."""
    return field(default=None, metadata={"row": EvidenceRow(label, unit, measured_by)})


@dataclass(frozen=True)
class Probe:
    """What one remedy did in a short paired run: the change of dev and of training error (negative is better).

    dev is corrected for the choice among all settings that were tried; seen: the same before that.
    unsticks: repeats in which the model learns next to nothing, as it does not in most, train with this remedy, as do all.
    """

    dev: Estimate
    train: Estimate
    settings: Mapping[str, object] = field(default_factory=dict)
    repeats: int = 0
    seconds: float = 0.0
    unsticks: bool = False
    seen: Estimate | None = None


@dataclass(frozen=True)
class Evidence:
    """Everything measured, each as an Estimate or None where it could not be measured.

    Errors are in the error unit; shares are 0…1; ratios have no unit. A count or a setting is an exact estimate.
    avoidable_bias: training − achievable error. variance: dev − training error. mismatch: dev − training-dev error.
    excess: dev − achievable error.
    """

    task: Task = "classification"
    measured_in: ErrorUnit | None = None  # The unit of errors; None stands for that of the task's plain metric.
    # How much there is.
    n_train: Number = evidence_row(Message("Training rows"), "number", "counts")
    n_dev: Number = evidence_row(Message("Different dev rows in all repeats"), "number", "counts")
    repeats: Number = evidence_row(Message("Repeats"), "number", "counts")
    n_features: Number = evidence_row(Message("Features"), "number", "table")
    n_classes: Number = evidence_row(Message("Classes"), "number", "table")
    # the table itself
    duplicate_share: Number = evidence_row(Message("Duplicate rows"), "share", "table")
    conflict_floor: Number = evidence_row(
        Message("Error that conflicting duplicates force on any model"), "error", "table"
    )
    # How often equal rows have different labels, over how often any two rows do; copies of a row have the same.
    conflict_ratio: Number = evidence_row(
        Message("Equal rows that differ in their labels, over any rows"), "number", "table"
    )
    # Share of the error that one column alone removes, when it stands out; else 0.
    leak_gain: Number = evidence_row(Message("Error that the strongest column alone removes"), "share", "table")
    # Share of the target's variance that two to four columns give by a formula, when they do; else 0.
    computed_share: Number = evidence_row(Message("Variance that columns give by a formula"), "share", "table")
    majority_share: Number = evidence_row(Message("Rows of the commonest class"), "share", "table")
    rarest_class_rows: Number = evidence_row(Message("Rows of the rarest class"), "number", "table")
    # What class weights gain, where the metric is the share of wrong rows and a class is rare.
    rare_class_gain: Number = evidence_row(Message("Balanced error that class weights gain"), "share", "class_weights")
    # How many times more the metric weighs a row of one class than of another, where the model weighs them alike; else 1.
    weight_ratio: Number = evidence_row(
        Message("Weight of one class over another that the metric asks for"), "number", "metric"
    )
    # ROC AUC of the best model − that of guessing, where the metric is about decisions that the model takes at another weight.
    ranking_gain: Number = evidence_row(Message("Best model ranks rows better than guessing by"), "share", "metric")
    # Of the class whose few rows decide the metric: dev rows, training rows, and dev error now − forecast at four times as many.
    rare_dev_rows: Number = evidence_row(Message("Different dev rows of the rare class"), "number", "rare_rows")
    rare_train_rows: Number = evidence_row(Message("Training rows of the rare class"), "number", "rare_rows")
    rare_rows_gain: Number = evidence_row(
        Message("Expected gain from four times the rows of the rare class"), "difference", "rare_rows"
    )
    scale_ratio: Number = evidence_row(Message("Largest scale over smallest scale of the inputs"), "number", "table")
    automatic_start: Number = evidence_row(Message("Automatic initialization (1: yes)"), "number", "model")
    scaled_inputs: Number = evidence_row(Message("Inputs are scaled (1: yes)"), "number", "model")
    memorizes: Number = evidence_row(Message("Fits training rows by construction (1: yes)"), "number", "model")
    group_suspicion: Number = evidence_row(Message("Signs of groups among the rows"), "number", "table")
    time_suspicion: Number = evidence_row(Message("Signs of an order in time"), "number", "table")
    # 1 when a random split alone makes most of what a quick model seems to know, else 0.
    split_misleads: Number = evidence_row(Message("A random split misleads (1: yes)"), "number", "table")
    outlier_share: Number = evidence_row(Message("Extreme values"), "share", "table")
    # errors
    material: Number = evidence_row(Message("Smallest difference that matters"), "error", "errors")
    train_error: Number = evidence_row(Message("Training error"), "error", "errors")
    dev_error: Number = evidence_row(Message("Dev error"), "error", "errors")
    # Where a repeat is worse than the baseline, with the baseline's error in its place: what effects are changes of.
    counted_error: Number = evidence_row(Message("Dev error, no repeat worse than the baseline"), "error", "errors")
    training_dev_error: Number = evidence_row(Message("Training-dev error"), "error", "errors")
    variance: Number = evidence_row(Message("Variance"), "error", "errors")
    mismatch: Number = evidence_row(Message("Data mismatch"), "error", "errors")
    test_gap: Number = evidence_row(Message("Test error above dev error"), "difference", "test_set")
    target_error: Number = evidence_row(Message("Target error"), "error", "settings")
    achievable: Number = evidence_row(Message("Achievable error"), "error", "achievable")
    avoidable_bias: Number = evidence_row(Message("Avoidable bias"), "error", "parts")
    excess: Number = evidence_row(Message("Dev error above achievable"), "difference", "parts")
    guess_error: Number = evidence_row(Message("Error of guessing (commonest class or mean)"), "error", "references")
    # Guess error − the best model's dev error.
    worse_than_guess: Number = evidence_row(Message("Model worse than the baseline by"), "difference", "references")
    better_than_guess: Number = evidence_row(Message("Best model better than guessing by"), "difference", "references")
    reference_error: Number = evidence_row(Message("Dev error of the best reference model"), "error", "references")
    # Model's dev error − best reference's dev error, paired.
    reference_lead: Number = evidence_row(Message("Model minus best reference model"), "difference", "references")
    # Model's dev error − linear model's dev error, paired.
    simple_lead: Number = evidence_row(Message("Model minus linear model"), "difference", "references")
    dev_half_width: Number = evidence_row(Message("Half-width of the dev error's interval"), "error", "counts")
    # the learning curve
    # Dev error now − forecast at four times the rows.
    more_data_gain: Number = evidence_row(Message("Expected gain from four times the rows"), "difference", "curve")
    curve_rise: Number = evidence_row(
        Message("Largest rise of the learning curve with more rows"), "difference", "curve"
    )
    # training
    initial_loss_ratio: Number = evidence_row(Message("First loss over the expected one"), "number", "health")
    nonfinite_share: Number = evidence_row(Message("Fits with values that are not finite"), "share", "health")
    symmetry: Number = evidence_row(Message("Distance between hidden units"), "number", "health")
    spread_ratio: Number = evidence_row(Message("Spread of activations, last layer over first"), "number", "health")
    gradient_ratio: Number = evidence_row(Message("Gradient norm, first layer over last"), "number", "health")
    first_gradient: Number = evidence_row(Message("Gradient norm of the first layer"), "number", "health")
    dead_share: Number = evidence_row(Message("Dead units"), "share", "health")
    saturated_share: Number = evidence_row(Message("Saturated units"), "share", "health")
    past_minimum: Number = evidence_row(Message("Dev error at the end above its minimum"), "difference", "health")
    still_falling: Number = evidence_row(
        Message("Fall of the dev error over the last fifth of training"), "difference", "health"
    )
    # Of repeats that learn next to nothing where most learn well.
    stuck_share: Number = evidence_row(Message("Repeats that learn next to nothing"), "share", "health")
    # probes: short paired runs of remedies, the best setting of each
    probes: Mapping[str, Probe] = field(default_factory=dict)
    names: Mapping[str, Value] = field(default_factory=dict)  # Names of columns that messages mention.
    others: Mapping[str, Estimate] = field(default_factory=dict)  # Rows of EVIDENCE that are no field here, by name.

    @property
    def unit(self) -> ErrorUnit:
        """The unit of every error."""
        return self.measured_in or error_unit(self.task)

    @property
    def delta(self) -> float:
        """δ, the smallest difference that matters: `material`, or the default setting where it was not measured."""
        return self.material.value if self.material is not None else Settings.material

    def get(self, name: str) -> Number:
        """Return a number of the evidence by its name, None where it was not measured; AttributeError without a row."""
        if name in self.others or (name in EVIDENCE and name not in DECLARED):
            return self.others.get(name)
        found: Number = getattr(self, name)
        return found

    def estimates(self) -> dict[str, Estimate]:
        """Return {name: estimate} of everything that was measured; probes as probe_<remedy>."""
        plain = {name: self.get(name) for name in EVIDENCE}
        probed = {f"probe_{name}": probe.dev for name, probe in self.probes.items()}
        return {name: value for name, value in (plain | probed).items() if value is not None}

    def with_values(self, values: Mapping[str, Number]) -> Evidence:
        """Return the evidence with more numbers, by name."""
        known = {name: value for name, value in values.items() if value is not None}
        own: dict[str, Any] = {name: value for name, value in known.items() if name in DECLARED}
        others = {name: value for name, value in known.items() if name not in DECLARED}
        return replace(self, **own, others={**self.others, **others})


EVIDENCE: dict[str, EvidenceRow] = {f.name: f.metadata["row"] for f in fields(Evidence) if "row" in f.metadata}
DECLARED = frozenset(EVIDENCE)  # The rows that are fields of Evidence.


def with_achievable(evidence: Evidence) -> Evidence:
    """Derive what follows from the achievable error: avoidable bias and the excess of the dev error over it."""
    if evidence.achievable is None or evidence.train_error is None or evidence.dev_error is None:
        return evidence
    return replace(
        evidence,
        avoidable_bias=difference(evidence.train_error, evidence.achievable),
        excess=difference(evidence.dev_error, evidence.achievable),
    )
