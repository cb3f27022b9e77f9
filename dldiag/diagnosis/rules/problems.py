"""PROBLEMS: what can be wrong. Rules name a problem, remedies treat problems; neither knows the other."""

from __future__ import annotations

from dldiag.core.i18n import Message

PROBLEMS: dict[str, Message] = {
    # the data
    "few_dev_rows": Message("Dev set too small"),
    "few_rare_dev_rows": Message("Too few dev rows of a rare class"),
    "duplicates": Message("Duplicate rows"),
    "conflicting_labels": Message("Conflicting labels"),
    "leak": Message("Target leakage"),
    "imbalance": Message("Imbalanced classes"),
    "rare_class_missed": Message("A rare class that the model gives up"),
    "metric_asks": Message("The metric asks for something else than the model learns"),
    "classes_weighed_alike": Message("The model does not weigh the classes as the metric does"),
    "skewed_target": Message("A target that spans powers of ten"),
    "mismatch": Message("Data mismatch"),
    "missing_features": Message("Features that the errors ask for"),
    "idle_columns": Message("Columns that the model does not need"),
    "structure": Message("Grouped or ordered rows"),
    "misleading_split": Message("Misleading random split"),
    "outliers": Message("Extreme values"),
    "no_signal": Message("Features don't predict the target"),
    "little_signal": Message("Features that say little about the target"),
    # training
    "unscaled_inputs": Message("Inputs on very different scales"),
    "divergence": Message("Training diverges"),
    "bad_initialization": Message("Bad initialization"),
    "bad_activation": Message("Units that cannot learn"),
    "wrong_step": Message("Learning rate too small or too large"),
    "worse_than_baseline": Message("Worse than the baseline"),
    "uneven_start": Message("Some random starts do not train"),
    "unsuited_value": Message("A setting that does not suit the rows"),
    # bias
    "high_bias": Message("High bias"),
    "only_straight": Message("A linear model where the target bends"),
    "small_network": Message("Network too small"),
    "short_training": Message("Too few epochs"),
    "slow_optimizer": Message("Optimizer gets stuck"),
    "over_regularized": Message("Too much regularization"),
    # variance
    "high_variance": Message("High variance"),
    "under_regularized": Message("Too little regularization"),
    "past_minimum": Message("Trained too long"),
    "large_network": Message("Network too large"),
    "few_rows": Message("Too few training rows"),
    "few_rare_rows": Message("Too few training rows of a rare class"),
    # neither
    "noise": Message("The rest looks like noise"),
    "harmless_gap": Message("A gap without harm"),
    "nothing": Message("Nothing to fix"),
    "simple_model_wins": Message("A simpler model is better"),
    "reference_wins": Message("Another model is better"),
    "ill_behaved_curve": Message("Worse with more rows"),
    "dev_overused": Message("Dev set overused"),
    "easy_dev": Message("Dev rows easier than training rows"),
}
