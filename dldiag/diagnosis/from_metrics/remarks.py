"""What is said beside the verdict on numbers from elsewhere: what they are, and what looks odd about them."""

from __future__ import annotations

from collections.abc import Sequence

from dldiag.core.i18n import Message
from dldiag.core.types import Finding
from dldiag.diagnosis.evidence import Evidence
from dldiag.diagnosis.from_metrics.given_metrics import AUTO, GUESSING_AUC, LOSS
from dldiag.diagnosis.from_metrics.history_rules import RISE, SOFTER, is_soft
from dldiag.diagnosis.from_metrics.metrics import GivenNumbers
from dldiag.diagnosis.from_metrics.rules import DEV_BELOW, FEW_DEV

IN_SPREADS = Message(
    "The numbers were read as multiples of the target's standard deviation, where 1 is always predicting the mean. If they are in the "
    "target's own unit, give its standard deviation, too."
)
IN_OWN_UNIT = Message(
    "The numbers were read as RMSE in the target's own unit. As multiples of the target's standard deviation they would be worse than "
    "always predicting the mean, which is 1."
)
OWN_UNIT_ONLY = Message(
    "Give the target's standard deviation to see whether the model beats always predicting the mean."
)
REVERSED = Message("An AUC below 0.5 often means that the scores or the labels are the wrong way round.")
FEW_ROWS = 200  # dev rows; below it, a dev error under the training error may be chance (own choice)


def remarks_on(
    given: GivenNumbers, errors: GivenNumbers, evidence: Evidence, findings: Sequence[Finding]
) -> list[Message]:
    """Return the sentences in the order in which they are read."""
    fired = {finding.code for finding in findings if finding.outcome == "fired"}
    metric, found = errors.given_metric, []
    if given.metric != AUTO or (errors.metric not in (AUTO, LOSS, "rmse") and metric.unit != "rate"):
        found.append(metric.meaning)
    if given.metric == AUTO and given.task == "regression" and given.spread is None:
        found += [IN_OWN_UNIT] if metric.name == "rmse" else [IN_SPREADS] if "T16" in fired else []
    if metric.spread_unit is not None and errors.spread is None:
        found.append(OWN_UNIT_ONLY)
    if metric.name == "roc_auc" and evidence.dev_error is not None and evidence.dev_error.value > 1 - GUESSING_AUC:
        found.append(REVERSED)
    rise = evidence.others.get("rise")
    if rise is not None and rise.surely_above > RISE.at(evidence) and is_soft(evidence) is not None:
        found.append(SOFTER.filled(**evidence.names))
    return [*found, *_on_dev_below(evidence, fired)]


def _on_dev_below(evidence: Evidence, fired: set[str]) -> list[Message]:
    variance, rows = evidence.variance, evidence.n_dev
    if variance is None or variance.value >= -evidence.delta:
        return []
    few = rows is not None and (rows.value < FEW_ROWS or "C2" not in fired)
    return [DEV_BELOW, FEW_DEV.filled(n_dev=int(rows.value))] if few and rows is not None else [DEV_BELOW]
