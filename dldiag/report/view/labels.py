"""Words and numbers as every screen writes them: outcomes, errors with intervals, the numbers of the evidence, labels of codes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from dldiag.core.i18n import Message, format_error, format_number, tr, translate, typeset
from dldiag.core.metric_results import MetricUsed
from dldiag.core.types import (
    Answer,
    Column_,
    Estimate,
    LearningCurve,
    Outcome,
    Report,
    error_unit,
)
from dldiag.diagnosis.evidence.evidence import EVIDENCE, EvidenceUnit
from dldiag.diagnosis.remedies import REMEDIES
from dldiag.experiments.metrics import METRICS, Metric

COLUMNS: dict[Column_, Message] = {
    "training": Message("Get it training"),
    "bias": Message("High bias"),
    "variance": Message("High variance"),
    "data": Message("Other steps"),
}
OUTCOMES: dict[Outcome, Message] = {
    "fired": Message("needs attention"),
    "undecided": Message("undecided"),
    "passed": Message("fine"),
    "suppressed": Message("explained by another finding"),
    "not_applicable": Message("not applicable"),
    "could_not_run": Message("could not run"),
    "muted": Message("muted"),
}
METHODS: Mapping[str, Message] = {  # Names of the ways to split rows.
    "random": Message("at random"),
    "copies_together": Message("at random, copies of a row on one side"),
    "group": Message("by group"),
    "time": Message("in order of time"),
    "given": Message("as given"),
}
ANSWERS: dict[Answer, Message] = {
    "yes": Message("yes"),
    "no": Message("no"),
    "undecided": Message("undecided"),
    "unknown": Message("unknown"),
}


FORMER_NAMES = (Message("Neural network (NumPy)"),)  # Of models, in reports of earlier versions.


def unit_of(report: Report) -> str:
    """Return the unit of the report's errors."""
    return error_unit(report.dataset.task) if report.metric is None else report.metric.unit


def metric_label(report: Report) -> str:
    """Return the name of the metric that every error of the report is measured by."""
    if report.metric is not None:
        return leveled(report.metric)
    return tr("RMSE / standard deviation") if report.dataset.task == "regression" else tr("share of rows wrong")


def leveled(used: MetricUsed) -> str:
    """Return the name of a metric, with the precision, recall or quantile that it holds: "Recall at a precision of 90%"."""
    if used.level is None or not METRICS[used.name].holds_level:
        return str(used.label)
    return tr("{metric} of {level:.0%}", metric=str(used.label), level=used.level)


def metric_value(report: Report) -> str:
    """Return the metric of the report with its value on the dev rows, in its own direction and unit: "ROC AUC 0.948 (…)"."""
    used = report.metric
    if used is None or used.name not in report.metrics:
        return metric_label(report)
    label = metric_label(report)
    blank = "" if label.endswith("）") else " "  # A full-width bracket has its own space behind it.
    return f"{label}{blank}{metric_text(used.name, report.metrics[used.name])}"


def metric_text(name: str, value: Estimate) -> str:
    """Write a metric as the field does, with its interval."""
    unit = METRICS[name].unit
    if METRICS[name].spread_powers:
        return f"{short(value.value)} ({tr('{low} to {high}', low=short(value.low), high=short(value.high))})"
    return error_text(value, unit)


def baseline_text(used: MetricUsed) -> str:
    """Write what always answering the best constant reaches by a metric."""
    metric = METRICS[used.name]
    return short(used.baseline) if metric.spread_powers else format_error(used.baseline, metric.unit)


def error_axis_title(report: Report) -> str:
    """Return what an axis of a report's errors is called; "" for the usual."""
    return "" if report.metric is None else metric_axis_title(report.metric)


def metric_axis_title(metric: MetricUsed | Metric) -> str:
    """Return what an axis of errors is called: the metric, or what is left to 1 where higher is better; "" for the usual."""
    if metric.name in ("error", "rmse"):
        return ""
    if metric.higher_is_better:
        return f"1 − {metric.label}"
    return tr("{metric} / std", metric=metric.label) if metric.unit == "sd" else str(metric.label)


