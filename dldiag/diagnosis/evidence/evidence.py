"""Evidence: the frozen row of estimates that rules read, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from dldiag.core.i18n import Value
from dldiag.core.settings import Settings
from dldiag.core.types import ErrorUnit, Estimate, Task, error_unit

Number = Estimate | None
NO_ESTIMATES = {"task", "measured_in", "probes", "names"}


@dataclass(frozen=True)
class Probe:
    """What one remedy did in a short paired run: the change of dev and of training error (negative is better).

    frees: repeats in which the model learns next to nothing, as it does not in most, train with this remedy, as do all.
    """

    dev: Estimate
    train: Estimate
    settings: Mapping[str, object] = field(default_factory=dict)
    repeats: int = 0
    seconds: float = 0.0
    frees: bool = False


@dataclass(frozen=True)
class Evidence:
    """Everything measured, each as an Estimate or None where it could not be measured.

    Errors are in the error unit; shares are 0…1; ratios have no unit. A count or a setting is an exact estimate.
    """

    task: Task = "classification"
    measured_in: ErrorUnit | None = None  # the unit of errors; None: the one of the task's plain metric
    # how much there is
    n_train: Number = None
    n_dev: Number = None
    repeats: Number = None
    n_features: Number = None
    n_classes: Number = None
    # the table itself
    duplicate_share: Number = None
    conflict_floor: Number = None
    leak_gain: Number = None  # share of the error that one column alone removes, when it stands out; else 0
    majority_share: Number = None
    rarest_class_rows: Number = None
    scale_ratio: Number = None
    scaled_inputs: Number = None  # 1 when inputs are scaled, else 0
    group_suspicion: Number = None
    time_suspicion: Number = None
    split_misleads: Number = None  # 1 when a random split alone makes most of what a quick model seems to know, else 0
    outlier_share: Number = None
    # errors
    material: Number = None  # the smallest difference that matters, δ
    train_error: Number = None
    dev_error: Number = None
    training_dev_error: Number = None
    variance: Number = None  # dev error − training error
    mismatch: Number = None  # dev error − training-dev error
    test_gap: Number = None  # test error − dev error, where a test error is known
    target_error: Number = None
    achievable: Number = None
    avoidable_bias: Number = None  # training error − achievable error
    excess: Number = None  # dev error − achievable error
    guess_error: Number = None  # of always answering the commonest class, or the mean
    better_than_guess: Number = None  # guess error − the best model's dev error
    reference_error: Number = None
    reference_lead: Number = None  # model's dev error − best reference's dev error, paired
    simple_lead: Number = None  # model's dev error − linear model's dev error, paired
    dev_half_width: Number = None
    # the learning curve
    more_data_gain: Number = None  # dev error now − forecast at four times the rows
    curve_rise: Number = None  # how much more rows made it worse, largest step
    # training
    initial_loss_ratio: Number = None
    nonfinite_share: Number = None
    symmetry: Number = None
    spread_ratio: Number = None
    gradient_ratio: Number = None
    first_gradient: Number = None  # gradient norm of the first layer, in the first epoch
    dead_share: Number = None
    saturated_share: Number = None
    past_minimum: Number = None
    stuck_share: Number = None  # of repeats that learn next to nothing where most learn well
    # probes: short paired runs of remedies, the best setting of each
    probes: Mapping[str, Probe] = field(default_factory=dict)
    names: Mapping[str, Value] = field(default_factory=dict)  # of columns that messages mention

    @property
    def unit(self) -> ErrorUnit:
        """The unit of every error."""
        return self.measured_in or error_unit(self.task)

    @property
    def delta(self) -> float:
        """δ, the smallest difference that matters: `material`, or a setting's default where it was not told."""
        return self.material.value if self.material is not None else Settings.material

    def estimates(self) -> dict[str, Estimate]:
        """Return {name: estimate} of everything that was measured; probes as probe_<remedy>."""
        plain = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in NO_ESTIMATES}
        probed = {f"probe_{name}": probe.dev for name, probe in self.probes.items()}
        return {name: value for name, value in (plain | probed).items() if value is not None}
