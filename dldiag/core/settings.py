"""How a diagnosis is made: one parameter per setting."""

from __future__ import annotations

from dataclasses import dataclass

from dldiag.core.params import param

BUDGETS = {"quick": "quick (about a minute)", "standard": "standard", "thorough": "thorough"}


@dataclass(frozen=True)
class Settings:
    """How a diagnosis is made. The model's own settings live on the model."""

    target_error: float | None = param(
        None,
        "Target error",
        "The error you want or that people reach, in the error unit (0.05 is 5 % of rows wrong). "
        "Leave empty to let the reference models say what is achievable.",
        kind=float,
        low=0.0,
        optional=True,
    )
    budget: str = param(
        "standard", "Effort", "How many repeats and trials are spent before the verdict.", choices=BUDGETS
    )
    sizes: int = param(8, "Dataset sizes", "Number of nested training-set sizes on the learning curve.", low=2, high=20)
    repeats: int = param(  # of two the spread has one degree of freedom: nothing would ever be decided
        5, "Repeats", "Random training subsets per size; more repeats, narrower intervals.", low=3, high=50
    )
    train_rows: int | None = param(
        None,
        "Training rows",
        "Use at most this many training rows; the others are left aside.",
        kind=int,
        low=10,
        optional=True,
    )
    material: float = param(
        0.01,
        "Smallest difference that matters",
        "Differences below this (and below 10 % of the dev error) count as nothing; in the error unit.",
        low=0.0,
        high=1.0,
    )
    baselines: tuple[str, ...] = param(
        ("linear", "boosting"),
        "Reference models",
        "Scikit-learn models trained on the same subsets.",
        kind=tuple,
    )
    trials: int | None = param(
        None,
        "Trials",
        "How many remedies to try at most; empty lets the effort decide.",
        kind=int,
        low=0,
        optional=True,
    )
    seed: int = param(0, "Seed", "Same data, settings and seed give the same report.", low=0, high=2**31 - 1)
    muted: tuple[str, ...] = param((), "Muted rules", "Codes of rules that are not to be applied.", kind=tuple)
