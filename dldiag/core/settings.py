"""How a diagnosis is made: one parameter per setting."""

from __future__ import annotations

from dataclasses import dataclass

from dldiag.core.params import param

BUDGETS = {
    "quick": "quick (about a minute)",
    "standard": "standard",
    "thorough": "thorough",
    "large": "large (up to a million training rows; hours)",
}

AUTO_METRIC = "auto"
METRIC_NAMES = {
    AUTO_METRIC: "Automatic (by the classes)",
    "error": "Error rate",
    "balanced_error": "Balanced error",
    "log_loss": "Log loss",
    "brier": "Brier score",
    "f1": "F1",
    "f1_macro": "Macro F1",
    "roc_auc": "ROC AUC",
    "average_precision": "Average precision",
    "recall_at_precision": "Recall at a precision",
    "precision_at_recall": "Precision at a recall",
    "cost": "Cost per row",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
    "median_ae": "Median absolute error",
    "pinball": "Pinball loss",
    "rmsle": "RMSLE",
}


@dataclass(frozen=True)
class Settings:
    """How a diagnosis is made. The model's own settings live on the model."""

    target_error: float | None = param(
        None,
        "Target error",
        "The error you want or that people reach, in the error unit (0.05 is 5% of rows wrong). Leave empty to let the reference models say what is achievable.",
        kind=float,
        low=0.0,
        optional=True,
    )
    metric: str = param(
        AUTO_METRIC,
        "Metric",
        "What the model is judged by. Automatic: the error rate, or the balanced error where a class is rare; "
        "RMSE for a numeric target.",
        choices=METRIC_NAMES,
    )
    positive: str = param(
        "",
        "Positive class",
        "The class that F1, precision and recall are about. Empty: of two classes, the one named yes, 1 or true, else the rarer.",
        empty="automatic",
    )
    cost: str = param(
        "",
        "Costs of mistakes",
        "fn=500,fp=10: a missed positive costs 500, a false alarm 10. Or a table, its rows separated by semicolons: "
        "rows are the true classes, columns the predicted ones.",
        empty="none",
    )
    metric_level: float = param(
        0.9,
        "Level of the metric",
        "The precision or recall that is held by the metrics named so, or the quantile of the pinball loss.",
        low=0.01,
        high=0.99,
    )
    budget: str = param(
        "standard", "Effort", "How many repeats and trials are spent before the verdict.", choices=BUDGETS
    )
    sizes: int = param(8, "Dataset sizes", "Number of nested training-set sizes on the learning curve.", low=2, high=20)
    repeats: int = param(  # Two repeats leave one degree of freedom, too few to decide anything.
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
        "Differences below this (and below 10% of the dev error) count as nothing; in the error unit.",
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
    label_trial: bool = param(
        False,
        "Test suspicious labels",
        "Also train without the labels that the model contradicts, against leaving out as many random rows; takes some hundred fits.",
    )
    seed: int = param(0, "Seed", "Same data, settings and seed give the same report.", low=0, high=2**31 - 1)
    muted: tuple[str, ...] = param((), "Muted rules", "Codes of rules that are not to be applied.", kind=tuple)
