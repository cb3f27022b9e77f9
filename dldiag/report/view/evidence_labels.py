"""What each number of the evidence is called and how it is written."""

from __future__ import annotations

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate
from dldiag.diagnosis.remedies import REMEDIES
from dldiag.report.view.labels import change_text, error_text, plain_number, share_text

BUDGET: dict[str, Message] = {  # the parts of the error budget, in the order in which they add up
    "achievable": Message("Achievable error"),
    "avoidable_bias": Message("Avoidable bias"),
    "train_error": Message("Training error"),
    "variance": Message("Variance"),
    "training_dev_error": Message("Training-dev error"),
    "mismatch": Message("Data mismatch"),
    "dev_error": Message("Dev error"),
}
SIGNS: dict[str, str] = {  # how each part follows from those above it
    "avoidable_bias": "+ ",
    "train_error": "= ",
    "variance": "+ ",
    "training_dev_error": "= ",
    "mismatch": "+ ",
    "dev_error": "= ",
}
ERRORS: dict[str, Message] = BUDGET | {
    "target_error": Message("Target error"),
    "material": Message("Smallest difference that matters"),
    "guess_error": Message("Error of guessing (commonest class or mean)"),
    "reference_error": Message("Dev error of the best reference model"),
    "conflict_floor": Message("Error that conflicting duplicates force on any model"),
    "dev_half_width": Message("Half-width of the dev error's interval"),
}
DIFFERENCES: dict[str, Message] = {
    "test_gap": Message("Test error above dev error"),
    "excess": Message("Dev error above achievable"),
    "better_than_guess": Message("Best model better than guessing by"),
    "reference_lead": Message("Model minus best reference model"),
    "simple_lead": Message("Model minus linear model"),
    "more_data_gain": Message("Expected gain from four times the rows"),
    "curve_rise": Message("Largest rise of the learning curve with more rows"),
    "past_minimum": Message("Dev error at the end above its minimum"),
}
SHARES: dict[str, Message] = {
    "duplicate_share": Message("Duplicate rows"),
    "leak_gain": Message("Error that the strongest column alone removes"),
    "majority_share": Message("Rows of the commonest class"),
    "outlier_share": Message("Extreme values"),
    "nonfinite_share": Message("Fits with values that are not finite"),
    "dead_share": Message("Dead units"),
    "saturated_share": Message("Saturated units"),
    "stuck_share": Message("Repeats that learn next to nothing"),
}
COUNTS: dict[str, Message] = {
    "n_train": Message("Training rows"),
    "n_dev": Message("Dev rows"),
    "repeats": Message("Repeats"),
    "n_features": Message("Features"),
    "n_classes": Message("Classes"),
    "rarest_class_rows": Message("Rows of the rarest class"),
    "scale_ratio": Message("Largest scale over smallest scale of the inputs"),
    "scaled_inputs": Message("Inputs are scaled (1: yes)"),
    "group_suspicion": Message("Signs of groups among the rows"),
    "time_suspicion": Message("Signs of an order in time"),
    "split_misleads": Message("A random split misleads (1: yes)"),
    "initial_loss_ratio": Message("First loss over the expected one"),
    "symmetry": Message("Distance between hidden units"),
    "spread_ratio": Message("Spread of activations, last layer over first"),
    "gradient_ratio": Message("Gradient norm, first layer over last"),
    "first_gradient": Message("Gradient norm of the first layer"),
}
TRIED = Message("Short run of {remedy}: change of the dev error")
PROBE = "probe_"

LABELS: dict[str, Message] = ERRORS | DIFFERENCES | SHARES | COUNTS


def budget_label(name: str) -> str:
    """Return the words for a part of the error budget, with its sign.

    >>> budget_label("variance")
    '+ Variance'
    """
    return SIGNS.get(name, "") + str(BUDGET[name])


def evidence_label(name: str) -> str:
    """Return the words for a code of the evidence; an unknown code is shown as it is."""
    if name.startswith(PROBE):
        key = name.removeprefix(PROBE)
        return str(TRIED.filled(remedy=REMEDIES[key].title if key in REMEDIES else key.replace("_", " ")))
    return str(LABELS.get(name, name.replace("_", " ").capitalize()))


def evidence_text(name: str, one: Estimate, unit: str) -> str:
    """Write a number of the evidence in its own unit."""
    if name.startswith(PROBE) or name in DIFFERENCES:
        return change_text(one, unit)
    if name in ERRORS:
        return error_text(one, unit)
    return share_text(one) if name in SHARES else plain_number(one)
