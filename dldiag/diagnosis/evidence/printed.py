"""The error budget in the digits that are printed: one set of numbers for every text, so that what is printed adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dldiag.core.i18n import rounded
from dldiag.core.types import Estimate

WHOLES = ("achievable", "train_error", "training_dev_error", "dev_error", "counted_error")
# Which part is the difference of which errors; the first pair that is known counts.
PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "avoidable_bias": (("train_error", "achievable"),),
    "variance": (("training_dev_error", "train_error"), ("dev_error", "train_error")),
    "mismatch": (("dev_error", "training_dev_error"),),
    "excess": (("dev_error", "achievable"),),
}


def in_printed_digits(evidence: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Return the evidence with its errors rounded as they are written, and each part as the difference of two of them."""
    printed = dict(evidence) | {
        name: _moved(evidence[name], rounded(evidence[name].value)) for name in WHOLES if name in evidence
    }
    for part, pairs in PARTS.items():
        pair = next(((whole, rest) for whole, rest in pairs if {whole, rest} <= printed.keys()), None)
        if part in printed and pair is not None:
            printed[part] = _moved(printed[part], rounded(printed[pair[0]].value - printed[pair[1]].value))
    return printed


def printed_after(before: float, change: float) -> float:
    """Return an error after a change of it, in the digits that are printed; never below 0."""
    return max(0.0, rounded(rounded(before) + rounded(change)))


def _moved(estimate: Estimate, value: float) -> Estimate:
    if estimate.low == estimate.high:  # An exact number has no interval.
        return replace(estimate, value=value, low=value, high=value)
    return replace(estimate, value=value, low=min(estimate.low, value), high=max(estimate.high, value))
