"""What each number of the evidence is called and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dldiag.core.i18n import Message
from dldiag.core.types import Estimate
from dldiag.diagnosis.evidence.evidence import EVIDENCE, EvidenceUnit
from dldiag.diagnosis.remedies import REMEDIES
from dldiag.report.view.labels import change_text, error_text, plain_number, share_text

_PARTS = ("achievable", "avoidable_bias", "train_error", "variance", "training_dev_error", "mismatch", "dev_error")
BUDGET: dict[str, Message] = {name: EVIDENCE[name].label for name in _PARTS}  # In the order in which they add up.
_SIGNS: dict[str, str] = {  # How each part follows from those above it.
    "avoidable_bias": "+ ",
    "train_error": "= ",
    "variance": "+ ",
    "training_dev_error": "= ",
    "mismatch": "+ ",
    "dev_error": "= ",
}
_TRIED = Message("Short run of {remedy}: change of the dev error")
PROBE = "probe_"


def budget_label(name: str) -> str:
    """Return the words for a part of the error budget, with its sign.

    >>> budget_label("variance")
    '+ Variance'
    """
    return _SIGNS.get(name, "") + str(BUDGET[name])


def evidence_label(name: str) -> str:
    """Return the words for a code of the evidence; an unknown code is shown as it is."""
    if name.startswith(PROBE):
        key = name.removeprefix(PROBE)
        return str(_TRIED.filled(remedy=REMEDIES[key].title if key in REMEDIES else key.replace("_", " ")))
    return str(EVIDENCE[name].label) if name in EVIDENCE else name.replace("_", " ").capitalize()


def evidence_text(name: str, one: Estimate, unit: str) -> str:
    """Write a number of the evidence in its own unit; an unknown one plainly."""
    if name.startswith(PROBE):
        return change_text(one, unit)
    return _WRITERS[EVIDENCE[name].unit if name in EVIDENCE else "number"](one, unit)


_WRITERS: Mapping[EvidenceUnit, Callable[[Estimate, str], str]] = {
    "error": error_text,
    "difference": change_text,
    "share": lambda one, unit: share_text(one),
    "number": lambda one, unit: plain_number(one),
}
