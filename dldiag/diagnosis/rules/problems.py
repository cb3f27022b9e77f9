"""PROBLEMS: what can be wrong. Rules name a problem, remedies treat problems; neither knows the other."""

from __future__ import annotations

from dldiag.core.i18n import Message

PROBLEMS: dict[str, Message] = {
    # the data
    "few_dev_rows": Message("Too few rows to judge with"),
    "duplicates": Message("Copies of rows"),
    "conflicting_labels": Message("Equal rows with different answers"),
    "leak": Message("A column that gives the target away"),
    "imbalance": Message("One class outnumbers the others"),
    "rare_class_missed": Message("A rare class that the model gives up"),
    "metric_asks": Message("The metric asks for something else than the model learns"),
    "skewed_target": Message("A target that spans powers of ten"),
    "mismatch": Message("Dev rows come from elsewhere than training rows"),
    "structure": Message("Rows that belong together or follow each other"),
    "misleading_split": Message("A random split that misleads"),
    "outliers": Message("Extreme values"),
    "no_signal": Message("The columns say nothing about the target"),
    # training
    "unscaled_inputs": Message("Inputs on very different scales"),
    "divergence": Message("Training blows up"),
    "bad_initialization": Message("Weights start badly"),
    "bad_activation": Message("Units that cannot learn"),
    "wrong_step": Message("Step size too small or too large"),
    "uneven_start": Message("Some random starts do not train"),
    # bias
    "high_bias": Message("High bias"),
    "small_network": Message("Network too small"),
    "short_training": Message("Too few epochs"),
    "slow_optimizer": Message("The optimizer gets stuck"),
    "over_regularized": Message("Too much regularization"),
    # variance
    "high_variance": Message("High variance"),
    "under_regularized": Message("Too little regularization"),
    "past_minimum": Message("Training goes on for too long"),
    "large_network": Message("Network too large"),
    "few_rows": Message("Too few training rows"),
    # neither
    "noise": Message("What is left looks like noise"),
    "harmless_gap": Message("A gap that costs nothing"),
    "nothing": Message("Nothing to repair"),
    "simple_model_wins": Message("A simpler model does better"),
    "reference_wins": Message("Another model does better"),
    "ill_behaved_curve": Message("More rows made it worse"),
    "dev_overused": Message("Too much chosen on the same dev rows"),
    "easy_dev": Message("Dev rows are easier than training rows"),
}
