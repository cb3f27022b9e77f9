"""Remedies for numbers measured elsewhere, in the order of the textbook's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dldiag.core.i18n import Message
from dldiag.core.types import Finding, Recommendation
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.recommend import NOT_FIRST, recommend
from dldiag.diagnosis.remedies import LEAVE_IT, MORE_DATA, REMEDIES

NOTHING_TO_GAIN = ("harmless_gap", "noise")  # With these problems the verdict is to keep the model.
# (Remedy, problem) that the shape of a training history asks for, and how it is said there.
BY_EPOCHS = {
    ("step_size", "divergence"): Message("A learning rate 10 times smaller"),
    ("step_size", "wrong_step"): Message("Another learning rate"),
    ("early_stopping", "past_minimum"): Message("Stop at epoch {best_epoch} and keep those weights"),
    ("train_longer", "short_training"): Message("Train longer than {epochs} epochs"),
}
LEAVE_IT_FIRST = Message("No part of the dev error is large enough to be worth a change.")


def remedies_for(findings: Sequence[Finding], evidence: Evidence) -> tuple[Recommendation, ...]:
    """Order the remedies against what was found: the largest part of the dev error first, as in the textbook's table.

    Keeping the model comes first when nothing was found or the verdict says so, else before what only might help.
    """
    recommendations = [_unmeasured(one) for one in recommend(findings, evidence)]
    first = [
        _worded(recommendation, evidence)
        for recommendation in recommendations
        if (recommendation.remedy, recommendation.problem) in BY_EPOCHS
    ]
    rest = [
        recommendation
        for recommendation in recommendations
        if (recommendation.remedy, recommendation.problem) not in BY_EPOCHS
    ]
    lit = sorted((one for one in rest if _in_reach(one, evidence)), key=lambda one: _textbook(one, evidence))
    lit = [*first, *lit]
    keeps = not lit or any(finding.outcome == "fired" and finding.problem in NOTHING_TO_GAIN for finding in findings)
    leave = [
        _left(recommendation, not keeps) for recommendation in recommendations if recommendation.remedy == LEAVE_IT
    ]
    others = [one for one in rest if one not in lit and one.remedy != LEAVE_IT]
    order = [*leave, *lit] if keeps else [*lit, *leave]
    return tuple(replace(one, rank=rank) for rank, one in enumerate([*order, *others], start=1))


def _worded(recommendation: Recommendation, evidence: Evidence) -> Recommendation:
    """Name the change: which epoch, how many epochs."""
    return replace(
        recommendation, title=BY_EPOCHS[recommendation.remedy, recommendation.problem].filled(**evidence.names)
    )


def _unmeasured(recommendation: Recommendation) -> Recommendation:
    """Drop expected effects that were not measured, since beside measured numbers they would look measured."""
    return recommendation if recommendation.remedy == MORE_DATA else replace(recommendation, expected=None)


def _in_reach(recommendation: Recommendation, evidence: Evidence) -> bool:
    """Tell whether a remedy of the table is recommended: more data only where the curve does not speak against it."""
    gain = evidence.more_data_gain
    unhelpful = recommendation.remedy == MORE_DATA and gain is not None and gain.surely_below <= evidence.delta
    return REMEDIES[recommendation.remedy].textbook is not None and not unhelpful


def _textbook(recommendation: Recommendation, evidence: Evidence) -> tuple[float, int]:
    row = REMEDIES[recommendation.remedy]
    part = evidence.get(row.part)
    return -(part.value if part is not None else 0.0), row.textbook or 0


def _left(recommendation: Recommendation, others: bool) -> Recommendation:
    return replace(recommendation, because=NOT_FIRST if others else LEAVE_IT_FIRST)
