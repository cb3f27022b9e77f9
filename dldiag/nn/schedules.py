"""Learning-rate schedules: one row each, the factor on the initial rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

ADAPTIVE_DIVISOR = 5.0
ADAPTIVE_SMALLEST_RATE = 1e-6
STEP_FACTOR = 0.5
STEPS_PER_RUN = 5


@dataclass(frozen=True)
class RunProgress:
    """How far a run is: epochs done, epochs at most, training rows seen, plateaus met so far."""

    epoch: int
    max_epochs: int
    rows_seen: int
    plateaus: int = 0
    power_t: float = 0.5


@dataclass(frozen=True)
class Schedule:
    """One schedule: `factor(progress)` multiplies the initial rate from the next epoch on.

    `on_plateau` says that a plateau lowers the rate instead of ending the run. `ignored_by` lists solvers for which
    scikit-learn documents that it has no effect. `torch` names the same schedule in PyTorch, below
    `torch.optim.lr_scheduler`; `torch_settings` are what it needs there for a run of T epochs.
    """

    name: str
    label: str
    formula: str
    source: str
    factor: Callable[[RunProgress], float]
    on_plateau: bool = False
    ignored_by: tuple[str, ...] = ()
    torch: str = ""
    torch_settings: Callable[[int], Mapping[str, Any]] = field(default=lambda epochs: {})

    @property
    def varies(self) -> bool:
        """Whether the rate changes at all."""
        return self.factor is not _constant


def _constant(at: RunProgress) -> float:
    return 1.0


def _invscaling(at: RunProgress) -> float:
    return float(1.0 / (at.rows_seen + 1) ** at.power_t)


def _adaptive(at: RunProgress) -> float:
    return float(ADAPTIVE_DIVISOR**-at.plateaus)


def _step(at: RunProgress) -> float:
    return STEP_FACTOR ** (at.epoch * STEPS_PER_RUN // max(1, at.max_epochs))


def _cosine(at: RunProgress) -> float:
    return 0.5 * (1 + math.cos(math.pi * min(1.0, at.epoch / max(1, at.max_epochs))))


_ROWS = (
    Schedule(
        "constant",
        "Constant",
        r"\eta_t = \eta_0",
        "—",
        _constant,
        torch="ConstantLR",
        torch_settings=lambda epochs: {"factor": 1.0},
    ),
    Schedule(
        "invscaling",
        "Inverse scaling",
        r"\eta_t = \eta_0 / (\text{rows seen} + 1)^p",
        "scikit-learn",
        _invscaling,
        ignored_by=("adam",),
    ),
    Schedule(
        "adaptive",
        "Adaptive",
        r"\eta \leftarrow \eta / 5 \text{ when the loss stalls}",
        "scikit-learn",
        _adaptive,
        on_plateau=True,
        ignored_by=("adam",),
    ),
    Schedule(
        "step",
        "Step",
        r"\eta_t = \eta_0 \cdot 0.5^{\lfloor 5 t / T \rfloor}",
        "He et al. 2016",
        _step,
        torch="StepLR",
        torch_settings=lambda epochs: {"step_size": epochs // STEPS_PER_RUN, "gamma": STEP_FACTOR},
    ),
    Schedule(
        "cosine",
        "Cosine",
        r"\eta_t = \frac{\eta_0}{2}(1 + \cos(\pi t / T))",
        "Loshchilov & Hutter 2017",
        _cosine,
        torch="CosineAnnealingLR",
        torch_settings=lambda epochs: {"T_max": epochs},
    ),
)

SCHEDULES = {row.name: row for row in _ROWS}