def short(value: float) -> str:
    """Write a number with three digits that count.

    >>> short(16.7052), short(123456.0), short(0.000123456), short(0.99999)
    ('16.7', '123,000', '0.000123', '1.00')
    """
    written = float(f"{value:.3g}")
    digits = max(0, 2 - math.floor(math.log10(abs(written)))) if written else 0
    return typeset(f"{written:,.{digits}f}")


def error_text(error: Estimate, unit: str) -> str:
    """Write an error and its interval.

    >>> error_text(Estimate(0.171, 0.165, 0.177), "rate")
    '17.1% (16.5 to 17.7)'
    """
    return f"{format_error(error.value, unit)} {_interval(error, unit)}".rstrip()


def change_text(change: Estimate, unit: str) -> str:
    """Write a signed change of an error and its interval; negative is better.

    >>> change_text(Estimate(-0.071, -0.083, -0.059), "rate")
    '−7.1 points (−8.3 to −5.9)'
    """
    points = str(Message("{value:points}", {"value": change.value, "unit": unit}))
    return f"{points} {_interval(change, unit, sign='+')}".rstrip()


def gain_text(gain: Estimate, unit: str) -> str:
    """Write what an error can lose at most, and its interval.

    >>> gain_text(Estimate(0.1, 0.074, 0.126), "rate")
    '10.0 points (7.4 to 12.6)'
    """
    points = str(Message("{value:gap}", {"value": gain.value, "unit": unit}))
    return f"{points} {_interval(gain, unit)}".rstrip()


def _interval(estimate: Estimate, unit: str, sign: str = "") -> str:
    if estimate.low == estimate.high:
        return ""
    if math.isinf(estimate.low) and math.isinf(estimate.high):
        return f"({tr('interval unknown')})"
    bounds = estimate.low, estimate.high
    low, high = (typeset(f"{100 * b:{sign}.1f}") if unit == "rate" else format_number(b, sign) for b in bounds)
    return f"({tr('{low} to {high}', low=low, high=high)})"


def share_text(share: Estimate) -> str:
    """Write a share of something, 0…1, as percent.

    >>> share_text(Estimate(0.5, 0.25, 0.75))
    '50.0% (25.0 to 75.0)'
    """
    return error_text(share, "rate")


def plain_number(estimate: Estimate) -> str:
    """Write a number that is not an error, with its interval when it has one.

    >>> plain_number(Estimate(2000, 2000, 2000)), plain_number(Estimate(0.5, 0.25, 1.0))
    ('2,000', '0.5 (0.25 to 1)')
    """
    if estimate.low == estimate.high:
        return _short(estimate.value)
    return f"{_short(estimate.value)} ({tr('{low} to {high}', low=_short(estimate.low), high=_short(estimate.high))})"


def _short(value: float) -> str:
    whole = abs(value) >= 1000 or float(value).is_integer()
    return typeset(f"{value:,.0f}" if whole and math.isfinite(value) else f"{value:.3g}")


def model_label(curve: LearningCurve) -> str:
    """Return the name of a curve's model in the reader's language (a curve holds the English one)."""
    return translate(curve.label or curve.model)


# --- the evidence -------------------------------------------------------------------------------------------------

_PARTS = ("achievable", "avoidable_bias", "train_error", "variance", "training_dev_error", "mismatch", "dev_error")
# They stand in the order in which they add up.
BUDGET: dict[str, Message] = {name: EVIDENCE[name].label for name in _PARTS}
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


def evidence_text(name: str, estimate: Estimate, unit: str) -> str:
    """Write a number of the evidence in its own unit; an unknown one plainly."""
    if name.startswith(PROBE):
        return change_text(estimate, unit)
    return _WRITERS[EVIDENCE[name].unit if name in EVIDENCE else "number"](estimate, unit)


_WRITERS: Mapping[EvidenceUnit, Callable[[Estimate, str], str]] = {
    "error": error_text,
    "difference": change_text,
    "share": lambda one, unit: share_text(one),
    "number": lambda one, unit: plain_number(one),
}
